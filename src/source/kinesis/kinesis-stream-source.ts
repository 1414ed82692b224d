/**
 * One Kinesis stream as an unbounded table, by polling or by enhanced fan-out. Several streams are several of these
 * (kinesis-source.ts).
 *
 * Kinesis cannot say how far a shard reaches without reading it. So the order is: read into bounded buffers, propose the last record read
 * as the end of the batch, let the engine log it, serve the batch from the buffers. IF a logged range is not buffered (restart, replay)
 * THEN its shards are read again from the record after the logged start until exactly the logged end. Ends are record numbers, never
 * times or counts, so a replay gives the same rows.
 */
import { initialOffset } from '../initial-offset.ts';
import { MillraceError } from '../../errors/millrace-error.ts';
import type { ColumnBatch } from '../../types/column-batch.ts';
import type {
  InputPartition,
  JsonValue,
  OffsetRequest,
  Source,
  SourceContext,
  SourceMetrics,
  SourceOffset,
} from '../source.ts';
import type { StructType } from '../../types/data-type.ts';
import type { StreamReference } from '../../storage/kinesis/stream-reference.ts';
import { type KinesisOffset, offsetFromJson, offsetToJson } from './kinesis-offset.ts';
import type { KinesisOptions } from './kinesis-options.ts';
import { shardMetrics } from './shard-metrics.ts';
import { closeStream, type OpenStream, openStream, readSegments } from './open-stream.ts';
import { kinesisSchema } from './record-batch.ts';
import { initialEntries, isAtLatest, withoutParents } from './shard-lineage.ts';
import { type BatchLimits, NO_LIMITS } from './shard-prefetcher.ts';
import { planSegments, type ShardSegment } from './shard-segment.ts';

/** Pauses between polls of an idle stream: short right after data, then longer, always below a quarter of a second. */
const MIN_IDLE_MS = 50;
const MAX_IDLE_MS = 220;

/** A server whose clock differs less than this (it reports whole seconds) has ours. */
const CLOCK_TOLERANCE_MS = 2000;

export class KinesisStreamSource implements Source {
  readonly description: string;
  readonly schema: StructType;
  readonly #context: SourceContext;
  readonly #options: KinesisOptions;
  readonly #reference: StreamReference;
  #stream: OpenStream | undefined;
  #initial: KinesisOffset | undefined;
  #isFrozen = false;
  #idleMs = MIN_IDLE_MS;
  #metrics: SourceMetrics = {};

  constructor(context: SourceContext, options: KinesisOptions, stream: StreamReference) {
    this.#context = context;
    this.#options = options;
    this.#reference = stream;
    this.description = `Kinesis[${stream.name}]`;
    this.schema = kinesisSchema(context.options);
  }

  async open(): Promise<void> {
    this.#stream = await openStream(this.#context, this.#options, this.#reference);
  }

  async prepareForAvailableNow(): Promise<void> {
    const { calls, prefetcher } = this.#opened();
    const shards = await calls.retried('ListShards', () => calls.api.listShards());
    const localMs = this.#context.nowMs();
    const serverMs = calls.api.serverTimeMs() ?? localMs;
    const isSameClock = Math.abs(serverMs - localMs) < CLOCK_TOLERANCE_MS;
    const arrivedUntilMs = isSameClock ? localMs : serverMs + 1000;
    prefetcher.freeze({ arrivedUntilMs, shards });
    this.#isFrozen = true;
  }

