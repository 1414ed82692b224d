import { describe, expect, test } from 'vitest';
import {
  civilFromDays,
  daysFromCivil,
  formatTimestamp,
  isValidDate,
  localToUtc,
  zoneOffsetMicros,
} from '../../src/types/civil-time.ts';
import { findZone, zoneOf } from '../../src/types/time-zone.ts';
import { parseTimestampNtz } from '../../src/types/timestamp-text.ts';

function utcOf(local: string, zone: string): string {
  return formatTimestamp(localToUtc(zone, parseTimestampNtz(local) ?? 0n), 'UTC');
}

describe('civil time', () => {
  test('days and dates convert both ways', () => {
    for (let days = -1_000_000; days < 1_000_000; days += 997) {
      const { year, month, day } = civilFromDays(days);
      expect(isValidDate(year, month, day)).toBe(true);
      expect(daysFromCivil(year, month, day)).toBe(days);
    }
    expect(daysFromCivil(1970, 1, 1)).toBe(0);
    expect(civilFromDays(-719_528)).toEqual({ year: 0, month: 1, day: 1 });
  });

  test('the first and the last timestamp print', () => {
    expect(formatTimestamp(2n ** 63n - 1n, 'America/New_York')).toBe('+294247-01-09 23:00:54.775807');
    expect(formatTimestamp(-(2n ** 63n), 'Z')).toBe('-290308-12-21 19:59:05.224192');
  });
});

describe('zones', () => {
  test.each([
    ['UTC', 0],
    ['Z', 0],
    ['+1', 3600],
    ['+1:2', 3720],
    ['-0130', -5400],
    ['+010203', 3723],
    ['GMT-3', -10_800],
    ['UTC+01:30', 5400],
    ['PST', -28_800],
    ['EST', -18_000],
    ['Asia/Calcutta', 19_800],
    ['Etc/GMT+3', -10_800],
    ['+18:00', 64_800],
  ])('%s is %i seconds from UTC in winter', (name, seconds) => {
    expect(zoneOf(name).offsetSecondsAt(1_700_000_000)).toBe(seconds);
  });

  test.each(['europe/berlin', 'Foo/Bar', '+19:00', '', 'UTC+', '+1:99', '12'])('%j is no zone', (name) => {
    expect(findZone(name)).toBeUndefined();
    expect(() => zoneOf(name)).toThrow('[INVALID_TIMEZONE]');
  });

  test('a local time in a gap moves forward, one in an overlap takes the earlier offset', () => {
    expect(utcOf('2024-03-31 02:30:00', 'Europe/Berlin')).toBe('2024-03-31 01:30:00');
    expect(utcOf('2024-03-31 01:59:59', 'Europe/Berlin')).toBe('2024-03-31 00:59:59');
    expect(utcOf('2024-10-27 02:30:00', 'Europe/Berlin')).toBe('2024-10-27 00:30:00');
    expect(utcOf('2024-10-27 03:00:00', 'Europe/Berlin')).toBe('2024-10-27 02:00:00');
    expect(utcOf('2011-12-30 12:00:00', 'Pacific/Apia')).toBe('2011-12-30 22:00:00');
  });

  test('offsets agree with Intl over a century', () => {
    for (const name of [
      'Europe/London',
      'America/New_York',
      'Australia/Lord_Howe',
      'Africa/Casablanca',
      'Asia/Tehran',
    ]) {
      const format = new Intl.DateTimeFormat('en-US', {
        timeZone: name,
        dateStyle: 'short',
        timeStyle: 'medium',
        hourCycle: 'h23',
      });
      const utc = new Intl.DateTimeFormat('en-US', {
        timeZone: 'UTC',
        dateStyle: 'short',
        timeStyle: 'medium',
        hourCycle: 'h23',
      });
      for (let second = 0; second < 3_000_000_000; second += 7_654_321) {
        const offset = zoneOf(name).offsetSecondsAt(second);
        expect(utc.format((second + offset) * 1000)).toBe(format.format(second * 1000));
      }
    }
  });

  test('rules repeat in the far future', () => {
    expect(zoneOffsetMicros('Europe/Berlin', parseTimestampNtz('12345-07-01') ?? 0n)).toBe(7_200_000_000n);
    expect(zoneOffsetMicros('Europe/Berlin', parseTimestampNtz('200000-01-01') ?? 0n)).toBe(3_600_000_000n);
  });
});
