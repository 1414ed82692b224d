/** The Kinesis source against a real endpoint: the contract, starting positions, limits, restarts, foreign streams. */
import { expect, test } from 'vitest';
import type { SourceOffset } from '../../../src/source/source.ts';
import { aggregate } from './aggregate.ts';
import { memorySourceLog, nextOffset, readRange, testSourceContract } from '../../contract/source-contract.ts';
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
const FIRST = { start: undefined, mode: 'default', batchId: 0 } as const;

testSourceContract('kinesis', async () => {
  const stream = await createKinesisStream(3);
  let total = 0;
  return {
    create: () => stream.source(HORIZON),
    addRows: async () => {
      await stream.put(total, total + 20);
      total += 20;
    },
  };
});

testSourceContract('kinesis with small batches', async () => {
  const stream = await createKinesisStream(2);
  let total = 0;
  return {
    create: () => stream.source({ ...HORIZON, maxRecordsPerTrigger: '7' }),
    addRows: async () => {
      await stream.put(total, total + 15);
      total += 15;
    },
  };
});

test('a record has the columns of the AWS connector and its shard', async () => {
  const stream = await createKinesisStream(1);
  await stream.put(0, 1);
  const source = stream.source(HORIZON);
  await source.open();
  const [row] = await readRange(source, undefined, await nextOffset(source, undefined));
  const [data, streamName, partitionKey, sequenceNumber, arrival, shardId] = row ?? [];
  expect(new TextDecoder().decode(data as Uint8Array)).toBe('k0:0');
  expect(streamName).toMatch(/^stream-/);
  expect(partitionKey).toBe('k0');
  expect(sequenceNumber).toMatch(/^\d{56}$/);
  expect(Math.abs(Number((arrival as bigint) / 1000n) - Date.now())).toBeLessThan(60_000);
  expect(shardId).toBe('shardId-000000000000');
  await source.close();
});

test('from LATEST only records put after the start are read, and a restart before the first batch loses none', async () => {
  const stream = await createKinesisStream(2);
  await stream.put(0, 20);
  await new Promise((resolve) => setTimeout(resolve, 1100));
  const log = memorySourceLog();
  const first = stream.source({}, { log });
  await first.open();
  expect(await first.latestOffset(FIRST)).toBeUndefined();
  await first.close();
  await stream.put(20, 40);
  const second = stream.source({}, { log });
  await second.open();
  const run = newRun();
  await runUntil(second, run, 20);
  expect(run.records.map((record) => Number(record.split(':')[1])).toSorted((a, b) => a - b)).toEqual(
    Array.from({ length: 20 }, (_, i) => 20 + i),
  );
  await second.close();
});

test('the offset of a batch that began at LATEST replays the same records without the log of the source', async () => {
  const stream = await createKinesisStream(2);
  await stream.put(0, 20);
  const first = stream.source();
  await first.open();
  expect(await first.latestOffset(FIRST)).toBeUndefined();
  await stream.put(20, 40);
  const end = await nextOffset(first, undefined);
  const texts = await readTexts(first, undefined, end);
  expect(texts).toHaveLength(20);
  await first.close();
  const second = stream.source();
  await second.open();
  expect(await readTexts(second, undefined, end)).toEqual(texts);
  await second.close();
});

test('AT_TIMESTAMP starts with the records that arrived from then on', async () => {
  const stream = await createKinesisStream(1);
  await stream.put(0, 10);
  await new Promise((resolve) => setTimeout(resolve, 1100));
  const from = new Date();
  await new Promise((resolve) => setTimeout(resolve, 100));
  await stream.put(10, 20);
  const source = stream.source({ startingPosition: `AT_TIMESTAMP ${from.toISOString()}` });
  await source.open();
  const run = newRun();
  await runBatch(source, run);
  expect(run.records).toHaveLength(10);
  expect(run.records[0]).toBe('k0:10');
  await source.close();
});

test('positions per shard are taken from JSON, and shards that are not named start at TRIM_HORIZON', async () => {
  const stream = await createKinesisStream(2);
  await stream.put(0, 20);
  const whole = stream.source(HORIZON);
  await whole.open();
  const rows = await readRange(whole, undefined, await nextOffset(whole, undefined), ['sequenceNumber', 'shardId']);
  await whole.close();
  const ofFirst = rows.filter((row) => row[1] === 'shardId-000000000000').map((row) => row[0]);
  const position = { iteratorType: 'AFTER_SEQUENCE_NUMBER', iteratorPosition: ofFirst[2] };
  const source = stream.source({ startingPosition: JSON.stringify({ 'shardId-000000000000': position }) });
  await source.open();
  const rest = await readRange(source, undefined, await nextOffset(source, undefined), ['sequenceNumber']);
  expect(rest).toHaveLength(20 - 3);
  await source.close();
});

test('a batch has at most maxRecordsPerTrigger records, shared among the shards', async () => {
  const stream = await createKinesisStream(4);
  await stream.put(0, 80);
  const source = stream.source({ ...HORIZON, maxRecordsPerTrigger: '16' });
  await source.open();
  const end = await nextOffset(source, undefined);
  const rows = await readRange(source, undefined, end, ['shardId']);
  expect(rows).toHaveLength(16);
  expect(new Set(rows.map(String)).size).toBeGreaterThan(1);
  const run = { records: await readTexts(source, undefined, end), offset: end, numBatches: 1 };
  await runUntil(source, run, 80);
  expect(run.numBatches).toBe(5);
  expect(numbersByKey(run.records)).toEqual(expectedNumbers(80));
  await source.close();
});

