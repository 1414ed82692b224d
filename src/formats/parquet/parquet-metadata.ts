/**
 * Parquet's footer as data: what of FileMetaData, its row groups and column chunks a reader and a writer use, read from and written to
 * Thrift. Numbers of types, codecs and encodings are those of parquet.thrift.
 */
import type { ThriftRecord } from './thrift-reader.ts';
import { MillraceError } from '../../errors/millrace-error.ts';

export const PHYSICAL_TYPES = [
  'BOOLEAN',
  'INT32',
  'INT64',
  'INT96',
  'FLOAT',
  'DOUBLE',
  'BYTE_ARRAY',
  'FIXED_LEN_BYTE_ARRAY',
] as const;
export type PhysicalType = (typeof PHYSICAL_TYPES)[number];

const REPETITIONS = ['required', 'optional', 'repeated'] as const;
export type Repetition = (typeof REPETITIONS)[number];

export const CODECS = ['UNCOMPRESSED', 'SNAPPY', 'GZIP', 'LZO', 'BROTLI', 'LZ4', 'ZSTD', 'LZ4_RAW'] as const;
export type ParquetCodec = (typeof CODECS)[number];

/** Numbers of encodings; 4, BIT_PACKED, is deprecated and not read. */
export const PLAIN = 0;
export const PLAIN_DICTIONARY = 2;
export const RLE = 3;
export const DELTA_BINARY_PACKED = 5;
export const DELTA_LENGTH_BYTE_ARRAY = 6;
export const DELTA_BYTE_ARRAY = 7;
export const RLE_DICTIONARY = 8;
export const BYTE_STREAM_SPLIT = 9;

export type TimeUnit = 'millis' | 'micros' | 'nanos';

/** What the values of a leaf, or a group, mean. */
export type LogicalType =
  | {
      readonly kind:
        | 'string'
        | 'enum'
        | 'json'
        | 'bson'
        | 'uuid'
        | 'float16'
        | 'date'
        | 'list'
        | 'map'
        | 'void'
        | 'interval'
        | 'variant';
    }
  | { readonly kind: 'decimal'; readonly precision: number; readonly scale: number }
  | { readonly kind: 'integer'; readonly bits: number; readonly isSigned: boolean }
  | { readonly kind: 'timestamp' | 'time'; readonly unit: TimeUnit; readonly isUtc: boolean };

/** A column of the file, or a group of columns. */
export interface SchemaElement {
  readonly name: string;
  /** Undefined for groups. */
  readonly physicalType: PhysicalType | undefined;
  readonly typeLength: number;
  readonly repetition: Repetition;
  readonly numChildren: number;
  readonly logicalType: LogicalType | undefined;
}

/** Smallest and largest value as bytes of the plain encoding, and the number of nulls. */
export interface ChunkStatistics {
  readonly min: Uint8Array | undefined;
  readonly max: Uint8Array | undefined;
  readonly nullCount: number | undefined;
}

export interface ColumnChunk {
  readonly codec: ParquetCodec;
  readonly numValues: number;
  readonly compressedBytes: number;
  /** Where the first page begins, dictionary included. */
  readonly offset: number;
  readonly path: readonly string[];
  readonly statistics: ChunkStatistics | undefined;
}

export interface RowGroup {
  readonly numRows: number;
  readonly columns: readonly ColumnChunk[];
}

export interface FileMetadata {
  /** In depth-first order, the root first. */
  readonly schema: readonly SchemaElement[];
  readonly numRows: number;
  readonly rowGroups: readonly RowGroup[];
  readonly keyValues: ReadonlyMap<string, string>;
  readonly createdBy: string;
}

/** The footer of a file; throws DATA_CORRUPT when something needed is missing. */
export function fileMetadata(record: ThriftRecord): FileMetadata {
  const createdBy = record.text(6) ?? '';
  const keyValues = (record.records(5) ?? []).map((pair): [string, string] => [pair.text(1) ?? '', pair.text(2) ?? '']);
  return {
    schema: needed(record.records(2), 'schema').map(schemaElement),
    numRows: needed(record.int(3), 'num_rows'),
    rowGroups: (record.records(4) ?? []).map((group) => ({
      numRows: needed(group.int(3), 'num_rows of a row group'),
      columns: needed(group.records(1), 'columns of a row group').map(columnChunk),
    })),
    keyValues: new Map(keyValues),
    createdBy,
  };
}

