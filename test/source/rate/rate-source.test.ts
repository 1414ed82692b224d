/** The rate source against rows printed by PySpark 4.3.0. */
import { expect, test } from 'vitest';
import { rateSourceProvider, valueAtSecond } from '../../../src/source/rate/rate-source.ts';
import type { Source, SourceLog } from '../../../src/source/source.ts';
import { memorySourceLog, readRange, sourceContext, testSourceContract } from '../../contract/source-contract.ts';

function rate(options: Record<string, string>, clock: { nowMs: number }, log?: SourceLog): Source {
  const entries = Object.entries(options).map(([name, value]) => [name.toLowerCase(), value] as const);
  const context = sourceContext({ options: new Map(entries), nowMs: () => clock.nowMs, ...(log ? { log } : {}) });
  return rateSourceProvider.create(context);
}

testSourceContract('rate', async () => {
  const clock = { nowMs: 1_000_000 };
  const log = memorySourceLog();
  const first = rate({ rowsPerSecond: '5' }, clock, log);
  await first.open();
  return {
    create: () => rate({ rowsPerSecond: '5', numPartitions: '2' }, clock, log),
    addRows: async () => void (clock.nowMs += 1000),
  };
});

test('values and timestamps of each partition are those of Spark', async () => {
  const clock = { nowMs: 1_795_261_452_743 };
  const source = rate({ rowsPerSecond: '5', numPartitions: '2' }, clock);
  await source.open();
  const rows = await readRange(source, 0, 1);
  expect(rows.map(([timestamp, value]) => [Number(timestamp) / 1000 - clock.nowMs, Number(value)])).toEqual([
    [0, 0],
    [400, 2],
    [800, 4],
    [200, 1],
    [600, 3],
  ]);
});

test('the rate ramps up as in Spark', async () => {
  const options = { rowsPerSecond: 10, rampUpTimeSeconds: 4 };
  expect([0, 1, 2, 3, 4, 5, 6, 7].map((second) => valueAtSecond(second, options))).toEqual([
    0, 2, 6, 12, 20, 30, 40, 50,
  ]);
  const clock = { nowMs: 1_000_276 };
  const source = rate({ rowsPerSecond: '10', rampUpTime: '4s' }, clock);
  await source.open();
  const rows = await readRange(source, 2, 3);
  expect(rows.map(([timestamp]) => Number(timestamp) / 1000 - clock.nowMs)).toEqual([
    2000, 2167, 2333, 2500, 2667, 2833,
  ]);
});

test('the first batch is taken at once and empty, later ones only when a second has passed', async () => {
  const clock = { nowMs: 5000 };
  const source = rate({}, clock);
  await source.open();
  expect(await source.latestOffset({ start: undefined, mode: 'default', batchId: 0 })).toBe(0);
  expect(await source.planInput(undefined, 0)).toEqual([]);
  clock.nowMs = 5999;
  expect(await source.latestOffset({ start: 0, mode: 'default', batchId: 1 })).toBeUndefined();
  clock.nowMs = 6000;
  expect(await source.latestOffset({ start: 0, mode: 'default', batchId: 1 })).toBe(1);
});

test('the creation time is kept in the log of the source, in the form of Spark', async () => {
  const log = memorySourceLog();
  await rate({}, { nowMs: 1234 }, log).open();
  expect(new TextDecoder().decode(await log.read('0'))).toBe('v1\n1234');
  const restarted = rate({}, { nowMs: 9999 }, log);
  await restarted.open();
  expect(await readRange(restarted, 0, 1)).toEqual([[1_234_000n, 0n]]);
});

test('a damaged log stops the query', async () => {
  const log = memorySourceLog();
  await log.write('0', new TextEncoder().encode('v7\n1'));
  await expect(rate({}, { nowMs: 1 }, log).open()).rejects.toMatchObject({ condition: 'CHECKPOINT_CORRUPT' });
});

test('a clock that is set back yields no negative ranges', async () => {
  const clock = { nowMs: 10_000 };
  const source = rate({}, clock);
  await source.open();
  clock.nowMs = 13_000;
  expect(await source.latestOffset({ start: 0, mode: 'default', batchId: 0 })).toBe(3);
  clock.nowMs = 11_000;
  expect(await source.latestOffset({ start: 3, mode: 'default', batchId: 0 })).toBeUndefined();
});

test('more rows than one column batch holds come in several', async () => {
  const source = rate({ rowsPerSecond: '100000' }, { nowMs: 0 });
  await source.open();
  const sizes: number[] = [];
  for (const partition of await source.planInput(0, 2)) {
    for await (const batch of source.read(partition, ['value'])) sizes.push(batch.numRows);
  }
  expect(sizes).toEqual([65_536, 65_536, 65_536, 3392]);
});

test.each([{ rowsPerSecond: '0' }, { rowsPerSecond: 'x' }, { numPartitions: '0' }, { rampUpTime: 'x' }])(
  'the option value %o is refused',
  (options) => {
    expect(() => rate(options, { nowMs: 0 })).toThrow(expect.objectContaining({ condition: 'INVALID_OPTION' }));
  },
);

test('a batch read of a rate source is refused', () => {
  expect(() => rateSourceProvider.create(sourceContext({ isStreaming: false }))).toThrow(
    expect.objectContaining({ condition: 'UNSUPPORTED_FEATURE' }),
  );
});
