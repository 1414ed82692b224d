/**
 * `calendar_window(time, duration[, time zone])` in a query, what `F.window(…, { calendar: true })` writes: windows of whole days, weeks
 * or months of a time zone. Not in Spark; resolve-window.ts puts the node into the plan.
 */
import type { Expression } from '../expressions/expression.ts';
import type { ResolveContext } from '../functions/define-function.ts';
import type { CalendarWindowSpec } from '../windows/window-spec.ts';
import { MillraceError } from '../errors/millrace-error.ts';
import { parseInterval } from '../types/interval.ts';
import { zoneOf } from '../types/time-zone.ts';

/** The windows of a call with these resolved arguments behind the time; `isZoned` is false for times without zone. */
export function calendarSpec(
  [duration, zone]: readonly (Expression | undefined)[],
  isZoned: boolean,
  context: ResolveContext,
): CalendarWindowSpec {
  const text = constantText(duration);
  const timeZone = zone === undefined ? context.timeZone : constantText(zone);
  if (text === undefined || timeZone === undefined)
    throw invalid(text ?? 'the duration', 'duration and time zone are constant texts');
  const { months, days, micros } = parseInterval(text);
  if (micros !== 0n || months < 0 || days < 0 || (months === 0) === (days === 0))
    throw invalid(text, 'a calendar window is a whole number of days or weeks, or of months or years');
  zoneOf(timeZone);
  const of = isZoned ? timeZone : 'UTC';
  return months > 0 ? { unit: 'month', count: months, zone: of } : { unit: 'day', count: days, zone: of };
}

function constantText(expression: Expression | undefined): string | undefined {
  return expression?.kind === 'literal' && typeof expression.value === 'string' ? expression.value : undefined;
}

function invalid(duration: string, problem: string): MillraceError {
  return new MillraceError('CALENDAR_WINDOW_INVALID', { duration, problem });
}
