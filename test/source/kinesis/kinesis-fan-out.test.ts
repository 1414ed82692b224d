/** Enhanced fan-out, several streams and the limits of a batch, over our own Kinesis in this process. */
import {
  DescribeStreamConsumerCommand,
  DescribeStreamSummaryCommand,
  RegisterStreamConsumerCommand,
} from '@aws-sdk/client-kinesis';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type EmbeddedKinesis, startEmbeddedKinesis } from '../../../src/emulator/kinesis/embedded-kinesis.ts';
import type { Source, SourceOffset } from '../../../src/source/source.ts';
import { ManualClock } from '../../../src/testing/manual-clock.ts';
import { memorySourceLog, nextOffset, testSourceContract } from '../../contract/source-contract.ts';
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

let kinesis: EmbeddedKinesis;
beforeEach(() => {
  kinesis = startEmbeddedKinesis({ hasLimits: false });
});
afterEach(() => kinesis.close());

let numConsumers = 0;
const fanOut = (options: Readonly<Record<string, string>> = {}): Record<string, string> => ({
  startingPosition: 'TRIM_HORIZON',
  consumerType: 'SubscribeToShard',
  consumerName: `consumer-${numConsumers++}`,
  ...options,
});

async function opened(source: Source): Promise<Source> {
  await source.open();
  return source;
}

async function expectAll(source: Source, total: number): Promise<void> {
  const run = newRun();
  await runUntil(source, run, total);
  expect(numbersByKey(run.records)).toEqual(expectedNumbers(total));
  await source.close();
}

describe('the contract of a source', () => {
  for (const type of ['SubscribeToShard', 'GetRecords'])
    testSourceContract(`kinesis, ${type}`, async () => {
      const stream = await createKinesisStream(2, kinesis);
      let total = 0;
      const log = memorySourceLog();
      return {
        create: () => stream.source(fanOut({ consumerType: type }), { log }),
        addRows: async () => {
          await stream.put(total, total + 20);
          total += 20;
        },
      };
    });
});

test('test A by fan-out: a shard that was split before the query starts is read to its end, 1200 of 1200 in order per key', async () => {
  const stream = await createKinesisStream(1, kinesis);
  await stream.put(0, 1000);
  await stream.split();
  await stream.put(1000, 1200);
  await expectAll(await opened(stream.source(fanOut())), 1200);
});

test('test B by fan-out: a running query with 800 unread records in a shard that splits reads 1200 of 1200 in order per key', async () => {
  const stream = await createKinesisStream(1, kinesis);
  await stream.put(0, 1000);
  const source = await opened(stream.source(fanOut({ maxFetchRecordsPerShard: '200' })));
  const run = newRun();
  await runBatch(source, run);
  expect(run.records).toHaveLength(200);
  await stream.split();
  await stream.put(1000, 1200);
  await runUntil(source, run, 1200);
  expect(numbersByKey(run.records)).toEqual(expectedNumbers(1200));
  await source.close();
});

test('a restart goes on behind the last batch, and no record comes by polling', async () => {
  const stream = await createKinesisStream(1, kinesis);
  const options = fanOut({ maxFetchRecordsPerShard: '30' });
  await stream.put(0, 50);
  const run = newRun();
  for (const total of [30, 50, 80]) {
    const source = await opened(stream.source(options));
    run.offset = run.offset === undefined ? undefined : (JSON.parse(JSON.stringify(run.offset)) as SourceOffset);
    await runUntil(source, run, total);
    if (total === 50) await stream.put(50, 80);
    await source.close();
  }
  expect(numbersByKey(run.records)).toEqual(expectedNumbers(80));
  expect(kinesis.numCalls('GetRecords')).toBe(0);
});

test('LATEST by fan-out is where the query began', async () => {
  const stream = await createKinesisStream(1, kinesis);
  await stream.put(100, 110);
  const source = await opened(stream.source(fanOut({ startingPosition: 'LATEST' })));
  expect(await source.latestOffset({ start: undefined, mode: 'default', batchId: 0 })).toBeUndefined();
  await stream.put(0, 10);
  await expectAll(source, 10);
});

