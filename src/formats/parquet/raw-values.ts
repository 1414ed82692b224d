/**
 * The values of a data or dictionary page as its encoding has them, before they become a column: numbers in typed arrays, byte arrays as
 * places in the page.
 */
import type { PhysicalType } from './parquet-metadata.ts';
import { MillraceError } from '../../errors/millrace-error.ts';
import { type ByteRanges, joinStreams, readDeltaLengths, readDeltaTexts, readDeltas } from './delta-decoding.ts';
import {
  BYTE_STREAM_SPLIT,
  DELTA_BINARY_PACKED,
  DELTA_BYTE_ARRAY,
  DELTA_LENGTH_BYTE_ARRAY,
  PLAIN,
  RLE,
} from './parquet-metadata.ts';
import { readHybrid } from './rle-levels.ts';

const JULIAN_DAY_OF_EPOCH = 2_440_588;
const MICROS_PER_DAY = 86_400_000_000n;

export type RawValues =
  | { readonly kind: 'booleans'; readonly values: Uint8Array }
  | { readonly kind: 'ints'; readonly values: Int32Array }
  | { readonly kind: 'longs'; readonly values: BigInt64Array }
  | { readonly kind: 'floats'; readonly values: Float32Array | Float64Array }
  | { readonly kind: 'ranges'; readonly ranges: ByteRanges };

/** A column as far as its pages need it. */
export interface RawLayout {
  readonly physicalType: PhysicalType;
  /** Of FIXED_LEN_BYTE_ARRAY. */
  readonly typeLength: number;
}

/** Reads `count` values from `bytes` at `start`. Throws DATA_CORRUPT, or UNSUPPORTED_FEATURE for an unknown encoding. */
export function readRaw(
  layout: RawLayout,
  encoding: number,
  bytes: Uint8Array,
  start: number,
  count: number,
): RawValues {
  const { physicalType } = layout;
  switch (encoding) {
    case PLAIN:
      return readPlain(layout, bytes, start, count);
    case RLE:
      if (physicalType === 'BOOLEAN') return { kind: 'booleans', values: rleBooleans(bytes, start, count) };
      break;
    case DELTA_BINARY_PACKED: {
      const { values } = readDeltas(bytes, start);
      checkCount(values.length, count);
      if (physicalType === 'INT64') return { kind: 'longs', values };
      if (physicalType === 'INT32')
        return { kind: 'ints', values: Int32Array.from(values, (value) => Number(BigInt.asIntN(32, value))) };
      break;
    }
    case DELTA_LENGTH_BYTE_ARRAY:
    case DELTA_BYTE_ARRAY: {
      if (physicalType !== 'BYTE_ARRAY' && physicalType !== 'FIXED_LEN_BYTE_ARRAY') break;
      const ranges = encoding === DELTA_BYTE_ARRAY ? readDeltaTexts(bytes, start) : readDeltaLengths(bytes, start);
      checkCount(ranges.starts.length, count);
      return { kind: 'ranges', ranges };
    }
    case BYTE_STREAM_SPLIT: {
      const width = WIDTHS[physicalType] ?? layout.typeLength;
      if (width > 0) return readPlain(layout, joinStreams(bytes, start, width, count), 0, count);
      break;
    }
    default:
  }
  throw new MillraceError('UNSUPPORTED_FEATURE', {
    feature: `The Parquet encoding ${encoding} of ${physicalType} columns`,
  });
}

const WIDTHS: Partial<Record<PhysicalType, number>> = { INT32: 4, INT64: 8, FLOAT: 4, DOUBLE: 8 };

function readPlain(
  { physicalType, typeLength }: RawLayout,
  bytes: Uint8Array,
  start: number,
  count: number,
): RawValues {
  const numbers = (width: number): ArrayBuffer => {
    if (count * width > bytes.length - start) throw corrupt('fewer values than announced');
    return bytes.slice(start, start + count * width).buffer as ArrayBuffer;
  };
  switch (physicalType) {
    case 'BOOLEAN':
      return { kind: 'booleans', values: packedBooleans(bytes, start, count) };
    case 'INT32':
      return { kind: 'ints', values: new Int32Array(numbers(4)) };
    case 'INT64':
      return { kind: 'longs', values: new BigInt64Array(numbers(8)) };
    case 'FLOAT':
      return { kind: 'floats', values: new Float32Array(numbers(4)) };
    case 'DOUBLE':
      return { kind: 'floats', values: new Float64Array(numbers(8)) };
    case 'INT96':
      return { kind: 'longs', values: julianTimes(new DataView(numbers(12)), count) };
    case 'BYTE_ARRAY':
      return { kind: 'ranges', ranges: prefixedRanges(bytes, start, count) };
    case 'FIXED_LEN_BYTE_ARRAY':
      return { kind: 'ranges', ranges: fixedRanges(new Uint8Array(numbers(typeLength)), typeLength, count) };
    default:
      return physicalType;
  }
}

/** Nanoseconds of the day and Julian day, as microseconds since the epoch. */
function julianTimes(view: DataView, count: number): BigInt64Array {
  const values = new BigInt64Array(count);
  for (let i = 0; i < count; i++) {
    const days = BigInt(view.getInt32(i * 12 + 8, true) - JULIAN_DAY_OF_EPOCH);
    values[i] = days * MICROS_PER_DAY + view.getBigInt64(i * 12, true) / 1000n;
  }
  return values;
}

function packedBooleans(bytes: Uint8Array, start: number, count: number): Uint8Array {
  if (Math.ceil(count / 8) > bytes.length - start) throw corrupt('fewer values than announced');
  const values = new Uint8Array(count);
  for (let i = 0; i < count; i++) values[i] = ((bytes[start + (i >> 3)] as number) >> (i & 7)) & 1;
  return values;
}

function rleBooleans(bytes: Uint8Array, start: number, count: number): Uint8Array {
  const values = new Uint8Array(count);
  if (bytes.length - start < 4) throw corrupt('fewer values than announced');
  const length = new DataView(bytes.buffer, bytes.byteOffset).getUint32(start, true);
  readHybrid(bytes, start + 4, Math.min(bytes.length, start + 4 + length), 1, values, count);
  return values;
}

function prefixedRanges(bytes: Uint8Array, start: number, count: number): ByteRanges {
  const starts = new Int32Array(count);
  const ends = new Int32Array(count);
  let position = start;
  const limit = bytes.length;
  for (let i = 0; i < count; i++) {
    const length =
      (bytes[position] as number) |
      ((bytes[position + 1] as number) << 8) |
      ((bytes[position + 2] as number) << 16) |
      ((bytes[position + 3] as number) << 24);
    position += 4;
    if (length < 0 || length > limit - position) throw corrupt('a value longer than its page');
    starts[i] = position;
    position += length;
    ends[i] = position;
  }
  return { bytes, starts, ends };
}

function fixedRanges(bytes: Uint8Array, width: number, count: number): ByteRanges {
  return {
    bytes,
    starts: Int32Array.from({ length: count }, (_, i) => i * width),
    ends: Int32Array.from({ length: count }, (_, i) => (i + 1) * width),
  };
}

function checkCount(found: number, wanted: number): void {
  if (found < wanted) throw corrupt(`${found} values where ${wanted} are announced`);
}

function corrupt(reason: string): MillraceError {
  return new MillraceError('DATA_CORRUPT', { what: 'a Parquet page', reason });
}
