/** The Kinesis sink over our own Kinesis in this process: what arrives where, partial failures, packing, refusals. */
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleepFor } from 'node:timers/promises';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type EmbeddedKinesis, startEmbeddedKinesis } from '../../../src/emulator/kinesis/embedded-kinesis.ts';
import type { FaultyCall } from '../../../src/emulator/kinesis/faults.ts';
import { kinesisSinkProvider } from '../../../src/sinks/kinesis/kinesis-sink.ts';
import type { Sink } from '../../../src/sinks/sink.ts';
import type { SourceOffset } from '../../../src/source/source.ts';
import { BINARY, field, INTEGER, STRING, struct } from '../../../src/types/data-type.ts';
import { MillraceSession } from '../../../src/api/session.ts';
import { Trigger } from '../../../src/api/trigger.ts';
import * as F from '../../../src/api/functions.ts';
import { nextOffset, readRange } from '../../contract/source-contract.ts';
import { batchOf, conditionOf, identity, openSink, sinkContext, streamOf } from '../../contract/sink-contract.ts';
import { privateAccount } from '../../servers/urls.ts';
import { createKinesisStream, type KinesisStream } from '../../source/kinesis/kinesis-stream.ts';

const SCHEMA = struct([field('partitionKey', STRING), field('data', STRING)]);
const sleep = (ms: number, signal?: AbortSignal): Promise<void> =>
  sleepFor(ms, undefined, signal === undefined ? {} : { signal });

let kinesis: EmbeddedKinesis;
let stream: KinesisStream;
let sink: Sink | undefined;
beforeEach(async () => {
  kinesis = startEmbeddedKinesis({ hasLimits: false });
  stream = await createKinesisStream(2, kinesis);
});
afterEach(async () => {
  await sink?.close();
  await kinesis.close();
});

function connection({ endpoint }: KinesisStream): Record<string, string> {
  const { accessKeyId, secretAccessKey } = privateAccount();
  return { endpointUrl: endpoint, region: 'us-east-1', awsAccessKeyId: accessKeyId, awsSecretKey: secretAccessKey };
}

async function open(options: Record<string, string> = {}, schema = SCHEMA): Promise<Sink> {
  const all = { 'kinesis.streamName': stream.name, ...connection(stream), ...options };
  const request = { schema, options: { clientRetryIntervalsMs: '1', clientMaxRetryIntervalMs: '5', ...all }, sleep };
  sink = await openSink(kinesisSinkProvider, request);
  return sink;
}

const rows = (from: number, to: number): string[][] =>
  Array.from({ length: to - from }, (_, i) => [`k${(from + i) % 10}`, `k${(from + i) % 10}:${from + i}`]);

/** Everything in the stream, as `<partition key> <data>`. */
async function stored(): Promise<string[]> {
  const source = stream.source({ startingPosition: 'TRIM_HORIZON' });
  await source.open();
  const records: string[] = [];
  let start: SourceOffset | undefined;
  for (let end: SourceOffset | undefined = await nextOffset(source, undefined); end !== undefined;) {
    const read = await readRange(source, start, end, ['partitionKey', 'data']);
    records.push(...read.map(([key, data]) => `${String(key)} ${new TextDecoder().decode(data as Uint8Array)}`));
    start = end;
    end = await source.latestOffset({ start, mode: 'default', batchId: 1 });
  }
  await source.close();
  return records;
}

const expected = (from: number, to: number): string[] => rows(from, to).map(([key, data]) => `${key} ${data}`);
const sorted = (texts: readonly string[]): string[] => texts.toSorted();

