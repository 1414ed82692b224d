/** Writes times as Spark's JSON and CSV writers do: ISO with milliseconds and zone, or the pattern of an option. */
import type { TimeOptions } from './json/json-options.ts';
import type { ByteWriter } from './byte-writer.ts';
import { civilFromDays, formatDate, zoneOffsetMicros } from '../types/civil-time.ts';
import { compilePattern } from '../types/date-time-pattern.ts';
import { formatTime } from '../types/time-of-day.ts';
import { formatTimeBy } from '../types/time-pattern.ts';

const MICROS_PER_DAY = 86_400_000_000n;

/** Writers of the kinds of times. */
export interface TimeWriters {
  readonly timestamp: (out: ByteWriter, micros: bigint) => void;
  readonly timestampNtz: (out: ByteWriter, micros: bigint) => void;
  readonly date: (out: ByteWriter, days: number) => void;
  readonly time: (out: ByteWriter, nanos: bigint) => void;
}

/** Makes the writers once per encoder. */
export function timeWriters(options: TimeOptions): TimeWriters {
  const { timeZone, timestampFormat, timestampNtzFormat, dateFormat, timeFormat } = options;
  return {
    timestamp: timestampFormat === undefined ? isoWriter(timeZone) : patternWriter(timestampFormat, timeZone),
    timestampNtz: timestampNtzFormat === undefined ? isoWriter(undefined) : patternWriter(timestampNtzFormat, 'UTC'),
    date: dateFormat === undefined ? (out, days) => out.text(formatDate(days)) : dateWriter(dateFormat),
    time: (out, nanos) => out.text(timeFormat === undefined ? formatTime(nanos) : formatTimeBy(nanos, timeFormat)),
  };
}

function patternWriter(pattern: string, timeZone: string): (out: ByteWriter, micros: bigint) => void {
  const compiled = compilePattern(pattern);
  return (out, micros) => out.text(compiled.format(micros, timeZone));
}

function dateWriter(pattern: string): (out: ByteWriter, days: number) => void {
  const write = patternWriter(pattern, 'UTC');
  return (out, days) => write(out, BigInt(days) * MICROS_PER_DAY);
}

/** `yyyy-MM-dd'T'HH:mm:ss.SSS` and, with a zone, `Z` or `+HH:mm[:ss]`. The text of the last day and offset is kept. */
function isoWriter(timeZone: string | undefined): (out: ByteWriter, micros: bigint) => void {
  let knownDay = Number.NaN;
  let dayText = '';
  return (out, micros) => {
    const offset = timeZone === undefined ? 0n : zoneOffsetMicros(timeZone, micros);
    const local = micros + offset;
    // Whole milliseconds of local time fit a double exactly.
    const ms = Number((local - (((local % 1000n) + 1000n) % 1000n)) / 1000n);
    const day = Math.floor(ms / 86_400_000);
    if (day !== knownDay) {
      knownDay = day;
      dayText = isoDay(day);
    }
    out.text(dayText);
    const msOfDay = ms - day * 86_400_000;
    const seconds = Math.floor(msOfDay / 1000);
    out.byte(0x54);
    out.padded(Math.floor(seconds / 3600), 2);
    out.byte(0x3a);
    out.padded(Math.floor(seconds / 60) % 60, 2);
    out.byte(0x3a);
    out.padded(seconds % 60, 2);
    out.byte(0x2e);
    out.padded(msOfDay % 1000, 3);
    if (timeZone !== undefined) out.text(offsetText(Number(offset / 1_000_000n)));
  };
}

/** Years behind 9999 carry a sign, as in Java's ISO formats. */
function isoDay(day: number): string {
  const { year, month, day: dayOfMonth } = civilFromDays(day);
  const size = String(Math.abs(year)).padStart(4, '0');
  const text = year < 0 ? `-${size}` : year > 9999 ? `+${size}` : size;
  return `${text}-${pad(month)}-${pad(dayOfMonth)}`;
}

function offsetText(seconds: number): string {
  if (seconds === 0) return 'Z';
  const size = Math.abs(seconds);
  const rest = size % 60;
  return `${seconds < 0 ? '-' : '+'}${pad(Math.floor(size / 3600))}:${pad(Math.floor(size / 60) % 60)}${rest === 0 ? '' : `:${pad(rest)}`}`;
}

function pad(value: number): string {
  return String(value).padStart(2, '0');
}
