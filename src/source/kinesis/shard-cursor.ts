/**
 * Reads one shard in order from a position: keeps the iterator, obeys the quota, backs off, and notices gaps. It remembers the last record
 * it gave and nothing else; buffering is its caller's.
 *
 * To go on after a record that was read before, it asks for that record again (AT_SEQUENCE_NUMBER) and skips it. IF the first record
 * that comes is a later one THEN the old one has been trimmed, and records behind it may have been trimmed too: data loss. IF the tip was
 * seen without any record before THEN there was nothing behind it, and later records are simply new.
 */
import type { GetRecordsAnswer, IteratorPosition, KinesisRecord } from './kinesis-api.ts';
import { KinesisCallError } from './kinesis-api.ts';
import type { FailureCount, KinesisCalls } from './kinesis-calls.ts';
import { compareSequenceNumbers } from './sequence-number.ts';
import { acquireBucket, releaseBucket, type TokenBucket } from './token-bucket.ts';

export interface ShardCursorOptions {
  readonly shardId: string;
  readonly position: IteratorPosition;
  /** The first iterator is LATEST; `position` is used when that one is lost before it gave a record. */
  readonly isLatestFirst?: boolean;
  readonly retentionHours: number;
}

/** An iterator may be void after a restart of the server; a fresh one that is refused as well is a real refusal. */
const MAX_REFUSED_ITERATORS = 3;

const NO_RECORDS: readonly KinesisRecord[] = [];

type SequencePosition = Extract<IteratorPosition, { readonly sequenceNumber: string }>;

export class ShardCursor {
  readonly shardId: string;
  /** All records of a closed shard have been given. */
  hasEnded = false;
  /** The last answer reached the newest record. */
  isAtTip = false;
  millisBehindLatest = 0;
  readonly #calls: KinesisCalls;
  readonly #retentionHours: number;
  readonly #bucketName: string;
  readonly #bucket: TokenBucket;
  #position: IteratorPosition;
  #isLatestFirst: boolean;
  #iterator: string | undefined;
  /** The record that must come first, as it was there before. */
  #expected: string | undefined;
  /** Where reading was to go on, when the stream no longer knows that record: nothing before it is given again. */
  #floor: SequencePosition | undefined;
  readonly #failures: FailureCount = { numFailures: 0, numUnreachable: 0 };
  #notBeforeMs = 0;
  /** Iterators refused in a row although they had not expired. */
  #numRefused = 0;

  constructor(calls: KinesisCalls, options: ShardCursorOptions) {
    this.shardId = options.shardId;
    this.#calls = calls;
    this.#retentionHours = options.retentionHours;
    this.#position = options.position;
    this.#isLatestFirst = options.isLatestFirst ?? false;
    this.#bucketName = `${calls.api.endpoint} ${calls.streamName} ${options.shardId}`;
    this.#bucket = acquireBucket(this.#bucketName, calls.options.fetchIntervalMs, calls.clock.nowMs());
  }

  /** True while a failed attempt keeps it from calling. */
  isBackingOff(): boolean {
    return this.#notBeforeMs > this.#calls.clock.nowMs();
  }

  /** Takes the iterator now; for LATEST, where the moment counts. */
  async pin(): Promise<void> {
    this.#iterator ??= await this.#calls.retried('GetShardIterator', () => this.#openIterator());
  }

