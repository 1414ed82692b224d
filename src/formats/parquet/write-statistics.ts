/** Smallest and largest value of a column chunk in plain encoding, and how many are null. */
import type { StringDictionary } from '../../types/string-dictionary.ts';
import type { Vector } from '../../types/vector.ts';
import type { LeafPart } from './shredding.ts';
import type { WrittenLeaf } from './write-schema.ts';
import { vectorOf } from '../../types/vector-builder.ts';
import { ByteWriter } from '../byte-writer.ts';
import { writePlain } from './value-encoding.ts';

/** Longer texts are not kept: a reader takes absent bounds as unknown. */
const MAX_TEXT_BYTES = 256;

export interface WrittenStatistics {
  readonly min: Uint8Array | undefined;
  readonly max: Uint8Array | undefined;
  readonly nullCount: number;
}

/** The statistics of the parts of a chunk. */
export function chunkStatistics(leaf: WrittenLeaf, parts: readonly LeafPart[]): WrittenStatistics {
  const nullCount = parts.reduce((sum, { definitions, numEntries }) => sum + nullsOf(leaf, definitions, numEntries), 0);
  const bounds = leaf.physicalType === 'INT96' ? undefined : boundsOf(parts.map(({ vector }) => vector));
  if (bounds === undefined) return { min: undefined, max: undefined, nullCount };
  if ('minBytes' in bounds) return { min: bounds.minBytes, max: bounds.maxBytes, nullCount };
  return { min: plain(leaf, bounds.min), max: plain(leaf, bounds.max), nullCount };
}

function nullsOf({ definition }: WrittenLeaf, definitions: Uint8Array | undefined, count: number): number {
  if (definitions === undefined) return 0;
  let nulls = 0;
  for (let i = 0; i < count; i++) if (definitions[i] !== definition) nulls++;
  return nulls;
}

type Bounds =
  | { readonly min: number | bigint | boolean; readonly max: number | bigint | boolean }
  | { readonly minBytes: Uint8Array; readonly maxBytes: Uint8Array };

function boundsOf(vectors: readonly Vector[]): Bounds | undefined {
  switch (vectors[0]?.layout) {
    case 'string':
      return textBounds(vectors);
    case 'object':
    case 'struct':
      return undefined;
    default:
      return numberBounds(vectors);
  }
}

/** NaN has no place in the order: a chunk with one has no bounds. Zero may be of either sign. */
function numberBounds(vectors: readonly Vector[]): Bounds | undefined {
  let min: number | bigint | undefined;
  let max: number | bigint | undefined;
  let isBoolean = false;
  for (const vector of vectors) {
    if (vector.layout === 'string' || vector.layout === 'struct' || vector.layout === 'object') return undefined;
    isBoolean = vector.layout === 'boolean';
    const bounds = vector.layout === 'long' ? longBounds(vector) : plainBounds(vector);
    if (bounds === 'none') continue;
    if (bounds === 'unknown') return undefined;
    if (min === undefined || bounds[0] < min) [min] = bounds;
    if (max === undefined || bounds[1] > max) [, max] = bounds;
  }
  if (min === undefined || max === undefined) return undefined;
  if (isBoolean) return { min: min === 1, max: max === 1 };
  return { min: min === 0 ? -0 : min, max: max === 0 ? 0 : max };
}

type Range<T> = readonly [T, T] | 'none' | 'unknown';

function plainBounds({
  values,
  validity,
  length,
}: Vector & { readonly layout: 'boolean' | 'int' | 'double' }): Range<number> {
  let min = Infinity;
  let max = -Infinity;
  let isEmpty = true;
  for (let row = 0; row < length; row++) {
    if (validity !== undefined && validity[row] === 0) continue;
    const value = values[row] as number;
    if (Number.isNaN(value)) return 'unknown';
    isEmpty = false;
    if (value < min) min = value;
    if (value > max) max = value;
  }
  return isEmpty ? 'none' : [min, max];
}

/** Compares the high words, then the low ones; makes no bigint per value. */
function longBounds({ values, validity, length }: Vector & { readonly layout: 'long' }): Range<bigint> {
  const words = new Int32Array(values.buffer, values.byteOffset, values.length * 2);
  let least = -1;
  let most = -1;
  for (let row = 0; row < length; row++) {
    if (validity !== undefined && validity[row] === 0) continue;
    if (least < 0) least = most = row;
    else if (isLess(words, row, least)) least = row;
    else if (isLess(words, most, row)) most = row;
  }
  return least < 0 ? 'none' : [values[least] as bigint, values[most] as bigint];
}

function isLess(words: Int32Array, left: number, right: number): boolean {
  const difference = (words[2 * left + 1] as number) - (words[2 * right + 1] as number);
  return difference < 0 || (difference === 0 && (words[2 * left] as number) >>> 0 < (words[2 * right] as number) >>> 0);
}

function textBounds(vectors: readonly Vector[]): Bounds | undefined {
  let min: Uint8Array | undefined;
  let max: Uint8Array | undefined;
  const seen = new Map<StringDictionary, Uint8Array>();
  for (const vector of vectors) {
    if (vector.layout !== 'string') return undefined;
    const { dictionary } = vector;
    let isSeen = seen.get(dictionary);
    if (isSeen === undefined || isSeen.length < dictionary.size) {
      const larger = new Uint8Array(dictionary.size);
      if (isSeen !== undefined) larger.set(isSeen);
      seen.set(dictionary, (isSeen = larger));
    }
    const [least, most] = extremeIds(vector, isSeen);
    if (least < 0) continue;
    const [low, high] = [dictionary.bytes(least), dictionary.bytes(most)];
    if (min === undefined || Buffer.compare(low, min) < 0) min = low;
    if (max === undefined || Buffer.compare(high, max) > 0) max = high;
  }
  if (min === undefined || max === undefined || min.length > MAX_TEXT_BYTES || max.length > MAX_TEXT_BYTES)
    return undefined;
  return { minBytes: min.slice(), maxBytes: max.slice() };
}

/** The ids of the first and the last text in the order of bytes among those not seen before; -1 when there is none. Marks them as seen. */
function extremeIds(
  { dictionary, ids, validity, length }: Vector & { readonly layout: 'string' },
  isSeen: Uint8Array,
): readonly [number, number] {
  const { offsets, bytes } = dictionary.contents();
  let least = -1;
  let most = -1;
  for (let row = 0; row < length; row++) {
    if (validity !== undefined && validity[row] === 0) continue;
    const id = ids[row] as number;
    if (isSeen[id] === 1) continue;
    isSeen[id] = 1;
    if (least < 0) least = most = id;
    else if (isTextBefore(bytes, offsets, id, least)) least = id;
    else if (isTextBefore(bytes, offsets, most, id)) most = id;
  }
  return [least, most];
}

function isTextBefore(bytes: Uint8Array, offsets: Int32Array, left: number, right: number): boolean {
  let a = offsets[left] as number;
  let b = offsets[right] as number;
  const endA = offsets[left + 1] as number;
  const endB = offsets[right + 1] as number;
  while (a < endA && b < endB && bytes[a] === bytes[b]) {
    a++;
    b++;
  }
  if (b === endB) return false;
  return a === endA || (bytes[a] as number) < (bytes[b] as number);
}

function plain(leaf: WrittenLeaf, value: number | bigint | boolean): Uint8Array {
  const out = new ByteWriter();
  writePlain(out, leaf, vectorOf(leaf.type, [value]), 0, 1);
  return out.take();
}
