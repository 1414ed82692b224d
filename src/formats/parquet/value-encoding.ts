/**
 * The values of a column in Parquet's plain encoding, and as indexes into a dictionary where few values repeat. What is null is left out: the
 * levels say where.
 */
import type { DataType, DecimalType } from '../../types/data-type.ts';
import type { Vector } from '../../types/vector.ts';
import type { ByteWriter } from '../byte-writer.ts';
import type { PhysicalType } from './parquet-metadata.ts';
import type { StringDictionary } from '../../types/string-dictionary.ts';
import { LONG } from '../../types/data-type.ts';
import { unreachable } from '../../errors/assert.ts';
import { decimalBytes } from '../decimal-bytes.ts';

const MICROS_PER_DAY = 86_400_000_000n;
const JULIAN_DAY_OF_EPOCH = 2_440_588n;

/** How timestamps are kept. */
export type TimestampKind = 'TIMESTAMP_MICROS' | 'TIMESTAMP_MILLIS' | 'INT96';

/** How a Spark type is kept in a leaf. */
export interface LeafStorage {
  readonly type: DataType;
  readonly physicalType: PhysicalType;
  /** Of FIXED_LEN_BYTE_ARRAY. */
  readonly typeLength: number;
  readonly timestamps: TimestampKind;
}

/** Appends the values of rows `start` to before `end` that are not null. */
export function writePlain(out: ByteWriter, storage: LeafStorage, vector: Vector, start: number, end: number): void {
  const { validity } = vector;
  switch (storage.physicalType) {
    case 'BOOLEAN':
      if (vector.layout === 'boolean') writeBooleans(out, vector.values, validity, start, end);
      return;
    case 'INT32':
      writeInts(out, vector, start, end);
      return;
    case 'INT64':
      if (vector.layout === 'long') writeLongs(out, storage, vector, start, end);
      return;
    case 'INT96':
      if (vector.layout === 'long') writeJulianTimes(out, vector, start, end);
      return;
    case 'FLOAT':
    case 'DOUBLE':
      if (vector.layout === 'double') writeFloats(out, storage.physicalType === 'FLOAT', vector, start, end);
      return;
    case 'BYTE_ARRAY':
      writeTexts(out, vector, start, end);
      return;
    case 'FIXED_LEN_BYTE_ARRAY':
      writeDecimals(out, storage, vector, start, end);
      return;
    default:
      unreachable(storage.physicalType);
  }
}

function writeBooleans(
  out: ByteWriter,
  values: Uint8Array,
  validity: Uint8Array | undefined,
  start: number,
  end: number,
): void {
  let byte = 0;
  let bits = 0;
  for (let row = start; row < end; row++) {
    if (validity !== undefined && validity[row] === 0) continue;
    byte |= (values[row] as number) << bits;
    if (++bits < 8) continue;
    out.byte(byte);
    byte = 0;
    bits = 0;
  }
  if (bits > 0) out.byte(byte);
}

function writeInts(out: ByteWriter, vector: Vector, start: number, end: number): void {
  const { validity } = vector;
  if (vector.layout === 'int' && validity === undefined) {
    const { values } = vector;
    out.append(new Uint8Array(values.buffer, values.byteOffset + start * 4, (end - start) * 4));
    return;
  }
  out.reserve((end - start) * 4);
  for (let row = start; row < end; row++) {
    if (validity !== undefined && validity[row] === 0) continue;
    // Decimals of few digits are kept in 32 bits.
    const value =
      vector.layout === 'int' ? vector.values[row] : vector.layout === 'long' ? Number(vector.values[row]) : 0;
    writeWord(out, value ?? 0);
  }
}

/** There must be room for it. */
function writeWord(out: ByteWriter, value: number): void {
  const { bytes, length } = out;
  bytes[length] = value;
  bytes[length + 1] = value >> 8;
  bytes[length + 2] = value >> 16;
  bytes[length + 3] = value >> 24;
  out.length = length + 4;
}

type LongVector = Vector & { readonly layout: 'long' };

function writeLongs(
  out: ByteWriter,
  { type, timestamps }: LeafStorage,
  vector: LongVector,
  start: number,
  end: number,
): void {
  const { values, validity } = vector;
  const isMillis = type.kind === 'timestamp' && timestamps === 'TIMESTAMP_MILLIS';
  // Times of day are nanoseconds here and microseconds in the file.
  if (isMillis || type.kind === 'time') {
    const scaled = BigInt64Array.from(values.subarray(start, end), floorThousandth);
    writeLongs(
      out,
      { type: LONG, timestamps: 'TIMESTAMP_MICROS', physicalType: 'INT64', typeLength: 0 },
      { ...vector, values: scaled, validity: validity?.subarray(start, end), length: end - start },
      0,
      end - start,
    );
    return;
  }
  if (validity === undefined) {
    out.append(new Uint8Array(values.buffer, values.byteOffset + start * 8, (end - start) * 8));
    return;
  }
  out.reserve((end - start) * 8);
  const words = new Int32Array(values.buffer, values.byteOffset, values.length * 2);
  for (let row = start; row < end; row++) {
    if (validity[row] === 0) continue;
    writeWord(out, words[2 * row] as number);
    writeWord(out, words[2 * row + 1] as number);
  }
}

