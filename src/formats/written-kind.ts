/** Says which columns the row-writing kernel writes from their values; all others it gets as texts. */
import type { LongVector, Vector } from '../types/vector.ts';
import { WRITE_BOOLEAN, WRITE_INTEGER, WRITE_LONG, WRITE_TEXT, WRITE_TIME } from '../kernels/kernel-layout.ts';

const UTC_NAMES = new Set(['UTC', 'Etc/UTC', 'GMT', 'Z']);
/** The high word of the microseconds of a moment shortly before the year 9999. */
const LAST_HIGH_WORD = 58_992_424;

/** Whether local time of a zone is UTC, whatever the time. */
export function isUtc(timeZone: string): boolean {
  return UTC_NAMES.has(timeZone);
}

/** The kind of a column for the kernel; `hasIsoTimes` says that timestamps are written as ISO text in UTC. */
export function writtenKind(vector: Vector, hasIsoTimes: boolean): number {
  const { kind } = vector.type;
  switch (vector.layout) {
    case 'boolean':
      return WRITE_BOOLEAN;
    case 'int':
      return kind === 'date' || kind === 'year_month_interval' ? WRITE_TEXT : WRITE_INTEGER;
    case 'long':
      if (kind === 'long') return WRITE_LONG;
      return kind === 'timestamp' && hasIsoTimes && isWithinIsoYears(vector) ? WRITE_TIME : WRITE_TEXT;
    default:
      return WRITE_TEXT;
  }
}

/** Whether all times are of the years 1970 to 9998. */
function isWithinIsoYears({ values, length }: LongVector): boolean {
  const words = new Int32Array(values.buffer, values.byteOffset, length * 2);
  for (let i = 1; i < words.length; i += 2) if ((words[i] as number) >>> 0 > LAST_HIGH_WORD) return false;
  return true;
}
