/**
 * Where a query stands after its last finished batch, and the steps that every kind of batch takes from there: asking the sources, planning
 * an epoch, moving the watermark, the commit. In which order is micro-batch.ts and real-time-batch.ts.
 */
import type { CommitEntry, CommitLog } from '../checkpoint/commit-log.ts';
import type { LoggedOffsetEntry, OffsetEntry, OffsetLog } from '../checkpoint/offset-log.ts';
import type { OutputMode, Sink } from '../sinks/sink.ts';
import type { InputPartition, OffsetRequest, Source, SourceOffset } from '../source/source.ts';
import type { EngineEnvironment } from './environment.ts';
import type { EpochRequest, EpochRunner, StateCommits } from './epoch-runner.ts';
import type { PhysicalPlan } from './planner.ts';
import type { BatchReport } from './progress.ts';
import type { QueryExecution } from './query-execution.ts';
import type { RecoveryPoint } from './recovery.ts';
import type { Stopwatch } from './stopwatch.ts';
import { offsetDigest } from '../checkpoint/offset-log.ts';
import { WatermarkTracker, microsToWatermarkMs } from '../windows/watermark.ts';
import { IdleStreams } from './idle-streams.ts';
import { EpochMetrics } from './metrics.ts';
import { seedOf } from './seed.ts';
import { stateKey } from './operators/operator-state.ts';

/** Everything a running query is made of. */
export interface MicroBatchParts {
  readonly identity: { readonly id: string; readonly runId: string };
  readonly query: QueryExecution;
  readonly physical: PhysicalPlan;
  readonly runner: EpochRunner;
  readonly sources: readonly Source[];
  /** Plans the whole of each table the query reads, as it is now. */
  readonly planTables: () => Promise<readonly (readonly InputPartition[])[]>;
  readonly sink: Sink;
  readonly offsetLog: OffsetLog;
  readonly commitLog: CommitLog;
  readonly epoch: number;
  readonly outputMode: OutputMode;
  readonly offsetMode: OffsetRequest['mode'];
  readonly environment: EngineEnvironment;
  /** Settings frozen with each batch in the offset log. */
  readonly frozenSettings: Readonly<Record<string, string>>;
}

/** How far the next batch has come: a source is asked for its end; it is known whether there is something to do. */
export type BatchPhase =
  | { readonly kind: 'asking'; readonly source: string }
  | { readonly kind: 'found'; readonly hasData: boolean; readonly isRun: boolean };

/** A batch whose rows and state are durable. */
export interface FinishedBatch {
  readonly metrics: EpochMetrics;
  readonly numOutputRows: number;
  readonly stateFiles: StateCommits;
}

/** A batch as it was begun. */
export interface BatchBegin {
  readonly triggerStartMs: number;
  readonly watch: Stopwatch;
  readonly start: readonly SourceOffset[];
  readonly lateWatermarkMs: number;
}

export class BatchPosition {
  readonly parts: MicroBatchParts;
  readonly #tracker: WatermarkTracker;
  readonly #idle: IdleStreams;
  readonly #stopped = new AbortController();
  #batchId: number;
  #committed: readonly SourceOffset[];
  #committedStates: CommitEntry['stateFiles'] | undefined;
  #previousWatermarkMs: number;
  #previousTriggerStartMs: number | undefined;
  /** The latest time the state of each operator waits for, as reported with the last batch; for state on worker threads. */
  #reportedLatestMicros: readonly (bigint | undefined)[] = [];
  /** The batches of this run that raised the watermark, the latest last, and the values they raised it to. */
  #raises: readonly { readonly watermarkMs: number; readonly batchId: number }[] = [];
  /** Whether somebody wants to see the rows dropped as late. */
  #tracksLateRows: () => boolean = () => false;
  /** Told what the next batch is about. */
  #onPhase: (phase: BatchPhase) => void = () => undefined;
  /** The last batch of this run, as the progress of an idle query shows it. */
  #last: FinishedBatch | undefined;
  #numRun = 0;

  constructor(parts: MicroBatchParts, { batchId, previous, toRepeat }: RecoveryPoint) {
    this.parts = parts;
    const policy = parts.frozenSettings['spark.sql.streaming.multipleWatermarkPolicy'] === 'max' ? 'max' : 'min';
    const initialMs = toRepeat?.batchWatermarkMs ?? previous?.commit.nextBatchWatermarkMs ?? 0;
    this.#tracker = new WatermarkTracker(policy, parts.physical.watermarkDelays, initialMs);
    this.#idle = new IdleStreams(parts.physical.idleTimeouts, parts.environment.clock.nowMs());
    this.#batchId = batchId;
    this.#committed = previous?.offsets.offsets ?? parts.sources.map(() => null);
    this.#committedStates = previous?.commit.stateFiles;
    this.#previousWatermarkMs = previous?.offsets.batchWatermarkMs ?? 0;
  }

