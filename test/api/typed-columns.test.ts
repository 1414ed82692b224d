/** What the compiler knows of columns and output modes. The assertions are in the types; running them only shows that they compile. */
import { describe, expect, expectTypeOf, it } from 'vitest';
import { functions as F } from '../../src/index.ts';
import type { Column, DataFrame, Row, Timestamp } from '../../src/index.ts';
import { createTestSession } from '../../src/testing/index.ts';

const session = createTestSession();
const logs = session.memoryStream('time TIMESTAMP, action STRING, bytes BIGINT NOT NULL').toDF();
const timed = logs.withWatermark('time', '1 minute');
const untyped: DataFrame = logs;

function rowsOf<T>(_frame: DataFrame<T>): T {
  return undefined as T;
}

describe('columns of a schema written as a literal', () => {
  it('keep their types through select', () => {
    expectTypeOf(rowsOf(logs.select('action', F.col('bytes'), F.col('time').as('at')))).toEqualTypeOf<{
      action: string | null;
      bytes: bigint;
      at: Timestamp | null;
    }>();
    expectTypeOf(rowsOf(logs.select(F.col('bytes').cast('STRING'), F.col('bytes').gt(1).as('big')))).toEqualTypeOf<{
      bytes: string | null;
      big: boolean | null;
    }>();
  });

  it('keep their types through withColumn, withColumns and drop', () => {
    expectTypeOf(rowsOf(logs.withColumn('n', F.count('*')).drop('time', 'bytes'))).toEqualTypeOf<{
      action: string | null;
      n: bigint;
    }>();
    expectTypeOf(
      rowsOf(logs.withColumns({ action: F.col('bytes'), day: F.col('time').cast('DATE') }).drop('time')),
    ).toEqualTypeOf<{
      action: bigint;
      day: string | null;
      bytes: bigint;
    }>();
  });

  it('keep their types through groupBy and agg', () => {
    const counts = timed
      .groupBy('action', F.window('time', '1 hour'))
      .agg(F.count('*').as('n'), F.sum('bytes').as('total'));
    expectTypeOf(rowsOf(counts)).toEqualTypeOf<{
      action: string | null;
      window: { start: Timestamp; end: Timestamp };
      n: bigint;
      total: unknown;
    }>();
    expectTypeOf(rowsOf(logs.groupBy('action').count())).toEqualTypeOf<{ action: string | null; count: bigint }>();
  });

  it('keep their types through join, by names and by a condition', () => {
    const users = session.memoryStream('user STRING, action STRING, age INT').toDF();
    expectTypeOf(rowsOf(logs.join(users, 'action'))).toEqualTypeOf<{
      action: string | null;
      time: Timestamp | null;
      bytes: bigint;
      user: string | null;
      age: number | null;
    }>();
    expectTypeOf(rowsOf(logs.join(users, ['action'], 'left_outer').select('bytes', 'age'))).toEqualTypeOf<{
      bytes: bigint;
      age: number | null;
    }>();
    const matched = F.col('l.action').eq(F.col('r.action'));
    const named = logs.select('action', 'bytes').alias('l');
    const others = users.select('user').withColumn('action', F.col('user')).alias('r');
    expectTypeOf(rowsOf(named.join(others, matched, 'right').select('bytes', 'user'))).toEqualTypeOf<{
      bytes: bigint | null;
      user: string | null;
    }>();
    expectTypeOf(rowsOf(named.join(others, matched, 'FULL').select('bytes'))).toEqualTypeOf<{
      bytes: bigint | null;
    }>();
    expectTypeOf(rowsOf(logs.join(users, 'action', 'left_semi'))).toEqualTypeOf<{
      time: Timestamp | null;
      action: string | null;
      bytes: bigint;
    }>();
    expectTypeOf(rowsOf(logs.select('bytes').crossJoin(users.select('age')))).toEqualTypeOf<{
      bytes: bigint;
      age: number | null;
    }>();
  });

  it('keep what is known of watermarks through join', async () => {
    const names = session.createDataFrame([{ action: 'a', text: 'A' }], 'action STRING, text STRING');
    const counted = timed.join(names, 'action').groupBy('text', F.window('time', '1 hour')).count();
    const query = await counted.writeStream.format('noop').start();
    await query.stop();
    const late = logs.join(names, 'action').groupBy('text').count();
    // @ts-expect-error -- append mode without a watermark
    await expect(late.writeStream.format('noop').start()).rejects.toThrow('STREAMING_OUTPUT_MODE');
    const perAction = names.groupBy('action').count();
    const joined = await logs.join(perAction, 'action').writeStream.format('noop').start();
    await joined.stop();
  });

  it('are untyped again when a name is not known to the compiler', () => {
    expectTypeOf(rowsOf(logs.select('action', F.upper('action')))).toEqualTypeOf<Row>();
    expectTypeOf(rowsOf(logs.select('action', F.expr('bytes + 1')))).toEqualTypeOf<Row>();
    expectTypeOf(rowsOf(untyped.select('action', F.col('bytes')))).toEqualTypeOf<Row>();
    expectTypeOf(rowsOf(untyped.join(logs, 'action'))).toEqualTypeOf<Row>();
    expectTypeOf(rowsOf(logs.join(untyped, 'action'))).toEqualTypeOf<Row>();
    expectTypeOf(rowsOf(logs.join(logs, 'action', 'inner' as string))).toEqualTypeOf<Row>();
  });

  it('that are misspelt do not compile', () => {
    // @ts-expect-error -- select
    expect(() => logs.select('acton')).toThrow('UNRESOLVED_COLUMN');
    // @ts-expect-error -- groupBy
    expect(() => logs.groupBy('acton').count()).toThrow('UNRESOLVED_COLUMN');
    // @ts-expect-error -- after a select
    expect(() => logs.select('action').select('bytes')).toThrow('UNRESOLVED_COLUMN');
    // @ts-expect-error -- after an aggregation
    expect(() => logs.groupBy('action').count().orderBy('n').schema).toThrow('UNRESOLVED_COLUMN');
    // @ts-expect-error -- withWatermark
    expect(() => logs.withWatermark('tme', '1 minute')).toThrow('UNRESOLVED_COLUMN');
    // @ts-expect-error -- dropDuplicates
    expect(() => logs.dropDuplicates(['acton'])).toThrow('UNRESOLVED_COLUMN');
    // @ts-expect-error -- join, a column only one side has
    expect(() => logs.join(logs.select('action'), 'time').schema).toThrow('UNRESOLVED_USING_COLUMN_FOR_JOIN');
    // @ts-expect-error -- after a join
    expect(() => logs.join(logs.select('action'), 'action').select('acton').schema).toThrow('UNRESOLVED_COLUMN');
    // @ts-expect-error -- of the right side, after a semi join
    expect(() => logs.join(logs.select(F.col('action'), F.col('bytes').as('b')), 'action', 'semi').select('b')).toThrow(
      'UNRESOLVED_COLUMN',
    );
    // @ts-expect-error -- groupByKey
    expect(() => logs.groupByKey('acton').mapGroupsWithState({ state: 'INT', output: 'a INT' }, () => ({}))).toThrow(
      'UNRESOLVED_COLUMN',
    );
    // @ts-expect-error -- a row in a function
    expect(logs.filter((row) => row.acton === 'open').isStreaming).toBe(true);
  });
});

