/**
 * The keyed columnar table stateful operators work on: a slot per key, key and value columns indexed by slot. Everything is synchronous
 * and in memory; state-store.ts makes it durable. Keys are equal as Spark's grouping keys are: null = null, NaN = NaN, -0.0 = 0.0.
 *
 * Changes since the last commit are tracked here: `lookup` and `markUpdated` mark slots as updated, `remove` keeps the removed slot
 * readable until `settleChanges`, and only then may a slot be given to another key.
 */
import { assert } from '../errors/assert.ts';
import type { StructType } from '../types/data-type.ts';
import { GrowableColumn } from '../types/growable-column.ts';
import type { Vector } from '../types/vector.ts';
import { gatherVector } from '../types/vector-ops.ts';
import { KeyCodec, PACK_ROWS } from './key-codec.ts';
import { KeyColumn } from './key-column.ts';
import type { CodecPages } from './key-codec.ts';
import type { IndexPages, IndexPart } from './key-index.ts';
import { hashKey, hashWords, KeyIndex, partNumber } from './key-index.ts';
import { KeyPages } from './key-pages.ts';
import type { MemoryBudget } from './memory-budget.ts';
import { bytesPerKey, columnBytes } from './table-bytes.ts';
import { SlotList } from './slot-list.ts';
import type { StateChanges } from './state-changes.ts';
import type { StatePages } from './state-pages.ts';
import { pagesOfParts, partsOfPages } from './state-pages.ts';

/** What a state table holds. */
export interface StateSchema {
  readonly keys: StructType;
  readonly values: StructType;
  /** How many key columns, from the left, decide the bucket of a row; default all. What rows are sent to partitions by. */
  readonly numBucketKeys?: number;
  /** The position of the key column, a time or a window, by which all rows leave the state; absent where they leave otherwise. */
  readonly timeKey?: number;
}

const LIVE = 1;
const UPDATED = 2;
/** Its key was not there at the last `settleChanges`. */
const NEW = 4;

/** From so many keys on a table is larger than the caches of a processor. */
const MANY_KEYS = 1 << 17;

