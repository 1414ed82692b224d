/** Work 7: the seed program over a topic of a Kafka broker of its own, which both engines share with nobody. */
import type { Work } from '../harness/work.ts';
import { MAX_ORACLE_ROWS } from '../harness/work.ts';
import { logFiles } from '../inputs/log-files.ts';
import { seedAnswer } from './oracle.ts';

const MAX_ROWS = 2_000_000;
const NUM_PARTITIONS = 2;

export const kafka: Work = {
  name: 'kafka',
  title: '7. JSON records of a Kafka topic with 2 partitions → groupBy(action, window 1 hour).count()',
  cases: (options) => {
    // A broker is too much for the minute of a smoke run.
    if (options.isSmoke) return [];
    const numRows = Math.min(MAX_ROWS, options.numRows);
    return [
      {
        label: `${numRows} records`,
        program: 'kafka',
        numRows,
        parameters: () => ({ source: 'kafka', numRows, numPartitions: NUM_PARTITIONS, folder: logFiles({ numRows }) }),
        ...(numRows > MAX_ORACLE_ROWS ? {} : { expected: () => ({ answer: seedAnswer(logFiles({ numRows })) }) }),
      },
    ];
  },
};
