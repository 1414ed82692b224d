/** Rollup, cube, grouping sets and pivot: what they resolve to and what is refused. */
import { describe, expect, it } from 'vitest';
import { functions as F } from '../../src/index.ts';
import { createTestSession } from '../../src/testing/index.ts';
import { toDdl } from '../../src/types/schema.ts';
import { conditionOf } from './condition-of.ts';

const session = createTestSession();
const sales = session.createDataFrame(
  [
    { k: 1, s: 'a', v: 10 },
    { k: 1, s: 'b', v: 20 },
    { k: 2, s: 'a', v: 30 },
  ],
  'k INT, s STRING, v INT',
);
const stream = session.readStream.format('rate-micro-batch').option('rowsPerBatch', '1').load();

describe('grouping sets', () => {
  it('put out null for columns that are not in the set, and aggregate what the columns were', async () => {
    const rows = await sales
      .rollup('k', 's')
      .agg(F.grouping('s').as('g'), F.grouping_id().as('id'), F.sum('k').as('sum'))
      .collect();
    expect(rows).toContainEqual({ k: 1, s: null, g: 1, id: 1n, sum: 2n });
    expect(rows).toContainEqual({ k: null, s: null, g: 1, id: 3n, sum: 4n });
    expect(rows).toHaveLength(6);
  });

  it('are all subsets of the columns in a cube, and one row each where a set is written twice', async () => {
    expect(await sales.cube('k', 's').count().collect()).toHaveLength(8);
    expect(
      await sales
        .groupingSets([['k'], ['k']], 'k')
        .count()
        .collect(),
    ).toHaveLength(4);
  });

  it('may hold columns that are not put out', () => {
    const df = sales.groupingSets([['k'], ['s']], 'k').agg(F.grouping_id().as('id'));
    expect(toDdl(df.schema)).toBe('k INT,id BIGINT NOT NULL');
  });

  it('are what grouping() and grouping_id() ask for', () => {
    expect(conditionOf(() => sales.groupBy('k').agg(F.grouping('k')))).toBe('UNSUPPORTED_GROUPING_EXPRESSION');
    expect(conditionOf(() => sales.select(F.grouping('k')))).toBe('UNSUPPORTED_GROUPING_EXPRESSION');
    expect(conditionOf(() => sales.rollup('k').agg(F.grouping('s')))).toBe('GROUPING_COLUMN_MISMATCH');
    expect(conditionOf(() => sales.rollup('k', 's').agg(F.grouping_id('k')))).toBe('GROUPING_ID_COLUMN_MISMATCH');
  });

  it('are refused beyond 64 columns', () => {
    const columns = Array.from({ length: 65 }, (_, i) => F.lit(i).as(`c${i}`));
    expect(conditionOf(() => sales.rollup(...columns).count())).toBe('GROUPING_SIZE_LIMIT_EXCEEDED');
  });
});

describe('a pivot', () => {
  it('makes columns of values, named by value and aggregate', async () => {
    const pivoted = sales.groupBy('k').pivot('s', ['a', 'b']);
    expect(await pivoted.sum('v').collect()).toEqual([
      { k: 1, a: 10n, b: 20n },
      { k: 2, a: 30n, b: null },
    ]);
    expect(pivoted.agg(F.sum('v').as('x'), F.collect_list('v')).columns).toEqual([
      'k',
      'a_x',
      'a_collect_list(v)',
      'b_x',
      'b_collect_list(v)',
    ]);
  });

  it('without values takes those that are there, in their order', async () => {
    const rows = await sales.groupBy('s').pivot('k').agg(F.first('v')).collect();
    expect(rows).toEqual([
      { s: 'a', 1: 10, 2: 30 },
      { s: 'b', 1: 20, 2: null },
    ]);
  });

  it('is refused twice, over grouping sets, and over a stream without values', () => {
    expect(conditionOf(() => sales.groupBy('k').pivot('s', ['a']).pivot('s', ['b']))).toBe('REPEATED_CLAUSE');
    expect(conditionOf(() => sales.rollup('k').pivot('s', ['a']))).toBe('UNSUPPORTED_FEATURE.PIVOT_AFTER_GROUP_BY');
    expect(conditionOf(() => stream.groupBy().pivot('value'))).toBe('_LEGACY_ERROR_TEMP_3063');
  });

  it('takes constant values of the type of the column, and aggregates without a star', () => {
    const pivot = sales.groupBy('k').pivot('s', ['a']);
    expect(conditionOf(() => pivot.agg(F.col('v')))).toBe('_LEGACY_ERROR_TEMP_1006');
    expect(conditionOf(() => pivot.agg(F.count('*')))).toBe('INVALID_USAGE_OF_STAR_OR_REGEX');
    expect(
      conditionOf(() =>
        sales
          .groupBy('k')
          .pivot('s', [F.col('v')])
          .count(),
      ),
    ).toBe('NON_LITERAL_PIVOT_VALUES');
    const arrays = sales.groupBy('k').pivot('v', [F.array(F.lit(1))]);
    expect(conditionOf(() => arrays.count())).toBe('PIVOT_VALUE_DATA_TYPE_MISMATCH');
  });
});
