/**
 * Format `kafka`: topics of a Kafka cluster as an unbounded table, as Spark's. Each batch is a range of offsets per partition; the ends
 * are asked for, logged, and then exactly those records are read, so a replay gives the same rows. No consumer group is joined and
 * nothing is committed to Kafka: the positions are in the checkpoint.
 *
 * IF a partition appears while the query runs (or stands) THEN it is read from its beginning. IF records of a logged range are gone, a
 * partition has disappeared, or its offsets went back THEN KAFKA_DATA_LOSS, or with failOnDataLoss=false what is left is read and counted.
 */
import { MillraceError } from '../../errors/millrace-error.ts';
import { KafkaCluster, keyOf, type TopicPartition } from '../../storage/kafka/kafka-cluster.ts';
import { KAFKA_FORMAT } from '../../storage/kafka/kafka-connection.ts';
import { kafkaFailure } from '../../storage/kafka/kafka-failure.ts';
import type { KafkaRecord } from '../../storage/kafka/kafka-records.ts';
import { type ColumnBatch, TARGET_BATCH_ROWS } from '../../types/column-batch.ts';
import type { StructType } from '../../types/data-type.ts';
import { initialOffset } from '../initial-offset.ts';
import type {
  InputPartition,
  JsonValue,
  OffsetRequest,
  Source,
  SourceContext,
  SourceMetrics,
  SourceOffset,
  SourceProvider,
} from '../source.ts';
import { KafkaOffset, offsetFromJson, printPartitions } from './kafka-offset.ts';
import { type KafkaRange, limitOffsets, numNewOffsets, splitRanges } from './kafka-ranges.ts';
import {
  describeKafka,
  includesHeaders,
  KAFKA_SOURCE_OPTION_NAMES,
  type KafkaSourceOptions,
  readKafkaSourceOptions,
} from './kafka-source-options.ts';
import { kafkaSchema, recordColumns } from './record-columns.ts';
import { earliestOffsets, latestOffsets, resolvePosition } from './resolve-position.ts';

const FETCH_BYTES = 4 << 20;
/** A leader that has just changed may not show yet what the one before showed. */
const STUCK_PAUSE_MS = 20;
/** What a record is taken to weigh before one has been seen. */
const USUAL_RECORD_BYTES = 200;

class KafkaSource implements Source {
  readonly description: string;
  readonly schema: StructType;
  readonly #context: SourceContext;
  readonly #options: KafkaSourceOptions;
  readonly #cluster: KafkaCluster;
  #partitions: readonly TopicPartition[] | undefined;
  #partitionsAtMs = 0;
  #initial: KafkaOffset | undefined;
  #frozenEnd: KafkaOffset | undefined;
  #latest: KafkaOffset | undefined;
  #lastTriggerMs: number | undefined;
  #numDataLosses = 0;
  #metrics: SourceMetrics = {};

