/** Session windows on streams, written as scripts. Spark's answers to many more are in test/spark (session-*). */
import { describe, expect, it } from 'vitest';
import { functions as F } from '../../src/index.ts';
import type { MillraceSession } from '../../src/index.ts';
import {
  addData,
  assertOnQuery,
  checkAnswer,
  checkNewAnswer,
  createTestSession,
  startStream,
  stopStream,
  testStream,
} from '../../src/testing/index.ts';
import { at } from './event-times.ts';

const SCHEMA = 'time TIMESTAMP, user STRING';

function sessionOf(from: number, to: number): { start: string; end: string } {
  return { start: at(from), end: at(to) };
}

function sessions(session: MillraceSession, delay = '5 seconds') {
  const input = session.memoryStream(SCHEMA);
  const counts = input
    .toDF()
    .withWatermark('time', delay)
    .groupBy(F.session_window('time', '10 seconds'), 'user')
    .count();
  return { input, counts };
}

describe('session windows', () => {
  it('trap 15: events exactly one gap apart are one session', async () => {
    const { input, counts } = sessions(createTestSession());
    await testStream(
      counts,
      'append',
      addData(input, [at(0), 'a'], [at(10), 'a'], [at(0), 'b'], [at(11), 'b']),
      addData(input, [at(60), 'z']),
      checkAnswer([sessionOf(0, 20), 'a', 2n], [sessionOf(0, 10), 'b', 1n], [sessionOf(11, 21), 'b', 1n]),
    );
  });

  it('trap 15: the late test looks at the gap of the row, not at the session it would join', async () => {
    const { input, counts } = sessions(createTestSession());
    await testStream(
      counts,
      'append',
      addData(input, [at(0), 'a'], [at(9), 'a'], [at(18), 'a'], [at(27), 'a']),
      checkNewAnswer(),
      // The watermark is 22 s: the gap of 12 s ends at it, that of 13 s does not; both would be inside the session.
      addData(input, [at(12), 'a'], [at(13), 'a']),
      assertOnQuery((query) => {
        const dropped = query.recentProgress.map(({ stateOperators: [op] }) => op?.numRowsDroppedByWatermark ?? 0);
        expect(dropped.reduce((sum, n) => sum + n, 0)).toBe(1);
      }),
      addData(input, [at(90), 'z']),
      checkNewAnswer([sessionOf(0, 37), 'a', 5n]),
    );
  });

  it('trap 16: a late row that joins two stored sessions leaves one in the state', async () => {
    const { input, counts } = sessions(createTestSession(), '30 seconds');
    const numRowsTotal: number[] = [];
    const look = assertOnQuery((query) => {
      const [state] = query.lastProgress?.stateOperators ?? [];
      numRowsTotal.push(state?.numRowsTotal ?? -1, state?.numRowsRemoved ?? -1, state?.numRowsUpdated ?? -1);
    });
    await testStream(
      counts,
      'complete',
      addData(input, [at(0), 'a'], [at(18), 'a']),
      look,
      addData(input, [at(9), 'a']),
      look,
      checkAnswer([sessionOf(0, 28), 'a', 3n]),
    );
    expect(numRowsTotal).toEqual([2, 0, 2, 1, 1, 1]);
  });

  it('go on growing after a restart', async () => {
    const { input, counts } = sessions(createTestSession(), '30 seconds');
    await testStream(
      counts,
      'complete',
      addData(input, [at(20), 'a'], [at(40), 'a'], [at(20), 'b']),
      checkAnswer([sessionOf(20, 30), 'a', 1n], [sessionOf(40, 50), 'a', 1n], [sessionOf(20, 30), 'b', 1n]),
      stopStream(),
      startStream(),
      addData(input, [at(30), 'a'], [at(13), 'a']),
      checkAnswer([sessionOf(13, 50), 'a', 4n], [sessionOf(20, 30), 'b', 1n]),
      stopStream(),
      startStream(),
      addData(input, [at(12), 'b']),
      checkAnswer([sessionOf(13, 50), 'a', 4n], [sessionOf(12, 30), 'b', 2n]),
    );
  });

  it('hold a gap per row; rows without a positive gap are left out', async () => {
    const session = createTestSession();
    const input = session.memoryStream('time TIMESTAMP, user STRING, gap STRING');
    const counts = input
      .toDF()
      .groupBy(F.session_window('time', F.col('gap')), 'user')
      .count();
    await testStream(
      counts,
      'complete',
      addData(
        input,
        [at(0), 'a', '30 seconds'],
        [at(5), 'a', '1 second'],
        [at(40), 'a', '-1 second'],
        [at(41), 'a', 'x'],
      ),
      addData(input, [at(30), 'a', '2 seconds'], [null, 'a', '2 seconds']),
      checkAnswer([sessionOf(0, 32), 'a', 3n]),
    );
  });

  it('give room in the state once they are closed, and a key begins anew', async () => {
    const { input, counts } = sessions(createTestSession());
    await testStream(
      counts,
      'append',
      addData(input, [at(0), 'a']),
      addData(input, [at(50), 'b']),
      checkNewAnswer([sessionOf(0, 10), 'a', 1n]),
      addData(input, [at(46), 'a']),
      addData(input, [at(100), 'c']),
      checkNewAnswer([sessionOf(46, 56), 'a', 1n], [sessionOf(50, 60), 'b', 1n]),
      assertOnQuery((query) => expect(query.lastProgress?.stateOperators[0]?.numRowsTotal).toBe(1)),
    );
  });

  it('are refused in update mode and without another key', async () => {
    const { counts } = sessions(createTestSession());
    await expect(
      counts.writeStream
        .format('noop')
        .outputMode('update' as 'append')
        .start(),
    ).rejects.toMatchObject({
      condition: 'STREAMING_OUTPUT_MODE.UNSUPPORTED_OPERATION',
    });
    const input = createTestSession().memoryStream(SCHEMA);
    const alone = input.toDF().groupBy(F.session_window('time', '10 seconds')).count();
    await expect(alone.writeStream.format('noop').outputMode('complete').start()).rejects.toMatchObject({
      condition: '_LEGACY_ERROR_TEMP_3068',
    });
  });

  it('take a gap that is text and nothing else', () => {
    const input = createTestSession().memoryStream('time TIMESTAMP, user STRING, gap BIGINT');
    expect(() =>
      input
        .toDF()
        .groupBy(F.session_window('time', F.col('gap')), 'user')
        .count(),
    ).toThrow(expect.objectContaining({ condition: '_LEGACY_ERROR_TEMP_1040' }));
  });
});
