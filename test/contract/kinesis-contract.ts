/**
 * What every Kinesis the tests stand on must do, asked through a real SDK client: ours in the process, ours on a port, kinesis-local,
 * LocalStack. What one of them is known not to do is a gap by key; a gap that is closed fails, so that the list stays true.
 */
import {
  CreateStreamCommand,
  DescribeStreamConsumerCommand,
  DescribeStreamSummaryCommand,
  GetRecordsCommand,
  type GetRecordsCommandOutput,
  GetShardIteratorCommand,
  type KinesisClient,
  ListShardsCommand,
  type ListShardsCommandInput,
  MergeShardsCommand,
  PutRecordCommand,
  PutRecordsCommand,
  RegisterStreamConsumerCommand,
  type Shard,
  type ShardIteratorType,
  SplitShardCommand,
  type SubscribeToShardEvent,
  SubscribeToShardCommand,
  UpdateShardCountCommand,
} from '@aws-sdk/client-kinesis';
import { afterAll, beforeAll, expect, test } from 'vitest';

/** What one server does not do as AWS does. */
export type KinesisGap = 'too-many-records' | 'fan-out' | 'fan-out-shard-end' | 'garbage-iterator';

export interface KinesisContractOptions {
  readonly client: () => Promise<KinesisClient>;
  readonly gaps?: readonly KinesisGap[];
  readonly close?: () => Promise<void>;
}

const HALF = '170141183460469231731687303715884105728';
let numStreams = 0;

