/**
 * Schemas as text: Spark's DDL in and out, the tree of printSchema, and Spark's JSON form, which checkpoints and Parquet files carry. The
 * grammar itself is ddl-parser.ts.
 */
import type { DataType, StructField, StructType } from './data-type.ts';
import { MillraceError } from '../errors/millrace-error.ts';
import {
  CALENDAR_INTERVAL,
  ansiInterval,
  array,
  decimal,
  field,
  map,
  simpleName,
  sqlName,
  struct,
  time,
} from './data-type.ts';
import { DdlParser } from './ddl-parser.ts';

/**
 * The schema of a DDL text.
 *
 * @example
 * parseSchema('time TIMESTAMP, action STRING NOT NULL');
 */
export function parseSchema(ddl: string): StructType {
  if (/^\s*struct\s*</i.test(ddl)) {
    const type = parseType(ddl);
    if (type.kind === 'struct') return type;
  }
  return new DdlParser(ddl).readSchema();
}

/** One type as DDL writes it, `ARRAY<STRUCT<a: INT>>`. */
export function parseType(text: string): DataType {
  const parser = new DdlParser(text);
  const type = parser.readType();
  parser.readEnd();
  return type;
}

/** The schema as DDL, `time TIMESTAMP,action STRING NOT NULL`; parseSchema reads it back. */
export function toDdl(schema: StructType): string {
  return schema.fields
    .map((f) => `${quoteIfNeeded(f.name)} ${ddlType(f.dataType)}${f.nullable ? '' : ' NOT NULL'}`)
    .join(',');
}

/** A column name as SQL needs it: back-quoted unless it is a plain word. */
export function quoteIfNeeded(name: string): string {
  return /^[A-Za-z_]\w*$/.test(name) ? name : `\`${name.replaceAll('`', '``')}\``;
}

/** The first of the names, in lower case, that has been there before in any case. */
export function repeatedName(names: readonly string[]): string | undefined {
  const lower = names.map((name) => name.toLowerCase());
  return lower.find((name, i) => lower.indexOf(name) < i);
}

/** The tree printSchema prints, with a line break at the end. */
export function treeString(schema: StructType): string {
  const lines = ['root'];
  addFields(lines, schema.fields, ' |');
  return `${lines.join('\n')}\n`;
}

/** Spark's JSON text of a schema. */
export function schemaJson(schema: StructType): string {
  return JSON.stringify(typeJson(schema));
}

/** A value of Spark's JSON form of types. */
export type TypeJson = string | { readonly [key: string]: unknown };

/** Spark's JSON form of a type as a value: `"long"` or `{ type: 'array', … }`. */
export function typeJson(type: DataType): TypeJson {
  switch (type.kind) {
    case 'decimal':
    case 'boolean':
    case 'byte':
    case 'short':
    case 'integer':
    case 'long':
    case 'float':
    case 'double':
    case 'string':
    case 'binary':
    case 'date':
    case 'timestamp':
    case 'timestamp_ntz':
    case 'time':
    case 'year_month_interval':
    case 'day_time_interval':
    case 'calendar_interval':
    case 'void':
      return typeName(type);
    case 'array':
      return { type: 'array', elementType: typeJson(type.elementType), containsNull: type.containsNull };
    case 'map':
      return {
        type: 'map',
        keyType: typeJson(type.keyType),
        valueType: typeJson(type.valueType),
        valueContainsNull: type.valueContainsNull,
      };
    case 'struct':
      return {
        type: 'struct',
        fields: type.fields.map(({ name, dataType, nullable }) => ({
          name,
          type: typeJson(dataType),
          nullable,
          metadata: {},
        })),
      };
    default:
      return type;
  }
}

/** The type of Spark's JSON text; throws `INVALID_JSON_DATA_TYPE` for anything else. */
export function parseTypeJson(text: string): DataType {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new MillraceError('INVALID_JSON_DATA_TYPE', { invalidType: text }, { cause: error });
  }
  return typeFromJson(value);
}

const JSON_NAMES: ReadonlySet<string> = new Set([
  'void',
  'boolean',
  'byte',
  'short',
  'integer',
  'long',
  'float',
  'double',
  'string',
  'binary',
  'date',
  'timestamp',
  'timestamp_ntz',
]);

