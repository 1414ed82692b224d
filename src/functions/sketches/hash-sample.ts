/**
 * A sample of hashes below a bound, with a number beside each: what theta sketches (without numbers) and tuple sketches of Apache DataSketches
 * are. While there are few values all are kept; beyond twice the nominal number only the smallest, and the bound says what share they are.
 */
import type { Value } from '../../types/vector.ts';
import { murmurHash128, murmurHashOfLong } from './murmur-hash-128.ts';

/** The bound of a sample that has everything. */
export const WHOLE = 2n ** 63n - 1n;
/** Above this share of twice the nominal number the sample is cut down. */
const REBUILD_SHARE = 15 / 16;

/** How the numbers of equal hashes become one. */
export interface SummaryMode {
  readonly first: (value: number) => number;
  readonly combine: (left: number, right: number) => number;
  /** The number of a hash that comes without one. */
  readonly none: number;
}

const encoder = new TextEncoder();

export class HashSample {
  bound = WHOLE;
  entries = new Map<bigint, number>();
  isEmpty = true;

  /** About how many different values there are. */
  get estimate(): number {
    return this.entries.size * (Number(WHOLE) / Number(this.bound));
  }

  /** Adds a hash and its number; `size` is the nominal number of hashes. */
  add(hash: bigint, number: number, mode: SummaryMode, size: number): void {
    this.isEmpty = false;
    if (hash === 0n || hash >= this.bound) return;
    const known = this.entries.get(hash);
    this.entries.set(hash, known === undefined ? number : mode.combine(known, number));
    if (this.entries.size > 2 * size * REBUILD_SHARE) this.trim(size);
  }

  /** Leaves the smallest hashes, at most so many. */
  trim(size: number): this {
    if (this.entries.size > size) this.bound = this.sorted()[size] ?? this.bound;
    return this.#drop();
  }

  /** The hashes in ascending order. */
  sorted(): BigUint64Array {
    return BigUint64Array.from(this.entries.keys()).sort();
  }

  /** Adds the hashes of another sample. */
  union(other: HashSample, mode: SummaryMode, size: number): this {
    if (other.isEmpty) return this;
    this.isEmpty = false;
    if (other.bound < this.bound) this.bound = other.bound;
    for (const [hash, number] of other.entries) this.add(hash, number, mode, size);
    return this.#drop();
  }

  /** Leaves the hashes that are in the other sample, too. */
  intersect(other: HashSample, mode: SummaryMode): this {
    if (this.isEmpty || other.isEmpty) {
      this.isEmpty = true;
      this.bound = WHOLE;
      this.entries.clear();
      return this;
    }
    if (other.bound < this.bound) this.bound = other.bound;
    for (const [hash, number] of this.entries) {
      const match = other.entries.get(hash);
      if (match === undefined) this.entries.delete(hash);
      else this.entries.set(hash, mode.combine(number, match));
    }
    this.#drop();
    if (this.entries.size === 0 && this.bound === WHOLE) this.isEmpty = true;
    return this;
  }

  /** Leaves the hashes that are not in the other sample. */
  subtract(other: HashSample): this {
    if (this.isEmpty || other.isEmpty) return this;
    if (other.bound < this.bound) this.bound = other.bound;
    for (const hash of other.entries.keys()) this.entries.delete(hash);
    this.#drop();
    if (this.entries.size === 0 && this.bound === WHOLE) this.isEmpty = true;
    return this;
  }

  #drop(): this {
    for (const hash of this.entries.keys()) if (hash >= this.bound) this.entries.delete(hash);
    return this;
  }
}

/** The hash of a value; undefined for texts, bytes and arrays that are empty. Whole numbers in arrays have `bytesPerItem` bytes. */
export function sampleHash(value: Value, isFloating: boolean, bytesPerItem: number): bigint | undefined {
  if (typeof value === 'number' && isFloating) return murmurHash128(doubleBytes(value === 0 ? 0 : value))[0] >> 1n;
  if (typeof value === 'number' || typeof value === 'bigint') return murmurHashOfLong(BigInt(value))[0] >> 1n;
  const bytes = bytesOf(value, bytesPerItem);
  return bytes.length === 0 ? undefined : murmurHash128(bytes)[0] >> 1n;
}

function doubleBytes(value: number): Uint8Array {
  const bytes = new Uint8Array(8);
  const view = new DataView(bytes.buffer);
  if (Number.isNaN(value)) view.setBigUint64(0, 0x7ff8000000000000n, true);
  else view.setFloat64(0, value, true);
  return bytes;
}

function bytesOf(value: Value, bytesPerItem: number): Uint8Array {
  if (value instanceof Uint8Array) return value;
  if (!Array.isArray(value)) return encoder.encode(String(value));
  const items = value as readonly (number | bigint | null)[];
  const bytes = new Uint8Array(items.length * bytesPerItem);
  const view = new DataView(bytes.buffer);
  items.forEach((item, i) => {
    if (bytesPerItem === 4) view.setInt32(i * 4, Number(item ?? 0), true);
    else view.setBigInt64(i * 8, BigInt(item ?? 0), true);
  });
  return bytes;
}
