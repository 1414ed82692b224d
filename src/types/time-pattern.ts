/** TIME by a pattern of the user's, `HH-mm-ss.SSS`: read and written as the time of a day without a zone. */
import { MICROS_PER_DAY, floorDivide } from './civil-time.ts';
import { compilePattern } from './date-time-pattern.ts';

/** The nanoseconds since midnight of a text; null when it does not have the pattern. */
export function parseTimeBy(text: string, pattern: string): bigint | null {
  const micros = compilePattern(pattern).parse(text, 'UTC');
  return micros === null ? null : (micros - floorDivide(micros, MICROS_PER_DAY) * MICROS_PER_DAY) * 1000n;
}

/** The text of a time. */
export function formatTimeBy(nanos: bigint, pattern: string): string {
  return compilePattern(pattern).format(nanos / 1000n, 'UTC');
}
