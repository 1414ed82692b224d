/**
 * From the values of a Parquet leaf to a column of the type wanted: which pairs there are (Spark's, with its widenings) and the loops.
 */
import type { DataType } from '../../types/data-type.ts';
import type { ColumnBuffer } from '../column-buffer.ts';
import type { ByteRanges } from './delta-decoding.ts';
import type { RawValues } from './raw-values.ts';
import type { SchemaNode } from './schema-tree.ts';
import { isAscii } from 'node:buffer';
import { isValidUtf8, utf8Text } from '../utf8.ts';

const MICROS_PER_DAY = 86_400_000_000n;

/** Puts `count` values from place `from` on into the column from row `at` on. */
export type LeafConversion = (raw: RawValues, from: number, count: number, column: ColumnBuffer, at: number) => void;

/** The conversion of a leaf to `type`; undefined when Spark has none. */
export function leafConversion(node: SchemaNode, type: DataType): LeafConversion | undefined {
  const { physicalType } = node.element;
  switch (physicalType) {
    case 'BOOLEAN':
      return type.kind === 'boolean' ? copyBooleans : undefined;
    case 'FLOAT':
      return type.kind === 'float' || type.kind === 'double' ? copyDoubles : undefined;
    case 'DOUBLE':
      return type.kind === 'double' ? copyDoubles : undefined;
    case 'INT96':
      return type.kind === 'timestamp' || type.kind === 'timestamp_ntz' ? copyLongs : undefined;
    case 'INT32':
      return fromInts(node, type);
    case 'INT64':
      return fromLongs(node, type);
    default:
      return fromBytes(node, type);
  }
}

function fromInts({ element }: SchemaNode, type: DataType): LeafConversion | undefined {
  const { logicalType } = element;
  if (logicalType?.kind === 'decimal') return toDecimal(logicalType, type);
  const isDate = logicalType?.kind === 'date';
  const isUnsigned = logicalType?.kind === 'integer' && !logicalType.isSigned;
  switch (type.kind) {
    case 'byte':
      return isDate ? undefined : intsShiftedBy(24);
    case 'short':
      return isDate ? undefined : intsShiftedBy(16);
    case 'integer':
    case 'date':
      return copyInts;
    case 'long':
      return isDate ? undefined : isUnsigned && logicalType.bits === 32 ? unsignedToLongs : intsToLongs;
    case 'double':
      return isDate ? undefined : intsToDoubles;
    case 'decimal':
      return isDate || type.precision - type.scale < 10 ? undefined : toDecimal({ precision: 10, scale: 0 }, type);
    case 'timestamp_ntz':
      return isDate ? daysToMicros : undefined;
    default:
      return undefined;
  }
}

function fromLongs({ element }: SchemaNode, type: DataType): LeafConversion | undefined {
  const { logicalType } = element;
  switch (logicalType?.kind) {
    case 'decimal':
      return toDecimal(logicalType, type);
    case 'timestamp':
      if (type.kind !== 'timestamp' && type.kind !== 'timestamp_ntz') return undefined;
      return logicalType.unit === 'micros' ? copyLongs : logicalType.unit === 'millis' ? thousandFold : nanosToMicros;
    case 'time':
      return type.kind === 'time' && logicalType.unit === 'micros' ? thousandFold : undefined;
    case 'integer':
      if (!logicalType.isSigned) return type.kind === 'decimal' && type.scale === 0 ? unsignedToDecimal : undefined;
      break;
    default:
  }
  if (type.kind === 'long') return copyLongs;
  return type.kind === 'decimal' && type.precision - type.scale >= 20
    ? toDecimal({ precision: 20, scale: 0 }, type)
    : undefined;
}

function fromBytes({ element }: SchemaNode, type: DataType): LeafConversion | undefined {
  const { logicalType } = element;
  if (logicalType?.kind === 'decimal') return toDecimal(logicalType, type);
  if (type.kind === 'binary') return copyBytes;
  return type.kind === 'string' ? internTexts : undefined;
}

/** Decimals may get more digits on both sides of the point, not fewer. */
function toDecimal(
  from: { readonly precision: number; readonly scale: number },
  type: DataType,
): LeafConversion | undefined {
  if (type.kind !== 'decimal' || type.scale < from.scale || type.precision - type.scale < from.precision - from.scale)
    return undefined;
  const factor = 10n ** BigInt(type.scale - from.scale);
  return (raw, start, count, column, at) => {
    for (let i = 0; i < count; i++) {
      const value = unscaledAt(raw, start + i) * factor;
      if (column.layout === 'long') column.longs[at + i] = value;
      else column.objects[at + i] = value;
    }
  };
}

function unscaledAt(raw: RawValues, index: number): bigint {
  switch (raw.kind) {
    case 'ints':
      return BigInt(raw.values[index] as number);
    case 'longs':
      return raw.values[index] as bigint;
    case 'ranges':
      return bigEndian(raw.ranges, index);
    default:
      return 0n;
  }
}

