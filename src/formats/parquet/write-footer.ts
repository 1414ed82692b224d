/** Writes the footer of a Parquet file: schema, row groups with their column chunks, and what readers of Spark look for. */
import type { ByteWriter } from '../byte-writer.ts';
import type { LogicalType, SchemaElement } from './parquet-metadata.ts';
import type { WrittenGroup } from './parquet-encoder.ts';
import { CODECS, PHYSICAL_TYPES, PLAIN, RLE, RLE_DICTIONARY } from './parquet-metadata.ts';
import { ThriftWriter } from './thrift-writer.ts';

const REPETITIONS = { required: 0, optional: 1, repeated: 2 } as const;
const CREATED_BY = 'millrace version 0.1.0 (build 0)';

export interface FooterContent {
  readonly elements: readonly SchemaElement[];
  readonly groups: readonly WrittenGroup[];
  readonly keyValues: readonly (readonly [string, string])[];
}

/** Appends the footer. */
export function writeFooter(out: ByteWriter, { elements, groups, keyValues }: FooterContent): void {
  new ThriftWriter(out).struct((file) => {
    file.int32(1, 1);
    file.records(2, elements, writeElement);
    file.int64(
      3,
      groups.reduce((sum, { numRows }) => sum + numRows, 0),
    );
    file.records(4, groups, writeGroup);
    file.records(5, keyValues, (pair, [key, value]) => {
      pair.text(1, key);
      pair.text(2, value);
    });
    file.text(6, CREATED_BY);
    const leaves = elements.filter(({ physicalType }) => physicalType !== undefined);
    // The order of every column is that of its type: without it bounds of texts would not be trusted.
    file.records(7, leaves, (order) => order.record(1, () => undefined));
  });
}

function writeElement(writer: ThriftWriter, element: SchemaElement): void {
  const { name, physicalType, typeLength, repetition, numChildren, logicalType } = element;
  const isRoot = physicalType === undefined && name === 'spark_schema' && repetition === 'required';
  writer.int32(1, physicalType === undefined ? undefined : PHYSICAL_TYPES.indexOf(physicalType));
  writer.int32(2, typeLength > 0 ? typeLength : undefined);
  writer.int32(3, isRoot ? undefined : REPETITIONS[repetition]);
  writer.text(4, name);
  writer.int32(5, physicalType === undefined ? numChildren : undefined);
  if (logicalType === undefined) return;
  writer.int32(6, convertedType(logicalType));
  if (logicalType.kind === 'decimal') {
    writer.int32(7, logicalType.scale);
    writer.int32(8, logicalType.precision);
  }
  writer.record(10, (union) => writeLogicalType(union, logicalType));
}

/** The older form, where it means the same. */
function convertedType(type: LogicalType): number | undefined {
  switch (type.kind) {
    case 'string':
      return 0;
    case 'map':
      return 1;
    case 'list':
      return 3;
    case 'decimal':
      return 5;
    case 'date':
      return 6;
    case 'time':
      return type.isUtc ? (type.unit === 'millis' ? 7 : 8) : undefined;
    case 'timestamp':
      return type.isUtc ? (type.unit === 'millis' ? 9 : 10) : undefined;
    case 'integer':
      return (type.isSigned ? 15 : 11) + Math.log2(type.bits / 8);
    default:
      return undefined;
  }
}

function writeLogicalType(union: ThriftWriter, type: LogicalType): void {
  const empty = (id: number): void => union.record(id, () => undefined);
  switch (type.kind) {
    case 'string':
      return empty(1);
    case 'map':
      return empty(2);
    case 'list':
      return empty(3);
    case 'date':
      return empty(6);
    case 'decimal':
      return union.record(5, (writer) => {
        writer.int32(1, type.scale);
        writer.int32(2, type.precision);
      });
    case 'time':
    case 'timestamp':
      return union.record(type.kind === 'time' ? 7 : 8, (writer) => {
        writer.flag(1, type.isUtc);
        writer.record(2, (unit) => unit.record(type.unit === 'millis' ? 1 : 2, () => undefined));
      });
    case 'integer':
      return union.record(10, (writer) => {
        writer.int8(1, type.bits);
        writer.flag(2, type.isSigned);
      });
    default:
      return undefined;
  }
}

function writeGroup(writer: ThriftWriter, { numRows, chunks }: WrittenGroup): void {
  const [first] = chunks;
  writer.records(1, chunks, writeChunkMetadata);
  writer.int64(
    2,
    chunks.reduce((sum, { plainBytes }) => sum + plainBytes, 0),
  );
  writer.int64(3, numRows);
  writer.int64(5, first?.offset ?? 0);
  writer.int64(
    6,
    chunks.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0),
  );
}

function writeChunkMetadata(writer: ThriftWriter, chunk: WrittenGroup['chunks'][number]): void {
  const { leaf, offset, statistics, hasDictionary } = chunk;
  writer.int64(2, offset);
  writer.record(3, (data) => {
    data.int32(1, PHYSICAL_TYPES.indexOf(leaf.physicalType));
    data.ints(2, hasDictionary ? [PLAIN, RLE, RLE_DICTIONARY] : [PLAIN, RLE]);
    data.texts(3, leaf.path);
    data.int32(4, CODECS.indexOf(chunk.codec));
    data.int64(5, chunk.numValues);
    data.int64(6, chunk.plainBytes);
    data.int64(7, chunk.sizeBytes);
    data.int64(9, offset + chunk.dataOffset);
    data.int64(11, hasDictionary ? offset : undefined);
    data.record(12, (bounds) => {
      bounds.int64(3, statistics.nullCount);
      bounds.bytes(5, statistics.max);
      bounds.bytes(6, statistics.min);
    });
  });
}
