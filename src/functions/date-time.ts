/** Date and time functions. Dates are days, timestamps microseconds since 1970-01-01; local time is that of the session's zone. */
import type { DataType } from '../types/data-type.ts';
import type { Value } from '../types/vector.ts';
import type { EvaluationContext, ScalarFunction } from './define-function.ts';
import { MillraceError } from '../errors/millrace-error.ts';
import {
  civilFromDays,
  daysFromCivil,
  daysInMonth,
  floorDivide,
  localToUtc,
  zoneOffsetMicros,
} from '../types/civil-time.ts';
import { DATE, INTEGER, LONG, STRING, TIMESTAMP, TIMESTAMP_NTZ, isFractional, isIntegral } from '../types/data-type.ts';
import { compilePattern } from '../types/date-time-pattern.ts';
import { parseDate, parseTimestamp, parseTimestampNtz } from '../types/timestamp-text.ts';
import { dayOfYear, dateProblem, isoWeekday, weekOfYear } from './date-fields.ts';
import { invalidText } from './invalid-text.ts';
import { date, int, long, optional, text, timestamp } from './parameters.ts';
import { rowFunction } from './row-function.ts';
import { truncateDate, truncateTimestamp } from './truncate-time.ts';
import { implicitCast } from './type-rules.ts';

const DAY = 86_400_000_000n;

/** A number of days: no longs, no fractions. */
const dayCount = {
  ...int,
  required: '("INT" or "SMALLINT" or "TINYINT")',
  accept: (type: DataType): DataType | undefined =>
    type.kind === 'long' || isFractional(type) ? undefined : int.accept(type),
};

/** A timestamp, or a time of day as it is. */
const momentOrTime = {
  ...timestamp,
  accept: (type: DataType): DataType | undefined => (type.kind === 'time' ? type : timestamp.accept(type)),
};

function localDays(micros: bigint, zone: string): number {
  return Number(floorDivide(micros + zoneOffsetMicros(zone, micros), DAY));
}

function datePart(
  name: string,
  aliases: readonly string[],
  usage: string,
  part: (days: number) => Value,
  example: string,
  result: string,
  returns: DataType = INTEGER,
): ScalarFunction {
  return rowFunction({
    name,
    aliases,
    doc: { usage, example, result },
    parameters: [date],
    returns,
    apply: ([days]) => part(days),
  });
}

function timePart(name: string, usage: string, part: (secondOfDay: number) => number, result: string): ScalarFunction {
  return rowFunction({
    name,
    doc: { usage, example: `${name}('2009-07-30 12:58:59')`, result },
    parameters: [momentOrTime],
    returns: INTEGER,
    apply: ([micros], { timeZone }, { types: [type] }) => {
      if (type?.kind === 'time') return part(Number(micros / 1_000_000_000n));
      const local = micros + zoneOffsetMicros(timeZone, micros);
      return part(Number(floorDivide(local, 1_000_000n) - floorDivide(local, DAY) * 86_400n));
    },
  });
}

function addMonths(days: number, months: number): number {
  const { year, month, day } = civilFromDays(days);
  const total = year * 12 + month - 1 + months;
  const newYear = Math.floor(total / 12);
  const newMonth = total - newYear * 12 + 1;
  return daysFromCivil(newYear, newMonth, Math.min(day, daysInMonth(newYear, newMonth)));
}

/** A text by a pattern, or as a cast reads it. */
function parseText(value: string, pattern: string | undefined, zone: string): bigint | null {
  return pattern === undefined ? parseTimestamp(value, zone) : compilePattern(pattern).parse(value, zone);
}

function unparsable(value: string, instead: string): MillraceError<'CANNOT_PARSE_TIMESTAMP'> {
  return new MillraceError('CANNOT_PARSE_TIMESTAMP', {
    message: `Text '${value}' could not be parsed at index 0`,
    func: `\`${instead}\``,
  });
}

