/**
 * Spark's `hash(…)`: Murmur3_x86_32 with seed 42, chained over the columns, a null leaving the hash as it is. Places rows into buckets
 * and partitions; column at a time, no value is materialised. Not for hash tables inside one dictionary: those use ids.
 *
 * Murmur3 over bytes here is Spark's: whole little-endian words first, then every remaining byte as a word of its own, sign extended.
 */
import type { DataType } from './data-type.ts';
import type { StringDictionary } from './string-dictionary.ts';
import type { StringVector, Value, Vector } from './vector.ts';
import { unreachable } from '../errors/assert.ts';
import { wordAt } from './byte-cursor.ts';

const SEED = 42;
const encoder = new TextEncoder();
const scratch = new DataView(new ArrayBuffer(8));

/** The hash of every row over all columns, equal to Spark's `hash(c1, c2, …)`. */
export function hashRows(columns: readonly Vector[], numRows: number): Int32Array {
  const hashes = new Int32Array(numRows).fill(SEED);
  columns.forEach((column, i) => hashColumn(column, hashes, numRows, i === 0));
  return hashes;
}

/** The hash of one value of `type`, chained after `seed`; null gives the seed. */
export function hashValue(type: DataType, value: Value | null, seed: number): number {
  if (value === null) return seed;
  switch (type.kind) {
    case 'void':
      return seed;
    case 'boolean':
      return hashInt(value === true ? 1 : 0, seed);
    case 'byte':
    case 'short':
    case 'integer':
    case 'date':
    case 'year_month_interval':
      return hashInt(value as number, seed);
    case 'float':
      return hashInt(floatBits(value as number), seed);
    case 'double':
      scratch.setFloat64(0, value === 0 ? 0 : (value as number), true);
      return hashLong(scratch.getInt32(0, true), scratch.getInt32(4, true), seed);
    case 'long':
    case 'timestamp':
    case 'timestamp_ntz':
    case 'time':
    case 'day_time_interval':
      return hashBigint(value as bigint, seed);
    case 'decimal':
      return type.precision <= 18
        ? hashBigint(value as bigint, seed)
        : hashBytes(twosComplement(value as bigint), seed);
    case 'calendar_interval': {
      const [months, days, micros] = value as readonly [number, number, bigint];
      return hashInt(months, hashInt(days, hashBigint(micros, seed)));
    }
    case 'string':
      return hashBytes(encoder.encode(value as string), seed);
    case 'binary':
      return hashBytes(value as Uint8Array, seed);
    case 'array':
      return (value as Items).reduce<number>((hash, item) => hashValue(type.elementType, item, hash), seed);
    case 'struct':
      return type.fields.reduce((hash, f, i) => hashValue(f.dataType, (value as Items)[i] ?? null, hash), seed);
    case 'map':
      return (value as readonly Items[]).reduce(
        (hash, pair) => hashValue(type.valueType, pair[1] ?? null, hashValue(type.keyType, pair[0] ?? null, hash)),
        seed,
      );
    default:
      return unreachable(type);
  }
}

type Items = readonly (Value | null)[];

/** Chains one column into the hashes; `isSeed` says that every hash still is the seed. */
function hashColumn(vector: Vector, hashes: Int32Array, numRows: number, isSeed: boolean): void {
  switch (vector.layout) {
    case 'boolean':
      return hashInts(vector.values, vector.validity, hashes, numRows);
    case 'int':
      return hashInts(vector.values, vector.validity, hashes, numRows);
    case 'double':
      return vector.type.kind === 'float'
        ? hashFloats(vector.values, vector.validity, hashes, numRows)
        : hashDoubles(vector.values, vector.validity, hashes, numRows);
    case 'long':
      return hashLongs(vector.values, vector.validity, hashes, numRows);
    case 'string':
      return isSeed ? hashFirstStrings(vector, hashes, numRows) : hashStrings(vector, hashes, numRows);
    case 'struct':
      return hashStructs(vector, hashes, numRows, isSeed);
    case 'object':
      for (let i = 0; i < numRows; i++)
        hashes[i] = hashValue(vector.type, vector.values[i] ?? null, hashes[i] as number);
      return undefined;
    default:
      return unreachable(vector);
  }
}

