/** Work 1: the seed program, decode and low-cardinality windows. */
import type { Work } from '../harness/work.ts';
import { MAX_ORACLE_ROWS } from '../harness/work.ts';
import { logFiles } from '../inputs/log-files.ts';
import { seedAnswer } from './oracle.ts';

export const seed: Work = {
  name: 'seed',
  title: '1. JSON logs → groupBy(action, window 1 hour).count(), complete mode',
  cases: ({ numRows }) => [
    {
      label: `${numRows} rows`,
      program: 'seed',
      numRows,
      parameters: () => ({ folder: logFiles({ numRows }) }),
      ...(numRows > MAX_ORACLE_ROWS ? {} : { expected: () => ({ answer: seedAnswer(logFiles({ numRows })) }) }),
    },
  ],
};
