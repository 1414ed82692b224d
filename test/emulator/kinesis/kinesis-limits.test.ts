/** What only our own Kinesis does: limits, retention, expiry and five-minute subscriptions on a virtual clock, faults, a journal. */
import { mkdtempSync, rmSync, appendFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import {
  CreateStreamCommand,
  GetRecordsCommand,
  type GetRecordsCommandOutput,
  GetShardIteratorCommand,
  KinesisClient,
  ListShardsCommand,
  PutRecordCommand,
  PutRecordsCommand,
  type PutRecordsCommandOutput,
  RegisterStreamConsumerCommand,
  DescribeStreamSummaryCommand,
  type ShardIteratorType,
  SplitShardCommand,
  SubscribeToShardCommand,
  DecreaseStreamRetentionPeriodCommand,
  IncreaseStreamRetentionPeriodCommand,
} from '@aws-sdk/client-kinesis';
import { afterAll, beforeEach, expect, test } from 'vitest';
import { type EmbeddedKinesis, startEmbeddedKinesis } from '../../../src/emulator/kinesis/embedded-kinesis.ts';
import { ManualClock } from '../../../src/testing/manual-clock.ts';

const STREAM = 'limits';
const SHARD = 'shardId-000000000000';
const folder = mkdtempSync(path.join(tmpdir(), 'millrace-journal-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

let clock: ManualClock;
let kinesis: EmbeddedKinesis;
let client: KinesisClient;

function clientOf({ requestHandler }: EmbeddedKinesis, accessKeyId = 'test'): KinesisClient {
  const credentials = { accessKeyId, secretAccessKey: 'test' };
  return new KinesisClient({ region: 'us-east-1', credentials, requestHandler, maxAttempts: 1 });
}

beforeEach(() => {
  clock = new ManualClock(Date.UTC(2026, 0, 1));
  kinesis = startEmbeddedKinesis({ clock, random: () => 0.5, streams: [{ name: STREAM, numShards: 1 }] });
  client = clientOf(kinesis);
});

const put = (sizeBytes: number, count = 1): Promise<PutRecordsCommandOutput> => {
  const Records = Array.from({ length: count }, () => ({ PartitionKey: 'k', Data: new Uint8Array(sizeBytes) }));
  return client.send(new PutRecordsCommand({ StreamName: STREAM, Records }));
};

async function iterator(type: ShardIteratorType = 'TRIM_HORIZON', position: object = {}): Promise<string | undefined> {
  const request = { StreamName: STREAM, ShardId: SHARD, ShardIteratorType: type, ...position };
  return (await client.send(new GetShardIteratorCommand(request))).ShardIterator;
}

const get = (ShardIterator: string | undefined, Limit?: number): Promise<GetRecordsCommandOutput> =>
  client.send(new GetRecordsCommand({ ShardIterator, Limit }));

const THROTTLED = { name: 'ProvisionedThroughputExceededException' };

test('a shard takes 1000 records a second, the rest fail one by one, and a second later it takes more', async () => {
  expect((await put(10, 500)).FailedRecordCount).toBe(0);
  expect((await put(10, 500)).FailedRecordCount).toBe(0);
  const { FailedRecordCount, Records = [] } = await put(10, 200);
  expect(FailedRecordCount).toBe(200);
  expect(Records[0]?.ErrorCode).toBe(THROTTLED.name);
  clock.advance(100);
  expect((await put(10, 200)).FailedRecordCount).toBe(100);
});

test('a shard takes 1 MB a second', async () => {
  const Data = new Uint8Array(600 * 1024);
  const send = () => client.send(new PutRecordCommand({ StreamName: STREAM, PartitionKey: 'k', Data }));
  await send();
  await expect(send()).rejects.toMatchObject(THROTTLED);
  clock.advance('1 second');
  await send();
});

test('a shard gives five answers a second and no more than 2 MB a second; 10 MB block it for seconds', async () => {
  const first = await iterator();
  for (let i = 0; i < 5; i++) await get(first);
  await expect(get(first)).rejects.toMatchObject(THROTTLED);
  for (let i = 0; i < 11; i++) {
    await put(1000 * 1024);
    clock.advance('1 second');
  }
  const large = await get(await iterator());
  expect(large.Records).toHaveLength(10);
  clock.advance('2 seconds');
  await expect(get(await iterator())).rejects.toMatchObject(THROTTLED);
  clock.advance('3 seconds');
  await get(await iterator());
});

test('an iterator expires after five minutes', async () => {
  const token = await iterator();
  clock.advance('5 minutes');
  await get(token);
  clock.advance('1 second');
  await expect(get(token)).rejects.toMatchObject({ name: 'ExpiredIteratorException' });
});

test('records leave after the retention period, and so does a closed shard', async () => {
  const { Records: [old] = [] } = await put(1);
  clock.advance('23 hours');
  await put(2);
  clock.advance('2 hours');
  const { Records = [] } = await get(await iterator());
  expect(Records.map((record) => record.Data?.length)).toEqual([2]);
  const after = await iterator('AFTER_SEQUENCE_NUMBER', { StartingSequenceNumber: old?.SequenceNumber });
  expect((await get(after)).Records).toHaveLength(1);
  await client.send(
    new SplitShardCommand({ StreamName: STREAM, ShardToSplit: SHARD, NewStartingHashKey: String(1n << 127n) }),
  );
  const list = async () => (await client.send(new ListShardsCommand({ StreamName: STREAM }))).Shards?.length;
  expect(await list()).toBe(3);
  clock.advance('25 hours');
  expect(await list()).toBe(2);
  await expect(iterator()).rejects.toMatchObject({ name: 'ResourceNotFoundException' });
});

test('a longer retention keeps records longer and cannot be made longer by decreasing', async () => {
  const longer = { StreamName: STREAM, RetentionPeriodHours: 48 };
  await client.send(new IncreaseStreamRetentionPeriodCommand(longer));
  await put(1);
  clock.advance('30 hours');
  expect((await get(await iterator())).Records).toHaveLength(1);
  const even = new DecreaseStreamRetentionPeriodCommand({ ...longer, RetentionPeriodHours: 72 });
  await expect(client.send(even)).rejects.toMatchObject({ name: 'InvalidArgumentException' });
});

test('an iterator at a time after now is refused, at a time before begins there', async () => {
  await put(1);
  clock.advance('10 seconds');
  await put(2);
  const at = (ms: number) => iterator('AT_TIMESTAMP', { Timestamp: new Date(ms) });
  expect((await get(await at(clock.nowMs() - 1))).Records?.map((record) => record.Data?.length)).toEqual([2]);
  await expect(at(clock.nowMs() + 60_000)).rejects.toMatchObject({ name: 'InvalidArgumentException' });
});

test('a subscription ends after five minutes and can be taken over after five seconds', async () => {
  const { StreamDescriptionSummary } = await client.send(new DescribeStreamSummaryCommand({ StreamName: STREAM }));
  const { Consumer } = await client.send(
    new RegisterStreamConsumerCommand({ StreamARN: StreamDescriptionSummary?.StreamARN, ConsumerName: 'c' }),
  );
  const subscribe = async () => {
    const StartingPosition = { Type: 'LATEST' } as const;
    const request = { ConsumerARN: Consumer?.ConsumerARN, ShardId: SHARD, StartingPosition };
    const { EventStream = [] as never } = await client.send(new SubscribeToShardCommand(request));
    return EventStream[Symbol.asyncIterator]();
  };
  const first = await subscribe();
  expect((await first.next()).done).toBe(false);
  await expect(subscribe()).rejects.toMatchObject({ name: 'ResourceInUseException' });
  clock.advance('5 seconds');
  const second = await subscribe();
  while ((await first.next()).done !== true);
  let numHeartbeats = 0;
  for (let event = second.next(); ; event = second.next()) {
    for (let i = 0; i < 50; i++) await Promise.resolve();
    clock.advance('5 seconds');
    if ((await event).done === true) break;
    numHeartbeats++;
  }
  expect(numHeartbeats).toBeGreaterThan(50);
  expect(numHeartbeats).toBeLessThan(65);
});

test('streams of different accounts have the same name and other records', async () => {
  const other = clientOf(kinesis, '123456789012');
  await other.send(new CreateStreamCommand({ StreamName: STREAM, ShardCount: 2 }));
  await put(1);
  const { Shards } = await other.send(new ListShardsCommand({ StreamName: STREAM }));
  expect(Shards).toHaveLength(2);
  const arn = 'arn:aws:kinesis:us-east-1:000000000000:stream/limits';
  expect((await other.send(new ListShardsCommand({ StreamARN: arn }))).Shards).toHaveLength(1);
});

test('faults come on demand: throttles, errors, expired iterators, lost answers', async () => {
  const token = await iterator();
  kinesis.faults = { throttleRate: 1 };
  await expect(get(token)).rejects.toMatchObject(THROTTLED);
  kinesis.faults = { errorRate: 1 };
  await expect(get(token)).rejects.toMatchObject({ $metadata: { httpStatusCode: 500 } });
  kinesis.faults = { expireIteratorsEvery: 3 };
  await expect(get(token)).rejects.toMatchObject({ name: 'ExpiredIteratorException' });
  kinesis.faults = { rule: ({ action }) => (action === 'PutRecords' ? { kind: 'lose-answer' } : undefined) };
  await expect(put(1)).rejects.toMatchObject({ code: 'ECONNRESET' });
  kinesis.faults = { rule: ({ action }) => (action === 'PutRecords' ? { kind: 'cut' } : undefined) };
  await expect(put(1)).rejects.toMatchObject({ code: 'ECONNRESET' });
  kinesis.faults = {};
  clock.advance('1 second');
  expect((await get(token)).Records).toHaveLength(1);
  expect(kinesis.numCalls('PutRecords')).toBe(2);
});

test('what was acknowledged is there after a restart with the same folder, also behind an unfinished line', async () => {
  const options = { folder, clock, streams: [{ name: STREAM, numShards: 1 }] };
  kinesis = startEmbeddedKinesis(options);
  client = clientOf(kinesis);
  const { Records: before = [] } = await put(5, 3);
  await client.send(
    new SplitShardCommand({ StreamName: STREAM, ShardToSplit: SHARD, NewStartingHashKey: String(1n << 127n) }),
  );
  await kinesis.close();
  appendFileSync(path.join(folder, 'kinesis-journal.ndjson'), '{"action":"PutRec');
  clock.advance('1 minute');
  kinesis = startEmbeddedKinesis(options);
  client = clientOf(kinesis);
  const { Records: after = [] } = await get(await iterator());
  expect(after.map((record) => record.SequenceNumber)).toEqual(before.map((record) => record.SequenceNumber));
  expect((await client.send(new ListShardsCommand({ StreamName: STREAM }))).Shards).toHaveLength(3);
  await kinesis.close();
});

test('a port in use is an error that names it', async () => {
  const { endpoint } = await kinesis.serve();
  const port = Number(new URL(endpoint).port);
  await expect(kinesis.serve(port)).rejects.toMatchObject({
    condition: 'EXTERNAL_SYSTEM_UNAVAILABLE',
    parameters: { address: `127.0.0.1:${port}` },
  });
  await kinesis.close();
});
