/**
 * `+`, `-`, `*`, `/` and `div` where a side is an interval or both are times, and their `try_` forms. Found by the types of the
 * operands; no user writes these definitions by name. Months and days count in the session time zone, as in Spark.
 */
import type { DataType } from '../types/data-type.ts';
import type { Interval } from '../types/interval.ts';
import type { Value, Vector } from '../types/vector.ts';
import type { Argument, ResolveContext, ScalarEvaluator, ScalarFunction } from './define-function.ts';
import type { Factor, IntervalOverflow } from './interval-math.ts';
import { assert, present } from '../errors/assert.ts';
import { MillraceError } from '../errors/millrace-error.ts';
import { formatTimestamp, zoneOffsetMicros } from '../types/civil-time.ts';
import {
  DATE,
  DOUBLE,
  LONG,
  STRING,
  TIMESTAMP,
  TIMESTAMP_NTZ,
  dayTimeInterval,
  isAnsiInterval,
  isNumeric,
  yearMonthInterval,
} from '../types/data-type.ts';
import { intervalOfValue, valueOfInterval } from '../types/interval-text.ts';
import { unexpectedType } from './argument-check.ts';
import { defineScalar } from './define-function.ts';
import {
  checkedInterval,
  checkedMicros,
  checkedMonths,
  factorOfDecimal,
  factorOfDouble,
  intervalByZero,
  scaled,
  shiftDays,
  shiftTime,
  splitDays,
} from './interval-math.ts';
import { timeOperator } from './time-operators.ts';
import { findWiderType, isDateTime } from './type-rules.ts';

type Apply = (values: readonly (Value | null)[], zone: string) => Value | null;

const DOC = { usage: 'An operator over intervals.', example: '', result: '' };
const SYMBOLS: Readonly<Record<string, string>> = {
  try_add: '+',
  try_subtract: '-',
  try_multiply: '*',
  try_divide: '/',
};
/** The names of calls that move a time, shown without parentheses, and of those that move a date by days. */
export const SHIFTS = { '+': '+ INTERVAL', '-': '- INTERVAL' } as const;
const DAY_SHIFTS = { '+': 'days + INTERVAL', '-': 'days - INTERVAL' } as const;

/** An operator over its operands, or over them the other way round. */
export interface IntervalOperator {
  readonly definition: ScalarFunction;
  readonly isReversed: boolean;
}

/** True for the interval types of Spark, calendar intervals among them. */
export function isInterval(type: DataType): boolean {
  return isAnsiInterval(type) || type.kind === 'calendar_interval';
}

/** The operator over these types; undefined when it is not about intervals or times, or the types do not go together. */
export function intervalOperator(
  name: string,
  args: readonly Argument[],
  { ansi }: ResolveContext,
): IntervalOperator | undefined {
  const [left, right] = args;
  if (left === undefined || right === undefined || args.length !== 2) return undefined;
  const symbol = SYMBOLS[name] ?? name;
  if (!'+-*/div'.includes(symbol)) return undefined;
  const overflow: IntervalOverflow = name.startsWith('try_') ? 'null' : { instead: OVERFLOW_HINTS[symbol] };
  const types = [left.dataType, right.dataType] as const;
  const ofDay = timeOperator(symbol, left, right, name.startsWith('try_'));
  if (ofDay !== undefined || left.dataType.kind === 'time' || right.dataType.kind === 'time') return ofDay;
  const isNullFirst = symbol === '+' && left.dataType.kind === 'void' && right.dataType.kind.startsWith('timestamp');
  if (isNullFirst) {
    const shift = nullShift('+', right.dataType);
    return shift && { definition: shift, isReversed: true };
  }
  const isReversed = isInterval(right.dataType) ? symbol === '*' : isInterval(left.dataType) && symbol === '+';
  const definition =
    symbol === '+' || symbol === '-'
      ? (sumOfIntervals(name, symbol, types, overflow) ??
        moved(name, symbol, left, right) ??
        difference(name, symbol, types))
      : symbol === 'div'
        ? quotient(types)
        : multiple(name, symbol as '*' | '/', types, overflow);
  // Without ANSI mode a text is only read as the date from which one is taken.
  const isOfText =
    types.some(({ kind }) => kind === 'string') && types.some(isDateTime) && right.dataType.kind !== 'date';
  if (symbol === '-' && (definition === undefined || (!ansi && isOfText))) checkMoments(left, right);
  if (definition === undefined) return undefined;
  if (isReversed && name.startsWith('try_') && !isSum(types))
    return { definition: swapped(definition), isReversed: false };
  return {
    definition,
    isReversed: isReversed && !(isInterval(left.dataType) && isInterval(right.dataType)) && !isSum(types),
  };
}

