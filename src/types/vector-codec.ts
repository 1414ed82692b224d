/**
 * Batches as bytes: what checkpoints, state files and the exchange between workers carry. Little-endian, compact, no checksum (the
 * envelope around it has one); decoding checks every length and id against the bytes that are there.
 *
 *   batch    = "MRB" version:u8  numRows:u32  numColumns:u32  column*
 *   column   = layout:u8  flags:u8  [validity bits]  payload          flags bit 0: validity follows; always so for struct and void
 *   boolean  = bits     int = i32*     double = f64*     long = i64*
 *   string   = numTexts:u32  length:u32*  UTF-8 bytes  idWidth:u8  id*  only the texts this column uses
 *   struct   = column of numRows per field
 *   binary   = length:u32*  bytes       decimal above 18 digits = 16 bytes two's complement each
 *   calendar_interval = column of months  column of days  column of microseconds
 *   array    = length:u32*  column of all elements        map = length:u32*  column of all keys  column of all values
 */
import { isUtf8 } from 'node:buffer';
import type { ColumnBatch } from './column-batch.ts';
import type { DataType, StructType } from './data-type.ts';
import type { ObjectVector, StringVector, Value, Vector } from './vector.ts';
import { assert, present, unreachable } from '../errors/assert.ts';
import { INTEGER, LONG } from './data-type.ts';
import { ByteReader, ByteWriter } from './byte-cursor.ts';
import { ScratchArrays, freshArrays } from './scratch-arrays.ts';
import { StringDictionary } from './string-dictionary.ts';
import { createBuilder } from './vector-builder.ts';
import { layoutOf, valueAt } from './vector.ts';

const MAGIC = 0x42_52_4d;
const VERSION = 1;
/** Of one column of strings at a time. */
const scratch = new ScratchArrays();
const LAYOUTS = ['boolean', 'int', 'double', 'long', 'string', 'struct', 'object'] as const;

/** The bytes of a batch; decodeBatch with the same schema gives it back. */
export function encodeBatch(batch: ColumnBatch): Uint8Array {
  const writer = new ByteWriter();
  writeBatch(writer, batch);
  return writer.finish();
}

/** Writes the bytes of a batch, as `encodeBatch` gives them. */
export function writeBatch(writer: ByteWriter, batch: ColumnBatch): void {
  writer.writeUint32(MAGIC | (VERSION << 24));
  writer.writeUint32(batch.numRows);
  writer.writeUint32(batch.columns.length);
  for (const column of batch.columns) writeColumn(writer, column);
}

/** The batch of some bytes, in arrays of `make`; throws DATA_CORRUPT when they are damaged or were written with other column types. */
export function decodeBatch(bytes: Uint8Array, schema: StructType, make = freshArrays): ColumnBatch {
  const reader = new ByteReader(bytes, 'a column batch', make);
  const head = reader.readUint32();
  if ((head & 0xffffff) !== MAGIC) reader.fail('no batch starts here');
  if (head >>> 24 !== VERSION) reader.fail(`version ${VERSION} expected, found ${head >>> 24}`);
  const numRows = reader.readUint32();
  const numColumns = reader.readUint32();
  if (numColumns !== schema.fields.length) reader.fail(`${schema.fields.length} columns expected, found ${numColumns}`);
  const columns = schema.fields.map((field) => readColumn(reader, field.dataType, numRows));
  if (reader.remaining > 0) reader.fail(`${reader.remaining} bytes follow the last column`);
  return { schema, numRows, columns };
}

function writeColumn(writer: ByteWriter, vector: Vector): void {
  const { length } = vector;
  const validity = vector.validity ?? (needsValidity(vector.type) ? new Uint8Array(length).fill(1) : undefined);
  writer.writeUint8(LAYOUTS.indexOf(vector.layout));
  writer.writeUint8(validity === undefined ? 0 : 1);
  if (validity !== undefined) writer.writeBits(validity, length);
  switch (vector.layout) {
    case 'boolean':
      return writer.writeBits(vector.values, length);
    case 'int':
    case 'double':
    case 'long':
      return writer.writeArray(vector.values, length);
    case 'string':
      return writeStrings(writer, vector);
    case 'struct':
      return vector.children.forEach((child) => writeColumn(writer, child));
    case 'object':
      return writeObjects(writer, vector);
    default:
      return unreachable(vector);
  }
}

/** Columns without payload say their length by their validity, so that a length always costs bytes. */
function needsValidity(type: DataType): boolean {
  return type.kind === 'struct' || type.kind === 'void';
}

