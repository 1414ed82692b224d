/**
 * The end of the session of a single row: its time plus the gap. A gap is a calendar interval, so that a day of it is a day of the time
 * zone, 23 or 25 hours long when clocks change. Where sessions meet is merge-sessions.ts.
 */
import type { Interval } from '../types/interval.ts';
import {
  MICROS_PER_DAY,
  civilFromDays,
  daysFromCivil,
  daysInMonth,
  localToUtc,
  zoneOffsetMicros,
} from '../types/civil-time.ts';

/** A time plus an interval; months and days are counted on the calendar of the zone. */
export function addInterval(timeMicros: bigint, { months, days, micros }: Interval, zone: string): bigint {
  if (months === 0 && days === 0) return timeMicros + micros;
  const offset = zoneOffsetMicros(zone, timeMicros);
  const local = timeMicros + offset;
  const timeOfDay = floorMod(local, MICROS_PER_DAY);
  const day = addMonths(Number((local - timeOfDay) / MICROS_PER_DAY), months) + days;
  const moved = BigInt(day) * MICROS_PER_DAY + timeOfDay;
  // As java.time: where the local time occurs twice, the offset stays the one before the addition.
  const sameOffset = moved - offset;
  const utc = zoneOffsetMicros(zone, sameOffset) === offset ? sameOffset : localToUtc(zone, moved);
  return utc + micros;
}

/** A day number moved by months; the day of the month is kept where the month has it. */
function addMonths(days: number, months: number): number {
  if (months === 0) return days;
  const { year, month, day } = civilFromDays(days);
  const index = year * 12 + (month - 1) + months;
  const newYear = Math.floor(index / 12);
  const newMonth = index - newYear * 12 + 1;
  return daysFromCivil(newYear, newMonth, Math.min(day, daysInMonth(newYear, newMonth)));
}

function floorMod(value: bigint, modulus: bigint): bigint {
  const remainder = value % modulus;
  return remainder < 0n ? remainder + modulus : remainder;
}
