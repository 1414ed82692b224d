/**
 * Values of TIME: nanoseconds since midnight. Their text as Spark reads and prints it, and the digits a precision keeps. Patterns given by
 * the user are date-time-pattern.ts.
 */
import type { TimeType } from './data-type.ts';
import { MillraceError } from '../errors/millrace-error.ts';
import { twoDigits } from './civil-time.ts';
import { time } from './data-type.ts';
import { readTimeOfDay } from './timestamp-text.ts';

export const NANOS_PER_DAY = 86_400_000_000_000n;
const NANOS_PER_HOUR = NANOS_PER_DAY / 24n;
const HALF = /^([\s\S]*?)\s*([ap])m\s*$/i;

/** The time of a text, `1:2:3.5` or `01:02 PM`; null when it is none. Digits behind the microseconds are dropped. */
export function parseTime(text: string): bigint | null {
  const [, clock = text, half] = HALF.exec(text) ?? [];
  const micros = readTimeOfDay(clock);
  if (micros === null) return null;
  const nanos = micros * 1000n;
  if (half === undefined) return nanos;
  const isOfTwelve = nanos >= NANOS_PER_HOUR && nanos < 13n * NANOS_PER_HOUR;
  if (!isOfTwelve) return null;
  const ofHalf = nanos % (NANOS_PER_DAY / 2n);
  return half.toLowerCase() === 'p' ? ofHalf + NANOS_PER_DAY / 2n : ofHalf;
}

/** `14:30:00.5`: as many digits behind the point as there are. */
export function formatTime(nanos: bigint): string {
  const seconds = Number(nanos / 1_000_000_000n);
  const fraction = String(nanos % 1_000_000_000n)
    .padStart(9, '0')
    .replace(/0+$/, '');
  const clock = [seconds / 3600, (seconds / 60) % 60, seconds % 60]
    .map((part) => twoDigits(Math.trunc(part)))
    .join(':');
  return fraction === '' ? clock : `${clock}.${fraction}`;
}

/** The type of a precision as it is written; throws UNSUPPORTED_TIME_PRECISION. */
export function timeOf(precision = 6): TimeType {
  if (precision <= 6) return time(precision);
  throw new MillraceError('UNSUPPORTED_TIME_PRECISION', { precision: String(precision) });
}

/** The time with that many digits behind the point; the others are cut off. */
export function cutTime(nanos: bigint, precision: number): bigint {
  return nanos - (nanos % 10n ** BigInt(9 - precision));
}
