/** The records of one shard that were read but not yet committed, in order. Bounded by its owner. */
import { placeOf } from './aggregated-record.ts';
import type { KinesisRecord } from './kinesis-api.ts';
import { comparePlaces } from './sequence-number.ts';

/** Bytes a record costs besides its payload; an estimate. */
const RECORD_OVERHEAD_BYTES = 200;

export class PrefetchBuffer {
  #records: KinesisRecord[] = [];
  /** The place before the first record here; undefined: from the start of the shard's reading. */
  #before: string | undefined;
  #sizeBytes = 0;

  /** `before` is the last record read earlier, by someone else. */
  constructor(before: string | undefined) {
    this.#before = before;
  }

  get sizeBytes(): number {
    return this.#sizeBytes;
  }

  append(records: readonly KinesisRecord[]): void {
    for (const record of records) {
      this.#records.push(record);
      this.#sizeBytes += record.data.length + RECORD_OVERHEAD_BYTES;
    }
  }

  /** The records after a place; undefined when the buffer does not reach back to it. */
  after(place: string | undefined): readonly KinesisRecord[] | undefined {
    if (place === this.#before) return this.#records;
    if (place === undefined) return undefined;
    const index = this.#find(place);
    return index === undefined ? undefined : this.#records.slice(index + 1);
  }

  /**
   * The records from the sequence number `first` (or after the place `before`) to the place `last`; undefined when they are not all here.
   */
  range(
    from: { readonly first?: string; readonly before?: string },
    last: string,
  ): readonly KinesisRecord[] | undefined {
    const end = this.#find(last);
    if (end === undefined) return undefined;
    const { first, before } = from;
    if (before !== undefined && before === this.#before) return this.#records.slice(0, end + 1);
    if (first !== undefined) {
      // All user records of an aggregate have its number; the first of them is meant.
      const start = this.#lowerBound(`${first}/-1`);
      return this.#records[start]?.sequenceNumber === first ? this.#records.slice(start, end + 1) : undefined;
    }
    const index = this.#find(before ?? '');
    return index === undefined ? undefined : this.#records.slice(index + 1, end + 1);
  }

  /** Drops everything up to and including a place. */
  dropThrough(place: string): void {
    const index = this.#find(place);
    if (index === undefined) return;
    for (const record of this.#records.splice(0, index + 1))
      this.#sizeBytes -= record.data.length + RECORD_OVERHEAD_BYTES;
    this.#before = place;
  }

  /** Drops everything: readers will fetch it again. For reads without a limit that exceed the memory. */
  forget(): void {
    const last = this.#records.at(-1);
    if (last !== undefined) this.#before = placeOf(last);
    this.#records = [];
    this.#sizeBytes = 0;
  }

  #find(place: string): number | undefined {
    const index = this.#lowerBound(place);
    const record = this.#records[index];
    return record !== undefined && placeOf(record) === place ? index : undefined;
  }

  /** The index of the first record that is not before a place, by binary search. */
  #lowerBound(place: string): number {
    let low = 0;
    let high = this.#records.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      const record = this.#records[middle];
      if (record !== undefined && comparePlaces(placeOf(record), place) < 0) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
