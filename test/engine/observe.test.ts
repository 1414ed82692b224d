/** Observed metrics of streams and bounded queries. Spark's answers are in test/spark (observe-*). */
import { describe, expect, it } from 'vitest';
import { Observation, functions as F } from '../../src/index.ts';
import type { Column } from '../../src/index.ts';
import { addData, assertOnQuery, createTestSession, testStream } from '../../src/testing/index.ts';

const session = createTestSession();

function conditionOf(build: () => unknown): string {
  try {
    build();
    return 'no error';
  } catch (error) {
    return String((error as { readonly condition?: string }).condition);
  }
}

describe('observe', () => {
  it('reports the rows of each batch of a stream in its progress', async () => {
    const input = session.memoryStream('action STRING, v BIGINT');
    const rows = input
      .toDF()
      .observe('all', F.count('*').as('n'), F.sum('v').as('s'))
      .where('v > 1')
      .observe('big', F.count('*').as('n'));
    const seen: unknown[] = [];
    const look = assertOnQuery((query) => void seen.push(query.lastProgress?.observedMetrics));
    await testStream(rows, 'append', addData(input, ['a', 1n], ['b', 2n]), look, addData(input, ['c', null]), look);
    expect(seen).toEqual([
      { all: { n: 2, s: 3 }, big: { n: 1 } },
      { all: { n: 1, s: null }, big: { n: 0 } },
    ]);
  });

  it('keeps whole numbers that JavaScript cannot hold as text', async () => {
    const input = session.memoryStream('v BIGINT');
    await testStream(
      input.toDF().observe('m', F.max('v').as('most')),
      'append',
      addData(input, [2n ** 62n + 1n]),
      assertOnQuery((query) => {
        expect(query.lastProgress?.observedMetrics).toEqual({ m: { most: '4611686018427387905' } });
      }),
    );
  });

  it('hands the metrics of a bounded query to an Observation once an action has run', async () => {
    const seen = new Observation('seen');
    const rows = session.range(10n).observe(seen, F.count('*').as('n'), F.max('id').as('last')).where('id < 3');
    expect(await rows.collect()).toHaveLength(3);
    expect(await seen.get()).toEqual({ n: 10n, last: 9n });
  });

  it('takes an Observation once, and none on a stream', () => {
    const seen = new Observation();
    const count = F.count('*').as('n');
    session.range(1n).observe(seen, count);
    const stream = session.memoryStream('v BIGINT').toDF();
    expect(conditionOf(() => session.range(1n).observe(seen, count))).toBe('OBSERVATION_MISUSED');
    expect(conditionOf(() => stream.observe(new Observation(), count))).toBe('OBSERVATION_MISUSED');
    expect(conditionOf(() => new Observation(''))).toBe('OBSERVATION_MISUSED');
  });

  it('refuses what is no aggregate over the rows', () => {
    const rows = session.range(1n);
    const of = (metric: Column, name = 'm'): string => conditionOf(() => rows.observe(name, metric));
    expect(of(F.col('id'))).toBe('INVALID_OBSERVED_METRICS.NON_AGGREGATE_FUNC_ARG_IS_ATTRIBUTE');
    expect(of(F.countDistinct('id'))).toBe('INVALID_OBSERVED_METRICS.AGGREGATE_EXPRESSION_WITH_DISTINCT_UNSUPPORTED');
    expect(of(F.expr('rand()'))).toBe('INVALID_OBSERVED_METRICS.NON_AGGREGATE_FUNC_ARG_IS_NON_DETERMINISTIC');
    expect(of(F.count('*'), '')).toBe('INVALID_OBSERVED_METRICS.MISSING_NAME');
    expect(of(F.sum(F.count('*')))).toBe('INVALID_OBSERVED_METRICS.NESTED_AGGREGATES_UNSUPPORTED');
    const observed = rows.observe('m', F.count('*'));
    expect(conditionOf(() => observed.observe('m', F.sum('id')))).toBe('DUPLICATED_METRICS_NAME');
  });

  it('fails the query when a metric fails', async () => {
    const failing = session.range(3n).observe('m', F.expr('sum(1 div id)').as('s'));
    await expect(failing.collect()).rejects.toMatchObject({ condition: 'DIVIDE_BY_ZERO' });
  });
});
