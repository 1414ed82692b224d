/**
 * The exactly-once protocol of one query, batch by batch. Per batch N, in this order and no other:
 *
 *   1 construct  ask the sources for their ends, write them with the watermark and timestamp to `offsets/N`
 *   2 run        read the ranges, push them through the operators
 *   3 state      make the state's changes durable as version N+1
 *   4 sink       the sink commits the rows under (query, N, digest of offsets/N, epoch)
 *   5 commit     write `commits/N`; only now is N finished
 *
 * A crash anywhere repeats N from its logged entry (recovery.ts); state and rows come out the same, and the sink knows N already or not.
 */
import type { CommitEntry, CommitLog } from '../checkpoint/commit-log.ts';
import type { LoggedOffsetEntry, OffsetEntry, OffsetLog } from '../checkpoint/offset-log.ts';
import type { Sink } from '../sinks/sink.ts';
import type { OutputMode } from '../sinks/sink.ts';
import type { InputPartition, OffsetRequest, Source, SourceOffset } from '../source/source.ts';
import type { ColumnBatch } from '../types/column-batch.ts';
import type { EngineEnvironment } from './environment.ts';
import type { EpochRequest, EpochRunner, StateCommits } from './epoch-runner.ts';
import type { PhysicalPlan } from './planner.ts';
import type { BatchReport } from './progress.ts';
import type { QueryExecution } from './query-execution.ts';
import type { RecoveryPoint } from './recovery.ts';
import { offsetDigest } from '../checkpoint/offset-log.ts';
import { assert } from '../errors/assert.ts';
import { MillraceError } from '../errors/millrace-error.ts';
import { WatermarkTracker, microsToWatermarkMs } from '../windows/watermark.ts';
import { IdleStreams } from './idle-streams.ts';
import { EpochMetrics } from './metrics.ts';
import { drain } from './rx.ts';
import { seedOf } from './seed.ts';
import { stateKey } from './operators/operator-state.ts';
import { Stopwatch } from './stopwatch.ts';

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

export class MicroBatchExecution {
  readonly #parts: MicroBatchParts;
  readonly #tracker: WatermarkTracker;
  #batchId: number;
  #toRepeat: LoggedOffsetEntry | undefined;
  /** Where each source stands after the last finished batch. */
  #committed: readonly SourceOffset[];
  /** The state of each operator after the last finished batch; undefined before the first. */
  #committedStates: CommitEntry['stateFiles'] | undefined;
  /** The watermark the last finished batch ran with. */
  #previousWatermarkMs: number;
  #previousTriggerStartMs: number | undefined;
  readonly #idle: IdleStreams;
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
  /** Batches finished by this run. */
  #numRun = 0;

  /** State must be loaded as `recovery` says before the first batch. */
  constructor(parts: MicroBatchParts, recovery: RecoveryPoint) {
    this.#parts = parts;
    const { previous } = recovery;
    const policy = parts.frozenSettings['spark.sql.streaming.multipleWatermarkPolicy'] === 'max' ? 'max' : 'min';
    const initialMs = recovery.toRepeat?.batchWatermarkMs ?? previous?.commit.nextBatchWatermarkMs ?? 0;
    this.#tracker = new WatermarkTracker(policy, parts.physical.watermarkDelays, initialMs);
    this.#idle = new IdleStreams(parts.physical.idleTimeouts, parts.environment.clock.nowMs());
    this.#batchId = recovery.batchId;
    this.#toRepeat = recovery.toRepeat;
    this.#committed = previous?.offsets.offsets ?? parts.sources.map(() => null);
    this.#committedStates = previous?.commit.stateFiles;
    this.#previousWatermarkMs = previous?.offsets.batchWatermarkMs ?? 0;
  }

  /** Rows dropped as late are reported with each batch for which `isWanted` says so when it starts. */
  trackLateRows(isWanted: () => boolean): void {
    this.#tracksLateRows = isWanted;
  }

