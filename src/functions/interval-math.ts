/** Arithmetic on the values of interval types, and on times with them. The types of the operators are interval-operators.ts. */
import type { Interval } from '../types/interval.ts';
import { MillraceError } from '../errors/millrace-error.ts';
import { civilFromDays, daysFromCivil, daysInMonth, localToUtc, zoneOffsetMicros } from '../types/civil-time.ts';
import { divideHalfUp, powerOfTen } from '../types/decimal.ts';

const DAY_MICROS = 86_400_000_000n;
const MAX_INT = 2n ** 31n;
const MAX_LONG = 2n ** 63n;

/** What happens when a result does not fit: an error, which names the function that gives NULL, or NULL. */
export type IntervalOverflow = 'null' | { readonly instead: string | undefined };

/** The error of an interval out of range; `instead` is the function that gives null. */
export function intervalOverflow(instead: string | undefined): MillraceError {
  return instead === undefined
    ? new MillraceError('INTERVAL_ARITHMETIC_OVERFLOW.WITHOUT_SUGGESTION', {})
    : new MillraceError('INTERVAL_ARITHMETIC_OVERFLOW.WITH_SUGGESTION', { functionName: `\`${instead}\`` });
}

/** Division of an interval by 0. */
export function intervalByZero(): MillraceError {
  return new MillraceError('INTERVAL_DIVIDED_BY_ZERO', {});
}

/** The number of months, or what overflow asks for. */
export function checkedMonths(months: bigint, overflow: IntervalOverflow): number | null {
  if (months >= -MAX_INT && months < MAX_INT) return Number(months);
  if (overflow === 'null') return null;
  throw intervalOverflow(overflow.instead);
}

/** The number of microseconds, or what overflow asks for. */
export function checkedMicros(micros: bigint, overflow: IntervalOverflow): bigint | null {
  if (micros >= -MAX_LONG && micros < MAX_LONG) return micros;
  if (overflow === 'null') return null;
  throw intervalOverflow(overflow.instead);
}

/** The calendar interval with all parts in range, or what overflow asks for. */
export function checkedInterval(
  months: bigint,
  days: bigint,
  micros: bigint,
  overflow: IntervalOverflow,
): Interval | null {
  const checked = [checkedMonths(months, overflow), checkedMonths(days, overflow), checkedMicros(micros, overflow)];
  const [m, d, u] = checked;
  return typeof m === 'number' && typeof d === 'number' && typeof u === 'bigint'
    ? { months: m, days: d, micros: u }
    : null;
}

/** An amount of a number type as a fraction: numerator and denominator; undefined for what is not finite. */
export interface Factor {
  readonly numerator: bigint;
  readonly denominator: bigint;
}

/** The exact fraction of a double. */
export function factorOfDouble(value: number): Factor | undefined {
  if (!Number.isFinite(value)) return undefined;
  if (Number.isInteger(value)) return { numerator: BigInt(value), denominator: 1n };
  let scaled = value;
  let exponent = 0n;
  while (!Number.isInteger(scaled)) {
    scaled *= 2;
    exponent += 1n;
  }
  return { numerator: BigInt(scaled), denominator: 1n << exponent };
}

/** The fraction of an unscaled decimal. */
export function factorOfDecimal(unscaled: bigint, scale: number): Factor {
  return { numerator: unscaled, denominator: powerOfTen(scale) };
}

/** `amount * factor` or `amount / factor`, rounded half up. */
export function scaled(amount: bigint, { numerator, denominator }: Factor, operator: '*' | '/'): bigint {
  return operator === '*'
    ? divideHalfUp(amount * numerator, denominator)
    : divideHalfUp(amount * denominator, numerator);
}

/** A day moved by months, to the last day of a shorter month, then by days. */
export function shiftDays(days: number, { months, days: more }: Interval): number {
  if (months === 0) return days + more;
  const { year, month, day } = civilFromDays(days);
  const total = year * 12 + (month - 1) + months;
  const newYear = Math.floor(total / 12);
  const newMonth = total - newYear * 12 + 1;
  return daysFromCivil(newYear, newMonth, Math.min(day, daysInMonth(newYear, newMonth))) + more;
}

/** A time moved by months and days on the calendar of a zone, then by microseconds. */
export function shiftTime(micros: bigint, by: Interval, zone: string): bigint {
  if (by.months === 0 && (by.days === 0 || zone === 'UTC')) return micros + BigInt(by.days) * DAY_MICROS + by.micros;
  const local = micros + zoneOffsetMicros(zone, micros);
  const days = local >= 0n ? local / DAY_MICROS : (local - DAY_MICROS + 1n) / DAY_MICROS;
  const shifted = BigInt(shiftDays(Number(days), by)) * DAY_MICROS + (local - days * DAY_MICROS);
  return localToUtc(zone, shifted) + by.micros;
}

/** Microseconds as whole days and the rest, both with the sign of the whole. */
export function splitDays(micros: bigint): Interval {
  return { months: 0, days: Number(micros / DAY_MICROS), micros: micros % DAY_MICROS };
}
