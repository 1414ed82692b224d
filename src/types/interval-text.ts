/**
 * Values of the interval types as text and back: `INTERVAL '1-2' YEAR TO MONTH`, `INTERVAL '1 02:03:04.5' DAY TO SECOND` and what
 * make_interval prints, `1 years 2 days`. The free form `1 day 2 hours` is interval.ts.
 */
import type { DayTimeIntervalType, YearMonthIntervalType } from './data-type.ts';
import type { Interval } from './interval.ts';
import type { Value } from './vector.ts';
import { MillraceError } from '../errors/millrace-error.ts';
import { INTERVAL_FIELDS, sqlName } from './data-type.ts';
import { twoDigits } from './civil-time.ts';

const MAX_INT = 2n ** 31n;
const MAX_LONG = 2n ** 63n;
/** Microseconds of a day, an hour, a minute and a second. */
export const FIELD_MICROS = [86_400_000_000n, 3_600_000_000n, 60_000_000n, 1_000_000n] as const;

type AnsiInterval = YearMonthIntervalType | DayTimeIntervalType;

/** The literal that gives the value: `INTERVAL '1 02:00:00' DAY TO SECOND`. */
export function ansiIntervalText(value: number | bigint, type: AnsiInterval): string {
  const sign = value < 0 ? '-' : '';
  const size = BigInt(value) < 0n ? -BigInt(value) : BigInt(value);
  const digits = type.kind === 'year_month_interval' ? monthsText(size, type) : microsText(size, type);
  return `INTERVAL '${sign}${digits}' ${sqlName(type).slice('INTERVAL '.length)}`;
}

function monthsText(months: bigint, { startField, endField }: AnsiInterval): string {
  if (startField === 1) return String(months);
  return endField === 0 ? String(months / 12n) : `${months / 12n}-${months % 12n}`;
}

function microsText(micros: bigint, { startField, endField }: AnsiInterval): string {
  let rest = micros;
  let text = '';
  for (let field = startField; field <= endField; field++) {
    const size = FIELD_MICROS[field] ?? 1n;
    const count = rest / size;
    if (field > startField) text += field === 1 ? ' ' : ':';
    text += field === 0 ? String(count) : twoDigits(Number(count));
    rest -= count * size;
  }
  return endField === 3 && rest !== 0n ? `${text}.${fractionText(rest)}` : text;
}

function fractionText(micros: bigint): string {
  return String(micros).padStart(6, '0').replace(/0+$/, '');
}

/** `1 years 2 months 3 days 4 hours 5 minutes 6.7 seconds`, without the parts that are 0. */
export function calendarIntervalText({ months, days, micros }: Interval): string {
  const [, hour, minute, second] = FIELD_MICROS;
  const rest = micros % minute;
  const size = rest < 0n ? -rest : rest;
  const fraction = size % second === 0n ? '' : `.${fractionText(size % second)}`;
  const parts: readonly (readonly [text: string, unit: string])[] = [
    [String(Math.trunc(months / 12)), 'years'],
    [String(months % 12), 'months'],
    [String(days), 'days'],
    [String(micros / hour), 'hours'],
    [String((micros % hour) / minute), 'minutes'],
    [`${rest < 0n ? '-' : ''}${size / second}${fraction}`, 'seconds'],
  ];
  const shown = parts.filter(([text]) => text !== '0' && text !== '-0');
  return shown.length === 0 ? '0 seconds' : shown.map((part) => part.join(' ')).join(' ');
}

/** A value of the type CALENDAR_INTERVAL by its parts. */
export function intervalOfValue(value: Value): Interval {
  const [months, days, micros] = value as readonly [number, number, bigint];
  return { months, days, micros };
}

/** The parts as a value of the type CALENDAR_INTERVAL. */
export function valueOfInterval({ months, days, micros }: Interval): Value {
  return [months, days, micros];
}

/**
 * The value of a text as a cast to the type reads it: the digits alone (`1-2`, `1 02:03:04`) or a whole literal. Undefined when it is
 * none of the type, null when it is out of range.
 */
export function parseAnsiInterval(text: string, type: AnsiInterval): bigint | null | undefined {
  const literal = /^INTERVAL\s+([+-])?'(.*)'\s+([A-Z]+(?:\s+TO\s+[A-Z]+)?)$/is.exec(text.trim());
  const [, outerSign = '', inner = '', fields = ''] = literal ?? [];
  if (literal !== null && fields.toUpperCase().replaceAll(/\s+/g, ' ') !== sqlName(type).slice('INTERVAL '.length))
    return undefined;
  const digits = literal === null ? text.trim() : inner;
  const value = parseIntervalDigits(digits, type);
  return outerSign === '-' && typeof value === 'bigint' ? -value : value;
}

