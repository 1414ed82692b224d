/** Windowed aggregation in the three output modes, written as streaming scripts. Spark's answers to the same are in test/spark. */
import { describe, expect, it } from 'vitest';
import { Trigger, functions as F } from '../../src/index.ts';
import type { MillraceSession } from '../../src/index.ts';
import {
  ManualClock,
  addData,
  assertOnQuery,
  checkAnswer,
  checkLastBatch,
  checkNewAnswer,
  createTestSession,
  expectError,
  startStream,
  stopStream,
  testStream,
} from '../../src/testing/index.ts';
import { at } from './event-times.ts';

const SCHEMA = 'time TIMESTAMP, action STRING';

function windowAt(second: number): { start: string; end: string } {
  return { start: at(second), end: at(second + 10) };
}

function windowedCounts(session: MillraceSession, delay = '5 seconds') {
  const input = session.memoryStream(SCHEMA);
  const counts = input.toDF().withWatermark('time', delay).groupBy(F.window('time', '10 seconds'), 'action').count();
  return { input, counts };
}

describe('windowed counts', () => {
  it('update mode puts out the groups a batch changed', async () => {
    const { input, counts } = windowedCounts(createTestSession());
    await testStream(
      counts,
      'update',
      addData(input, [at(1), 'a'], [at(2), 'b'], [at(3), 'a']),
      checkNewAnswer([windowAt(0), 'a', 2n], [windowAt(0), 'b', 1n]),
      addData(input, [at(4), 'b']),
      checkNewAnswer([windowAt(0), 'b', 2n]),
    );
  });

  it('append mode puts out a window once, when the watermark reaches its end', async () => {
    const { input, counts } = windowedCounts(createTestSession());
    await testStream(
      counts,
      'append',
      addData(input, [at(1), 'a']),
      checkNewAnswer(),
      addData(input, [at(14), 'a']),
      checkNewAnswer(),
      addData(input, [at(15), 'a']),
      checkNewAnswer([windowAt(0), 'a', 1n]),
      addData(input, [at(16), 'a']),
      checkNewAnswer(),
    );
  });

  it('rows of a window that has ended are dropped and counted', async () => {
    const { input, counts } = windowedCounts(createTestSession());
    await testStream(
      counts,
      'update',
      addData(input, [at(31), 'a']),
      checkNewAnswer([windowAt(30), 'a', 1n]),
      addData(input, [at(5), 'a'], [at(6), 'a'], [at(7), 'b'], [at(32), 'a']),
      checkNewAnswer([windowAt(30), 'a', 2n]),
      assertOnQuery((query) => {
        const dropped = query.recentProgress.map(({ stateOperators }) => stateOperators[0]?.numRowsDroppedByWatermark);
        expect(dropped).toContain(2);
      }),
    );
  });

  it('complete mode puts out the whole table and keeps late rows', async () => {
    const { input, counts } = windowedCounts(createTestSession());
    await testStream(
      counts,
      'complete',
      addData(input, [at(31), 'a']),
      checkLastBatch([windowAt(30), 'a', 1n]),
      addData(input, [at(1), 'a']),
      checkLastBatch([windowAt(0), 'a', 1n], [windowAt(30), 'a', 1n]),
    );
  });

  it('state and watermark survive a stop', async () => {
    const { input, counts } = windowedCounts(createTestSession());
    await testStream(
      counts,
      'append',
      addData(input, [at(1), 'a'], [at(12), 'a']),
      checkNewAnswer(),
      stopStream(),
      startStream(),
      addData(input, [at(3), 'a'], [at(15), 'b']),
      checkNewAnswer([windowAt(0), 'a', 2n]),
      stopStream(),
      addData(input, [at(4), 'a'], [at(40), 'b']),
      startStream(),
      checkNewAnswer([windowAt(10), 'a', 1n], [windowAt(10), 'b', 1n]),
    );
  });

  it('a global aggregate has one row, also before any data', async () => {
    const session = createTestSession();
    const input = session.memoryStream('v BIGINT');
    await testStream(
      input.toDF().where(F.col('v').gt(100)).agg(F.count('*').as('n'), F.sum('v').as('s')),
      'complete',
      addData(input, [1n]),
      checkLastBatch([0n, null]),
      addData(input, [101n], [102n]),
      checkLastBatch([2n, 203n]),
    );
  });

  it('an overflow in a sum ends the query with a typed error', async () => {
    const session = createTestSession();
    const input = session.memoryStream('v BIGINT');
    await testStream(
      input.toDF().agg(F.sum('v')),
      'complete',
      addData(input, [9_223_372_036_854_775_807n], [1n]),
      expectError('ARITHMETIC_OVERFLOW'),
    );
  });
});

describe('deduplication', () => {
  it('lets the first row of a key pass, over restarts', async () => {
    const input = createTestSession().memoryStream(SCHEMA);
    await testStream(
      input.toDF().dropDuplicates(['action']),
      'append',
      addData(input, [at(1), 'a'], [at(2), 'a'], [at(3), 'b']),
      checkAnswer([at(1), 'a'], [at(3), 'b']),
      stopStream(),
      startStream(),
      addData(input, [at(4), 'a'], [at(5), 'c']),
      checkNewAnswer([at(1), 'a'], [at(3), 'b'], [at(5), 'c']),
    );
  });
});

describe('triggers', () => {
  it('a processing-time trigger runs on multiples of its interval', async () => {
    const clock = new ManualClock(Date.UTC(2026, 0, 1, 0, 0, 3));
    const session = createTestSession({ clock });
    const input = session.memoryStream('v INT');
    const seen: string[] = [];
    session.streams.addListener({ onQueryProgress: ({ progress }) => void seen.push(progress.timestamp) });
    input.addData([1]);
    const query = await input
      .toDF()
      .writeStream.trigger(Trigger.ProcessingTime('10 seconds'))
      .foreachBatch(() => undefined)
      .start();
    await query.processAllAvailable();
    input.addData([2]);
    await new Promise((resolve) => setImmediate(resolve));
    expect(seen).toHaveLength(1);
    clock.advance('7 seconds');
    await query.processAllAvailable();
    await query.stop();
    expect(seen).toEqual(['2026-01-01T00:00:03.000Z', '2026-01-01T00:00:10.000Z']);
  });

  it('AvailableNow takes what is there at the start, flushes the watermark and ends', async () => {
    const { input, counts } = windowedCounts(createTestSession());
    input.addData([at(1), 'a'], [at(31), 'a']);
    const rows: unknown[] = [];
    const query = await counts.writeStream
      .trigger(Trigger.AvailableNow())
      .foreachBatch(async (batch) => void rows.push(...(await batch.collect())))
      .start();
    input.addData([at(90), 'a']);
    expect(await query.awaitTermination()).toBe(true);
    expect(rows).toHaveLength(1);
    expect(query.isActive).toBe(false);
  });
});
