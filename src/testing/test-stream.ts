/**
 * Streaming tests as scripts, in the words of Spark's StreamTest: add data, check what came out, stop, start again. Each script runs one
 * query over a checkpoint of its own.
 *
 * @example
 * await testStream(counts, 'update',
 *   addData(input, ['a'], ['b'], ['a']), checkLastBatch(['a', 2n], ['b', 1n]),
 *   stopStream(), startStream(),
 *   addData(input, ['b']), checkLastBatch(['b', 2n]));
 */
import type { DataFrame } from '../api/data-frame.ts';
import type { MemoryInput } from '../api/memory-input.ts';
import type { StreamingQuery } from '../engine/streaming-query.ts';
import type { Trigger } from '../engine/trigger.ts';
import type { ErrorConditionName } from '../errors/error-conditions.ts';
import type { OutputMode } from '../sinks/sink.ts';
import type { Row } from '../types/row-codec.ts';
import type { ExpectedRow } from './expected-rows.ts';
import type { ManualClock } from './manual-clock.ts';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { DEFAULT_TRIGGER } from '../engine/trigger.ts';
import { MillraceError } from '../errors/millrace-error.ts';
import type { CrashPoint } from './crash-points.ts';
import { cancelCrash, crashAt, planCrash } from './crash-points.ts';
import { expectRows } from './expected-rows.ts';

/** One step of a script. */
export type StreamAction = (run: StreamRun) => Promise<void> | void;

/** The state of a running script; what actions work on. */
export class StreamRun {
  readonly frame: DataFrame;
  readonly outputMode: OutputMode;
  readonly checkpoint: string;
  /** Rows by batch id, as the sink saw them last. */
  readonly batches = new Map<number, readonly Row[]>();
  query: StreamingQuery | undefined;

  constructor(frame: DataFrame, outputMode: OutputMode, checkpoint: string) {
    this.frame = frame;
    this.outputMode = outputMode;
    this.checkpoint = checkpoint;
  }

  async start(trigger: Trigger): Promise<void> {
    this.query = await this.frame.writeStream
      .outputMode(this.outputMode)
      .trigger(trigger)
      .option('checkpointLocation', this.checkpoint)
      .foreachBatch(async (batch, batchId) => {
        this.batches.set(batchId, await batch.collect());
        crashAt(this.checkpoint, 'sink');
      })
      .start();
  }

  /** The running query; a script that has stopped it must start it first. */
  running(): StreamingQuery {
    if (this.query?.isActive === true) return this.query;
    const failure = this.query?.exception();
    if (failure !== null && failure !== undefined) throw failure;
    throw new MillraceError('TEST_EXPECTATION_FAILED', { what: 'the query', expected: 'running', found: 'stopped' });
  }

  /** All rows the sink holds: of the last batch in complete mode, of all batches otherwise. */
  answer(): readonly Row[] {
    const ids = [...this.batches.keys()].toSorted((a, b) => a - b);
    const last = ids.at(-1);
    if (this.outputMode === 'complete') return last === undefined ? [] : (this.batches.get(last) ?? []);
    return ids.flatMap((id) => this.batches.get(id) ?? []);
  }
}

/** Runs a script on a streaming query. Starts the query first unless the script begins with startStream. */
export async function testStream<T>(
  frame: DataFrame<T>,
  outputMode: OutputMode,
  ...actions: readonly StreamAction[]
): Promise<void> {
  const checkpoint = await mkdtemp(path.join(tmpdir(), 'millrace-test-'));
  const run = new StreamRun(frame as DataFrame<unknown> as DataFrame, outputMode, checkpoint);
  try {
    if (actions[0] === undefined || !startActions.has(actions[0])) await run.start(DEFAULT_TRIGGER);
    for (const action of actions) await action(run);
  } finally {
    await run.query?.stop();
    await rm(checkpoint, { recursive: true, force: true });
  }
}

const startActions = new WeakSet<StreamAction>();

/** Adds rows to a memory stream. */
export function addData<T>(input: MemoryInput<T>, ...rows: readonly (Partial<T> | readonly unknown[])[]): StreamAction {
  return () => input.addData(...rows);
}

/** Waits for all data and compares the rows of the last batch that had any, or of the last batch when none had. */
export function checkLastBatch(...expected: readonly ExpectedRow[]): StreamAction {
  return async (run) => {
    await run.running().processAllAvailable();
    const ids = [...run.batches.keys()].toSorted((a, b) => b - a);
    const id = ids.find((candidate) => (run.batches.get(candidate) ?? []).length > 0) ?? ids[0];
    expectRows('the last batch', id === undefined ? [] : (run.batches.get(id) ?? []), expected, run.frame.schema);
  };
}

