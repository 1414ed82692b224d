/**
 * Which types go together: the common type of two, implicit casts of arguments, and the precision of decimal results, as Spark's ANSI
 * mode has them. Knows types only; type-coercion.ts inserts the casts.
 */
import type { DataType, DecimalType, StructField } from '../types/data-type.ts';
import {
  DATE,
  DOUBLE,
  FLOAT,
  LONG,
  STRING,
  TIMESTAMP,
  TIMESTAMP_NTZ,
  array,
  decimal,
  isAnsiInterval,
  isIntegral,
  isNumeric,
  map,
  sameType,
  struct,
  time,
} from '../types/data-type.ts';
import { matchesInside } from '../types/inner-types.ts';

const MAX_PRECISION = 38;
const NUMERIC_ORDER = ['byte', 'short', 'integer', 'long', 'float', 'double'];

/** True for types without parts; what a string casts to implicitly. */
export function isAtomic(type: DataType): boolean {
  return type.kind !== 'array' && type.kind !== 'map' && type.kind !== 'struct' && type.kind !== 'void';
}

export function isDateTime(type: DataType): boolean {
  return type.kind === 'date' || type.kind === 'timestamp' || type.kind === 'timestamp_ntz';
}

/** False for types that hold a map: they have equality for grouping but no order and no `=`. */
export function isOrderable(type: DataType): boolean {
  switch (type.kind) {
    case 'map':
    case 'calendar_interval':
      return false;
    case 'array':
      return isOrderable(type.elementType);
    case 'struct':
      return type.fields.every((field) => isOrderable(field.dataType));
    default:
      return true;
  }
}

/** The type both convert to without a cast that may fail, strings becoming the other type; undefined when there is none. */
export function findWiderType(left: DataType, right: DataType): DataType | undefined {
  return (
    findTightestType(left, right) ??
    widerOfString(left, right) ??
    widerOfString(right, left) ??
    widerNested(left, right)
  );
}

/** The type elements of arrays have in common: text goes with text only, and NULL with all. */
export function findElementType(left: DataType, right: DataType): DataType | undefined {
  const mixesText =
    left.kind !== 'void' && right.kind !== 'void' && (left.kind === 'string') !== (right.kind === 'string');
  return mixesText ? undefined : findWiderType(left, right);
}

/** As findWiderType over a list; undefined for an empty list. */
export function findWiderTypeOf(types: readonly DataType[]): DataType | undefined {
  // Strings go last, so that the order of the arguments does not matter.
  const ordered = [
    ...types.filter((type) => type.kind !== 'string'),
    ...types.filter((type) => type.kind === 'string'),
  ];
  const [first, ...rest] = ordered;
  let wider = first;
  for (const type of rest) wider = wider === undefined ? undefined : findWiderType(wider, type);
  return wider;
}

function findTightestType(left: DataType, right: DataType): DataType | undefined {
  if (sameType(left, right, true)) return left;
  if (left.kind === 'void') return right;
  if (right.kind === 'void') return left;
  if (isNumeric(left) && isNumeric(right)) return widerNumeric(left, right);
  if (isAnsiInterval(left) && left.kind === right.kind) {
    const other = right as typeof left;
    const startField = Math.min(left.startField, other.startField);
    return { ...left, startField, endField: Math.max(left.endField, other.endField) };
  }
  if (left.kind === 'time' && right.kind === 'time') return time(Math.max(left.precision, right.precision));
  if (isDateTime(left) && isDateTime(right)) {
    if (left.kind === 'timestamp' || right.kind === 'timestamp') return TIMESTAMP;
    return left.kind === right.kind ? DATE : TIMESTAMP_NTZ;
  }
  return undefined;
}

function widerNumeric(left: DataType, right: DataType): DataType {
  if (left.kind === 'decimal' || right.kind === 'decimal') {
    const a = decimalOf(left);
    const b = decimalOf(right);
    return a === undefined || b === undefined ? DOUBLE : widerDecimal(a, b);
  }
  const wider = NUMERIC_ORDER.indexOf(left.kind) > NUMERIC_ORDER.indexOf(right.kind) ? left : right;
  return wider.kind === 'float' && left.kind !== right.kind ? DOUBLE : wider.kind === 'float' ? FLOAT : wider;
}

function widerOfString(text: DataType, other: DataType): DataType | undefined {
  if (text.kind !== 'string' || !isAtomic(other)) return undefined;
  if (isAnsiInterval(other) || other.kind === 'calendar_interval') return undefined;
  if (isIntegral(other)) return LONG;
  return isNumeric(other) ? DOUBLE : other;
}

