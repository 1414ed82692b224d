/**
 * Assigns event times to windows: for each row the start of its window (tumbling), or one copy of the row per window it falls into
 * (sliding). Pure arithmetic on microsecond arrays; which column is the time and what becomes of the rows is the operator's business.
 */
import type { WindowSpec } from './window-spec.ts';

/** True when every time falls into exactly one window. */
export function isTumbling(spec: WindowSpec): boolean {
  return spec.durationMicros === spec.slideMicros;
}

/** The start of the last window that contains each time: the largest start ≤ time, also before 1970. */
export function lastWindowStarts(spec: WindowSpec, times: BigInt64Array, numRows: number): BigInt64Array {
  const { slideMicros, startTimeMicros } = spec;
  const starts = new BigInt64Array(numRows);
  for (let row = 0; row < numRows; row++) {
    const time = times[row] as bigint;
    const remainder = (time - startTimeMicros) % slideMicros;
    starts[row] = time - (remainder < 0n ? remainder + slideMicros : remainder);
  }
  return starts;
}

/** Rows and the starts of their windows, one entry per (row, window) pair. */
export interface WindowedRows {
  readonly rows: Int32Array;
  readonly starts: BigInt64Array;
  readonly count: number;
}

/**
 * All (row, window) pairs of sliding windows. A row belongs to ceil(duration / slide) windows at most; where the slide does not divide
 * the duration some rows belong to one fewer.
 */
export function slidingWindows(spec: WindowSpec, times: BigInt64Array, numRows: number): WindowedRows {
  const { durationMicros, slideMicros } = spec;
  const maxWindows = Number((durationMicros + slideMicros - 1n) / slideMicros);
  const lastStarts = lastWindowStarts(spec, times, numRows);
  const rows = new Int32Array(numRows * maxWindows);
  const starts = new BigInt64Array(numRows * maxWindows);
  let count = 0;
  for (let row = 0; row < numRows; row++) {
    let start = lastStarts[row] as bigint;
    const time = times[row] as bigint;
    for (let i = 0; i < maxWindows && time < start + durationMicros; i++) {
      rows[count] = row;
      starts[count] = start;
      count++;
      start -= slideMicros;
    }
  }
  return { rows, starts, count };
}

/** The exclusive ends of windows that begin at `starts`. */
export function windowEnds(spec: WindowSpec, starts: BigInt64Array, count: number): BigInt64Array {
  const { durationMicros } = spec;
  const ends = new BigInt64Array(count);
  for (let i = 0; i < count; i++) ends[i] = (starts[i] as bigint) + durationMicros;
  return ends;
}
