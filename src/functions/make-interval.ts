/** Intervals made of numbers. */
import type { DataType } from '../types/data-type.ts';
import type { Value } from '../types/vector.ts';
import type { ScalarFunction } from './define-function.ts';
import type { Parameter } from './row-function.ts';
import { CALENDAR_INTERVAL, dayTimeInterval, decimal, yearMonthInterval } from '../types/data-type.ts';
import { valueOfInterval } from '../types/interval-text.ts';
import { arithmeticOverflow } from './arithmetic-errors.ts';
import { checkedInterval, checkedMicros, checkedMonths } from './interval-math.ts';
import { int, optional } from './parameters.ts';
import { rowFunction } from './row-function.ts';
import { implicitCast } from './type-rules.ts';

const SECONDS = decimal(18, 6);
const seconds: Parameter<bigint> = {
  required: '"DECIMAL(18,6)"',
  accept: (type: DataType) => implicitCast(type, SECONDS),
};
const HOUR = 3_600_000_000n;
const MINUTE = 60_000_000n;

function calendarMaker(name: string, isTry: boolean): ScalarFunction {
  return rowFunction({
    name,
    doc: {
      usage: `An interval of years, months, weeks, days, hours, minutes and seconds${isTry ? ', NULL on overflow' : ''}.`,
      example: `CAST(${name}(100, 11, 1, 1, 12, 30, 01.001001) AS STRING)`,
      result: '100 years 11 months 8 days 12 hours 30 minutes 1.001001 seconds',
    },
    parameters: [
      optional(int),
      optional(int),
      optional(int),
      optional(int),
      optional(int),
      optional(int),
      optional(seconds),
    ],
    returns: CALENDAR_INTERVAL,
    result: 'mayBeNull',
    apply: (
      [years = 0, months = 0, weeks = 0, days = 0, hours = 0, minutes = 0, secs = 0n],
      _context,
      { ansi },
    ): Value | null => {
      const made = checkedInterval(
        BigInt(years) * 12n + BigInt(months),
        BigInt(weeks) * 7n + BigInt(days),
        BigInt(hours) * HOUR + BigInt(minutes) * MINUTE + secs,
        'null',
      );
      if (made !== null) return valueOfInterval(made);
      if (isTry || !ansi) return null;
      throw arithmeticOverflow('overflow');
    },
  });
}

export const INTERVAL_MAKERS: readonly ScalarFunction[] = [
  calendarMaker('make_interval', false),
  calendarMaker('try_make_interval', true),
  rowFunction({
    name: 'make_dt_interval',
    doc: {
      usage: 'An interval of days, hours, minutes and seconds.',
      example: 'CAST(make_dt_interval(1, 12, 30, 01.001001) AS STRING)',
      result: "INTERVAL '1 12:30:01.001001' DAY TO SECOND",
    },
    parameters: [optional(int), optional(int), optional(int), optional(seconds)],
    returns: dayTimeInterval(),
    apply: ([days = 0, hours = 0, minutes = 0, secs = 0n]) =>
      checkedMicros((BigInt(days) * 24n + BigInt(hours)) * HOUR + BigInt(minutes) * MINUTE + secs, {
        instead: undefined,
      }),
  }),
  rowFunction({
    name: 'make_ym_interval',
    doc: {
      usage: 'An interval of years and months.',
      example: 'CAST(make_ym_interval(1, 2) AS STRING)',
      result: "INTERVAL '1-2' YEAR TO MONTH",
    },
    parameters: [optional(int), optional(int)],
    returns: yearMonthInterval(),
    apply: ([years = 0, months = 0]) => checkedMonths(BigInt(years) * 12n + BigInt(months), { instead: undefined }),
  }),
];