/** Text, or what a cast makes a timestamp of. */
const textOrTime = {
  required: '("STRING" or "DATE" or "TIMESTAMP" or "TIMESTAMP_NTZ")',
  accept: (type: DataType): DataType | undefined => {
    if (type.kind === 'string' || type.kind === 'void') return STRING;
    return isIntegral(type) || type.kind === 'double' ? TIMESTAMP : implicitCast(type, TIMESTAMP);
  },
};

/** As textOrTime for times without zone. */
const textOrLocal = {
  ...textOrTime,
  accept: (type: DataType): DataType | undefined =>
    type.kind === 'string' || type.kind === 'void' ? STRING : implicitCast(type, TIMESTAMP_NTZ),
};

function toTimestamp(name: string, isTry: boolean, returns: DataType = TIMESTAMP): ScalarFunction {
  const isLocal = returns.kind === 'timestamp_ntz';
  return rowFunction({
    name,
    doc: {
      usage: `A text as a timestamp, by a pattern if one is given${isTry ? '; NULL when it does not fit' : ''}.`,
      example: `${name}('2016-12-31', 'yyyy-MM-dd')`,
      result: '2016-12-31 00:00:00',
    },
    parameters: [isLocal ? textOrLocal : textOrTime, optional(text)],
    returns,
    result: 'mayBeNull',
    apply: ([value, pattern], { timeZone }, { ansi }) => {
      if (typeof value !== 'string') return value as bigint;
      const micros =
        isLocal && pattern === undefined
          ? parseTimestampNtz(value)
          : parseText(value, pattern, isLocal ? 'UTC' : timeZone);
      if (micros !== null || isTry || !ansi) return micros;
      throw pattern === undefined ? invalidText(value, returns) : unparsable(value, 'try_to_timestamp');
    },
  });
}

function toDate(name: string, isTry: boolean): ScalarFunction {
  return rowFunction({
    name,
    doc: {
      usage: `A text as a date, by a pattern if one is given${isTry ? '; NULL when it does not fit' : ''}.`,
      example: `${name}('2009-07-30 04:17:52')`,
      result: '2009-07-30',
    },
    parameters: [
      { ...textOrTime, accept: (type: DataType) => (type.kind === 'date' ? DATE : textOrTime.accept(type)) },
      optional(text),
    ],
    returns: DATE,
    result: 'mayBeNull',
    apply: ([value, pattern], { timeZone }, { ansi }) => {
      if (typeof value === 'number') return value;
      if (typeof value !== 'string') return localDays(value as bigint, timeZone);
      if (pattern === undefined) {
        const days = parseDate(value);
        if (days === null && ansi && !isTry) throw invalidText(value, DATE);
        return days;
      }
      const micros = compilePattern(pattern).parse(value, timeZone);
      if (micros === null && ansi && !isTry) throw unparsable(value, 'try_to_date');
      return micros === null ? null : localDays(micros, timeZone);
    },
  });
}

const DEFAULT_PATTERN = 'yyyy-MM-dd HH:mm:ss';

function toSeconds(name: string, minimum: 0 | 1): ScalarFunction {
  const first = minimum === 0 ? optional(textOrTime) : textOrTime;
  return rowFunction({
    name,
    doc: {
      usage: 'Seconds since 1970-01-01 UTC of a text or time.',
      example: `${name}('1970-01-01 00:00:00 UTC', 'yyyy-MM-dd HH:mm:ss z')`,
      result: '0',
    },
    parameters: [first, optional(text)],
    returns: LONG,
    result: 'mayBeNull',
    // Unlike unix_seconds, this cuts towards 1970.
    apply: ([value, pattern], { timeZone, batchTimestampMicros }, { ansi }) => {
      if (value === undefined) return batchTimestampMicros / 1_000_000n;
      if (typeof value !== 'string') return (value as bigint) / 1_000_000n;
      const micros = compilePattern(pattern ?? DEFAULT_PATTERN).parse(value, timeZone);
      if (micros === null && ansi) throw unparsable(value, 'try_to_timestamp');
      return micros === null ? null : micros / 1_000_000n;
    },
  });
}