function widerNested(left: DataType, right: DataType): DataType | undefined {
  if (left.kind === 'array' && right.kind === 'array') {
    const element = findWiderType(left.elementType, right.elementType);
    return element && array(element, left.containsNull || right.containsNull);
  }
  if (left.kind === 'map' && right.kind === 'map') {
    const key = findWiderType(left.keyType, right.keyType);
    const value = findWiderType(left.valueType, right.valueType);
    return key && value && map(key, value, left.valueContainsNull || right.valueContainsNull);
  }
  if (left.kind !== 'struct' || right.kind !== 'struct' || left.fields.length !== right.fields.length) return undefined;
  const fields: StructField[] = [];
  for (const [i, field] of left.fields.entries()) {
    const other = right.fields[i];
    const wider = other && findWiderType(field.dataType, other.dataType);
    if (other === undefined || wider === undefined || field.name.toLowerCase() !== other.name.toLowerCase())
      return undefined;
    fields.push({ name: field.name, dataType: wider, nullable: field.nullable || other.nullable });
  }
  return struct(fields);
}

/** The type an argument becomes where `target` is expected; undefined when it does not fit. */
export function implicitCast(from: DataType, target: DataType): DataType | undefined {
  return canStoreAssign(from, target) || (from.kind === 'string' && isAtomic(target)) ? target : undefined;
}

/** Spark's ANSI store assignment. */
function canStoreAssign(from: DataType, target: DataType): boolean {
  if (from.kind === 'void' || sameType(from, target)) return true;
  if (isNumeric(from) && isNumeric(target)) return true;
  if (isAtomic(from) && target.kind === STRING.kind) return true;
  if (isDateTime(from) && isDateTime(target)) return true;
  if ((isAnsiInterval(from) || from.kind === 'time') && from.kind === target.kind) return true;
  return matchesInside(from, target, canStoreAssign, (field, other) => field.name === other.name);
}

/** The decimal that holds every value of an integral or decimal type; undefined for the others. */
export function decimalOf(type: DataType): DecimalType | undefined {
  switch (type.kind) {
    case 'decimal':
      return type;
    case 'byte':
      return decimal(3, 0);
    case 'short':
      return decimal(5, 0);
    case 'integer':
      return decimal(10, 0);
    case 'long':
      return decimal(20, 0);
    default:
      return undefined;
  }
}

/** The smallest decimal that holds an integer literal. */
export function decimalOfLiteral(value: number | bigint): DecimalType {
  return decimal(String(value).replace('-', '').length, 0);
}

/** The decimal both convert to; integral digits win when 38 do not hold both. */
export function widerDecimal(a: DecimalType, b: DecimalType): DecimalType {
  const scale = Math.max(a.scale, b.scale);
  const range = Math.max(a.precision - a.scale, b.precision - b.scale);
  if (range + scale <= MAX_PRECISION) return decimal(range + scale, scale);
  return decimal(MAX_PRECISION, Math.max(0, scale - (range + scale - MAX_PRECISION)));
}

/** The type of `a <operator> b` for decimals. */
export function decimalResult(operator: '+' | '-' | '*' | '/' | '%', a: DecimalType, b: DecimalType): DecimalType {
  const scale = Math.max(a.scale, b.scale);
  switch (operator) {
    case '+':
    case '-':
      return adjusted(scale + Math.max(a.precision - a.scale, b.precision - b.scale) + 1, scale);
    case '*':
      return adjusted(a.precision + b.precision + 1, a.scale + b.scale);
    case '/': {
      const quotientScale = Math.max(6, a.scale + b.precision + 1);
      return adjusted(a.precision - a.scale + b.scale + quotientScale, quotientScale);
    }
    case '%':
      return adjusted(scale + Math.min(a.precision - a.scale, b.precision - b.scale), scale);
  }
}

/** As decimalResult where no digit behind the point may be given up. */
export function exactDecimalResult(operator: '+' | '-' | '*' | '/' | '%', a: DecimalType, b: DecimalType): DecimalType {
  const scale = Math.max(a.scale, b.scale);
  switch (operator) {
    case '+':
    case '-':
      return boundedDecimal(scale + Math.max(a.precision - a.scale, b.precision - b.scale) + 1, scale);
    case '*':
      return boundedDecimal(a.precision + b.precision + 1, a.scale + b.scale);
    case '/': {
      const whole = Math.min(MAX_PRECISION, a.precision - a.scale + b.scale);
      const fraction = Math.min(MAX_PRECISION, Math.max(6, a.scale + b.precision + 1));
      const excess = whole + fraction - MAX_PRECISION;
      return excess > 0
        ? boundedDecimal(MAX_PRECISION, fraction - Math.trunc(excess / 2) - 1)
        : boundedDecimal(whole + fraction, fraction);
    }
    case '%':
      return boundedDecimal(scale + Math.min(a.precision - a.scale, b.precision - b.scale), scale);
  }
}

/** At most 38 digits, keeping the integral ones and at least 6 (or all) behind the point. */
function adjusted(precision: number, scale: number): DecimalType {
  if (precision <= MAX_PRECISION) return decimal(precision, scale);
  const integral = precision - scale;
  return decimal(MAX_PRECISION, Math.max(MAX_PRECISION - integral, Math.min(scale, 6)));
}

/** At most 38 digits, at most 38 behind the point. */
export function boundedDecimal(precision: number, scale: number): DecimalType {
  return decimal(Math.min(precision, MAX_PRECISION), Math.min(scale, MAX_PRECISION));
}
