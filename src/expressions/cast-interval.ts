/** Casts of intervals: from text, among themselves, and between intervals of one field and numbers. Texts of them are cast-text.ts. */
import type { DataType, DayTimeIntervalType, SimpleType, YearMonthIntervalType } from '../types/data-type.ts';
import type { Value } from '../types/vector.ts';
import type { Cast } from './expression.ts';
import type { ValueCast } from './value-cast.ts';
import { MillraceError } from '../errors/millrace-error.ts';
import { isAnsiInterval } from '../types/data-type.ts';
import { divideHalfUp, powerOfTen } from '../types/decimal.ts';
import { intervalOrNone } from '../types/interval.ts';
import { FIELD_MICROS, parseAnsiInterval, unmatchedInterval, valueOfInterval } from '../types/interval-text.ts';
import { castOverflow, fitDecimal, toIntegral } from './cast-numeric.ts';

type AnsiInterval = YearMonthIntervalType | DayTimeIntervalType;

const LIMITS = { year_month_interval: 2n ** 31n, day_time_interval: 2n ** 63n } as const;

/** The cast of texts to an interval type. */
export function intervalFromText(target: AnsiInterval | SimpleType, mode: Cast['mode']): ValueCast {
  return (value) => {
    const text = value as string;
    if (isAnsiInterval(target)) {
      const parsed = parseAnsiInterval(text, target);
      if (typeof parsed === 'bigint') return target.kind === 'year_month_interval' ? Number(parsed) : parsed;
      if (mode !== 'ansi') return null;
      throw unmatchedInterval(text, target);
    }
    const parsed = intervalOrNone(text);
    if (parsed !== undefined) return valueOfInterval(parsed);
    if (mode !== 'ansi') return null;
    throw new MillraceError('CANNOT_PARSE_INTERVAL', { intervalString: `'${text}'` });
  };
}

/** The cast when one side is an interval; undefined otherwise. */
export function castInterval(from: DataType, target: DataType, mode: Cast['mode']): ValueCast | undefined {
  if (isAnsiInterval(from)) return isAnsiInterval(target) ? toFields(target) : toNumber(from, target, mode);
  return isAnsiInterval(target) ? fromNumber(from, target, mode) : undefined;
}

/** The size of the last field of an interval, in months or microseconds. */
function unitOf({ kind, endField }: AnsiInterval): bigint {
  return kind === 'year_month_interval' ? (endField === 0 ? 12n : 1n) : (FIELD_MICROS[endField] ?? 1n);
}

/** What is smaller than the last field is cut off; seconds keep their fraction. */
function toFields(target: AnsiInterval): ValueCast {
  const unit = unitOf(target);
  const isWhole = target.kind === 'day_time_interval' && target.endField === 3;
  return (value) => {
    if (isWhole) return value;
    const amount = BigInt(value as number | bigint);
    const cut = amount - (amount % unit);
    return target.kind === 'year_month_interval' ? Number(cut) : cut;
  };
}

function toNumber(from: AnsiInterval, target: DataType, mode: Cast['mode']): ValueCast {
  const unit = unitOf(from);
  return (value) => {
    const amount = BigInt(value as number | bigint);
    if (target.kind === 'decimal') {
      const isSeconds = from.kind === 'day_time_interval' && from.endField === 3;
      return isSeconds ? fitDecimal(amount, 6, target, mode) : fitDecimal(amount / unit, 0, target, mode);
    }
    const whole = toIntegral(amount / unit, { kind: 'long' }, target, mode === 'legacy' ? 'ansi' : 'try');
    if (whole === null && mode === 'ansi') throw castOverflow(value, from, target);
    return whole;
  };
}

function fromNumber(from: DataType, target: AnsiInterval, mode: Cast['mode']): ValueCast {
  const unit = unitOf(target);
  const scale = from.kind === 'decimal' ? from.scale : 0;
  return (value): Value | null => {
    const amount = divideHalfUp(BigInt(value as number | bigint) * unit, powerOfTen(scale));
    const limit = LIMITS[target.kind];
    if (amount >= limit || amount < -limit) {
      if (mode === 'try') return null;
      throw castOverflow(value, from, target);
    }
    return target.kind === 'year_month_interval' ? Number(amount) : amount;
  };
}
