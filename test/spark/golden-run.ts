/**
 * Runs one program of a golden query or scenario on Millrace and holds what came out against what Spark said. Declares no tests; an
 * importing test file gets one set of worker threads, closed at its end.
 */
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, expect } from 'vitest';

import { createEnvironment, systemParts } from '../../src/api/default-environment.ts';
import { present } from '../../src/errors/assert.ts';
import { MillraceError, MillraceSession, Trigger } from '../../src/index.ts';
import type { DataFrame, StreamingQuery, StreamingQueryProgress } from '../../src/index.ts';
import { simpleName } from '../../src/types/data-type.ts';
import type { GoldenBatch, GoldenFailure, GoldenProgram, GoldenRun } from './golden-case.ts';
import { applyOps } from './program.ts';
import { newMemoryFolder } from '../memory-folder.ts';

/** Parameters whose text Millrace shares with Spark word for word. */
const SHARED_PARAMETERS = ['dt', 'msg', 'names', 'objectName', 'operation', 'outputMode', 'proposal', 'routineName'];

export interface Outcome {
  readonly batches: readonly GoldenBatch[];
  readonly error: unknown;
  /** Spark's short text of the result's type, empty when the analysis failed. */
  readonly schema: string;
}

/** Runs the case to the end of its input. `afterRows` sees each batch before it is committed and may throw. */
export async function runStream(
  golden: GoldenProgram,
  folder: string,
  options: {
    readonly filesPerTrigger: number | undefined;
    readonly numWorkers?: number;
    readonly maxMemoryMB?: string;
    readonly afterRows?: (batchId: number) => void;
  },
): Promise<Outcome> {
  const session = newSession(golden, options.numWorkers, options.maxMemoryMB);
  const rows = new Map<number, readonly string[]>();
  let progress: readonly StreamingQueryProgress[] = [];
  let error: unknown;
  let schema = '';
  try {
    const df = build(session, golden, folder, options.filesPerTrigger);
    schema = simpleName(df.schema);
    const query = await df.writeStream
      .outputMode(golden.outputMode)
      .trigger(TRIGGERS[golden.trigger ?? 'availableNow']())
      .option('checkpointLocation', join(folder, 'checkpoint'))
      .foreachBatch(async (emitted, batchId) => {
        rows.set(Number(batchId), await rowsOf(golden, emitted));
        options.afterRows?.(Number(batchId));
      })
      .start();
    try {
      await runToEnd(golden, query);
    } finally {
      progress = query.recentProgress;
    }
  } catch (cause) {
    error = cause;
  } finally {
    await session.stop();
  }
  const batches = progress.flatMap((p) => {
    const found = rows.get(Number(p.batchId));
    if (found === undefined) return [];
    return [{ ...toBatch(p, found), ...(golden.progress === true && { progress: steadyProgress(p, folder) }) }];
  });
  return { batches, schema, error };
}

const TRIGGERS = {
  availableNow: () => Trigger.AvailableNow(),
  once: () => Trigger.Once(),
  default: () => Trigger.ProcessingTime('0 seconds'),
  processingTime: () => Trigger.ProcessingTime('200 milliseconds'),
};

/** A query that goes on by itself is stopped when it has read everything. */
async function runToEnd({ trigger }: GoldenProgram, query: StreamingQuery): Promise<void> {
  if (trigger !== 'default' && trigger !== 'processingTime') {
    await query.awaitTermination();
    return;
  }
  try {
    await query.processAllAvailable();
  } finally {
    await query.stop();
  }
}

/** Numbers and ids that no two runs share; only that they are there is compared. */
const VOLATILE =
  /^(?:id|runId|timestamp|batchDuration|inputRowsPerSecond|processedRowsPerSecond|memoryUsedBytes|allUpdatesTimeMs|allRemovalsTimeMs|commitTimeMs)$/;

/** The progress as JSON, with `~` for what no two runs share, and without the path of the folder. */
function steadyProgress({ json }: StreamingQueryProgress, folder: string): unknown {
  const path = new RegExp(`(?:file:/*)?${folder.slice(1)}[^\\s,'"\\]]*`, 'g');
  return JSON.parse(json, (key, value: unknown) => {
    if (VOLATILE.test(key)) return '~';
    if (key === 'durationMs') return Object.fromEntries(Object.keys(value as object).map((phase) => [phase, '~']));
    return typeof value === 'string' ? value.replaceAll(path, '<path>') : value;
  });
}

/** One set of threads for all queries of this file. */
const environment = createEnvironment({ ...systemParts(), printError: () => undefined });
const pool = present(environment.workers, 'ordinary sessions have workers');
const sharedEnvironment = { ...environment, workers: { ...pool, close: () => Promise.resolve() } };
afterAll(() => pool.close());

/** With `numWorkers`, everything that can run on worker threads does, and rows move between them by key. */
export function newSession(golden: GoldenProgram, numWorkers = 1, maxMemoryMB = '0'): MillraceSession {
  const conf = {
    'spark.sql.session.timeZone': 'UTC',
    'spark.sql.shuffle.partitions': '2',
    'spark.sql.json.filterPushdown.enabled': 'false',
    ...golden.conf,
    'millrace.workers': 'always',
    'millrace.state.maxMemoryMB': maxMemoryMB,
  };
  const builder = MillraceSession.builder()
    .appName('golden')
    .master(`local[${numWorkers}]`)
    .environment(sharedEnvironment);
  return Object.entries(conf)
    .reduce((b, [key, value]) => b.config(key, value), builder)
    .getOrCreate();
}

