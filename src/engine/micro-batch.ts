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
 * While the entry of step 1 is on its way to the disk, steps 2 and 3 begin (run-ahead.ts), but the sink is not called before it is there.
 * What `commits/N` will say is written before the sink is called, too; it gets its name in step 5.
 */
import type { LoggedOffsetEntry } from '../checkpoint/offset-log.ts';
import type { SourceOffset } from '../source/source.ts';
import type { BatchPhase, FinishedBatch, MicroBatchParts } from './batch-position.ts';
import type { StateCommits } from './epoch-runner.ts';
import type { BatchReport } from './progress.ts';
import type { RealTimePace } from './real-time-batch.ts';
import type { RecoveryPoint } from './recovery.ts';
import { assert } from '../errors/assert.ts';
import { MillraceError } from '../errors/millrace-error.ts';
import { BatchPosition } from './batch-position.ts';
import { EpochMetrics } from './metrics.ts';
import { runRealTimeBatch } from './real-time-batch.ts';
import { heldUntil, rowsOf } from './run-ahead.ts';
import { drain } from './rx.ts';
import { Stopwatch } from './stopwatch.ts';

export class MicroBatchExecution {
  readonly #parts: MicroBatchParts;
  readonly #position: BatchPosition;
  #toRepeat: LoggedOffsetEntry | undefined;

  /** State must be loaded as `recovery` says before the first batch. */
  constructor(parts: MicroBatchParts, recovery: RecoveryPoint) {
    this.#parts = parts;
    this.#position = new BatchPosition(parts, recovery);
    this.#toRepeat = recovery.toRepeat;
  }

  /** Ends what the batch in flight waits for outside, with this reason. */
  cancelWaiting(reason: unknown): void {
    this.#position.cancelWaiting(reason);
  }

  /** Rows dropped as late are reported with each batch for which `isWanted` says so when it starts. */
  trackLateRows(isWanted: () => boolean): void {
    this.#position.trackLateRows(isWanted);
  }

  /** `onPhase` is called as each batch goes on. */
  trackPhases(onPhase: (phase: BatchPhase) => void): void {
    this.#position.trackPhases(onPhase);
  }

  /** What a look at the sources that found nothing to do reports, begun at `triggerStartMs` and measured by `watch`. */
  idleReport(triggerStartMs: number, watch: Stopwatch): BatchReport {
    return this.#position.idleReport(triggerStartMs, watch);
  }

  /** Where each source stands; null where nothing was read yet. */
  get committedOffsets(): readonly SourceOffset[] {
    return this.#position.committed;
  }

