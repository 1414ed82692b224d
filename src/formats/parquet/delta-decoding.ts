/**
 * The delta encodings of Parquet, for reading: integers as differences in bit-packed blocks, byte arrays with their lengths or with the
 * part they share with the value before. And BYTE_STREAM_SPLIT, whose values lie in one stream per byte.
 */
import { MillraceError } from '../../errors/millrace-error.ts';

const MAX_VALUES = 1 << 28;

/** Where byte arrays lie: `bytes[starts[i], ends[i])`. */
export interface ByteRanges {
  readonly bytes: Uint8Array;
  readonly starts: Int32Array;
  readonly ends: Int32Array;
}

interface Deltas {
  readonly values: BigInt64Array;
  /** Behind the last byte. */
  readonly end: number;
}

/** Reads all integers of a DELTA_BINARY_PACKED run. */
export function readDeltas(bytes: Uint8Array, start: number): Deltas {
  const cursor = new Cursor(bytes, start);
  const blockSize = cursor.varint();
  const miniBlocks = cursor.varint();
  const count = cursor.varint();
  if (miniBlocks === 0 || blockSize % (miniBlocks * 8) !== 0 || blockSize > 1 << 20 || count > MAX_VALUES)
    throw corrupt('a header of impossible sizes');
  const perMini = blockSize / miniBlocks;
  const values = new BigInt64Array(count);
  let value = cursor.zigzag();
  if (count > 0) values[0] = value;
  let filled = 1;
  while (filled < count) {
    const minDelta = cursor.zigzag();
    const widths = cursor.take(miniBlocks);
    for (const width of widths) {
      if (filled >= count) break;
      const packed = cursor.take((perMini * width) / 8);
      const length = Math.min(perMini, count - filled);
      value = addDeltas({ packed, width, minDelta, length }, values, filled, value);
      filled += length;
    }
  }
  return { values, end: cursor.position };
}

interface MiniBlock {
  readonly packed: Uint8Array;
  readonly width: number;
  readonly minDelta: bigint;
  readonly length: number;
}

function addDeltas(
  { packed, width, minDelta, length }: MiniBlock,
  values: BigInt64Array,
  at: number,
  first: bigint,
): bigint {
  let value = first;
  if (width > 64) throw corrupt(`differences of ${width} bits`);
  for (let i = 0; i < length; i++) {
    let delta = 0n;
    if (width > 0) {
      const bit = i * width;
      if (width <= 24) {
        const byte = bit >> 3;
        const word =
          ((packed[byte] ?? 0) |
            ((packed[byte + 1] ?? 0) << 8) |
            ((packed[byte + 2] ?? 0) << 16) |
            ((packed[byte + 3] ?? 0) << 24)) >>>
          (bit & 7);
        delta = BigInt(word & ((1 << width) - 1));
      } else delta = wideBits(packed, bit, width);
    }
    value = BigInt.asIntN(64, value + minDelta + delta);
    values[at + i] = value;
  }
  return value;
}

function wideBits(bytes: Uint8Array, bit: number, width: number): bigint {
  const first = bit >> 3;
  const last = (bit + width + 7) >> 3;
  let value = 0n;
  for (let i = last - 1; i >= first; i--) value = (value << 8n) | BigInt(bytes[i] ?? 0);
  return (value >> BigInt(bit & 7)) & ((1n << BigInt(width)) - 1n);
}

/** DELTA_LENGTH_BYTE_ARRAY: all lengths, then all bytes. */
export function readDeltaLengths(bytes: Uint8Array, start: number): ByteRanges {
  const { values: lengths, end } = readDeltas(bytes, start);
  const starts = new Int32Array(lengths.length);
  const ends = new Int32Array(lengths.length);
  let position = end;
  for (let i = 0; i < lengths.length; i++) {
    starts[i] = position;
    position += Number(lengths[i]);
    if (position > bytes.length || position < (starts[i] as number)) throw corrupt('a text longer than its page');
    ends[i] = position;
  }
  return { bytes, starts, ends };
}

/** DELTA_BYTE_ARRAY: lengths of the shared beginnings, then the rests as above. */
export function readDeltaTexts(bytes: Uint8Array, start: number): ByteRanges {
  const { values: prefixes, end } = readDeltas(bytes, start);
  const suffixes = readDeltaLengths(bytes, end);
  const count = prefixes.length;
  if (suffixes.starts.length !== count) throw corrupt('beginnings and rests that do not match');
  let total = 0;
  for (let i = 0; i < count; i++)
    total += Number(prefixes[i]) + (suffixes.ends[i] as number) - (suffixes.starts[i] as number);
  if (!(total <= 1 << 30)) throw corrupt(`texts of ${total} bytes`);
  const joined = new Uint8Array(total);
  const starts = new Int32Array(count);
  const ends = new Int32Array(count);
  let position = 0;
  for (let i = 0; i < count; i++) {
    const shared = Number(prefixes[i]);
    const before = i === 0 ? 0 : (starts[i - 1] as number);
    if (shared < 0 || shared > position - before) throw corrupt('a beginning longer than the text before');
    starts[i] = position;
    joined.copyWithin(position, before, before + shared);
    position += shared;
    joined.set(suffixes.bytes.subarray(suffixes.starts[i], suffixes.ends[i]), position);
    position += (suffixes.ends[i] as number) - (suffixes.starts[i] as number);
    ends[i] = position;
  }
  return { bytes: joined, starts, ends };
}

/** BYTE_STREAM_SPLIT: the values of `width` bytes, one after the other. */
export function joinStreams(bytes: Uint8Array, start: number, width: number, count: number): Uint8Array {
  if (width * count > bytes.length - start) throw corrupt('fewer values than announced');
  const joined = new Uint8Array(width * count);
  for (let byte = 0; byte < width; byte++) {
    const from = start + byte * count;
    for (let i = 0; i < count; i++) joined[i * width + byte] = bytes[from + i] as number;
  }
  return joined;
}

class Cursor {
  position: number;
  readonly #bytes: Uint8Array;

  constructor(bytes: Uint8Array, position: number) {
    this.#bytes = bytes;
    this.position = position;
  }

  varint(): number {
    return Number(this.#unsigned());
  }

  zigzag(): bigint {
    const value = this.#unsigned();
    return BigInt.asIntN(64, (value >> 1n) ^ -(value & 1n));
  }

  take(length: number): Uint8Array {
    const start = this.position;
    if (length > this.#bytes.length - start) throw corrupt('a page that ends too early');
    this.position = start + length;
    return this.#bytes.subarray(start, this.position);
  }

  #unsigned(): bigint {
    let value = 0n;
    for (let shift = 0n; shift < 70n; shift += 7n) {
      const byte = this.#bytes[this.position++];
      if (byte === undefined) throw corrupt('a page that ends too early');
      value |= BigInt(byte & 0x7f) << shift;
      if (byte < 0x80) return value;
    }
    throw corrupt('an integer of more than ten bytes');
  }
}

function corrupt(reason: string): MillraceError {
  return new MillraceError('DATA_CORRUPT', { what: 'delta-encoded values', reason });
}
