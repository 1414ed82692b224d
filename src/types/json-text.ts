/**
 * Rows and values as the JSON text Spark's `toJSON` and `to_json` print: null fields left out, timestamps in the session's zone, binary as
 * base64, NaN and infinities quoted. General and value by value; the file sink has an encoder of its own for its hot path.
 */
import type { ColumnBatch } from './column-batch.ts';
import type { DataType, StructField } from './data-type.ts';
import type { Value } from './vector.ts';
import { present, unreachable } from '../errors/assert.ts';
import { civilFromDays, formatDate, splitMicros, twoDigits, yearText } from './civil-time.ts';
import { dayTimeInterval, yearMonthInterval } from './data-type.ts';
import { decimalText, javaDecimal, javaDouble, javaFloat } from './number-text.ts';
import { formatTime } from './time-of-day.ts';
import { zoneOf } from './time-zone.ts';
import { plainText } from './value-text.ts';
import { valueAt } from './vector.ts';

/** How to print; the functions replace Spark's default formats when the user gives patterns. */
export interface JsonTextOptions {
  /** The session's time zone. */
  readonly zone: string;
  /** False prints null fields of rows and structs as `null`; default true. */
  readonly ignoreNullFields?: boolean;
  /** True prints intervals with all their fields, whatever those of their type, as Spark's `toJSON` does. */
  readonly hasWholeIntervals?: boolean;
  /** True prints fields of structs and keys of maps in the order of their names. */
  readonly sortsKeys?: boolean;
  readonly formatTimestamp?: (micros: bigint) => string;
  readonly formatTimestampNtz?: (micros: bigint) => string;
  readonly formatDate?: (days: number) => string;
  readonly formatTime?: (nanos: bigint) => string;
}

/** One row of a batch as a JSON object; intervals with all their fields. */
export function jsonTextOfRow(batch: ColumnBatch, row: number, options: JsonTextOptions): string {
  return structText(
    batch.schema.fields,
    (i) => valueAt(present(batch.columns[i], 'a batch has a column per field'), row),
    options.hasWholeIntervals === true ? options : { ...options, hasWholeIntervals: true },
  );
}

/** A value as JSON; null prints `null`. */
export function jsonTextOfValue(value: Value | null, type: DataType, options: JsonTextOptions): string {
  if (value === null) return 'null';
  switch (type.kind) {
    case 'void':
      return 'null';
    case 'boolean':
    case 'byte':
    case 'short':
    case 'integer':
    case 'long':
      return String(value);
    case 'float':
      return numberText(javaFloat(value as number));
    case 'double':
      return numberText(javaDouble(value as number));
    case 'decimal':
      return javaDecimal(value as bigint, type.scale);
    case 'string':
      return quoteJson(value as string);
    case 'year_month_interval':
      return quoteJson(plainText(value, options.hasWholeIntervals === true ? yearMonthInterval() : type, options.zone));
    case 'day_time_interval':
      return quoteJson(plainText(value, options.hasWholeIntervals === true ? dayTimeInterval() : type, options.zone));
    case 'calendar_interval':
      return quoteJson(plainText(value, type, options.zone));
    case 'binary':
      return `"${base64(value as Uint8Array)}"`;
    case 'date':
      return quoteJson((options.formatDate ?? formatDate)(value as number));
    case 'timestamp':
      return quoteJson(timestampText(value as bigint, options));
    case 'timestamp_ntz':
      return quoteJson((options.formatTimestampNtz ?? isoLocal)(value as bigint));
    case 'time':
      return quoteJson((options.formatTime ?? formatTime)(value as bigint));
    case 'array':
      return `[${(value as Items).map((item) => jsonTextOfValue(item, type.elementType, options)).join(',')}]`;
    case 'struct':
      return structText(type.fields, (i) => (value as Items)[i] ?? null, options);
    case 'map':
      return `{${(value as readonly Items[])
        .map(
          ([key = null, item = null]) =>
            `${quoteJson(keyText(key, type.keyType))}:${jsonTextOfValue(item, type.valueType, options)}`,
        )
        .join(',')}}`;
    default:
      return unreachable(type);
  }
}

type Items = readonly (Value | null)[];