  /** `onPhase` is called as each batch goes on. */
  trackPhases(onPhase: (phase: BatchPhase) => void): void {
    this.#onPhase = onPhase;
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
      hasWatermark: this.#parts.physical.watermarkDelays.size > 0,
      offsets: this.#committed.map((offset) => ({ start: offset, end: offset })),
      numOutputRows: Math.min(0, this.#last?.numOutputRows ?? 0),
      lateWatermarkMs: this.#previousWatermarkMs,
      raisedByBatchId: null,
    };
  }

  /** Where each source stands; null where nothing was read yet. */
  get committedOffsets(): readonly SourceOffset[] {
    return this.#committed;
  }

  /**
   * Runs the next batch if there is anything to do; undefined when there is not. With `postponesEviction` a batch without data that would
   * only forget state and put out nothing counts as nothing to do.
   */
  async runNext({ postponesEviction = false, watch = new Stopwatch(this.#parts.environment.clock) } = {}): Promise<
    BatchReport | undefined
  > {
    const triggerStartMs = this.#parts.environment.clock.nowMs();
    const entry = await this.#constructNextBatch(watch, postponesEviction);
    if (entry === undefined) return undefined;
    const start = this.#committed;
    const lateWatermarkMs = this.#previousWatermarkMs;
    const batch = await this.#runBatchPatiently(entry, watch);
    await watch.time('commitOffsets', () => this.#commit(entry, batch.metrics, batch.stateFiles));
    return this.#report(entry, batch, { triggerStartMs, watch, start, lateWatermarkMs });
  }

  async #report(
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
      hasWatermark: this.#parts.physical.watermarkDelays.size > 0,
      offsets: entry.offsets.map((end, i) => ({ start: start[i] ?? null, end })),
      numOutputRows,
      lateWatermarkMs,
      raisedByBatchId: metrics.lateRows.length === 0 ? null : await this.#batchThatRaised(lateWatermarkMs),
    };
    this.#previousTriggerStartMs = triggerStartMs;
    this.#last = batch;
    return report;
  }

  /**
   * Runs a batch of Trigger.RealTime if there is data: a row of epochs, each over what has arrived, whose rows go to the sink at once, until
   * `pace` says that it is over. Only then comes what the other batches begin with: the ends of the sources are written down, and state and
   * commit follow. A crash before that loses nothing, but the next run gives the sink the same rows again.
   */
  async runRealTime(pace: RealTimePace): Promise<BatchReport | undefined> {
    const first = this.#toRepeat === undefined ? await this.#endsAfter(this.#committed) : undefined;
    if (first === undefined) return this.runNext();
    const { clock } = this.#parts.environment;
    const { sink, epoch, offsetLog, runner, frozenSettings } = this.#parts;
    const triggerStartMs = clock.nowMs();
    const watch = new Stopwatch(clock);
    const batchId = this.#batchId;
    const start = this.#committed;
    const lateWatermarkMs = this.#previousWatermarkMs;
    const metrics = new EpochMetrics(() => clock.monotonicMs());
    const plan = {
      batchId,
      batchWatermarkMs: this.#tracker.currentMs,
      batchTimestampMs: triggerStartMs,
      conf: frozenSettings,
    };
    const unnamed = this.#unnamedStates();
    let finished: { readonly entry: LoggedOffsetEntry; readonly stateFiles: StateCommits } | undefined;
    const rows = async function* (this: MicroBatchExecution): AsyncGenerator<ColumnBatch> {
      let reached = start;
      for (let ends: readonly SourceOffset[] | undefined = first; ; ends = await this.#endsAfter(reached)) {
        if (ends !== undefined) {
          const request = await this.#planEpoch(
            { ...plan, batchTimestampMs: clock.nowMs(), offsets: ends },
            metrics,
            watch,
            reached,
          );
          yield* runner.run({ ...request, isPartOfBatch: true });
          reached = ends;
        }
        if (pace.isOver()) break;
        if (ends === undefined) await pace.waitForData(reached);
      }
      const entry = await watch.time('walCommit', () => offsetLog.add({ ...plan, offsets: reached }));
      finished = { entry, stateFiles: { ...unnamed, ...(await runner.commit(batchId + 1)) } };
    }.call(this);
    const identity = { batchId, offsetDigest: '', epoch, lastCommittedBatchId: batchId - 1 };
    const { numOutputRows } = await watch.time('addBatch', () => sink.addBatch(identity, rows));
    assert(finished !== undefined, 'the sinks of real time read a batch to its end');
    const { entry, stateFiles } = finished;
    await watch.time('commitOffsets', () => this.#commit(entry, metrics, stateFiles));
    const begin = { triggerStartMs, watch, start, lateWatermarkMs };
    return this.#report(entry, { metrics, numOutputRows, stateFiles }, begin);
  }

  /** Where the sources reach beyond some offsets; undefined when they do not. */
  async #endsAfter(reached: readonly SourceOffset[]): Promise<readonly SourceOffset[] | undefined> {
    const { sources, offsetMode } = this.#parts;
    const batchId = this.#batchId;
    const ends = await Promise.all(
      sources.map((source, i) => {
        this.#onPhase({ kind: 'asking', source: source.description });
        return source.latestOffset({ start: reached[i] ?? undefined, mode: offsetMode, batchId });
      }),
    );
    return ends.every((end) => end === undefined) ? undefined : ends.map((end, i) => end ?? reached[i] ?? null);
  }

  /** Step 1. A batch begun before a crash is taken from the log; else the sources are asked. */
  async #constructNextBatch(watch: Stopwatch, postponesEviction: boolean): Promise<LoggedOffsetEntry | undefined> {
    const logged = this.#toRepeat;
    this.#toRepeat = undefined;
    if (logged !== undefined) {
      this.#onPhase({ kind: 'found', hasData: true, isRun: true });
      return logged;
    }
    const { offsetLog, offsetMode, environment, frozenSettings } = this.#parts;
    const ends = await watch.time('latestOffset', () => this.#endsAfter(this.#committed));
    const nowMs = environment.clock.nowMs();
    const hasData = ends !== undefined;
    if (!hasData && offsetMode === 'default') this.#closeIdleStreams(nowMs);
    const watermarkNeedsBatch = this.#watermarkNeedsBatch() && !(postponesEviction && this.#isEvictionSilent());
    const isRun = hasData || watermarkNeedsBatch || this.#clockNeedsBatch(nowMs);
    this.#onPhase({ kind: 'found', hasData, isRun });
    if (!isRun) return undefined;
    return watch.time('walCommit', () =>
      offsetLog.add({
        batchId: this.#batchId,
        batchWatermarkMs: this.#tracker.currentMs,
        batchTimestampMs: nowMs,
        conf: frozenSettings,
        offsets: ends ?? this.#committed,
      }),
    );
  }

  /** Moves the watermark past streams that are idle; when all are, to the latest time state waits for. See idle-streams.ts. */
  #closeIdleStreams(nowMs: number): void {
    const { physical } = this.#parts;
    const idle = this.#idle.idleAt(nowMs);
    if (idle.size === 0) return;
    this.#tracker.advance(new Map(), idle);
    if (idle.size < physical.watermarkDelays.size) return;
    const times = [...physical.states.map((state) => state.latestMicros), ...this.#reportedLatestMicros];
    for (const micros of times) if (micros !== undefined) this.#tracker.raiseTo(-microsToWatermarkMs(-micros));
  }

  /** The batch whose rows raised the watermark to this value: of this run, else as the commit log says. */
  async #batchThatRaised(watermarkMs: number): Promise<number | null> {
    const known = this.#raises.find((raise) => raise.watermarkMs === watermarkMs);
    if (known !== undefined) return known.batchId;
    const { commitLog } = this.#parts;
    for (const batchId of await commitLog.batchIds()) {
      const commit = await commitLog.get(batchId);
      if (commit?.nextBatchWatermarkMs === watermarkMs) return batchId;
    }
    return null;
  }

