/** Functions that build times from fields, count months, find weekdays, move between zones and take fields out by name. */
import type { DataType } from '../types/data-type.ts';
import type { Value } from '../types/vector.ts';
import type { Argument, ScalarFunction, ScalarSignature } from './define-function.ts';
import { MillraceError } from '../errors/millrace-error.ts';
import { present } from '../errors/assert.ts';
import {
  civilFromDays,
  daysFromCivil,
  daysInMonth,
  floorDivide,
  localToUtc,
  zoneOffsetMicros,
} from '../types/civil-time.ts';
import { DATE, DOUBLE, INTEGER, STRING, TIMESTAMP, TIMESTAMP_NTZ, decimal, time } from '../types/data-type.ts';
import { checkArgumentCount, unexpectedType } from './argument-check.ts';
import { dateProblem, dayOfYear, isoWeekday, thursdayOf, weekOfYear } from './date-fields.ts';
import { defineScalar } from './define-function.ts';
import { intervalPart } from './interval-part.ts';
import { boolean, date, optional, text, timestamp } from './parameters.ts';
import { rowFunction } from './row-function.ts';
import { implicitCast } from './type-rules.ts';
import { invalidText } from './invalid-text.ts';
import { parseTimestampNtz } from '../types/timestamp-text.ts';

const DAY = 86_400_000_000n;
const SECONDS = decimal(16, 6);

interface Fields {
  readonly year: number;
  readonly month: number;
  readonly day: number;
  readonly hour: number;
  readonly minute: number;
  /** Seconds with six decimal places. */
  readonly secondMicros: bigint;
}

/** Local µs of fields; undefined, with the reason, when they are no time. Second 60 without fraction is the next minute. */
function localMicros({ year, month, day, hour, minute, secondMicros }: Fields): bigint | string {
  const problem = dateProblem(year, month, day);
  if (problem !== undefined) return problem;
  if (hour < 0 || hour > 23) return `Invalid value for HourOfDay (valid values 0 - 23): ${hour}`;
  if (minute < 0 || minute > 59) return `Invalid value for MinuteOfHour (valid values 0 - 59): ${minute}`;
  if (secondMicros > 60_000_000n && secondMicros < 61_000_000n) return 'second';
  if (secondMicros < 0n || secondMicros >= 61_000_000n)
    return `Invalid value for SecondOfMinute (valid values 0 - 59): ${floorDivide(secondMicros, 1_000_000n)}`;
  const minutes = BigInt(hour * 60 + minute);
  return BigInt(daysFromCivil(year, month, day)) * DAY + minutes * 60_000_000n + secondMicros;
}

/** make_timestamp and its relatives: year, month, day, hour, minute, second and, where zones matter, a zone. */
function timestampMaker(
  name: string,
  returns: DataType,
  { takesZone, isTry }: { readonly takesZone: boolean; readonly isTry: boolean },
): ScalarFunction {
  return defineScalar({
    name,
    doc: {
      usage: `The ${returns.kind === 'timestamp' ? 'timestamp' : 'timestamp without zone'} of its fields${isTry ? ', NULL when there is none' : ''}.`,
      example: `${name}(2014, 12, 28, 6, 30, 45.887)`,
      result: '2014-12-28 06:30:45.887',
    },
    resolve: (args, { ansi }) => {
      if (args.length === 1) return timestampOfDate(name, args, returns);
      if (args.length === 2 || (takesZone && args.length === 3)) return timestampOfParts(name, args, returns);
      checkArgumentCount(name, args, 6, takesZone ? 7 : 6);
      const argumentTypes = [INTEGER, INTEGER, INTEGER, INTEGER, INTEGER, SECONDS, STRING].slice(0, args.length);
      for (const [i, type] of argumentTypes.entries())
        if (implicitCast(present(args[i], 'an argument').dataType, type) === undefined)
          throw unexpectedType(name, args, i, i === 5 ? '"DECIMAL(16,6)"' : i === 6 ? '"STRING"' : '"INT"');
      return {
        argumentTypes,
        returnType: returns,
        nullable: true,
        evaluator: {
          kind: 'row',
          nulls: 'propagate',
          apply: ([year, month, day, hour, minute, second, zone], { timeZone }) => {
            const local = localMicros({
              year: year as number,
              month: month as number,
              day: day as number,
              hour: hour as number,
              minute: minute as number,
              secondMicros: second as bigint,
            });
            if (typeof local === 'bigint')
              return returns.kind === 'timestamp' ? localToUtc((zone as string | undefined) ?? timeZone, local) : local;
            if (isTry || !ansi) return null;
            if (local === 'second')
              throw new MillraceError('INVALID_FRACTION_OF_SECOND', { secAndMicros: secondsText(second as bigint) });
            throw new MillraceError('DATETIME_FIELD_OUT_OF_BOUNDS.WITHOUT_SUGGESTION', { rangeMessage: local });
          },
        },
      };
    },
  });
}

