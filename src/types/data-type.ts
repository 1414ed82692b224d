/**
 * Spark's data types as values. A column's physical layout follows from its type (see vector.ts); conversions between types are
 * expressions, not methods here.
 */
import { unreachable } from '../errors/assert.ts';

export interface SimpleType {
  readonly kind:
    | 'void'
    | 'boolean'
    | 'byte'
    | 'short'
    | 'integer'
    | 'long'
    | 'float'
    | 'double'
    | 'string'
    | 'binary'
    | 'date'
    | 'timestamp'
    | 'timestamp_ntz'
    /** What make_interval gives: months, days and microseconds side by side; SQL's `INTERVAL`. */
    | 'calendar_interval';
}
/** `INTERVAL YEAR TO MONTH`, a number of months; the fields are 0 for year and 1 for month and only say how it is written. */
export interface YearMonthIntervalType {
  readonly kind: 'year_month_interval';
  readonly startField: number;
  readonly endField: number;
}
/** `INTERVAL DAY TO SECOND`, a number of microseconds; the fields are 0 for day to 3 for second and only say how it is written. */
export interface DayTimeIntervalType {
  readonly kind: 'day_time_interval';
  readonly startField: number;
  readonly endField: number;
}
/** A time of day without a zone, in nanoseconds since midnight. */
export interface TimeType {
  readonly kind: 'time';
  /** Digits behind the point of the seconds, 0 to 6. */
  readonly precision: number;
}
export interface DecimalType {
  readonly kind: 'decimal';
  /** Total digits, 1 to 38. */
  readonly precision: number;
  /** Digits behind the point, 0 to precision. */
  readonly scale: number;
}
export interface ArrayType {
  readonly kind: 'array';
  readonly elementType: DataType;
  readonly containsNull: boolean;
}
export interface MapType {
  readonly kind: 'map';
  readonly keyType: DataType;
  readonly valueType: DataType;
  readonly valueContainsNull: boolean;
}
/** One column of a struct or of a table. */
export interface StructField {
  readonly name: string;
  readonly dataType: DataType;
  readonly nullable: boolean;
}
export interface StructType {
  readonly kind: 'struct';
  readonly fields: readonly StructField[];
}

/** Any type of Spark's that Millrace knows. */
export type DataType =
  | SimpleType
  | TimeType
  | DecimalType
  | YearMonthIntervalType
  | DayTimeIntervalType
  | ArrayType
  | MapType
  | StructType;
export type DataTypeKind = DataType['kind'];

export const VOID: SimpleType = { kind: 'void' };
export const BOOLEAN: SimpleType = { kind: 'boolean' };
export const BYTE: SimpleType = { kind: 'byte' };
export const SHORT: SimpleType = { kind: 'short' };
export const INTEGER: SimpleType = { kind: 'integer' };
export const LONG: SimpleType = { kind: 'long' };
export const FLOAT: SimpleType = { kind: 'float' };
export const DOUBLE: SimpleType = { kind: 'double' };
export const STRING: SimpleType = { kind: 'string' };
export const BINARY: SimpleType = { kind: 'binary' };
export const DATE: SimpleType = { kind: 'date' };
export const TIMESTAMP: SimpleType = { kind: 'timestamp' };
export const TIMESTAMP_NTZ: SimpleType = { kind: 'timestamp_ntz' };

export const CALENDAR_INTERVAL: SimpleType = { kind: 'calendar_interval' };

/** The fields of INTERVAL YEAR TO MONTH and INTERVAL DAY TO SECOND in order. */
export const INTERVAL_FIELDS = {
  year_month_interval: ['YEAR', 'MONTH'],
  day_time_interval: ['DAY', 'HOUR', 'MINUTE', 'SECOND'],
} as const;

/** `INTERVAL YEAR TO MONTH`, or a part of it. */
export function yearMonthInterval(startField = 0, endField = 1): YearMonthIntervalType {
  return { kind: 'year_month_interval', startField, endField };
}

/** `INTERVAL DAY TO SECOND`, or a part of it. */
export function dayTimeInterval(startField = 0, endField = 3): DayTimeIntervalType {
  return { kind: 'day_time_interval', startField, endField };
}

/** The interval type of two fields by name, as `day` and `second`; undefined when they do not go together. */
export function ansiInterval(first: string, last: string): YearMonthIntervalType | DayTimeIntervalType | undefined {
  for (const kind of ['year_month_interval', 'day_time_interval'] as const) {
    const fields: readonly string[] = INTERVAL_FIELDS[kind];
    const startField = fields.indexOf(first.toUpperCase());
    const endField = fields.indexOf(last.toUpperCase());
    if (startField >= 0 && endField >= startField) return { kind, startField, endField };
  }
  return undefined;
}

/** A time of day with that many digits behind the point of the seconds. */
export function time(precision = 6): TimeType {
  return { kind: 'time', precision };
}

/** A decimal of `precision` digits, `scale` of them behind the point. */
export function decimal(precision: number, scale: number): DecimalType {
  return { kind: 'decimal', precision, scale };
}

export function array(elementType: DataType, containsNull = true): ArrayType {
  return { kind: 'array', elementType, containsNull };
}

