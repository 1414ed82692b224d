/** Splits and merges, while the query runs and while it is stopped: nothing lost, nothing twice, order kept per key. */
import { expect, test } from 'vitest';
import type { SourceOffset } from '../../../src/source/source.ts';
import {
  createKinesisStream,
  expectedNumbers,
  newRun,
  numbersByKey,
  readTexts,
  runBatch,
  runUntil,
} from './kinesis-stream.ts';

const HORIZON = { startingPosition: 'TRIM_HORIZON' };

function restartedOffset(offset: SourceOffset | undefined): SourceOffset {
  return JSON.parse(JSON.stringify(offset)) as SourceOffset;
}

test('test A: a shard that was split before the query starts is read to its end, 1200 of 1200 in order per key', async () => {
  const stream = await createKinesisStream(1);
  await stream.put(0, 1000);
  await stream.split();
  await stream.put(1000, 1200);
  const source = stream.source(HORIZON);
  await source.open();
  const run = newRun();
  await runUntil(source, run, 1200);
  expect(numbersByKey(run.records)).toEqual(expectedNumbers(1200));
  expect(await source.latestOffset({ start: run.offset, mode: 'default', batchId: 9 })).toBeUndefined();
  await source.close();
});

test('test B: a running query with 800 unread records in a shard that splits reads 1200 of 1200 in order per key', async () => {
  const stream = await createKinesisStream(1);
  await stream.put(0, 1000);
  const source = stream.source({ ...HORIZON, maxFetchRecordsPerShard: '200' });
  await source.open();
  const run = newRun();
  await runBatch(source, run);
  expect(run.records).toHaveLength(200);
  await stream.split();
  await stream.put(1000, 1200);
  await runUntil(source, run, 1200);
  expect(numbersByKey(run.records)).toEqual(expectedNumbers(1200));
  await source.close();
});

test('a child of a merge is read after both of its parents', async () => {
  const stream = await createKinesisStream(2);
  await stream.put(0, 60);
  const source = stream.source({ ...HORIZON, maxFetchRecordsPerShard: '10' });
  await source.open();
  const run = newRun();
  await runBatch(source, run);
  await stream.merge();
  await stream.put(60, 120);
  await runUntil(source, run, 120);
  expect(numbersByKey(run.records)).toEqual(expectedNumbers(120));
  await source.close();
});

test('splits and merges while the query is stopped lose nothing', async () => {
  const stream = await createKinesisStream(2);
  const run = newRun();
  let total = 0;
  for (const reshard of [stream.split, stream.merge, stream.merge, stream.split]) {
    await stream.put(total, total + 40);
    total += 40;
    const source = stream.source({ ...HORIZON, maxFetchRecordsPerShard: '7' });
    await source.open();
    run.offset = run.offset === undefined ? undefined : restartedOffset(run.offset);
    await runUntil(source, run, total - 20);
    await source.close();
    await reshard();
  }
  await stream.put(total, total + 40);
  total += 40;
  const source = stream.source(HORIZON);
  await source.open();
  run.offset = restartedOffset(run.offset);
  await runUntil(source, run, total);
  expect(numbersByKey(run.records)).toEqual(expectedNumbers(total));
  await source.close();
});

test('records of a child shard put before the query notices the split are read although the query began at LATEST', async () => {
  const stream = await createKinesisStream(1);
  const source = stream.source({ startingPosition: 'LATEST' });
  await source.open();
  expect(await source.latestOffset({ start: undefined, mode: 'default', batchId: 0 })).toBeUndefined();
  await stream.put(0, 10);
  await stream.split();
  await stream.put(10, 30);
  const run = newRun();
  await runUntil(source, run, 30);
  expect(numbersByKey(run.records)).toEqual(expectedNumbers(30));
  await source.close();
});

test('a parent and its children in one batch are one partition, read in order, also when read again', async () => {
  const stream = await createKinesisStream(1);
  await stream.put(0, 30);
  await stream.split();
  await stream.put(30, 60);
  const source = stream.source(HORIZON, { isStreaming: false });
  await source.open();
  await source.prepareForAvailableNow();
  const end = await source.latestOffset({ start: undefined, mode: 'available-now', batchId: 0 });
  expect(await source.planInput(undefined, end ?? null)).toHaveLength(1);
  const run = newRun();
  await source.close();
  const again = stream.source(HORIZON);
  await again.open();
  run.records.push(...(await readTexts(again, undefined, end ?? null)));
  expect(numbersByKey(run.records)).toEqual(expectedNumbers(60));
  await again.close();
});

test('the reshards of a batch are counted in its metrics', async () => {
  const stream = await createKinesisStream(1);
  const source = stream.source(HORIZON);
  await source.open();
  const run = newRun();
  await stream.put(0, 5);
  await runUntil(source, run, 5);
  expect(source.metrics?.()).toMatchObject({ reshards: '0' });
  await stream.split();
  await stream.put(5, 10);
  await runUntil(source, run, 10);
  expect(source.metrics?.()).toMatchObject({ reshards: '1', millisBehindLatest: '0' });
  await source.close();
});
