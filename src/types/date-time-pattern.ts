/**
 * Spark's datetime patterns (`yyyy-MM-dd HH:mm:ss.SSS XXX`), compiled once into a formatter and a parser of timestamps in microseconds.
 * Parsing is strict as Spark's is: the whole text, real dates, missing fields from 1970-01-01 00:00. The letters are pattern-parts.ts.
 */
import type { NumberField, PatternPart } from './pattern-parts.ts';
import { civilFromDays, daysFromCivil, splitMicros, twoDigits } from './civil-time.ts';
import { parsePattern } from './pattern-parse.ts';
import { checkParsable, readPattern } from './pattern-parts.ts';
import { zoneOf } from './time-zone.ts';

/** A compiled pattern. */
export interface DateTimePattern {
  readonly pattern: string;
  /** The timestamp as text in a zone. For dates and timestamps without zone pass `UTC`. */
  format(micros: bigint, zone: string): string;
  /** The timestamp of a text, or null when the text does not match; the zone counts when the text names none. */
  parse(text: string, zone: string): bigint | null;
}

/**
 * Compiles a pattern; throws one of INVALID_DATETIME_PATTERN when Spark refuses it, from `parse` when Spark refuses it for parsing.
 *
 * @example
 * compilePattern('yyyy/MM/dd').format(0n, 'UTC'); // '1970/01/01'
 */
export function compilePattern(pattern: string): DateTimePattern {
  const known = compiled.get(pattern);
  if (known !== undefined) return known;
  const parts = readPattern(pattern);
  const printers = parts.flatMap((part) => printersOf(part));
  let isChecked = false;
  const result: DateTimePattern = {
    pattern,
    format: (micros, zone) => {
      const moment = momentOf(micros, zone);
      let text = '';
      for (const print of printers) text += print(moment);
      return text;
    },
    parse: (text, zone) => {
      if (!isChecked) checkParsable(pattern);
      isChecked = true;
      return parsePattern(parts, text, zone);
    },
  };
  if (compiled.size < MAX_COMPILED) compiled.set(pattern, result);
  return result;
}

const MAX_COMPILED = 500;
const compiled = new Map<string, DateTimePattern>();

/** A timestamp taken apart in a zone. */
interface Moment {
  readonly micros: bigint;
  readonly zone: string;
  readonly offsetSeconds: number;
  readonly days: number;
  readonly year: number;
  readonly month: number;
  readonly day: number;
  readonly secondOfDay: number;
  readonly fraction: number;
}

type Printer = (moment: Moment) => string;

function momentOf(micros: bigint, zone: string): Moment {
  const { seconds, fraction } = splitMicros(micros);
  const offsetSeconds = zoneOf(zone).offsetSecondsAt(seconds);
  const local = seconds + offsetSeconds;
  const days = Math.floor(local / 86_400);
  return { micros, zone, offsetSeconds, days, ...civilFromDays(days), secondOfDay: local - days * 86_400, fraction };
}

function numberOf(field: NumberField, moment: Moment): number {
  const hour = Math.floor(moment.secondOfDay / 3600);
  switch (field) {
    case 'year':
      return moment.year;
    case 'yearOfEra':
      return moment.year > 0 ? moment.year : 1 - moment.year;
    case 'month':
      return moment.month;
    case 'day':
      return moment.day;
    case 'dayOfYear':
      return moment.days - daysFromCivil(moment.year, 1, 1) + 1;
    case 'hour':
      return hour;
    case 'clockHour':
      return hour === 0 ? 24 : hour;
    case 'hourOfHalf':
      return hour % 12;
    case 'clockHourOfHalf':
      return hour % 12 === 0 ? 12 : hour % 12;
    case 'minute':
      return Math.floor(moment.secondOfDay / 60) % 60;
    case 'second':
      return moment.secondOfDay % 60;
    case 'quarter':
      return Math.ceil(moment.month / 3);
    case 'alignedWeek':
      return ((moment.day - 1) % 7) + 1;
    default:
      return field;
  }
}