/** The operator over its operands the other way round; calls of it are shown as they are written. */
function swapped(definition: ScalarFunction): ScalarFunction {
  const turned = <T>([first, second]: readonly T[]): T[] => [second, first].filter((one) => one !== undefined);
  return {
    ...definition,
    resolve: (args, context) => {
      const signature = definition.resolve(turned(args), context);
      const { evaluator } = signature;
      assert(evaluator.kind !== 'async', 'operators are computed at once');
      const both: ScalarEvaluator =
        evaluator.kind === 'row'
          ? {
              kind: 'row',
              nulls: evaluator.nulls,
              apply: (values, context) => evaluator.apply(turned(values), context),
            }
          : {
              kind: 'columns',
              apply: (columns, numRows, context) => evaluator.apply(turned(columns), numRows, context),
            };
      return { ...signature, argumentTypes: turned(signature.argumentTypes), evaluator: both };
    },
  };
}

/** A NULL beside an interval is an interval, so the two stay in their order. */
function isSum([left, right]: readonly [DataType, DataType]): boolean {
  return left.kind === 'void' || right.kind === 'void';
}

const OVERFLOW_HINTS: Readonly<Record<string, string>> = {
  '+': 'try_add',
  '-': 'try_subtract',
  '*': 'try_multiply',
  '/': 'try_divide',
};

function operator(
  name: string,
  argumentTypes: readonly DataType[],
  returnType: DataType,
  apply: Apply,
  mayBeNull = false,
): ScalarFunction {
  return defineScalar({
    name,
    doc: DOC,
    resolve: (args) => ({
      argumentTypes,
      returnType,
      nullable: mayBeNull || args.some((arg) => arg.nullable),
      evaluator: { kind: 'row', nulls: 'propagate', apply: (values, { timeZone }) => apply(values, timeZone) },
    }),
  });
}

function sumOfIntervals(
  name: string,
  symbol: '+' | '-',
  [left, right]: readonly [DataType, DataType],
  overflow: IntervalOverflow,
): ScalarFunction | undefined {
  const type = isInterval(left) || isInterval(right) ? findWiderType(left, right) : undefined;
  if (type === undefined || !isInterval(type)) return undefined;
  const sign = symbol === '+' ? 1n : -1n;
  const apply: Apply = ([a, b]) => {
    if (type.kind === 'year_month_interval')
      return checkedMonths(BigInt(a as number) + sign * BigInt(b as number), overflow);
    if (type.kind === 'day_time_interval') return checkedMicros((a as bigint) + sign * (b as bigint), overflow);
    const x = intervalOfValue(a as Value);
    const y = intervalOfValue(b as Value);
    const sum = checkedInterval(
      BigInt(x.months) + sign * BigInt(y.months),
      BigInt(x.days) + sign * BigInt(y.days),
      x.micros + sign * y.micros,
      overflow,
    );
    return sum && valueOfInterval(sum);
  };
  return operator(name, [type, type], type, apply, overflow === 'null');
}

/** A time plus or minus an interval; the time comes first. */
function moved(name: string, symbol: '+' | '-', first: Argument, second: Argument): ScalarFunction | undefined {
  const isReversed = isInterval(first.dataType) && symbol === '+';
  const [time, by] = isReversed ? [second, first] : [first, second];
  if (time.dataType.kind.startsWith('timestamp') && by.dataType.kind === 'void')
    return nullShift(symbol, time.dataType);
  if (!isInterval(by.dataType)) return undefined;
  const target = movedType(time.dataType, by.dataType);
  if (target === undefined) {
    if (time.dataType.kind === 'string' || by.dataType.kind === 'year_month_interval') return undefined;
    throw unexpectedType(SHIFTS[symbol], [time, by], 0, '("(TIMESTAMP OR TIMESTAMP WITHOUT TIME ZONE)")');
  }
  const isText = time.dataType.kind === 'string';
  const isTry = name.startsWith('try_');
  const shown =
    target.kind === 'date' && by.dataType.kind === 'day_time_interval' ? DAY_SHIFTS[symbol] : SHIFTS[symbol];
  return defineScalar({
    name: isTry ? name : shown,
    doc: DOC,
    resolve: (args, { ansi }) => ({
      argumentTypes: [target, by.dataType],
      returnType: isText ? STRING : target,
      nullable: isTry || args.some((arg) => arg.nullable),
      evaluator: movedEvaluator(target, by, symbol === '+' ? 1 : -1, isTry || !ansi, isText),
    }),
  });
}

