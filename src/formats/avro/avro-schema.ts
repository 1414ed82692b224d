/**
 * Avro schemas as data: read from their JSON text, turned into Spark's types and made from them, by the rules of Spark's Avro data source.
 */
import type { DataType, StructType } from '../../types/data-type.ts';
import { MillraceError } from '../../errors/millrace-error.ts';
import {
  BINARY,
  BOOLEAN,
  DATE,
  DOUBLE,
  FLOAT,
  INTEGER,
  LONG,
  STRING,
  TIMESTAMP,
  TIMESTAMP_NTZ,
  VOID,
  array,
  decimal,
  field,
  map,
  sqlName,
  struct,
} from '../../types/data-type.ts';
import { decimalBytes } from '../decimal-bytes.ts';

/** A type of Avro; names are resolved, so that a recursive one contains itself. */
export type AvroType =
  | { readonly kind: 'null' }
  | { readonly kind: 'boolean' }
  | { readonly kind: 'int'; readonly logical?: string }
  | { readonly kind: 'long'; readonly logical?: string }
  | { readonly kind: 'float' }
  | { readonly kind: 'double' }
  | { readonly kind: 'string' }
  | { readonly kind: 'bytes'; readonly decimal?: AvroDecimal }
  | { readonly kind: 'fixed'; readonly size: number; readonly decimal?: AvroDecimal }
  | { readonly kind: 'enum'; readonly symbols: readonly string[] }
  | { readonly kind: 'array' | 'map'; readonly items: AvroType }
  | { readonly kind: 'union'; readonly branches: readonly AvroType[] }
  | { readonly kind: 'record'; readonly fields: readonly AvroField[] };

export interface AvroField {
  readonly name: string;
  readonly type: AvroType;
}

interface AvroDecimal {
  readonly precision: number;
  readonly scale: number;
}

const MAX_DEPTH = 64;
const PRIMITIVES = new Set(['null', 'boolean', 'int', 'long', 'float', 'double', 'string', 'bytes']);

/** The type a schema's text describes; throws DATA_CORRUPT. */
export function parseAvroSchema(text: string): AvroType {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (cause) {
    throw corrupt('it is no JSON', cause);
  }
  return new SchemaReader().read(json, '');
}

class SchemaReader {
  readonly #named = new Map<string, AvroType>();

  read(json: unknown, namespace: string): AvroType {
    if (typeof json === 'string') return this.#ofName(json, namespace);
    if (Array.isArray(json)) return { kind: 'union', branches: json.map((branch) => this.read(branch, namespace)) };
    if (typeof json !== 'object' || json === null) throw corrupt(`no type but ${JSON.stringify(json)}`);
    const node = json as Readonly<Record<string, unknown>>;
    const { type } = node;
    if (type === 'array') return { kind: 'array', items: this.read(node['items'], namespace) };
    if (type === 'map') return { kind: 'map', items: this.read(node['values'], namespace) };
    if (type === 'record' || type === 'error' || type === 'enum' || type === 'fixed')
      return this.#readNamed(node, namespace);
    const logical = typeof node['logicalType'] === 'string' ? node['logicalType'] : undefined;
    const plain = this.read(type, namespace);
    if (plain.kind === 'bytes') return { kind: 'bytes', ...decimalOf(node) };
    return logical === undefined || (plain.kind !== 'int' && plain.kind !== 'long')
      ? plain
      : { kind: plain.kind, logical };
  }

  #ofName(name: string, namespace: string): AvroType {
    if (name === 'bytes') return { kind: 'bytes' };
    if (PRIMITIVES.has(name)) return { kind: name as 'null' };
    const found =
      this.#named.get(name.includes('.') || namespace === '' ? name : `${namespace}.${name}`) ?? this.#named.get(name);
    if (found === undefined) throw corrupt(`the unknown type ${name}`);
    return found;
  }

  #readNamed(node: Readonly<Record<string, unknown>>, outer: string): AvroType {
    const name = nameOf(node);
    const dot = name.lastIndexOf('.');
    const namespace = dot >= 0 ? name.slice(0, dot) : typeof node['namespace'] === 'string' ? node['namespace'] : outer;
    const fullName = dot >= 0 || namespace === '' ? name : `${namespace}.${name}`;
    if (node['type'] === 'enum') {
      const symbols = Array.isArray(node['symbols']) ? node['symbols'].map(String) : [];
      return this.#remember(fullName, { kind: 'enum', symbols });
    }
    if (node['type'] === 'fixed') {
      const size = Number(node['size']);
      if (!Number.isInteger(size) || size < 0) throw corrupt(`the size ${String(node['size'])} of ${name}`);
      return this.#remember(fullName, { kind: 'fixed', size, ...decimalOf(node) });
    }
    const fields: AvroField[] = [];
    const record = this.#remember(fullName, { kind: 'record', fields });
    if (!Array.isArray(node['fields'])) throw corrupt(`the record ${name} has no fields`);
    for (const one of node['fields'] as readonly Readonly<Record<string, unknown>>[])
      fields.push({ name: nameOf(one), type: this.read(one['type'], namespace) });
    return record;
  }

  #remember(name: string, type: AvroType): AvroType {
    this.#named.set(name, type);
    return type;
  }
}

function nameOf({ name }: { readonly name?: unknown }): string {
  if (typeof name === 'string' && name !== '') return name;
  throw corrupt('a type or field without name');
}