function printersOf(part: PatternPart): readonly Printer[] {
  switch (part.kind) {
    case 'literal':
      return [() => part.text];
    case 'optional':
      return part.parts.flatMap((inner) => printersOf(inner));
    case 'number':
      return [
        (moment) => {
          const value = numberOf(part.field, moment);
          const size = part.isReduced ? Math.abs(value) % 100 : Math.abs(value);
          const digits = String(size).padStart(part.minWidth, '0');
          if (part.isReduced) return digits;
          if (value < 0) return `-${digits}`;
          return part.sign === 'pad' && digits.length > part.minWidth ? `+${digits}` : digits;
        },
      ];
    case 'fraction':
      return [(moment) => `${String(moment.fraction).padStart(6, '0')}000`.slice(0, part.width)];
    case 'text':
      return [textPrinter(part.field, part.names)];
    case 'offset':
      return [(moment) => offsetText(moment.offsetSeconds, part)];
    case 'localOffset':
      return [(moment) => localOffset(moment.offsetSeconds, part.isFull)];
    case 'zoneId':
      return [(moment) => zoneOf(moment.zone).id];
    case 'zoneName':
      return [(moment) => zoneName(moment, part.isFull)];
    default:
      return part;
  }
}

function textPrinter(field: (PatternPart & { kind: 'text' })['field'], names: readonly string[]): Printer {
  const indexOf = (moment: Moment): number => {
    switch (field) {
      case 'month':
        return moment.month - 1;
      case 'quarter':
        return Math.ceil(moment.month / 3) - 1;
      case 'weekday':
        return (((moment.days + 3) % 7) + 7) % 7;
      case 'half':
        return moment.secondOfDay < 43_200 ? 0 : 1;
      case 'era':
        return moment.year > 0 ? 1 : 0;
      default:
        return field;
    }
  };
  return (moment) => names[indexOf(moment)] ?? '';
}

function offsetText(offsetSeconds: number, part: PatternPart & { kind: 'offset' }): string {
  const size = Math.abs(offsetSeconds);
  const hours = Math.floor(size / 3600);
  const minutes = Math.floor(size / 60) % 60;
  const seconds = part.seconds === 'never' ? 0 : size % 60;
  if (hours + minutes + seconds === 0) return part.zero;
  let text = `${offsetSeconds < 0 ? '-' : '+'}${twoDigits(hours)}`;
  if (part.minutes === 'always' || minutes > 0 || seconds > 0) text += `${part.separator}${twoDigits(minutes)}`;
  return seconds > 0 ? `${text}${part.separator}${twoDigits(seconds)}` : text;
}

function localOffset(offsetSeconds: number, isFull: boolean): string {
  if (offsetSeconds === 0) return 'GMT';
  const size = Math.abs(offsetSeconds);
  const hours = Math.floor(size / 3600);
  const minutes = Math.floor(size / 60) % 60;
  const seconds = size % 60;
  const start = `GMT${offsetSeconds < 0 ? '-' : '+'}${isFull ? twoDigits(hours) : hours}`;
  const middle = isFull || minutes > 0 || seconds > 0 ? `:${twoDigits(minutes)}` : '';
  return `${start}${middle}${seconds > 0 ? `:${twoDigits(seconds)}` : ''}`;
}

const nameFormats = new Map<string, Intl.DateTimeFormat>();

/** `CET` or `Central European Standard Time`; zones that are only an offset print their id. */
function zoneName(moment: Moment, isFull: boolean): string {
  const { id } = zoneOf(moment.zone);
  if (id === 'UTC' || id === 'Z' || /^[+-]|^(?:GMT|UTC|UT)[+-]/.test(id))
    return id === 'UTC' && isFull ? 'Coordinated Universal Time' : id;
  const name = intlName(moment, id, 'en-US', isFull);
  // American English has no short names for zones elsewhere, other Englishes have.
  if (isFull || !/^GMT[+-]/.test(name)) return name;
  const other = ['en-GB', 'en-AU', 'en-IN', 'en-ZA']
    .map((locale) => intlName(moment, id, locale, isFull))
    .find((candidate) => !/^GMT[+-]/.test(candidate));
  return other ?? name;
}

function intlName(moment: Moment, id: string, locale: string, isFull: boolean): string {
  const key = `${locale} ${isFull} ${id}`;
  let format = nameFormats.get(key);
  if (format === undefined) {
    format = new Intl.DateTimeFormat(locale, { timeZone: id, timeZoneName: isFull ? 'long' : 'short' });
    nameFormats.set(key, format);
  }
  const epochMs = splitMicros(moment.micros).seconds * 1000;
  const date = new Date(Math.max(-8.64e15, Math.min(8.64e15, epochMs)));
  return format.formatToParts(date).find((part) => part.type === 'timeZoneName')?.value ?? id;
}
