/** The rate-micro-batch source against rows printed by PySpark 4.3.0. */
import { expect, test } from 'vitest';
import { rateMicroBatchSourceProvider } from '../../../src/source/rate-micro-batch/rate-micro-batch-source.ts';
import type { Source } from '../../../src/source/source.ts';
import { readRange, sourceContext, testSourceContract } from '../../contract/source-contract.ts';

function rateMicroBatch(options: Record<string, string>): Source {
  const entries = Object.entries(options).map(([name, value]) => [name.toLowerCase(), value] as const);
  return rateMicroBatchSourceProvider.create(sourceContext({ options: new Map(entries) }));
}

testSourceContract(
  'rate-micro-batch',
  async () => ({ create: () => rateMicroBatch({ rowsPerBatch: '5', numPartitions: '2' }), addRows: async () => {} }),
  { isEndless: true },
);

test('offsets, values and timestamps are those of Spark', async () => {
  const source = rateMicroBatch({
    rowsPerBatch: '5',
    numPartitions: '2',
    startTimestamp: '1000',
    advanceMillisPerBatch: '50',
  });
  expect(source.description).toBe(
    'RatePerMicroBatchStream[rowsPerBatch=5, numPartitions=2, startTimestamp=1000, advanceMsPerBatch=50]',
  );
  const first = await source.latestOffset({ start: undefined, mode: 'default', batchId: 0 });
  expect(first).toEqual({ offset: 5, timestamp: 1050 });
  expect(await readRange(source, undefined, first ?? null)).toEqual([
    [1_000_000n, 0n],
    [1_000_000n, 2n],
    [1_000_000n, 4n],
    [1_000_000n, 1n],
    [1_000_000n, 3n],
  ]);
  const second = await source.latestOffset({ start: first, mode: 'default', batchId: 1 });
  expect(await readRange(source, first, second ?? null)).toEqual([
    [1_050_000n, 5n],
    [1_050_000n, 7n],
    [1_050_000n, 9n],
    [1_050_000n, 6n],
    [1_050_000n, 8n],
  ]);
});

test('available-now is one batch', async () => {
  const source = rateMicroBatch({ rowsPerBatch: '5' });
  await source.prepareForAvailableNow();
  const end = await source.latestOffset({ start: undefined, mode: 'available-now', batchId: 0 });
  expect(end).toEqual({ offset: 5, timestamp: 1000 });
  expect(await source.latestOffset({ start: end, mode: 'available-now', batchId: 1 })).toBeUndefined();
});

test.each([
  {},
  { rowsPerBatch: '0' },
  { rowsPerBatch: '5', advanceMillisPerBatch: '-1' },
  { rowsPerBatch: '5', startTimestamp: '-1' },
])('the options %o are refused', (options) => {
  expect(() => rateMicroBatch(options)).toThrow(expect.objectContaining({ condition: 'INVALID_OPTION' }));
});
