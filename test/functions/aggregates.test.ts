import { describe, expect, it } from 'vitest';
import type { DataType } from '../../src/types/data-type.ts';
import type { Value } from '../../src/types/vector.ts';
import { DOUBLE, INTEGER, LONG, STRING, BOOLEAN, decimal } from '../../src/types/data-type.ts';
import { runAggregate } from './aggregate-run.ts';

const GROUPS = [0, 1, 0, 1, 0, 2];

/** Expected values were taken from PySpark 4.3.0. */
const CASES: readonly (readonly [string, DataType, readonly (Value | null)[], readonly (Value | null)[]])[] = [
  ['count', INTEGER, [1, 2, null, 4, 5, null], [2n, 2n, 0n]],
  ['sum', INTEGER, [1, 2, null, 4, 5, null], [6n, 6n, null]],
  ['sum', LONG, [2n ** 62n, 1n, null, -4n, 5n, 7n], [2n ** 62n + 5n, -3n, 7n]],
  ['sum', DOUBLE, [0.1, NaN, 0.2, 4, null, null], [0.1 + 0.2, NaN, null]],
  ['sum', decimal(5, 2), [100n, 250n, null, 1n, 99999n, null], [100099n, 251n, null]],
  ['avg', INTEGER, [1, 2, null, 4, 4, null], [2.5, 3, null]],
  ['avg', decimal(5, 2), [100n, 250n, null, 1n, 101n, null], [1005000n, 1255000n, null]],
  ['min', DOUBLE, [NaN, 2, 1, -0, NaN, NaN], [1, -0, NaN]],
  ['max', DOUBLE, [1, 2, NaN, 4, 5, null], [NaN, 4, null]],
  ['min', STRING, ['b', 'é', 'a', 'z', null, null], ['a', 'z', null]],
  ['max', LONG, [-5n, 2n, -3n, 4n, null, null], [-3n, 4n, null]],
  ['first', INTEGER, [null, 2, 3, 4, 5, null], [null, 2, null]],
  ['last', INTEGER, [1, 2, 3, null, 5, null], [5, null, null]],
  ['bool_and', BOOLEAN, [true, true, false, true, null, null], [false, true, null]],
  ['bool_or', BOOLEAN, [false, true, false, false, null, null], [false, true, null]],
  ['count_if', BOOLEAN, [true, true, false, true, null, null], [1n, 2n, 0n]],
  ['collect_list', INTEGER, [1, 2, 1, null, 5, null], [[1, 1, 5], [2], []]],
  ['collect_set', INTEGER, [1, 2, 1, null, 5, null], [[1, 5], [2], []]],
  ['var_samp', INTEGER, [1, 2, 2, null, 3, null], [1, null, null]],
  ['stddev_pop', INTEGER, [2, 2, 4, 2, 6, null], [Math.sqrt(8 / 3), 0, null]],
];

describe('aggregates give the same result whole and merged from parts', () => {
  for (const [name, type, values, expected] of CASES) {
    it(`${name} of ${type.kind}`, () => {
      for (const split of [undefined, 0, 1, 3, 6])
        expect(runAggregate(name, [{ type, values }], GROUPS, split)).toEqual(expected);
    });
  }

  it('max_by takes the value beside the greatest', () => {
    const values = { type: STRING, values: ['a', 'b', 'c', 'd', 'e', 'f'] };
    const orders = { type: INTEGER, values: [1, 9, 3, 2, null, null] };
    for (const split of [undefined, 2])
      expect(runAggregate('max_by', [values, orders], GROUPS, split)).toEqual(['c', 'b', null]);
  });

  it('count without arguments counts rows', () => {
    expect(runAggregate('count', [], GROUPS)).toEqual([3n, 2n, 1n]);
  });
});

describe('sum', () => {
  it('throws when a long overflows, also on the way', () => {
    const values = [2n ** 63n - 1n, 1n];
    expect(() => runAggregate('sum', [{ type: LONG, values }], [0, 0])).toThrow(/ARITHMETIC_OVERFLOW/);
    expect(() => runAggregate('sum', [{ type: LONG, values: [-(2n ** 63n), -1n] }], [0, 0])).toThrow(
      /ARITHMETIC_OVERFLOW/,
    );
    expect(runAggregate('sum', [{ type: LONG, values: [2n ** 63n - 1n, -1n] }], [0, 0])).toEqual([2n ** 63n - 2n]);
  });
});

describe('approx_count_distinct', () => {
  it.each(sparkEstimates())('estimates %i values as Spark does', (numValues, ofLongs, ofTexts) => {
    const longs = Array.from({ length: numValues }, (_, i) => BigInt(i));
    const groups = longs.map(() => 0);
    const split = numValues >> 1;
    expect(runAggregate('approx_count_distinct', [{ type: LONG, values: longs }], groups, split)).toEqual([ofLongs]);
    expect(runAggregate('approx_count_distinct', [{ type: STRING, values: longs.map(String) }], groups)).toEqual([
      ofTexts,
    ]);
  });
});

/** Number of rows of `range(n)`, PySpark's estimate of the ids, and of the ids as strings. */
function sparkEstimates(): [number, bigint, bigint][] {
  return [
    [0, 0n, 0n],
    [1, 1n, 1n],
    [5, 5n, 5n],
    [50, 52n, 49n],
    [100, 103n, 104n],
    [300, 296n, 296n],
    [400, 397n, 397n],
    [500, 484n, 492n],
    [1000, 1026n, 1034n],
    [2000, 1947n, 1937n],
    [5000, 4671n, 4632n],
    [20000, 19522n, 18604n],
  ];
}

it('a set of many different values costs one look-up per value', () => {
  const values = Array.from({ length: 100_000 }, (_, i) => i % 50_000);
  const groups = values.map(() => 0);
  const [set] = runAggregate('collect_set', [{ type: INTEGER, values }], groups, 60_000);
  expect(set).toHaveLength(50_000);
});