function schemaElement(record: ThriftRecord): SchemaElement {
  const type = record.int(1);
  const physicalType = type === undefined ? undefined : PHYSICAL_TYPES[type];
  if (type !== undefined && physicalType === undefined) throw corrupt(`the unknown physical type ${type}`);
  const logical = record.record(10);
  return {
    name: record.text(4) ?? '',
    physicalType,
    typeLength: record.int(2) ?? 0,
    repetition: REPETITIONS[record.int(3) ?? 0] ?? 'required',
    numChildren: record.int(5) ?? 0,
    logicalType: (logical === undefined ? undefined : logicalType(logical)) ?? convertedType(record),
  };
}

const SIMPLE_LOGICAL_TYPES: Readonly<
  Record<
    number,
    'string' | 'map' | 'list' | 'enum' | 'date' | 'void' | 'json' | 'bson' | 'uuid' | 'float16' | 'variant'
  >
> = {
  1: 'string',
  2: 'map',
  3: 'list',
  4: 'enum',
  6: 'date',
  11: 'void',
  12: 'json',
  13: 'bson',
  14: 'uuid',
  15: 'float16',
  16: 'variant',
};
const UNITS: readonly (TimeUnit | undefined)[] = [undefined, 'millis', 'micros', 'nanos'];

function logicalType(union: ThriftRecord): LogicalType | undefined {
  const id = union.unionId();
  if (id === undefined) return undefined;
  const parts = union.record(id);
  const simple = SIMPLE_LOGICAL_TYPES[id];
  if (simple !== undefined) return { kind: simple };
  if (parts === undefined) return undefined;
  if (id === 5) return { kind: 'decimal', scale: parts.int(1) ?? 0, precision: parts.int(2) ?? 0 };
  if (id === 10) return { kind: 'integer', bits: parts.int(1) ?? 32, isSigned: parts.flag(2) ?? true };
  const unit = UNITS[parts.record(2)?.unionId() ?? 0];
  if ((id !== 7 && id !== 8) || unit === undefined) return undefined;
  return { kind: id === 8 ? 'timestamp' : 'time', unit, isUtc: parts.flag(1) ?? false };
}

/** The older form of the same. */
function convertedType(record: ThriftRecord): LogicalType | undefined {
  const id = record.int(6);
  switch (id) {
    case 0:
      return { kind: 'string' };
    case 1:
    case 2:
      return { kind: 'map' };
    case 3:
      return { kind: 'list' };
    case 4:
      return { kind: 'enum' };
    case 5:
      return { kind: 'decimal', scale: record.int(7) ?? 0, precision: record.int(8) ?? 0 };
    case 6:
      return { kind: 'date' };
    case 7:
    case 8:
      return { kind: 'time', unit: id === 7 ? 'millis' : 'micros', isUtc: true };
    case 9:
    case 10:
      return { kind: 'timestamp', unit: id === 9 ? 'millis' : 'micros', isUtc: true };
    case 11:
    case 12:
    case 13:
    case 14:
      return { kind: 'integer', bits: 8 << (id - 11), isSigned: false };
    case 15:
    case 16:
    case 17:
    case 18:
      return { kind: 'integer', bits: 8 << (id - 15), isSigned: true };
    case 19:
      return { kind: 'json' };
    case 20:
      return { kind: 'bson' };
    case 21:
      return { kind: 'interval' };
    default:
      return undefined;
  }
}

function columnChunk(record: ThriftRecord): ColumnChunk {
  const data = needed(record.record(3), 'meta_data of a column');
  const codec = CODECS[needed(data.int(4), 'codec of a column')];
  if (codec === undefined) throw corrupt(`the unknown codec ${data.int(4)}`);
  const dataOffset = needed(data.int(9), 'data_page_offset of a column');
  const dictionaryOffset = data.int(11);
  const statistics = data.record(12);
  return {
    codec,
    numValues: needed(data.int(5), 'num_values of a column'),
    compressedBytes: needed(data.int(7), 'total_compressed_size of a column'),
    // Some writers set a dictionary offset of 0 when there is none.
    offset:
      dictionaryOffset === undefined || dictionaryOffset <= 0 ? dataOffset : Math.min(dictionaryOffset, dataOffset),
    path: data.texts(3),
    statistics:
      statistics === undefined
        ? undefined
        : { min: statistics.bytes(6), max: statistics.bytes(5), nullCount: statistics.int(3) },
  };
}

function needed<T>(value: T | undefined, what: string): T {
  if (value === undefined) throw corrupt(`${what} is missing`);
  return value;
}

function corrupt(reason: string): MillraceError {
  return new MillraceError('DATA_CORRUPT', { what: 'Parquet metadata', reason });
}