  async latestOffset(request: OffsetRequest): Promise<SourceOffset | undefined> {
    const { prefetcher } = this.#opened();
    const isUnlimited = request.mode === 'once' || !this.#context.isStreaming;
    if (isUnlimited && !this.#isFrozen) await this.prepareForAvailableNow();
    const start = request.start === undefined ? await this.#initialOffset() : this.#checked(request.start);
    prefetcher.align(start);
    const maxTimeMs = isUnlimited ? Number.POSITIVE_INFINITY : this.#options.maxFetchTimeMs;
    do {
      await prefetcher.fill({ start, isUnlimited, maxTimeMs });
    } while (this.#isFrozen && !prefetcher.isExhausted() && !prefetcher.hasRecordsAfter(start));
    const { maxFetchRecordsPerShard, maxRecordsPerTrigger, maxBytesPerTrigger } = this.#options;
    const limits: BatchLimits = {
      maxPerShard: maxFetchRecordsPerShard,
      maxRecords: maxRecordsPerTrigger,
      maxBytes: maxBytesPerTrigger,
    };
    const end = prefetcher.propose(start, isUnlimited ? NO_LIMITS : limits);
    if (end === undefined) return undefined;
    this.#idleMs = MIN_IDLE_MS;
    this.#takeMetrics(end);
    if (!isUnlimited) prefetcher.readAhead(end);
    return offsetToJson(end);
  }

  async planInput(start: SourceOffset | undefined, end: SourceOffset): Promise<readonly InputPartition[]> {
    const to = this.#checked(end);
    const from = start === undefined ? undefined : this.#checked(start);
    return planSegments(from, to).map((segments) => ({
      description: segments.map((segment) => `${segment.shardId} up to ${segment.last}`).join(', then '),
      payload: segments as unknown as JsonValue,
    }));
  }

  read(partition: InputPartition, columns: readonly string[]): AsyncIterable<ColumnBatch> {
    return readSegments(this.#opened(), partition.payload as unknown as readonly ShardSegment[], columns);
  }

  async commit(end: SourceOffset): Promise<void> {
    this.#stream?.prefetcher.commit(offsetFromJson(end));
  }

  async waitForData(start: SourceOffset | undefined, timeoutMs: number, signal: AbortSignal): Promise<void> {
    const { prefetcher } = this.#opened();
    const { nowMs, sleep } = this.#context;
    const deadlineMs = nowMs() + timeoutMs;
    const from = start === undefined ? await this.#initialOffset() : this.#checked(start);
    prefetcher.align(from);
    while (!signal.aborted && !prefetcher.hasRecordsAfter(from)) {
      const leftMs = deadlineMs - nowMs();
      if (leftMs <= 0) return;
      await sleep(Math.min(this.#idleMs, leftMs), signal).catch((error: unknown) => {
        if (!signal.aborted) throw error;
      });
      this.#idleMs = Math.min(this.#idleMs * 1.5, MAX_IDLE_MS);
      if (!signal.aborted)
        await prefetcher.fill({ start: from, isUnlimited: false, maxTimeMs: this.#options.maxFetchTimeMs });
    }
  }

  metrics(): SourceMetrics {
    return this.#metrics;
  }

  /** Settles the numbers of a batch and starts counting for the next. */
  #takeMetrics(end: KinesisOffset): void {
    const { calls, prefetcher } = this.#opened();
    this.#metrics = {
      ...shardMetrics(prefetcher, end),
      reshards: String(prefetcher.numReshards),
      retries: String(calls.numRetries),
      throttled: String(calls.numThrottled),
      ...(this.#options.failOnDataLoss ? {} : { dataLosses: String(calls.numDataLosses) }),
    };
    prefetcher.numReshards = 0;
    calls.resetCounters();
  }

  async close(): Promise<void> {
    const stream = this.#stream;
    this.#stream = undefined;
    if (stream !== undefined) await closeStream(stream);
  }

  #opened(): OpenStream {
    if (this.#stream !== undefined) return this.#stream;
    throw new MillraceError('INTERNAL_ERROR', { message: 'must hold: the kinesis source is open' });
  }

  /** Where a query without a checkpoint begins; settled once, and remembered over a restart that comes before the first batch. */
  async #initialOffset(): Promise<KinesisOffset> {
    if (this.#initial !== undefined) return this.#initial;
    const found = await initialOffset(this.#context.log, async () => offsetToJson(await this.#findInitialOffset()));
    this.#initial = this.#checked(found);
    return this.#initial;
  }

  async #findInitialOffset(): Promise<KinesisOffset> {
    const { calls, prefetcher, summary } = this.#opened();
    const shards = await calls.retried('ListShards', () => calls.api.listShards());
    const pinMs = calls.api.serverTimeMs() ?? this.#context.nowMs();
    const found = initialEntries(shards, this.#options.startingPosition, pinMs);
    const entries = this.#options.preservesOrder ? found : withoutParents(found);
    const { streamName, streamArn, createdMs } = summary;
    const atLatest = Object.keys(entries).filter(
      (shardId) => entries[shardId]?.state === 'open' && isAtLatest(shardId, this.#options.startingPosition),
    );
    await prefetcher.pinLatest(entries, atLatest);
    return { streamName, streamArn, createdMs, shards: entries };
  }

  /** The offset, if it belongs to this very stream and not to an older one of the same name. */
  #checked(json: SourceOffset): KinesisOffset {
    const offset = offsetFromJson(json);
    const { summary, calls } = this.#opened();
    if (offset.streamArn === summary.streamArn && offset.createdMs === summary.createdMs) return offset;
    throw new MillraceError('KINESIS_STREAM_RECREATED', {
      stream: summary.streamName,
      endpoint: calls.api.endpoint,
      createdAt: new Date(summary.createdMs).toISOString(),
      expectedArn: offset.streamArn,
      expectedCreatedAt: new Date(offset.createdMs).toISOString(),
    });
  }
}
