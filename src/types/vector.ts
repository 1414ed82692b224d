/**
 * One column of a batch in memory: typed arrays plus a validity array. Operators and functions read these arrays directly; rows as
 * objects exist only at the user's edge (row-codec.ts). A vector is immutable once it has been handed on.
 *
 * Layout by type: boolean → Uint8Array; byte, short, integer, date (days), year_month_interval (months) → Int32Array; float, double → Float64Array (a float is
 * already rounded to 32 bits); long, timestamp, timestamp_ntz (µs since 1970-01-01 UTC), time (ns since midnight), day_time_interval (µs), decimal with precision ≤ 18 (unscaled) →
 * BigInt64Array; string → Int32Array of ids into a StringDictionary; struct → child vectors; everything else (binary, array, map, calendar_interval,
 * void, decimal above 18 digits as unscaled bigint) → an array of values as described by `Value`.
 */
import type { DataType, StructType } from './data-type.ts';
import type { StringDictionary } from './string-dictionary.ts';

interface VectorHeader {
  readonly type: DataType;
  /** Number of rows; the arrays may be longer. */
  readonly length: number;
  /** 1 where the row has a value, 0 where it is null; undefined when no row is null. Slots of nulls hold 0 (or undefined). */
  readonly validity: Uint8Array | undefined;
}
export interface BooleanVector extends VectorHeader {
  readonly layout: 'boolean';
  readonly values: Uint8Array;
}
export interface IntVector extends VectorHeader {
  readonly layout: 'int';
  readonly values: Int32Array;
}
export interface DoubleVector extends VectorHeader {
  readonly layout: 'double';
  readonly values: Float64Array;
}
export interface LongVector extends VectorHeader {
  readonly layout: 'long';
  readonly values: BigInt64Array;
}
export interface StringVector extends VectorHeader {
  readonly layout: 'string';
  readonly ids: Int32Array;
  readonly dictionary: StringDictionary;
}
export interface StructVector extends VectorHeader {
  readonly layout: 'struct';
  readonly type: StructType;
  readonly children: readonly Vector[];
}
export interface ObjectVector extends VectorHeader {
  readonly layout: 'object';
  readonly values: readonly (Value | null)[];
}
export type Vector = BooleanVector | IntVector | DoubleVector | LongVector | StringVector | StructVector | ObjectVector;
export type VectorLayout = Vector['layout'];

/**
 * A single non-null value inside the engine: boolean → boolean; byte…integer, date, year_month_interval, float, double → number; long,
 * timestamps, time, day_time_interval, decimal (unscaled, any precision) → bigint; calendar_interval → [months, days, µs]; string → string; binary → Uint8Array; array → array of Value or null; struct → array of field
 * values; map → array of [key, value] pairs in insertion order.
 */
export type Value = boolean | number | bigint | string | Uint8Array | readonly (Value | null)[];

/** The layout of a column of this type. */
export function layoutOf(type: DataType): VectorLayout {
  switch (type.kind) {
    case 'boolean':
      return 'boolean';
    case 'byte':
    case 'short':
    case 'integer':
    case 'date':
    case 'year_month_interval':
      return 'int';
    case 'float':
    case 'double':
      return 'double';
    case 'long':
    case 'timestamp':
    case 'timestamp_ntz':
    case 'time':
    case 'day_time_interval':
      return 'long';
    case 'decimal':
      return type.precision <= 18 ? 'long' : 'object';
    case 'string':
      return 'string';
    case 'struct':
      return 'struct';
    case 'void':
    case 'binary':
    case 'array':
    case 'map':
    case 'calendar_interval':
      return 'object';
    default:
      return assertNever(type);
  }
}

function assertNever(type: never): never {
  return type;
}

/** True when row `row` is null. */
export function isNullAt(vector: Vector, row: number): boolean {
  return vector.validity !== undefined && vector.validity[row] === 0;
}

/** The value of one row, null included. Slow: for edges, fallbacks and tests, not for loops over a hot column. */
export function valueAt(vector: Vector, row: number): Value | null {
  if (vector.validity !== undefined && vector.validity[row] === 0) return null;
  switch (vector.layout) {
    case 'boolean':
      return vector.values[row] === 1;
    case 'int':
    case 'double':
    case 'long':
    case 'object':
      return vector.values[row] ?? null;
    case 'string':
      return vector.dictionary.text(vector.ids[row] ?? 0);
    case 'struct':
      return vector.children.map((child) => valueAt(child, row));
    default:
      return assertNever(vector);
  }
}
