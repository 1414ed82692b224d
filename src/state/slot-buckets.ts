/**
 * The bucket of each slot of a state table, computed once per key, and slots in order of their buckets: what entries are written from.
 * Belongs to a store; the table itself knows no buckets.
 */
import type { Vector } from '../types/vector.ts';
import { ScratchArrays } from '../types/scratch-arrays.ts';
import type { StateSchema, StateTable } from './state-table.ts';
import type { BucketRange } from './bucket-range.ts';
import type { StatePages } from './state-pages.ts';
import { bucketsOf, NUM_BUCKETS } from './bucket-range.ts';

/** The bucket of each key of a state; some schemas spread their keys by the first columns only. */
export function keyBuckets(schema: StateSchema, keyColumns: readonly Vector[], numRows: number): Uint8Array {
  return bucketsOf(keyColumns.slice(0, schema.numBucketKeys), numRows);
}

/** Slots whose buckets are computed at a time, so that their columns stay in the cache. */
const SLOTS_AT_A_TIME = 8192;
const scratch = new ScratchArrays();

export class SlotBuckets {
  readonly #table: StateTable;
  /** Bucket + 1 by slot; 0 is not known. */
  #known = new Uint16Array(64);

  constructor(table: StateTable) {
    this.#table = table;
  }

  /** The bucket of a slot that was resolved. */
  of(slot: number): number {
    return (this.#known[slot] as number) - 1;
  }

  /** Makes the buckets of these slots known. */
  resolve(slots: Int32Array): void {
    this.#ensure();
    const known = this.#known;
    for (let from = 0; from < slots.length; from += SLOTS_AT_A_TIME) {
      const end = Math.min(slots.length, from + SLOTS_AT_A_TIME);
      const unknown = scratch.ints(end - from);
      let count = 0;
      for (let i = from; i < end; i++) {
        const slot = slots[i] as number;
        unknown[count] = slot;
        if (known[slot] === 0) count++;
      }
      if (count > 0) {
        const keys = this.#table.keys.map((column) => column.toVector(unknown, count, scratch));
        const buckets = keyBuckets(this.#table.schema, keys, count);
        for (let i = 0; i < count; i++) known[unknown[i] as number] = (buckets[i] as number) + 1;
      }
      scratch.clear();
    }
  }

  /** Notes buckets read from an entry: `sizes` lists buckets and their numbers of rows in the order of `slots`. */
  note(slots: Int32Array, sizes: readonly number[]): void {
    this.#ensure();
    let at = 0;
    for (let i = 0; i < sizes.length; i += 2)
      for (const end = at + (sizes[i + 1] as number); at < end; at++)
        this.#known[slots[at] as number] = (sizes[i] as number) + 1;
  }

  /** As `note`, for slots that follow one another from `first` on. */
  noteFrom(first: number, sizes: readonly number[]): void {
    this.#ensure();
    let at = first;
    for (let i = 0; i < sizes.length; i += 2) {
      const end = at + (sizes[i + 1] as number);
      this.#known.fill((sizes[i] as number) + 1, at, end);
      at = end;
    }
  }

  /** Call when slots lose their keys; those of -1 are none. */
  forget(slots: Int32Array): void {
    const known = this.#known;
    for (let i = 0; i < slots.length; i++) {
      const slot = slots[i] as number;
      if (slot >= 0 && slot < known.length) known[slot] = 0;
    }
  }

  clear(): void {
    this.#known = new Uint16Array(64);
  }

  /** Takes out what is known; nothing is, until `restore`. */
  release(): StatePages {
    const pages = { arrays: [this.#known], rest: undefined };
    this.clear();
    return pages;
  }

  /** Puts back what `release` gave. */
  restore({ arrays }: StatePages): void {
    this.#known = arrays[0] as Uint16Array<ArrayBuffer>;
  }

  /** Resolved slots in order of their buckets, equal ones in the order given. */
  sorted(slots: Int32Array): Int32Array {
    const known = this.#known;
    const starts = new Int32Array(NUM_BUCKETS + 2);
    const { length } = slots;
    for (let i = 0; i < length; i++) {
      const next = (known[slots[i] as number] as number) + 1;
      starts[next] = (starts[next] as number) + 1;
    }
    for (let i = 1; i < starts.length; i++) starts[i] = (starts[i] as number) + (starts[i - 1] as number);
    const sorted = new Int32Array(slots.length);
    for (let i = 0; i < slots.length; i++) {
      const slot = slots[i] as number;
      const bucket = known[slot] as number;
      const at = starts[bucket] as number;
      sorted[at] = slot;
      starts[bucket] = at + 1;
    }
    return sorted;
  }

  /** The live slots in a range of buckets; all live slots must be resolved. One pass over a byte or two per slot. */
  liveIn({ from, to }: BucketRange): Int32Array {
    const known = this.#known;
    const { numSlots } = this.#table;
    const found = new Int32Array(Math.min(numSlots, this.#table.size));
    let count = 0;
    for (let slot = 0; slot < numSlots; slot++) {
      const bucket = (known[slot] as number) - 1;
      if (bucket >= from && bucket < to && this.#table.isLive(slot)) found[count++] = slot;
    }
    return found.subarray(0, count);
  }

  #ensure(): void {
    const { numSlots } = this.#table;
    if (numSlots <= this.#known.length) return;
    const known = new Uint16Array(numSlots + (numSlots >>> 2));
    known.set(this.#known);
    this.#known = known;
  }
}