/** A JSON string as Jackson writes it: quotes, backslashes and control characters escaped, everything else as it is. */
export function quoteJson(text: string): string {
  if (!NEEDS_ESCAPE.test(text)) return `"${text}"`;
  return `"${text.replaceAll(ESCAPED, (character) => SHORT_ESCAPES.get(character) ?? unicodeEscape(character))}"`;
}

// eslint-disable-next-line no-control-regex
const NEEDS_ESCAPE = /["\\\u0000-\u001f]/;
// eslint-disable-next-line no-control-regex
const ESCAPED = /["\\\u0000-\u001f]/g;
const SHORT_ESCAPES: ReadonlyMap<string, string> = new Map([
  ['"', '\\"'],
  ['\\', '\\\\'],
  ['\b', '\\b'],
  ['\f', '\\f'],
  ['\n', '\\n'],
  ['\r', '\\r'],
  ['\t', '\\t'],
]);

function unicodeEscape(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).toUpperCase().padStart(4, '0')}`;
}

function structText(
  fields: readonly StructField[],
  valueOf: (index: number) => Value | null,
  options: JsonTextOptions,
): string {
  let text = '{';
  const order = options.sortsKeys === true ? orderOf(fields) : undefined;
  for (let at = 0; at < fields.length; at++) {
    const i = order?.[at] ?? at;
    const { name, dataType } = fields[i] as StructField;
    const value = valueOf(i);
    if (value === null && options.ignoreNullFields !== false) continue;
    if (text.length > 1) text += ',';
    text += `${quoteJson(name)}:${jsonTextOfValue(value, dataType, options)}`;
  }
  return `${text}}`;
}

/** The positions of fields in the order of their names. */
function orderOf(fields: readonly StructField[]): readonly number[] {
  const name = (i: number): string => (fields[i] as StructField).name;
  return fields.map((_, i) => i).toSorted((a, b) => (name(a) < name(b) ? -1 : 1));
}

function numberText(text: string): string {
  return text === 'NaN' || text.endsWith('Infinity') ? `"${text}"` : text;
}

function base64(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64');
}

/** `2024-01-15T10:20:30.123+01:00`: milliseconds always, `Z` for no offset. */
function timestampText(micros: bigint, options: JsonTextOptions): string {
  if (options.formatTimestamp !== undefined) return options.formatTimestamp(micros);
  const { seconds, fraction } = splitMicros(micros);
  const offset = zoneOf(options.zone).offsetSecondsAt(seconds);
  return `${localText(seconds + offset, fraction)}${offsetText(offset)}`;
}

/** A timestamp as Spark's JSON and CSV writers print it. */
export function isoTimestamp(micros: bigint, kind: 'timestamp' | 'timestamp_ntz', zone: string): string {
  return kind === 'timestamp' ? timestampText(micros, { zone }) : isoLocal(micros);
}

function isoLocal(micros: bigint): string {
  const { seconds, fraction } = splitMicros(micros);
  return localText(seconds, fraction);
}

function localText(localSeconds: number, fraction: number): string {
  const days = Math.floor(localSeconds / 86_400);
  const second = localSeconds - days * 86_400;
  const { year, month, day } = civilFromDays(days);
  const time = `${twoDigits(Math.floor(second / 3600))}:${twoDigits(Math.floor((second % 3600) / 60))}:${twoDigits(second % 60)}`;
  const ms = String(Math.floor(fraction / 1000)).padStart(3, '0');
  return `${yearText(year)}-${twoDigits(month)}-${twoDigits(day)}T${time}.${ms}`;
}

function offsetText(offsetSeconds: number): string {
  if (offsetSeconds === 0) return 'Z';
  const size = Math.abs(offsetSeconds);
  const seconds = size % 60 === 0 ? '' : `:${twoDigits(size % 60)}`;
  const sign = offsetSeconds < 0 ? '-' : '+';
  return `${sign}${twoDigits(Math.floor(size / 3600))}:${twoDigits(Math.floor((size % 3600) / 60))}${seconds}`;
}

/** Keys are written as Java prints them. */
function keyText(value: Value | null, type: DataType): string {
  if (type.kind === 'struct')
    return `[${type.fields.map(({ dataType }, i) => keyText((value as readonly (Value | null)[])[i] ?? null, dataType)).join(',')}]`;
  if (type.kind === 'decimal') return decimalText(value as bigint, type.scale);
  return String(value);
}
