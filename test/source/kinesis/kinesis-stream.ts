/** A stream of its own for a test: creation, puts with known keys, splits and merges, and a query's loop over a source. */
import {
  CreateStreamCommand,
  DeleteStreamCommand,
  DescribeStreamSummaryCommand,
  KinesisClient,
  ListShardsCommand,
  MergeShardsCommand,
  PutRecordCommand,
  PutRecordsCommand,
  type Shard,
  SplitShardCommand,
} from '@aws-sdk/client-kinesis';
import { NodeHttpHandler } from '@smithy/node-http-handler';
import { kinesisSourceProvider } from '../../../src/source/kinesis/kinesis-source.ts';
import type { Source, SourceContext, SourceOffset } from '../../../src/source/source.ts';
import { nextOffset, readRange, sourceContext } from '../../contract/source-contract.ts';
import type { EmbeddedKinesis } from '../../../src/emulator/kinesis/embedded-kinesis.ts';
import { provideEndpoint } from '../../../src/storage/kinesis/in-process-endpoints.ts';
import { kinesisEndpoint, privateAccount } from '../../servers/urls.ts';

export interface KinesisStream {
  readonly client: KinesisClient;
  readonly name: string;
  readonly endpoint: string;
  /** Puts records `from` … `to - 1`; record i is `<key>:<i>` with key `k<i mod 10>`. */
  put(from: number, to: number): Promise<void>;
  /** Puts one record as it is. */
  putRaw(partitionKey: string, data: Uint8Array): Promise<void>;
  openShards(): Promise<Shard[]>;
  /** Splits an open shard in two equal halves. */
  readonly split: (shardId?: string) => Promise<void>;
  /** Merges the first two neighbours among the open shards. */
  readonly merge: () => Promise<void>;
  /** Deletes the stream and makes a new one of the same name. */
  recreate(): Promise<void>;
  /** A source over the stream, not open; `options` by bare name, `endpointUrl` may point to a proxy. */
  source(options?: Readonly<Record<string, string>>, context?: Partial<SourceContext>): Source;
}

const NUM_KEYS = 10;
let numStreams = 0;