function nullShift(symbol: '+' | '-', type: DataType): ScalarFunction | undefined {
  return symbol === '+' ? operator(SHIFTS[symbol], [type, LONG], type, () => null, true) : undefined;
}

/** A date moved by whole days or months stays a date; a text is a timestamp, and moved by days and seconds only. */
function movedType(time: DataType, by: DataType): DataType | undefined {
  if (time.kind === 'timestamp' || time.kind === 'timestamp_ntz') return time;
  if (time.kind === 'string') return by.kind === 'year_month_interval' ? undefined : TIMESTAMP;
  if (time.kind !== 'date') return undefined;
  return by.kind === 'day_time_interval' && by.endField > 0 ? TIMESTAMP : DATE;
}

function movedEvaluator(
  target: DataType,
  by: Argument,
  sign: 1 | -1,
  isLenient: boolean,
  isText: boolean,
): ScalarEvaluator {
  const constant = by.literal === undefined || by.literal === null ? undefined : partsOf(by.literal, by.dataType, sign);
  const zoneOfTarget = (timeZone: string): string => (target.kind === 'timestamp' ? timeZone : 'UTC');
  if (constant !== undefined && target.kind !== 'date' && !isText) {
    return {
      kind: 'columns',
      apply: ([times], numRows, { timeZone }) =>
        shiftColumn(present(times, 'times'), numRows, constant, zoneOfTarget(timeZone)),
    };
  }
  return {
    kind: 'row',
    nulls: 'propagate',
    apply: ([time, interval], { timeZone }) => {
      const parts = partsOf(interval as Value, by.dataType, sign);
      if (target.kind !== 'date') {
        const micros = shiftTime(time as bigint, parts, zoneOfTarget(timeZone));
        return isText ? formatTimestamp(micros, timeZone) : micros;
      }
      if (parts.micros === 0n) return shiftDays(time as number, parts);
      if (isLenient) return null;
      throw new MillraceError('INVALID_INTERVAL_WITH_MICROSECONDS_ADDITION', {});
    },
  };
}

/** The parts of an interval of any type, with a sign. */
export function partsOf(value: Value, type: DataType, sign: 1 | -1 = 1): Interval {
  if (type.kind === 'year_month_interval') return { months: sign * (value as number), days: 0, micros: 0n };
  const { months, days, micros } =
    type.kind === 'day_time_interval' ? splitDays(value as bigint) : intervalOfValue(value);
  return { months: sign * months, days: sign * days, micros: BigInt(sign) * micros };
}

function shiftColumn(column: Vector, numRows: number, by: Interval, zone: string): Vector {
  assert(column.layout === 'long', 'times are kept as longs');
  const values = new BigInt64Array(numRows);
  for (let row = 0; row < numRows; row++) values[row] = shiftTime(column.values[row] as bigint, by, zone);
  return { ...column, length: numRows, values };
}

/** The time between two times: days between dates, otherwise days to seconds of their local times. */
function difference(name: string, symbol: '+' | '-', types: readonly [DataType, DataType]): ScalarFunction | undefined {
  if (symbol === '+') return undefined;
  const [left, right] = types.map((type, i) => timeOrOther(type, types[1 - i]));
  if (left === undefined || right === undefined) return undefined;
  if (left.kind === 'date' && right.kind === 'date')
    return operator(
      '-',
      [DATE, DATE],
      dayTimeInterval(0, 0),
      ([a, b]) => BigInt((a as number) - (b as number)) * 86_400_000_000n,
    );
  const isLocal = left.kind !== 'timestamp' && right.kind !== 'timestamp';
  const type = isLocal ? TIMESTAMP_NTZ : TIMESTAMP;
  const apply: Apply = ([a, b], zone) => {
    const [end, start] = [a as bigint, b as bigint];
    return isLocal ? end - start : end + zoneOffsetMicros(zone, end) - (start + zoneOffsetMicros(zone, start));
  };
  return operator(name.startsWith('try_') ? name : '-', [type, type], dayTimeInterval(), apply);
}