function build(
  session: MillraceSession,
  golden: GoldenProgram,
  folder: string,
  filesPerTrigger: number | undefined,
): DataFrame {
  const load = (input: string, isStatic = false): DataFrame => {
    const source = golden.sources?.[input];
    if (source !== undefined)
      return session.readStream
        .format(source.format)
        .options({ ...source.options })
        .load() as DataFrame<unknown> as DataFrame;
    if (isStatic)
      return session.read
        .schema(golden.schema)
        .options({ ...golden.options })
        .json(join(folder, input));
    const limit: Record<string, string> =
      filesPerTrigger === undefined ? {} : { maxFilesPerTrigger: String(filesPerTrigger) };
    return session.readStream
      .schema(golden.schema)
      .options({ ...golden.options, ...limit })
      .json(join(folder, input));
  };
  return applyOps(load('main'), golden.ops, Object.assign(load, { session }));
}

export async function rowsOf(golden: GoldenProgram, df: DataFrame): Promise<string[]> {
  const rows = await df.toJSON().collect();
  return golden.ordered === true ? rows : rows.toSorted();
}

function toBatch(progress: StreamingQueryProgress, rows: readonly string[]): GoldenBatch {
  const eventTime = progress.eventTime;
  const state = progress.stateOperators.map((operator) => ({
    operator: operator.operatorName,
    total: Number(operator.numRowsTotal),
    updated: Number(operator.numRowsUpdated),
    removed: Number(operator.numRowsRemoved),
    dropped: Number(operator.numRowsDroppedByWatermark),
  }));
  return {
    id: Number(progress.batchId),
    in: Number(progress.numInputRows),
    rows,
    ...(Object.keys(eventTime).length === 0 ? {} : { eventTime: { ...eventTime } }),
    ...(Object.keys(progress.observedMetrics).length === 0 ? {} : { observed: progress.observedMetrics }),
    ...(state.length === 0 ? {} : { state }),
  };
}

/** Metrics of the insides of Spark's state stores, which are other stores here. */
const STORE_METRICS =
  /^(?:SnapshotLastUploaded|forceSnapshotCount|loadedMapCache|numSnapshotsAutoRepaired|numRowsReadDuringEviction|numRowsIncrementallyRemoved)/;

/** A progress without what is said of stores only, of their size only that it is there; without what files are still to be read. */
function comparableProgress(progress: unknown): unknown {
  return JSON.parse(JSON.stringify(progress), (key, value: unknown) => {
    if (key === 'description') return String(value).replace(/numPartitions=\d+/, 'numPartitions=~');
    if (key === 'metrics') return undefined;
    if (key !== 'customMetrics') return value;
    const kept = Object.entries(value as object).filter(([name]) => !STORE_METRICS.test(name));
    return Object.fromEntries(kept.map(([name, n]) => [name, name === 'stateOnCurrentVersionSizeBytes' ? '~' : n]));
  });
}

/** The stored run in the order this test sorts rows, with the fields that `without` names left out on both sides. */
function comparable(
  golden: GoldenProgram,
  batches: readonly GoldenBatch[] | undefined,
  without: readonly string[] = [],
) {
  return (batches ?? []).map((batch) => ({
    ...batch,
    rows: golden.ordered === true ? [...batch.rows] : batch.rows.toSorted(),
    ...(batch.progress !== undefined && { progress: comparableProgress(batch.progress) }),
    ...(batch.eventTime === undefined
      ? {}
      : { eventTime: Object.fromEntries(Object.entries(batch.eventTime).filter(([key]) => !without.includes(key))) }),
  }));
}

export function expectRun(
  golden: GoldenProgram,
  outcome: Outcome,
  expected: GoldenRun,
  without: readonly string[] = [],
): void {
  if (expected.error === undefined && outcome.error !== undefined) throw outcome.error;
  expect(comparable(golden, outcome.batches, without)).toEqual(comparable(golden, expected.batches, without));
  expectError(outcome.error, expected.error);
}

/** One of Spark's conditions must be among ours; a legacy or nameless one asks only for a typed error. */
export function expectError(error: unknown, expected: GoldenFailure | undefined): void {
  if (expected === undefined) {
    expect(error).toBeUndefined();
    return;
  }
  const chain = causes(error);
  expect(chain, `a typed error, not ${String(error)}`).not.toEqual([]);
  // What fails inside a Python worker has the worker's condition; a function here has its own.
  const wrappers = new Set<string | null>(['STREAM_FAILED', 'PYTHON_EXCEPTION']);
  const wanted = expected.chain.filter((one) => !wrappers.has(one.condition));
  if (wanted.every((one) => one.condition === null || one.condition.startsWith('_LEGACY'))) return;
  const found = wanted.flatMap((one) =>
    chain.filter((ours) => String(ours.condition) === one.condition).map((ours) => ({ one, ours })),
  );
  expect(
    found,
    `${wanted.map((one) => one.condition).join(' or ')}, not: ${chain.map((ours) => ours.message).join('\n')}`,
  ).not.toEqual([]);
  for (const { one, ours } of found) {
    for (const name of SHARED_PARAMETERS) {
      const value = one.parameters?.[name];
      if (value !== undefined) expect(ours.parameters[name], name).toBe(value);
    }
  }
}

export function causes(error: unknown): MillraceError[] {
  const found: MillraceError[] = [];
  for (let at = error; at instanceof Error; at = at.cause) {
    if (at instanceof MillraceError) found.push(at);
  }
  return found;
}

export async function inFolder<T>(body: (folder: string) => Promise<T>): Promise<T> {
  const folder = newMemoryFolder();
  try {
    return await body(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
