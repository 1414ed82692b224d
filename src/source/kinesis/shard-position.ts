/**
 * Where reading of one shard stands, and whether what comes next continues it without a gap. Shared by polling and subscribing.
 *
 * To go on after a record that was read before, that record is asked for again (AT_SEQUENCE_NUMBER) and skipped. IF the first record that
 * comes is a later one THEN the old one has been trimmed, and records behind it may have been trimmed too: data loss. IF the tip was seen
 * without any record before THEN there was nothing behind it, and later records are simply new.
 */
import type { KinesisCallError } from '../../storage/kinesis/kinesis-failure.ts';
import type { IteratorPosition, KinesisRecord } from './kinesis-api.ts';
import type { KinesisCalls } from './kinesis-calls.ts';
import { compareSequenceNumbers } from './sequence-number.ts';

type SequencePosition = Extract<IteratorPosition, { readonly sequenceNumber: string }>;

export interface ShardPositionOptions {
  readonly shardId: string;
  readonly position: IteratorPosition;
  /** The first start is LATEST; `position` is used when that one is lost before it gave a record. */
  readonly isLatestFirst?: boolean;
  readonly retentionHours: number;
}

const NO_RECORDS: readonly KinesisRecord[] = [];

export class ShardPosition {
  readonly shardId: string;
  readonly #calls: KinesisCalls;
  readonly #retentionHours: number;
  #position: IteratorPosition;
  #isLatestFirst: boolean;
  /** The record that must come first, as it was there before. */
  #expected: string | undefined;
  /** Where reading was to go on, when the stream no longer knows that record: nothing before it is given again. */
  #floor: SequencePosition | undefined;

  constructor(calls: KinesisCalls, options: ShardPositionOptions) {
    this.#calls = calls;
    this.shardId = options.shardId;
    this.#retentionHours = options.retentionHours;
    this.#position = options.position;
    this.#isLatestFirst = options.isLatestFirst ?? false;
  }

  /** Opens at the position: `open` is given what to ask the service for. */
  async open<T>(open: (position: IteratorPosition) => Promise<T>): Promise<T> {
    if (this.#isLatestFirst) {
      const opened = await open({ type: 'LATEST' });
      this.#isLatestFirst = false;
      return opened;
    }
    const position = this.#position;
    if (!('sequenceNumber' in position)) return await open(position);
    const { sequenceNumber } = position;
    const opened = await open({ type: 'AT_SEQUENCE_NUMBER', sequenceNumber });
    this.#expected = sequenceNumber;
    return opened;
  }

  /** The records of an answer that have not been read before; notices gaps. */
  checked(records: readonly KinesisRecord[], isAtTip: boolean): readonly KinesisRecord[] {
    const [first] = records;
    const last = records.at(-1);
    if (first === undefined || last === undefined) {
      if (isAtTip) this.#expected = undefined;
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

  /**
   * The stream knows no such position: the stream, the shard or the record is gone. True when reading goes on at the oldest record, false
   * when the shard is over; throws when it is not allowed to.
   */
  async refused(error: KinesisCallError): Promise<boolean> {
    await this.#calls.retried('DescribeStreamSummary', () => this.#calls.api.describeStreamSummary());
    const position = this.#position;
    if (!('sequenceNumber' in position)) {
      if (error.failure === 'invalid') throw this.#calls.refusal(error, `reading shard ${this.shardId}`);
      this.#lost('(its beginning)', 'the shard is gone');
      return false;
    }
    this.#lost(position.sequenceNumber, error.message);
    this.#floor = position;
    this.#position = { type: 'TRIM_HORIZON' };
    return true;
  }

  #lost(sequenceNumber: string, reason: string): void {
    this.#calls.reportDataLoss(this.shardId, sequenceNumber, this.#retentionHours, reason);
  }
}

function isFrom(record: KinesisRecord, floor: SequencePosition): boolean {
  const order = compareSequenceNumbers(record.sequenceNumber, floor.sequenceNumber);
  return floor.type === 'AFTER_SEQUENCE_NUMBER' ? order > 0 : order >= 0;
}