/** A moment is taken from a moment only, and a date from a date. */
function checkMoments(left: Argument, right: Argument): void {
  const isMoment = ({ dataType }: Argument): boolean => dataType.kind.startsWith('timestamp');
  const isOfMoments = isMoment(left) || isMoment(right);
  const isOfText = left.dataType.kind === 'date' && right.dataType.kind === 'string';
  if (!isOfMoments && right.dataType.kind !== 'date' && !isOfText) return;
  const required = isOfMoments ? '("(TIMESTAMP OR TIMESTAMP WITHOUT TIME ZONE)")' : '"DATE"';
  throw unexpectedType('-', [left, right], isDateTime(left.dataType) ? 1 : 0, required);
}

/** A text or NULL beside a time counts as that time. */
function timeOrOther(type: DataType, other: DataType | undefined): DataType | undefined {
  if (isDateTime(type)) return type;
  if (other === undefined || !isDateTime(other)) return undefined;
  return type.kind === 'string' || type.kind === 'void' ? other : undefined;
}

function quotient([left, right]: readonly [DataType, DataType]): ScalarFunction | undefined {
  const type = isAnsiInterval(left) ? findWiderType(left, right) : undefined;
  if (type === undefined || !isAnsiInterval(type)) return undefined;
  return operator('div', [type, type], LONG, ([a, b]) => {
    const divisor = BigInt(b as number | bigint);
    if (divisor === 0n) throw intervalByZero();
    return BigInt(a as number | bigint) / divisor;
  });
}

/** An interval times a number, or divided by one; the interval comes first. */
function multiple(
  name: string,
  symbol: '*' | '/',
  [left, right]: readonly [DataType, DataType],
  overflow: IntervalOverflow,
): ScalarFunction | undefined {
  const isReversed = symbol === '*' && isInterval(right);
  const [type, by] = isReversed ? [right, left] : [left, right];
  if (!isInterval(type)) return undefined;
  const isCalendar = type.kind === 'calendar_interval';
  const number = by.kind === 'string' || by.kind === 'void' || (isCalendar && isNumeric(by)) ? DOUBLE : by;
  if (!isNumeric(number)) return wrongFactor(symbol, isReversed);
  const scale = scaling(type, number, symbol, overflow);
  const shown =
    isCalendar && !name.startsWith('try_') ? (symbol === '*' ? 'multiply_interval' : 'divide_interval') : name;
  const returnType = isCalendar ? type : type.kind === 'year_month_interval' ? yearMonthInterval() : dayTimeInterval();
  const apply: Apply = ([a = null, b = null]) => scale(a as Value, b as Value);
  return operator(shown, [type, number], returnType, apply, overflow === 'null');
}

function wrongFactor(symbol: '*' | '/', isReversed: boolean): ScalarFunction {
  return defineScalar({
    name: symbol,
    doc: DOC,
    resolve: (args) => {
      throw unexpectedType(symbol, args, isReversed ? 0 : 1, '"NUMERIC"');
    },
  });
}

function scaling(
  type: DataType,
  number: DataType,
  symbol: '*' | '/',
  overflow: IntervalOverflow,
): (interval: Value, by: Value) => Value | null {
  return (interval, by) => {
    if (symbol === '/' && (by === 0 || by === 0n)) {
      if (overflow === 'null') return null;
      throw intervalByZero();
    }
    if (type.kind === 'calendar_interval') {
      const parts = intervalOfValue(interval);
      const result = symbol === '*' ? (n: number) => n * (by as number) : (n: number) => n / (by as number);
      const micros = Math.round(result(Number(parts.micros)));
      if (!Number.isFinite(micros)) return checkedMicros(2n ** 64n, overflow);
      const sum = checkedInterval(
        truncated(result(parts.months)),
        truncated(result(parts.days)),
        BigInt(micros),
        overflow,
      );
      return sum && valueOfInterval(sum);
    }
    const factor = factorOf(by, number);
    const amount = factor && scaled(BigInt(interval as number | bigint), factor, symbol);
    return type.kind === 'year_month_interval'
      ? checkedMonths(amount ?? 2n ** 64n, overflow)
      : checkedMicros(amount ?? 2n ** 64n, overflow);
  };
}

function truncated(value: number): bigint {
  return BigInt(Math.trunc(value));
}

function factorOf(value: Value, type: DataType): Factor | undefined {
  if (type.kind === 'decimal') return factorOfDecimal(value as bigint, type.scale);
  return typeof value === 'bigint' ? { numerator: value, denominator: 1n } : factorOfDouble(value as number);
}
