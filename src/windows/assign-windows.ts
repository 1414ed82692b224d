/**
 * Assigns event times to windows: for each row the start of its window (tumbling), or one copy of the row per window it falls into
 * (sliding). Pure arithmetic on microsecond arrays; which column is the time and what becomes of the rows is the operator's business.
 *
 * Times within 2^52 µs of 1970 (to the year 2112) are computed as doubles, the rest as BigInts. Neighbouring rows mostly share a window,
 * so each row is first tried against the window of the row before.
 */
import type { WindowSpec } from './window-spec.ts';
import { EXACT_LONG, areExact, halvesOf } from '../types/long-halves.ts';

const HALF = 2 ** 32;

/** True when every time falls into exactly one window. */
export function isTumbling(spec: WindowSpec): boolean {
  return spec.durationMicros === spec.slideMicros;
}

/** The start of the last window that contains each time: the largest start ≤ time, also before 1970. */
export function lastWindowStarts(spec: WindowSpec, times: BigInt64Array, numRows: number): BigInt64Array {
  const starts = new BigInt64Array(numRows);
  if (isExact(spec, times, numRows)) fillStarts(spec, halvesOf(times), numRows, halvesOf(starts));
  else for (let row = 0; row < numRows; row++) starts[row] = startOf(spec, times[row] as bigint);
  return starts;
}

/** The windows of a tumbling spec, one per row. */
export interface TumblingWindows {
  readonly starts: BigInt64Array;
  readonly ends: BigInt64Array;
}

/** The one window of each time, for a spec that `isTumbling`. */
export function tumblingWindows(spec: WindowSpec, times: BigInt64Array, numRows: number): TumblingWindows {
  if (!isExact(spec, times, numRows)) {
    const starts = lastWindowStarts(spec, times, numRows);
    return { starts, ends: windowEnds(spec, starts, numRows) };
  }
  const starts = new BigInt64Array(numRows);
  const ends = new BigInt64Array(numRows);
  fillStarts(spec, halvesOf(times), numRows, halvesOf(starts), halvesOf(ends));
  return { starts, ends };
}

function isExact({ slideMicros, startTimeMicros }: WindowSpec, times: BigInt64Array, numRows: number): boolean {
  const limit = BigInt(EXACT_LONG / 4);
  const isSmall = slideMicros < limit && startTimeMicros < limit && startTimeMicros > -limit;
  return isSmall && areExact(halvesOf(times), numRows);
}

function startOf({ slideMicros, startTimeMicros }: WindowSpec, time: bigint): bigint {
  const remainder = (time - startTimeMicros) % slideMicros;
  return time - (remainder < 0n ? remainder + slideMicros : remainder);
}

function fillStarts(spec: WindowSpec, times: Int32Array, numRows: number, starts: Int32Array, ends?: Int32Array): void {
  const slide = Number(spec.slideMicros);
  const offset = Number(spec.startTimeMicros);
  let start = Number.POSITIVE_INFINITY;
  let end = start;
  let low = 0;
  let high = 0;
  let endLow = 0;
  let endHigh = 0;
  for (let at = 0; at < numRows * 2; at += 2) {
    const time = (times[at + 1] as number) * HALF + ((times[at] as number) >>> 0);
    if (!(time >= start && time < end)) {
      start = Math.floor((time - offset) / slide) * slide + offset;
      // The quotient is rounded: just below a whole number it may have become that number.
      if (start > time) start -= slide;
      end = start + slide;
      high = Math.floor(start / HALF);
      low = (start - high * HALF) | 0;
      endHigh = Math.floor(end / HALF);
      endLow = (end - endHigh * HALF) | 0;
    }
    starts[at] = low;
    starts[at + 1] = high;
    if (ends === undefined) continue;
    ends[at] = endLow;
    ends[at + 1] = endHigh;
  }
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
  // The last window always holds the time, and so do all before it but the earliest.
  const numSure = durationMicros % slideMicros === 0n ? maxWindows : maxWindows - 1;
  const earliest = BigInt(maxWindows - 1) * slideMicros;
  const earliestEnd = durationMicros - earliest;
  let count = 0;
  for (let row = 0; row < numRows; row++) {
    for (let i = 0; i < numSure; i++) {
      rows[count] = row;
      starts[count] = i === 0 ? (lastStarts[row] as bigint) : (starts[count - 1] as bigint) - slideMicros;
      count++;
    }
    if (numSure < maxWindows && (times[row] as bigint) < (lastStarts[row] as bigint) + earliestEnd) {
      rows[count] = row;
      starts[count] = (lastStarts[row] as bigint) - earliest;
      count++;
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
