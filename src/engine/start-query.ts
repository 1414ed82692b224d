/**
 * Starts a streaming query: checks the plan against the output mode, takes over the checkpoint, opens sources and sink, loads the state.
 * What is wrong is refused here, before the first batch.
 */
import type { CheckpointStore } from '../checkpoint/checkpoint-store.ts';
import type { QueryMetadata } from '../checkpoint/query-metadata.ts';
import type { OutputMode, Sink } from '../sinks/sink.ts';
import type { Source } from '../source/source.ts';
import type { Spill } from '../state/spill-space.ts';
import type { EngineEnvironment } from './environment.ts';
import type { StateCommits } from './epoch-runner.ts';
import type { OperatorState } from './operators/operator-state.ts';
import type { PhysicalPlan } from './planner.ts';
import type { QueryExecution } from './query-execution.ts';
import type { StreamingQueryRequest } from './query-request.ts';
import type { RecoveryPoint } from './recovery.ts';
import { CheckpointSourceLog } from '../checkpoint/source-log.ts';
import { CommitLog } from '../checkpoint/commit-log.ts';
import { OffsetLog } from '../checkpoint/offset-log.ts';
import { readQueryMetadata, writeQueryMetadata } from '../checkpoint/query-metadata.ts';
import { readPlanDescription, writePlanDescription } from '../checkpoint/plan-description.ts';
import { MillraceError } from '../errors/millrace-error.ts';
import { checkPlannedStream, checkStreamingPlan, keyColumnsOf } from '../plan/unsupported-operations.ts';
import { toDdl } from '../types/schema.ts';
import { checkRealTime } from './check-real-time.ts';
import { ALL_BUCKETS } from '../state/bucket-range.ts';
import { stateKey } from './operators/operator-state.ts';
import { createRunner } from './create-runner.ts';
import { LocalRunner } from './local-runner.ts';
import { MicroBatchExecution } from './micro-batch.ts';
import { checkPlanFits, describePlan } from './plan-check.ts';
import { findRecoveryPoint } from './recovery.ts';
import { openSpill } from './open-spill.ts';
import { StreamingQuery } from './streaming-query.ts';
import { planTable } from './tables.ts';
import { endsByItself } from './trigger.ts';

/** Starts the query; resolves when it is ready to run its first batch. */
export async function startStreamingQuery(
  request: StreamingQueryRequest,
  environment: EngineEnvironment,
): Promise<StreamingQuery> {
  const { query, outputMode } = request;
  checkStreamingPlan(query.analyzed, outputMode, { refusesLateChains: query.settings.checksCorrectness });
  checkPlannedStream(query.optimized, outputMode);
  const physical = query.planPhysical(outputMode);
  checkRealTime(request, physical);
  const checkpoint = await environment.openCheckpoint(request.checkpointLocation, request.queryName);
  const closers: (() => Promise<void>)[] = [() => checkpoint.close()];
  try {
    const epoch = await checkpoint.acquire();
    for (const warning of checkpoint.warnings) environment.log.warn(warning);
    const metadata = await openMetadata(checkpoint, { physical, outputMode }, environment);
    const offsetLog = new OffsetLog(checkpoint);
    const commitLog = new CommitLog(checkpoint);
    const recovery = await findRecoveryPoint(checkpoint, offsetLog, commitLog);
    const sources = await openSources(request, physical, { checkpoint, environment, closers });
    const sink = await openSink(request, metadata.id, { checkpoint, environment, closers });
    const tables = await openTables(request, physical, { environment, closers });
    const spill = openSpill(query.settings, { location: checkpoint.location, epoch, thread: -1 }, environment);
    closers.push(async () => spill?.space.close());
    const attach = storesOn(checkpoint, epoch, environment, spill);
    const durable = { checkpoint: { entries: checkpoint, epoch }, attach };
    const runnerParts = { physical, sources: [...sources, ...tables], outputMode, ...durable };
    // In real time every arrival is an epoch; the way to other threads and back would take longer than its work.
    const runner =
      request.trigger.kind === 'realTime'
        ? new LocalRunner(runnerParts)
        : createRunner(query, runnerParts, environment);
    closers.push(() => runner.close());
    await runner.load(committedStates(physical.states, recovery, checkpoint.location));
    const offsetMode =
      request.trigger.kind === 'once' ? 'once' : request.trigger.kind === 'availableNow' ? 'available-now' : 'default';
    const frozenSettings = frozenSettingsOf(query, recovery);
    const identity = { id: metadata.id, runId: environment.newId(), name: request.queryName };
    const parts = {
      identity,
      query,
      physical,
      runner,
      sources,
      planTables: () =>
        Promise.all(physical.tables.map(({ relation }) => planTable(relation, query.settings.timeZone, environment))),
      sink,
      offsetLog,
      commitLog,
      epoch,
      outputMode,
      offsetMode,
      environment,
      frozenSettings,
    } as const;
    const execution = new MicroBatchExecution(parts, recovery);
    return new StreamingQuery({
      identity,
      request,
      execution,
      sources,
      states: physical.statesTopDown,
      sink,
      environment,
      close: () => closeAll(closers),
    });
  } catch (error) {
    await closeAll(closers);
    throw error;
  }
}