  /** True when no data came, but the watermark has moved since the last batch and some state waits for that. */
  #watermarkNeedsBatch(): boolean {
    const { physical, query } = this.#parts;
    return (
      query.settings.runsNoDataBatches &&
      this.#batchId > 0 &&
      physical.waitsForWatermark(this.#previousWatermarkMs, this.#tracker.currentMs)
    );
  }

  /** True when forgetting state puts out no rows. */
  #isEvictionSilent(): boolean {
    const { physical, outputMode } = this.#parts;
    return outputMode === 'update' && physical.states.every((state) => SILENT_WHEN_EVICTING.has(state.operatorName));
  }

  /** True when a timer of processing time is due. A run that ends by itself looks once, so that timers cannot keep it alive. */
  #clockNeedsBatch(nowMs: number): boolean {
    const dueMs = this.#parts.offsetMode === 'default' || this.#numRun === 0 ? this.nextTimerMs : undefined;
    return this.#parts.query.settings.runsNoDataBatches && dueMs !== undefined && dueMs <= nowMs;
  }

  /** When the next timer of processing time is due, in ms; undefined when there is none. */
  get nextTimerMs(): number | undefined {
    const due = this.#parts.physical.states.flatMap((state) => {
      const micros = state.noDataBatches === 'clock' ? state.earliestMicros() : undefined;
      return micros === undefined ? [] : [Number(micros / 1000n)];
    });
    return due.length === 0 ? undefined : Math.min(...due);
  }

  /** Runs a batch, again from the last committed state when it failed for a reason that may pass; gives up after a few times. */
  async #runBatchPatiently(entry: LoggedOffsetEntry, watch: Stopwatch): Promise<FinishedBatch> {
    const { environment, runner } = this.#parts;
    for (let attempt = 1; ; attempt++) {
      try {
        return await this.#runBatch(entry, watch);
      } catch (error) {
        if (attempt >= MAX_ATTEMPTS || !(error instanceof MillraceError) || error.retry !== 'backoff') throw error;
        environment.log.warn(`Batch ${entry.batchId} is run again after attempt ${attempt}: ${error.message}`);
        await environment.clock.sleep(FIRST_PAUSE_MS * 2 ** (attempt - 1) * (0.5 + environment.random() / 2));
        await runner.load(this.#committedStates);
      }
    }
  }

  /** Steps 2 to 4. The sink sees the end of the rows only after the state is durable. */
  async #runBatch(entry: LoggedOffsetEntry, watch: Stopwatch): Promise<FinishedBatch> {
    const { sink, epoch: epochNumber, runner } = this.#parts;
    const { clock } = this.#parts.environment;
    const metrics = new EpochMetrics(() => clock.monotonicMs());
    const request = await this.#planEpoch(entry, metrics, watch);
    const unnamed = this.#unnamedStates();
    let stateFiles: StateCommits = {};
    let isComplete = false;
    const rows = async function* (): AsyncGenerator<ColumnBatch> {
      yield* runner.run(request);
      stateFiles = { ...unnamed, ...(await runner.commit(entry.batchId + 1)) };
      isComplete = true;
    };
    const { batchId, digest } = entry;
    const identity = { batchId, offsetDigest: digest, epoch: epochNumber, lastCommittedBatchId: batchId - 1 };
    const iterable = rows();
    const { numOutputRows } = await watch.time('addBatch', async () => {
      const result = await sink.addBatch(identity, iterable);
      // A sink that knows the batch already may not have read it; the state still needs it.
      if (!isComplete) await drain(iterable);
      return result;
    });
    assert(isComplete, 'a batch is run to its end before it is committed');
    return { metrics, numOutputRows, stateFiles };
  }

  /** The state of variables that a processor names no more, but has not deleted: it stays as it is. */
  #unnamedStates(): StateCommits {
    const { states, deletedStores } = this.#parts.physical;
    const known = new Set([...states.map((state) => stateKey(state)), ...deletedStores]);
    return Object.fromEntries(Object.entries(this.#committedStates ?? {}).filter(([key]) => !known.has(key)));
  }

  async #planEpoch(
    entry: OffsetEntry & { readonly digest?: string },
    metrics: EpochMetrics,
    watch: Stopwatch,
    from = this.#committed,
  ): Promise<EpochRequest> {
    const { sources, query, outputMode } = this.#parts;
    const planInput = async (source: Source, i: number): Promise<readonly InputPartition[]> => {
      const end = entry.offsets[i] ?? null;
      const start = from[i] ?? null;
      return end === null || JSON.stringify(start) === JSON.stringify(end)
        ? []
        : source.planInput(start ?? undefined, end, entry.batchTimestampMs);
    };
    const inputs = await watch.time('getBatch', () => Promise.all(sources.map(planInput)));
    const tables = await watch.time('queryPlanning', () => this.#parts.planTables());
    return {
      batchId: entry.batchId,
      outputMode,
      context: query.evaluationContext(entry.batchTimestampMs, seedOf(entry.digest ?? offsetDigest(entry))),
      lateWatermarkMs: this.#previousWatermarkMs,
      evictionWatermarkMs: entry.batchWatermarkMs,
      inputs: [...inputs, ...tables],
      metrics,
      tracksLateRows: this.#tracksLateRows(),
      query: this.#parts.identity,
    };
  }

  /** Step 5, and everything that may only happen once the batch is finished. */
  async #commit(entry: LoggedOffsetEntry, metrics: EpochMetrics, stateFiles: StateCommits): Promise<void> {
    const { commitLog, epoch, sources, query } = this.#parts;
    const nowMs = this.#parts.environment.clock.nowMs();
    this.#reportedLatestMicros = [...metrics.stateOperators.values()].map(({ latestMicros }) => latestMicros);
    this.#idle.sawRows(metrics.eventTimeByNode.keys(), nowMs);
    this.#tracker.advance(metrics.maxEventTimes(), this.#idle.idleAt(nowMs));
    const { batchId, digest } = entry;
    const nextBatchWatermarkMs = this.#tracker.currentMs;
    await commitLog.add({ batchId, nextBatchWatermarkMs, offsetDigest: digest, epoch, stateFiles });
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
}

