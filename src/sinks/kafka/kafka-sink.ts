/**
 * Format `kafka`: each row a record. At least once: a batch that is repeated is written again, as Spark's.
 *
 * With `transactional` exactly once, for readers of committed records: the records of a batch and its marker are one Kafka transaction. The
 * marker is an offset that a consumer group of the query's own commits for `markerTopic`: offset = batch id, metadata = digest and epoch.
 * IF the transaction's outcome is unknown or a broker is away THEN a new producer ends what is pending, the marker says whether the batch
 * is there, and else it is written again. IF a newer run has taken the transactional id THEN CHECKPOINT_FENCED.
 */
import type { Producer, Transaction } from 'kafkajs';
import { MillraceError } from '../../errors/millrace-error.ts';
import { type KafkaDriver, loadKafkaDriver } from '../../storage/kafka/kafka-driver.ts';
import { kafkaAt, kafkaFailure } from '../../storage/kafka/kafka-failure.ts';
import { systemRefused, systemUnavailable } from '../../storage/system-failure.ts';
import { KAFKA_FORMAT } from '../../storage/kafka/kafka-connection.ts';
import type { ColumnBatch } from '../../types/column-batch.ts';
import { type CommitMarker, commitPlace, decideCommit, markerOf } from '../commit-marker.ts';
import { ReplayableRows, ReplayTooLarge, RowsFailed } from '../replayable-rows.ts';
import type { BatchIdentity, Sink, SinkContext, SinkProvider, SinkResult } from '../sink.ts';
import { checkKafkaSchema, messagesOf, type SizedMessage } from './kafka-messages.ts';
import {
  KAFKA_SINK_OPTION_NAMES,
  type KafkaSinkOptions,
  type KafkaTransactionOptions,
  readKafkaSinkOptions,
} from './kafka-sink-options.ts';

const FIRST_PAUSE_MS = 200;
const LONGEST_PAUSE_MS = 5000;
/** Rows kept to write a transaction again. */
const MAX_REPLAY_ROWS = 1_000_000;

/** What records are sent through: a producer or a transaction. */
type Sender = Pick<Producer, 'sendBatch'>;

class KafkaSink implements Sink {
  readonly description: string;
  readonly #context: SinkContext;
  readonly #options: KafkaSinkOptions;
  #driver: KafkaDriver | undefined;
  #producer: Producer | undefined;
  /** Undefined until read; null when there is none. */
  #marker: CommitMarker | null | undefined;
  readonly #partitionCounts = new Map<string, number>();

