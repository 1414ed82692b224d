/**
 * A time window as arithmetic over microseconds: `window(ts, duration, slide, startTime)`. Windows are half-open, of fixed length and
 * aligned to 1970-01-01 UTC plus the start time. Analysis builds a spec once; tumbling.ts and sliding.ts assign rows to windows.
 */
export interface WindowSpec {
  /** Length in µs, > 0. */
  readonly durationMicros: bigint;
  /** Distance of window starts in µs, 0 < slide ≤ duration. */
  readonly slideMicros: bigint;
  /** Offset of window starts from 1970-01-01 UTC in µs, |startTime| < slide. */
  readonly startTimeMicros: bigint;
}

/** Windows of whole days or months of a time zone; whole weeks are days that begin on Mondays. See calendar-windows.ts. */
export interface CalendarWindowSpec {
  readonly unit: 'day' | 'month';
  /** So many days or months; windows are counted from 1970-01-01, weeks from the Monday before. */
  readonly count: number;
  /** An IANA name or offset. */
  readonly zone: string;
}

export function isCalendar(spec: WindowSpec | CalendarWindowSpec): spec is CalendarWindowSpec {
  return 'unit' in spec;
}

/** A specification as explain shows it, behind the time; equal for equal windows. */
export function windowSpecText(spec: WindowSpec | CalendarWindowSpec): string {
  if (isCalendar(spec)) return `${spec.count} ${spec.unit}s of the calendar in ${spec.zone}`;
  return `${spec.durationMicros}, ${spec.slideMicros}, ${spec.startTimeMicros}`;
}