/** The operators that in update mode put out nothing when the watermark passes their state. */
const SILENT_WHEN_EVICTING = new Set(['stateStoreSave', 'dedupe', 'dedupeWithinWatermark', 'globalLimit']);

/** How often a batch is tried before its failure ends the query; sinks and sources have tried on their own before. */
const MAX_ATTEMPTS = 4;
const FIRST_PAUSE_MS = 1000;

/** When a batch of Trigger.RealTime ends, and how it waits for more rows. */
export interface RealTimePace {
  isOver(): boolean;
  /** Resolves when a source may have something beyond `reached`, or the batch may be over. */
  waitForData(reached: readonly SourceOffset[]): Promise<void>;
}

/** How far the next batch has come: a source is asked for its end; it is known whether there is something to do. */
export type BatchPhase =
  | { readonly kind: 'asking'; readonly source: string }
  | { readonly kind: 'found'; readonly hasData: boolean; readonly isRun: boolean };

interface BatchBegin {
  readonly triggerStartMs: number;
  readonly watch: Stopwatch;
  readonly start: readonly SourceOffset[];
  readonly lateWatermarkMs: number;
}

interface FinishedBatch {
  readonly metrics: EpochMetrics;
  readonly numOutputRows: number;
  readonly stateFiles: StateCommits;
}

async function commitSource(source: Source, end: SourceOffset): Promise<void> {
  if (end !== null) await source.commit(end);
}
