/** Rows' own sessions joined where they meet, against a quadratic twin. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { joinSessions } from '../../src/windows/merge-sessions.ts';

interface RowSession {
  readonly group: number;
  readonly start: bigint;
  readonly end: bigint;
}

function join(rows: readonly RowSession[]): RowSession[] {
  const runs = joinSessions(
    Int32Array.from(rows, ({ group }) => group),
    BigInt64Array.from(rows, ({ start }) => start),
    BigInt64Array.from(rows, ({ end }) => end),
    rows.length,
  );
  return Array.from({ length: runs.count }, (_, i) => ({
    group: runs.groups[i] as number,
    start: runs.starts[i] as bigint,
    end: runs.ends[i] as bigint,
  }));
}

function rowsOf(...bounds: readonly (readonly [number, number])[]): RowSession[] {
  return bounds.map(([start, end]) => ({ group: 0, start: BigInt(start), end: BigInt(end) }));
}

/** Joins any two sessions of a group that touch until none do. */
function joinSlowly(rows: readonly RowSession[]): RowSession[] {
  const sessions = [...rows];
  for (let i = 0; i < sessions.length; i++) {
    for (let j = 0; j < sessions.length; j++) {
      const [a, b] = [sessions[i] as RowSession, sessions[j] as RowSession];
      if (i === j || a.group !== b.group || a.start > b.end || b.start > a.end) continue;
      const start = a.start < b.start ? a.start : b.start;
      const end = a.end > b.end ? a.end : b.end;
      const others = sessions.filter((_, k) => k !== i && k !== j);
      return joinSlowly([...others, { group: a.group, start, end }]);
    }
  }
  return sessions.toSorted((a, b) => a.group - b.group || Number(a.start - b.start));
}

describe('sessions of rows', () => {
  it('meet when one starts exactly at the end of the other, and not a microsecond later', () => {
    expect(join(rowsOf([0, 10], [10, 20]))).toEqual(rowsOf([0, 20]));
    expect(join(rowsOf([0, 10], [11, 20]))).toEqual(rowsOf([0, 10], [11, 20]));
  });

  it('reach to the furthest end, also when a short one lies inside a long one', () => {
    expect(join(rowsOf([0, 100], [5, 6], [99, 101]))).toEqual(rowsOf([0, 101]));
  });

  it('of equal start keep the order of their rows', () => {
    const starts = BigInt64Array.of(5n, 1n, 5n, 1n);
    const { order } = joinSessions(new Int32Array(4), starts, BigInt64Array.of(6n, 2n, 6n, 2n), 4);
    expect([...order]).toEqual([1, 3, 0, 2]);
  });

  it('that lie centuries apart are told apart to the microsecond', () => {
    const far = 2n ** 61n;
    const rows = [
      { group: 0, start: far + 1n, end: far + 2n },
      { group: 0, start: -far, end: -far + 1n },
      { group: 0, start: far - 2n, end: far - 1n },
    ];
    expect(join(rows)).toEqual([rows[1], rows[2], rows[0]]);
  });

  it('are those of the quadratic twin', () => {
    const row = fc
      .tuple(fc.integer({ min: 0, max: 2 }), fc.integer({ min: -30, max: 30 }), fc.integer({ min: 1, max: 8 }))
      .map(([group, start, gap]) => ({ group, start: BigInt(start), end: BigInt(start + gap) }));
    fc.assert(
      fc.property(fc.array(row, { maxLength: 12 }), (rows) => {
        expect(join(rows)).toEqual(joinSlowly(rows));
      }),
      { numRuns: 1000 },
    );
  });
});
