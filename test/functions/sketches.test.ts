import { describe, expect, test } from 'vitest';
import { MillraceSession } from '../../src/index.ts';
import { INTEGER, STRING } from '../../src/types/data-type.ts';
import { HllSketch } from '../../src/functions/sketches/hll-sketch.ts';
import { runAggregate } from './aggregate-run.ts';

const session = MillraceSession.builder().config('spark.sql.session.timeZone', 'UTC').create();

const failureOf = async (sql: string): Promise<unknown> => {
  try {
    await session.sql(sql).collect();
    return undefined;
  } catch (error) {
    return error;
  }
};

describe('sketches', () => {
  test('say the same whole and merged from parts', () => {
    const values = Array.from({ length: 900 }, (_, i) => (i * 7919) % 1100);
    const groups = values.map((_, i) => i % 3);
    const estimates = (split?: number): number[] =>
      runAggregate('hll_sketch_agg', [{ type: INTEGER, values }], groups, split).map((bytes) =>
        Math.round(HllSketch.fromBytes(bytes as Uint8Array)?.estimate ?? 0),
      );
    expect(estimates()).toEqual([300, 300, 300]);
    for (const split of [0, 1, 500]) expect(estimates(split)).toEqual(estimates());
    const few = values.slice(0, 90).map((value) => value % 4);
    const top = (split?: number): unknown =>
      runAggregate('approx_top_k', [{ type: INTEGER, values: few }], groups.slice(0, 90), split);
    expect(top(31)).toEqual(top());
  });

  test('of quantiles stay near beyond what they keep', async () => {
    const [row] = await session
      .sql(
        `SELECT kll_sketch_get_n_bigint(s) AS n, kll_sketch_get_quantile_bigint(s, 0.5) AS q, kll_sketch_get_rank_bigint(s, 2500) AS r
         FROM (SELECT kll_sketch_agg_bigint(id) AS s FROM range(10000))`,
      )
      .collect();
    const { n, q, r } = row as { readonly n: bigint; readonly q: bigint; readonly r: number };
    expect(n).toBe(10_000n);
    expect(Math.abs(Number(q) - 5000)).toBeLessThan(330);
    expect(Math.abs(r - 0.25)).toBeLessThan(0.033);
  });

  test('of hashes are cut down when they are full', async () => {
    const [row] = await session
      .sql(
        `SELECT theta_sketch_estimate(theta_sketch_agg(id, 10)) AS t, tuple_sketch_estimate_integer(tuple_sketch_agg_integer(id, 1, 10)) AS u,
           theta_sketch_estimate(theta_intersection(theta_sketch_agg(id, 10), theta_sketch_agg(id + 5000, 10))) AS i FROM range(10000)`,
      )
      .collect();
    const { t, u, i } = row as { readonly t: bigint; readonly u: number; readonly i: bigint };
    for (const estimate of [Number(t), u, 2 * Number(i)]) expect(Math.abs(estimate - 10_000)).toBeLessThan(1500);
  });

  test('count nulls among the frequent values only', () => {
    const values = ['a', null, null, 'a', 'a', 'b'];
    const [top] = runAggregate('approx_top_k', [{ type: STRING, values }], [0, 0, 0, 0, 0, 0], 3);
    expect(top).toEqual([
      ['a', 3n],
      [null, 2n],
      ['b', 1n],
    ]);
  });

  test('of bytes that are none are refused', async () => {
    const cases = {
      "SELECT hll_sketch_estimate(X'00')": 'HLL_INVALID_INPUT_SKETCH_BUFFER',
      "SELECT hll_union(X'0201070C03000108', X'')": 'HLL_INVALID_INPUT_SKETCH_BUFFER',
      "SELECT theta_sketch_estimate(X'00')": 'THETA_INVALID_INPUT_SKETCH_BUFFER',
      "SELECT tuple_sketch_estimate_double(X'00')": 'TUPLE_INVALID_INPUT_SKETCH_BUFFER',
      "SELECT kll_sketch_get_n_bigint(X'00')": 'KLL_INVALID_INPUT_SKETCH_BUFFER',
    };
    for (const [sql, condition] of Object.entries(cases))
      expect(await failureOf(sql), sql).toMatchObject({ condition });
  });

  test('of a wrong size are refused', async () => {
    const cases = {
      'SELECT hll_sketch_agg(c, 3) FROM VALUES (1) AS t(c)': 'HLL_INVALID_LG_K',
      'SELECT hll_sketch_agg(c, c) FROM VALUES (1) AS t(c)': 'HLL_K_MUST_BE_CONSTANT',
      'SELECT hll_union(hll_sketch_agg(c, 8), hll_sketch_agg(c, 9)) FROM VALUES (1) AS t(c)':
        'HLL_UNION_DIFFERENT_LG_K',
      'SELECT theta_sketch_agg(c, 3) FROM VALUES (1) AS t(c)': 'SKETCH_INVALID_LG_NOM_ENTRIES',
      'SELECT theta_sketch_agg(c, c) FROM VALUES (1) AS t(c)': 'THETA_LG_NOM_ENTRIES_MUST_BE_CONSTANT',
      "SELECT tuple_sketch_agg_integer(c, c, 12, 'mean') FROM VALUES (1) AS t(c)": 'TUPLE_INVALID_SKETCH_MODE',
      'SELECT kll_sketch_agg_bigint(c, 7) FROM VALUES (1) AS t(c)': 'KLL_SKETCH_K_OUT_OF_RANGE',
      'SELECT kll_sketch_agg_bigint(c, c) FROM VALUES (1) AS t(c)': 'KLL_SKETCH_K_MUST_BE_CONSTANT',
      'SELECT kll_sketch_get_quantile_bigint(kll_sketch_agg_bigint(c), 2) FROM VALUES (1) AS t(c)':
        'KLL_SKETCH_INVALID_QUANTILE_RANGE',
      'SELECT approx_top_k(c, 0) FROM VALUES (1) AS t(c)': 'APPROX_TOP_K_NON_POSITIVE_ARG',
      'SELECT approx_top_k(c, NULL) FROM VALUES (1) AS t(c)': 'APPROX_TOP_K_NULL_ARG',
      'SELECT approx_top_k(c, 5, 3) FROM VALUES (1) AS t(c)': 'APPROX_TOP_K_MAX_ITEMS_TRACKED_LESS_THAN_K',
      'SELECT approx_top_k(c, 5, 2000000) FROM VALUES (1) AS t(c)': 'APPROX_TOP_K_MAX_ITEMS_TRACKED_EXCEEDS_LIMIT',
      'SELECT approx_top_k(array(c)) FROM VALUES (1) AS t(c)': 'DATATYPE_MISMATCH.TYPE_CHECK_FAILURE_WITH_HINT',
      'SELECT approx_top_k_combine(s) FROM (SELECT approx_top_k_accumulate(1, 10) AS s UNION ALL SELECT approx_top_k_accumulate(1, 20))':
        'APPROX_TOP_K_SKETCH_SIZE_NOT_MATCH',
      "SELECT approx_top_k_combine(named_struct('sketch', sketch, 'n', maxItemsTracked, 'i', CAST(NULL AS INT), 'd', itemDataTypeDDL)) FROM (SELECT s.* FROM (SELECT approx_top_k_accumulate(1) AS s) UNION ALL SELECT s.sketch, s.maxItemsTracked, NULL, s.itemDataTypeDDL FROM (SELECT approx_top_k_accumulate('x') AS s))":
        'APPROX_TOP_K_SKETCH_TYPE_NOT_MATCH',
    };
    for (const [sql, condition] of Object.entries(cases))
      expect(await failureOf(sql), sql).toMatchObject({ condition });
  });

  test('of functions that exist in name only fail as in Spark', async () => {
    expect(await failureOf('SELECT current_time()')).toMatchObject({ condition: 'UNSUPPORTED_TIME_TYPE' });
    expect(await failureOf('SELECT to_avro(1)')).toMatchObject({ condition: 'AVRO_NOT_LOADED_SQL_FUNCTIONS_UNUSABLE' });
  });
});