  /**
   * One call: the records it brought, in order; none after a failure that will be repeated by the next fetch. Not to be called again
   * before it has resolved.
   */
  async fetch(maxRecords: number): Promise<readonly KinesisRecord[]> {
    if (this.hasEnded) return NO_RECORDS;
    const { clock, api } = this.#calls;
    this.isAtTip = false;
    const nowMs = clock.nowMs();
    const waitMs = Math.max(this.#notBeforeMs - nowMs, this.#bucket.take(nowMs));
    if (waitMs > 0) await this.#calls.pause(waitMs);
    if (this.#calls.isClosed) return NO_RECORDS;
    let answer: GetRecordsAnswer;
    try {
      this.#iterator ??= await this.#openIterator();
      answer = await api.getRecords(this.#iterator, maxRecords);
    } catch (error) {
      await this.#recover(error);
      return NO_RECORDS;
    }
    this.#failures.numFailures = 0;
    this.#failures.numUnreachable = 0;
    this.#numRefused = 0;
    this.#iterator = answer.nextIterator;
    this.hasEnded = answer.nextIterator === undefined;
    this.millisBehindLatest = answer.millisBehindLatest;
    this.isAtTip = answer.millisBehindLatest === 0;
    return this.#checked(answer.records);
  }

  close(): void {
    releaseBucket(this.#bucketName);
  }

  async #openIterator(): Promise<string> {
    const { api } = this.#calls;
    const position = this.#position;
    if (this.#isLatestFirst) {
      const iterator = await api.getShardIterator(this.shardId, { type: 'LATEST' });
      this.#isLatestFirst = false;
      return iterator;
    }
    if (!('sequenceNumber' in position)) return api.getShardIterator(this.shardId, position);
    const { sequenceNumber } = position;
    const iterator = await api.getShardIterator(this.shardId, { type: 'AT_SEQUENCE_NUMBER', sequenceNumber });
    this.#expected = sequenceNumber;
    return iterator;
  }

  #checked(records: readonly KinesisRecord[]): readonly KinesisRecord[] {
    const [first] = records;
    const last = records.at(-1);
    if (first === undefined || last === undefined) {
      if (this.isAtTip) this.#expected = undefined;
      return NO_RECORDS;
    }
    const expected = this.#expected;
    this.#expected = undefined;
    if (expected !== undefined && compareSequenceNumbers(first.sequenceNumber, expected) > 0)
      this.#lost(expected, `the oldest record still there is ${first.sequenceNumber}`);
    const isSkipped = expected === first.sequenceNumber && this.#position.type === 'AFTER_SEQUENCE_NUMBER';
    this.#position = { type: 'AFTER_SEQUENCE_NUMBER', sequenceNumber: last.sequenceNumber };
    if (isSkipped) return records.slice(1);
    const floor = this.#floor;
    return floor === undefined ? records : records.filter((record) => isFrom(record, floor));
  }

  /** Prepares the next attempt, or throws when there is none. */
  async #recover(error: unknown): Promise<void> {
    const failure = error instanceof KinesisCallError ? error.failure : undefined;
    const { clock } = this.#calls;
    const isRefused = failure === 'not-found' || failure === 'invalid';
    if (isRefused && this.#iterator === undefined) {
      await this.#recoverPosition(error as KinesisCallError);
      return;
    }
    if (failure === 'expired-iterator' || (isRefused && this.#numRefused++ < MAX_REFUSED_ITERATORS)) {
      this.#iterator = undefined;
      this.#calls.numRetries++;
      return;
    }
    this.#notBeforeMs = clock.nowMs() + this.#calls.delayAfter(error, `reading shard ${this.shardId}`, this.#failures);
  }

  /** The stream knows no such position: the stream, the shard or the record is gone. */
  async #recoverPosition(error: KinesisCallError): Promise<void> {
    await this.#calls.retried('DescribeStreamSummary', () => this.#calls.api.describeStreamSummary());
    const position = this.#position;
    if (!('sequenceNumber' in position)) {
      if (error.failure === 'invalid') throw this.#calls.refusal(error, `reading shard ${this.shardId}`);
      this.#lost('(its beginning)', 'the shard is gone');
      this.hasEnded = true;
      return;
    }
    this.#lost(position.sequenceNumber, error.message);
    this.#floor = position;
    this.#position = { type: 'TRIM_HORIZON' };
  }

  #lost(sequenceNumber: string, reason: string): void {
    this.#calls.reportDataLoss(this.shardId, sequenceNumber, this.#retentionHours, reason);
  }
}

function isFrom(record: KinesisRecord, floor: SequencePosition): boolean {
  const order = compareSequenceNumbers(record.sequenceNumber, floor.sequenceNumber);
  return floor.type === 'AFTER_SEQUENCE_NUMBER' ? order > 0 : order >= 0;
}
