/**
 * One value of the user's as a value of the engine, checked: lenient where nothing is lost (a safe integer for BIGINT, a text for
 * TIMESTAMP), a typed error naming column and value otherwise. Rows and batches are row-codec.ts.
 */
import type { DataType, DayTimeIntervalType, MapType, StructType, YearMonthIntervalType } from './data-type.ts';
import type { Value } from './vector.ts';
import { unreachable } from '../errors/assert.ts';
import { MillraceError } from '../errors/millrace-error.ts';
import { sqlName } from './data-type.ts';
import { Decimal, fitsPrecision, parseDecimal, rescale } from './decimal.ts';
import { intervalOrNone } from './interval.ts';
import { parseAnsiInterval, valueOfInterval } from './interval-text.ts';
import { cutTime, parseTime } from './time-of-day.ts';
import { parseDate, parseTimestamp, parseTimestampNtz } from './timestamp-text.ts';
import { Timestamp } from './timestamp.ts';

/** The engine's value of a user's value; `columnName` is for the error. Undefined is null. */
export function fromExternal(value: unknown, type: DataType, columnName = 'value'): Value | null {
  if (value === null || value === undefined) return null;
  const converted = convert(value, type, columnName);
  if (converted !== undefined) return converted;
  throw new MillraceError('INVALID_ROW_VALUE', {
    value: shown(value),
    columnName: `\`${columnName}\``,
    type: `"${sqlName(type)}"`,
  });
}

/** An own property of an object; what objects inherit (`constructor`, `__proto__`) is not there. */
export function propertyOf(object: object, name: string): unknown {
  return Object.hasOwn(object, name) ? (object as Readonly<Record<string, unknown>>)[name] : undefined;
}

/** Sets an own property whatever its name: `__proto__` becomes an ordinary one. */
export function setProperty(object: Record<string, unknown>, name: string, value: unknown): void {
  if (name === '__proto__')
    Object.defineProperty(object, name, { value, writable: true, enumerable: true, configurable: true });
  else object[name] = value;
}

/** Undefined when the value does not fit the type. */
function convert(value: unknown, type: DataType, columnName: string): Value | undefined {
  switch (type.kind) {
    case 'void':
      return undefined;
    case 'boolean':
      return typeof value === 'boolean' ? value : undefined;
    case 'byte':
      return integer(value, 0x80);
    case 'short':
      return integer(value, 0x8000);
    case 'integer':
      return integer(value, 0x8000_0000);
    case 'long':
      return long(value);
    case 'float':
      return typeof value === 'number' ? Math.fround(value) : undefined;
    case 'double':
      return typeof value === 'number' ? value : undefined;
    case 'string':
      return typeof value === 'string' ? value : undefined;
    case 'binary':
      return value instanceof Uint8Array ? value : undefined;
    case 'date':
      return date(value);
    case 'timestamp':
      return typeof value === 'string' ? (parseTimestamp(value, 'UTC') ?? undefined) : microsOfDate(value);
    case 'timestamp_ntz':
      return typeof value === 'string' ? (parseTimestampNtz(value) ?? undefined) : microsOfDate(value);
    case 'time':
      return typeof value === 'string' ? timeOf(value, type.precision) : undefined;
    case 'year_month_interval':
      return typeof value === 'string' ? intervalOfText(value, type) : integer(value, 0x8000_0000);
    case 'day_time_interval':
      return typeof value === 'string' ? intervalOfText(value, type) : long(value);
    case 'calendar_interval':
      return calendarIntervalOf(value);
    case 'decimal':
      return unscaledOf(value, type.precision, type.scale);
    case 'array':
      if (!Array.isArray(value)) return undefined;
      return value.map((item) => fromExternal(item, type.elementType, `${columnName}[]`));
    case 'struct':
      return typeof value === 'object' && value !== null ? structOf(value, type, columnName) : undefined;
    case 'map':
      return typeof value === 'object' && value !== null ? entriesOf(value, type, columnName) : undefined;
    default:
      return unreachable(type);
  }
}

function timeOf(text: string, precision: number): bigint | undefined {
  const nanos = parseTime(text);
  return nanos === null ? undefined : cutTime(nanos, precision);
}