export class StateTable {
  readonly schema: StateSchema;
  readonly keys: readonly KeyColumn[];
  /** By slot; fresh slots are null. The typed arrays move when `lookup` inserts: take them anew after it. */
  readonly values: readonly GrowableColumn[];
  /** The slots inserted by the last `lookup`, in order of their rows; valid until the next `lookup`. */
  newSlots: Int32Array = new Int32Array(0);
  readonly #codec: KeyCodec;
  readonly #budget: MemoryBudget | undefined;
  readonly #bytesPerSlot: number;
  readonly #index = new KeyIndex({
    isCurrent: (slot, hash) => this.isLive(slot) && this.#hashOf(slot) === hash,
    partOf: (slot) => this.#partOf(slot),
  });
  readonly #pages: KeyPages | undefined;
  #words: Int32Array;
  #status = new Uint8Array(0);
  #hashes = new Int32Array(PACK_ROWS);
  readonly #touched = new Int32Array(PACK_ROWS);
  #numSlots = 0;
  #size = 0;
  readonly #inserted = new SlotList();
  readonly #updated = new SlotList();
  readonly #removed = new SlotList();
  readonly #expired = new SlotList();
  #expiredUpTo: bigint | undefined;
  readonly #free = new SlotList();
  /** What became different since the last `restore`. */
  #changed: 'nothing' | 'values' | 'keys' = 'keys';

  /** With a budget the table asks before it grows, and then grows by less; `extraBytesPerKey` is what others hold for each of its keys. */
  constructor(schema: StateSchema, budget?: MemoryBudget, extraBytesPerKey = 0) {
    this.schema = schema;
    this.#budget = budget;
    this.#codec = new KeyCodec(schema.keys);
    this.#pages = KeyPages.for(this.#codec.layout);
    this.#words = new Int32Array(0);
    this.keys = this.#codec.layout.nodes.map((node) => new KeyColumn(node, this.#codec, () => this.#words));
    this.values = schema.values.fields.map((f) => new GrowableColumn(f.dataType));
    this.#bytesPerSlot = bytesPerKey(schema) + extraBytesPerKey;
  }

  /** Number of keys. */
  get size(): number {
    return this.#size;
  }

  /** Slots are below this number. */
  get numSlots(): number {
    return this.#numSlots;
  }

  /** Memory held, objects in columns estimated. */
  get sizeBytes(): number {
    let total = this.#words.byteLength + this.#status.byteLength + this.#index.sizeBytes + this.#codec.sizeBytes;
    for (const column of this.values) total += columnBytes(column);
    return total;
  }

  /**
   * Fills `slots` with the slot of each row's key, inserting keys not there yet. Returns how many were new; see `newSlots`. The caller
   * initialises the values of new slots, which are null.
   */
  lookup(keyColumns: readonly Vector[], numRows: number, slots: Int32Array): number {
    this.#inserted.clear();
    for (let from = 0; from < numRows; from += PACK_ROWS)
      this.#lookupRows(keyColumns, from, Math.min(from + PACK_ROWS, numRows), slots);
    this.newSlots = this.#inserted.view();
    return this.#inserted.length;
  }

  #lookupRows(keyColumns: readonly Vector[], from: number, to: number, slots: Int32Array): void {
    const unknown = this.#pages?.read(keyColumns, from, to, slots);
    if (unknown === undefined) {
      this.#prepare(keyColumns, from, to - from);
      this.#probe(to - from, slots.subarray(from, to), true);
      return;
    }
    const count = unknown.length;
    if (count === 0) return;
    const found = new Int32Array(count);
    this.#prepare(
      keyColumns.map((key) => gatherVector(key, unknown, count)),
      0,
      count,
    );
    this.#probe(count, found, true);
    for (let i = 0; i < count; i++) slots[unknown[i] as number] = found[i] as number;
    this.#pages?.learn(keyColumns, unknown, slots);
  }

  /** As `lookup`, but absent keys get slot -1. Returns how many rows were found. */
  find(keyColumns: readonly Vector[], numRows: number, slots: Int32Array): number {
    let numFound = 0;
    for (let from = 0; from < numRows; from += PACK_ROWS) {
      const count = Math.min(PACK_ROWS, numRows - from);
      this.#prepare(keyColumns, from, count);
      this.#probe(count, slots.subarray(from, from + count), false);
    }
    for (let i = 0; i < numRows; i++) if ((slots[i] as number) >= 0) numFound++;
    return numFound;
  }

  #prepare(keyColumns: readonly Vector[], from: number, count: number): void {
    assert(keyColumns.length === this.keys.length, 'a lookup gives one vector per key column');
    this.#codec.pack(keyColumns, from, count);
    hashWords(this.#codec.words, this.#codec.layout.stride, count, this.#hashes);
  }

  /** Looks up the packed rows; an absent key is inserted with `inserts`, else its slot is -1. */
  #probe(count: number, slots: Int32Array, inserts: boolean): void {
    const hashes = this.#hashes;
    const index = this.#index;
    const { words } = this.#codec;
    if (this.#codec.layout.timeWord < 0 && this.#size > MANY_KEYS) this.#touch(count);
    const { stride, timeWord } = this.#codec.layout;
    let stored = this.#words;
    let { shift } = index;
    let { scale } = index;
    let number = Number.NaN;
    let part: IndexPart | undefined;
    for (let i = 0; i < count; i++) {
      const hash = hashes[i] as number;
      const base = i * stride;
      const wanted =
        timeWord < 0
          ? 0
          : partNumber(words[base + timeWord] as number, words[base + timeWord + 1] as number, shift, scale);
      if (wanted !== number) {
        number = wanted;
        part = index.part(number);
      }
      let slot = -1;
      if (part !== undefined) {
        const { entries } = part;
        const mask = entries.length - 1;
        let at = (hash << 1) & mask;
        for (let tag = entries[at + 1] as number; tag !== 0; tag = entries[at + 1] as number) {
          if (entries[at] === hash) {
            const key = (tag - 1) * stride;
            let k = stride - 1;
            while (k >= 0 && stored[key + k] === words[base + k]) k--;
            if (k < 0) {
              slot = tag - 1;
              break;
            }
          }
          at = (at + 2) & mask;
        }
      }
      if (slot < 0 && inserts) {
        slot = this.#insert(i, number);
        stored = this.#words;
        if (part === undefined || shift !== index.shift) {
          shift = index.shift;
          scale = index.scale;
          number = Number.NaN;
        }
      }
      slots[i] = slot;
    }
  }

  /**
   * Reads where the packed rows will be looked up, and forgets it. In a large table each of these places is far from the others; read one
   * after the other with nothing between that waits for them, they come into the cache side by side.
   */
  #touch(count: number): void {
    const entries = this.#index.part(0)?.entries;
    if (entries === undefined) return;
    const hashes = this.#hashes;
    const touched = this.#touched;
    const mask = entries.length - 1;
    for (let i = 0; i < count; i++) touched[i] = entries[(((hashes[i] as number) << 1) & mask) + 1] as number;
    const { stride } = this.#codec.layout;
    const stored = this.#words;
    const status = this.#status;
    let sum = 0;
    for (let i = 0; i < count; i++) {
      const slot = Math.max(0, (touched[i] as number) - 1);
      sum += (stored[slot * stride] as number) + (status[slot] as number);
    }
    // Used, so that the loop is not left out.
    touched[0] = sum;
  }

  #insert(row: number, part: number): number {
    const slot = this.#free.length > 0 ? this.#free.pop() : this.#numSlots++;
    if (slot >= this.#status.length) this.#growSlots(slot + 1);
    const { stride } = this.#codec.layout;
    const { words } = this.#codec;
    const stored = this.#words;
    for (let k = 0; k < stride; k++) stored[slot * stride + k] = words[row * stride + k] as number;
    this.#status[slot] = LIVE | UPDATED | NEW;
    this.#changed = 'keys';
    this.#index.insert(part, this.#hashes[row] as number, slot);
    this.#size++;
    this.#updated.push(slot);
    this.#inserted.push(slot);
    return slot;
  }

  /**
   * Adds rows whose keys are all different and not there yet, as a snapshot has them, and returns the first of their slots, which follow
   * one another. They do not count as changed.
   */
  append(keyColumns: readonly Vector[], numRows: number): number {
    const first = this.#numSlots;
    if (first + numRows > this.#status.length) this.#growSlots(first + numRows);
    this.#changed = 'keys';
    this.#numSlots += numRows;
    this.#size += numRows;
    const { stride, timeWord } = this.#codec.layout;
    const { words } = this.#codec;
    for (let from = 0; from < numRows; from += PACK_ROWS) {
      const count = Math.min(PACK_ROWS, numRows - from);
      const slot = first + from;
      // The index asks for them when it grows.
      this.#status.fill(LIVE, slot, slot + count);
      this.#prepare(keyColumns, from, count);
      this.#words.set(words.subarray(0, count * stride), slot * stride);
      if (timeWord < 0) this.#index.insertAll(this.#hashes, count, slot);
      else
        for (let i = 0; i < count; i++) this.#index.insert(this.#partOf(slot + i), this.#hashes[i] as number, slot + i);
    }
    return first;
  }

  /** Makes room for so many keys at once, as before a load. */
  reserve(numKeys: number): void {
    if (numKeys > this.#status.length) this.#growSlots(numKeys);
    if (this.#codec.layout.timeWord < 0) this.#index.reserve(numKeys);
  }

  #growSlots(needed: number): void {
    const { length } = this.#status;
    const capacity =
      this.#budget === undefined ? Math.max(needed, length * 2, 64) : Math.max(needed, length + (length >>> 2), 16);
    this.#budget?.claim(this, this.#bytesOf(capacity), this.#size);
    const status = new Uint8Array(capacity);
    status.set(this.#status);
    this.#status = status;
    const words = new Int32Array(capacity * this.#codec.layout.stride);
    words.set(this.#words);
    this.#words = words;
    for (const column of this.values) column.ensureCapacity(capacity);
  }

  #bytesOf(capacity: number): number {
    return capacity * this.#bytesPerSlot + this.#codec.sizeBytes;
  }

  /** Takes out the key of a live slot. Its columns stay readable until `settleChanges`. */
  remove(slot: number): void {
    this.#takeOut(slot);
    this.#removed.push(slot);
  }

  #takeOut(slot: number): void {
    assert(this.isLive(slot), 'only live slots are removed');
    this.#pages?.clear();
    this.#changed = 'keys';
    this.#index.remove(this.#partOf(slot));
    const { stride, removedBit } = this.#codec.layout;
    const word = slot * stride + (removedBit >> 5);
    this.#words[word] = (this.#words[word] as number) | (1 << (removedBit & 31));
    this.#status[slot] = 0;
    this.#size--;
  }

  /**
   * As `remove`, for all keys there are with a time (see `StateSchema.timeKey`) up to and including `upToMicros`, each given once: a commit
   * then writes that time instead of the keys.
   */
  expire(slots: Int32Array, upToMicros: bigint): void {
    if (slots.length === 0) return;
    for (let i = 0; i < slots.length; i++) this.#takeOut(slots[i] as number);
    this.#expired.pushAll(slots);
    if (this.#expiredUpTo === undefined || upToMicros > this.#expiredUpTo) this.#expiredUpTo = upToMicros;
  }

  #hashOf(slot: number): number {
    const { stride } = this.#codec.layout;
    return hashKey(this.#words, slot * stride, stride);
  }

  #partOf(slot: number): number {
    const { stride, timeWord } = this.#codec.layout;
    if (timeWord < 0) return 0;
    const word = slot * stride + timeWord;
    const { shift, scale } = this.#index;
    return partNumber(this.#words[word] as number, this.#words[word + 1] as number, shift, scale);
  }

  /** Notes that the values of the first `count` entries of `slots` changed, so that the next commit writes them. Repeats are fine. */
  markUpdated(slots: Int32Array, count: number): void {
    const status = this.#status;
    if (this.#changed === 'nothing') this.#changed = 'values';
    for (let i = 0; i < count; i++) {
      const slot = slots[i] as number;
      if (status[slot] !== LIVE) continue;
      status[slot] = LIVE | UPDATED;
      this.#updated.push(slot);
    }
  }

  isLive(slot: number): boolean {
    return ((this.#status[slot] ?? 0) & LIVE) !== 0;
  }

  /** True when the key of a live slot was not there at the last `settleChanges`, or had been removed since. */
  isNew(slot: number): boolean {
    return ((this.#status[slot] as number) & NEW) !== 0;
  }

  /** The slots of all keys, ascending. */
  liveSlots(): Int32Array {
    const live = new Int32Array(this.#size);
    const status = this.#status;
    for (let slot = 0, i = 0; slot < this.#numSlots; slot++)
      if (((status[slot] as number) & LIVE) !== 0) live[i++] = slot;
    return live;
  }

  /** True when something changed since the last `settleChanges`. */
  get hasChanges(): boolean {
    return this.#updated.length + this.#removed.length + this.#expired.length > 0;
  }

  /** What changed since the last `settleChanges`. */
  changes(): StateChanges {
    const listed = this.#updated.view();
    const status = this.#status;
    const updated = new Int32Array(listed.length);
    let numUpdated = 0;
    for (let i = 0; i < listed.length; i++) {
      const slot = listed[i] as number;
      if (((status[slot] as number) & LIVE) !== 0) updated[numUpdated++] = slot;
    }
    return {
      updated: updated.subarray(0, numUpdated),
      removed: this.#removed.view().slice(),
      expired: this.#expired.view().slice(),
      expiredUpTo: this.#expiredUpTo,
    };
  }

  /** Makes the changes the new starting point: frees the slots of removed keys and forgets strings no key uses any more. */
  settleChanges(): void {
    const status = this.#status;
    if (this.#changed === 'nothing') this.#changed = 'values';
    const updated = this.#updated.view();
    // A removed slot has the status 0 and keeps it.
    for (let i = 0; i < updated.length; i++)
      status[updated[i] as number] = (status[updated[i] as number] as number) & LIVE;
    for (const list of [this.#removed, this.#expired]) {
      const slots = list.view();
      for (const column of this.values) column.clearAll(slots);
      // The last one is given out first: new keys get slots in the order in which the old ones left, neighbours to neighbours.
      this.#free.pushAll(slots.toReversed());
      list.clear();
    }
    this.#updated.clear();
    this.#expiredUpTo = undefined;
    this.#compactTexts();
  }

  /** Forgets everything, changes included. */
  clear(): void {
    this.release();
  }

  /** Takes everything out, changes included; the table is empty until `restore`. */
  release(): StatePages {
    const [words, status] = [this.#words, this.#status];
    const lists = [this.#updated, this.#removed, this.#expired, this.#free].map((list) => list.view().slice());
    const index = this.#index.release();
    const codec = this.#codec.release();
    const columns = this.values.map((column) => column.release());
    const own: StatePages = {
      arrays: [words, status, ...lists],
      rest: { numSlots: this.#numSlots, size: this.#size, expiredUpTo: this.#expiredUpTo },
      unchanged: this.#changed === 'keys' ? [] : [words],
    };
    const parts: StatePages[] = [
      own,
      { arrays: index.arrays, rest: { ...index, arrays: [] }, unchanged: this.#changed === 'keys' ? [] : index.arrays },
      { arrays: codec.arrays, rest: codec.objects },
      ...columns.map(({ validity, values, objects }) => ({ arrays: [validity, values], rest: objects })),
    ];
    const pages = pagesOfParts(parts);
    this.#words = new Int32Array(0);
    this.#status = new Uint8Array(0);
    this.#numSlots = 0;
    this.#size = 0;
    for (const list of [this.#inserted, this.#updated, this.#removed, this.#expired, this.#free]) list.clear();
    this.#expiredUpTo = undefined;
    this.newSlots = new Int32Array(0);
    this.#pages?.clear();
    this.#budget?.claim(this, 0, 0);
    const isUnchanged = this.#changed === 'nothing';
    this.#changed = 'keys';
    return isUnchanged ? { ...pages, unchanged: pages.arrays } : pages;
  }

  /** Puts back what `release` gave, in place of what is there. */
  restore(pages: StatePages): void {
    const [own, index, codec, ...columns] = partsOfPages(pages) as [
      StatePages,
      StatePages,
      StatePages,
      ...StatePages[],
    ];
    const { numSlots, size, expiredUpTo } = own.rest as TableRest;
    const [words, status, ...lists] = own.arrays as [Int32Array, Uint8Array, ...Int32Array[]];
    this.clear();
    this.#budget?.claim(this, this.#bytesOf(status.length), size);
    this.#words = words;
    this.#status = status as Uint8Array<ArrayBuffer>;
    this.#numSlots = numSlots;
    this.#size = size;
    this.#expiredUpTo = expiredUpTo;
    [this.#updated, this.#removed, this.#expired, this.#free].forEach((list, i) =>
      list.pushAll(lists[i] as Int32Array),
    );
    this.#index.restore({ ...(index.rest as IndexPages), arrays: index.arrays as IndexPages['arrays'] });
    this.#codec.restore({ arrays: codec.arrays as CodecPages['arrays'], objects: codec.rest as CodecPages['objects'] });
    this.values.forEach((column, i) => {
      const { arrays, rest } = columns[i] as StatePages;
      const [validity, values] = arrays as [Uint8Array, Uint8Array];
      column.restore({ validity, values, objects: rest as typeof column.objects });
    });
    this.#changed = 'nothing';
  }

  /** Dead strings may outnumber the live ones at most by two to one; the index is rebuilt since hashes follow ids. */
  #compactTexts(): void {
    const { layout } = this.#codec;
    if (!layout.hasStrings && !layout.hasObjects) return;
    if (this.#codec.numTexts <= 4096 + 3 * this.#size * layout.stride) return;
    const live = this.liveSlots();
    this.#changed = 'keys';
    this.#codec.compact(this.#words, live);
    this.#index.clear();
    for (const slot of live) this.#index.insert(this.#partOf(slot), this.#hashOf(slot), slot);
  }
}

interface TableRest {
  readonly numSlots: number;
  readonly size: number;
  readonly expiredUpTo: bigint | undefined;
}
