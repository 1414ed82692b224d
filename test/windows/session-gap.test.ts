/** A time plus a gap, on the calendar of a zone. */
import { describe, expect, it } from 'vitest';
import { parseInterval } from '../../src/types/interval.ts';
import { parseTimestamp } from '../../src/types/timestamp-text.ts';
import { formatTimestamp } from '../../src/types/civil-time.ts';
import { addInterval } from '../../src/windows/session-gap.ts';

function plus(time: string, gap: string, zone = 'UTC'): string {
  return formatTimestamp(addInterval(parseTimestamp(time, zone) ?? 0n, parseInterval(gap), zone), zone);
}

describe('the end of a gap', () => {
  it('is so many microseconds later when the gap has neither days nor months', () => {
    expect(plus('2026-03-08 01:30:00', '24 hours', 'America/New_York')).toBe('2026-03-09 02:30:00');
    expect(plus('1969-12-31 23:59:59.999999', '1 microsecond')).toBe('1970-01-01 00:00:00');
  });

  it('is at the same time of day when the gap is a day, whatever the clocks do', () => {
    expect(plus('2026-03-07 12:00:00', '1 day', 'America/New_York')).toBe('2026-03-08 12:00:00');
    expect(plus('2026-10-31 12:00:00', '1 day', 'America/New_York')).toBe('2026-11-01 12:00:00');
  });

  it('moves out of an hour that does not exist', () => {
    expect(plus('2026-03-07 02:30:00', '1 day', 'America/New_York')).toBe('2026-03-08 03:30:00');
  });

  it('keeps the offset where a local time occurs twice', () => {
    const second = addInterval(
      parseTimestamp('2026-11-01T01:30:00-05:00', 'UTC') ?? 0n,
      parseInterval('0 days'),
      'America/New_York',
    );
    expect(formatTimestamp(second, 'UTC')).toBe('2026-11-01 06:30:00');
  });

  it('is the last day of a month that has not the day', () => {
    expect(plus('2026-01-31 00:00:00', '1 month')).toBe('2026-02-28 00:00:00');
    expect(plus('2026-03-31 00:00:00', '-1 month')).toBe('2026-02-28 00:00:00');
    expect(plus('2024-11-30 00:00:00', '3 months 1 day')).toBe('2025-03-01 00:00:00');
  });
});