test('each row is a record under its key, in the order of the rows per key', async () => {
  const opened = await open();
  const result = await opened.addBatch(
    identity(0),
    streamOf(batchOf(SCHEMA, rows(0, 700)), batchOf(SCHEMA, rows(700, 1300))),
  );
  expect(result).toEqual({ numOutputRows: 1300 });
  expect(kinesis.numCalls('PutRecords')).toBe(3);
  const records = await stored();
  expect(sorted(records)).toEqual(sorted(expected(0, 1300)));
  const ofKey = (texts: readonly string[]): string[] => texts.filter((text) => text.startsWith('k7 '));
  expect(ofKey(records)).toEqual(ofKey(expected(0, 1300)));
});

test('a call has no more than 5 MB', async () => {
  const opened = await open();
  const large = Array.from({ length: 8 }, (_, i) => [`k${i}`, 'x'.repeat(1000 * 1024)]);
  await opened.addBatch(identity(0), streamOf(batchOf(SCHEMA, large)));
  expect(kinesis.numCalls('PutRecords')).toBe(2);
});

test('only the records that were throttled are put again, and none is lost', async () => {
  const limited = startEmbeddedKinesis();
  stream = await createKinesisStream(1, limited);
  const opened = await open({ clientMaxRetryIntervalMs: '300' });
  await opened.addBatch(identity(0), streamOf(batchOf(SCHEMA, rows(0, 1400))));
  expect(sorted(await stored())).toEqual(sorted(expected(0, 1400)));
  expect(limited.numCalls('PutRecords')).toBeGreaterThan(3);
  await limited.close();
});

test('throttles, errors and cut connections are waited for; a lost answer may repeat records', async () => {
  const opened = await open({ maxConnections: '4', clientNumRetries: '50' });
  let index = 0;
  const kinds = [
    { kind: 'refuse', type: 'ProvisionedThroughputExceededException' },
    { kind: 'refuse', type: 'InternalFailure', status: 500 },
    { kind: 'cut' },
    { kind: 'lose-answer' },
  ] as const;
  kinesis.faults = {
    rule: ({ action }: FaultyCall) => (action === 'PutRecords' && index++ < 12 ? kinds[index % 4] : undefined),
  };
  await opened.addBatch(identity(0), streamOf(batchOf(SCHEMA, rows(0, 2600))));
  kinesis.faults = {};
  const records = await stored();
  expect(new Set(records)).toEqual(new Set(expected(0, 2600)));
  expect(records.length).toBeGreaterThan(2600);
});

test('a server that cannot be reached is given up after the configured attempts', async () => {
  const opened = await open({ clientNumRetries: '2' });
  kinesis.faults = { cutRate: 1 };
  const call = opened.addBatch(identity(0), streamOf(batchOf(SCHEMA, rows(0, 3))));
  await expect(call).rejects.toMatchObject({ condition: 'EXTERNAL_SYSTEM_UNAVAILABLE', parameters: { attempts: '3' } });
});

test('an explicit hash key decides about the shard', async () => {
  const schema = struct([field('Key', STRING), field('hash', STRING), field('body', BINARY)]);
  const opened = await open({ partitionKeyColumn: 'key', explicitHashKeyColumn: 'hash', dataColumn: 'body' }, schema);
  const half = String(1n << 127n);
  const records = [
    ['a', '0', Uint8Array.of(1)],
    ['a', half, Uint8Array.of(2)],
    ['a', null, Uint8Array.of(3)],
  ];
  await opened.addBatch(identity(0), streamOf(batchOf(schema, records)));
  const source = stream.source({ startingPosition: 'TRIM_HORIZON' });
  await source.open();
  const read = await readRange(source, undefined, await nextOffset(source, undefined), ['shardId', 'data']);
  const places = read.map(([shard, data]) => `${String(shard).at(-1)}:${(data as Uint8Array)[0]}`);
  expect(sorted(places)).toEqual(['0:1', '0:3', '1:2']);
  await source.close();
});

test('packed rows are few records, and come out as the rows', async () => {
  const opened = await open({ aggregationEnabled: 'true' });
  await opened.addBatch(identity(0), streamOf(batchOf(SCHEMA, rows(0, 5000))));
  expect(kinesis.numCalls('PutRecords')).toBe(1);
  const records = await stored();
  expect(sorted(records)).toEqual(sorted(expected(0, 5000)));
});

