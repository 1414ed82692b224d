/**
 * Finds out whether a column chunk is worth a dictionary, and makes it: the distinct values in plain encoding and an index per value. Looks at
 * the beginning of numbers first, so that columns of unique ones cost little.
 */
import type { Vector } from '../../types/vector.ts';
import type { StringDictionary } from '../../types/string-dictionary.ts';
import { ByteWriter } from '../byte-writer.ts';
import { type LeafStorage, writePlain, writeText } from './value-encoding.ts';

const MAX_DICTIONARY_BYTES = 1 << 20;
const MAX_ENTRIES = 1 << 17;
/** Texts are larger than their indexes, and readers gain more by reading each of them once. */
const MAX_TEXT_BYTES = 4 << 20;
const MAX_TEXTS = 1 << 18;
const SAMPLE_VALUES = 4096;

/** A part of a chunk: `vector` has its values, nulls where `validity` says. */
export interface ChunkDictionary {
  readonly page: Uint8Array;
  readonly size: number;
  /** The indexes of the values of each vector that are not null. */
  readonly indexes: readonly Int32Array[];
}

/** The dictionary of the vectors of a chunk; undefined when plain values are smaller. */
export function chunkDictionary(storage: LeafStorage, vectors: readonly Vector[]): ChunkDictionary | undefined {
  switch (vectors[0]?.layout) {
    case 'string':
      return textDictionary(vectors);
    case 'int':
    case 'long':
    case 'double':
      return numberDictionary(storage, vectors);
    default:
      return undefined;
  }
}

function textDictionary(vectors: readonly Vector[]): ChunkDictionary | undefined {
  const out = new ByteWriter();
  const codes = new Map<StringDictionary, Int32Array>();
  const distinct = new TextCodes(out);
  const indexes: Int32Array[] = [];
  let numValues = 0;
  for (const vector of vectors) {
    if (vector.layout !== 'string') return undefined;
    const { ids, validity, length, dictionary } = vector;
    let known = codes.get(dictionary);
    if (known === undefined || known.length < dictionary.size) {
      const larger = new Int32Array(dictionary.size).fill(-1);
      if (known !== undefined) larger.set(known);
      codes.set(dictionary, (known = larger));
    }
    const found = new Int32Array(length);
    let count = 0;
    for (let row = 0; row < length; row++) {
      if (validity !== undefined && validity[row] === 0) continue;
      const id = ids[row] as number;
      let code = known[id] as number;
      if (code < 0) known[id] = code = distinct.codeOf(dictionary, id);
      found[count++] = code;
    }
    indexes.push(found.subarray(0, count));
    numValues += count;
    // How often texts repeat shows at the end only: many of few thousands look unique at first.
    if (distinct.size > MAX_TEXTS || out.length > MAX_TEXT_BYTES) return undefined;
  }
  const isUnique = numValues >= SAMPLE_VALUES && distinct.size * 4 > numValues;
  return numValues === 0 || isUnique ? undefined : { page: out.take(), size: distinct.size, indexes };
}

/** Codes of texts across dictionaries: a text that two of them hold has one code. */
class TextCodes {
  size = 0;
  readonly #out: ByteWriter;
  /** Set with the second dictionary. */
  #codes: Map<string, number> | undefined;
  #first: StringDictionary | undefined;
  readonly #firstIds: number[] = [];

  constructor(out: ByteWriter) {
    this.#out = out;
  }

  codeOf(dictionary: StringDictionary, id: number): number {
    this.#first ??= dictionary;
    if (dictionary !== this.#first || this.#codes !== undefined) {
      const first = this.#first;
      this.#codes ??= new Map(this.#firstIds.map((known, code) => [first.text(known), code]));
      const text = dictionary.text(id);
      const code = this.#codes.get(text);
      if (code !== undefined) return code;
      this.#codes.set(text, this.size);
    } else this.#firstIds.push(id);
    writeText(this.#out, dictionary, id);
    return this.size++;
  }
}

function numberDictionary(storage: LeafStorage, vectors: readonly Vector[]): ChunkDictionary | undefined {
  const table = new NumberCodes();
  const out = new ByteWriter();
  const indexes: Int32Array[] = [];
  let numValues = 0;
  for (const vector of vectors) {
    if (vector.layout !== 'int' && vector.layout !== 'long' && vector.layout !== 'double') return undefined;
    const { values, validity, length } = vector;
    const isWide = vector.layout !== 'int';
    const words = isWide ? new Int32Array(values.buffer, values.byteOffset, values.length * 2) : (values as Int32Array);
    const found = new Int32Array(length);
    const firsts: number[] = [];
    let count = 0;
    for (let row = 0; row < length; row++) {
      if (validity !== undefined && validity[row] === 0) continue;
      const before = table.size;
      const code = isWide
        ? table.code(words[2 * row] as number, words[2 * row + 1] as number)
        : table.code(words[row] as number, 0);
      if (code === before) firsts.push(row);
      found[count++] = code;
      if (count === SAMPLE_VALUES && isTooLarge(table.size, numValues + count, table.size * 8)) return undefined;
    }
    for (const row of firsts) writePlain(out, storage, vector, row, row + 1);
    indexes.push(found.subarray(0, count));
    numValues += count;
    if (isTooLarge(table.size, numValues, out.length)) return undefined;
  }
  return numValues === 0 ? undefined : { page: out.take(), size: table.size, indexes };
}

function isTooLarge(size: number, numValues: number, sizeBytes: number): boolean {
  return sizeBytes > MAX_DICTIONARY_BYTES || size > MAX_ENTRIES || (numValues >= SAMPLE_VALUES && size * 4 > numValues);
}

/** Codes of values of 64 bits in the order they are met; open addressing. */
class NumberCodes {
  size = 0;
  #slots = new Int32Array(1024).fill(-1);
  #low = new Int32Array(512);
  #high = new Int32Array(512);

  code(low: number, high: number): number {
    const mask = this.#slots.length - 1;
    let slot = (Math.imul(low, 0x9e3779b1) ^ Math.imul(high, 0x85ebca6b)) >>> 0;
    slot = (slot ^ (slot >>> 15)) & mask;
    for (let code = this.#slots[slot] as number; code >= 0; code = this.#slots[slot] as number) {
      if (this.#low[code] === low && this.#high[code] === high) return code;
      slot = (slot + 1) & mask;
    }
    const code = this.size++;
    this.#slots[slot] = code;
    this.#low[code] = low;
    this.#high[code] = high;
    if (this.size === this.#low.length) this.#grow();
    return code;
  }

  #grow(): void {
    const low = new Int32Array(this.size * 2);
    const high = new Int32Array(this.size * 2);
    low.set(this.#low);
    high.set(this.#high);
    this.#slots = new Int32Array(this.#slots.length * 2).fill(-1);
    const { size } = this;
    const mask = this.#slots.length - 1;
    for (let code = 0; code < size; code++) {
      let slot = (Math.imul(low[code] as number, 0x9e3779b1) ^ Math.imul(high[code] as number, 0x85ebca6b)) >>> 0;
      slot = (slot ^ (slot >>> 15)) & mask;
      while ((this.#slots[slot] as number) >= 0) slot = (slot + 1) & mask;
      this.#slots[slot] = code;
    }
    this.#low = low;
    this.#high = high;
  }
}
