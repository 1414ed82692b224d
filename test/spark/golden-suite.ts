/**
 * Every golden query against the answers of a real PySpark (README.md), five ways: whole; failed and re-run at every batch; stopped and
 * resumed after every file; all files in one batch; as a batch job. A query that needs something not built yet must be refused by a typed error.
 * golden.spark.test.ts and golden-other.spark.test.ts take half of the queries each, so that two processes run them.
 */
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';

import type { DataFrame } from '../../src/index.ts';
import { DIFFERENCES, amended } from './differences.ts';
import { addAllFiles, addFile, loadCases, numFiles } from './golden-case.ts';
import type { GoldenBatch, GoldenCase, GoldenRun } from './golden-case.ts';
import { causes, expectError, expectRun, inFolder, newSession, rowsOf, runStream } from './golden-run.ts';
import type { Outcome } from './golden-run.ts';
import { applyOps } from './program.ts';

/** The `needs` that are built. A case whose needs are not all here has to be refused, so building one shows up as a failure here. */
const BUILT: readonly string[] = [
  'chained_aggregation',
  'collect',
  'date_arithmetic',
  'dedup',
  'explode',
  'hash_functions',
  'join',
  'limit',
  'max_by',
  'multi_line',
  'session_window',
  'statistics',
  'window_time',
];
/** Results that hang on what comes first, which threads do not promise: 0.0 or -0.0, one of two duplicates. */
const ORDER_DEPENDENT = ['agg-negative-zero'];
/** Less than the smallest tables of two partitions. */
const SMALL_MEMORY_MB = 0.006;
/** Of queries with more stores than stateful operators. */
const NUM_STORES: Readonly<Record<string, number>> = { 'tws-ttl': 6 };
/** Many alike: one file per batch and repeated batches have to do. */
const BRIEF = /^mixture-/;
const CRASH = 'crash wanted by the test';

/** All files are there from the start: one per batch, or all in one when there is no limit. */
async function runWhole(
  golden: GoldenCase,
  filesPerTrigger: number | undefined,
  numWorkers = 1,
  maxMemoryMB = '0',
): Promise<Outcome> {
  return await inFolder(async (folder) => {
    addAllFiles(golden, folder);
    return await runStream(golden, folder, { filesPerTrigger, numWorkers, maxMemoryMB });
  });
}

/**
 * Of several watermarks a restart brings back only the common value, as in Spark: from then on the watermark may move later than in a run
 * without restarts. Both runs up to there; all of them where that does not happen.
 */
function comparableRuns(outcome: Outcome, whole: GoldenRun): readonly [Outcome, GoldenRun] {
  const batches = whole.batches ?? [];
  const isSame = (batch: GoldenBatch, i: number): boolean =>
    outcome.batches[i]?.eventTime?.['watermark'] === batch.eventTime?.['watermark'];
  const numSame = batches.findIndex((batch, i) => !isSame(batch, i));
  if (numSame <= 0 || outcome.error !== undefined) return [outcome, whole];
  return [
    { ...outcome, batches: outcome.batches.slice(0, numSame) },
    { ...whole, batches: batches.slice(0, numSame) },
  ];
}

/** Each batch fails once after its rows reached the sink and before its commit; a new session re-runs it. */
async function runCrashing(golden: GoldenCase): Promise<Outcome> {
  return await inFolder(async (folder) => {
    addAllFiles(golden, folder);
    const crashed = new Set<number>();
    const batches: GoldenBatch[] = [];
    const expectedBatches = (golden.answer.crashed ?? golden.answer.whole).batches?.length ?? 0;
    for (let run = 0; run <= expectedBatches + 1; run++) {
      const before = crashed.size;
      const outcome = await runStream(golden, folder, {
        filesPerTrigger: 1,
        afterRows: (batchId) => {
          if (crashed.has(batchId)) return;
          crashed.add(batchId);
          throw new Error(CRASH);
        },
      });
      batches.push(...outcome.batches);
      if (crashed.size === before) return { ...outcome, batches };
    }
    throw new Error('the query never came to its end');
  });
}

/** One file, then the end; a new session, the next file, and so on. */
async function runResumed(golden: GoldenCase): Promise<Outcome> {
  return await inFolder(async (folder) => {
    const batches: GoldenBatch[] = [];
    for (let i = 0; i < numFiles(golden); i++) {
      addFile(golden, folder, i);
      const outcome = await runStream(golden, folder, { filesPerTrigger: 1 });
      batches.push(...outcome.batches);
      if (outcome.error !== undefined || i === numFiles(golden) - 1) return { ...outcome, batches };
    }
    throw new Error('a golden query has at least one file');
  });
}

