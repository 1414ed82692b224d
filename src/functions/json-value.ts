/** JSON as values of a type, as from_json reads it: what does not fit a field makes that field NULL; and nodes back as text. */
import type { DataType } from '../types/data-type.ts';
import type { Value } from '../types/vector.ts';
import type { JsonNode } from './json-tree.ts';
import type { TimeFormats } from './json-formats.ts';
import { floorDivide } from '../types/civil-time.ts';
import { compilePattern } from '../types/date-time-pattern.ts';
import { isAnsiInterval } from '../types/data-type.ts';
import { fitsPrecision, parseDecimal, rescale } from '../types/decimal.ts';
import { intervalOrNone } from '../types/interval.ts';
import { parseAnsiInterval, valueOfInterval } from '../types/interval-text.ts';
import { quoteJson } from '../types/json-text.ts';
import { javaDouble } from '../types/number-text.ts';
import { parseTime } from '../types/time-of-day.ts';
import { parseTimeBy } from '../types/time-pattern.ts';
import { parseDate, parseTimestamp, parseTimestampNtz } from '../types/timestamp-text.ts';
import { parseJsonTree } from './json-tree.ts';

/** What was read, and whether a part of the text did not fit. */
export interface ParsedJson {
  readonly value: Value | null;
  readonly isMalformed: boolean;
}

/** How one text is converted. */
interface Conversion {
  readonly zone: string;
  readonly formats: TimeFormats | undefined;
  /** Set when a value does not fit its type. */
  isMalformed: boolean;
}

/** The value of a JSON text; a malformed text gives null, or nulls in all fields for a struct. */
export function parseJson(text: string, type: DataType, zone: string, formats?: TimeFormats): ParsedJson {
  if (text.trim() === '') return { value: null, isMalformed: false };
  const node = parseJsonTree(text);
  const nothing = type.kind === 'struct' ? type.fields.map(() => null) : null;
  if (node === undefined || (type.kind === 'struct' && node.kind === 'array'))
    return { value: nothing, isMalformed: true };
  const conversion: Conversion = { zone, formats, isMalformed: false };
  if (type.kind === 'array' && type.elementType.kind === 'struct' && node.kind === 'object')
    return { value: [convert(node, type.elementType, conversion)], isMalformed: conversion.isMalformed };
  const value = convert(node, type, conversion);
  const isNull = node.kind === 'null';
  return {
    value: value === null && !isNull ? nothing : value,
    isMalformed: conversion.isMalformed || (isNull && type.kind === 'struct'),
  };
}

const INTEGER_LIMITS: Partial<Record<DataType['kind'], bigint>> = {
  byte: 1n << 7n,
  short: 1n << 15n,
  integer: 1n << 31n,
  long: 1n << 63n,
};

function timeOf(text: string, kind: 'timestamp' | 'timestamp_ntz', { zone, formats }: Conversion): Value | null {
  const isLocal = kind === 'timestamp_ntz';
  const pattern = isLocal ? formats?.timestampNtz : formats?.timestamp;
  if (pattern !== undefined) return compilePattern(pattern).parse(text, isLocal ? 'UTC' : zone);
  return isLocal ? parseTimestampNtz(text) : parseTimestamp(text, zone);
}

function intervalOf(text: string, type: DataType): Value | null {
  if (type.kind === 'calendar_interval') {
    const interval = intervalOrNone(text);
    return interval === undefined ? null : valueOfInterval(interval);
  }
  const parsed = isAnsiInterval(type) ? parseAnsiInterval(text, type) : undefined;
  if (typeof parsed !== 'bigint') return null;
  return type.kind === 'year_month_interval' ? Number(parsed) : parsed;
}

function dateOf(text: string, pattern: string | undefined): number | null {
  if (pattern === undefined) return parseDate(text);
  const micros = compilePattern(pattern).parse(text, 'UTC');
  return micros === null ? null : Number(floorDivide(micros, 86_400_000_000n));
}

function convert(node: JsonNode, type: DataType, conversion: Conversion): Value | null {
  if (node.kind === 'null') return null;
  const value = convertPresent(node, type, conversion);
  if (value === null) conversion.isMalformed = true;
  return value;
}

