/**
 * Reads a text by the parts of a datetime pattern, as Java's strict DateTimeFormatter and Spark's defaults do: letters in any case,
 * fractions of one digit up to the pattern's, repeated fields that agree.
 */
import type { NumberField, NumberPart, OffsetPart, PatternPart } from './pattern-parts.ts';
import { daysFromCivil, isLeapYear, isValidDate, joinMicros } from './civil-time.ts';
import { findZone, zoneOf } from './time-zone.ts';

type Field = NumberField | 'half' | 'era' | 'micros' | 'offsetSeconds';
const RANGES: Readonly<Partial<Record<Field, readonly [number, number]>>> = {
  month: [1, 12],
  day: [1, 31],
  dayOfYear: [1, 366],
  hour: [0, 23],
  clockHour: [1, 24],
  hourOfHalf: [0, 11],
  clockHourOfHalf: [1, 12],
  minute: [0, 59],
  second: [0, 59],
  year: [-999_999_999, 999_999_999],
  yearOfEra: [1, 999_999_999],
};

/** The microseconds of a text, or null when it does not match; `zone` counts when the text names none. */
export function parsePattern(parts: readonly PatternPart[], text: string, zone: string): bigint | null {
  const scan: Scan = { text, at: 0, fields: new Map(), zone: undefined };
  if (!readParts(scan, parts) || scan.at !== text.length) return null;
  const days = resolveDays(scan.fields);
  const seconds = resolveSeconds(scan.fields);
  if (days === undefined || seconds === undefined) return null;
  const local = days * 86_400 + seconds;
  const offset = scan.fields.get('offsetSeconds');
  const utc =
    offset !== undefined && scan.zone === undefined ? local - offset : zoneOf(scan.zone ?? zone).utcSecondsOf(local);
  const micros = joinMicros(utc, scan.fields.get('micros') ?? 0);
  return BigInt.asIntN(64, micros) === micros ? micros : null;
}

interface Scan {
  readonly text: string;
  at: number;
  fields: Map<Field, number>;
  zone: string | undefined;
}

function readParts(scan: Scan, parts: readonly PatternPart[]): boolean {
  return parts.every((part) => readPart(scan, part));
}

function readPart(scan: Scan, part: PatternPart): boolean {
  switch (part.kind) {
    case 'literal':
      return skipText(scan, part.text);
    case 'optional': {
      const { at, zone } = scan;
      const fields = new Map(scan.fields);
      if (!readParts(scan, part.parts)) Object.assign(scan, { at, zone, fields });
      return true;
    }
    case 'number':
      return readNumber(scan, part);
    case 'fraction':
      return readFraction(scan, part.width);
    case 'text': {
      const index = part.names.findIndex((name) => skipText(scan, name));
      if (index < 0 || part.field === 'weekday' || part.field === 'quarter') return false;
      return setField(scan, part.field, part.field === 'month' ? index + 1 : index);
    }
    case 'offset':
      return readOffset(scan, part);
    case 'localOffset': {
      if (!skipText(scan, 'GMT')) return false;
      const found = match(
        scan,
        part.isFull ? /[+-](\d\d):(\d\d)(?::(\d\d))?/y : /[+-](\d{1,2})(?::(\d\d)(?::(\d\d))?)?/y,
      );
      return found === undefined ? setField(scan, 'offsetSeconds', 0) : setOffset(scan, found);
    }
    case 'zoneId':
    case 'zoneName':
      return readZone(scan);
    default:
      return part;
  }
}

/** False when the field has another value already or is out of range. */
function setField(scan: Scan, field: Field, value: number): boolean {
  const range = RANGES[field];
  if (range !== undefined && (value < range[0] || value > range[1])) return false;
  const known = scan.fields.get(field);
  scan.fields.set(field, value);
  return known === undefined || known === value;
}

function skipText(scan: Scan, text: string): boolean {
  const found = scan.text.slice(scan.at, scan.at + text.length);
  if (found !== text && found.toLowerCase() !== text.toLowerCase()) return false;
  scan.at += text.length;
  return true;
}

function match(scan: Scan, pattern: RegExp): RegExpExecArray | undefined {
  pattern.lastIndex = scan.at;
  const found = pattern.exec(scan.text) ?? undefined;
  if (found !== undefined) scan.at += found[0].length;
  return found;
}

function countDigits(scan: Scan, start: number, limit: number): number {
  let digits = 0;
  while (digits < limit) {
    const code = scan.text.charCodeAt(start + digits);
    if (!(code >= 48 && code <= 57)) break;
    digits++;
  }
  return digits;
}