function moment(
  name: string,
  aliases: readonly string[],
  usage: string,
  returns: DataType,
  value: (context: EvaluationContext) => Value,
): ScalarFunction {
  return rowFunction({
    name,
    aliases,
    doc: { usage, example: `isnotnull(${name}())`, result: 'true' },
    parameters: [],
    returns,
    apply: (_, context) => value(context),
  });
}

const makeDate = rowFunction({
  name: 'make_date',
  doc: { usage: 'The date of year, month and day.', example: 'make_date(2013, 7, 15)', result: '2013-07-15' },
  parameters: [int, int, int],
  returns: DATE,
  result: 'mayBeNull',
  apply: ([year, month, day], _context, { ansi }) => {
    const rangeMessage = dateProblem(year, month, day);
    if (rangeMessage === undefined) return daysFromCivil(year, month, day);
    if (!ansi) return null;
    throw new MillraceError('DATETIME_FIELD_OUT_OF_BOUNDS.WITHOUT_SUGGESTION', { rangeMessage });
  },
});

export const DATE_TIME_FUNCTIONS: readonly ScalarFunction[] = [
  datePart('year', [], 'The year.', (days) => civilFromDays(days).year, "year('2016-07-30')", '2016'),
  datePart(
    'quarter',
    [],
    'The quarter, 1 to 4.',
    (days) => Math.ceil(civilFromDays(days).month / 3),
    "quarter('2016-08-31')",
    '3',
  ),
  datePart('month', [], 'The month, 1 to 12.', (days) => civilFromDays(days).month, "month('2016-07-30')", '7'),
  datePart(
    'day',
    ['dayofmonth'],
    'The day of the month.',
    (days) => civilFromDays(days).day,
    "day('2009-07-30')",
    '30',
  ),
  datePart(
    'dayofweek',
    [],
    'The day of the week, 1 for Sunday.',
    (days) => (isoWeekday(days) % 7) + 1,
    "dayofweek('2009-07-30')",
    '5',
  ),
  datePart(
    'weekday',
    [],
    'The day of the week, 0 for Monday.',
    (days) => isoWeekday(days) - 1,
    "weekday('2009-07-30')",
    '3',
  ),
  datePart('dayofyear', [], 'The day of the year.', dayOfYear, "dayofyear('2016-04-09')", '100'),
  datePart('weekofyear', [], 'The ISO week of the year.', weekOfYear, "weekofyear('2008-02-20')", '8'),
  datePart(
    'dayname',
    [],
    'The short name of the weekday.',
    (days) => 'Mon Tue Wed Thu Fri Sat Sun'.split(' ')[isoWeekday(days) - 1] ?? '',
    "dayname('2024-11-01')",
    'Fri',
    STRING,
  ),
  datePart(
    'monthname',
    [],
    'The short name of the month.',
    (days) => 'Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec'.split(' ')[civilFromDays(days).month - 1] ?? '',
    "monthname('2024-11-01')",
    'Nov',
    STRING,
  ),
  datePart(
    'last_day',
    [],
    'The last day of the month of a date.',
    (days) => {
      const { year, month } = civilFromDays(days);
      return daysFromCivil(year, month, daysInMonth(year, month));
    },
    "last_day('2009-01-12')",
    '2009-01-31',
    DATE,
  ),
  timePart('hour', 'The hour.', (second) => Math.floor(second / 3600), '12'),
  timePart('minute', 'The minute.', (second) => Math.floor(second / 60) % 60, '58'),
  timePart('second', 'The second.', (second) => second % 60, '59'),
  toTimestamp('to_timestamp', false),
  toTimestamp('try_to_timestamp', true),
  toDate('to_date', false),
  toDate('try_to_date', true),
  toTimestamp('to_timestamp_ltz', false),
  toTimestamp('to_timestamp_ntz', false, TIMESTAMP_NTZ),
  toSeconds('unix_timestamp', 0),
  toSeconds('to_unix_timestamp', 1),
  makeDate,
  moment(
    'current_timestamp',
    ['now'],
    'The time at which the micro-batch started.',
    TIMESTAMP,
    (context) => context.batchTimestampMicros,
  ),
  moment('current_date', ['curdate'], 'The date at which the micro-batch started.', DATE, (context) =>
    localDays(context.batchTimestampMicros, context.timeZone),
  ),
  rowFunction({
    name: 'date_trunc',
    doc: {
      usage: 'The timestamp cut to a unit.',
      example: "date_trunc('HOUR', '2015-03-05T09:32:05.359')",
      result: '2015-03-05 09:00:00',
    },
    parameters: [text, timestamp],
    returns: TIMESTAMP,
    result: 'mayBeNull',
    apply: ([unit, micros], { timeZone }) => truncateTimestamp(unit, micros, timeZone),
  }),
  rowFunction({
    name: 'trunc',
    doc: { usage: 'The date cut to a unit.', example: "trunc('2009-02-12', 'MM')", result: '2009-02-01' },
    parameters: [date, text],
    returns: DATE,
    result: 'mayBeNull',
    apply: ([days, unit]) => truncateDate(unit, days),
  }),
  rowFunction({
    name: 'date_format',
    doc: { usage: 'A timestamp as text by a pattern.', example: "date_format('2016-04-08', 'y')", result: '2016' },
    parameters: [timestamp, text],
    returns: STRING,
    apply: ([micros, pattern], { timeZone }) => compilePattern(pattern).format(micros, timeZone),
  }),
  rowFunction({
    name: 'from_unixtime',
    doc: { usage: 'Seconds since 1970-01-01 UTC as text.', example: "from_unixtime(0, 'yyyy')", result: '1970' },
    parameters: [long, optional(text)],
    returns: STRING,
    apply: ([seconds, pattern], { timeZone }) =>
      compilePattern(pattern ?? DEFAULT_PATTERN).format(seconds * 1_000_000n, timeZone),
  }),
  rowFunction({
    name: 'date_add',
    aliases: ['dateadd'],
    doc: { usage: 'The date some days later.', example: "date_add('2016-07-30', 1)", result: '2016-07-31' },
    parameters: [date, dayCount],
    returns: DATE,
    apply: ([days, added]) => (days + added) | 0,
  }),
  rowFunction({
    name: 'date_sub',
    doc: { usage: 'The date some days earlier.', example: "date_sub('2016-07-30', 1)", result: '2016-07-29' },
    parameters: [date, dayCount],
    returns: DATE,
    apply: ([days, removed]) => (days - removed) | 0,
  }),
  rowFunction({
    name: 'datediff',
    aliases: ['date_diff'],
    doc: {
      usage: 'The days from the second date to the first.',
      example: "datediff('2009-07-31', '2009-07-30')",
      result: '1',
    },
    parameters: [date, date],
    returns: INTEGER,
    apply: ([end, start]) => end - start,
  }),
  rowFunction({
    name: 'add_months',
    doc: {
      usage: 'The date some months later, at most the last day of the month.',
      example: "add_months('2016-08-31', 1)",
      result: '2016-09-30',
    },
    parameters: [date, int],
    returns: DATE,
    apply: ([days, months]) => addMonths(days, months),
  }),
  rowFunction({
    name: 'from_utc_timestamp',
    doc: {
      usage: 'The local time of a zone at a UTC time.',
      example: "from_utc_timestamp('2016-08-31', 'Asia/Seoul')",
      result: '2016-08-31 09:00:00',
    },
    parameters: [timestamp, text],
    returns: TIMESTAMP,
    apply: ([micros, zone], { timeZone }) => {
      const local = micros + zoneOffsetMicros(timeZone, micros);
      return localToUtc(timeZone, local + zoneOffsetMicros(zone, local));
    },
  }),
  rowFunction({
    name: 'to_utc_timestamp',
    doc: {
      usage: 'The UTC time of a local time of a zone.',
      example: "to_utc_timestamp('2016-08-31', 'Asia/Seoul')",
      result: '2016-08-30 15:00:00',
    },
    parameters: [timestamp, text],
    returns: TIMESTAMP,
    apply: ([micros, zone], { timeZone }) =>
      localToUtc(timeZone, localToUtc(zone, micros + zoneOffsetMicros(timeZone, micros))),
  }),
];