test('rows packed for a shard that was split meanwhile come once to the readers', async () => {
  const opened = await open({ aggregationEnabled: 'true' });
  await opened.addBatch(identity(0), streamOf(batchOf(SCHEMA, rows(0, 100))));
  let isSplit = false;
  async function* splitting() {
    yield batchOf(SCHEMA, rows(100, 200));
    await stream.split();
    await stream.split();
    isSplit = true;
    yield batchOf(SCHEMA, rows(200, 300));
  }
  await opened.addBatch(identity(1), splitting());
  expect(isSplit).toBe(true);
  expect(sorted(await stored())).toEqual(sorted(expected(0, 300)));
});

test.each([
  [[['k', null]], 'data is null'],
  [[[null, 'x']], 'partitionKey is null'],
  [[['', 'x']], 'partitionKey is empty'],
  [[['k'.repeat(257), 'x']], '257 characters'],
  [[['k', 'x'.repeat(1024 * 1024)]], '1048577 bytes'],
])('row %# is refused with the reason, and nothing of its batch is dropped silently', async (bad, reason) => {
  const opened = await open();
  const call = opened.addBatch(identity(0), streamOf(batchOf(SCHEMA, bad)));
  await expect(call).rejects.toMatchObject({
    condition: 'KINESIS_RECORD_INVALID',
    parameters: { stream: stream.name, reason: expect.stringContaining(reason) },
  });
});

test('columns that do not fit are refused before anything is opened', async () => {
  const create = (...names: readonly string[]) => {
    const schema = struct(names.map((name) => field(name, name === 'n' ? INTEGER : STRING)));
    return () =>
      kinesisSinkProvider.create(
        sinkContext({ schema, options: { streamname: 's', region: 'eu-west-1', datacolumn: names[0] ?? '' } }),
      );
  };
  expect(create('data', 'partitionKey')).not.toThrow();
  for (const names of [['data'], ['n', 'partitionKey'], ['data', 'partitionKey', 'extra']])
    expect(create(...names)).toThrow(expect.objectContaining({ condition: 'KINESIS_SINK_COLUMNS' }));
});

test('a stream that is not there is an error when the sink opens; so are several streams and overwriting', async () => {
  expect(await conditionOf(open({ 'kinesis.streamName': 'nobody' }))).toBe('KINESIS_STREAM_NOT_FOUND');
  expect(await conditionOf(open({ 'kinesis.streamName': 'a,b' }))).toBe('INVALID_OPTION');
  const options = { streamname: 's', region: 'eu-west-1' };
  const context = sinkContext({ schema: SCHEMA, options, mode: 'batch', saveMode: 'overwrite' });
  expect(() => kinesisSinkProvider.create(context)).toThrow(
    expect.objectContaining({ condition: 'UNSUPPORTED_FEATURE' }),
  );
});

test('a query from one stream into another', async () => {
  await stream.put(0, 50);
  const target = await createKinesisStream(3, kinesis);
  const session = MillraceSession.builder().create();
  const query = await session.readStream
    .format('kinesis')
    .options({ streamName: stream.name, ...connection(stream), startingPosition: 'TRIM_HORIZON' })
    .load()
    .select(F.upper(F.col('data').cast('STRING')).as('data'), F.col('partitionKey'))
    .writeStream.format('kinesis')
    .options({ streamName: target.name, ...connection(target) })
    .option('checkpointLocation', mkdtempSync(path.join(tmpdir(), 'millrace-kinesis-sink-')))
    .trigger(Trigger.AvailableNow())
    .start();
  await query.awaitTermination();
  await session.stop();
  stream = target;
  expect(sorted(await stored())).toEqual(
    sorted(expected(0, 50).map((text) => text.replace(/ .*/, (data) => data.toUpperCase()))),
  );
});
