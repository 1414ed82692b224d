/** Work 3: no state; decode, expressions, encode and the file sink. */
import type { Work } from '../harness/work.ts';
import { MAX_ORACLE_ROWS } from '../harness/work.ts';
import { logFiles } from '../inputs/log-files.ts';
import { filesAnswer } from './oracle.ts';

export const files: Work = {
  name: 'files',
  title: '3. Filter and project JSON logs into files',
  cases: ({ numRows }) =>
    (['json', 'csv'] as const).map((format) => ({
      label: `${numRows} rows to ${format}`,
      program: 'files',
      numRows,
      parameters: () => ({ folder: logFiles({ numRows }), format }),
      ...(numRows > MAX_ORACLE_ROWS
        ? {}
        : { expected: () => ({ outputFolder: filesAnswer(logFiles({ numRows }), format) }) }),
    })),
};