function decimalOf(node: Readonly<Record<string, unknown>>): { readonly decimal?: AvroDecimal } {
  if (node['logicalType'] !== 'decimal') return {};
  const precision = Number(node['precision']);
  const scale = Number(node['scale'] ?? 0);
  const isGood = precision >= 1 && precision <= 38 && scale >= 0 && scale <= precision;
  return isGood ? { decimal: { precision, scale } } : {};
}

/** Spark's type of an Avro type; a recursive one has none. */
export function sparkTypeOf(type: AvroType, depth = 0): DataType {
  if (depth > MAX_DEPTH) throw new MillraceError('UNSUPPORTED_FEATURE', { feature: 'A recursive Avro schema' });
  switch (type.kind) {
    case 'null':
      return VOID;
    case 'boolean':
      return BOOLEAN;
    case 'int':
      return type.logical === 'date' ? DATE : INTEGER;
    case 'long':
      if (type.logical === 'timestamp-millis' || type.logical === 'timestamp-micros') return TIMESTAMP;
      return type.logical === 'local-timestamp-millis' || type.logical === 'local-timestamp-micros'
        ? TIMESTAMP_NTZ
        : LONG;
    case 'float':
      return FLOAT;
    case 'double':
      return DOUBLE;
    case 'string':
    case 'enum':
      return STRING;
    case 'bytes':
    case 'fixed':
      return type.decimal === undefined ? BINARY : decimal(type.decimal.precision, type.decimal.scale);
    case 'array':
      return array(sparkTypeOf(type.items, depth + 1), isNullable(type.items));
    case 'map':
      return map(STRING, sparkTypeOf(type.items, depth + 1), isNullable(type.items));
    case 'record':
      return struct(type.fields.map((one) => field(one.name, sparkTypeOf(one.type, depth + 1), isNullable(one.type))));
    default:
      return sparkTypeOfUnion(type.branches, depth);
  }
}

function sparkTypeOfUnion(branches: readonly AvroType[], depth: number): DataType {
  const others = branches.filter(({ kind }) => kind !== 'null');
  const [first] = others;
  if (first === undefined) return VOID;
  if (others.length === 1) return sparkTypeOf(first, depth + 1);
  const kinds = new Set(others.map(({ kind }) => kind));
  if (others.length === 2 && kinds.has('int') && kinds.has('long')) return LONG;
  if (others.length === 2 && kinds.has('float') && kinds.has('double')) return DOUBLE;
  return struct(others.map((branch, i) => field(`member${i}`, sparkTypeOf(branch, depth + 1))));
}

function isNullable(type: AvroType): boolean {
  return type.kind === 'null' || (type.kind === 'union' && type.branches.some(({ kind }) => kind === 'null'));
}

/** The Avro schema of a table as JSON, with the names Spark gives. Throws UNSUPPORTED_DATA_TYPE_FOR_DATASOURCE. */
export function avroSchemaOf(schema: StructType, recordName: string, namespace: string): unknown {
  return recordJson(schema, recordName, namespace);
}

function recordJson(schema: StructType, name: string, namespace: string): unknown {
  const inner = namespace === '' ? name : `${namespace}.${name}`;
  return {
    type: 'record',
    name,
    ...(namespace === '' ? {} : { namespace }),
    fields: schema.fields.map((one) => ({
      name: one.name,
      type: typeJson(one.dataType, one.nullable, one.name, inner),
    })),
  };
}

function typeJson(type: DataType, nullable: boolean, name: string, namespace: string): unknown {
  const json = plainJson(type, name, namespace);
  return nullable && type.kind !== 'void' ? [json, 'null'] : json;
}

function plainJson(type: DataType, name: string, namespace: string): unknown {
  switch (type.kind) {
    case 'void':
      return 'null';
    case 'boolean':
    case 'long':
    case 'float':
    case 'double':
    case 'string':
      return type.kind;
    case 'byte':
    case 'short':
    case 'integer':
      return 'int';
    case 'binary':
      return 'bytes';
    case 'date':
      return { type: 'int', logicalType: 'date' };
    case 'timestamp':
      return { type: 'long', logicalType: 'timestamp-micros' };
    case 'timestamp_ntz':
      return { type: 'long', logicalType: 'local-timestamp-micros' };
    case 'decimal': {
      const { precision, scale } = type;
      const size = decimalBytes(precision);
      return {
        type: 'fixed',
        name: 'fixed',
        namespace: `${namespace}.${name}`,
        size,
        logicalType: 'decimal',
        precision,
        scale,
      };
    }
    case 'array':
      return { type: 'array', items: typeJson(type.elementType, type.containsNull, name, namespace) };
    case 'time':
    case 'year_month_interval':
    case 'day_time_interval':
    case 'calendar_interval':
      throw unsupportedType(type, name);
    case 'map':
      if (type.keyType.kind !== 'string') throw unsupportedType(type, name);
      return { type: 'map', values: typeJson(type.valueType, type.valueContainsNull, name, namespace) };
    case 'struct':
      return recordJson(type, name, namespace);
    default:
      return type;
  }
}

function unsupportedType(type: DataType, name: string): MillraceError {
  return new MillraceError('UNSUPPORTED_DATA_TYPE_FOR_DATASOURCE', {
    format: 'Avro',
    columnName: `\`${name}\``,
    columnType: `"${sqlName(type)}"`,
  });
}

function corrupt(reason: string, cause?: unknown): MillraceError {
  return new MillraceError('DATA_CORRUPT', { what: 'an Avro schema', reason }, cause === undefined ? {} : { cause });
}