  constructor(context: SinkContext) {
    this.#context = context;
    this.#options = readKafkaSinkOptions(context.options, context.queryId, context.mode !== 'batch');
    this.description = `KafkaSink[${this.#options.topic ?? 'column topic'}]`;
    checkKafkaSchema(context.schema, this.#options.topic);
    const { mode, saveMode } = context;
    if (mode === 'batch' && saveMode !== 'append' && saveMode !== 'errorifexists')
      throw new MillraceError('KAFKA_SAVE_MODE', { mode: saveMode });
  }

  async open(): Promise<void> {
    this.#driver = await loadKafkaDriver(this.#options.connection);
    await this.#repeated('the connection', async () => void (await this.#connected()));
  }

  async addBatch(identity: BatchIdentity, batches: AsyncIterable<ColumnBatch>): Promise<SinkResult> {
    const rows = new ReplayableRows(batches, MAX_REPLAY_ROWS);
    const { transaction } = this.#options;
    try {
      const action = `writing batch ${identity.batchId}`;
      if (transaction === undefined) return await this.#repeated(action, () => this.#sendRows(rows));
      return await this.#repeated(action, () => this.#commitBatch(transaction, identity, rows));
    } finally {
      await rows.close();
    }
  }

  async close(): Promise<void> {
    const producer = this.#producer;
    this.#producer = undefined;
    await producer?.disconnect().catch(() => {});
  }

  async #sendRows(rows: ReplayableRows): Promise<SinkResult> {
    return { numOutputRows: await this.#send(await this.#connected(), rows.read()) };
  }

  async #commitBatch(
    settings: KafkaTransactionOptions,
    identity: BatchIdentity,
    rows: ReplayableRows,
  ): Promise<SinkResult> {
    const producer = await this.#connected();
    // The first transaction of a run ends what an older run left pending; only then the marker is settled.
    const transaction = await producer.transaction();
    let numOutputRows: number;
    try {
      this.#marker ??= await this.#readMarker(settings);
      const decision = decideCommit(this.#marker ?? undefined, identity, commitPlace(this.#context, this.description));
      numOutputRows = decision === 'skip' ? await rows.drain() : await this.#send(transaction, rows.read());
      await this.#sendMarker(transaction, settings, identity);
    } catch (error) {
      await transaction.abort().catch(() => this.close());
      throw error;
    }
    await transaction.commit();
    this.#marker = markerOf(identity);
    return { numOutputRows };
  }

  async #sendMarker(
    transaction: Transaction,
    { groupId, markerTopic }: KafkaTransactionOptions,
    identity: BatchIdentity,
  ): Promise<void> {
    const { batchId, offsetDigest, epoch } = markerOf(identity);
    const entry = { partition: 0, offset: String(batchId), metadata: JSON.stringify({ offsetDigest, epoch }) };
    await transaction.sendOffsets({
      consumerGroupId: groupId,
      topics: [{ topic: markerTopic, partitions: [entry] }],
    });
  }

  async #readMarker({ groupId, markerTopic }: KafkaTransactionOptions): Promise<CommitMarker | null> {
    const offsets = (await this.#driver?.groupOffsets(groupId, markerTopic)) ?? [];
    const found = offsets.find(({ partition }) => partition === 0);
    if (found === undefined || Number(found.offset) < 0 || !found.metadata) return null;
    const { offsetDigest, epoch } = JSON.parse(found.metadata) as Pick<CommitMarker, 'offsetDigest' | 'epoch'>;
    return { batchId: Number(found.offset), offsetDigest, epoch };
  }

  /** Sends rows in requests below the limit; the number of rows. */
  async #send(sender: Sender, batches: AsyncIterable<ColumnBatch>): Promise<number> {
    let numRows = 0;
    let waiting: SizedMessage[] = [];
    let waitingBytes = 0;
    for await (const batch of batches) {
      for (const one of messagesOf(batch, this.#options.topic)) {
        if (waiting.length > 0 && waitingBytes + one.sizeBytes > this.#options.maxRequestBytes) {
          await this.#sendMessages(sender, waiting);
          waiting = [];
          waitingBytes = 0;
        }
        waiting.push(one);
        waitingBytes += one.sizeBytes;
        numRows++;
      }
    }
    await this.#sendMessages(sender, waiting);
    return numRows;
  }