  /**
   * Runs the next batch if there is anything to do; undefined when there is not. With `postponesEviction` a batch without data that would
   * only forget state and put out nothing counts as nothing to do.
   */
  async runNext({ postponesEviction = false, watch = new Stopwatch(this.#parts.environment.clock) } = {}): Promise<
    BatchReport | undefined
  > {
    const position = this.#position;
    const triggerStartMs = this.#parts.environment.clock.nowMs();
    const begun = await this.#constructNextBatch(watch, postponesEviction);
    if (begun === undefined) return undefined;
    const { entry } = begun;
    const { committed: start, lateWatermarkMs } = position;
    const batch = await this.#runBatchPatiently(begun, watch);
    await watch.time('commitOffsets', () => position.commit(entry, batch.metrics, batch.stateFiles));
    return await position.report(entry, batch, { triggerStartMs, watch, start, lateWatermarkMs });
  }

  /** Runs a batch of Trigger.RealTime if there is data, until `pace` says that it is over. */
  async runRealTime(pace: RealTimePace): Promise<BatchReport | undefined> {
    if (this.#toRepeat !== undefined) return this.runNext();
    const ends = await this.#position.endsAfter(this.#position.committed);
    return ends === undefined ? this.runNext() : runRealTimeBatch(this.#position, ends, pace);
  }

  /** Step 1. A batch begun before a crash is taken from the log; else the sources are asked. */
  async #constructNextBatch(watch: Stopwatch, postponesEviction: boolean): Promise<BegunBatch | undefined> {
    const logged = this.#toRepeat;
    this.#toRepeat = undefined;
    if (logged !== undefined) {
      this.#position.showPhase({ kind: 'found', hasData: true, isRun: true });
      return { entry: logged, durable: Promise.resolve() };
    }
    const { offsetLog, offsetMode, environment, frozenSettings } = this.#parts;
    const ends = await watch.time('latestOffset', () => this.#position.endsAfter(this.#position.committed));
    const nowMs = environment.clock.nowMs();
    const hasData = ends !== undefined;
    if (!hasData && offsetMode === 'default') this.#position.closeIdleStreams(nowMs);
    const watermarkNeedsBatch = this.#watermarkNeedsBatch() && !(postponesEviction && this.#isEvictionSilent());
    const isRun = hasData || watermarkNeedsBatch || this.#clockNeedsBatch(nowMs);
    this.#position.showPhase({ kind: 'found', hasData, isRun });
    if (!isRun) return undefined;
    const { logged: entry, durable } = offsetLog.begin({
      batchId: this.#position.batchId,
      batchWatermarkMs: this.#position.watermarkMs,
      batchTimestampMs: nowMs,
      conf: frozenSettings,
      offsets: ends ?? this.#position.committed,
    });
    watch.time('walCommit', () => durable).catch(() => undefined);
    return { entry, durable };
  }

  /** True when no data came, but the watermark has moved since the last batch and some state waits for that. */
  #watermarkNeedsBatch(): boolean {
    const { physical, query } = this.#parts;
    return (
      query.settings.runsNoDataBatches &&
      this.#position.batchId > 0 &&
      physical.waitsForWatermark(this.#position.lateWatermarkMs, this.#position.watermarkMs)
    );
  }

  /** True when forgetting state puts out no rows. */
  #isEvictionSilent(): boolean {
    const { physical, outputMode } = this.#parts;
    return outputMode === 'update' && physical.states.every((state) => SILENT_WHEN_EVICTING.has(state.operatorName));
  }

  /** True when a timer of processing time is due. A run that ends by itself looks once, so that timers cannot keep it alive. */
  #clockNeedsBatch(nowMs: number): boolean {
    const dueMs = this.#parts.offsetMode === 'default' || this.#position.numRun === 0 ? this.nextTimerMs : undefined;
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
  async #runBatchPatiently(begun: BegunBatch, watch: Stopwatch): Promise<FinishedBatch> {
    const { environment, runner } = this.#parts;
    const { entry } = begun;
    for (let attempt = 1; ; attempt++) {
      try {
        return await this.#runBatch(begun, watch);
      } catch (error) {
        // A batch that could not be written down has failed for good.
        await begun.durable;
        if (attempt >= MAX_ATTEMPTS || !(error instanceof MillraceError) || error.retry !== 'backoff') throw error;
        environment.log.warn(`Batch ${entry.batchId} is run again after attempt ${attempt}: ${error.message}`);
        await environment.clock.sleep(FIRST_PAUSE_MS * 2 ** (attempt - 1) * (0.5 + environment.random() / 2));
        await runner.load(this.#position.committedStates);
      }
    }
  }

  /** Steps 2 to 4. The sink sees the end of the rows only after the state is durable. */
  async #runBatch({ entry, durable }: BegunBatch, watch: Stopwatch): Promise<FinishedBatch> {
    const { sink, epoch: epochNumber, runner } = this.#parts;
    const { clock } = this.#parts.environment;
    const metrics = new EpochMetrics(() => clock.monotonicMs());
    const request = await this.#position.planEpoch(entry, metrics, watch);
    const unnamed = this.#position.unnamedStates();
    let stateFiles: StateCommits = {};
    let isComplete = false;
    const commitState = async (): Promise<void> => {
      stateFiles = { ...unnamed, ...(await runner.commit(entry.batchId + 1)) };
      await this.#position.prepareCommit(entry, metrics, stateFiles);
      isComplete = true;
    };
    const results = runner.run(request);
    const { batchId, digest } = entry;
    const identity = { batchId, offsetDigest: digest, epoch: epochNumber, lastCommittedBatchId: batchId - 1 };
    const { numOutputRows } = await watch.time('addBatch', async () => {
      try {
        const iterable = rowsOf(results, commitState, await heldUntil(durable, results, commitState));
        const result = await sink.addBatch(identity, iterable);
        // A sink that knows the batch already may not have read it; the state still needs it.
        if (!isComplete) await drain(iterable);
        return result;
      } finally {
        await results.return(undefined);
      }
    });
    assert(isComplete, 'a batch is run to its end before it is committed');
    return { metrics, numOutputRows, stateFiles };
  }
}

/** A batch with its entry in the offset log, which is there when `durable` resolves. */
interface BegunBatch {
  readonly entry: LoggedOffsetEntry;
  readonly durable: Promise<void>;
}

/** The operators that in update mode put out nothing when the watermark passes their state. */
const SILENT_WHEN_EVICTING = new Set(['stateStoreSave', 'dedupe', 'dedupeWithinWatermark', 'globalLimit']);

/** How often a batch is tried before its failure ends the query; sinks and sources have tried on their own before. */
const MAX_ATTEMPTS = 4;
const FIRST_PAUSE_MS = 1000;