  constructor(context: SourceContext) {
    this.#context = context;
    this.#options = readKafkaSourceOptions(context.options, context.isStreaming);
    this.schema = kafkaSchema(this.#options.includesHeaders);
    this.description = describeKafka(context.options);
    const { connection, readsCommitted, timeoutMs } = this.#options;
    const { nowMs, sleep, random } = context;
    this.#cluster = new KafkaCluster(connection, { readsCommitted, timeoutMs }, { nowMs, sleep, random });
  }

  async open(): Promise<void> {
    await this.#cluster.connect();
  }

  async prepareForAvailableNow(): Promise<void> {
    const partitions = await this.#currentPartitions(0);
    const { ending, beyondTimestamps } = this.#options;
    this.#frozenEnd = await resolvePosition(this.#cluster, partitions, ending, { side: 'ending', beyondTimestamps });
    if (!this.#context.isStreaming) checkOrder(await this.#initialOffset(), this.#frozenEnd);
  }

  async latestOffset(request: OffsetRequest): Promise<SourceOffset | undefined> {
    const isUnlimited = request.mode === 'once' || !this.#context.isStreaming;
    if (!this.#context.isStreaming && this.#frozenEnd === undefined) await this.prepareForAvailableNow();
    const start = request.start === undefined ? await this.#initialOffset() : offsetFromJson(request.start);
    const latest = this.#frozenEnd ?? (await this.#latestOffsets());
    this.#latest = latest;
    const from = await this.#withNewPartitions(start, latest);
    const end = isUnlimited ? latest : this.#limited(from, latest, request.mode);
    if (end === undefined || this.#rangesBetween(from, end).length === 0) return undefined;
    this.#takeMetrics(end);
    return end.toJson();
  }

  async planInput(start: SourceOffset | undefined, end: SourceOffset): Promise<readonly InputPartition[]> {
    const to = offsetFromJson(end);
    const from = start === undefined ? await this.#initialOffset() : offsetFromJson(start);
    const ranges = this.#rangesBetween(await this.#withNewPartitions(from, to), to);
    const { minPartitions, maxRecordsPerPartition } = this.#options;
    return splitRanges(ranges, minPartitions, maxRecordsPerPartition).map((range) => ({
      description: `${keyOf(range)} [${range.start}, ${range.end})`,
      payload: { ...range } satisfies JsonValue,
      sizeBytes: (range.end - range.start) * USUAL_RECORD_BYTES,
    }));
  }

  async *read(partition: InputPartition, columns: readonly string[]): AsyncIterable<ColumnBatch> {
    const range = partition.payload as unknown as KafkaRange;
    for await (const records of this.#recordsOf(range)) {
      for (let i = 0; i < records.length; i += TARGET_BATCH_ROWS)
        yield recordColumns(records.slice(i, i + TARGET_BATCH_ROWS), range, columns);
    }
  }

  async commit(): Promise<void> {
    // Nothing to free: Kafka keeps what its retention says.
  }

  async waitForData(start: SourceOffset | undefined, timeoutMs: number, signal: AbortSignal): Promise<void> {
    const position = start === undefined ? await this.#initialOffset() : offsetFromJson(start);
    const places = [...position.entries()].map(([place, offset]) => ({ ...place, offset }));
    if (places.length > 0) return await this.#cluster.waitForRecords(places, timeoutMs, signal);
    await this.#context.sleep(Math.min(timeoutMs, this.#options.connection.metadataMaxAgeMs), signal);
  }

  metrics(): SourceMetrics {
    return this.#metrics;
  }

  async close(): Promise<void> {
    await this.#cluster.close();
  }

  /** The records of a range, piece after piece; the next piece is on its way while one is used. */
  async *#recordsOf(range: KafkaRange): AsyncIterable<readonly KafkaRecord[]> {
    const { nowMs, sleep } = this.#context;
    let offset = range.start;
    let movedAtMs = nowMs();
    let coming = this.#fetch(range, offset);
    while (offset < range.end) {
      const piece = await coming;
      const isStuck = piece !== undefined && piece.nextOffset <= offset;
      if (isStuck && nowMs() - movedAtMs < this.#options.timeoutMs) await sleep(STUCK_PAUSE_MS);
      else {
        offset = piece === undefined || isStuck ? await this.#afterLoss(range, offset) : piece.nextOffset;
        movedAtMs = nowMs();
      }
      coming = this.#fetch(range, offset);
      // The error of a piece that nobody comes to ask for is nobody's.
      coming.catch(() => {});
      const records = piece?.records.filter((record) => record.offset < range.end) ?? [];
      if (records.length > 0) yield records;
    }
  }

  /** Undefined when the log does not have the offset. */
  async #fetch(range: KafkaRange, offset: number): ReturnType<KafkaCluster['fetch']> {
    if (offset >= range.end) return { records: [], nextOffset: range.end, logEnd: range.end };
    const maxBytes = Math.min(FETCH_BYTES, Math.max(1 << 16, (range.end - offset) * USUAL_RECORD_BYTES * 4));
    try {
      return await this.#cluster.fetch(range, offset, maxBytes);
    } catch (error) {
      if (kafkaFailure(error) === 'no-topic') return undefined;
      throw error;
    }
  }

  /** Where to go on when `offset` is not there: an error, unless the user takes the loss. */
  async #afterLoss(range: KafkaRange, offset: number): Promise<number> {
    this.#reportLoss(
      new MillraceError('KAFKA_DATA_LOSS.COULD_NOT_READ_OFFSET_RANGE', {
        startOffset: String(offset),
        endOffset: String(range.end),
        topicPartition: keyOf(range),
        groupId: this.#options.groupId,
      }),
    );
    const existing = await this.#cluster.partitionsOf([range.topic]);
    if (!existing.some(({ partition }) => partition === range.partition)) return range.end;
    const earliest = await earliestOffsets(this.#cluster, [range]);
    const next = earliest.get(range) ?? range.end;
    return next > offset ? Math.min(next, range.end) : range.end;
  }

  /** Where a query without a checkpoint begins; settled once, and remembered over a restart that comes before the first batch. */
  async #initialOffset(): Promise<KafkaOffset> {
    if (this.#initial !== undefined) return this.#initial;
    const { starting, beyondTimestamps } = this.#options;
    const found = await initialOffset(this.#context.log, async () => {
      const partitions = await this.#currentPartitions(0);
      const rules = { side: 'starting', beyondTimestamps } as const;
      return (await resolvePosition(this.#cluster, partitions, starting, rules)).toJson();
    });
    this.#initial = offsetFromJson(found);
    return this.#initial;
  }

  async #latestOffsets(): Promise<KafkaOffset> {
    const { metadataMaxAgeMs } = this.#options.connection;
    return await latestOffsets(this.#cluster, await this.#currentPartitions(metadataMaxAgeMs));
  }

  /** The partitions that are read, as they were at most `maxAgeMs` ago. */
  async #currentPartitions(maxAgeMs: number): Promise<readonly TopicPartition[]> {
    const now = this.#context.nowMs();
    if (this.#partitions !== undefined && now - this.#partitionsAtMs < maxAgeMs) return this.#partitions;
    this.#partitions = await this.#selectPartitions();
    this.#partitionsAtMs = now;
    return this.#partitions;
  }

  async #selectPartitions(): Promise<readonly TopicPartition[]> {
    const { selection } = this.#options;
    if (selection.kind === 'subscribePattern') {
      const topics = await this.#cluster.topics();
      return await this.#cluster.partitionsOf(topics.filter((topic) => selection.pattern.test(topic)).toSorted());
    }
    const isAssign = selection.kind === 'assign';
    const topics = isAssign ? [...new Set(selection.partitions.map(({ topic }) => topic))] : selection.topics;
    const existing = await this.#cluster.partitionsOf(topics);
    const isFirst = this.#partitions === undefined;
    const missing = topics.filter((topic) => !existing.some((place) => place.topic === topic));
    if (isFirst && missing.length > 0)
      throw new MillraceError('KAFKA_TOPIC_NOT_FOUND', {
        topics: missing.join(', '),
        brokers: this.#cluster.address,
      });
    if (!isAssign) return existing;
    const there = new Set(existing.map(keyOf));
    return selection.partitions.filter((place) => there.has(keyOf(place)));
  }

  /** `from`, with the first offset of each partition of `to` that it does not have; partitions that are gone are a loss. */
  async #withNewPartitions(from: KafkaOffset, to: KafkaOffset): Promise<KafkaOffset> {
    const deleted = from.partitions().filter((place) => to.get(place) === undefined);
    if (deleted.length > 0)
      this.#reportLoss(
        new MillraceError('KAFKA_DATA_LOSS.PARTITIONS_DELETED', { partitions: printPartitions(deleted) }),
      );
    const added = to.partitions().filter((place) => from.get(place) === undefined);
    if (added.length === 0) return from;
    const earliest = await earliestOffsets(this.#cluster, added);
    for (const [place, offset] of earliest.entries())
      if (offset > 0)
        this.#reportLoss(
          new MillraceError('KAFKA_DATA_LOSS.ADDED_PARTITION_DOES_NOT_START_FROM_OFFSET_ZERO', {
            topicPartition: keyOf(place),
            startOffset: String(offset),
          }),
        );
    return KafkaOffset.of([...from.entries(), ...earliest.entries()]);
  }