/** Registers the tests of the contract for one server. */
export function testKinesisContract(name: string, { client: connect, gaps = [], close }: KinesisContractOptions): void {
  let client: KinesisClient;
  beforeAll(async () => {
    client = await connect();
  });
  afterAll(async () => {
    client.destroy();
    await close?.();
  });
  const check = (behaviour: string, run: () => Promise<void>, gap?: KinesisGap): void => {
    const isGap = gap !== undefined && gaps.includes(gap);
    const title = isGap ? `${name} does not do this: ${behaviour}` : `${name}: ${behaviour}`;
    test(title, isGap ? () => expect(run()).rejects.toThrow() : run, 60_000);
  };
  const stream = async (numShards: number): Promise<StreamDriver> => await createStream(client, numShards);

  check('a new stream is active with its shards covering all hash keys', async () => {
    const { streamName, shards } = await stream(3);
    const { StreamDescriptionSummary } = await client.send(
      new DescribeStreamSummaryCommand({ StreamName: streamName }),
    );
    expect(StreamDescriptionSummary).toMatchObject({
      StreamStatus: 'ACTIVE',
      OpenShardCount: 3,
      RetentionPeriodHours: 24,
    });
    expectCoverage(await shards());
  });

  check('records come back in order, with key, data and rising sequence numbers', async () => {
    const { put, read } = await stream(1);
    const numbers = await put(0, 30);
    const { Records = [] } = await read('TRIM_HORIZON');
    expect(Records.map(textOf)).toEqual(range(0, 30));
    expect(Records.map((record) => record.SequenceNumber)).toEqual(numbers);
    expect(Records[7]?.PartitionKey).toBe('k7');
    expect(Math.abs((Records[0]?.ApproximateArrivalTimestamp?.getTime() ?? 0) - Date.now())).toBeLessThan(3_600_000);
    for (let i = 1; i < numbers.length; i++) expect(BigInt(numbers[i] ?? 0) > BigInt(numbers[i - 1] ?? 0)).toBe(true);
  });

  check('iterators start at, after, at the horizon and at the tip', async () => {
    const { put, read } = await stream(1);
    const numbers = await put(0, 10);
    const at = await read('AT_SEQUENCE_NUMBER', { StartingSequenceNumber: numbers[4] });
    const after = await read('AFTER_SEQUENCE_NUMBER', { StartingSequenceNumber: numbers[4] });
    const latest = await read('LATEST');
    const fromTime = await read('AT_TIMESTAMP', { Timestamp: at.Records?.[0]?.ApproximateArrivalTimestamp });
    expect(at.Records?.map(textOf)).toEqual(range(4, 10));
    expect(after.Records?.map(textOf)).toEqual(range(5, 10));
    expect(latest.Records).toEqual([]);
    expect(latest.MillisBehindLatest).toBe(0);
    expect(fromTime.Records?.map(textOf)).toContain('4');
  });

  check('Limit bounds an answer and the next iterator goes on behind it', async () => {
    const { put, read, next } = await stream(1);
    await put(0, 10);
    const first = await read('TRIM_HORIZON', {}, 4);
    expect(first.Records?.map(textOf)).toEqual(range(0, 4));
    const second = await next(first);
    expect(second.Records?.map(textOf)).toEqual(range(4, 10));
    expect(second.MillisBehindLatest).toBe(0);
  });

  check('records not read yet count as behind', async () => {
    const { put, read } = await stream(1);
    await put(0, 10);
    await new Promise((resolve) => setTimeout(resolve, 5));
    expect((await read('TRIM_HORIZON', {}, 4)).MillisBehindLatest).toBeGreaterThan(0);
  });

  check('the hash key decides about the shard, an explicit one before that of the partition key', async () => {
    const { streamName, shards } = await stream(2);
    const [low, high] = await shards();
    const put = async (ExplicitHashKey?: string): Promise<string | undefined> =>
      (
        await client.send(
          new PutRecordCommand({ StreamName: streamName, PartitionKey: 'a', Data: new Uint8Array(1), ExplicitHashKey }),
        )
      ).ShardId;
    // MD5("a") begins with 0c.
    expect(await put()).toBe(low?.ShardId);
    expect(await put(HALF)).toBe(high?.ShardId);
    expect(await put('0')).toBe(low?.ShardId);
  });

  check('a split closes the parent; its iterator ends and names the children', async () => {
    const { put, read, next, split, shards, listed } = await stream(1);
    await put(0, 5);
    await split();
    await put(5, 15);
    expectCoverage(await shards());
    const [parent, ...children] = await listed();
    expect(parent?.SequenceNumberRange?.EndingSequenceNumber).toBeDefined();
    expect(children.map((child) => child.ParentShardId)).toEqual([parent?.ShardId, parent?.ShardId]);
    let answer = await read('TRIM_HORIZON');
    expect(answer.Records?.map(textOf)).toEqual(range(0, 5));
    if (answer.NextShardIterator !== undefined) answer = await next(answer);
    expect(answer.NextShardIterator).toBeUndefined();
    expect(answer.ChildShards?.map((child) => child.ShardId)).toEqual(children.map((child) => child.ShardId));
  });

  check('a merge has two parents, and its records come after theirs', async () => {
    const { put, merge, listed, read } = await stream(2);
    await put(0, 10);
    await merge();
    await put(10, 20);
    const [left, right, child] = await listed();
    expect(new Set([child?.ParentShardId, child?.AdjacentParentShardId])).toEqual(
      new Set([left?.ShardId, right?.ShardId]),
    );
    const { Records = [] } = await read('TRIM_HORIZON', { ShardId: child?.ShardId });
    expect(Records.map(textOf)).toEqual(range(10, 20));
  });

  check('a changed number of shards leaves a lineage without a gap', async () => {
    const { streamName, active, shards, listed } = await stream(2);
    await client.send(
      new UpdateShardCountCommand({ StreamName: streamName, TargetShardCount: 4, ScalingType: 'UNIFORM_SCALING' }),
    );
    await active();
    expect(await shards()).toHaveLength(4);
    expectCoverage(await shards());
    const all = await listed();
    const known = new Set(all.map((shard) => shard.ShardId));
    for (const shard of await shards()) expect(known.has(shard.ParentShardId)).toBe(true);
  });

  check('shards are listed in pages and by filter', async () => {
    const { streamName, split, active } = await stream(3);
    await split();
    await active();
    const list = async (input: Partial<ListShardsCommandInput>): Promise<string[]> => {
      const { Shards = [] } = await client.send(new ListShardsCommand({ StreamName: streamName, ...input }));
      return Shards.map((shard) => shard.ShardId ?? '');
    };
    const all = await list({});
    expect(all).toHaveLength(5);
    const first = await client.send(new ListShardsCommand({ StreamName: streamName, MaxResults: 2 }));
    expect(first.Shards).toHaveLength(2);
    const second = await client.send(new ListShardsCommand({ NextToken: first.NextToken }));
    expect([...(first.Shards ?? []), ...(second.Shards ?? [])].map((s) => s.ShardId).slice(0, 4)).toEqual(
      all.slice(0, 4),
    );
    expect(await list({ ShardFilter: { Type: 'AT_LATEST' } })).toHaveLength(4);
    expect(await list({ ShardFilter: { Type: 'AFTER_SHARD_ID', ShardId: all[2] } })).toEqual(all.slice(3));
  });

  check(
    'more than 500 records are refused as a whole',
    async () => {
      const { streamName } = await stream(1);
      const Records = Array.from({ length: 501 }, () => ({ PartitionKey: 'k', Data: new Uint8Array(1) }));
      await expect(client.send(new PutRecordsCommand({ StreamName: streamName, Records }))).rejects.toThrow();
    },
    'too-many-records',
  );

  check('a record above 1 MiB and an empty partition key are refused', async () => {
    const { streamName } = await stream(1);
    const put = (PartitionKey: string, Data: Uint8Array): Promise<object> =>
      client.send(new PutRecordCommand({ StreamName: streamName, PartitionKey, Data }));
    await expect(put('k', new Uint8Array(1024 * 1024 + 1))).rejects.toThrow();
    await expect(put('', new Uint8Array(1))).rejects.toThrow();
  });

  check('what does not exist is ResourceNotFoundException, what exists already ResourceInUseException', async () => {
    const { streamName } = await stream(1);
    await expect(client.send(new DescribeStreamSummaryCommand({ StreamName: 'nobody' }))).rejects.toMatchObject({
      name: 'ResourceNotFoundException',
    });
    const iterator = new GetShardIteratorCommand({
      StreamName: streamName,
      ShardId: 'shardId-000000000099',
      ShardIteratorType: 'LATEST',
    });
    await expect(client.send(iterator)).rejects.toMatchObject({ name: 'ResourceNotFoundException' });
    await expect(client.send(new CreateStreamCommand({ StreamName: streamName, ShardCount: 1 }))).rejects.toMatchObject(
      { name: 'ResourceInUseException' },
    );
  });

  check(
    'an iterator that was never given out is InvalidArgumentException',
    async () => {
      await expect(client.send(new GetRecordsCommand({ ShardIterator: 'AAAA' }))).rejects.toMatchObject({
        name: 'InvalidArgumentException',
      });
    },
    'garbage-iterator',
  );

  check(
    'a subscription gives what is there and what comes, with a number to go on from',
    async () => {
      const { put, consumer, subscribe } = await stream(1);
      const numbers = await put(0, 5);
      const events = await subscribe(await consumer('one'), { Type: 'TRIM_HORIZON' });
      const texts: string[] = [];
      let last: SubscribeToShardEvent | undefined;
      for await (const event of events) {
        texts.push(...(event.Records ?? []).map(textOf));
        last = event;
        if (texts.length === 5) numbers.push(...(await put(5, 10)));
        if (texts.length >= 10) break;
      }
      expect(texts).toEqual(range(0, 10));
      expect(BigInt(last?.ContinuationSequenceNumber ?? 0) >= BigInt(numbers[9] ?? 0)).toBe(true);
      expect(last?.MillisBehindLatest).toBe(0);
    },
    'fan-out',
  );

  check(
    'a second subscription right after the first is refused',
    async () => {
      const { consumer, subscribe } = await stream(1);
      const arn = await consumer('two');
      const events = await subscribe(arn, { Type: 'LATEST' });
      await events.next();
      await expect(subscribe(arn, { Type: 'LATEST' })).rejects.toMatchObject({ name: 'ResourceInUseException' });
      await events.return(undefined);
    },
    'fan-out',
  );

  check(
    'the subscription of a closed shard ends with its children',
    async () => {
      const { put, split, consumer, subscribe } = await stream(1);
      await put(0, 5);
      const arn = await consumer('three');
      await split();
      const texts: string[] = [];
      let children: number | undefined;
      const deadlineMs = Date.now() + 8000;
      for await (const event of await subscribe(arn, { Type: 'TRIM_HORIZON' })) {
        texts.push(...(event.Records ?? []).map(textOf));
        children = event.ChildShards?.length;
        if (Date.now() > deadlineMs) throw new Error('the subscription does not end');
      }
      expect(texts).toEqual(range(0, 5));
      expect(children).toBe(2);
    },
    'fan-out-shard-end',
  );
}