/** State lives in one process; rows of a key that another process got would be missing from it. */
function checkDivided(sources: readonly Source[], { states }: PhysicalPlan): void {
  const divided = sources.find(({ isDivided }) => isDivided === true);
  const [state] = states;
  if (divided !== undefined && state !== undefined)
    throw new MillraceError('SHARED_SOURCE_STATEFUL_QUERY', {
      source: divided.description,
      operator: state.operatorName,
    });
}

interface Opening {
  readonly environment: EngineEnvironment;
  /** Grows with everything that is opened. */
  readonly closers: (() => Promise<void>)[];
}

/** Closes in reverse order of opening; a failure to close does not hide what went before. */
async function closeAll(closers: readonly (() => Promise<void>)[]): Promise<void> {
  for (const close of closers.toReversed()) await close().catch(() => undefined);
}

/** Whose checkpoint it is; refuses a query that does not fit it, and notes the plan of one that does. */
async function openMetadata(
  checkpoint: CheckpointStore,
  { physical, outputMode }: { readonly physical: PhysicalPlan; readonly outputMode: OutputMode },
  { newId, log }: EngineEnvironment,
): Promise<QueryMetadata> {
  const planFingerprint = fingerprintOf(physical);
  const found = await readQueryMetadata(checkpoint);
  const stored = await readPlanDescription(checkpoint);
  const current = describePlan(physical, outputMode);
  if (found !== undefined && stored !== undefined) {
    const warning = checkPlanFits(stored, current, checkpoint.location);
    if (warning !== undefined) log.warn(warning);
  } else if (found !== undefined && found.planFingerprint !== planFingerprint)
    throw new MillraceError('CHECKPOINT_PLAN_CHANGED', {
      location: checkpoint.location,
      stored: found.planFingerprint,
      current: planFingerprint,
    });
  const metadata = found ?? (await writeQueryMetadata(checkpoint, { id: newId(), planFingerprint }));
  await writePlanDescription(checkpoint, current, stored);
  return metadata;
}

/** The structure of a plan as far as a change of it makes a checkpoint unusable: sources and the state of each operator. */
function fingerprintOf(physical: PhysicalPlan): string {
  const sources = physical.scans.map(({ relation }) => `source ${relation.format}`);
  const required = physical.states.filter(({ isOptional }) => !isOptional);
  const states = required.map(
    ({ operatorName, schema }) => `${operatorName}(${toDdl(schema.keys)}) -> (${toDdl(schema.values)})`,
  );
  return [...sources, ...states].join('; ');
}

