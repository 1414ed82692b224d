/**
 * Exact decimal numbers at the user's edge, and the rounding every decimal operation shares. Inside the engine a decimal is its unscaled
 * bigint; the scale is in the column's type.
 */
import { MillraceError } from '../errors/millrace-error.ts';
import { decimalText } from './number-text.ts';

/** The largest precision a decimal type can have. */
export const MAX_PRECISION = 38;

/**
 * An immutable decimal number `unscaled × 10^-scale`.
 *
 * @example
 * Decimal.parse('12.50').toString(); // '12.50'
 */
export class Decimal {
  readonly unscaled: bigint;
  readonly scale: number;

  constructor(unscaled: bigint, scale = 0) {
    this.unscaled = unscaled;
    this.scale = scale;
  }

  /** Reads `12.50`, `-1e-3`; throws CAST_INVALID_INPUT for anything else. */
  static parse(text: string): Decimal {
    const parsed = parseDecimal(text);
    if (parsed !== undefined) return parsed;
    throw new MillraceError('CAST_INVALID_INPUT', {
      expression: `'${text}'`,
      sourceType: '"STRING"',
      targetType: '"DECIMAL"',
    });
  }

  /** The decimal a number prints as: `0.1` gives 0.1. The number must be finite. */
  static fromNumber(value: number): Decimal {
    return Decimal.parse(String(value));
  }

  /** The same number with another scale, rounded half up when digits go. */
  withScale(scale: number): Decimal {
    return new Decimal(rescale(this.unscaled, this.scale, scale), scale);
  }

  /** Negative, 0 or positive; numbers of different scale can be equal. */
  compareTo(other: Decimal): number {
    const scale = Math.max(this.scale, other.scale);
    const left = rescale(this.unscaled, this.scale, scale);
    const right = rescale(other.unscaled, other.scale, scale);
    return left < right ? -1 : left > right ? 1 : 0;
  }

  equals(other: Decimal): boolean {
    return this.compareTo(other) === 0;
  }

  /** The nearest double. */
  toNumber(): number {
    return Number(this.toString());
  }

  /** All digits, without exponent. */
  toString(): string {
    return decimalText(this.unscaled, this.scale);
  }

  toJSON(): string {
    return this.toString();
  }
}

/** The decimal of a text Java's BigDecimal reads, white space around it ignored; undefined when it is none or its exponent is absurd. */
export function parseDecimal(text: string): Decimal | undefined {
  const found = /^([+-]?)(?:(\d+)\.?(\d*)|\.(\d+))(?:[eE]([+-]?\d{1,9}))?$/.exec(text.trim());
  if (found === null) return undefined;
  const [, sign, whole = '', part = '', bare = '', exponent = '0'] = found;
  const fraction = part + bare;
  const magnitude = BigInt(whole + fraction);
  const unscaled = sign === '-' ? -magnitude : magnitude;
  const scale = fraction.length - Number(exponent);
  if (scale >= 0) return scale > MAX_EXPONENT ? undefined : new Decimal(unscaled, scale);
  return -scale > MAX_EXPONENT ? undefined : new Decimal(unscaled * powerOfTen(-scale), 0);
}

const MAX_EXPONENT = 10_000;
const POWERS: readonly bigint[] = Array.from({ length: 80 }, (_, exponent) => 10n ** BigInt(exponent));

/** 10 to a power of 0 or more. */
export function powerOfTen(exponent: number): bigint {
  return POWERS[exponent] ?? 10n ** BigInt(exponent);
}

/** The quotient rounded half up, that is away from zero at .5; the divisor must not be 0. */
export function divideHalfUp(dividend: bigint, divisor: bigint): bigint {
  const quotient = dividend / divisor;
  const rest = dividend % divisor;
  const twice = (rest < 0n ? -rest : rest) * 2n;
  if (twice < (divisor < 0n ? -divisor : divisor)) return quotient;
  return dividend < 0n === divisor < 0n ? quotient + 1n : quotient - 1n;
}

/** An unscaled value moved from one scale to another, rounded half up. */
export function rescale(unscaled: bigint, from: number, to: number): bigint {
  if (from === to) return unscaled;
  return from < to ? unscaled * powerOfTen(to - from) : divideHalfUp(unscaled, powerOfTen(from - to));
}

/** True when the unscaled value has at most `precision` digits. */
export function fitsPrecision(unscaled: bigint, precision: number): boolean {
  const limit = powerOfTen(precision);
  return unscaled < limit && unscaled > -limit;
}
