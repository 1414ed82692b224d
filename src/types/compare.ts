/**
 * Spark's order and equality of single values: NaN equals NaN and is the largest number, -0.0 equals 0.0, strings compare by their UTF-8
 * bytes, binaries by unsigned bytes, a null inside an array or struct is smaller than any value. For sorting and tests; kernels compare
 * columns themselves.
 */
import type { DataType } from './data-type.ts';
import type { Value } from './vector.ts';
import { unreachable } from '../errors/assert.ts';

type Items = readonly (Value | null)[];

/** Negative, 0 or positive as `a` sorts before, with or after `b` in ascending order, nulls first. */
export function compareValues(type: DataType, a: Value | null, b: Value | null): number {
  if (a === null || b === null) return a === b ? 0 : a === null ? -1 : 1;
  switch (type.kind) {
    case 'void':
      return 0;
    case 'boolean':
      return Number(a) - Number(b);
    case 'byte':
    case 'short':
    case 'integer':
    case 'date':
    case 'year_month_interval':
      return (a as number) - (b as number);
    case 'float':
    case 'double':
      return compareDoubles(a as number, b as number);
    case 'long':
    case 'timestamp':
    case 'timestamp_ntz':
    case 'time':
    case 'day_time_interval':
    case 'decimal':
      return (a as bigint) < (b as bigint) ? -1 : a === b ? 0 : 1;
    case 'string':
      return compareText(a as string, b as string);
    case 'binary':
      return compareBytes(a as Uint8Array, b as Uint8Array);
    case 'array':
      return compareArrays(type.elementType, a as Items, b as Items);
    case 'struct':
      return firstDifference(type.fields, (field, i) =>
        compareValues(field.dataType, (a as Items)[i] ?? null, (b as Items)[i] ?? null),
      );
    case 'calendar_interval':
      return compareIntervals(a as Items, b as Items);
    case 'map':
      return compareMaps(type.keyType, type.valueType, a as Items, b as Items);
    default:
      return unreachable(type);
  }
}

/** Some order, for grouping: SQL has none. */
function compareIntervals(a: Items, b: Items): number {
  const at = a.findIndex((part, i) => part !== b[i]);
  return at < 0 ? 0 : (a[at] as number | bigint) < (b[at] as number | bigint) ? -1 : 1;
}

/** True when the two values are the same group key: nulls are equal, NaN equals NaN, maps ignore the order of their entries. */
export function equalValues(type: DataType, a: Value | null, b: Value | null): boolean {
  return a === b || compareValues(type, a, b) === 0;
}

/** The order of two strings by their UTF-8 bytes, which is the order of their code points. */
export function compareText(a: string, b: string): number {
  if (a === b) return 0;
  const length = Math.min(a.length, b.length);
  for (let i = 0; i < length; i++) {
    const left = a.charCodeAt(i);
    const right = b.charCodeAt(i);
    if (left !== right)
      return left < 0xd800 || right < 0xd800 ? left - right : surrogatesLast(left) - surrogatesLast(right);
  }
  return a.length - b.length;
}

/** UTF-16 puts surrogates (code points above U+FFFF) before U+E000…U+FFFF; UTF-8 puts them behind. */
function surrogatesLast(unit: number): number {
  return unit >= 0xe000 ? unit - 0x800 : unit + 0x2000;
}

function compareDoubles(a: number, b: number): number {
  if (a < b) return -1;
  if (a > b) return 1;
  if (a === b) return 0;
  return Number(Number.isNaN(a)) - Number(Number.isNaN(b));
}

function compareBytes(a: Uint8Array, b: Uint8Array): number {
  const length = Math.min(a.length, b.length);
  for (let i = 0; i < length; i++) {
    const difference = (a[i] as number) - (b[i] as number);
    if (difference !== 0) return difference;
  }
  return a.length - b.length;
}

function compareArrays(elementType: DataType, a: Items, b: Items): number {
  const length = Math.min(a.length, b.length);
  for (let i = 0; i < length; i++) {
    const order = compareValues(elementType, a[i] ?? null, b[i] ?? null);
    if (order !== 0) return order;
  }
  return a.length - b.length;
}

/** Entries sorted by key, then entry by entry: Spark has no order of maps, this one only has to be total and fit equality. */
function compareMaps(keyType: DataType, valueType: DataType, a: Items, b: Items): number {
  if (a.length !== b.length) return a.length - b.length;
  const byKey = (left: Value | null, right: Value | null): number =>
    compareValues(keyType, entry(left, 0), entry(right, 0));
  const right = b.toSorted(byKey);
  return firstDifference(a.toSorted(byKey), (pair, i) => {
    const other = right[i] ?? null;
    return byKey(pair, other) || compareValues(valueType, entry(pair, 1), entry(other, 1));
  });
}

function entry(pair: Value | null, side: 0 | 1): Value | null {
  return (pair as Items)[side] ?? null;
}

function firstDifference<T>(items: readonly T[], compare: (item: T, index: number) => number): number {
  for (let i = 0; i < items.length; i++) {
    const order = compare(items[i] as T, i);
    if (order !== 0) return order;
  }
  return 0;
}