function convertPresent(
  node: Exclude<JsonNode, { readonly kind: 'null' }>,
  type: DataType,
  conversion: Conversion,
): Value | null {
  switch (type.kind) {
    case 'string':
      return node.kind === 'string' ? node.text : jsonText(node, true);
    case 'boolean':
      return node.kind === 'boolean' ? node.value : null;
    case 'byte':
    case 'short':
    case 'integer':
    case 'long':
      return integerOf(node, type);
    case 'float':
    case 'double': {
      const value = doubleOf(node);
      return value === null || type.kind === 'double' ? value : Math.fround(value);
    }
    case 'decimal': {
      const parsed = node.kind === 'number' || node.kind === 'string' ? parseDecimal(node.text) : undefined;
      if (parsed === undefined) return null;
      const unscaled = rescale(parsed.unscaled, parsed.scale, type.scale);
      return fitsPrecision(unscaled, type.precision) ? unscaled : null;
    }
    case 'date':
      return node.kind === 'string' ? dateOf(node.text, conversion.formats?.date) : null;
    case 'timestamp':
      if (node.kind === 'number' && /^-?\d+$/.test(node.text)) return BigInt(node.text) * 1_000_000n;
      return node.kind === 'string' ? timeOf(node.text, type.kind, conversion) : null;
    case 'timestamp_ntz':
      return node.kind === 'string' ? timeOf(node.text, type.kind, conversion) : null;
    case 'time':
      return node.kind === 'string' ? timeOfDay(node.text, conversion.formats?.time) : null;
    case 'year_month_interval':
    case 'day_time_interval':
    case 'calendar_interval':
      return node.kind === 'string' ? intervalOf(node.text, type) : null;
    case 'binary':
      return node.kind === 'string' ? new Uint8Array(Buffer.from(node.text, 'base64')) : null;
    case 'array':
      return node.kind === 'array' ? node.items.map((item) => convert(item, type.elementType, conversion)) : null;
    case 'map':
      return node.kind === 'object'
        ? node.entries.map((entry) => [entry.name, convert(entry.value, type.valueType, conversion)])
        : null;
    case 'struct': {
      if (node.kind !== 'object') return null;
      const values: (Value | null)[] = type.fields.map(() => null);
      for (const entry of node.entries) {
        const i = type.fields.findIndex((field) => field.name === entry.name);
        const field = type.fields[i];
        if (field !== undefined) values[i] = convert(entry.value, field.dataType, conversion);
      }
      return values;
    }
    case 'void':
      return null;
  }
}

/** With all digits it has, whatever the precision of its type, as in Spark. */
function timeOfDay(text: string, pattern: string | undefined): bigint | null {
  return pattern === undefined ? parseTime(text) : parseTimeBy(text, pattern);
}

function integerOf(node: JsonNode, type: DataType): Value | null {
  if (node.kind !== 'number' || !/^-?\d+$/.test(node.text)) return null;
  const value = BigInt(node.text);
  const limit = INTEGER_LIMITS[type.kind] ?? 0n;
  if (value < -limit || value >= limit) return null;
  return type.kind === 'long' ? value : Number(value);
}

const NOT_FINITE: Record<string, number> = {
  NaN: NaN,
  Infinity: Infinity,
  '+INF': Infinity,
  INF: Infinity,
  '+Infinity': Infinity,
  '-INF': -Infinity,
  '-Infinity': -Infinity,
};

function doubleOf(node: JsonNode): number | null {
  if (node.kind === 'number') return Number(node.text);
  return node.kind === 'string' ? (NOT_FINITE[node.text] ?? null) : null;
}

/** A node as compact JSON; numbers with a fraction as Java prints doubles when `normalizeNumbers`. */
export function jsonText(node: JsonNode, normalizeNumbers = false): string {
  switch (node.kind) {
    case 'null':
      return 'null';
    case 'boolean':
      return String(node.value);
    case 'number':
      return normalizeNumbers && /[.eE]/.test(node.text) ? javaDouble(Number(node.text)) : node.text;
    case 'string':
      return quoteJson(node.text);
    case 'array':
      return `[${node.items.map((item) => jsonText(item, normalizeNumbers)).join(',')}]`;
    case 'object':
      return `{${node.entries.map((entry) => `${quoteJson(entry.name)}:${jsonText(entry.value, normalizeNumbers)}`).join(',')}}`;
  }
}