/** A number in two's complement, highest byte first. */
function bigEndian({ bytes, starts, ends }: ByteRanges, index: number): bigint {
  const start = starts[index] as number;
  const end = ends[index] as number;
  let value = 0n;
  for (let i = start; i < end; i++) value = (value << 8n) | BigInt(bytes[i] as number);
  return BigInt.asIntN((end - start) * 8, value);
}

const copyBooleans: LeafConversion = (raw, from, count, column, at) => {
  if (raw.kind === 'booleans') column.booleans.set(raw.values.subarray(from, from + count), at);
};

const copyDoubles: LeafConversion = (raw, from, count, column, at) => {
  if (raw.kind === 'floats') column.doubles.set(raw.values.subarray(from, from + count), at);
};

const copyInts: LeafConversion = (raw, from, count, column, at) => {
  if (raw.kind === 'ints') column.ints.set(raw.values.subarray(from, from + count), at);
};

const copyLongs: LeafConversion = (raw, from, count, column, at) => {
  if (raw.kind === 'longs') column.longs.set(raw.values.subarray(from, from + count), at);
};

/** Keeps the lowest bits, as Spark's narrow types do. */
function intsShiftedBy(bits: number): LeafConversion {
  return (raw, from, count, column, at) => {
    if (raw.kind !== 'ints') return;
    for (let i = 0; i < count; i++) column.ints[at + i] = ((raw.values[from + i] as number) << bits) >> bits;
  };
}

const intsToDoubles: LeafConversion = (raw, from, count, column, at) => {
  if (raw.kind === 'ints') column.doubles.set(raw.values.subarray(from, from + count), at);
};

const intsToLongs: LeafConversion = (raw, from, count, column, at) => {
  if (raw.kind !== 'ints') return;
  const { longWords } = column;
  for (let i = 0; i < count; i++) {
    const value = raw.values[from + i] as number;
    longWords[2 * (at + i)] = value;
    longWords[2 * (at + i) + 1] = value >> 31;
  }
};

const unsignedToLongs: LeafConversion = (raw, from, count, column, at) => {
  if (raw.kind !== 'ints') return;
  const { longWords } = column;
  for (let i = 0; i < count; i++) {
    longWords[2 * (at + i)] = raw.values[from + i] as number;
    longWords[2 * (at + i) + 1] = 0;
  }
};

const daysToMicros: LeafConversion = (raw, from, count, column, at) => {
  if (raw.kind !== 'ints') return;
  for (let i = 0; i < count; i++) column.longs[at + i] = BigInt(raw.values[from + i] as number) * MICROS_PER_DAY;
};

/** Milliseconds to microseconds, microseconds to nanoseconds. */
const thousandFold: LeafConversion = (raw, from, count, column, at) => {
  if (raw.kind !== 'longs') return;
  for (let i = 0; i < count; i++) column.longs[at + i] = (raw.values[from + i] as bigint) * 1000n;
};

/** Towards the past, so that the order stays. */
const nanosToMicros: LeafConversion = (raw, from, count, column, at) => {
  if (raw.kind !== 'longs') return;
  for (let i = 0; i < count; i++) {
    const nanos = raw.values[from + i] as bigint;
    const rest = nanos % 1000n;
    column.longs[at + i] = (nanos - (rest < 0n ? rest + 1000n : rest)) / 1000n;
  }
};

const unsignedToDecimal: LeafConversion = (raw, from, count, column, at) => {
  if (raw.kind !== 'longs') return;
  for (let i = 0; i < count; i++) column.objects[at + i] = BigInt.asUintN(64, raw.values[from + i] as bigint);
};

const copyBytes: LeafConversion = (raw, from, count, column, at) => {
  if (raw.kind !== 'ranges') return;
  const { bytes, starts, ends } = raw.ranges;
  for (let i = 0; i < count; i++) column.objects[at + i] = bytes.slice(starts[from + i], ends[from + i]);
};

/** Invalid UTF-8 becomes U+FFFD, as everywhere in strings. */
const internTexts: LeafConversion = (raw, from, count, column, at) => {
  if (raw.kind !== 'ranges' || count === 0) return;
  const { bytes, starts, ends } = raw.ranges;
  const { dictionary, ints } = column;
  const span = bytes.subarray(starts[from], ends[from + count - 1]);
  const isPlain = isAscii(span);
  for (let i = 0; i < count; i++) {
    const start = starts[from + i] as number;
    const end = ends[from + i] as number;
    ints[at + i] =
      isPlain || isValidUtf8(bytes, start, end)
        ? dictionary.internBytes(bytes, start, end)
        : dictionary.intern(utf8Text(bytes, start, end));
  }
};