function mixK1(k: number): number {
  const mixed = Math.imul(k, 0xcc9e2d51);
  return Math.imul((mixed << 15) | (mixed >>> 17), 0x1b873593);
}

function mixH1(hash: number, k1: number): number {
  const mixed = hash ^ k1;
  return (Math.imul((mixed << 13) | (mixed >>> 19), 5) + 0xe6546b64) | 0;
}

function finish(hash: number, numBytes: number): number {
  let h = hash ^ numBytes;
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return h ^ (h >>> 16);
}

function hashInt(value: number, seed: number): number {
  return finish(mixH1(seed, mixK1(value)), 4);
}

function hashLong(low: number, high: number, seed: number): number {
  return finish(mixH1(mixH1(seed, mixK1(low)), mixK1(high)), 8);
}

function hashBigint(value: bigint, seed: number): number {
  scratch.setBigInt64(0, value, true);
  return hashLong(scratch.getInt32(0, true), scratch.getInt32(4, true), seed);
}

function hashBytes(bytes: Uint8Array, seed: number): number {
  const numWords = bytes.length >>> 2;
  let hash = seed;
  for (let i = 0; i < numWords; i++) hash = mixH1(hash, mixK1(wordAt(bytes, i * 4)));
  for (let i = numWords * 4; i < bytes.length; i++) hash = mixH1(hash, mixK1(((bytes[i] as number) << 24) >> 24));
  return finish(hash, bytes.length);
}

/** Java's `Float.floatToIntBits`, with -0.0 as 0.0. */
function floatBits(value: number): number {
  scratch.setFloat32(0, value === 0 ? 0 : value, true);
  return Number.isNaN(value) ? 0x7fc00000 : scratch.getInt32(0, true);
}

/** Java's `BigInteger.toByteArray`: the shortest big-endian two's complement. */
function twosComplement(value: bigint): Uint8Array {
  const bytes: number[] = [];
  let rest = value;
  do {
    bytes.push(Number(rest & 0xffn));
    rest >>= 8n;
  } while (!((rest === 0n || rest === -1n) && (rest === -1n) === (bytes[bytes.length - 1] as number) > 127));
  return Uint8Array.from(bytes.toReversed());
}

type Validity = Uint8Array | undefined;

function hashInts(values: Uint8Array | Int32Array, validity: Validity, hashes: Int32Array, numRows: number): void {
  for (let i = 0; i < numRows; i++) {
    if (validity !== undefined && validity[i] === 0) continue;
    hashes[i] = hashInt(values[i] as number, hashes[i] as number);
  }
}

function hashLongs(values: BigInt64Array, validity: Validity, hashes: Int32Array, numRows: number): void {
  const words = new Int32Array(values.buffer, values.byteOffset, values.length * 2);
  for (let i = 0; i < numRows; i++) {
    if (validity !== undefined && validity[i] === 0) continue;
    hashes[i] = hashLong(words[2 * i] as number, words[2 * i + 1] as number, hashes[i] as number);
  }
}

function hashDoubles(values: Float64Array, validity: Validity, hashes: Int32Array, numRows: number): void {
  const words = new Int32Array(values.buffer, values.byteOffset, values.length * 2);
  for (let i = 0; i < numRows; i++) {
    if (validity !== undefined && validity[i] === 0) continue;
    const value = values[i] as number;
    const seed = hashes[i] as number;
    if (value === 0) hashes[i] = hashLong(0, 0, seed);
    else if (Number.isNaN(value)) hashes[i] = hashLong(0, 0x7ff80000, seed);
    else hashes[i] = hashLong(words[2 * i] as number, words[2 * i + 1] as number, seed);
  }
}

function hashFloats(values: Float64Array, validity: Validity, hashes: Int32Array, numRows: number): void {
  for (let i = 0; i < numRows; i++) {
    if (validity !== undefined && validity[i] === 0) continue;
    hashes[i] = hashInt(floatBits(values[i] as number), hashes[i] as number);
  }
}