async function runBatchJob(
  golden: GoldenCase,
  numWorkers = 1,
): Promise<{ readonly rows?: readonly string[]; readonly error?: unknown }> {
  return await inFolder(async (folder) => {
    addAllFiles(golden, folder);
    const session = newSession(golden, numWorkers);
    const load = (input: string): DataFrame =>
      session.read
        .schema(golden.schema)
        .options({ ...golden.options })
        .json(join(folder, input));
    try {
      return { rows: await rowsOf(golden, applyOps(load('main'), golden.ops, Object.assign(load, { session }))) };
    } catch (error) {
      return { error };
    } finally {
      await session.stop();
    }
  });
}

/** Declares the tests of every second query, beginning with the first or the second. */
export function testGoldens(half: 0 | 1): void {
  const cases = loadCases();
  test('every listed difference is of a stored case', () => {
    const names = new Set(cases.map(({ name }) => name));
    expect(Object.keys(DIFFERENCES).filter((name) => !names.has(name))).toEqual([]);
  });
  for (const [i, golden] of cases.entries()) if (i % 2 === half) testGolden(amended(golden));
}

function testGolden(golden: GoldenCase): void {
  const { whole, resumed, oneBatch, batch } = golden.answer;
  const missing = (golden.needs ?? []).filter((need) => !BUILT.includes(need));
  describe(`${golden.name}: ${golden.about}`, () => {
    if (missing.length > 0) {
      test(`is refused by a typed error, ${missing.join(', ')} not being built`, async () => {
        const outcome = await runWhole(golden, 1);
        expect(causes(outcome.error)).not.toEqual([]);
        expect(outcome.batches).toEqual([]);
      });
      return;
    }
    if (whole.error !== undefined && whole.error.when !== 'run') {
      test("is refused with Spark's condition before any batch", async () => {
        const outcome = await runWhole(golden, 1);
        expect(outcome.batches).toEqual([]);
        expectError(outcome.error, whole.error);
      });
    } else {
      test('gives the rows and metrics of Spark, batch by batch', async () => {
        const outcome = await runWhole(golden, 1);
        expectRun(golden, outcome, whole);
        expect(outcome.schema).toBe(golden.answer.resultSchema);
      });
      test('gives the same when every batch fails once and is re-run', async () => {
        const outcome = await runCrashing(golden);
        expectRun(
          golden,
          ...(golden.answer.crashed === undefined
            ? comparableRuns(outcome, whole)
            : ([outcome, golden.answer.crashed] as const)),
        );
      });
    }
    const isBrief = BRIEF.test(golden.name);
    if (!isBrief && golden.firstRows !== true && (whole.error === undefined || whole.error.when === 'run')) {
      test('gives the rows and metrics of Spark on two worker threads', async () => {
        expectRun(golden, await runWhole(golden, 1, 2), whole);
      });
    }
    const numStateful = Math.max(0, ...(whole.batches ?? []).map(({ state }) => state?.length ?? 0));
    if (!isBrief && golden.firstRows !== true && numStateful > 0) {
      test('gives the rows and metrics of Spark with state that is larger than its memory', async () => {
        expectRun(
          golden,
          await runWhole(golden, 1, 1, String(SMALL_MEMORY_MB * (NUM_STORES[golden.name] ?? numStateful))),
          whole,
        );
      });
    }
    if (resumed !== undefined) {
      test('gives the rows and metrics of Spark when stopped and resumed after every file', async () => {
        expectRun(golden, await runResumed(golden), resumed);
      });
    }
    if (oneBatch !== undefined) {
      test('gives the rows and metrics of Spark with all files in one batch', async () => {
        expectRun(golden, await runWhole(golden, undefined), oneBatch, ['avg']);
      });
    }
    if (batch !== undefined) {
      const threads = ORDER_DEPENDENT.includes(golden.name) ? [1] : [1, 2];
      test.each(threads)('gives the rows of Spark as a batch job on %i threads', async (numWorkers) => {
        const outcome = await runBatchJob(golden, numWorkers);
        if (batch.rows !== undefined && outcome.error !== undefined) throw outcome.error;
        if (batch.rows !== undefined) {
          expect(outcome.rows).toEqual(golden.ordered === true ? batch.rows : batch.rows.toSorted());
        }
        expectError(outcome.error, batch.error);
      });
    }
  });
}