/** A stream of the test's Kinesis server, or of an embedded one in this process. */
export async function createKinesisStream(numShards: number, embedded?: EmbeddedKinesis): Promise<KinesisStream> {
  const endpoint = embedded === undefined ? kinesisEndpoint() : `http://embedded-${numStreams}.test`;
  const name = `stream-${Date.now()}-${numStreams++}`;
  const credentials = privateAccount();
  const requestHandler = embedded?.requestHandler ?? new NodeHttpHandler();
  if (embedded !== undefined) provideEndpoint(endpoint, embedded.requestHandler);
  const client = new KinesisClient({ endpoint, region: 'us-east-1', credentials, requestHandler });
  const waitActive = async (): Promise<void> => {
    for (;;) {
      const { StreamDescriptionSummary } = await client.send(new DescribeStreamSummaryCommand({ StreamName: name }));
      if (StreamDescriptionSummary?.StreamStatus === 'ACTIVE') return;
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  };
  const openShards = async (): Promise<Shard[]> => {
    const { Shards = [] } = await client.send(new ListShardsCommand({ StreamName: name }));
    return Shards.filter((shard) => shard.SequenceNumberRange?.EndingSequenceNumber === undefined).toSorted((a, b) =>
      BigInt(a.HashKeyRange?.StartingHashKey ?? 0) < BigInt(b.HashKeyRange?.StartingHashKey ?? 0) ? -1 : 1,
    );
  };
  const create = async (): Promise<void> => {
    await client.send(new CreateStreamCommand({ StreamName: name, ShardCount: numShards }));
    await waitActive();
  };
  await create();
  return {
    client,
    name,
    endpoint,
    openShards,
    async put(from, to) {
      for (let i = from; i < to; i += 500) {
        const Records = Array.from({ length: Math.min(500, to - i) }, (_, j) => ({
          Data: Buffer.from(`k${(i + j) % NUM_KEYS}:${i + j}`),
          PartitionKey: `k${(i + j) % NUM_KEYS}`,
        }));
        await client.send(new PutRecordsCommand({ StreamName: name, Records }));
      }
    },
    async putRaw(partitionKey, data) {
      await client.send(new PutRecordCommand({ StreamName: name, PartitionKey: partitionKey, Data: data }));
    },
    async split(shardId) {
      const shards = await openShards();
      const shard = shards.find((candidate) => candidate.ShardId === shardId) ?? shards[0];
      const { StartingHashKey = '0', EndingHashKey = '0' } = shard?.HashKeyRange ?? {};
      const middle = (BigInt(StartingHashKey) + BigInt(EndingHashKey) + 1n) / 2n;
      const ShardToSplit = shard?.ShardId;
      await client.send(new SplitShardCommand({ StreamName: name, ShardToSplit, NewStartingHashKey: String(middle) }));
      await waitActive();
    },
    async merge() {
      const [left, right] = await openShards();
      await client.send(
        new MergeShardsCommand({ StreamName: name, ShardToMerge: left?.ShardId, AdjacentShardToMerge: right?.ShardId }),
      );
      await waitActive();
    },
    async recreate() {
      await client.send(new DeleteStreamCommand({ StreamName: name, EnforceConsumerDeletion: true }));
      for (;;) {
        const summary = await client
          .send(new DescribeStreamSummaryCommand({ StreamName: name }))
          .catch(() => undefined);
        if (summary === undefined) break;
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
      await create();
    },
    source(options = {}, context = {}) {
      const all = {
        streamName: name,
        endpointUrl: endpoint,
        region: 'us-east-1',
        awsAccessKeyId: credentials.accessKeyId,
        awsSecretKey: credentials.secretAccessKey,
        'getRecords.fetchIntervalMs': '20',
        describeShardInterval: '100ms',
        clientRetryIntervalsMs: '20',
        ...options,
      };
      const entries = Object.entries(all).map(([key, value]) => [`kinesis.${key}`.toLowerCase(), value] as const);
      return kinesisSourceProvider.create(sourceContext({ options: new Map(entries), ...context }));
    },
  };
}

/** What a query has read: the texts of the records in order, and where it stands. */
export interface QueryRun {
  readonly records: string[];
  offset: SourceOffset | undefined;
  numBatches: number;
}

export function newRun(): QueryRun {
  return { records: [], offset: undefined, numBatches: 0 };
}

/** One batch: next offset, rows, commit. */
export async function runBatch(source: Source, run: QueryRun): Promise<void> {
  const end = await nextOffset(source, run.offset);
  run.records.push(...(await readTexts(source, run.offset, end)));
  await source.commit(end);
  run.offset = end;
  run.numBatches++;
}

/** Batches until `numRecords` have been read. */
export async function runUntil(source: Source, run: QueryRun, numRecords: number): Promise<void> {
  while (run.records.length < numRecords) await runBatch(source, run);
}

/** The payloads of a range as text. */
export async function readTexts(source: Source, start: SourceOffset | undefined, end: SourceOffset): Promise<string[]> {
  const rows = await readRange(source, start, end, ['data']);
  return rows.map(([data]) => new TextDecoder().decode(data as Uint8Array));
}

/** The numbers of the records per key, in the order read. */
export function numbersByKey(records: readonly string[]): Record<string, number[]> {
  const numbers: Record<string, number[]> = {};
  for (const record of records) {
    const [key = '', number = ''] = record.split(':');
    (numbers[key] ??= []).push(Number(number));
  }
  return numbers;
}

/** What numbersByKey must give when `put(0, total)` was read once and in order. */
export function expectedNumbers(total: number): Record<string, number[]> {
  return numbersByKey(Array.from({ length: total }, (_, i) => `k${i % NUM_KEYS}:${i}`));
}