  #rangesBetween(from: KafkaOffset, to: KafkaOffset): KafkaRange[] {
    return [...to.entries()].flatMap(([place, end]) => {
      const start = from.get(place) ?? 0;
      if (end < start)
        this.#reportLoss(
          new MillraceError('KAFKA_DATA_LOSS.PARTITION_OFFSET_CHANGED', {
            topicPartition: keyOf(place),
            prevOffset: String(start),
            newOffset: String(end),
          }),
        );
      return end > start ? [{ ...place, start, end }] : [];
    });
  }

  /** The end of the next batch by the rate limits; undefined while `minOffsetsPerTrigger` is neither reached nor out of patience. */
  #limited(from: KafkaOffset, latest: KafkaOffset, mode: OffsetRequest['mode']): KafkaOffset | undefined {
    const { minOffsetsPerTrigger, maxTriggerDelayMs, maxOffsetsPerTrigger } = this.#options;
    const now = this.#context.nowMs();
    this.#lastTriggerMs ??= now;
    const isPatient = mode === 'default' && now - this.#lastTriggerMs < maxTriggerDelayMs;
    if (isPatient && numNewOffsets(from, latest) < minOffsetsPerTrigger) return undefined;
    this.#lastTriggerMs = now;
    return limitOffsets(from, latest, maxOffsetsPerTrigger);
  }

  #reportLoss(error: MillraceError): void {
    if (this.#options.failOnDataLoss) throw error;
    this.#numDataLosses++;
  }

  #takeMetrics(end: KafkaOffset): void {
    const behind = [...(this.#latest ?? end).entries()].map(([place, latest]) =>
      Math.max(0, latest - (end.get(place) ?? 0)),
    );
    const sum = behind.reduce((total, one) => total + one, 0);
    this.#metrics = {
      avgOffsetsBehindLatest: String(sum / Math.max(1, behind.length)),
      estimatedTotalBytesBehindLatest: String(sum * USUAL_RECORD_BYTES),
      maxOffsetsBehindLatest: String(Math.max(0, ...behind)),
      minOffsetsBehindLatest: String(behind.length === 0 ? 0 : Math.min(...behind)),
      ...(this.#numDataLosses === 0 ? {} : { numDataLosses: String(this.#numDataLosses) }),
    };
  }
}

/** A batch read whose end is before its start says so instead of giving nothing. */
function checkOrder(start: KafkaOffset, end: KafkaOffset): void {
  for (const [place, offset] of start.entries()) {
    const last = end.get(place);
    if (last !== undefined && last < offset)
      throw new MillraceError('RESOLVED_START_OFFSET_GREATER_THAN_END_OFFSET', {
        startOffset: String(offset),
        endOffset: String(last),
        topic: place.topic,
        partition: String(place.partition),
      });
  }
}

/** `spark.readStream.format('kafka')`. */
export const kafkaSourceProvider: SourceProvider = {
  name: KAFKA_FORMAT,
  optionNames: KAFKA_SOURCE_OPTION_NAMES,
  readsAnywhere: true,
  schemaOf: (options) => kafkaSchema(includesHeaders(options)),
  describe: describeKafka,
  create: (context) => new KafkaSource(context),
};
