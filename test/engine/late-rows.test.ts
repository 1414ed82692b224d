/** `query.lateRows$` and what explain says of the first rows. */
import { describe, expect, it } from 'vitest';
import { functions as F } from '../../src/index.ts';
import type { DataFrame, LateRow } from '../../src/index.ts';
import type { StreamAction } from '../../src/testing/index.ts';
import {
  addData,
  assertOnQuery,
  createTestSession,
  processAllAvailable,
  startStream,
  stopStream,
  testStream,
} from '../../src/testing/index.ts';
import { at } from './event-times.ts';

const SCHEMA = 'time TIMESTAMP, action STRING, v BIGINT';

function watch(seen: LateRow[]): StreamAction {
  return assertOnQuery((query) => void query.lateRows$.subscribe((row) => seen.push(row)));
}

const dropped: { total: number } = { total: 0 };
const countDropped = assertOnQuery((query) => {
  const reports = query.recentProgress.flatMap(({ stateOperators }) => stateOperators);
  dropped.total = reports.reduce((sum, { numRowsDroppedByWatermark }) => sum + numRowsDroppedByWatermark, 0);
});

describe('lateRows$', () => {
  it('tells of each late row its window, the watermark in force and the batch that raised it', async () => {
    const input = createTestSession().memoryStream(SCHEMA);
    const counts = input
      .toDF()
      .withWatermark('time', '5 seconds')
      .groupBy(F.window('time', '10 seconds'), 'action')
      .count();
    const seen: LateRow[] = [];
    await testStream(
      counts,
      'update',
      watch(seen),
      addData(input, [at(31), 'a', 1n]),
      processAllAvailable(),
      addData(input, [at(3), 'a', 2n], [at(4), 'a', 3n], [at(12), 'b', 4n], [at(20), 'c', 5n]),
      countDropped,
    );
    expect(seen.map(({ row, time, isCounted }) => [row['action'], JSON.stringify(time), isCounted])).toEqual([
      ['a', JSON.stringify({ start: at(0), end: at(10) }), true],
      ['a', JSON.stringify({ start: at(0), end: at(10) }), false],
      ['b', JSON.stringify({ start: at(10), end: at(20) }), true],
    ]);
    expect(seen[0]).toMatchObject({
      operatorName: 'stateStoreSave',
      watermarkMs: Date.parse(at(26)),
      raisedByBatchId: 0,
    });
    expect(seen.filter(({ isCounted }) => isCounted)).toHaveLength(dropped.total);
  });

  it('tells of sessions and duplicates too, and of the batch before a restart', async () => {
    const session = createTestSession();
    const run = async (build: (rows: DataFrame) => DataFrame): Promise<LateRow[]> => {
      const input = session.memoryStream(SCHEMA);
      const seen: LateRow[] = [];
      await testStream(
        build(input.toDF().withWatermark('time', '5 seconds') as DataFrame<unknown> as DataFrame),
        'append',
        addData(input, [at(31), 'a', 1n]),
        processAllAvailable(),
        stopStream(),
        startStream(),
        watch(seen),
        addData(input, [at(3), 'a', 2n], [at(30), 'a', 2n]),
        countDropped,
      );
      expect(seen).toHaveLength(1);
      expect(seen.filter(({ isCounted }) => isCounted)).toHaveLength(dropped.total);
      return seen;
    };
    const [lateSession] = await run((rows) => rows.groupBy('action', F.session_window('time', '10 seconds')).count());
    expect(lateSession).toMatchObject({ operatorName: 'sessionWindowStateStoreSaveExec', raisedByBatchId: 0 });
    const [lateDuplicate] = await run((rows) => rows.dropDuplicates(['time', 'action']));
    expect(lateDuplicate).toMatchObject({ operatorName: 'dedupe', raisedByBatchId: 0, time: new Date(at(3)) });
  });

  it('costs nothing when nobody listens: no row is kept', async () => {
    const input = createTestSession().memoryStream(SCHEMA);
    const rows = input.toDF().withWatermark('time', '5 seconds').dropDuplicates(['time']);
    const seen: LateRow[] = [];
    await testStream(
      rows,
      'append',
      addData(input, [at(31), 'a', 1n]),
      processAllAvailable(),
      addData(input, [at(3), 'a', 1n]),
      processAllAvailable(),
      watch(seen),
    );
    expect(seen).toEqual([]);
  });
});

describe('explain of a running query', () => {
  it('says which time must pass before append puts out a row', async () => {
    const input = createTestSession().memoryStream(SCHEMA);
    const rows = input.toDF().withWatermark('time', '90 seconds');
    const texts: string[] = [];
    const explain = assertOnQuery(
      (query) => void texts.push(query.explain().split('== First Rows ==\n')[1] ?? 'at once'),
    );
    await testStream(rows.groupBy(F.window('time', '1 hour')).count(), 'append', explain);
    await testStream(rows.groupBy('action', F.session_window('time', '10 minutes')).count(), 'append', explain);
    await testStream(rows.groupBy(F.window('time', '1 hour')).count(), 'update', explain);
    const after =
      'once, when a batch has read a row whose time is at least 1 minute 30 seconds later than that, and the next batch runs.';
    expect(texts).toEqual([
      `append puts out the rows of a window of 1 hour, which ends at its end, ${after}`,
      `append puts out the rows of a session (gap 10 minutes), which ends that gap after its last row, ${after}`,
      'at once',
    ]);
  });
});
