/** Days, weeks and months of a time zone, over every kind of clock change. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatTimestamp } from '../../src/types/civil-time.ts';
import { parseTimestamp } from '../../src/types/timestamp-text.ts';
import { calendarWindows } from '../../src/windows/calendar-windows.ts';
import type { CalendarWindowSpec } from '../../src/windows/window-spec.ts';

function windowAt(spec: CalendarWindowSpec, time: string): string {
  const micros = parseTimestamp(time, spec.zone) ?? 0n;
  const { starts, ends } = calendarWindows(spec, BigInt64Array.of(micros), 1);
  return `${formatTimestamp(starts[0] as bigint, spec.zone)} / ${formatTimestamp(ends[0] as bigint, spec.zone)}`;
}

function hoursAt(spec: CalendarWindowSpec, time: string): number {
  const micros = parseTimestamp(time, spec.zone) ?? 0n;
  const { starts, ends } = calendarWindows(spec, BigInt64Array.of(micros), 1);
  return Number((ends[0] as bigint) - (starts[0] as bigint)) / 3.6e9;
}

const day = (zone: string, count = 1): CalendarWindowSpec => ({ unit: 'day', count, zone });
const month = (zone: string, count = 1): CalendarWindowSpec => ({ unit: 'month', count, zone });

describe('calendar windows', () => {
  it('of a day go from local midnight to local midnight', () => {
    expect(windowAt(day('Europe/Berlin'), '2026-01-15 00:00:00')).toBe('2026-01-15 00:00:00 / 2026-01-16 00:00:00');
    expect(windowAt(day('Europe/Berlin'), '2026-01-14 23:59:59.999999')).toBe(
      '2026-01-14 00:00:00 / 2026-01-15 00:00:00',
    );
  });

  it('of a day have 23 hours in spring and 25 in autumn', () => {
    expect(hoursAt(day('Europe/Berlin'), '2026-03-29 12:00:00')).toBe(23);
    expect(hoursAt(day('Europe/Berlin'), '2026-10-25 12:00:00')).toBe(25);
    expect(hoursAt(day('America/New_York'), '2026-03-08 12:00:00')).toBe(23);
    expect(hoursAt(day('Europe/Berlin', 7), '2026-03-25 12:00:00')).toBe(167);
  });

  it('of a day begin later where midnight does not exist', () => {
    expect(windowAt(day('America/Sao_Paulo'), '2018-11-04 12:00:00')).toBe('2018-11-04 01:00:00 / 2018-11-05 00:00:00');
  });

  it('of a day begin with the first midnight where it is there twice', () => {
    expect(hoursAt(day('America/Havana'), '2026-11-01 12:00:00')).toBe(25);
    // One minute after midnight the clocks went back to 23:01: the date of that minute is seen twice.
    expect(hoursAt(day('America/St_Johns'), '2006-10-29 12:00:00')).toBe(25);
    expect(windowAt(day('America/St_Johns'), '2006-10-28 12:00:00')).toBe('2006-10-28 00:00:00 / 2006-10-29 00:00:00');
  });

  it('of weeks begin on Monday', () => {
    expect(windowAt(day('UTC', 7), '2026-01-01 00:00:00')).toBe('2025-12-29 00:00:00 / 2026-01-05 00:00:00');
    expect(windowAt(day('UTC', 7), '1969-12-28 23:00:00')).toBe('1969-12-22 00:00:00 / 1969-12-29 00:00:00');
  });

  it('of months begin on the first', () => {
    expect(windowAt(month('Europe/Berlin'), '2026-03-31 23:59:59')).toBe('2026-03-01 00:00:00 / 2026-04-01 00:00:00');
    expect(windowAt(month('Europe/Berlin', 3), '2026-05-05 00:00:00')).toBe(
      '2026-04-01 00:00:00 / 2026-07-01 00:00:00',
    );
    expect(windowAt(month('UTC', 12), '1969-12-31 23:59:59')).toBe('1969-01-01 00:00:00 / 1970-01-01 00:00:00');
  });

  it('hold their times, touch each other and are found one by one as in one go', () => {
    const zones = [
      'UTC',
      'Europe/Berlin',
      'America/Havana',
      'America/St_Johns',
      'Asia/Kathmandu',
      '+13:45',
      'Pacific/Apia',
    ];
    const spec = fc.record({
      unit: fc.constantFrom('day' as const, 'month' as const),
      count: fc.integer({ min: 1, max: 14 }),
      zone: fc.constantFrom(...zones),
    });
    const time = fc.bigInt({ min: -3_000_000_000n, max: 3_000_000_000n }).map((seconds) => seconds * 1_000_003n);
    fc.assert(
      fc.property(spec, fc.array(time, { minLength: 1, maxLength: 5 }), (window, list) => {
        const times = BigInt64Array.from(list);
        const { starts, ends } = calendarWindows(window, times, times.length);
        list.forEach((at, i) => {
          const one = calendarWindows(window, BigInt64Array.of(at), 1);
          expect([starts[i], ends[i]]).toEqual([one.starts[0], one.ends[0]]);
          expect((starts[i] as bigint) <= at && at < (ends[i] as bigint)).toBe(true);
          expect(calendarWindows(window, BigInt64Array.of(ends[i] as bigint), 1).starts[0]).toBe(ends[i]);
        });
      }),
      { numRuns: 500 },
    );
  });
});