/** A null struct leaves the hash, whatever its fields hold. */
function hashStructs(
  vector: Vector & { layout: 'struct' },
  hashes: Int32Array,
  numRows: number,
  isSeed: boolean,
): void {
  const { validity } = vector;
  const before = validity === undefined ? undefined : hashes.slice(0, numRows);
  vector.children.forEach((child, i) => hashColumn(child, hashes, numRows, isSeed && i === 0));
  if (validity === undefined || before === undefined) return;
  for (let i = 0; i < numRows; i++) if (validity[i] === 0) hashes[i] = before[i] as number;
}

/**
 * What hashing needs of a dictionary: the mixed words of every string, which do not depend on the seed, and the finished hashes from the
 * seed 42. Grows with the dictionary.
 */
class DictionaryHashes {
  first = new Int32Array(64);
  words = new Int32Array(256);
  /** String `id` has the words `ends[id] … ends[id + 1] - 1`. */
  ends = new Int32Array(65);
  sizes = new Int32Array(64);
  #size = 0;

  update(dictionary: StringDictionary): void {
    if (this.#size === dictionary.size) return;
    if (dictionary.size > this.first.length) this.#grow(Math.max(dictionary.size, this.first.length * 2));
    const { bytes, offsets } = dictionary.contents();
    for (let id = this.#size; id < dictionary.size; id++)
      this.#add(id, bytes, offsets[id] as number, offsets[id + 1] as number);
    this.#size = dictionary.size;
  }

  #add(id: number, bytes: Uint8Array, start: number, end: number): void {
    const numBytes = end - start;
    const lastWord = start + (numBytes & ~3);
    let at = this.ends[id] as number;
    if (at + (numBytes >>> 2) + 3 > this.words.length) {
      this.words = grown(this.words, Math.max(at + (numBytes >>> 2) + 3, this.words.length * 2));
    }
    const { words } = this;
    let hash = SEED;
    for (let i = start; i < end; i += i < lastWord ? 4 : 1) {
      const word = mixK1(i < lastWord ? wordAt(bytes, i) : ((bytes[i] as number) << 24) >> 24);
      words[at++] = word;
      hash = mixH1(hash, word);
    }
    this.ends[id + 1] = at;
    this.sizes[id] = numBytes;
    this.first[id] = finish(hash, numBytes);
  }

  #grow(capacity: number): void {
    this.first = grown(this.first, capacity);
    this.sizes = grown(this.sizes, capacity);
    this.ends = grown(this.ends, capacity + 1);
  }
}

function grown(array: Int32Array, length: number): Int32Array<ArrayBuffer> {
  const larger = new Int32Array(length);
  larger.set(array);
  return larger;
}

const hashesByDictionary = new WeakMap<StringDictionary, DictionaryHashes>();

function dictionaryHashes(dictionary: StringDictionary): DictionaryHashes {
  let known = hashesByDictionary.get(dictionary);
  if (known === undefined) {
    known = new DictionaryHashes();
    hashesByDictionary.set(dictionary, known);
  }
  known.update(dictionary);
  return known;
}

function hashFirstStrings(vector: StringVector, hashes: Int32Array, numRows: number): void {
  const { ids, validity } = vector;
  const { first } = dictionaryHashes(vector.dictionary);
  for (let i = 0; i < numRows; i++) {
    if (validity === undefined || validity[i] !== 0) hashes[i] = first[ids[i] as number] as number;
  }
}

function hashStrings(vector: StringVector, hashes: Int32Array, numRows: number): void {
  const { ids, validity } = vector;
  const { words, ends, sizes } = dictionaryHashes(vector.dictionary);
  for (let i = 0; i < numRows; i++) {
    if (validity !== undefined && validity[i] === 0) continue;
    const id = ids[i] as number;
    const end = ends[id + 1] as number;
    let hash = hashes[i] as number;
    for (let at = ends[id] as number; at < end; at++) hash = mixH1(hash, words[at] as number);
    hashes[i] = finish(hash, sizes[id] as number);
  }
}