test('a subscription that ends is taken up again where it ended, one that is refused a moment later', async () => {
  const stream = await createKinesisStream(1, kinesis);
  let numEnded = 0;
  kinesis.faults = {
    rule: ({ action }) => {
      if (action !== 'SubscribeToShard' || numEnded++ % 3 !== 1) return undefined;
      return { kind: 'refuse', type: 'ResourceInUseException' };
    },
  };
  const source = await opened(stream.source(fanOut({ 'subscribeToShard.timeoutSec': '0.2' })));
  const run = newRun();
  for (let total = 20; total <= 60; total += 20) {
    await stream.put(total - 20, total);
    await runUntil(source, run, total);
    // Silent for longer than the limit: the subscription counts as dead.
    await new Promise((resolve) => setTimeout(resolve, 300));
  }
  expect(numbersByKey(run.records)).toEqual(expectedNumbers(60));
  expect(kinesis.numCalls('SubscribeToShard')).toBeGreaterThan(2);
  await source.close();
});

test('AvailableNow by fan-out ends at what was there', async () => {
  const stream = await createKinesisStream(2, kinesis);
  await stream.put(0, 40);
  const source = await opened(stream.source(fanOut()));
  await source.prepareForAvailableNow();
  const run = newRun();
  for (;;) {
    const end = await source.latestOffset({ start: run.offset, mode: 'available-now', batchId: run.numBatches });
    if (end === undefined) break;
    run.records.push(...(await readTexts(source, run.offset, end)));
    run.offset = end;
    await new Promise((resolve) => setTimeout(resolve, 5));
    await stream.put(1000, 1010);
  }
  expect(numbersByKey(run.records)).toEqual(expectedNumbers(40));
  await source.close();
});

async function consumerExists({ client, name }: KinesisStream, ConsumerName: string): Promise<boolean> {
  const { StreamDescriptionSummary } = await client.send(new DescribeStreamSummaryCommand({ StreamName: name }));
  const StreamARN = StreamDescriptionSummary?.StreamARN;
  return await client.send(new DescribeStreamConsumerCommand({ StreamARN, ConsumerName })).then(
    () => true,
    () => false,
  );
}

test('a managed consumer is registered and deregistered, an external one must be there and stays', async () => {
  const stream = await createKinesisStream(1, kinesis);
  const managed = fanOut();
  const source = await opened(stream.source(managed));
  expect(await consumerExists(stream, managed['consumerName'] ?? '')).toBe(true);
  await source.close();
  expect(await consumerExists(stream, managed['consumerName'] ?? '')).toBe(false);
  const external = fanOut({ consumerLifecycle: 'external', consumerName: 'kept' });
  await expect(stream.source(external).open()).rejects.toMatchObject({
    condition: 'KINESIS_CONSUMER_NOT_FOUND',
    parameters: { consumer: 'kept', stream: stream.name },
  });
  const { StreamDescriptionSummary } = await stream.client.send(
    new DescribeStreamSummaryCommand({ StreamName: stream.name }),
  );
  const StreamARN = StreamDescriptionSummary?.StreamARN;
  await stream.client.send(new RegisterStreamConsumerCommand({ StreamARN, ConsumerName: 'kept' }));
  const again = await opened(stream.source(external));
  await again.close();
  expect(await consumerExists(stream, 'kept')).toBe(true);
});

test('two queries of a process cannot have one consumer', async () => {
  const stream = await createKinesisStream(1, kinesis);
  const options = fanOut();
  const first = await opened(stream.source(options));
  await expect(stream.source(options).open()).rejects.toMatchObject({ condition: 'KINESIS_CONSUMER_IN_USE' });
  await first.close();
});

test('by fan-out, over a port, with HTTP/1.1 and HTTP/2', async () => {
  const { endpoint } = await kinesis.serve();
  for (const httpVersion of ['1.1', '2']) {
    const stream = await createKinesisStream(2, kinesis);
    await stream.put(0, 100);
    const options = fanOut({ endpointUrl: endpoint, httpVersion });
    await expectAll(await opened(stream.source(options)), 100);
  }
});