/** What stands between the quotes of an interval literal with fields. */
export function parseIntervalDigits(digits: string, type: AnsiInterval): bigint | null | undefined {
  const found = patternOf(type).exec(digits);
  if (found === null) return undefined;
  const [, sign = '', ...parts] = found;
  const size = type.kind === 'year_month_interval' ? monthsOf(parts, type) : microsOf(parts, type);
  if (size === undefined) return undefined;
  const value = sign === '-' ? -size : size;
  const limit = type.kind === 'year_month_interval' ? MAX_INT : MAX_LONG;
  return value >= limit || value < -limit ? null : value;
}

/** True for digits in the form of the type, whether or not they are within its range. */
export function isIntervalDigits(digits: string, type: AnsiInterval): boolean {
  return patternOf(type).test(digits);
}

/** A sign, the leading field with any number of digits, the others with two, a fraction behind seconds. */
function patternOf({ kind, startField, endField }: AnsiInterval): RegExp {
  let source = '^([+-])?(\\d+)';
  for (let field = startField + 1; field <= endField; field++)
    source += kind === 'year_month_interval' ? '-(\\d+)' : `${field === 1 ? ' ' : ':'}(\\d{1,2})`;
  return new RegExp(`${source}${kind === 'day_time_interval' && endField === 3 ? '(?:\\.(\\d{1,9}))?' : ''}$`);
}

function monthsOf(
  [first = '0', second = '0']: readonly string[],
  { startField, endField }: AnsiInterval,
): bigint | undefined {
  if (startField === endField) return BigInt(first) * (startField === 0 ? 12n : 1n);
  return BigInt(second) > 11n ? undefined : BigInt(first) * 12n + BigInt(second);
}

const FIELD_LIMITS = [0n, 23n, 59n, 59n] as const;

function microsOf(parts: readonly (string | undefined)[], { startField, endField }: AnsiInterval): bigint | undefined {
  let micros = 0n;
  for (let field = startField; field <= endField; field++) {
    const count = BigInt(parts[field - startField] ?? '0');
    if (field > startField && count > (FIELD_LIMITS[field] ?? 0n)) return undefined;
    micros += count * (FIELD_MICROS[field] ?? 1n);
  }
  const fraction = endField === 3 ? (parts[endField - startField + 1] ?? '') : '';
  return micros + BigInt(fraction.padEnd(6, '0').slice(0, 6));
}

/** The number of the field of a name, as `HOUR` of a day-time interval is 1; -1 for others. */
export function fieldIndex(kind: AnsiInterval['kind'], name: string): number {
  return (INTERVAL_FIELDS[kind] as readonly string[]).indexOf(name.toUpperCase());
}

/** What may stand between the quotes, by field. */
const FIELD_FORMATS = {
  year_month_interval: ['y', 'm'],
  day_time_interval: ['d', 'h', 'm', 's.n'],
} as const;

/** The error of a text that is no interval of the type, in Spark's words. */
export function unmatchedInterval(input: string, type: AnsiInterval): MillraceError {
  const fields = FIELD_FORMATS[type.kind].slice(type.startField, type.endField + 1);
  const isMonths = type.kind === 'year_month_interval';
  const [first = '', ...others] = fields;
  const digits = isMonths
    ? fields.join('-')
    : others.reduce((text, field) => `${text}${field === 'h' && text === 'd' ? ' ' : ':'}${field}`, first);
  const supportedFormat = `\`[+|-]${digits}\`, \`INTERVAL [+|-]'[+|-]${digits}' ${sqlName(type).slice('INTERVAL '.length)}\``;
  const parameters = { input, supportedFormat, typeName: sqlName(type).toLowerCase() };
  return isMonths
    ? new MillraceError('INVALID_INTERVAL_FORMAT.UNMATCHED_FORMAT_STRING', { ...parameters, intervalStr: 'year-month' })
    : new MillraceError('INVALID_INTERVAL_FORMAT.UNMATCHED_FORMAT_STRING_WITH_NOTICE', {
        ...parameters,
        intervalStr: 'day-time',
      });
}
