/** Fields of dates that need more than the calendar: weekdays, days and weeks of a year, and why year, month and day are no date. */
import { civilFromDays, daysFromCivil, isValidDate } from '../types/civil-time.ts';

const MONTHS = 'JANUARY FEBRUARY MARCH APRIL MAY JUNE JULY AUGUST SEPTEMBER OCTOBER NOVEMBER DECEMBER'.split(' ');

/** 1 for Monday to 7 for Sunday. */
export function isoWeekday(days: number): number {
  return ((((days + 3) % 7) + 7) % 7) + 1;
}

export function dayOfYear(days: number): number {
  return days - daysFromCivil(civilFromDays(days).year, 1, 1) + 1;
}

/** The Thursday of the same week; ISO 8601 gives the week the year of that day. */
export function thursdayOf(days: number): number {
  return days - isoWeekday(days) + 4;
}

/** ISO 8601: the week of the year's first Thursday is the first. */
export function weekOfYear(days: number): number {
  return Math.floor((dayOfYear(thursdayOf(days)) - 1) / 7) + 1;
}

/** Why there is no such date, in Spark's words; undefined when there is one. */
export function dateProblem(year: number, month: number, day: number): string | undefined {
  if (isValidDate(year, month, day)) return undefined;
  if (month < 1 || month > 12) return `Invalid value for MonthOfYear (valid values 1 - 12): ${month}`;
  if (day < 1 || day > 31) return `Invalid value for DayOfMonth (valid values 1 - 28/31): ${day}`;
  return month === 2 && day === 29
    ? `Invalid date 'February 29' as '${year}' is not a leap year`
    : `Invalid date '${MONTHS[month - 1] ?? ''} ${day}'`;
}