  /** The batch to come. */
  get batchId(): number {
    return this.#batchId;
  }

  /** Where each source stands after the last finished batch; null where nothing was read yet. */
  get committed(): readonly SourceOffset[] {
    return this.#committed;
  }

  /** The state of each operator after the last finished batch; undefined before the first. */
  get committedStates(): CommitEntry['stateFiles'] | undefined {
    return this.#committedStates;
  }

  /** The watermark the batch to come runs with. */
  get watermarkMs(): number {
    return this.#tracker.currentMs;
  }

  /** The watermark the last finished batch ran with: what the rows of the batch to come are late by. */
  get lateWatermarkMs(): number {
    return this.#previousWatermarkMs;
  }

  /** Batches finished by this run. */
  get numRun(): number {
    return this.#numRun;
  }

  cancelWaiting(reason: unknown): void {
    this.#stopped.abort(reason);
  }

  trackLateRows(isWanted: () => boolean): void {
    this.#tracksLateRows = isWanted;
  }

  trackPhases(onPhase: (phase: BatchPhase) => void): void {
    this.#onPhase = onPhase;
  }

  showPhase(phase: BatchPhase): void {
    this.#onPhase(phase);
  }

  /** Where the sources reach beyond some offsets; undefined when they do not. */
  async endsAfter(reached: readonly SourceOffset[]): Promise<readonly SourceOffset[] | undefined> {
    const { sources, offsetMode } = this.parts;
    const batchId = this.#batchId;
    const ends = await Promise.all(
      sources.map((source, i) => {
        this.#onPhase({ kind: 'asking', source: source.description });
        return source.latestOffset({ start: reached[i] ?? undefined, mode: offsetMode, batchId });
      }),
    );
    return ends.every((end) => end === undefined) ? undefined : ends.map((end, i) => end ?? reached[i] ?? null);
  }