test('rows of a batch that failed are read again from the buffer, then later rows follow', async () => {
  const stream = await createKinesisStream(1);
  await stream.put(0, 10);
  const source = stream.source({ ...HORIZON, maxFetchRecordsPerShard: '4' });
  await source.open();
  const end = await nextOffset(source, undefined);
  const texts = await readTexts(source, undefined, end);
  expect(await nextOffset(source, undefined)).toEqual(end);
  expect(await readTexts(source, undefined, end)).toEqual(texts);
  await source.commit(end);
  expect(await readTexts(source, end, await nextOffset(source, end))).toEqual(['k4:4', 'k5:5', 'k6:6', 'k7:7']);
  await source.close();
});

test('a batch read gives all records there are, whatever the limits', async () => {
  const stream = await createKinesisStream(2);
  await stream.put(0, 50);
  const source = stream.source({ maxFetchRecordsPerShard: '3', maxRecordsPerTrigger: '2' }, { isStreaming: false });
  await source.open();
  await source.prepareForAvailableNow();
  const end = await source.latestOffset({ start: undefined, mode: 'available-now', batchId: 0 });
  const texts = await readTexts(source, undefined, end ?? null);
  expect(numbersByKey(texts)).toEqual(expectedNumbers(50));
  await source.close();
});

test('waiting ends soon after a record was put into an idle stream', async () => {
  const stream = await createKinesisStream(2);
  const source = stream.source(HORIZON);
  await source.open();
  expect(await source.latestOffset(FIRST)).toBeUndefined();
  const waiting = source.waitForData?.(undefined, 10_000, AbortSignal.timeout(15_000));
  await new Promise((resolve) => setTimeout(resolve, 700));
  await stream.put(0, 1);
  const putMs = Date.now();
  await waiting;
  expect(Date.now() - putMs).toBeLessThan(1500);
  expect(await source.latestOffset(FIRST)).toBeDefined();
  await source.close();
});

test('an offset of a deleted stream of the same name stops the query', async () => {
  const stream = await createKinesisStream(1);
  await stream.put(0, 5);
  const first = stream.source(HORIZON);
  await first.open();
  const end = await nextOffset(first, undefined);
  await first.close();
  await new Promise((resolve) => setTimeout(resolve, 1100));
  await stream.recreate();
  const second = stream.source(HORIZON);
  await second.open();
  await expect(second.latestOffset({ start: end, mode: 'default', batchId: 1 })).rejects.toMatchObject({
    condition: 'KINESIS_STREAM_RECREATED',
  });
  await expect(second.planInput(undefined, end)).rejects.toMatchObject({ condition: 'KINESIS_STREAM_RECREATED' });
  await second.close();
});

test('a stream that does not exist is an error naming stream and endpoint', async () => {
  const stream = await createKinesisStream(1);
  const source = stream.source({ streamName: 'nope' });
  await expect(source.open()).rejects.toMatchObject({
    condition: 'KINESIS_STREAM_NOT_FOUND',
    parameters: { stream: 'nope', endpoint: expect.stringMatching(/^http/) },
  });
});

test('an endpoint that nobody listens on is an error after the configured attempts', async () => {
  const stream = await createKinesisStream(1);
  const source = stream.source({ endpointUrl: 'http://127.0.0.1:9', clientNumRetries: '2' });
  await expect(source.open()).rejects.toMatchObject({
    condition: 'EXTERNAL_SYSTEM_UNAVAILABLE',
    parameters: { address: 'http://127.0.0.1:9', attempts: '3', reason: expect.stringContaining('ECONNREFUSED') },
  });
});

test('records packed by the producer library come out as user records, and a batch may end between them', async () => {
  const stream = await createKinesisStream(1);
  const users = Array.from({ length: 25 }, (_, i) => ({ key: `k${i % 10}`, data: `k${i % 10}:${i}` }));
  await stream.putRaw('outer', aggregate(users.slice(0, 15)));
  await stream.putRaw('outer', aggregate(users.slice(15)));
  const source = stream.source({ ...HORIZON, maxFetchRecordsPerShard: '10' });
  await source.open();
  const run = newRun();
  await runBatch(source, run);
  expect(run.records).toHaveLength(10);
  const first = JSON.parse(JSON.stringify(run.offset)) as SourceOffset;
  expect(first).toMatchObject({ shards: { 'shardId-000000000000': { subSequenceNumber: 9 } } });
  await runBatch(source, run);
  const second = JSON.parse(JSON.stringify(run.offset)) as SourceOffset;
  await source.close();
  const again = stream.source({ ...HORIZON, maxFetchRecordsPerShard: '3', includeSubSequenceNumber: 'true' });
  await again.open();
  expect(await readTexts(again, undefined, first)).toEqual(run.records.slice(0, 10));
  expect(await readTexts(again, first, second)).toEqual(run.records.slice(10));
  expect(await readRange(again, undefined, first, ['subSequenceNumber'])).toContainEqual([9n]);
  run.offset = second;
  await runUntil(again, run, 25);
  expect(numbersByKey(run.records)).toEqual(expectedNumbers(25));
  await again.close();
});

test('offsets hold positions and no credentials', async () => {
  const stream = await createKinesisStream(1);
  await stream.put(0, 3);
  const source = stream.source({ ...HORIZON, awsSecretKey: 'canary-secret' });
  await source.open();
  const end = await nextOffset(source, undefined);
  expect(end).toMatchObject({
    streamName: expect.stringMatching(/^stream-/),
    streamArn: expect.stringContaining('arn:aws:kinesis'),
    createdMs: expect.any(Number),
    shards: {
      'shardId-000000000000': { state: 'open', parents: [], sequenceNumber: expect.stringMatching(/^\d+$/) },
    },
  });
  const everything = JSON.stringify([
    end,
    await source.planInput(undefined, end),
    source.description,
    source.metrics?.(),
  ]);
  expect(everything).not.toContain('canary');
  await source.close();
});
