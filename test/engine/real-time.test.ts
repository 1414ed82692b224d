/** Trigger.RealTime: rows reach the sink before their batch is committed, and what cannot run so is refused. */
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { firstValueFrom } from 'rxjs';
import type { DataFrame, Row } from '../../src/index.ts';
import { MillraceError, Trigger, functions as F } from '../../src/index.ts';
import { createTestSession } from '../../src/testing/index.ts';

const session = createTestSession();
let folder: string;

beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'millrace-real-time-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const commits = (): string[] => readdirSync(path.join(folder, 'commits')).filter((name) => /^\d+$/.test(name));

/** Starts a real-time query into a foreach writer; `next` gives the rows that have come when there are at least so many. */
async function start(frame: DataFrame) {
  const rows: Row[] = [];
  let changed = (): void => {};
  const query = await frame.writeStream
    .outputMode('update')
    .trigger(Trigger.RealTime('1 hour'))
    .option('checkpointLocation', folder)
    .foreach({
      process: (row: Row) => {
        rows.push(row);
        changed();
      },
    })
    .start();
  const next = async (count: number): Promise<Row[]> => {
    while (rows.length < count) await new Promise<void>((resolve) => (changed = resolve));
    return rows.splice(0);
  };
  return { query, next };
}

test('rows come through while their batch goes on, and the stop commits it', async () => {
  const input = session.memoryStream('a INT');
  const { query, next } = await start(input.toDF().where('a > 0').select(F.expr('a * 2').as('b')));
  input.addData({ a: 1 }, { a: -1 });
  expect(await next(1)).toEqual([{ b: 2 }]);
  input.addData({ a: 2 });
  expect(await next(1)).toEqual([{ b: 4 }]);
  input.addData({ a: 3 }, { a: 4 });
  expect(await next(2)).toEqual([{ b: 6 }, { b: 8 }]);
  await query.stop();
  expect(commits()).toEqual(['0']);
  expect(query.recentProgress.map(({ batchId, numInputRows }) => [batchId, numInputRows])).toEqual([[0, 5]]);
});

test('an aggregation puts out the groups that the arrived rows changed, and no others again', async () => {
  const input = session.memoryStream('key STRING');
  const counts = input.toDF().groupBy('key').count();
  const { query, next } = await start(counts as unknown as DataFrame);
  input.addData({ key: 'a' }, { key: 'b' }, { key: 'a' });
  expect(await next(2)).toEqual([
    { key: 'a', count: 2n },
    { key: 'b', count: 1n },
  ]);
  input.addData({ key: 'b' });
  expect(await next(1)).toEqual([{ key: 'b', count: 2n }]);
  await query.processAllAvailable();
  expect(query.lastProgress?.stateOperators[0]).toMatchObject({ numRowsTotal: 2, numRowsUpdated: 3 });
  input.addData({ key: 'a' });
  expect(await next(1)).toEqual([{ key: 'a', count: 3n }]);
  await query.stop();
  expect(commits()).toEqual(['0', '1']);
});

test('state and position go on after a restart', async () => {
  const input = session.memoryStream('key STRING');
  const counts = input.toDF().groupBy('key').count() as unknown as DataFrame;
  const first = await start(counts);
  input.addData({ key: 'a' });
  await first.next(1);
  await first.query.stop();
  const second = await start(counts);
  input.addData({ key: 'a' });
  expect(await second.next(1)).toEqual([{ key: 'a', count: 2n }]);
  await second.query.stop();
});

test('duplicates are dropped across the arrivals of a batch', async () => {
  const input = session.memoryStream('id INT');
  const { query, next } = await start(input.toDF().dropDuplicates(['id']) as unknown as DataFrame);
  input.addData({ id: 1 }, { id: 1 });
  expect(await next(1)).toEqual([{ id: 1 }]);
  input.addData({ id: 1 }, { id: 2 });
  expect(await next(1)).toEqual([{ id: 2 }]);
  await query.stop();
  expect(query.lastProgress?.stateOperators[0]).toMatchObject({
    numRowsTotal: 2,
    customMetrics: { numDroppedDuplicateRows: 2 },
  });
});

test('a batch that failed before its commit is read again by the next run', async () => {
  const input = session.memoryStream('a INT');
  const query = await input
    .toDF()
    .writeStream.outputMode('update')
    .trigger(Trigger.RealTime('1 hour'))
    .option('checkpointLocation', folder)
    .foreach({
      process: (row) => {
        if (row['a'] === 2) throw new Error('no');
      },
    })
    .start();
  input.addData({ a: 1 }, { a: 2 });
  await expect(query.awaitTermination()).rejects.toMatchObject({ condition: 'FOREACH_USER_FUNCTION_ERROR' });
  const { query: again, next } = await start(input.toDF() as unknown as DataFrame);
  expect(await next(2)).toEqual([{ a: 1 }, { a: 2 }]);
  await again.stop();
});

test('an Observable of a real-time query emits row by row', async () => {
  const input = session.memoryStream('a INT');
  const rows$ = input.toDF().toObservable({ outputMode: 'update', trigger: Trigger.RealTime('1 hour') });
  const first = firstValueFrom(rows$);
  input.addData({ a: 1 }, { a: 2 });
  expect(await first).toEqual([{ a: 1 }]);
});

describe('is refused', () => {
  const memory = (): DataFrame => session.memoryStream('a INT').toDF() as unknown as DataFrame;

  async function conditionOf(
    frame: DataFrame,
    { mode = 'update' as 'update' | 'append', interval = '5 minutes', format = 'foreach' },
  ): Promise<string> {
    const writer = frame.writeStream.outputMode(mode).trigger(Trigger.RealTime(interval)).option('path', folder);
    writer.option('checkpointLocation', folder);
    const sinks = {
      foreach: () => writer.foreach({ process: () => undefined }),
      foreachBatch: () => writer.foreachBatch(() => Promise.resolve()),
    };
    const chosen = format === 'foreach' || format === 'foreachBatch' ? sinks[format]() : writer.format(format);
    try {
      await (await chosen.start()).stop();
    } catch (error) {
      return error instanceof MillraceError ? error.condition : String(error);
    }
    return 'started';
  }

  test('an interval below the minimum', async () => {
    expect(await conditionOf(memory(), { interval: '1 second' })).toBe(
      'INVALID_STREAMING_REAL_TIME_MODE_TRIGGER_INTERVAL',
    );
  });

  test('append mode', async () => {
    expect(await conditionOf(memory(), { mode: 'append' })).toBe('STREAMING_REAL_TIME_MODE.OUTPUT_MODE_NOT_SUPPORTED');
  });

  test('foreachBatch', async () => {
    expect(await conditionOf(memory(), { format: 'foreachBatch' })).toBe('STREAMING_REAL_TIME_MODE.SINK_NOT_SUPPORTED');
  });

  test('a source that does not tell when rows arrive', async () => {
    const rate = session.readStream.format('rate').load() as unknown as DataFrame;
    expect(await conditionOf(rate, {})).toBe('STREAMING_REAL_TIME_MODE.INPUT_STREAM_NOT_SUPPORTED');
  });

  test('an operator that only knows whole batches', async () => {
    const counts = session
      .memoryStream('a INT')
      .toDF()
      .groupByKey('a')
      .mapGroupsWithState({ state: 'BIGINT', output: 'a INT' }, ({ a }) => ({ a }));
    expect(await conditionOf(counts as unknown as DataFrame, {})).toBe(
      'STREAMING_REAL_TIME_MODE.OPERATOR_OR_SINK_NOT_IN_ALLOWLIST',
    );
  });
});