  /** Moves the watermark past streams that are idle; when all are, to the latest time state waits for. See idle-streams.ts. */
  closeIdleStreams(nowMs: number): void {
    const { physical } = this.parts;
    const idle = this.#idle.idleAt(nowMs);
    if (idle.size === 0) return;
    this.#tracker.advance(new Map(), idle);
    if (idle.size < physical.watermarkDelays.size) return;
    const times = [...physical.states.map((state) => state.latestMicros), ...this.#reportedLatestMicros];
    for (const micros of times) if (micros !== undefined) this.#tracker.raiseTo(-microsToWatermarkMs(-micros));
  }

  /** What the operators are to do for an entry: read from `from` to its ends. */
  async planEpoch(
    entry: OffsetEntry & { readonly digest?: string },
    metrics: EpochMetrics,
    watch: Stopwatch,
    from = this.#committed,
  ): Promise<EpochRequest> {
    const { sources, query, outputMode, planTables, identity } = this.parts;
    const planInput = async (source: Source, i: number): Promise<readonly InputPartition[]> => {
      const end = entry.offsets[i] ?? null;
      const start = from[i] ?? null;
      return end === null || JSON.stringify(start) === JSON.stringify(end)
        ? []
        : source.planInput(start ?? undefined, end, entry.batchTimestampMs);
    };
    const inputs = await watch.time('getBatch', () => Promise.all(sources.map(planInput)));
    const tables = await watch.time('queryPlanning', () => planTables());
    return {
      batchId: entry.batchId,
      outputMode,
      context: query.evaluationContext(entry.batchTimestampMs, seedOf(entry.digest ?? offsetDigest(entry))),
      lateWatermarkMs: this.#previousWatermarkMs,
      evictionWatermarkMs: entry.batchWatermarkMs,
      inputs: [...inputs, ...tables],
      metrics,
      tracksLateRows: this.#tracksLateRows(),
      query: identity,
      sleep: (ms, signal) => this.parts.environment.clock.sleep(ms, signal),
      stopped: this.#stopped.signal,
    };
  }

  /** The state of variables that a processor names no more, but has not deleted: it stays as it is. */
  unnamedStates(): StateCommits {
    const { states, deletedStores } = this.parts.physical;
    const known = new Set([...states.map((state) => stateKey(state)), ...deletedStores]);
    return Object.fromEntries(Object.entries(this.#committedStates ?? {}).filter(([key]) => !known.has(key)));
  }

  /** Writes what `commit` will need, once all rows of the batch have been seen and its state is written. */
  async prepareCommit(entry: LoggedOffsetEntry, metrics: EpochMetrics, stateFiles: StateCommits): Promise<void> {
    await this.parts.commitLog.prepare(this.#commitEntry(entry, metrics, stateFiles));
  }

  /** What `commits/N` says: moves the watermark, which the same rows do only once. */
  #commitEntry({ batchId, digest }: LoggedOffsetEntry, metrics: EpochMetrics, stateFiles: StateCommits): CommitEntry {
    const { epoch, environment } = this.parts;
    const nowMs = environment.clock.nowMs();
    this.#idle.sawRows(metrics.eventTimeByNode.keys(), nowMs);
    this.#tracker.advance(metrics.maxEventTimes(), this.#idle.idleAt(nowMs));
    return { batchId, nextBatchWatermarkMs: this.#tracker.currentMs, offsetDigest: digest, epoch, stateFiles };
  }

  /** The last step of a batch, and everything that may only happen once it is finished. */
  async commit(entry: LoggedOffsetEntry, metrics: EpochMetrics, stateFiles: StateCommits): Promise<void> {
    const { commitLog, epoch, sources, query } = this.parts;
    this.#reportedLatestMicros = [...metrics.stateOperators.values()].map(({ latestMicros }) => latestMicros);
    const { batchId } = entry;
    const commit = this.#commitEntry(entry, metrics, stateFiles);
    const { nextBatchWatermarkMs } = commit;
    await commitLog.add(commit);
    if (nextBatchWatermarkMs > entry.batchWatermarkMs)
      this.#raises = [...this.#raises.slice(-9), { watermarkMs: nextBatchWatermarkMs, batchId }];
    this.#batchId = batchId + 1;
    this.#numRun += 1;
    this.#committed = entry.offsets;
    this.#committedStates = stateFiles;
    this.#previousWatermarkMs = entry.batchWatermarkMs;
    await Promise.all(sources.map((source, i) => commitSource(source, entry.offsets[i] ?? null)));
    await commitLog.purge({
      minBatchesToRetain: query.settings.integer('spark.sql.streaming.minBatchesToRetain', 1),
      epoch,
    });
  }

  /** What a committed batch reports. */
  async report(
    entry: LoggedOffsetEntry,
    batch: FinishedBatch,
    { triggerStartMs, watch, start, lateWatermarkMs }: BatchBegin,
  ): Promise<BatchReport> {
    const { metrics, numOutputRows } = batch;
    const report: BatchReport = {
      batchId: entry.batchId,
      triggerStartMs,
      previousTriggerStartMs: this.#previousTriggerStartMs,
      durationMs: watch.durations(),
      metrics,
      watermarkMs: entry.batchWatermarkMs,
      hasWatermark: this.parts.physical.watermarkDelays.size > 0,
      offsets: entry.offsets.map((end, i) => ({ start: start[i] ?? null, end })),
      numOutputRows,
      lateWatermarkMs,
      raisedByBatchId: metrics.lateRows.length === 0 ? null : await this.#batchThatRaised(lateWatermarkMs),
    };
    this.#previousTriggerStartMs = triggerStartMs;
    this.#last = batch;
    return report;
  }

  /** What a look at the sources that found nothing to do reports, begun at `triggerStartMs` and measured by `watch`. */
  idleReport(triggerStartMs: number, watch: Stopwatch): BatchReport {
    return {
      batchId: this.#batchId,
      triggerStartMs,
      previousTriggerStartMs: this.#previousTriggerStartMs,
      durationMs: watch.durations(),
      metrics: this.#last?.metrics.idle() ?? new EpochMetrics(),
      watermarkMs: this.#tracker.currentMs,
      hasWatermark: this.parts.physical.watermarkDelays.size > 0,
      offsets: this.#committed.map((offset) => ({ start: offset, end: offset })),
      numOutputRows: Math.min(0, this.#last?.numOutputRows ?? 0),
      lateWatermarkMs: this.#previousWatermarkMs,
      raisedByBatchId: null,
    };
  }

  /** The batch whose rows raised the watermark to this value: of this run, else as the commit log says. */
  async #batchThatRaised(watermarkMs: number): Promise<number | null> {
    const known = this.#raises.find((raise) => raise.watermarkMs === watermarkMs);
    if (known !== undefined) return known.batchId;
    const { commitLog } = this.parts;
    for (const batchId of await commitLog.batchIds()) {
      const commit = await commitLog.get(batchId);
      if (commit?.nextBatchWatermarkMs === watermarkMs) return batchId;
    }
    return null;
  }
}

async function commitSource(source: Source, end: SourceOffset): Promise<void> {
  if (end !== null) await source.commit(end);
}
