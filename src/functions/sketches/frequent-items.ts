/**
 * A sketch of the most frequent values: counts in a hash table of bounded size; when it is full, the median count is taken off all and what
 * has none left is forgotten. Places, order and bytes are those of Apache DataSketches (family 10, version 1): maximal and current size as
 * powers of two in bytes 3 and 4, the number of values at 8, the weight of all at 16, what was taken off at 24, counts from 32, then values.
 */
import type { DataType } from '../../types/data-type.ts';
import type { Value } from '../../types/vector.ts';
import { readItems, writeItems } from './frequent-item-bytes.ts';
import { javaHashCode } from './java-hash-code.ts';

const FAMILY = 10;
const EMPTY_FLAG = 4;
const HEAD_BYTES = 32;
const LG_LEAST_SIZE = 3;
const LOAD = 0.75;
const SAMPLE_SIZE = 1024;
const GOLDEN_RATIO = (Math.sqrt(5) - 1) / 2;

interface Slot {
  readonly item: Value;
  count: bigint;
  /** How far from its place the value is, from 1. */
  drift: number;
}

export interface FrequentItem {
  readonly item: Value;
  readonly count: bigint;
}

/** The size of the table that holds so many values. */
export function tableSizeOf(maxItems: number): number {
  return 2 ** Math.ceil(Math.log(Math.ceil(maxItems / LOAD)) / Math.log(2));
}

function mixed(hash: number): number {
  let key = BigInt.asUintN(64, BigInt(hash));
  key = BigInt.asUintN(64, (key ^ (key >> 33n)) * 0xff51afd7ed558ccdn);
  key = BigInt.asUintN(64, (key ^ (key >> 33n)) * 0xc4ceb9fe1a85ec53n);
  return Number((key ^ (key >> 33n)) & 0x7fffffffn);
}

export class FrequentItems {
  readonly #type: DataType;
  readonly #lgMaxSize: number;
  #slots: (Slot | undefined)[];
  #numActive = 0;
  #weight = 0n;
  #offset = 0n;

  constructor(type: DataType, maxSize: number, size = 2 ** LG_LEAST_SIZE) {
    this.#type = type;
    this.#lgMaxSize = Math.max(Math.log2(maxSize), LG_LEAST_SIZE);
    this.#slots = Array.from({ length: size });
  }

  add(item: Value, count = 1n): void {
    this.#weight += count;
    this.#put(item, count);
    if (this.#numActive <= Math.floor(this.#slots.length * LOAD)) return;
    if (this.#slots.length < 2 ** this.#lgMaxSize) {
      const known = this.#slots;
      this.#slots = Array.from({ length: known.length * 2 });
      this.#numActive = 0;
      for (const slot of known) if (slot !== undefined) this.#put(slot.item, slot.count);
    } else this.#purge();
  }

  merge(other: FrequentItems): void {
    const weight = this.#weight + other.#weight;
    for (const slot of other.#inStrides()) this.add(slot.item, slot.count);
    this.#offset += other.#offset;
    this.#weight = weight;
  }

  /** The values that are certainly frequent, the most frequent first. */
  frequentItems(): FrequentItem[] {
    return this.#inStrides()
      .filter(({ count }) => count >= this.#offset)
      .map(({ item, count }) => ({ item, count: count + this.#offset }))
      .toSorted((a, b) => (a.count === b.count ? 0 : a.count > b.count ? -1 : 1));
  }

  toBytes(): Uint8Array {
    const slots = this.#slots.filter((slot) => slot !== undefined);
    const lgSize = Math.log2(this.#slots.length);
    if (slots.length === 0) return Uint8Array.of(1, 1, FAMILY, this.#lgMaxSize, lgSize, EMPTY_FLAG, 0, 0);
    const items = writeItems(
      slots.map(({ item }) => item),
      this.#type,
    );
    const bytes = new Uint8Array(HEAD_BYTES + slots.length * 8 + items.length);
    const view = new DataView(bytes.buffer);
    bytes.set([HEAD_BYTES / 8, 1, FAMILY, this.#lgMaxSize, lgSize]);
    view.setInt32(8, slots.length, true);
    view.setBigInt64(16, this.#weight, true);
    view.setBigInt64(24, this.#offset, true);
    slots.forEach(({ count }, i) => view.setBigInt64(HEAD_BYTES + i * 8, count, true));
    bytes.set(items, HEAD_BYTES + slots.length * 8);
    return bytes;
  }

  static fromBytes(bytes: Uint8Array, type: DataType): FrequentItems {
    const [words, , , lgMaxSize = LG_LEAST_SIZE, lgSize = LG_LEAST_SIZE] = bytes;
    if (words === 1) return new FrequentItems(type, 2 ** lgMaxSize);
    const sketch = new FrequentItems(type, 2 ** lgMaxSize, 2 ** lgSize);
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
    const numItems = view.getInt32(8, true);
    const items = readItems(bytes.subarray(HEAD_BYTES + numItems * 8), numItems, type);
    items.forEach((item, i) => sketch.add(item, view.getBigInt64(HEAD_BYTES + i * 8, true)));
    sketch.#weight = view.getBigInt64(16, true);
    sketch.#offset = view.getBigInt64(24, true);
    return sketch;
  }

  #put(item: Value, count: bigint): void {
    const mask = this.#slots.length - 1;
    const isSame = sameItem(item);
    let at = mixed(javaHashCode(item, this.#type)) & mask;
    for (let drift = 1; ; drift++) {
      const slot = this.#slots[at];
      if (slot === undefined) {
        this.#slots[at] = { item, count, drift };
        this.#numActive += 1;
        return;
      }
      if (isSame(slot.item)) {
        slot.count += count;
        return;
      }
      at = (at + 1) & mask;
    }
  }

  /** The slots in an order that does not crowd the table they are added to. */
  #inStrides(): Slot[] {
    const { length } = this.#slots;
    const stride = Math.trunc(length * GOLDEN_RATIO) | 1;
    return Array.from({ length }, (_, i) => this.#slots[(i * stride) & (length - 1)]).filter(
      (slot) => slot !== undefined,
    );
  }

  #purge(): void {
    const counts = this.#slots.filter((slot) => slot !== undefined).map(({ count }) => count);
    const samples = counts.slice(0, Math.min(SAMPLE_SIZE, this.#numActive));
    const median = samples.toSorted((a, b) => (a < b ? -1 : 1))[samples.length >> 1] ?? 0n;
    for (const slot of this.#slots) if (slot !== undefined) slot.count -= median;
    const { length } = this.#slots;
    let first = length - 1;
    while (this.#slots[first] !== undefined) first -= 1;
    for (let at = first - 1; at >= 0; at--) this.#dropEmpty(at);
    for (let at = length - 1; at >= first; at--) this.#dropEmpty(at);
    this.#offset += median;
  }

  /** Frees a slot without count and moves later ones nearer to their places. */
  #dropEmpty(index: number): void {
    const slot = this.#slots[index];
    if (slot === undefined || slot.count > 0n) return;
    const mask = this.#slots.length - 1;
    this.#slots[index] = undefined;
    this.#numActive -= 1;
    let free = index;
    let drift = 1;
    for (let at = (index + 1) & mask; ; at = (at + 1) & mask, drift++) {
      const next = this.#slots[at];
      if (next === undefined) return;
      if (next.drift <= drift) continue;
      next.drift -= drift;
      this.#slots[free] = next;
      this.#slots[at] = undefined;
      free = at;
      drift = 0;
    }
  }
}

function sameItem(item: Value): (other: Value) => boolean {
  return (other) => Object.is(item, other) || (typeof item !== 'number' && item === other);
}