async function openSources(
  request: StreamingQueryRequest,
  physical: PhysicalPlan,
  { checkpoint, environment, closers }: Opening & { readonly checkpoint: CheckpointStore },
): Promise<Source[]> {
  const sources: Source[] = [];
  for (const { relation, scanIndex } of physical.scans) {
    const source = environment.createSource(
      relation,
      request.query.settings.timeZone,
      new CheckpointSourceLog(checkpoint, scanIndex),
    );
    closers.push(() => source.close());
    await source.open();
    if (endsByItself(request.trigger)) await source.prepareForAvailableNow();
    sources.push(source);
  }
  checkDivided(sources, physical);
  return sources;
}

/** The tables of the query, for reading; what is read of them is planned batch by batch. */
async function openTables(
  request: StreamingQueryRequest,
  physical: PhysicalPlan,
  { environment, closers }: Opening,
): Promise<Source[]> {
  const tables = physical.tables.map(({ relation }) =>
    environment.createSource(relation, request.query.settings.timeZone),
  );
  for (const table of tables) {
    closers.push(() => table.close());
    await table.open();
  }
  return tables;
}

async function openSink(
  request: StreamingQueryRequest,
  queryId: string,
  { checkpoint, environment, closers }: Opening & { readonly checkpoint: CheckpointStore },
): Promise<Sink> {
  const { query, outputMode, queryName, partitionColumns, sinkHandle } = request;
  const options =
    request.checkpointLocation === undefined
      ? request.sinkOptions
      : new Map([...request.sinkOptions, ['checkpointlocation', checkpoint.location]]);
  const context = {
    options,
    schema: query.schema,
    mode: outputMode,
    saveMode: 'append',
    keyColumns: keyColumnsOf(query.optimized),
    partitionColumns,
    queryId,
    queryName,
    timeZone: query.settings.timeZone,
  } as const;
  const sink = environment.createSink(
    request.sinkFormat,
    sinkHandle === undefined ? context : { ...context, handle: sinkHandle },
  );
  closers.push(() => sink.close());
  await sink.open();
  return sink;
}

/** Gives operators their state stores on an acquired checkpoint. */
function storesOn(
  entries: CheckpointStore,
  epoch: number,
  environment: EngineEnvironment,
  spill: Spill | undefined,
): (state: OperatorState) => void {
  const monotonicMs = (): number => environment.clock.monotonicMs();
  const common = { epoch, monotonicMs, ...(spill !== undefined && { memory: spill.budget }) };
  return (state) => {
    const { operatorId, storeName, schema } = state;
    const request = { operatorId, storeName, schema, ...common };
    state.attachParts(
      (buckets, extraBytesPerKey) => environment.createStateStore(entries, { ...request, buckets, extraBytesPerKey }),
      ALL_BUCKETS,
      spill,
    );
  };
}

/** The commits to go on from, undefined for a new query; every store must have its own. */
function committedStates(
  states: readonly OperatorState[],
  { previous }: RecoveryPoint,
  location: string,
): StateCommits | undefined {
  if (previous === undefined) return undefined;
  const { batchId, stateFiles } = previous.commit;
  const missing = states.find((state) => !state.isOptional && stateFiles[stateKey(state)] === undefined);
  if (missing === undefined) return stateFiles;
  const name = `state/${stateKey(missing)}`;
  throw new MillraceError('CHECKPOINT_STATE_MISSING', { location, batchId: String(batchId), name });
}

/** Settings that must not change during the life of a checkpoint: those logged with the last batch win over the session's. */
function frozenSettingsOf(query: QueryExecution, recovery: RecoveryPoint): Record<string, string> {
  const logged = (recovery.toRepeat ?? recovery.previous?.offsets)?.conf ?? {};
  const current = {
    'spark.sql.shuffle.partitions': query.settings.get('spark.sql.shuffle.partitions') ?? '200',
    'spark.sql.streaming.multipleWatermarkPolicy': query.settings.watermarkPolicy,
  };
  return { ...current, ...logged };
}