function typeFromJson(value: unknown): DataType {
  if (typeof value === 'string') return typeFromName(value);
  if (typeof value === 'object' && value !== null) {
    const node = value as Readonly<Record<string, unknown>>;
    if (node['type'] === 'array') return array(typeFromJson(node['elementType']), node['containsNull'] !== false);
    if (node['type'] === 'map')
      return map(typeFromJson(node['keyType']), typeFromJson(node['valueType']), node['valueContainsNull'] !== false);
    if (node['type'] === 'struct' && Array.isArray(node['fields'])) return struct(node['fields'].map(fieldFromJson));
  }
  throw new MillraceError('INVALID_JSON_DATA_TYPE', { invalidType: JSON.stringify(value) ?? 'undefined' });
}

function typeFromName(name: string): DataType {
  if (JSON_NAMES.has(name)) return { kind: name } as DataType;
  if (name === 'null') return { kind: 'void' };
  if (name === 'decimal') return decimal(10, 0);
  const other = name.startsWith('interval') ? intervalType(name) : undefined;
  if (other !== undefined) return other;
  const [, digits] = /^time\(([0-6])\)$/.exec(name) ?? [];
  if (digits !== undefined) return time(Number(digits));
  const found = /^decimal\((\d+),\s*(\d+)\)$/.exec(name);
  const precision = Number(found?.[1]);
  const scale = Number(found?.[2]);
  if (found === null || precision < 1 || precision > 38 || scale > precision)
    throw new MillraceError('INVALID_JSON_DATA_TYPE', { invalidType: name });
  return decimal(precision, scale);
}

/** `interval day to second`, `interval`; undefined for others. */
function intervalType(name: string): DataType | undefined {
  if (name === 'interval') return CALENDAR_INTERVAL;
  const [, first = '', last = first] = /^interval (\w+)(?: to (\w+))?$/.exec(name) ?? [];
  return ansiInterval(first, last);
}

function fieldFromJson(value: unknown): StructField {
  const node = (value ?? {}) as Readonly<Record<string, unknown>>;
  if (typeof node['name'] !== 'string')
    throw new MillraceError('INVALID_JSON_DATA_TYPE', { invalidType: JSON.stringify(value) ?? 'undefined' });
  return field(node['name'], typeFromJson(node['type']), node['nullable'] !== false);
}

/** The name Spark's JSON and trees use: `integer`, `decimal(10,2)`, `array`. */
function typeName(type: DataType): string {
  switch (type.kind) {
    case 'decimal':
    case 'time':
    case 'year_month_interval':
    case 'day_time_interval':
    case 'calendar_interval':
      return simpleName(type);
    default:
      return type.kind;
  }
}

/** A type as DDL, names in backquotes where they need them. */
export function typeDdl(type: DataType): string {
  return ddlType(type);
}

function ddlType(type: DataType): string {
  switch (type.kind) {
    case 'array':
      return `ARRAY<${ddlType(type.elementType)}>`;
    case 'map':
      return `MAP<${ddlType(type.keyType)}, ${ddlType(type.valueType)}>`;
    case 'struct':
      return `STRUCT<${type.fields
        .map((f) => `${quoteIfNeeded(f.name)}: ${ddlType(f.dataType)}${f.nullable ? '' : ' NOT NULL'}`)
        .join(', ')}>`;
    case 'void':
    case 'boolean':
    case 'byte':
    case 'short':
    case 'integer':
    case 'long':
    case 'float':
    case 'double':
    case 'string':
    case 'binary':
    case 'date':
    case 'timestamp':
    case 'timestamp_ntz':
    case 'time':
    case 'year_month_interval':
    case 'day_time_interval':
    case 'calendar_interval':
    case 'decimal':
      return sqlName(type);
    default:
      return type;
  }
}

function addFields(lines: string[], fields: readonly StructField[], prefix: string): void {
  for (const { name, dataType, nullable } of fields) {
    lines.push(`${prefix}-- ${name}: ${typeName(dataType)} (nullable = ${nullable})`);
    addNested(lines, dataType, `${prefix}    |`);
  }
}

function addNested(lines: string[], type: DataType, prefix: string): void {
  if (type.kind === 'struct') addFields(lines, type.fields, prefix);
  else if (type.kind === 'array') {
    lines.push(`${prefix}-- element: ${typeName(type.elementType)} (containsNull = ${type.containsNull})`);
    addNested(lines, type.elementType, `${prefix}    |`);
  } else if (type.kind === 'map') {
    lines.push(`${prefix}-- key: ${typeName(type.keyType)}`);
    addNested(lines, type.keyType, `${prefix}    |`);
    lines.push(`${prefix}-- value: ${typeName(type.valueType)} (valueContainsNull = ${type.valueContainsNull})`);
    addNested(lines, type.valueType, `${prefix}    |`);
  }
}
