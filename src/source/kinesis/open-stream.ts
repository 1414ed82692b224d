/** A stream that is open for reading: the driver, calls, readers; made and closed in one place for single and shared queries. */
import { TARGET_BATCH_ROWS, type ColumnBatch } from '../../types/column-batch.ts';
import type { StreamReference } from '../../storage/kinesis/stream-reference.ts';
import type { SourceContext } from '../source.ts';
import { FanOutConsumer } from './fan-out-consumer.ts';
import { HashKeyRanges } from './hash-key-ranges.ts';
import type { StreamSummary } from './kinesis-api.ts';
import { KinesisCalls } from './kinesis-calls.ts';
import type { KinesisOptions } from './kinesis-options.ts';
import { recordBatch } from './record-batch.ts';
import { createSdkKinesisApi } from './sdk-kinesis-api.ts';
import { ShardCursor } from './shard-cursor.ts';
import type { ShardPositionOptions } from './shard-position.ts';
import { ShardPrefetcher } from './shard-prefetcher.ts';
import type { ShardReader } from './shard-reader.ts';
import { readSegment, type ShardSegment } from './shard-segment.ts';
import { ShardSubscription } from './shard-subscription.ts';

export interface OpenStream {
  readonly calls: KinesisCalls;
  readonly consumer: FanOutConsumer | undefined;
  readonly ranges: HashKeyRanges;
  readonly prefetcher: ShardPrefetcher;
  readonly summary: StreamSummary;
}

/** Connects, checks that the stream exists and finds the consumer. */
export async function openStream(
  { nowMs, sleep, random }: SourceContext,
  options: KinesisOptions,
  reference: StreamReference,
): Promise<OpenStream> {
  const api = await createSdkKinesisApi(reference, options.connection, { nowMs, sleep });
  const calls = new KinesisCalls(api, reference.name, options, { nowMs, sleep, random });
  const summary = await calls.retried('DescribeStreamSummary', () => api.describeStreamSummary());
  const { fanOut } = options;
  const consumer = fanOut === undefined ? undefined : await FanOutConsumer.open(calls, summary, fanOut);
  const openReader = (position: ShardPositionOptions): ShardReader =>
    consumer === undefined ? new ShardCursor(calls, position) : new ShardSubscription(calls, consumer.arn, position);
  const ranges = new HashKeyRanges(calls);
  const { retentionHours } = summary;
  const isManaged = options.sharing !== undefined;
  const prefetcher = new ShardPrefetcher(calls, { retentionHours, ranges, openReader, isManaged });
  return { calls, summary, consumer, ranges, prefetcher };
}

export async function closeStream({ prefetcher, consumer, calls }: OpenStream): Promise<void> {
  prefetcher.close();
  await consumer?.close();
  calls.close();
}

/** The records of ranges of shards, one after the other, from the buffers or from the stream again. */
export async function* readSegments(
  { calls, prefetcher, summary, ranges }: OpenStream,
  segments: readonly ShardSegment[],
  columns: readonly string[],
): AsyncGenerator<ColumnBatch> {
  const { retentionHours, streamName } = summary;
  for (const segment of segments) {
    const origin = { streamName, shardId: segment.shardId };
    const buffered = prefetcher.buffered(segment.shardId, segment.from, segment.last);
    const chunks = buffered === undefined ? readSegment(calls, segment, { retentionHours, ranges }) : [buffered];
    for await (const records of chunks) {
      for (let i = 0; i < records.length; i += TARGET_BATCH_ROWS)
        yield recordBatch(records.slice(i, i + TARGET_BATCH_ROWS), origin, columns);
    }
  }
}