/** Waits for all data and compares all rows put out since the beginning (in complete mode the last table). */
export function checkAnswer(...expected: readonly ExpectedRow[]): StreamAction {
  return async (run) => {
    await run.running().processAllAvailable();
    expectRows('the answer', run.answer(), expected, run.frame.schema);
  };
}

/** Waits for all data and compares the rows put out since the last check of this kind. */
export function checkNewAnswer(...expected: readonly ExpectedRow[]): StreamAction {
  return async (run) => {
    await run.running().processAllAvailable();
    const rows = run.answer();
    run.batches.clear();
    expectRows('the new rows', rows, expected, run.frame.schema);
  };
}

/** Waits until everything added has been processed. */
export function processAllAvailable(): StreamAction {
  return async (run) => run.running().processAllAvailable();
}

/** Moves a manual clock. */
export function advanceClock(clock: ManualClock, by: number | string): StreamAction {
  return () => clock.advance(by);
}

/** Stops the query after the batch in flight. */
export function stopStream(): StreamAction {
  return async (run) => {
    await run.running().stop();
  };
}

/** Starts the query again on its checkpoint. */
export function startStream(options: { readonly trigger?: Trigger } = {}): StreamAction {
  const action: StreamAction = (run) => run.start(options.trigger ?? DEFAULT_TRIGGER);
  startActions.add(action);
  return action;
}

/**
 * The query dies right before a write, while the given actions give it something to do, and is started again on its checkpoint: before
 * `offsets`, `state`, `sink` (the rows are out, the batch is not committed) or `commits`. Needs a session of `createTestSession`.
 *
 * @example
 * crash('commits', addData(input, ['b'])), checkAnswer(['b', 1n])
 */
export function crash(point: CrashPoint, ...actions: readonly StreamAction[]): StreamAction {
  return async (run) => {
    planCrash(run.checkpoint, point);
    for (const action of actions) await action(run);
    const ended = await run
      .running()
      .processAllAvailable()
      .then(
        () => undefined,
        (error: unknown) => error,
      );
    const isPending = cancelCrash(run.checkpoint);
    if (!isCrash(ended)) {
      const found = isPending ? 'no such write' : String(ended);
      throw new MillraceError('TEST_EXPECTATION_FAILED', {
        what: 'the query',
        expected: `a crash before ${point}`,
        found,
      });
    }
    await run.query?.stop();
    await run.start(DEFAULT_TRIGGER);
  };
}

/** A crash in the sink arrives as the cause of the sink's own error. */
function isCrash(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  return (error instanceof MillraceError && error.condition === 'TEST_CRASH') || isCrash(error.cause);
}

/** Waits for all data and compares some numbers of a stateful operator, as `{ numRowsTotal: 2 }`; the first one from the sink unless said. */
export function checkState(expected: Readonly<Record<string, unknown>>, operatorIndex = 0): StreamAction {
  return async (run) => {
    await run.running().processAllAvailable();
    const found = run.running().lastProgress?.stateOperators[operatorIndex];
    expectPart(`state operator ${operatorIndex}`, found, expected);
  };
}

/** Waits for all data and compares some fields of the progress of the last batch. */
export function checkProgress(expected: Readonly<Record<string, unknown>>): StreamAction {
  return async (run) => {
    await run.running().processAllAvailable();
    expectPart('the progress', run.running().lastProgress ?? undefined, expected);
  };
}

/** Compares the named fields only, at every depth. */
function expectPart(what: string, found: unknown, expected: unknown, path = ''): void {
  if (typeof expected === 'object' && expected !== null && typeof found === 'object' && found !== null) {
    for (const [name, value] of Object.entries(expected))
      expectPart(what, (found as Readonly<Record<string, unknown>>)[name], value, `${path}.${name}`);
    return;
  }
  if (Object.is(found, expected)) return;
  throw new MillraceError('TEST_EXPECTATION_FAILED', {
    what: `${what}${path}`,
    expected: String(expected),
    found: String(found),
  });
}

/** Expects the query to fail with this condition. */
export function expectError(condition: ErrorConditionName): StreamAction {
  return async (run) => {
    let found = 'no error';
    try {
      await run.query?.processAllAvailable();
    } catch (error) {
      if (error instanceof MillraceError && error.condition === condition) return;
      found = error instanceof Error ? error.message : String(error);
    }
    throw new MillraceError('TEST_EXPECTATION_FAILED', { what: 'the query', expected: condition, found });
  };
}

/** Hands the query to a function that throws when something is not as it should be. */
export function assertOnQuery(check: (query: StreamingQuery) => void | Promise<void>): StreamAction {
  return async (run) => {
    await run.running().processAllAvailable();
    await check(run.running());
  };
}
