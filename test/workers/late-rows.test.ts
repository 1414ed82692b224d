/** What a query tells of late rows and of the time its state took, when it runs on worker threads: the same as on one. */
import { mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { EpochMetrics } from '../../src/engine/metrics.ts';
import { MillraceSession, Trigger, functions as F } from '../../src/index.ts';
import type { DataFrame, LateRow, StreamingQueryProgress } from '../../src/index.ts';

const folder = mkdtempSync(join(tmpdir(), 'millrace-late-rows-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Four files, the last two with rows that are late by then: two of one group, and one of each of several others. */
function writeFiles(): void {
  const at = (second: number): string => new Date(Date.UTC(2026, 0, 1, 10, 0, second)).toISOString();
  const files = [
    [31, 33, 35, 38].map((second, i) => ({ time: at(second), user: `u${i}`, v: i })),
    [36, 39].map((second, i) => ({ time: at(second), user: `w${i}`, v: 5 + i })),
    [3, 4, 3, 12, 39].map((second, i) => ({ time: at(second), user: i < 2 ? 'early' : `u${i}`, v: 10 + i })),
    [5, 6, 50].map((second, i) => ({ time: at(second), user: 'early', v: 20 + i })),
  ];
  files.forEach((rows, i) => {
    const file = join(folder, `${i}.json`);
    writeFileSync(file, rows.map((row) => JSON.stringify(row)).join('\n'));
    utimesSync(file, 1_700_000_000 + i, 1_700_000_000 + i);
  });
}

writeFiles();

const QUERIES: readonly { readonly name: string; readonly build: (events: DataFrame<never>) => DataFrame<never> }[] = [
  { name: 'windows', build: (e) => e.groupBy(F.window('time', '10 seconds'), 'user').agg(F.sum('v')) as never },
  {
    name: 'windows with lists',
    build: (e) => e.groupBy(F.window('time', '10 seconds')).agg(F.collect_list('user')) as never,
  },
  { name: 'distinct rows', build: (e) => e.dropDuplicates(['user', 'time'] as never) },
];

interface Seen {
  readonly rows: readonly string[];
  readonly numCounted: number;
  readonly numDropped: number;
  readonly progress: readonly StreamingQueryProgress[];
}

async function lateRowsOf(build: (events: DataFrame<never>) => DataFrame<never>, numThreads: number): Promise<Seen> {
  const session = MillraceSession.builder()
    .appName('late rows')
    .master(`local[${numThreads}]`)
    .config('millrace.workers', 'always')
    .create();
  const events = session.readStream
    .schema('time TIMESTAMP, user STRING, v BIGINT')
    .option('maxFilesPerTrigger', '1')
    .json(folder)
    .withWatermark('time', '5 seconds');
  const late: LateRow[] = [];
  const query = await build(events as never)
    .writeStream.format('noop')
    .outputMode('append')
    .trigger(Trigger.AvailableNow())
    .start();
  query.lateRows$.subscribe((row) => late.push(row));
  await query.awaitTermination();
  const progress = query.recentProgress;
  await session.stop();
  const rows = late.map((row) =>
    JSON.stringify(row, (_, value: unknown) => (typeof value === 'bigint' ? `${value}n` : value)),
  );
  return {
    // Which of the rows of a group is the first one is not said.
    rows: rows.map((text) => text.replace(/,"isCounted":\w+/, '')).toSorted(),
    numCounted: late.filter(({ isCounted }) => isCounted).length,
    numDropped: progress.reduce((sum, { stateOperators: [state] }) => sum + (state?.numRowsDroppedByWatermark ?? 0), 0),
    progress,
  };
}

describe('on worker threads', () => {
  it.each(QUERIES)('late rows of $name are told as on one thread', async ({ build }) => {
    const onOne = await lateRowsOf(build, 1);
    const onTwo = await lateRowsOf(build, 2);
    expect(onOne.rows.length).toBeGreaterThan(4);
    expect(onTwo.rows).toEqual(onOne.rows);
    expect(onTwo.numCounted).toBe(onOne.numCounted);
    expect(onTwo.numCounted).toBe(onTwo.numDropped);
  });

  it('the time that state took is that of all threads together', () => {
    const worker = new EpochMetrics();
    worker.addStateTime(0, 'updates', 7);
    worker.addStateTime(0, 'removals', 2);
    const all = new EpochMetrics();
    for (let i = 0; i < 2; i++) all.add(structuredClone(worker.toMessage()));
    expect([all.stateTimeMs(0, 'updates'), all.stateTimeMs(0, 'removals')]).toEqual([14, 4]);
  });
});