function readNumber(scan: Scan, part: NumberPart): boolean {
  const sign = scan.text.charAt(scan.at);
  const isSigned = sign === '+' || sign === '-';
  if (isSigned && (part.sign === 'never' || (sign === '+' && part.sign === 'normal'))) return false;
  const start = scan.at + (isSigned ? 1 : 0);
  let digits = countDigits(scan, start, part.maxWidth + part.subsequentWidth);
  if (part.subsequentWidth > 0) digits = Math.min(digits, Math.max(part.minWidth, digits - part.subsequentWidth));
  if (digits < part.minWidth) return false;
  if (part.sign === 'pad' && sign === '+' && digits <= part.minWidth) return false;
  if (part.sign === 'pad' && !isSigned && digits > part.minWidth) return false;
  const size = Number(scan.text.slice(start, start + digits));
  if (sign === '-' && size === 0) return false;
  scan.at = start + digits;
  return setField(scan, part.field, part.isReduced ? 2000 + size : sign === '-' ? -size : size);
}

function readFraction(scan: Scan, width: number): boolean {
  const digits = countDigits(scan, scan.at, width);
  if (digits === 0) return false;
  const text = scan.text
    .slice(scan.at, scan.at + digits)
    .padEnd(6, '0')
    .slice(0, 6);
  scan.at += digits;
  return setField(scan, 'micros', Number(text));
}

function readOffset(scan: Scan, part: OffsetPart): boolean {
  const separator = part.separator;
  const minutes = part.minutes === 'always' ? `${separator}(\\d\\d)` : `(?:${separator}(\\d\\d))?`;
  const seconds = part.seconds === 'optional' ? `(?:${separator}(\\d\\d))?` : '';
  const found = match(scan, new RegExp(`[+-](\\d\\d)${minutes}${seconds}`, 'y'));
  if (found !== undefined) return setOffset(scan, found);
  return skipText(scan, part.zero) && setField(scan, 'offsetSeconds', 0);
}

function setOffset(scan: Scan, found: RegExpExecArray): boolean {
  const [text, hours = '0', minutes = '0', seconds = '0'] = found;
  if (Number(minutes) > 59 || Number(seconds) > 59) return false;
  const size = Number(hours) * 3600 + Number(minutes) * 60 + Number(seconds);
  return size <= 18 * 3600 && setField(scan, 'offsetSeconds', text.startsWith('-') ? -size : size);
}

/** The longest name of a zone that starts here. */
function readZone(scan: Scan): boolean {
  const name = /[A-Za-z0-9/_+:~.-]+/y;
  name.lastIndex = scan.at;
  const text = name.exec(scan.text)?.[0] ?? '';
  for (let length = text.length; length > 0; length--) {
    const candidate = text.slice(0, length);
    if (findZone(candidate) === undefined) continue;
    scan.at += length;
    scan.zone = candidate;
    return true;
  }
  return false;
}

function resolveDays(fields: ReadonlyMap<Field, number>): number | undefined {
  const yearOfEra = fields.get('yearOfEra');
  const eraYear = yearOfEra !== undefined && fields.get('era') === 0 ? 1 - yearOfEra : yearOfEra;
  const year = fields.get('year') ?? eraYear ?? 1970;
  const dayOfYear = fields.get('dayOfYear');
  const month = fields.get('month');
  const day = fields.get('day');
  if (dayOfYear !== undefined && month === undefined && day === undefined) {
    if (dayOfYear > (isLeapYear(year) ? 366 : 365)) return undefined;
    return daysFromCivil(year, 1, 1) + dayOfYear - 1;
  }
  return isValidDate(year, month ?? 1, day ?? 1) ? daysFromCivil(year, month ?? 1, day ?? 1) : undefined;
}

function resolveSeconds(fields: ReadonlyMap<Field, number>): number | undefined {
  const half = fields.get('half');
  const clock = fields.get('clockHour');
  const clockOfHalf = fields.get('clockHourOfHalf');
  const hourOfHalf = fields.get('hourOfHalf') ?? (clockOfHalf === undefined ? undefined : clockOfHalf % 12);
  const whole = fields.get('hour') ?? (clock === undefined ? undefined : clock % 24);
  const fromHalf = hourOfHalf === undefined ? (half ?? 0) * 12 : hourOfHalf + (half ?? 0) * 12;
  const hour = whole ?? fromHalf;
  if (half !== undefined && half !== Math.floor(hour / 12)) return undefined;
  if (hourOfHalf !== undefined && hourOfHalf !== hour % 12) return undefined;
  return hour * 3600 + (fields.get('minute') ?? 0) * 60 + (fields.get('second') ?? 0);
}
