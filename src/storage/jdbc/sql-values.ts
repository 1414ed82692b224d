/**
 * From column batches to values a database driver can bind, exactly: longs stay bigint, decimals and times become text with all their
 * digits, nested values JSON. What a product cannot store is refused in its dialect.
 */
import type { ColumnBatch } from '../../types/column-batch.ts';
import type { DataType } from '../../types/data-type.ts';
import type { Value, Vector } from '../../types/vector.ts';
import type { SqlColumn, SqlRows, SqlValue } from './dialect.ts';
import { present } from '../../errors/assert.ts';
import { splitMicros, twoDigits } from '../../types/civil-time.ts';
import { jsonTextOfValue } from '../../types/json-text.ts';
import { decimalText } from '../../types/number-text.ts';
import { isNullAt, valueAt } from '../../types/vector.ts';

const DAY_MS = 86_400_000;
const SECONDS_PER_DAY = 86_400;
const MAX_KEPT_DAYS = 10_000;

/** Rows `[start, end)` of a batch as values by column. */
export function sqlRows(
  columns: readonly SqlColumn[],
  batch: ColumnBatch,
  range: { readonly start: number; readonly end: number },
): SqlRows {
  const values = columns.map((column) => columnValues(column, batch, range.start, range.end));
  return { numRows: range.end - range.start, values };
}

function columnValues(column: SqlColumn, batch: ColumnBatch, start: number, end: number): SqlValue[] {
  const [index, child] = column.path;
  const whole = present(batch.columns[index], 'the column of the path');
  const vector = child === undefined ? whole : childOf(whole, child);
  const convert = converterOf(vector.type);
  const values: SqlValue[] = [];
  for (let row = start; row < end; row++) {
    const value = isNullAt(whole, row) ? null : valueAt(vector, row);
    values.push(value === null ? null : convert(value));
  }
  return values;
}

function childOf(vector: Vector, child: number): Vector {
  return present(vector.layout === 'struct' ? vector.children[child] : undefined, 'the child of the path');
}

function converterOf(type: DataType): (value: Value) => SqlValue {
  switch (type.kind) {
    case 'decimal':
      return (value) => decimalText(value as bigint, type.scale);
    case 'date':
      return dateConverter();
    case 'timestamp':
    case 'timestamp_ntz':
      return timestampConverter();
    case 'array':
    case 'map':
    case 'struct':
      return (value) => jsonTextOfValue(value, type, { zone: 'UTC' });
    default:
      return (value) => value as SqlValue;
  }
}

/** Rows have few days: the text of each is made once. */
function dateConverter(): (value: Value) => SqlValue {
  const texts = new Map<number, string>();
  return (value) => {
    const days = value as number;
    let text = texts.get(days);
    if (text === undefined) {
      text = dateText(days);
      if (texts.size < MAX_KEPT_DAYS) texts.set(days, text);
    }
    return text;
  };
}

/** Times of one batch are near each other: the text of the last day is kept. */
function timestampConverter(): (value: Value) => SqlValue {
  let lastDay = Number.NaN;
  let dayText = '';
  return (value) => {
    const { seconds, fraction } = splitMicros(value as bigint);
    const day = Math.floor(seconds / SECONDS_PER_DAY);
    if (day !== lastDay) dayText = dateText(day);
    lastDay = day;
    const ofDay = seconds - day * SECONDS_PER_DAY;
    const hours = twoDigits(Math.floor(ofDay / 3600));
    const minutes = twoDigits(Math.floor(ofDay / 60) % 60);
    return `${dayText} ${hours}:${minutes}:${twoDigits(ofDay % 60)}.${String(fraction).padStart(6, '0')}`;
  };
}

/** A day number as `2024-01-31`; years outside 0001 to 9999 have a sign and six digits. */
function dateText(days: number): string {
  return new Date(days * DAY_MS).toISOString().slice(0, -'T00:00:00.000Z'.length);
}

/** The rows without those whose key comes again later: the last row of a key wins. */
export function lastOfEachKey(columns: readonly SqlColumn[], rows: SqlRows): SqlRows {
  const keys = rows.values.filter((_, i) => columns[i]?.isKey === true);
  const rowOfKey = new Map<string, number>();
  for (let row = 0; row < rows.numRows; row++) {
    let key = '';
    for (const values of keys) key += keyText(values[row] ?? null);
    rowOfKey.set(key, row);
  }
  if (rowOfKey.size === rows.numRows) return rows;
  const kept = [...rowOfKey.values()].toSorted((a, b) => a - b);
  return { numRows: kept.length, values: rows.values.map((values) => kept.map((row) => values[row] ?? null)) };
}

function keyText(value: SqlValue): string {
  if (value === null) return 'n;';
  const text = value instanceof Uint8Array ? Buffer.from(value).toString('latin1') : String(value);
  return `${text.length}:${text};`;
}

/** Rows grouped by which of the columns at `indexes` are null; the pattern has one boolean per index. */
export function byNullPattern(
  rows: SqlRows,
  indexes: readonly number[],
): { readonly pattern: readonly boolean[]; readonly rows: readonly number[] }[] {
  const groups = new Map<string, { pattern: boolean[]; rows: number[] }>();
  for (let row = 0; row < rows.numRows; row++) {
    const pattern = indexes.map((index) => rows.values[index]?.[row] === null);
    const name = pattern.join();
    const group = groups.get(name);
    if (group === undefined) groups.set(name, { pattern, rows: [row] });
    else group.rows.push(row);
  }
  return [...groups.values()];
}
