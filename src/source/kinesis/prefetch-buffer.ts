/** The records of one shard that were read but not yet committed, in order. Bounded by its owner. */
import type { KinesisRecord } from './kinesis-api.ts';
import { compareSequenceNumbers } from './sequence-number.ts';

/** Bytes a record costs besides its payload; an estimate. */
const RECORD_OVERHEAD_BYTES = 200;

export class PrefetchBuffer {
  #records: KinesisRecord[] = [];
  /** The number of the record before the first one here; undefined: from the start of the shard's reading. */
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

  /** The records after `sequenceNumber`; undefined when the buffer does not reach back to it. */
  after(sequenceNumber: string | undefined): readonly KinesisRecord[] | undefined {
    if (sequenceNumber === this.#before) return this.#records;
    if (sequenceNumber === undefined) return undefined;
    const index = this.#find(sequenceNumber);
    return index === undefined ? undefined : this.#records.slice(index + 1);
  }

  /** The records from `first` (or after `before`) to `last`; undefined when they are not all here. */
  range(
    from: { readonly first?: string; readonly before?: string },
    last: string,
  ): readonly KinesisRecord[] | undefined {
    const end = this.#find(last);
    if (end === undefined) return undefined;
    const { first, before } = from;
    if (before !== undefined && before === this.#before) return this.#records.slice(0, end + 1);
    const index = this.#find(first ?? before ?? '');
    if (index === undefined) return undefined;
    return this.#records.slice(first === undefined ? index + 1 : index, end + 1);
  }

  /** Drops everything up to and including `sequenceNumber`. */
  dropThrough(sequenceNumber: string): void {
    const index = this.#find(sequenceNumber);
    if (index === undefined) return;
    for (const record of this.#records.splice(0, index + 1))
      this.#sizeBytes -= record.data.length + RECORD_OVERHEAD_BYTES;
    this.#before = sequenceNumber;
  }

  /** Drops everything: readers will fetch it again. For reads without a limit that exceed the memory. */
  forget(): void {
    this.#before = this.#records.at(-1)?.sequenceNumber ?? this.#before;
    this.#records = [];
    this.#sizeBytes = 0;
  }

  /** The place of a record by binary search. */
  #find(sequenceNumber: string): number | undefined {
    let low = 0;
    let high = this.#records.length - 1;
    while (low <= high) {
      const middle = (low + high) >> 1;
      const order = compareSequenceNumbers(this.#records[middle]?.sequenceNumber ?? '', sequenceNumber);
      if (order === 0) return middle;
      if (order < 0) low = middle + 1;
      else high = middle - 1;
    }
    return undefined;
  }
}
