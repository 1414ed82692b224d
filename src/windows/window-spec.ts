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