/** A date alone is its midnight. */
function timestampOfDate(name: string, args: readonly Argument[], returns: DataType): ScalarSignature {
  const [date] = args;
  if (date === undefined || implicitCast(date.dataType, DATE) === undefined)
    throw unexpectedType(name, args, 0, '"DATE"');
  return {
    argumentTypes: [DATE],
    returnType: returns,
    nullable: true,
    evaluator: {
      kind: 'row',
      nulls: 'propagate',
      apply: ([days], { timeZone }) => {
        const local = BigInt(days as number) * DAY;
        return returns.kind === 'timestamp' ? localToUtc(timeZone, local) : local;
      },
    },
  };
}

/** A date, a time of day and perhaps the zone they are of. */
function timestampOfParts(name: string, args: readonly Argument[], returns: DataType): ScalarSignature {
  const wanted = [DATE, time(), STRING] as const;
  const argumentTypes = args.map(({ dataType }, i) => {
    const isGiven = dataType.kind === wanted[i]?.kind || dataType.kind === 'void';
    if (!isGiven) throw unexpectedType(name, args, i, ['"DATE"', '"TIME"', '"STRING"'][i] ?? '');
    return dataType.kind === 'time' ? dataType : (wanted[i] ?? STRING);
  });
  return {
    argumentTypes,
    returnType: returns,
    nullable: true,
    evaluator: {
      kind: 'row',
      nulls: 'propagate',
      apply: ([days, nanos, zone], { timeZone }) => {
        const local = BigInt(days as number) * DAY + (nanos as bigint) / 1000n;
        return returns.kind === 'timestamp' ? localToUtc((zone as string | undefined) ?? timeZone, local) : local;
      },
    },
  };
}

function secondsText(micros: bigint): string {
  return `${micros / 1_000_000n}.${(micros % 1_000_000n).toString().padStart(6, '0').replace(/0+$/, '')}`;
}

/** Months from one moment to another; whole when both are on the same day of the month, or both on the last. */
function monthsBetween(later: bigint, earlier: bigint, zone: string, isRounded: boolean): number {
  const [first, second] = [later, earlier].map((micros) => {
    const local = micros + zoneOffsetMicros(zone, micros);
    const days = Number(floorDivide(local, DAY));
    const seconds = Number(floorDivide(local, 1_000_000n)) - days * 86_400;
    return { ...civilFromDays(days), seconds };
  });
  if (first === undefined || second === undefined) return 0;
  const months = (first.year - second.year) * 12 + first.month - second.month;
  const isLast = (date: { year: number; month: number; day: number }): boolean =>
    date.day === daysInMonth(date.year, date.month);
  if (first.day === second.day || (isLast(first) && isLast(second))) return months;
  const seconds = (first.day - second.day) * 86_400 + first.seconds - second.seconds;
  const result = months + seconds / (31 * 86_400);
  return isRounded ? Math.round(result * 1e8) / 1e8 : result;
}

const WEEKDAYS = ['TH', 'FR', 'SA', 'SU', 'MO', 'TU', 'WE'];
const WEEKDAY_NAMES = ['THURSDAY', 'FRIDAY', 'SATURDAY', 'SUNDAY', 'MONDAY', 'TUESDAY', 'WEDNESDAY'];

function weekdayOf(name: string): number {
  const upper = name.toUpperCase().trim();
  const short = WEEKDAYS.indexOf(upper);
  return short >= 0 ? short : WEEKDAY_NAMES.findIndex((full) => full === upper || full.slice(0, 3) === upper);
}

