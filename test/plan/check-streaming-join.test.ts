/** Which joins of streams start, and what those that do not are told. */
import { expect, it } from 'vitest';
import { MillraceError, functions as F } from '../../src/index.ts';
import type { DataFrame } from '../../src/index.ts';
import { createTestSession } from '../../src/testing/index.ts';
import type { OutputMode } from '../../src/sinks/sink.ts';
import { checkPlannedStream, checkStreamingPlan } from '../../src/plan/unsupported-operations.ts';

const session = createTestSession();
const RANGE = 'lk = rk AND rt >= lt AND rt <= lt + INTERVAL 1 HOUR';
const table = session.createDataFrame([], 'rk INT, rt TIMESTAMP') as unknown as DataFrame;

function stream(side: string, delay?: string): DataFrame {
  const rows = session.memoryStream(`${side}k INT, ${side}t TIMESTAMP`).toDF() as unknown as DataFrame;
  return delay === undefined ? rows : rows.withWatermark(`${side}t`, delay);
}

function errorOf(frame: DataFrame, outputMode: OutputMode): MillraceError | undefined {
  try {
    checkStreamingPlan(frame.queryExecution.analyzed, outputMode);
    checkPlannedStream(frame.queryExecution.optimized, outputMode);
    return undefined;
  } catch (error) {
    if (error instanceof MillraceError) return error;
    throw error;
  }
}

it.for([
  ['inner', 'append', undefined],
  ['inner', 'update', undefined],
  ['left_semi', 'update', undefined],
  ['left', 'append', undefined],
  ['left', 'update', 'only in Append output mode'],
  ['inner', 'complete', 'no streaming aggregations'],
  ['left_anti', 'append', 'LeftAnti joins'],
] as const)('two streams, %s, in %s: %s', ([how, mode, expected]) => {
  const joined = stream('l', '1 minute').join(stream('r', '1 minute'), F.expr(RANGE), how);
  if (expected === undefined) expect(errorOf(joined, mode)).toBeUndefined();
  else expect(errorOf(joined, mode)?.message).toContain(expected);
});

it('two streams need an equality', () => {
  expect(errorOf(stream('l').crossJoin(stream('r')), 'append')?.condition).toBe('_LEGACY_ERROR_TEMP_1181');
  expect(errorOf(stream('l').crossJoin(stream('r')).where('lk = rk'), 'append')).toBeUndefined();
});

it.for(['left', 'right', 'full', 'left_semi'])('two streams, %s, need a bound in event time', (how) => {
  const unbounded = stream('l').join(stream('r'), F.expr('lk = rk'), how);
  const error = errorOf(unbounded, 'append');
  expect(error?.message).toContain('without a watermark in the join keys');
  expect(error?.hint).toContain('withWatermark');
});

it('a filter that would make an inner join of an outer one does not help an outer join without a bound', () => {
  const joined = stream('l').join(stream('r'), F.expr('lk = rk'), 'left').where('rk > 1');
  expect(errorOf(joined, 'append')?.message).toContain('LeftOuter');
});

it('a stream keeps its rows beside a table, a table does not beside a stream', () => {
  const left = stream('l', '1 minute');
  for (const how of ['inner', 'left', 'left_semi', 'left_anti'])
    expect(errorOf(left.join(table, F.expr('lk = rk'), how), 'append')).toBeUndefined();
  for (const how of ['right', 'full'])
    expect(errorOf(left.join(table, F.expr('lk = rk'), how), 'append')?.message).toContain('static');
  for (const how of ['left', 'full', 'left_semi'])
    expect(errorOf(table.join(left, F.expr('lk = rk'), how), 'append')?.message).toContain('static');
  expect(errorOf(table.join(left, F.expr('lk = rk'), 'left_anti'), 'append')?.message).toContain('LeftAnti joins');
});

it('a second event time in a side is refused', () => {
  const both = stream('l', '1 minute').withColumn('w', F.window('lt', '1 minute'));
  expect(errorOf(both.join(stream('r', '1 minute'), F.expr(RANGE)), 'append')?.condition).toBe(
    'MULTIPLE_EVENT_TIME_COLUMNS',
  );
});
