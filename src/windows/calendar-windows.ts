/**
 * Windows of the calendar: days, weeks and months of a time zone, from local midnight to local midnight, 23 or 25 hours long on days when
 * clocks change. Spark has only windows of fixed length (assign-windows.ts); these are asked for explicitly.
 */
import type { CalendarWindowSpec } from './window-spec.ts';
import { MICROS_PER_DAY, civilFromDays, daysFromCivil, localToUtc, zoneOffsetMicros } from '../types/civil-time.ts';

/** Weeks begin on Monday: 1969-12-29 is one. */
const FIRST_MONDAY = -3;

/** The window of each time. Neighbouring rows mostly share one, so each is first tried against the window of the row before. */
export function calendarWindows(
  spec: CalendarWindowSpec,
  times: BigInt64Array,
  numRows: number,
): { readonly starts: BigInt64Array; readonly ends: BigInt64Array } {
  const starts = new BigInt64Array(numRows);
  const ends = new BigInt64Array(numRows);
  let start = 0n;
  let end = 0n;
  for (let row = 0; row < numRows; row++) {
    const time = times[row] as bigint;
    if (time < start || time >= end) [start, end] = windowOf(spec, time);
    starts[row] = start;
    ends[row] = end;
  }
  return { starts, ends };
}

function windowOf(spec: CalendarWindowSpec, time: bigint): [bigint, bigint] {
  let index = indexOf(spec, time);
  // Where clocks go back over midnight a local date is there twice; the boundaries decide.
  while (time < boundary(spec, index)) index--;
  while (time >= boundary(spec, index + 1)) index++;
  return [boundary(spec, index), boundary(spec, index + 1)];
}

/** The number of the window that holds the local date of a time. */
function indexOf({ unit, count, zone }: CalendarWindowSpec, time: bigint): number {
  const local = time + zoneOffsetMicros(zone, time);
  const remainder = local % MICROS_PER_DAY;
  const day = Number((local - (remainder < 0n ? remainder + MICROS_PER_DAY : remainder)) / MICROS_PER_DAY);
  if (unit === 'day') return Math.floor((day - firstDay(count)) / count);
  const { year, month } = civilFromDays(day);
  return Math.floor(((year - 1970) * 12 + month - 1) / count);
}

/** The first instant of the window with this number. */
function boundary({ unit, count, zone }: CalendarWindowSpec, index: number): bigint {
  let day = firstDay(count) + index * count;
  if (unit === 'month') {
    const months = index * count;
    const year = Math.floor(months / 12);
    day = daysFromCivil(1970 + year, months - year * 12 + 1, 1);
  }
  return localToUtc(zone, BigInt(day) * MICROS_PER_DAY);
}

function firstDay(count: number): number {
  return count % 7 === 0 ? FIRST_MONDAY : 0;
}
