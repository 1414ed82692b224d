/** The patterns of times among the options of JSON functions. */
import type { JsonTextOptions } from '../types/json-text.ts';
import { compilePattern } from '../types/date-time-pattern.ts';
import { formatTimeBy } from '../types/time-pattern.ts';

/** Patterns by type; undefined is Spark's default form. */
export interface TimeFormats {
  readonly date: string | undefined;
  readonly timestamp: string | undefined;
  readonly timestampNtz: string | undefined;
  readonly time: string | undefined;
}

/** The patterns given by options. */
export function timeFormats(options: ReadonlyMap<string, string>): TimeFormats {
  return {
    date: options.get('dateformat'),
    timestamp: options.get('timestampformat'),
    timestampNtz: options.get('timestampntzformat'),
    time: options.get('timeformat'),
  };
}

/** The patterns as functions, for writing. */
export function formattersOf(
  { date, timestamp, timestampNtz, time }: TimeFormats,
  zone: string,
): Partial<JsonTextOptions> {
  return {
    ...(date === undefined
      ? {}
      : { formatDate: (days: number) => compilePattern(date).format(BigInt(days) * 86_400_000_000n, 'UTC') }),
    ...(timestamp === undefined
      ? {}
      : { formatTimestamp: (micros: bigint) => compilePattern(timestamp).format(micros, zone) }),
    ...(timestampNtz === undefined
      ? {}
      : { formatTimestampNtz: (micros: bigint) => compilePattern(timestampNtz).format(micros, 'UTC') }),
    ...(time === undefined ? {} : { formatTime: (nanos: bigint) => formatTimeBy(nanos, time) }),
  };
}
