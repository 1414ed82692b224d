/** Which windows a time falls into, in microseconds. */
import { describe, expect, it } from 'vitest';
import type { WindowSpec } from '../../src/windows/window-spec.ts';
import { isTumbling, lastWindowStarts, slidingWindows, windowEnds } from '../../src/windows/assign-windows.ts';

function spec(duration: bigint, slide = duration, startTime = 0n): WindowSpec {
  return { durationMicros: duration, slideMicros: slide, startTimeMicros: startTime };
}

function starts(windowSpec: WindowSpec, ...times: bigint[]): bigint[] {
  return [...lastWindowStarts(windowSpec, BigInt64Array.from(times), times.length)];
}

function windows(windowSpec: WindowSpec, time: bigint): bigint[] {
  const { starts: found, count } = slidingWindows(windowSpec, BigInt64Array.of(time), 1);
  return [...found.subarray(0, count)];
}

describe('tumbling windows', () => {
  it('are half-open: a start belongs to its window, an end to the next', () => {
    expect(starts(spec(10n), 0n, 9n, 10n, 19n)).toEqual([0n, 0n, 10n, 10n]);
    expect([...windowEnds(spec(10n), BigInt64Array.of(0n, 10n), 2)]).toEqual([10n, 20n]);
  });

  it('before 1970 are found by rounding down', () => {
    expect(starts(spec(10n), -1n, -10n, -11n)).toEqual([-10n, -10n, -20n]);
  });

  it('are shifted by the start time, also by a negative one', () => {
    expect(starts(spec(10n, 10n, 3n), 2n, 3n, 12n)).toEqual([-7n, 3n, 3n]);
    expect(starts(spec(10n, 10n, -3n), 6n, 7n)).toEqual([-3n, 7n]);
  });

  it('are those whose slide is their length', () => {
    expect([isTumbling(spec(10n)), isTumbling(spec(10n, 5n))]).toEqual([true, false]);
  });
});

describe('sliding windows', () => {
  it('hold a time duration / slide times, the latest window first', () => {
    expect(windows(spec(10n, 5n), 12n)).toEqual([10n, 5n]);
    expect(windows(spec(10n, 5n), 10n)).toEqual([10n, 5n]);
  });

  it('hold some times once less when the slide does not divide the duration', () => {
    expect(windows(spec(10n, 4n), 9n)).toEqual([8n, 4n, 0n]);
    expect(windows(spec(10n, 4n), 10n)).toEqual([8n, 4n]);
  });

  it('before 1970 hold their times too', () => {
    expect(windows(spec(10n, 5n), -1n)).toEqual([-5n, -10n]);
  });

  it('name the row of every copy', () => {
    const { rows, count } = slidingWindows(spec(10n, 5n), BigInt64Array.of(0n, 7n), 2);
    expect([...rows.subarray(0, count)]).toEqual([0, 0, 1, 1]);
  });
});