function floorThousandth(value: bigint): bigint {
  const rest = value % 1000n;
  return (value - (rest < 0n ? rest + 1000n : rest)) / 1000n;
}

function writeJulianTimes(out: ByteWriter, { values, validity }: LongVector, start: number, end: number): void {
  out.reserve((end - start) * 12);
  for (let row = start; row < end; row++) {
    if (validity !== undefined && validity[row] === 0) continue;
    const micros = values[row] as bigint;
    const rest = micros % MICROS_PER_DAY;
    const ofDay = rest < 0n ? rest + MICROS_PER_DAY : rest;
    const nanos = ofDay * 1000n;
    writeWord(out, Number(BigInt.asIntN(32, nanos)));
    writeWord(out, Number(BigInt.asIntN(32, nanos >> 32n)));
    writeWord(out, Number((micros - ofDay) / MICROS_PER_DAY + JULIAN_DAY_OF_EPOCH));
  }
}

function writeFloats(
  out: ByteWriter,
  isSingle: boolean,
  { values, validity }: Vector & { readonly layout: 'double' },
  start: number,
  end: number,
): void {
  if (!isSingle && validity === undefined) {
    out.append(new Uint8Array(values.buffer, values.byteOffset + start * 8, (end - start) * 8));
    return;
  }
  const kept =
    validity === undefined
      ? values.subarray(start, end)
      : values.subarray(start, end).filter((_, i) => validity[start + i] !== 0);
  const numbers = isSingle ? Float32Array.from(kept) : kept;
  out.append(new Uint8Array(numbers.buffer, numbers.byteOffset, numbers.byteLength));
}

function writeTexts(out: ByteWriter, vector: Vector, start: number, end: number): void {
  const { validity } = vector;
  if (vector.layout === 'string') {
    writeInterned(out, vector, start, end);
    return;
  }
  if (vector.layout !== 'object') return;
  for (let row = start; row < end; row++)
    if (validity === undefined || validity[row] !== 0) writeBytes(out, vector.values[row] as Uint8Array);
}

/** Texts of a dictionary: its bytes lie side by side, so no view per text is made. */
function writeInterned(
  out: ByteWriter,
  { dictionary, ids, validity }: Vector & { readonly layout: 'string' },
  start: number,
  end: number,
): void {
  const { offsets, bytes: arena } = dictionary.contents();
  let size = 0;
  for (let row = start; row < end; row++) {
    if (validity !== undefined && validity[row] === 0) continue;
    const id = ids[row] as number;
    size += (offsets[id + 1] as number) - (offsets[id] as number) + 4;
  }
  out.reserve(size);
  const { bytes } = out;
  let at = out.length;
  for (let row = start; row < end; row++) {
    if (validity !== undefined && validity[row] === 0) continue;
    const id = ids[row] as number;
    const from = offsets[id] as number;
    const to = offsets[id + 1] as number;
    const length = to - from;
    bytes[at] = length;
    bytes[at + 1] = length >> 8;
    bytes[at + 2] = length >> 16;
    bytes[at + 3] = length >> 24;
    at += 4;
    if (length < 32) for (let i = 0; i < length; i++) bytes[at + i] = arena[from + i] as number;
    else bytes.set(arena.subarray(from, to), at);
    at += length;
  }
  out.length = at;
}

/** One text with its length before it. */
export function writeText(out: ByteWriter, dictionary: StringDictionary, id: number): void {
  const length = dictionary.byteLength(id);
  out.reserve(length + 4);
  writeWord(out, length);
  out.append(dictionary.bytes(id));
}

function writeBytes(out: ByteWriter, value: Uint8Array): void {
  out.reserve(value.length + 4);
  writeWord(out, value.length);
  out.append(value);
}

function writeDecimals(out: ByteWriter, { typeLength }: LeafStorage, vector: Vector, start: number, end: number): void {
  if (vector.layout !== 'object' && vector.layout !== 'long') return;
  const { validity, values } = vector;
  out.reserve((end - start) * typeLength);
  for (let row = start; row < end; row++) {
    if (validity !== undefined && validity[row] === 0) continue;
    let rest = values[row] as bigint;
    for (let i = typeLength - 1; i >= 0; i--) {
      out.bytes[out.length + i] = Number(BigInt.asUintN(8, rest));
      rest >>= 8n;
    }
    out.length += typeLength;
  }
}

/** How decimals are kept, as Spark does. */
export function decimalStorage({ precision }: DecimalType): {
  readonly physicalType: PhysicalType;
  readonly typeLength: number;
} {
  if (precision <= 9) return { physicalType: 'INT32', typeLength: 0 };
  if (precision <= 18) return { physicalType: 'INT64', typeLength: 0 };
  return { physicalType: 'FIXED_LEN_BYTE_ARRAY', typeLength: decimalBytes(precision) };
}
