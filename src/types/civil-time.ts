/**
 * Days and microseconds since 1970-01-01 UTC as dates of the proleptic Gregorian calendar, and as the text Spark's cast to string
 * prints. Pure arithmetic, any year; zones are time-zone.ts, parsing is timestamp-text.ts.
 */
import { zoneOf } from './time-zone.ts';

export const MICROS_PER_SECOND = 1_000_000n;
export const MICROS_PER_DAY = 86_400_000_000n;
const SECONDS_PER_DAY = 86_400;

/** The quotient rounded down, also of negative numbers; `divisor` is positive. */
export function floorDivide(value: bigint, divisor: bigint): bigint {
  const quotient = value / divisor;
  return value % divisor < 0n ? quotient - 1n : quotient;
}

/** A date: month 1 to 12, day 1 to 31, year 0 is 1 BC. */
export interface CivilDate {
  readonly year: number;
  readonly month: number;
  readonly day: number;
}

/** The day number of a date that exists; see isValidDate. */
export function daysFromCivil(year: number, month: number, day: number): number {
  const y = month <= 2 ? year - 1 : year;
  const era = Math.floor(y / 400);
  const yearOfEra = y - era * 400;
  const dayOfYear = Math.floor((153 * (month > 2 ? month - 3 : month + 9) + 2) / 5) + day - 1;
  const dayOfEra = yearOfEra * 365 + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100) + dayOfYear;
  return era * 146_097 + dayOfEra - 719_468;
}

/** The date of a day number. */
export function civilFromDays(days: number): CivilDate {
  const z = days + 719_468;
  const era = Math.floor(z / 146_097);
  const dayOfEra = z - era * 146_097;
  const yearOfEra = Math.floor(
    (dayOfEra - Math.floor(dayOfEra / 1460) + Math.floor(dayOfEra / 36_524) - Math.floor(dayOfEra / 146_096)) / 365,
  );
  const dayOfYear = dayOfEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100));
  const shifted = Math.floor((5 * dayOfYear + 2) / 153);
  const month = shifted < 10 ? shifted + 3 : shifted - 9;
  return {
    year: yearOfEra + era * 400 + (month <= 2 ? 1 : 0),
    month,
    day: dayOfYear - Math.floor((153 * shifted + 2) / 5) + 1,
  };
}

export function isLeapYear(year: number): boolean {
  return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
}

/** Days of a month, 1 to 12. */
export function daysInMonth(year: number, month: number): number {
  if (month === 2) return isLeapYear(year) ? 29 : 28;
  return month === 4 || month === 6 || month === 9 || month === 11 ? 30 : 31;
}

export function isValidDate(year: number, month: number, day: number): boolean {
  return month >= 1 && month <= 12 && day >= 1 && day <= daysInMonth(year, month);
}

/** Whole seconds since the epoch, rounded down, and the microseconds of the second (0 to 999999). */
export function splitMicros(micros: bigint): { readonly seconds: number; readonly fraction: number } {
  if (micros >= -9_007_199_254_740_991n && micros <= 9_007_199_254_740_991n) {
    const value = Number(micros);
    const seconds = Math.floor(value / 1_000_000);
    return { seconds, fraction: value - seconds * 1_000_000 };
  }
  let seconds = micros / MICROS_PER_SECOND;
  let fraction = micros % MICROS_PER_SECOND;
  if (fraction < 0n) {
    seconds -= 1n;
    fraction += MICROS_PER_SECOND;
  }
  return { seconds: Number(seconds), fraction: Number(fraction) };
}

/** The inverse of splitMicros. */
export function joinMicros(seconds: number, fraction: number): bigint {
  return seconds > -9_007_199_000 && seconds < 9_007_199_000
    ? BigInt(seconds * 1_000_000 + fraction)
    : BigInt(seconds) * MICROS_PER_SECOND + BigInt(fraction);
}

/** `YYYY-MM-DD`, with a sign for years outside 0 to 9999. */
export function formatDate(days: number): string {
  const { year, month, day } = civilFromDays(days);
  return `${yearText(year)}-${twoDigits(month)}-${twoDigits(day)}`;
}

/** `YYYY-MM-DD HH:mm:ss[.ffffff]` in a zone, as Spark's cast to string: zeros at the end of the fraction are left out. */
export function formatTimestamp(micros: bigint, zone: string): string {
  const { seconds, fraction } = splitMicros(micros);
  return localText(seconds + zoneOf(zone).offsetSecondsAt(seconds), fraction);
}

/** As formatTimestamp for a timestamp without zone. */
export function formatTimestampNtz(micros: bigint): string {
  const { seconds, fraction } = splitMicros(micros);
  return localText(seconds, fraction);
}

/** Local time minus UTC in microseconds at an instant. */
export function zoneOffsetMicros(zone: string, utcMicros: bigint): bigint {
  return BigInt(zoneOf(zone).offsetSecondsAt(splitMicros(utcMicros).seconds)) * MICROS_PER_SECOND;
}

/** The instant of a local time in a zone: in a gap it moves forward by the gap, in an overlap the earlier offset counts. */
export function localToUtc(zone: string, localMicros: bigint): bigint {
  const { seconds, fraction } = splitMicros(localMicros);
  return joinMicros(zoneOf(zone).utcSecondsOf(seconds), fraction);
}

/** A year as Java prints it: at least four digits, a plus sign when there are more. */
export function yearText(year: number): string {
  if (year >= 1000 && year <= 9999) return String(year);
  const digits = String(Math.abs(year)).padStart(4, '0');
  return year < 0 ? `-${digits}` : year > 9999 ? `+${digits}` : digits;
}

/** A number from 0 to 99 in two digits. */
export function twoDigits(value: number): string {
  return value < 10 ? `0${value}` : String(value);
}

function localText(localSeconds: number, fraction: number): string {
  const days = Math.floor(localSeconds / SECONDS_PER_DAY);
  const second = localSeconds - days * SECONDS_PER_DAY;
  const hours = Math.floor(second / 3600);
  const minutes = Math.floor((second % 3600) / 60);
  const text = `${formatDate(days)} ${twoDigits(hours)}:${twoDigits(minutes)}:${twoDigits(second % 60)}`;
  return fraction === 0 ? text : `${text}.${String(fraction).padStart(6, '0').replace(/0+$/, '')}`;
}
