/**
 * The schema of a Parquet file as Spark reads it: the one Spark wrote into the footer, else by the types of the columns. Everything read
 * may be null.
 */
import type { DataType, StructType } from '../../types/data-type.ts';
import type { FileMetadata } from './parquet-metadata.ts';
import { MillraceError } from '../../errors/millrace-error.ts';
import {
  BINARY,
  BOOLEAN,
  BYTE,
  DATE,
  DOUBLE,
  FLOAT,
  INTEGER,
  LONG,
  SHORT,
  STRING,
  TIMESTAMP,
  TIMESTAMP_NTZ,
  array,
  decimal,
  field,
  map,
  struct,
  time,
} from '../../types/data-type.ts';
import { parseTypeJson } from '../../types/schema.ts';
import { type SchemaNode, listParts, mapParts, schemaTree } from './schema-tree.ts';

/** The key of Spark's own schema in a footer. */
export const SPARK_SCHEMA_KEY = 'org.apache.spark.sql.parquet.row.metadata';

/** The columns of a file. Throws for types Spark has no counterpart of. */
export function sparkSchema(metadata: FileMetadata): StructType {
  const text = metadata.keyValues.get(SPARK_SCHEMA_KEY);
  const written = text === undefined ? undefined : parsedSchema(text);
  return nullable(written ?? struct(schemaTree(metadata).children.map((node) => field(node.name, typeOfNode(node)))));
}

function parsedSchema(text: string): StructType | undefined {
  try {
    const type = parseTypeJson(text);
    return type.kind === 'struct' ? type : undefined;
  } catch {
    // As Spark: a schema it cannot read is one it does not have.
    return undefined;
  }
}

/** The type of a column; a node that repeats without being a list is an array. */
function typeOfNode(node: SchemaNode): DataType {
  return node.element.repetition === 'repeated' ? array(typeOfValue(node)) : typeOfValue(node);
}

function typeOfValue(node: SchemaNode): DataType {
  if (node.leafIndex >= 0) return typeOfLeaf(node);
  const list = listParts(node);
  if (list !== undefined) return array(typeOfValue(list.element));
  const parts = mapParts(node);
  if (parts !== undefined) return map(typeOfValue(parts.key), typeOfValue(parts.value));
  return struct(node.children.map((child) => field(child.name, typeOfNode(child))));
}

/** Spark's type of a leaf. */
export function typeOfLeaf(node: SchemaNode): DataType {
  const { physicalType, logicalType } = node.element;
  switch (physicalType) {
    case 'BOOLEAN':
      return BOOLEAN;
    case 'FLOAT':
      return FLOAT;
    case 'DOUBLE':
      return DOUBLE;
    case 'INT96':
      return TIMESTAMP;
    case 'INT32':
      return typeOfInt32(node);
    case 'INT64':
      return typeOfInt64(node);
    default:
      if (logicalType?.kind === 'decimal') return decimalOf(node, 38);
      return logicalType?.kind === 'string' || logicalType?.kind === 'enum' || logicalType?.kind === 'json'
        ? STRING
        : BINARY;
  }
}

function typeOfInt32(node: SchemaNode): DataType {
  const { logicalType } = node.element;
  switch (logicalType?.kind) {
    case undefined:
      return INTEGER;
    case 'date':
      return DATE;
    case 'decimal':
      return decimalOf(node, 9);
    case 'integer': {
      const { bits, isSigned } = logicalType;
      if (bits <= 8) return isSigned ? BYTE : SHORT;
      if (bits <= 16) return isSigned ? SHORT : INTEGER;
      return isSigned ? INTEGER : LONG;
    }
    default:
      throw unsupported(node);
  }
}

function typeOfInt64(node: SchemaNode): DataType {
  const { logicalType } = node.element;
  switch (logicalType?.kind) {
    case undefined:
      return LONG;
    case 'decimal':
      return decimalOf(node, 18);
    case 'integer':
      return logicalType.isSigned ? LONG : decimal(20, 0);
    case 'timestamp':
      return logicalType.isUtc ? TIMESTAMP : TIMESTAMP_NTZ;
    case 'time':
      if (logicalType.unit === 'micros' && !logicalType.isUtc) return time();
      throw unsupported(node);
    default:
      throw unsupported(node);
  }
}

function decimalOf(node: SchemaNode, maxPrecision: number): DataType {
  const { logicalType } = node.element;
  if (logicalType?.kind !== 'decimal') throw unsupported(node);
  const { precision, scale } = logicalType;
  if (precision < 1 || precision > maxPrecision || scale < 0 || scale > precision) throw unsupported(node);
  return decimal(precision, scale);
}

function unsupported({ element }: SchemaNode): MillraceError {
  return new MillraceError('PARQUET_TYPE_NOT_SUPPORTED', { parquetType: describeLeaf(element) });
}

/** A leaf's type as Spark's errors print it, `INT64 (TIMESTAMP)`. */
function describeLeaf({ physicalType, logicalType }: SchemaNode['element']): string {
  const physical = physicalType === 'BYTE_ARRAY' ? 'BINARY' : (physicalType ?? 'GROUP');
  return logicalType === undefined ? physical : `${physical} (${logicalType.kind.toUpperCase()})`;
}

function nullable(schema: StructType): StructType {
  return struct(schema.fields.map(({ name, dataType }) => field(name, nullableInside(dataType))));
}

function nullableInside(type: DataType): DataType {
  switch (type.kind) {
    case 'array':
      return array(nullableInside(type.elementType));
    case 'map':
      return map(nullableInside(type.keyType), nullableInside(type.valueType));
    case 'struct':
      return nullable(type);
    default:
      return type;
  }
}
