/** Faults of a real endpoint, injected by a proxy: throttles, errors of the server, cut connections, expired iterators, trimmed records. */
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { SourceOffset } from '../../../src/source/source.ts';
import { nextOffset, readRange } from '../../contract/source-contract.ts';
import { type KinesisFaultProxy, startKinesisFaultProxy } from '../../servers/kinesis-fault-proxy.ts';
import { kinesisEndpoint } from '../../servers/urls.ts';
import {
  createKinesisStream,
  expectedNumbers,
  type KinesisStream,
  newRun,
  numbersByKey,
  readTexts,
  runBatch,
  runUntil,
} from './kinesis-stream.ts';

let proxy: KinesisFaultProxy;
let stream: KinesisStream;

beforeEach(async () => {
  proxy = await startKinesisFaultProxy(kinesisEndpoint());
  stream = await createKinesisStream(2);
});
afterEach(() => proxy.close());

function options(more: Readonly<Record<string, string>> = {}): Record<string, string> {
  return { startingPosition: 'TRIM_HORIZON', endpointUrl: proxy.endpoint, ...more };
}

/** Reads `total` records in batches of ten per shard while faults happen; returns all batches' metrics summed. */
async function readAll(total: number): Promise<Record<string, number>> {
  const source = stream.source(options({ maxFetchRecordsPerShard: '10', clientNumRetries: '2' }));
  await source.open();
  const run = newRun();
  const sums: Record<string, number> = {};
  while (run.records.length < total) {
    await runBatch(source, run);
    for (const [name, value] of Object.entries(source.metrics?.() ?? {}))
      sums[name] = (sums[name] ?? 0) + Number(value);
  }
  expect(numbersByKey(run.records)).toEqual(expectedNumbers(total));
  await source.close();
  return sums;
}

test('a third of all calls throttled: everything is read once, and the throttles are counted', async () => {
  await stream.put(0, 200);
  let numThrottled = 0;
  proxy.rule = ({ action, index }) => {
    if (action === 'DescribeStreamSummary' || index % 3 !== 0) return undefined;
    if (action === 'GetRecords') numThrottled++;
    return { kind: 'refuse', type: 'ProvisionedThroughputExceededException' };
  };
  const { throttled = 0 } = await readAll(200);
  expect(numThrottled).toBeGreaterThan(0);
  expect(throttled).toBeGreaterThanOrEqual(numThrottled);
});

test('many throttles in a row do not end the query', async () => {
  await stream.put(0, 20);
  proxy.rule = ({ action, index }) =>
    action === 'GetRecords' && index < 12 ? { kind: 'refuse', type: 'LimitExceededException' } : undefined;
  const source = stream.source(options({ clientNumRetries: '1', clientMaxRetryIntervalMs: '40' }));
  await source.open();
  const run = newRun();
  await runUntil(source, run, 20);
  expect(numbersByKey(run.records)).toEqual(expectedNumbers(20));
  await source.close();
});

test('errors of the server are repeated and counted as retries', async () => {
  await stream.put(0, 100);
  proxy.rule = ({ index }) => (index % 4 === 1 ? { kind: 'refuse', type: 'InternalFailure', status: 500 } : undefined);
  const { retries } = await readAll(100);
  expect(retries).toBeGreaterThan(0);
});

test('connections that are cut now and then lose nothing', async () => {
  await stream.put(0, 100);
  proxy.rule = ({ action, index }) => (action === 'GetRecords' && index % 4 === 1 ? { kind: 'cut' } : undefined);
  const { retries } = await readAll(100);
  expect(retries).toBeGreaterThan(0);
});

test('iterators that expire are taken anew from the last record', async () => {
  await stream.put(0, 100);
  proxy.rule = ({ action, index }) =>
    action === 'GetRecords' && index % 3 === 2 ? { kind: 'refuse', type: 'ExpiredIteratorException' } : undefined;
  await readAll(100);
  const iterators = proxy.calls.filter((call) => call.action === 'GetShardIterator');
  expect(iterators.some((call) => call.body['ShardIteratorType'] === 'AT_SEQUENCE_NUMBER')).toBe(true);
});

test('iterators that a restarted server does not know any more are taken anew', async () => {
  await stream.put(0, 60);
  proxy.rule = ({ action, index }) =>
    action === 'GetRecords' && index % 5 === 4 ? { kind: 'refuse', type: 'InvalidArgumentException' } : undefined;
  await readAll(60);
});

test('a position the stream does not know is data loss, and with failOnDataLoss=false the rest is read once', async () => {
  await stream.put(0, 40);
  const first = stream.source(options({ maxFetchRecordsPerShard: '5' }));
  await first.open();
  const run = newRun();
  await runBatch(first, run);
  await first.close();
  proxy.rule = ({ action, body }) =>
    action === 'GetShardIterator' && body['ShardIteratorType'] === 'AT_SEQUENCE_NUMBER'
      ? { kind: 'refuse', type: 'InvalidArgumentException' }
      : undefined;
  const strict = stream.source(options());
  await strict.open();
  await expect(nextOffset(strict, run.offset)).rejects.toMatchObject({ condition: 'KINESIS_DATA_LOSS' });
  await strict.close();
  const tolerant = stream.source(options({ failOnDataLoss: 'false' }));
  await tolerant.open();
  await runUntil(tolerant, run, 40);
  expect(numbersByKey(run.records)).toEqual(expectedNumbers(40));
  await tolerant.close();
});

test('a stream deleted under a running query is an error that says so', async () => {
  await stream.put(0, 5);
  const source = stream.source(options());
  await source.open();
  const run = newRun();
  await runUntil(source, run, 5);
  proxy.rule = () => ({ kind: 'refuse', type: 'ResourceNotFoundException' });
  await expect(nextOffset(source, run.offset)).rejects.toMatchObject({ condition: 'KINESIS_STREAM_NOT_FOUND' });
  await source.close();
});