function readColumn(reader: ByteReader, type: DataType, length: number): Vector {
  const layout = layoutOf(type);
  const found = LAYOUTS[reader.readUint8()];
  if (found !== layout) reader.fail(`a column of layout ${layout} expected, found ${found ?? 'none'}`);
  const flags = reader.readUint8();
  if (flags > 1 || (flags === 0 && needsValidity(type))) reader.fail(`unknown flags ${flags}`);
  if (length > reader.remaining * 8) reader.fail(`${length} rows do not fit into ${reader.remaining} bytes`);
  const bits = flags === 1 ? reader.readBits(length) : undefined;
  const validity = bits?.includes(0) === true ? bits : undefined;
  switch (layout) {
    case 'boolean':
      return { layout, type, length, validity, values: reader.readBits(length) };
    case 'int':
      return { layout, type, length, validity, values: reader.readInts(length) };
    case 'double':
      return { layout, type, length, validity, values: reader.readDoubles(length) };
    case 'long':
      return { layout, type, length, validity, values: reader.readLongs(length) };
    case 'string':
      return { layout, type, length, validity, ...readStrings(reader, length) };
    case 'struct': {
      assert(type.kind === 'struct', 'a struct layout has a struct type');
      const children = type.fields.map((field) => readColumn(reader, field.dataType, length));
      return { layout, type, length, validity, children };
    }
    case 'object':
      return { layout, type, length, validity, values: readObjects(reader, type, length, validity) };
    default:
      return unreachable(layout);
  }
}

function writeStrings(writer: ByteWriter, vector: StringVector): void {
  const { dictionary, length } = vector;
  const used = scratch.ints(Math.min(length, dictionary.size));
  const localIds = scratch.ints(length);
  const numUsed = dictionary.size > length * 8 ? sparseIds(vector, used, localIds) : denseIds(vector, used, localIds);
  writer.writeUint32(numUsed);
  writer.writeTexts(dictionary, used.subarray(0, numUsed));
  const width = numUsed <= 0x100 ? 1 : numUsed <= 0x10000 ? 2 : 4;
  writer.writeUint8(width);
  writer.writeNumbers(localIds, length, width);
  scratch.clear();
}

/** Numbers the texts a column uses in the order of their rows: `used` gets their ids, `localIds` the number of each row's, 0 for nulls. */
function denseIds({ ids, validity, length, dictionary }: StringVector, used: Int32Array, localIds: Int32Array): number {
  const known = scratch.ints(dictionary.size).fill(-1);
  let numUsed = 0;
  for (let i = 0; i < length; i++) {
    localIds[i] = 0;
    if (validity !== undefined && validity[i] === 0) continue;
    const id = ids[i] as number;
    const local = known[id] as number;
    if (local >= 0) localIds[i] = local;
    else {
      used[numUsed] = id;
      known[id] = numUsed;
      localIds[i] = numUsed++;
    }
  }
  return numUsed;
}

/** As `denseIds`, for few rows of a large dictionary. */
function sparseIds({ ids, validity, length }: StringVector, used: Int32Array, localIds: Int32Array): number {
  const known = new Map<number, number>();
  for (let i = 0; i < length; i++) {
    localIds[i] = 0;
    if (validity !== undefined && validity[i] === 0) continue;
    const id = ids[i] as number;
    const local = known.get(id) ?? known.size;
    if (local === known.size) {
      used[local] = id;
      known.set(id, local);
    }
    localIds[i] = local;
  }
  return known.size;
}

function readStrings(reader: ByteReader, length: number): { ids: Int32Array; dictionary: StringDictionary } {
  const numTexts = reader.readUint32();
  const sizes = reader.readUint32s(numTexts);
  const bytes = reader.readBytes(sizes.reduce((sum, size) => sum + size, 0));
  if (!isUtf8(bytes)) reader.fail('a string is not UTF-8');
  const dictionary = new StringDictionary();
  const dictionaryIds = new Int32Array(numTexts);
  let at = 0;
  for (let i = 0; i < numTexts; i++) {
    const end = at + (sizes[i] as number);
    if (end > at && ((bytes[at] as number) & 0xc0) === 0x80) reader.fail('a string starts inside a character');
    dictionaryIds[i] = dictionary.internBytes(bytes, at, end);
    at = end;
  }
  if (numTexts === 0) dictionary.intern('');
  return { ids: readIds(reader, length, dictionaryIds), dictionary };
}

