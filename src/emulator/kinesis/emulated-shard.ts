/**
 * One shard of the emulated Kinesis: its records in order, its range of hash keys, its parents and children, its quotas. Records have
 * consecutive numbers within the shard, so that a sequence number is a place in an array. Payloads stay in base64 as they came and as
 * they go out.
 */
import { Quota } from './quota.ts';

/** A record as it is kept. */
export interface StoredRecord {
  readonly partitionKey: string;
  readonly dataBase64: string;
  /** Payload and partition key, which is what AWS counts. */
  readonly sizeBytes: number;
  readonly arrivalMs: number;
}

/** AWS's limits of a shard. */
export const WRITE_BYTES_PER_SECOND = 1024 * 1024;
const WRITE_RECORDS_PER_SECOND = 1000;
const READ_CALLS_PER_SECOND = 5;
const READ_BYTES_PER_SECOND = 2 * 1024 * 1024;

const COUNTER_DIGITS = 32;
const COMPACT_ABOVE = 4096;

export interface ShardOrigin {
  readonly index: number;
  /** Both ends included, as 32 hexadecimal digits, so that text order is number order. */
  readonly startKey: string;
  readonly endKey: string;
  readonly parents: readonly string[];
  readonly createdMs: number;
}

export class EmulatedShard {
  readonly shardId: string;
  readonly origin: ShardOrigin;
  readonly children: EmulatedShard[] = [];
  closedMs: number | undefined;
  readonly writeBytes: Quota;
  readonly writeRecords: Quota;
  readonly readCalls: Quota;
  readonly readBytes: Quota;
  readonly #prefix: string;
  #records: StoredRecord[] = [];
  /** Counter of the first element of `#records`; the counter before it is the shard's starting sequence number. */
  #firstCounter = 1;
  /** Records before this index have left the retention period. */
  #numTrimmed = 0;
  readonly #listeners = new Set<() => void>();

  constructor(origin: ShardOrigin) {
    this.origin = origin;
    this.shardId = `shardId-${String(origin.index).padStart(12, '0')}`;
    // Rises with the time of creation and then with the index: children come after their parents.
    this.#prefix = `49${String(origin.createdMs).padStart(15, '0')}${String(origin.index).padStart(7, '0')}`;
    this.writeBytes = new Quota(WRITE_BYTES_PER_SECOND, origin.createdMs);
    this.writeRecords = new Quota(WRITE_RECORDS_PER_SECOND, origin.createdMs);
    this.readCalls = new Quota(READ_CALLS_PER_SECOND, origin.createdMs);
    this.readBytes = new Quota(READ_BYTES_PER_SECOND, origin.createdMs);
  }

  get isOpen(): boolean {
    return this.closedMs === undefined;
  }

  /** The counter the next record gets. */
  get nextCounter(): number {
    return this.#firstCounter + this.#records.length;
  }

  /** The counter of the oldest record still there, or of the next one. */
  get horizonCounter(): number {
    return this.#firstCounter + this.#numTrimmed;
  }

  get startingSequenceNumber(): string {
    return this.sequenceNumberAt(0);
  }

  /** Undefined while the shard is open. */
  get endingSequenceNumber(): string | undefined {
    return this.isOpen ? undefined : this.sequenceNumberAt(this.nextCounter);
  }

  sequenceNumberAt(counter: number): string {
    return this.#prefix + String(counter).padStart(COUNTER_DIGITS, '0');
  }

  /** The counter behind a sequence number of this shard; undefined for a number that is none of this shard's. */
  counterOf(sequenceNumber: string): number | undefined {
    if (sequenceNumber.length !== this.#prefix.length + COUNTER_DIGITS || !sequenceNumber.startsWith(this.#prefix))
      return undefined;
    const digits = sequenceNumber.slice(this.#prefix.length);
    const counter = /^\d+$/.test(digits) ? Number(digits) : Number.NaN;
    return counter <= this.nextCounter ? counter : undefined;
  }

  /** Adds a record and returns its sequence number. Arrival times never go back within a shard. */
  append(record: StoredRecord): string {
    const lastMs = this.#records.at(-1)?.arrivalMs ?? 0;
    this.#records.push(record.arrivalMs >= lastMs ? record : { ...record, arrivalMs: lastMs });
    return this.sequenceNumberAt(this.nextCounter - 1);
  }

  /** Wakes who waits for records or for the end of the shard; after a whole call, not after each record. */
  notify(): void {
    for (const listener of this.#listeners) listener();
  }

  /** Calls `listener` at every change until the returned function is called. */
  listen(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  recordAt(counter: number): StoredRecord | undefined {
    return this.#records[counter - this.#firstCounter];
  }

  /** The counter of the first record that arrived at or after a time. */
  counterAtTime(timeMs: number): number {
    let low = this.#numTrimmed;
    let high = this.#records.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.#records[middle]?.arrivalMs ?? 0) < timeMs) low = middle + 1;
      else high = middle;
    }
    return this.#firstCounter + low;
  }

  /** Forgets records that arrived before a time. */
  trimBefore(timeMs: number): void {
    while (this.#numTrimmed < this.#records.length) {
      if ((this.#records[this.#numTrimmed]?.arrivalMs ?? 0) >= timeMs) break;
      this.#numTrimmed++;
    }
    if (this.#numTrimmed <= COMPACT_ABOVE || this.#numTrimmed * 2 < this.#records.length) return;
    this.#records = this.#records.slice(this.#numTrimmed);
    this.#firstCounter += this.#numTrimmed;
    this.#numTrimmed = 0;
  }

  /** How long the record at `counter` has been waiting; 0 at the tip. */
  millisBehind(counter: number, nowMs: number): number {
    const next = this.recordAt(counter);
    return next === undefined ? 0 : Math.max(1, nowMs - next.arrivalMs);
  }
}