test('empty answers behind the tip are not the end of the data', async () => {
  await stream.put(0, 40);
  proxy.rule = ({ action, index }) =>
    action === 'GetRecords' && index < 8 ? { kind: 'empty', millisBehindLatest: 5000 } : undefined;
  const source = stream.source(options());
  await source.open();
  await source.prepareForAvailableNow();
  const end = await source.latestOffset({ start: undefined, mode: 'available-now', batchId: 0 });
  expect(end).toBeDefined();
  const texts = await readTexts(source, undefined, end ?? null);
  const next = await source.latestOffset({ start: end, mode: 'available-now', batchId: 1 });
  if (next !== undefined) texts.push(...(await readTexts(source, end ?? null, next)));
  expect(numbersByKey(texts)).toEqual(expectedNumbers(40));
  await source.close();
});

test('a server that cuts every connection is given up after the configured attempts', async () => {
  await stream.put(0, 5);
  const source = stream.source(options({ clientNumRetries: '2' }));
  await source.open();
  proxy.rule = () => ({ kind: 'cut' });
  await expect(nextOffset(source, undefined)).rejects.toMatchObject({
    condition: 'EXTERNAL_SYSTEM_UNAVAILABLE',
    parameters: { address: proxy.endpoint },
  });
  await source.close();
});

test('denied access is an error at once, naming stream and endpoint', async () => {
  proxy.rule = () => ({ kind: 'refuse', type: 'AccessDeniedException' });
  const source = stream.source(options());
  await expect(source.open()).rejects.toMatchObject({
    condition: 'EXTERNAL_SYSTEM_REFUSED',
    parameters: { system: expect.stringContaining('stream-'), address: proxy.endpoint },
  });
  expect(proxy.calls).toHaveLength(1);
});

/** From now on these records are missing from all answers. */
function trim(sequenceNumbers: readonly unknown[]): void {
  const trimmed = new Set(sequenceNumbers);
  proxy.rule = ({ action }) =>
    action === 'GetRecords' ? { kind: 'filter', keep: (sequenceNumber) => !trimmed.has(sequenceNumber) } : undefined;
}

/** Reads two batches of ten records a shard, trims what they had, and returns the end of the first. */
async function trimAfterFirstBatch(): Promise<{ end: SourceOffset; numKept: number }> {
  await stream.put(0, 60);
  const source = stream.source(options({ maxFetchRecordsPerShard: '10' }));
  await source.open();
  const end = await nextOffset(source, undefined);
  const second = await nextOffset(source, end);
  const read = [
    ...(await readRange(source, undefined, end, ['sequenceNumber'])),
    ...(await readRange(source, end, second, ['sequenceNumber'])),
  ];
  await source.close();
  trim(read.flat());
  return { end, numKept: 60 - read.length };
}

test('records trimmed while the query was stopped are data loss, with shard, sequence number and retention', async () => {
  const { end } = await trimAfterFirstBatch();
  const source = stream.source(options());
  await source.open();
  await expect(nextOffset(source, end)).rejects.toMatchObject({
    condition: 'KINESIS_DATA_LOSS',
    parameters: {
      shardId: expect.stringMatching(/^shardId-/),
      sequenceNumber: expect.stringMatching(/^\d+$/),
      retentionHours: '24',
      endpoint: proxy.endpoint,
    },
  });
  await source.close();
});

test('with failOnDataLoss=false trimmed records are skipped and counted', async () => {
  const { end, numKept } = await trimAfterFirstBatch();
  const source = stream.source(options({ failOnDataLoss: 'false' }));
  await source.open();
  const run = { records: [] as string[], offset: end as SourceOffset | undefined, numBatches: 0 };
  let numLosses = 0;
  while (run.records.length < numKept) {
    await runBatch(source, run);
    numLosses += Number(source.metrics?.()['dataLosses']);
  }
  expect(run.records).toHaveLength(numKept);
  expect(numLosses).toBeGreaterThan(0);
  await source.close();
});

test('a logged batch whose records were trimmed before its replay is data loss', async () => {
  const { end } = await trimAfterFirstBatch();
  const source = stream.source(options());
  await source.open();
  await expect(readTexts(source, undefined, end)).rejects.toMatchObject({ condition: 'KINESIS_DATA_LOSS' });
  await source.close();
});

test('an idle shard of which only the last record read has been trimmed is no data loss', async () => {
  await stream.put(0, 20);
  const first = stream.source(options());
  await first.open();
  const run = newRun();
  await runUntil(first, run, 20);
  const read = run.offset ?? null;
  const again = stream.source(options());
  await again.open();
  trim((await readRange(again, undefined, read, ['sequenceNumber'])).flat());
  await again.close();
  await first.close();
  const second = stream.source(options());
  await second.open();
  expect(await second.latestOffset({ start: read, mode: 'default', batchId: 1 })).toBeUndefined();
  await stream.put(20, 40);
  await runUntil(second, run, 40);
  expect(numbersByKey(run.records)).toEqual(expectedNumbers(40));
  await second.close();
});

test('a lost answer of ListShards delays new shards but stops nothing', async () => {
  await stream.put(0, 10);
  const source = stream.source(options());
  await source.open();
  const run = newRun();
  await runUntil(source, run, 10);
  proxy.rule = ({ action, index }) => (action === 'ListShards' && index % 2 === 0 ? { kind: 'cut' } : undefined);
  await stream.split();
  await stream.put(10, 40);
  await runUntil(source, run, 40);
  expect(numbersByKey(run.records)).toEqual(expectedNumbers(40));
  await source.close();
});