/** The function that date_part stands for, by the field's names. */
const PARTS: Readonly<Record<string, readonly string[]>> = {
  year: ['YEAR', 'Y', 'YEARS', 'YR', 'YRS'],
  yearofweek: ['YEAROFWEEK'],
  quarter: ['QUARTER', 'QTR'],
  month: ['MONTH', 'MON', 'MONS', 'MONTHS'],
  week: ['WEEK', 'W', 'WEEKS'],
  day: ['DAY', 'D', 'DAYS'],
  dayofweek: ['DAYOFWEEK', 'DOW'],
  dayofweekiso: ['DAYOFWEEK_ISO', 'DOW_ISO'],
  doy: ['DOY'],
  hour: ['HOUR', 'H', 'HOURS', 'HR', 'HRS'],
  minute: ['MINUTE', 'M', 'MIN', 'MINS', 'MINUTES'],
  second: ['SECOND', 'S', 'SEC', 'SECONDS', 'SECS'],
};

/** A field of local µs by its canonical name; seconds in µs. */
function partOf(part: string, local: bigint): number | bigint {
  const days = Number(floorDivide(local, DAY));
  const { year, month, day } = civilFromDays(days);
  const inDay = local - BigInt(days) * DAY;
  switch (part) {
    case 'year':
      return year;
    case 'yearofweek':
      return civilFromDays(thursdayOf(days)).year;
    case 'quarter':
      return Math.ceil(month / 3);
    case 'month':
      return month;
    case 'week':
      return weekOfYear(days);
    case 'day':
      return day;
    case 'dayofweek':
      return (isoWeekday(days) % 7) + 1;
    case 'dayofweekiso':
      return isoWeekday(days);
    case 'doy':
      return dayOfYear(days);
    case 'hour':
      return Number(inDay / 3_600_000_000n);
    case 'minute':
      return Number((inDay / 60_000_000n) % 60n);
    default:
      return inDay % 60_000_000n;
  }
}

function partFunction(name: string, aliases: readonly string[], example: string): ScalarFunction {
  return defineScalar({
    name,
    aliases,
    doc: { usage: 'A field of a date or timestamp by its name.', example, result: '2019' },
    resolve: (args) => {
      checkArgumentCount(name, args, 2, 2);
      if (args[0]?.literal === undefined)
        throw new MillraceError('NON_FOLDABLE_ARGUMENT', {
          funcName: `\`${name}\``,
          paramName: '`field`',
          paramType: '"STRING"',
        });
      if (args[0].literal === null) return noPart(args);
      const ofInterval = intervalPart(name, args);
      if (ofInterval !== undefined) return ofInterval;
      const [field, source] = args;
      const wanted = typeof field?.literal === 'string' ? field.literal.toUpperCase() : undefined;
      const part = Object.keys(PARTS).find((key) => wanted !== undefined && PARTS[key]?.includes(wanted));
      const given = present(source, 'a source').dataType;
      const isKept = given.kind === 'timestamp_ntz' || given.kind === 'date' || given.kind === 'time';
      const type = isKept ? given : implicitCast(given, TIMESTAMP);
      const isMissing = given.kind === 'time' && !['hour', 'minute', 'second'].includes(part ?? '');
      if (part === undefined || type === undefined || isMissing)
        throw new MillraceError('INVALID_EXTRACT_FIELD', {
          field: `\`${String(field?.literal)}\``,
          expr: `"${source?.sql ?? ''}"`,
        });
      return {
        argumentTypes: [STRING, type],
        returnType: part === 'second' ? decimal(8, 6) : INTEGER,
        nullable: source?.nullable === true,
        evaluator: {
          kind: 'row',
          nulls: 'propagate',
          apply: ([, value = null], { timeZone }) => partOf(part, localOf(value, type, timeZone)),
        },
      };
    },
  });
}

/** The part that no name tells. */
function noPart(args: readonly Argument[]): ScalarSignature {
  return {
    argumentTypes: args.map(({ dataType }) => dataType),
    returnType: DOUBLE,
    nullable: true,
    evaluator: { kind: 'row', nulls: 'propagate', apply: () => null },
  };
}

