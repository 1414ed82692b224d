/** The bounds that a footer gives for the column of a row group, as values, to leave out row groups a query does not want. */
import type { DataType, StructType } from '../../types/data-type.ts';
import type { Value } from '../../types/vector.ts';
import type { ScanFilter } from '../../types/scan-filter.ts';
import type { ChunkStatistics, RowGroup } from './parquet-metadata.ts';
import { type ColumnBounds, mayMatch } from '../../types/scan-filter.ts';
import { isValidUtf8, utf8Text } from '../utf8.ts';
import { childNamed } from './column-reader.ts';
import { type SchemaNode } from './schema-tree.ts';
import { typeOfLeaf } from './spark-schema.ts';

/** Whether a row group can hold a row that passes all filters. Columns the file does not have are null in every row. */
export function mayHoldRows(
  group: RowGroup,
  root: SchemaNode,
  schema: StructType,
  filters: readonly ScanFilter[],
): boolean {
  return filters.every((filter) => {
    const field = schema.fields.find(({ name }) => name === filter.column);
    if (field === undefined) return true;
    const node = childNamed(root, filter.column);
    if (node === undefined) return filter.kind === 'isNull';
    if (node.leafIndex < 0 || node.repetition > 0) return true;
    const chunk = group.columns[node.leafIndex];
    return chunk === undefined || mayMatch(filter, boundsOf(node, field.dataType, chunk.numValues, chunk.statistics));
  });
}

/** Bounds of a leaf when it is read as the type it has. */
function boundsOf(
  node: SchemaNode,
  type: DataType,
  numValues: number,
  statistics: ChunkStatistics | undefined,
): ColumnBounds {
  const nullCount = statistics?.nullCount;
  const isSame = typeOfLeaf(node).kind === type.kind;
  return {
    min: isSame ? valueOf(node, type, statistics?.min) : undefined,
    // NaN is above every number and not always counted in the bounds.
    max: isSame && !isFloating(type) ? valueOf(node, type, statistics?.max) : undefined,
    hasNulls: nullCount === undefined ? undefined : nullCount > 0,
    hasValues: nullCount === undefined ? undefined : nullCount < numValues,
  };
}

function valueOf({ element }: SchemaNode, type: DataType, bytes: Uint8Array | undefined): Value | undefined {
  if (bytes === undefined) return undefined;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  switch (element.physicalType) {
    case 'INT32':
      if (bytes.length !== 4 || (type.kind === 'decimal' && !isSameScale(element.logicalType, type))) return undefined;
      return type.kind === 'decimal'
        ? BigInt(view.getInt32(0, true))
        : type.kind === 'long'
          ? undefined
          : view.getInt32(0, true);
    case 'INT64': {
      if (bytes.length !== 8 || (type.kind === 'decimal' && !isSameScale(element.logicalType, type))) return undefined;
      const value = view.getBigInt64(0, true);
      if (element.logicalType?.kind === 'time') return value * 1000n;
      if (element.logicalType?.kind !== 'timestamp') return value;
      if (element.logicalType.unit === 'nanos') return undefined;
      return element.logicalType.unit === 'millis' ? value * 1000n : value;
    }
    case 'FLOAT':
      return bytes.length === 4 ? notNan(view.getFloat32(0, true)) : undefined;
    case 'DOUBLE':
      return bytes.length === 8 ? notNan(view.getFloat64(0, true)) : undefined;
    case 'BYTE_ARRAY':
      // Cut within a character it would be another bound.
      return type.kind === 'string' && isValidUtf8(bytes, 0, bytes.length) ? utf8Text(bytes) : undefined;
    default:
      return undefined;
  }
}

function isFloating({ kind }: DataType): boolean {
  return kind === 'float' || kind === 'double';
}

function notNan(value: number): number | undefined {
  return Number.isNaN(value) ? undefined : value;
}

function isSameScale(logical: SchemaNode['element']['logicalType'], type: DataType): boolean {
  return logical?.kind === 'decimal' && type.kind === 'decimal' && logical.scale === type.scale;
}
