/**
 * Values written as text, shared by JSON and CSV: exact decimals and the times of an option's pattern or of CAST.
 */
import type { TimeOptions } from './json/json-options.ts';
import { parseDate, parseTimestamp } from '../types/timestamp-text.ts';
import { parseTime } from '../types/time-of-day.ts';
import { parseTimeBy } from '../types/time-pattern.ts';
import { compilePattern } from '../types/date-time-pattern.ts';

const DECIMAL = /^([+-]?)(\d*)(?:\.(\d*))?(?:[eE]([+-]?\d{1,9}))?$/;
const MICROS_PER_DAY = 86_400_000_000n;
const ZONE_OF_TIME = /\d{1,2}:\d{1,2}(?::\d{1,2}(?:\.\d*)?)?(.*)$/s;

/** The unscaled value of a decimal number rounded half up to `scale`; undefined when it is no number or has more than `precision` digits. */
export function decimalOfText(text: string, precision: number, scale: number): bigint | undefined {
  const match = DECIMAL.exec(text);
  if (match === null) return undefined;
  const [, sign, whole = '', fraction = '', exponent = '0'] = match;
  const digits = (whole + fraction).replace(/^0+/, '');
  if (whole + fraction === '') return undefined;
  const shift = Number(exponent) - fraction.length + scale;
  if (digits === '') return 0n;
  if (digits.length + shift > precision + 1) return undefined;
  let unscaled: bigint;
  if (shift >= 0) unscaled = BigInt(digits) * 10n ** BigInt(shift);
  else if (-shift > digits.length) unscaled = 0n;
  else {
    const kept = digits.slice(0, digits.length + shift);
    const next = digits.charCodeAt(kept.length);
    unscaled = BigInt(kept === '' ? '0' : kept) + (next >= 0x35 ? 1n : 0n);
  }
  if (unscaled >= 10n ** BigInt(precision)) return undefined;
  return sign === '-' ? -unscaled : unscaled;
}

/** Parsers of times; each answers undefined for text that is no such time. */
export interface TimeParsers {
  /** Microseconds since the epoch. */
  readonly timestamp: (text: string) => bigint | undefined;
  /** Microseconds of local time. */
  readonly timestampNtz: (text: string) => bigint | undefined;
  /** Days since the epoch. */
  readonly date: (text: string) => number | undefined;
  /** Nanoseconds since midnight. */
  readonly time: (text: string) => bigint | undefined;
}

/** Makes the parsers once per decoder. */
export function timeParsers(options: TimeOptions): TimeParsers {
  const { timeZone, timestampFormat, timestampNtzFormat, dateFormat, timeFormat } = options;
  return {
    timestamp:
      timestampFormat === undefined
        ? (text) => parseTimestamp(text, timeZone) ?? undefined
        : patternParser(timestampFormat, timeZone),
    timestampNtz: timestampNtzFormat === undefined ? localTimestamp : patternParser(timestampNtzFormat, 'UTC'),
    date: dateFormat === undefined ? (text) => parseDate(text) ?? undefined : dateParser(dateFormat),
    time: (text) => (timeFormat === undefined ? parseTime(text) : parseTimeBy(text, timeFormat)) ?? undefined,
  };
}

function patternParser(pattern: string, timeZone: string): (text: string) => bigint | undefined {
  const compiled = compilePattern(pattern);
  return (text) => compiled.parse(text, timeZone) ?? undefined;
}

function dateParser(pattern: string): (text: string) => number | undefined {
  const parse = patternParser(pattern, 'UTC');
  return (text) => {
    const micros = parse(text);
    return micros === undefined
      ? undefined
      : Number((micros - (((micros % MICROS_PER_DAY) + MICROS_PER_DAY) % MICROS_PER_DAY)) / MICROS_PER_DAY);
  };
}

/** A time without zone; text that names a zone is refused. */
function localTimestamp(text: string): bigint | undefined {
  const zone = ZONE_OF_TIME.exec(text.trim())?.[1] ?? '';
  if (zone !== '') return undefined;
  return parseTimestamp(text, 'UTC') ?? undefined;
}