function readIds(reader: ByteReader, length: number, dictionaryIds: Int32Array): Int32Array {
  const width = reader.readUint8();
  if (width !== 1 && width !== 2 && width !== 4) reader.fail(`unknown width ${width} of string ids`);
  const bytes = reader.readBytes(length * width);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const ids = new Int32Array(length);
  const limit = Math.max(dictionaryIds.length, 1);
  for (let i = 0; i < length; i++) {
    const id =
      width === 1 ? (bytes[i] as number) : width === 2 ? view.getUint16(i * 2, true) : view.getUint32(i * 4, true);
    if (id >= limit) reader.fail(`string id ${id} of ${limit} texts`);
    ids[i] = dictionaryIds[id] ?? 0;
  }
  return ids;
}

type Items = readonly (Value | null)[];

function writeObjects(writer: ByteWriter, vector: ObjectVector): void {
  const { type } = vector;
  const values = vector.values.length === vector.length ? vector.values : vector.values.slice(0, vector.length);
  if (type.kind === 'binary') {
    writeLengths(writer, values);
    for (const value of values) if (value !== null) writer.writeBytes(value as Uint8Array);
  } else if (type.kind === 'decimal') {
    for (const value of values) writeWide(writer, (value ?? 0n) as bigint);
  } else if (type.kind === 'array') {
    writeLengths(writer, values);
    writeItems(writer, type.elementType, values, (item) => item);
  } else if (type.kind === 'map') {
    writeLengths(writer, values);
    writeItems(writer, type.keyType, values, (entry) => (entry as Items)[0] ?? null);
    writeItems(writer, type.valueType, values, (entry) => (entry as Items)[1] ?? null);
  } else if (type.kind === 'calendar_interval') {
    for (const part of CALENDAR_PARTS) {
      const builder = createBuilder(part.type);
      for (const value of values) builder.append(value === null ? null : ((value as Items)[part.index] ?? null));
      writeColumn(writer, builder.build());
    }
  } else
    assert(type.kind === 'void', 'only binary, decimal, calendar_interval, array, map and void have the layout object');
}

function readObjects(
  reader: ByteReader,
  type: DataType,
  length: number,
  validity: Uint8Array | undefined,
): readonly (Value | null)[] {
  const isNull = (row: number): boolean => validity !== undefined && validity[row] === 0;
  if (type.kind === 'void') return Array.from({ length }, () => null);
  if (type.kind === 'decimal') {
    const words = reader.readLongs(length * 2);
    return Array.from({ length }, (_, i) => (isNull(i) ? null : wide(words[i * 2], words[i * 2 + 1])));
  }
  if (type.kind === 'calendar_interval') {
    const parts = CALENDAR_PARTS.map((part) => readColumn(reader, part.type, length));
    return Array.from({ length }, (_, row) => (isNull(row) ? null : parts.map((part) => valueAt(part, row))));
  }
  const lengths = reader.readUint32s(length);
  const total = lengths.reduce((sum, size) => sum + size, 0);
  let cut: (start: number, end: number) => Value;
  if (type.kind === 'binary') {
    const bytes = reader.readBytes(total);
    cut = (start, end) => bytes.slice(start, end);
  } else if (type.kind === 'array') {
    const items = readColumn(reader, type.elementType, total);
    cut = (start, end) => Array.from({ length: end - start }, (_, i) => valueAt(items, start + i));
  } else {
    assert(type.kind === 'map', 'only binary, decimal, calendar_interval, array, map and void have the layout object');
    const keys = readColumn(reader, type.keyType, total);
    const items = readColumn(reader, type.valueType, total);
    cut = (start, end) =>
      Array.from({ length: end - start }, (_, i) => [valueAt(keys, start + i), valueAt(items, start + i)]);
  }
  let at = 0;
  return Array.from({ length }, (_, row) => {
    const start = at;
    at += lengths[row] as number;
    return isNull(row) ? null : cut(start, at);
  });
}

/** A calendar interval is kept as months, days and microseconds, as columns. */
const CALENDAR_PARTS = [0, 1, 2].map((index) => ({ index, type: index === 2 ? LONG : INTEGER }));

function writeLengths(writer: ByteWriter, values: Items): void {
  for (const value of values) writer.writeUint32(value === null ? 0 : (value as Uint8Array | Items).length);
}

function writeItems(
  writer: ByteWriter,
  type: DataType,
  values: Items,
  pick: (item: Value | null) => Value | null,
): void {
  const builder = createBuilder(type);
  for (const value of values) if (value !== null) for (const item of value as Items) builder.append(pick(item));
  writeColumn(writer, builder.build());
}

function writeWide(writer: ByteWriter, value: bigint): void {
  writer.writeArray(BigInt64Array.of(BigInt.asIntN(64, value), BigInt.asIntN(64, value >> 64n)), 2);
}

function wide(low: bigint | undefined, high: bigint | undefined): bigint {
  return (present(high, 'a wide decimal has two words') << 64n) | BigInt.asUintN(64, present(low, 'two words'));
}