interface StreamDriver {
  readonly streamName: string;
  /** Puts the numbers as text; record i has key `k<i mod 10>` and goes to the first open shard. Returns the sequence numbers. */
  readonly put: (from: number, to: number) => Promise<string[]>;
  readonly read: (type: ShardIteratorType, input?: object, limit?: number) => Promise<GetRecordsCommandOutput>;
  readonly next: (answer: GetRecordsCommandOutput) => Promise<GetRecordsCommandOutput>;
  /** Open shards by hash key. */
  readonly shards: () => Promise<Shard[]>;
  /** All shards, by id. */
  readonly listed: () => Promise<Shard[]>;
  readonly split: () => Promise<void>;
  readonly merge: () => Promise<void>;
  readonly active: () => Promise<void>;
  /** Registers a consumer, waits until it is active and returns its ARN. */
  readonly consumer: (consumerName: string) => Promise<string>;
  readonly subscribe: (
    consumerArn: string,
    position: { readonly Type: ShardIteratorType },
  ) => Promise<AsyncGenerator<SubscribeToShardEvent, undefined>>;
}

async function createStream(client: KinesisClient, numShards: number): Promise<StreamDriver> {
  const streamName = `contract-${Date.now()}-${numStreams++}`;
  await client.send(new CreateStreamCommand({ StreamName: streamName, ShardCount: numShards }));
  const summary = async () =>
    (await client.send(new DescribeStreamSummaryCommand({ StreamName: streamName }))).StreamDescriptionSummary;
  const active = async (): Promise<void> => {
    while ((await summary())?.StreamStatus !== 'ACTIVE') await new Promise((resolve) => setTimeout(resolve, 20));
  };
  await active();
  const listed = async (): Promise<Shard[]> =>
    ((await client.send(new ListShardsCommand({ StreamName: streamName }))).Shards ?? []).toSorted((a, b) =>
      (a.ShardId ?? '') < (b.ShardId ?? '') ? -1 : 1,
    );
  const shards = async (): Promise<Shard[]> =>
    (await listed())
      .filter((shard) => shard.SequenceNumberRange?.EndingSequenceNumber === undefined)
      .toSorted((a, b) => (startOf(a) < startOf(b) ? -1 : 1));
  return {
    streamName,
    active,
    listed,
    shards,
    async put(from, to) {
      const numbers: string[] = [];
      const [first] = await shards();
      for (let i = from; i < to; i++) {
        const { SequenceNumber = '' } = await client.send(
          new PutRecordCommand({
            StreamName: streamName,
            PartitionKey: `k${i % 10}`,
            ExplicitHashKey: first?.HashKeyRange?.StartingHashKey,
            Data: Buffer.from(String(i)),
          }),
        );
        numbers.push(SequenceNumber);
      }
      return numbers;
    },
    async read(type, input = {}, limit) {
      const [first] = await listed();
      const request = { StreamName: streamName, ShardId: first?.ShardId, ShardIteratorType: type, ...input };
      const { ShardIterator } = await client.send(new GetShardIteratorCommand(request));
      return await client.send(new GetRecordsCommand({ ShardIterator, Limit: limit }));
    },
    next: async (answer) => await client.send(new GetRecordsCommand({ ShardIterator: answer.NextShardIterator })),
    async split() {
      const [shard] = await shards();
      const end = BigInt(shard?.HashKeyRange?.EndingHashKey ?? 0);
      const NewStartingHashKey = String((BigInt(shard?.HashKeyRange?.StartingHashKey ?? 0) + end + 1n) / 2n);
      const ShardToSplit = shard?.ShardId;
      await client.send(new SplitShardCommand({ StreamName: streamName, ShardToSplit, NewStartingHashKey }));
      await active();
    },
    async merge() {
      const [left, right] = await shards();
      const ShardToMerge = left?.ShardId;
      await client.send(
        new MergeShardsCommand({ StreamName: streamName, ShardToMerge, AdjacentShardToMerge: right?.ShardId }),
      );
      await active();
    },
    async consumer(ConsumerName) {
      const StreamARN = (await summary())?.StreamARN;
      const { Consumer } = await client.send(new RegisterStreamConsumerCommand({ StreamARN, ConsumerName }));
      const ConsumerARN = Consumer?.ConsumerARN ?? '';
      for (;;) {
        const { ConsumerDescription } = await client.send(new DescribeStreamConsumerCommand({ ConsumerARN }));
        if (ConsumerDescription?.ConsumerStatus === 'ACTIVE') return ConsumerARN;
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
    },
    async subscribe(ConsumerARN, StartingPosition) {
      const [first] = await listed();
      const command = new SubscribeToShardCommand({ ConsumerARN, ShardId: first?.ShardId, StartingPosition });
      const { EventStream } = await client.send(command);
      return (async function* () {
        for await (const event of EventStream ?? [])
          if (event.SubscribeToShardEvent !== undefined) yield event.SubscribeToShardEvent;
        return undefined;
      })();
    },
  };
}

function startOf(shard: Shard): bigint {
  return BigInt(shard.HashKeyRange?.StartingHashKey ?? 0);
}

/** The open shards own every hash key once. */
function expectCoverage(shards: readonly Shard[]): void {
  let next = 0n;
  for (const shard of shards) {
    expect(startOf(shard)).toBe(next);
    next = BigInt(shard.HashKeyRange?.EndingHashKey ?? 0) + 1n;
  }
  expect(next).toBe(1n << 128n);
}

function textOf(record: { readonly Data?: Uint8Array | undefined }): string {
  return new TextDecoder().decode(record.Data);
}

function range(from: number, to: number): string[] {
  return Array.from({ length: to - from }, (_, i) => String(from + i));
}
