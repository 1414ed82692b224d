/** Casts among numbers and booleans. */
import type { DataType, DecimalType } from '../types/data-type.ts';
import type { Value } from '../types/vector.ts';
import type { ValueCast } from './value-cast.ts';
import type { Cast } from './expression.ts';
import { MillraceError } from '../errors/millrace-error.ts';
import { sqlValue } from '../functions/sql-value.ts';
import { isIntegral, sqlName } from '../types/data-type.ts';
import { fitsPrecision, parseDecimal, powerOfTen, rescale } from '../types/decimal.ts';
import { decimalText, javaDouble } from '../types/number-text.ts';
import { integerRange } from './integer-range.ts';

/** The cast between two numeric or boolean types. */
export function castNumeric(from: DataType, target: DataType, mode: Cast['mode']): ValueCast {
  if (target.kind === 'boolean') return (value) => value !== 0 && value !== 0n;
  if (from.kind === 'boolean') return castNumericOf(target, mode, from, (value) => (value === true ? 1 : 0));
  return castNumericOf(target, mode, from, (value) => value as number | bigint);
}

function castNumericOf(
  target: DataType,
  mode: Cast['mode'],
  from: DataType,
  read: (value: Value) => number | bigint,
): ValueCast {
  const scale = from.kind === 'decimal' ? from.scale : 0;
  if (isIntegral(target)) return (value) => toIntegral(read(value), from, target, mode);
  if (target.kind === 'decimal')
    return (value) => {
      const number = read(value);
      if (from.kind === 'float' || from.kind === 'double') return decimalOfDouble(number as number, target, mode);
      return fitDecimal(BigInt(number), scale, target, mode);
    };
  const round = target.kind === 'float' ? Math.fround : (number: number): number => number;
  return (value) => {
    const number = read(value);
    return round(typeof number === 'bigint' ? doubleOfDecimal(number, scale) : number);
  };
}

/** The nearest double of an unscaled decimal. */
export function doubleOfDecimal(unscaled: bigint, scale: number): number {
  return scale === 0 ? Number(unscaled) : Number(decimalText(unscaled, scale));
}

/** Cuts off what is behind the point; outside of the range an error, null, or (legacy) as Java wraps. */
export function toIntegral(value: number | bigint, from: DataType, target: DataType, mode: Cast['mode']): Value | null {
  const { bits, min, max } = integerRange(target);
  const whole = wholeOf(value, from);
  if (whole === undefined || whole < min || whole > max) {
    if (mode === 'ansi') throw castOverflow(value, from, target);
    if (mode === 'try') return null;
    return wrap(value, whole, bits, target);
  }
  return target.kind === 'long' ? whole : Number(whole);
}

function wholeOf(value: number | bigint, from: DataType): bigint | undefined {
  if (typeof value === 'bigint') return from.kind === 'decimal' ? value / powerOfTen(from.scale) : value;
  return Number.isFinite(value) ? BigInt(Math.trunc(value)) : undefined;
}

/** Java's conversions: integers wrap, doubles stop at the ends of int or long (and then wrap for byte and short), NaN is 0. */
function wrap(value: number | bigint, whole: bigint | undefined, bits: number, target: DataType): Value {
  let result = whole ?? (Number.isNaN(value) ? 0n : (value as number) > 0 ? 1n << 100n : -(1n << 100n));
  if (typeof value === 'number') {
    const { min, max } = integerRange(bits === 64 ? target : { kind: 'integer' });
    result = result < min ? min : result > max ? max : result;
  }
  const wrapped = BigInt.asIntN(bits, result);
  return target.kind === 'long' ? wrapped : Number(wrapped);
}

/** The error of a value outside of the range of the target type. */
export function castOverflow(
  value: Value,
  from: DataType,
  target: DataType,
  timeZone?: string,
): MillraceError<'CAST_OVERFLOW'> {
  return new MillraceError('CAST_OVERFLOW', {
    value: sqlValue(from, value, timeZone),
    sourceType: `"${sqlName(from)}"`,
    targetType: `"${sqlName(target)}"`,
  });
}

/** A decimal of another precision and scale, rounded half up. */
export function fitDecimal(unscaled: bigint, scale: number, target: DecimalType, mode: Cast['mode']): Value | null {
  const rescaled = rescale(unscaled, scale, target.scale);
  if (fitsPrecision(rescaled, target.precision)) return rescaled;
  if (mode !== 'ansi') return null;
  throw new MillraceError('NUMERIC_VALUE_OUT_OF_RANGE.WITH_SUGGESTION', {
    value: decimalText(unscaled, scale),
    precision: String(target.precision),
    scale: String(target.scale),
    config: '"spark.sql.ansi.enabled"',
  });
}

/** The decimal of the digits Java prints for a double; null for NaN and infinities. */
export function decimalOfDouble(value: number, target: DecimalType, mode: Cast['mode']): Value | null {
  const parsed = parseDecimal(javaDouble(value));
  return parsed === undefined ? null : fitDecimal(parsed.unscaled, parsed.scale, target, mode);
}
