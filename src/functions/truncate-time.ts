/** Timestamps and dates cut to a unit, in the session's zone. */
import { civilFromDays, daysFromCivil, localToUtc, zoneOffsetMicros } from '../types/civil-time.ts';

const DAY = 86_400_000_000n;
const FIXED: Record<string, bigint> = {
  microsecond: 1n,
  millisecond: 1000n,
  second: 1_000_000n,
  minute: 60_000_000n,
  hour: 3_600_000_000n,
};

/** The timestamp cut to a unit; null for an unknown unit. */
export function truncateTimestamp(unit: string, micros: bigint, zone: string): bigint | null {
  const name = unit.toLowerCase();
  const step = FIXED[name];
  const offset = zoneOffsetMicros(zone, micros);
  const local = micros + offset;
  // Cutting to hours or less stays within the offset the instant has, also where clocks are set back.
  if (step !== undefined) return local - modulo(local, step) - offset;
  const days = Number((local - modulo(local, DAY)) / DAY);
  const cut = name === 'day' || name === 'dd' ? days : truncateDate(name, days);
  return cut === null ? null : localToUtc(zone, BigInt(cut) * DAY);
}

/** The date cut to week, month, quarter or year; null for other units. */
export function truncateDate(unit: string, days: number): number | null {
  const { year, month } = civilFromDays(days);
  switch (unit.toLowerCase()) {
    case 'year':
    case 'yyyy':
    case 'yy':
      return daysFromCivil(year, 1, 1);
    case 'quarter':
      return daysFromCivil(year, month - ((month - 1) % 3), 1);
    case 'month':
    case 'mon':
    case 'mm':
      return daysFromCivil(year, month, 1);
    case 'week':
      return days - ((((days + 3) % 7) + 7) % 7);
    default:
      return null;
  }
}

function modulo(value: bigint, divisor: bigint): bigint {
  const rest = value % divisor;
  return rest < 0n ? rest + divisor : rest;
}
