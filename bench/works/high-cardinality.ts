/** Work 2: nearly every row is a group; state grows and is evicted by the watermark. */
import type { Work } from '../harness/work.ts';
import { MAX_ORACLE_ROWS } from '../harness/work.ts';
import { logFiles } from '../inputs/log-files.ts';
import { highCardinalityAnswer } from './oracle.ts';

export const highCardinality: Work = {
  name: 'high-cardinality',
  title: '2. count, sum, max per user (100 k) and minute, append mode, watermark 10 minutes',
  cases: ({ numRows }) => [
    {
      label: `${numRows} rows`,
      program: 'high-cardinality',
      numRows,
      parameters: () => ({ folder: logFiles({ numRows }) }),
      ...(numRows > MAX_ORACLE_ROWS
        ? {}
        : { expected: () => ({ answer: highCardinalityAnswer(logFiles({ numRows })) }) }),
    },
  ],
};