function integer(value: unknown, limit: number): number | undefined {
  const number = typeof value === 'bigint' ? Number(value) : value;
  return typeof number === 'number' && Number.isInteger(number) && number >= -limit && number < limit
    ? number + 0 // turns -0 into 0
    : undefined;
}

function long(value: unknown): bigint | undefined {
  if (typeof value === 'bigint') return BigInt.asIntN(64, value) === value ? value : undefined;
  return Number.isSafeInteger(value) ? BigInt(value as number) : undefined;
}

function intervalOfText(text: string, type: YearMonthIntervalType | DayTimeIntervalType): Value | undefined {
  const parsed = parseAnsiInterval(text, type);
  if (typeof parsed !== 'bigint') return undefined;
  return type.kind === 'year_month_interval' ? Number(parsed) : parsed;
}

/** A text as `1 day 2 hours`, or an object `{ months, days, micros }` with all its parts. */
function calendarIntervalOf(value: unknown): Value | undefined {
  if (typeof value === 'string') {
    const parsed = intervalOrNone(value);
    return parsed && valueOfInterval(parsed);
  }
  if (typeof value !== 'object' || value === null) return undefined;
  const months = integer(propertyOf(value, 'months'), 0x8000_0000);
  const days = integer(propertyOf(value, 'days'), 0x8000_0000);
  const micros = long(propertyOf(value, 'micros'));
  return months === undefined || days === undefined || micros === undefined ? undefined : [months, days, micros];
}

function date(value: unknown): number | undefined {
  if (typeof value === 'string') return parseDate(value) ?? undefined;
  if (!(value instanceof Date) || Number.isNaN(value.getTime())) return undefined;
  return Math.floor(value.getTime() / 86_400_000);
}

function microsOfDate(value: unknown): bigint | undefined {
  if (value instanceof Timestamp) return BigInt.asIntN(64, value.micros) === value.micros ? value.micros : undefined;
  if (!(value instanceof Date) || Number.isNaN(value.getTime())) return undefined;
  return BigInt(value.getTime()) * 1000n;
}

function unscaledOf(value: unknown, precision: number, scale: number): bigint | undefined {
  const decimal =
    value instanceof Decimal
      ? value
      : typeof value === 'bigint'
        ? new Decimal(value)
        : typeof value === 'string' || typeof value === 'number'
          ? parseDecimal(String(value))
          : undefined;
  if (decimal === undefined) return undefined;
  const unscaled = rescale(decimal.unscaled, decimal.scale, scale);
  return fitsPrecision(unscaled, precision) ? unscaled : undefined;
}

function structOf(value: object, type: StructType, columnName: string): Value {
  return type.fields.map((field, i) => {
    const path = `${columnName}.${field.name}`;
    const item: unknown = Array.isArray(value) ? value[i] : propertyOf(value, field.name);
    const converted = fromExternal(item, field.dataType, path);
    if (converted === null && !field.nullable)
      throw new MillraceError('NULL_IN_NON_NULLABLE_COLUMN', { columnName: `\`${path}\`` });
    return converted;
  });
}

function entriesOf(value: object, type: MapType, columnName: string): Value {
  const entries: readonly (readonly unknown[])[] = value instanceof Map ? [...value] : Object.entries(value);
  return entries.map(([key, item]) => {
    const convertedKey = fromExternal(key, type.keyType, `${columnName}.key`);
    if (convertedKey === null)
      throw new MillraceError('NULL_IN_NON_NULLABLE_COLUMN', { columnName: `\`${columnName}.key\`` });
    return [convertedKey, fromExternal(item, type.valueType, `${columnName}.value`)];
  });
}

function shown(value: unknown): string {
  if (typeof value === 'string') return JSON.stringify(value);
  if (typeof value === 'bigint') return `${value}n`;
  if (typeof value === 'function' || typeof value === 'symbol') return typeof value;
  if (typeof value !== 'object' || value === null || value instanceof Date) return String(value);
  try {
    const text = JSON.stringify(value, (_, item: unknown) => (typeof item === 'bigint' ? `${item}n` : item));
    return text.length > 200 ? `${text.slice(0, 200)}…` : text;
  } catch {
    return 'an object';
  }
}
