/** Which windows a time falls into, in microseconds. */
import { describe, expect, it } from 'vitest';
import type { WindowSpec } from '../../src/windows/window-spec.ts';
import {
  isTumbling,
  lastWindowStarts,
  slidingWindows,
  tumblingWindows,
  windowEnds,
} from '../../src/windows/assign-windows.ts';

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

describe('windows of any times', () => {
  /** The definition, one time after the other. */
  function startOf({ slideMicros, startTimeMicros }: WindowSpec, time: bigint): bigint {
    let remainder = (time - startTimeMicros) % slideMicros;
    if (remainder < 0n) remainder += slideMicros;
    return time - remainder;
  }

  it('are those of exact arithmetic, whatever the size of times, slides and offsets', () => {
    let state = 7n;
    const random = (bits: number): bigint => {
      state = (state * 6_364_136_223_846_793_005n + 1_442_695_040_888_963_407n) & ((1n << 64n) - 1n);
      return state >> BigInt(64 - bits);
    };
    for (let round = 0; round < 300; round++) {
      const bits = 1 + Number(random(6) % 60n);
      const slide = 1n + random(1 + Number(random(6) % 56n));
      const windowSpec = spec(slide * 2n + random(3), slide, random(40) % slide);
      const times = Array.from({ length: 40 }, (_, i) => {
        const near = slide * random(2) + windowSpec.startTimeMicros - BigInt(i % 2);
        const time = i % 3 === 0 ? near : random(bits);
        return i % 5 === 0 ? -time : time;
      });
      expect(starts(windowSpec, ...times)).toEqual(times.map((time) => startOf(windowSpec, time)));
      const tumbling = tumblingWindows(spec(slide, slide, windowSpec.startTimeMicros), BigInt64Array.from(times), 40);
      expect([...tumbling.starts]).toEqual(starts(windowSpec, ...times));
      expect([...tumbling.ends]).toEqual(starts(windowSpec, ...times).map((start) => start + slide));
      for (const time of times.slice(0, 5)) {
        const found = windows(windowSpec, time);
        const expected: bigint[] = [];
        for (let start = startOf(windowSpec, time); time < start + windowSpec.durationMicros; start -= slide)
          expected.push(start);
        expect(found).toEqual(expected);
      }
    }
  });
});