describe('typed DataFrames', () => {
  it('are DataFrames', () => {
    expectTypeOf(logs).toExtend<DataFrame>();
    expectTypeOf(logs.select('action')).toExtend<DataFrame>();
    expectTypeOf(timed.groupBy(F.window('time', '1 hour')).count()).toExtend<DataFrame>();
    expectTypeOf(logs.writeStream).toExtend<DataFrame['writeStream']>();
    expectTypeOf(F.col('x')).toExtend<Column>();
    const frames: DataFrame[] = [logs, logs.select('action'), untyped];
    expect(frames.length).toBe(3);
  });

  it('of more columns are DataFrames of fewer', () => {
    const countOf = (frame: DataFrame<{ action: string | null }>) => frame.groupBy('action').count();
    expect(countOf(logs).columns).toEqual(['action', 'count']);
  });
});

describe('output modes', () => {
  const noop = (frame: DataFrame<unknown>) => frame.writeStream.format('noop');

  it('append of an aggregation without a watermark does not compile, nor is it the default', async () => {
    const counts = logs.groupBy('action').count();
    // @ts-expect-error -- append mode without a watermark
    await expect(counts.writeStream.format('noop').outputMode('append').start()).rejects.toThrow(
      'STREAMING_OUTPUT_MODE',
    );
    // @ts-expect-error -- the default is append
    await expect(counts.writeStream.format('noop').start()).rejects.toThrow('STREAMING_OUTPUT_MODE');
    const query = await counts.writeStream.format('noop').outputMode('update').start();
    await query.stop();
  });

  it('append of an aggregation with a watermark compiles, and of an untyped one', async () => {
    const query = await timed.groupBy(F.window('time', '1 hour')).count().writeStream.format('noop').start();
    await query.stop();
    await expect(untyped.groupBy('action').count().writeStream.format('noop').start()).rejects.toThrow(
      'STREAMING_OUTPUT_MODE',
    );
  });

  it('update of session windows does not compile', async () => {
    const sessions = timed.groupBy('action', F.session_window('time', '1 minute')).count();
    // @ts-expect-error -- update mode of session windows
    await expect(sessions.writeStream.format('noop').outputMode('update').start()).rejects.toThrow();
    const query = await sessions.writeStream.format('noop').outputMode('append').start();
    await query.stop();
  });

  it('are all allowed where nothing is aggregated', async () => {
    for (const mode of ['append', 'update'] as const) {
      const query = await logs.where('bytes > 1').writeStream.format('noop').outputMode(mode).start();
      await query.stop();
    }
    expect(noop(logs)).toBeDefined();
  });
});
