/** Idle timeouts of watermarks, which Spark has not: quiet streams on a clock moved by hand. */
import { describe, expect, it } from 'vitest';
import { functions as F } from '../../src/index.ts';
import type { MillraceSession } from '../../src/index.ts';
import {
  ManualClock,
  addData,
  advanceClock,
  assertOnQuery,
  checkNewAnswer,
  createTestSession,
  testStream,
} from '../../src/testing/index.ts';
import { at } from './event-times.ts';

const SCHEMA = 'time TIMESTAMP, action STRING';

function windowAt(second: number): { start: string; end: string } {
  return { start: at(second), end: at(second + 10) };
}

function counts(session: MillraceSession, options?: { readonly idleTimeout: string }) {
  const input = session.memoryStream(SCHEMA);
  const rows = input.toDF().withWatermark('time', '5 seconds', options);
  return { input, rows, windows: rows.groupBy(F.window('time', '10 seconds'), 'action').count() };
}

describe('a stream with an idle timeout', () => {
  it('closes its last window once it was quiet for that long, and not before', async () => {
    const clock = new ManualClock();
    const { input, windows } = counts(createTestSession({ clock }), { idleTimeout: '30 seconds' });
    await testStream(
      windows,
      'append',
      addData(input, [at(1), 'a'], [at(12), 'b']),
      checkNewAnswer(),
      advanceClock(clock, '29 seconds'),
      checkNewAnswer(),
      advanceClock(clock, '1 second'),
      checkNewAnswer([windowAt(0), 'a', 1n], [windowAt(10), 'b', 1n]),
      // The watermark is the end of the last window, no further: the next window is open, those that were closed are not.
      addData(input, [at(20), 'c'], [at(13), 'late']),
      checkNewAnswer(),
      advanceClock(clock, '30 seconds'),
      checkNewAnswer([windowAt(20), 'c', 1n]),
      assertOnQuery((query) => {
        const dropped = query.recentProgress.map(({ stateOperators: [op] }) => op?.numRowsDroppedByWatermark ?? 0);
        expect(dropped.reduce((sum, n) => sum + n, 0)).toBe(1);
      }),
    );
  });

  it('closes windows of windows one after the other', async () => {
    const clock = new ManualClock();
    const { input, windows } = counts(createTestSession({ clock }), { idleTimeout: '10 seconds' });
    const minutes = windows.groupBy(F.window('window', '1 minute')).agg(F.sum('count').as('n'));
    await testStream(
      minutes,
      'append',
      addData(input, [at(1), 'a'], [at(12), 'b']),
      checkNewAnswer(),
      advanceClock(clock, '10 seconds'),
      checkNewAnswer([{ start: at(0), end: at(60) }, 2n]),
    );
  });

  it('does not hold back another stream', async () => {
    const clock = new ManualClock();
    const session = createTestSession({ clock });
    const busy = counts(session);
    const quiet = counts(session, { idleTimeout: '30 seconds' });
    const both = busy.rows.union(quiet.rows).groupBy(F.window('time', '10 seconds'), 'action').count();
    await testStream(
      both,
      'append',
      addData(busy.input, [at(1), 'a'], [at(40), 'b']),
      checkNewAnswer(),
      advanceClock(clock, '30 seconds'),
      checkNewAnswer([windowAt(0), 'a', 1n]),
    );
  });

  it('is as in Spark when it has none: a quiet stream keeps its last window', async () => {
    const clock = new ManualClock();
    const { input, windows } = counts(createTestSession({ clock }));
    await testStream(windows, 'append', addData(input, [at(1), 'a']), advanceClock(clock, '2 days'), checkNewAnswer());
  });
});