function localOf(value: Value | null, type: DataType, timeZone: string): bigint {
  if (type.kind === 'date') return BigInt(value as number) * DAY;
  if (type.kind === 'time') return (value as bigint) / 1000n;
  const micros = value as bigint;
  return type.kind === 'timestamp_ntz' ? micros : micros + zoneOffsetMicros(timeZone, micros);
}

const convertZone = rowFunction({
  name: 'convert_timezone',
  doc: {
    usage: 'A local time of one zone (by default the session’s) as the local time of another.',
    example: "convert_timezone('Europe/Brussels', 'America/Los_Angeles', timestamp_ntz'2021-12-06 00:00:00')",
    result: '2021-12-05 15:00:00',
  },
  parameters: [
    text,
    {
      required: '("STRING" or "TIMESTAMP_NTZ")',
      accept: (type) => (implicitCast(type, STRING) === undefined ? undefined : type),
    },
    {
      required: '"TIMESTAMP_NTZ"',
      accept: (type: DataType) => implicitCast(type, TIMESTAMP_NTZ),
      isOptional: true,
    },
  ],
  returns: TIMESTAMP_NTZ,
  apply: ([first, second, third], { timeZone }) => {
    const [from, to, local] = third === undefined ? [timeZone, first, second] : [first, second, third];
    const moment = typeof local === 'bigint' ? local : parseTimestampNtz(String(local));
    if (moment === null) throw invalidText(String(local), TIMESTAMP_NTZ);
    const utc = localToUtc(String(from), moment);
    return utc + zoneOffsetMicros(String(to), utc);
  },
});

export const CALENDAR_FUNCTIONS: readonly ScalarFunction[] = [
  timestampMaker('make_timestamp', TIMESTAMP, { takesZone: true, isTry: false }),
  timestampMaker('make_timestamp_ltz', TIMESTAMP, { takesZone: true, isTry: false }),
  timestampMaker('make_timestamp_ntz', TIMESTAMP_NTZ, { takesZone: false, isTry: false }),
  timestampMaker('try_make_timestamp', TIMESTAMP, { takesZone: true, isTry: true }),
  timestampMaker('try_make_timestamp_ltz', TIMESTAMP, { takesZone: true, isTry: true }),
  timestampMaker('try_make_timestamp_ntz', TIMESTAMP_NTZ, { takesZone: false, isTry: true }),
  partFunction('date_part', ['datepart', 'extract'], "date_part('YEAR', TIMESTAMP '2019-08-12 01:00:00.123456')"),
  convertZone,
  rowFunction({
    name: 'months_between',
    doc: {
      usage: 'Months from the second moment to the first, with a part of 31 days, rounded to 8 places unless false.',
      example: "months_between('1997-02-28 10:30:00', '1996-10-30')",
      result: '3.94959677',
    },
    parameters: [timestamp, timestamp, optional(boolean)],
    returns: DOUBLE,
    apply: ([later, earlier, isRounded], { timeZone }) => monthsBetween(later, earlier, timeZone, isRounded ?? true),
  }),
  rowFunction({
    name: 'next_day',
    doc: {
      usage: 'The first day after a date that is a weekday.',
      example: "next_day('2015-01-14', 'TU')",
      result: '2015-01-20',
    },
    parameters: [date, text],
    returns: DATE,
    result: 'mayBeNull',
    apply: ([days, name], _context, { ansi }) => {
      const weekday = weekdayOf(name);
      if (weekday < 0) {
        if (!ansi) return null;
        throw new MillraceError('ILLEGAL_DAY_OF_WEEK', { string: name });
      }
      return days + 1 + ((((weekday - days - 1) % 7) + 7) % 7);
    },
  }),
  rowFunction({
    name: 'current_timezone',
    doc: { usage: 'The time zone of the session.', example: 'isnotnull(current_timezone())', result: 'true' },
    parameters: [],
    returns: STRING,
    apply: (_values, { timeZone }) => timeZone,
  }),
  rowFunction({
    name: 'localtimestamp',
    doc: {
      usage: 'The local time of the batch, without zone.',
      example: 'isnotnull(localtimestamp())',
      result: 'true',
    },
    parameters: [],
    returns: TIMESTAMP_NTZ,
    apply: (_values, { batchTimestampMicros, timeZone }) =>
      batchTimestampMicros + zoneOffsetMicros(timeZone, batchTimestampMicros),
  }),
];