  async #sendMessages(sender: Sender, messages: readonly SizedMessage[]): Promise<void> {
    if (messages.length === 0) return;
    const topics = new Map<string, SizedMessage[]>();
    for (const one of messages) {
      const ofTopic = topics.get(one.topic);
      if (ofTopic === undefined) topics.set(one.topic, [one]);
      else ofTopic.push(one);
    }
    for (const [topic, ofTopic] of topics) await this.#checkPartitions(topic, ofTopic);
    await sender.sendBatch({
      acks: this.#options.acks,
      compression: this.#options.codec,
      topicMessages: [...topics].map(([topic, ofTopic]) => ({
        topic,
        messages: ofTopic.map(({ message }) => message),
      })),
    });
  }

  /** kafkajs drops records for partitions that do not exist without a word. */
  async #checkPartitions(topic: string, messages: readonly SizedMessage[]): Promise<void> {
    const highest = Math.max(-1, ...messages.map(({ message }) => message.partition ?? -1));
    if (highest < 0 || highest < (this.#partitionCounts.get(topic) ?? 0)) return;
    const count = (await this.#driver?.numPartitions(topic)) ?? 0;
    this.#partitionCounts.set(topic, count);
    if (highest >= count)
      throw new MillraceError('KAFKA_RECORD_REFUSED', {
        topic,
        reason: `it asks for partition ${highest}, and there are ${count}`,
      });
  }

  async #connected(): Promise<Producer> {
    if (this.#producer !== undefined) return this.#producer;
    const { transaction, isIdempotent } = this.#options;
    const producer = this.#driver?.producer({
      isIdempotent: isIdempotent || transaction !== undefined,
      transactionalId: transaction?.transactionalId,
      transactionTimeoutMs: transaction?.timeoutMs,
    });
    if (producer === undefined) throw systemRefused(kafkaAt(this.#address), 'a batch', 'the sink is not open');
    this.#marker = undefined;
    await producer.connect();
    this.#producer = producer;
    return producer;
  }

  get #address(): string {
    return this.#options.connection.brokers.join(',');
  }

  /** Runs `work` again, on a new producer, while failures are of the kind that passes. */
  async #repeated<Result>(action: string, work: () => Promise<Result>): Promise<Result> {
    const { nowMs, sleep } = this.#context;
    const deadlineMs = nowMs() + this.#options.timeoutMs;
    for (let attempt = 1; ; attempt++) {
      try {
        return await work();
      } catch (error) {
        if (error instanceof RowsFailed) throw error.cause;
        if (error instanceof MillraceError) throw error;
        await this.close();
        if (isFenced(error)) throw await this.#fenced(error);
        if (error instanceof ReplayTooLarge || kafkaFailure(error) !== 'passing') throw this.#refused(error, action);
        if (nowMs() >= deadlineMs) throw this.#unavailable(error, attempt);
        await sleep(Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** (attempt - 1)));
      }
    }
  }

  async #fenced(cause: unknown): Promise<MillraceError> {
    const { transaction } = this.#options;
    const marker = transaction === undefined ? null : await this.#readMarker(transaction).catch(() => null);
    const { location } = commitPlace(this.#context, this.description);
    const newerEpoch = marker === null ? 'of another run' : String(marker.epoch);
    return new MillraceError(
      'CHECKPOINT_FENCED',
      { newerEpoch, epoch: 'of this run', location, batchId: String(marker?.batchId ?? -1) },
      { cause },
    );
  }

  #refused(cause: unknown, action: string): MillraceError {
    const { type, message } = cause as Error & { readonly type?: string };
    if (type === 'MESSAGE_TOO_LARGE' || type === 'RECORD_LIST_TOO_LARGE')
      return new MillraceError(
        'KAFKA_RECORD_REFUSED',
        { topic: this.#options.topic ?? '', reason: message },
        { cause },
      );
    return systemRefused(kafkaAt(this.#address), action, cause);
  }

  #unavailable(cause: unknown, attempts: number): MillraceError {
    return systemUnavailable(kafkaAt(this.#address), attempts, cause);
  }
}

/** Another producer has taken the transactional id. */
function isFenced(error: unknown): boolean {
  const { type, cause } = error as { readonly type?: unknown; readonly cause?: unknown };
  if (type === 'INVALID_PRODUCER_EPOCH' || type === 'PRODUCER_FENCED' || type === 'INVALID_TXN_STATE') return true;
  return cause instanceof Error && isFenced(cause);
}

/** `df.write.format('kafka')` and `df.writeStream.format('kafka')`. */
export const kafkaSinkProvider: SinkProvider = {
  name: KAFKA_FORMAT,
  optionNames: KAFKA_SINK_OPTION_NAMES,
  outputModes: ['append', 'update', 'complete'],
  guarantee: 'at-least-once',
  create: (context) => new KafkaSink(context),
};
