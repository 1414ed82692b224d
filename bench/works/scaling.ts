/** Work 6: how cost grows with rows, keys, workers and partitions; ours alone. Linear in rows and flat in the rest is what it should be. */
import type { Case, Work } from '../harness/work.ts';
import { logFiles } from '../inputs/log-files.ts';

const MILLION = 1_000_000;

export const scaling: Work = {
  name: 'scaling',
  title: '6. Scaling of groupBy(column).count()',
  cases: ({ isSmoke, numRows }) =>
    isSmoke
      ? [groupCase('rows', { numRows })]
      : [
          ...[1, 5, 10, 50, 100].map((n) => groupCase('rows', { numRows: n * MILLION })),
          ...[10, 1000, 100_000, 10 * MILLION].map((numUsers) => groupCase('keys', { numUsers, column: 'user' })),
          ...['local[1]', 'local[2]'].map((master) => groupCase('workers', { master })),
          ...[1, 4, 16, 64, 256].map((numFiles) => groupCase('partitions', { numFiles, filesPerBatch: numFiles })),
        ],
};

interface GroupCase {
  readonly numRows?: number;
  readonly numUsers?: number;
  readonly numFiles?: number;
  readonly column?: string;
  readonly master?: string;
  readonly filesPerBatch?: number;
}

function groupCase(curve: string, point: GroupCase): Case {
  const { numRows = 5 * MILLION, numUsers = 100_000, numFiles = 10 } = point;
  const { column = 'action', master = 'local[2]', filesPerBatch = 1 } = point;
  return {
    label: `${curve}: ${Object.entries(point)
      .map(([name, value]) => `${name} ${value}`)
      .join(', ')}`,
    program: 'group',
    numRows,
    isOursOnly: true,
    ...(column === 'action' ? { expected: () => ({ answer: [`${numRows} rows`, '10 groups'] }) } : {}),
    parameters: () => ({ folder: logFiles({ numRows, numUsers, numFiles }), column, master, filesPerBatch }),
  };
}