test('several streams are one table; each goes on where it was, and a new one joins', async () => {
  const [one, two] = [await createKinesisStream(1, kinesis), await createKinesisStream(2, kinesis)];
  const options = { startingPosition: 'TRIM_HORIZON' };
  await one.put(0, 10);
  await two.put(10, 20);
  const run = newRun();
  const alone = await opened(one.source(options));
  await runUntil(alone, run, 10);
  await alone.close();
  const log = memorySourceLog();
  const both = await opened(one.source({ ...options, streamName: `${one.name}, ${two.name}` }, { log }));
  expect(both.description).toBe(`Kinesis[${one.name}, ${two.name}]`);
  await runUntil(both, run, 20);
  await one.put(20, 25);
  const start = JSON.parse(JSON.stringify(run.offset)) as SourceOffset;
  await runUntil(both, run, 25);
  expect(run.records.toSorted()).toEqual(
    Object.entries(expectedNumbers(25))
      .flatMap(([key, numbers]) => numbers.map((n) => `${key}:${n}`))
      .toSorted(),
  );
  expect(Object.keys(both.metrics?.() ?? {})).toContain(`${two.name}.throttled`);
  await both.close();
  const again = await opened(one.source({ ...options, streamName: `${two.name},${one.name}` }, { log }));
  expect(await readTexts(again, start, run.offset ?? null)).toEqual(run.records.slice(20));
  await again.close();
});

test('waiting for data of several streams ends with the first that has some', async () => {
  const [one, two] = [await createKinesisStream(1, kinesis), await createKinesisStream(1, kinesis)];
  const source = await opened(one.source({ startingPosition: 'TRIM_HORIZON', streamName: `${one.name},${two.name}` }));
  const waiting = source.waitForData?.(undefined, 20_000, AbortSignal.timeout(20_000));
  await two.put(0, 5);
  await waiting;
  await expectAll(source, 5);
});

test('maxBytesPerTrigger bounds a batch, but a single large record is one', async () => {
  const stream = await createKinesisStream(1, kinesis);
  for (const size of [10, 20, 500, 30]) await stream.putRaw('k', new Uint8Array(size));
  const source = await opened(stream.source({ startingPosition: 'TRIM_HORIZON', maxBytesPerTrigger: '100' }));
  const sizes: number[] = [];
  for (let start: SourceOffset | undefined, i = 0; i < 3; i++) {
    const end = await nextOffset(source, start);
    sizes.push((await readTexts(source, start, end)).join('').length);
    start = end;
  }
  expect(sizes).toEqual([30, 500, 30]);
  await source.close();
});

test('without the order of shards a child is read beside its parents', async () => {
  const stream = await createKinesisStream(1, kinesis);
  await stream.put(0, 100);
  await stream.split();
  await stream.put(100, 140);
  const options = { startingPosition: 'TRIM_HORIZON', maxFetchRecordsPerShard: '10', preserveShardOrdering: 'false' };
  const source = await opened(stream.source(options));
  const run = newRun();
  await runBatch(source, run);
  expect(run.records.some((record) => Number(record.split(':')[1]) >= 100)).toBe(true);
  await runUntil(source, run, 140);
  expect(new Set(run.records).size).toBe(140);
  await source.close();
});

test('progress tells of each shard where it stands, and of a hot shard its keys', async () => {
  const clock = new ManualClock(Date.UTC(2026, 0, 1));
  const slow = startEmbeddedKinesis({ hasLimits: false, clock });
  const stream = await createKinesisStream(1, slow);
  for (let second = 0; second < 11; second++) {
    await stream.put(0, 900);
    clock.advance('1 second');
  }
  const source = await opened(stream.source({ startingPosition: 'TRIM_HORIZON' }));
  await nextOffset(source, undefined);
  const { hotShards = '[]', shards = '{}' } = source.metrics?.() ?? {};
  expect(JSON.parse(hotShards)).toMatchObject([{ shardId: 'shardId-000000000000', recordsPerSecond: 900 }]);
  expect(JSON.parse(shards)).toMatchObject({
    'shardId-000000000000': { sequenceNumber: expect.stringMatching(/^\d{56}$/) },
  });
  await source.close();
  await slow.close();
});