export function map(keyType: DataType, valueType: DataType, valueContainsNull = true): MapType {
  return { kind: 'map', keyType, valueType, valueContainsNull };
}

export function struct(fields: readonly StructField[]): StructType {
  return { kind: 'struct', fields };
}

/** A struct field; nullable unless said otherwise. */
export function field(name: string, dataType: DataType, nullable = true): StructField {
  return { name, dataType, nullable };
}

const SQL_NAMES: Record<SimpleType['kind'], string> = {
  void: 'VOID',
  boolean: 'BOOLEAN',
  byte: 'TINYINT',
  short: 'SMALLINT',
  integer: 'INT',
  long: 'BIGINT',
  float: 'FLOAT',
  double: 'DOUBLE',
  string: 'STRING',
  binary: 'BINARY',
  date: 'DATE',
  timestamp: 'TIMESTAMP',
  timestamp_ntz: 'TIMESTAMP_NTZ',
  calendar_interval: 'INTERVAL',
};

/** The type as SQL writes it, `BIGINT` or `ARRAY<STRUCT<a: INT>>`; used in error messages. */
export function sqlName(type: DataType): string {
  switch (type.kind) {
    case 'time':
      return `TIME(${type.precision})`;
    case 'decimal':
      return `DECIMAL(${type.precision},${type.scale})`;
    case 'year_month_interval':
    case 'day_time_interval':
      return intervalName(type);
    case 'array':
      return `ARRAY<${sqlName(type.elementType)}>`;
    case 'map':
      return `MAP<${sqlName(type.keyType)}, ${sqlName(type.valueType)}>`;
    case 'struct':
      return `STRUCT<${type.fields.map((f) => `${f.name}: ${sqlName(f.dataType)}${f.nullable ? '' : ' NOT NULL'}`).join(', ')}>`;
    default:
      return SQL_NAMES[type.kind];
  }
}

/** The type as Spark's `simpleString` prints it, `bigint` or `array<struct<a:int>>`; used by printSchema and explain. */
export function simpleName(type: DataType): string {
  switch (type.kind) {
    case 'decimal':
      return `decimal(${type.precision},${type.scale})`;
    case 'time':
    case 'year_month_interval':
    case 'day_time_interval':
      return sqlName(type).toLowerCase();
    case 'array':
      return `array<${simpleName(type.elementType)}>`;
    case 'map':
      return `map<${simpleName(type.keyType)},${simpleName(type.valueType)}>`;
    case 'struct':
      return `struct<${type.fields.map((f) => `${f.name}:${simpleName(f.dataType)}`).join(',')}>`;
    default:
      return SQL_NAMES[type.kind].toLowerCase();
  }
}

function intervalName({ kind, startField, endField }: YearMonthIntervalType | DayTimeIntervalType): string {
  const first = INTERVAL_FIELDS[kind][startField] ?? '';
  return startField === endField
    ? `INTERVAL ${first}`
    : `INTERVAL ${first} TO ${INTERVAL_FIELDS[kind][endField] ?? ''}`;
}

/** Structural equality; nullability of nested values counts only when `withNullability`. */
export function sameType(left: DataType, right: DataType, withNullability = false): boolean {
  if (left.kind !== right.kind) return false;
  switch (left.kind) {
    case 'time':
      return right.kind === 'time' && left.precision === right.precision;
    case 'decimal':
      return right.kind === 'decimal' && left.precision === right.precision && left.scale === right.scale;
    case 'year_month_interval':
    case 'day_time_interval':
      return right.kind === left.kind && left.startField === right.startField && left.endField === right.endField;
    case 'array':
      return (
        right.kind === 'array' &&
        sameType(left.elementType, right.elementType, withNullability) &&
        (!withNullability || left.containsNull === right.containsNull)
      );
    case 'map':
      return (
        right.kind === 'map' &&
        sameType(left.keyType, right.keyType, withNullability) &&
        sameType(left.valueType, right.valueType, withNullability) &&
        (!withNullability || left.valueContainsNull === right.valueContainsNull)
      );
    case 'struct':
      return right.kind === 'struct' && sameFields(left.fields, right.fields, withNullability);
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
    case 'calendar_interval':
      return true;
    default:
      return unreachable(left);
  }
}

function sameFields(left: readonly StructField[], right: readonly StructField[], withNullability: boolean): boolean {
  return (
    left.length === right.length &&
    left.every((a, i) => {
      const b = right[i];
      return (
        b !== undefined &&
        a.name === b.name &&
        sameType(a.dataType, b.dataType, withNullability) &&
        (!withNullability || a.nullable === b.nullable)
      );
    })
  );
}

export function isIntegral(type: DataType): boolean {
  return type.kind === 'byte' || type.kind === 'short' || type.kind === 'integer' || type.kind === 'long';
}

/** INTERVAL YEAR TO MONTH or INTERVAL DAY TO SECOND, whatever their fields. */
export function isAnsiInterval(type: DataType): type is YearMonthIntervalType | DayTimeIntervalType {
  return type.kind === 'year_month_interval' || type.kind === 'day_time_interval';
}

export function isFractional(type: DataType): boolean {
  return type.kind === 'float' || type.kind === 'double' || type.kind === 'decimal';
}

export function isNumeric(type: DataType): boolean {
  return isIntegral(type) || isFractional(type);
}
