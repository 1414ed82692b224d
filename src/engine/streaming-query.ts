/**
 * A running query and the user's handle on it: the loop that starts batches by trigger, the life cycle (running → terminated), progress
 * and waiting. What a batch does is micro-batch.ts.
 */
import type { Observable } from 'rxjs';
import type { Sink } from '../sinks/sink.ts';
import type { Source, SourceOffset } from '../source/source.ts';
import type { EngineEnvironment } from './environment.ts';
import type { BatchPhase } from './batch-position.ts';
import type { MicroBatchExecution } from './micro-batch.ts';
import type { RealTimePace } from './real-time-batch.ts';
import type { OperatorState } from './operators/operator-state.ts';
import type { LateRow } from './late-row.ts';
import type { BatchReport, QueryIdentity, StreamingQueryProgress } from './progress.ts';
import type { ExplainMode } from './query-execution.ts';
import type { StreamingQueryRequest } from './query-request.ts';
import { Subject } from 'rxjs';
import { MillraceError } from '../errors/millrace-error.ts';
import { firstRowsText } from '../plan/first-rows.ts';
import { lateRowsOf } from './late-row.ts';
import { progressOf } from './progress.ts';
import { Stopwatch } from './stopwatch.ts';
import { delayToNextTriggerMs, endsByItself, isContinuous } from './trigger.ts';

/** What the query is doing just now. */
export interface StreamingQueryStatus {
  readonly message: string;
  readonly isDataAvailable: boolean;
  readonly isTriggerActive: boolean;
}

export interface StreamingQueryParts {
  readonly identity: QueryIdentity;
  readonly request: StreamingQueryRequest;
  readonly execution: MicroBatchExecution;
  readonly sources: readonly Source[];
  readonly states: readonly (readonly OperatorState[])[];
  readonly sink: Sink;
  readonly environment: EngineEnvironment;
  /** Closes sources, sink and checkpoint. */
  readonly close: () => Promise<void>;
}

export class StreamingQuery {
  readonly #parts: StreamingQueryParts;
  readonly #recent: StreamingQueryProgress[] = [];
  readonly #progress = new Subject<StreamingQueryProgress>();
  readonly #lateRows = new Subject<LateRow>();
  readonly #terminated: Promise<void>;
  /** Wakes the loop out of its wait for data or for the next trigger. */
  #wakeUp = new AbortController();
  #isStopping = false;
  #isActive = true;
  #failure: MillraceError | Error | undefined;
  #status: StreamingQueryStatus = { message: 'Initializing sources', isDataAvailable: false, isTriggerActive: false };
  #idleWaiters: { readonly resolve: () => void; readonly reject: (error: Error) => void; armed: boolean }[] = [];

  /** Starts running at once. */
  constructor(parts: StreamingQueryParts) {
    this.#parts = parts;
    parts.execution.trackLateRows(() => this.#lateRows.observed);
    parts.execution.trackPhases((phase) => this.#showPhase(phase));
    const { id, runId, name } = parts.identity;
    const timestamp = new Date(parts.environment.clock.nowMs()).toISOString();
    notify(() => parts.request.listener.onQueryStarted?.({ id, runId, name: name ?? null, timestamp }));
    this.#terminated = this.#run();
  }

  /** Survives restarts: it belongs to the checkpoint. */
  get id(): string {
    return this.#parts.identity.id;
  }

  /** New with every start. */
  get runId(): string {
    return this.#parts.identity.runId;
  }

  get name(): string | null {
    return this.#parts.identity.name ?? null;
  }

  get isActive(): boolean {
    return this.#isActive;
  }

  get status(): StreamingQueryStatus {
    return this.#status;
  }

  /** Progress of the last batch, null before the first. */
  get lastProgress(): StreamingQueryProgress | null {
    return this.#recent.at(-1) ?? null;
  }

  /** Progress of the last batches, oldest first; at most `spark.sql.streaming.numRecentProgressUpdates`. */
  get recentProgress(): readonly StreamingQueryProgress[] {
    return [...this.#recent];
  }

  /** Progress as it happens; completes when the query ends, also by an error (see exception). */
  get progress$(): Observable<StreamingQueryProgress> {
    return this.#progress.asObservable();
  }

  /**
   * The rows that are dropped because they came too late, each with its window and the watermark in force, once their batch is committed.
   * Costs nothing while nobody is subscribed. Not told by batches that began before, nor by operators on worker threads.
   */
  get lateRows$(): Observable<LateRow> {
    return this.#lateRows.asObservable();
  }

  /** The plans as text, and when the first rows can appear. */
  explain(mode: ExplainMode = 'simple'): string {
    const { environment, request } = this.#parts;
    const plans = request.query.explain(mode, environment);
    const first = firstRowsText(request.query.optimized, request.outputMode);
    return first === undefined ? plans : `${plans}\n\n== First Rows ==\n${first}`;
  }

  /** The error the query failed with, null while it runs and when it was stopped. */
  exception(): Error | null {
    return this.#failure ?? null;
  }

  /**
   * Waits for the end: resolves to true when the query stopped or came to its end, to false when `timeoutMs` passed first. Rejects with
   * the error the query failed with.
   */
  async awaitTermination(timeoutMs?: number): Promise<boolean> {
    const ended = this.#terminated.then(() => true);
    const isEnded = timeoutMs === undefined ? await ended : await Promise.race([ended, this.#timeout(timeoutMs)]);
    if (isEnded && this.#failure !== undefined) throw this.#failure;
    return isEnded;
  }

  /** Waits until everything that is available now has been processed and committed. For tests. */
  async processAllAvailable(): Promise<void> {
    if (this.#failure !== undefined) throw this.#failure;
    if (!this.#isActive) return;
    await new Promise<void>((resolve, reject) => {
      this.#idleWaiters.push({ resolve, reject, armed: false });
      this.#wakeUp.abort(WOKEN);
    });
  }

  /**
   * Stops: the batch in flight is finished and committed, sources and sink are closed. Only a batch that waits for asynchronous functions of
   * the user is given up, and run when the query is started again. Safe to call again.
   */
  async stop(): Promise<void> {
    this.#isStopping = true;
    this.#wakeUp.abort(WOKEN);
    this.#parts.execution.cancelWaiting(STOPPED);
    await this.#terminated;
  }

  async #timeout(timeoutMs: number): Promise<boolean> {
    await this.#parts.environment.clock.sleep(timeoutMs);
    return false;
  }

  async #run(): Promise<void> {
    // The caller gets his handle before anything happens.
    await Promise.resolve();
    try {
      await this.#loop();
    } catch (error) {
      if (!isCausedBy(error, STOPPED))
        this.#failure =
          error instanceof Error ? error : new MillraceError('INTERNAL_ERROR', { message: String(error) });
    }
    await this.#parts.close();
    this.#terminate();
  }

  async #loop(): Promise<void> {
    const { trigger } = this.#parts.request;
    const { clock } = this.#parts.environment;
    let lastEventMs = clock.nowMs();
    let wasIdle = true;
    while (!this.#isStopping) {
      const startMs = clock.nowMs();
      for (const waiter of this.#idleWaiters) waiter.armed = true;
      this.#status = { ...this.#status, isTriggerActive: true };
      // State that only has to be forgotten waits for a pause, so that rows arriving one by one do not wait for it.
      const isFirstLook: boolean = !wasIdle && isContinuous(trigger) && this.#idleWaiters.length === 0;
      const { execution } = this.#parts;
      const watch = new Stopwatch(clock);
      const report: BatchReport | undefined =
        trigger.kind === 'realTime'
          ? await execution.runRealTime(this.#paceUntil(startMs + trigger.durationMs))
          : await execution.runNext({ postponesEviction: isFirstLook, watch });
      wasIdle = report === undefined;
      if (report === undefined) {
        if (endsByItself(trigger)) return;
        this.#releaseIdleWaiters();
        lastEventMs = this.#reportIdle(lastEventMs, () => execution.idleReport(startMs, watch));
      } else {
        const progress = this.#remember(report);
        notify(() => this.#parts.request.listener.onQueryProgress?.({ progress }));
        this.#progress.next(progress);
        this.#publishLateRows(report);
        lastEventMs = clock.nowMs();
        if (trigger.kind === 'once') return;
      }
      await this.#waitForNextTrigger(startMs, wasIdle ? (isFirstLook ? PAUSE_MS : MAX_WAIT_MS) : undefined);
    }
  }

  /** Sleeps to the next boundary of the trigger, or, when there was nothing to do, at most `idleMs` until a source may have something. */
  async #waitForNextTrigger(startMs: number, idleMs: number | undefined): Promise<void> {
    const { environment, request } = this.#parts;
    const { trigger } = request;
    if (endsByItself(trigger)) return;
    if (this.#wakeUp.signal.aborted) this.#wakeUp = new AbortController();
    if (this.#isStopping || this.#idleWaiters.length > 0) return;
    const { signal } = this.#wakeUp;
    const nowMs = environment.clock.nowMs();
    const delayMs = trigger.kind === 'processingTime' ? delayToNextTriggerMs(trigger, startMs, nowMs) : 0;
    if (delayMs > 0) {
      this.#status = {
        message: 'Waiting for next trigger',
        isDataAvailable: idleMs === undefined,
        isTriggerActive: false,
      };
      await environment.clock.sleep(delayMs, signal);
    } else if (idleMs !== undefined) {
      this.#status = { message: 'Waiting for data to arrive', isDataAvailable: false, isTriggerActive: false };
      await this.#waitForData(this.#parts.execution.committedOffsets, idleMs, signal);
    }
  }

  /** A batch of Trigger.RealTime ends at its time, and earlier when somebody waits for its commit or for the end of the query. */
  #paceUntil(endMs: number): RealTimePace {
    const { clock } = this.#parts.environment;
    if (this.#wakeUp.signal.aborted) this.#wakeUp = new AbortController();
    const isOver = (): boolean => this.#isStopping || this.#idleWaiters.length > 0 || clock.nowMs() >= endMs;
    return {
      isOver,
      waitForData: async (reached) => {
        if (!isOver())
          await this.#waitForData(reached, Math.min(MAX_WAIT_MS, endMs - clock.nowMs()), this.#wakeUp.signal);
      },
    };
  }

  async #waitForData(reached: readonly SourceOffset[], maxMs: number, stopSignal: AbortSignal): Promise<void> {
    const { environment, request, sources, execution } = this.#parts;
    const pollingMs = request.query.settings.integer('spark.sql.streaming.pollingDelay', 1);
    const waiting = new AbortController();
    const end = (): void => waiting.abort(WOKEN);
    stopSignal.addEventListener('abort', end, { once: true });
    const waits = sources.map(async (source, i) => {
      const start = reached[i] ?? undefined;
      if (source.waitForData === undefined) await environment.clock.sleep(pollingMs, waiting.signal);
      else await source.waitForData(start, maxMs, waiting.signal);
    });
    const timerMs = execution.nextTimerMs;
    const untilTimerMs = timerMs === undefined ? maxMs : timerMs - environment.clock.nowMs();
    if (untilTimerMs < maxMs) waits.push(environment.clock.sleep(untilTimerMs, waiting.signal));
    try {
      await Promise.race(waits);
    } finally {
      stopSignal.removeEventListener('abort', end);
      end();
      await Promise.allSettled(waits);
    }
  }

  #publishLateRows({ batchId, metrics, lateWatermarkMs: watermarkMs, raisedByBatchId }: BatchReport): void {
    if (metrics.lateRows.length === 0) return;
    for (const row of lateRowsOf(metrics.lateRows, { batchId, watermarkMs, raisedByBatchId })) this.#lateRows.next(row);
  }

  /** Adds the progress of a report to the recent ones. */
  #remember(report: BatchReport): StreamingQueryProgress {
    const { sources, states, sink, identity, request } = this.#parts;
    const { settings } = request.query;
    const numPartitions = settings.integer('spark.sql.shuffle.partitions', 1);
    const progress = progressOf(identity, report, {
      sources,
      states,
      sinkDescription: sink.description,
      numPartitions,
    });
    this.#recent.push(progress);
    if (this.#recent.length > settings.integer('spark.sql.streaming.numRecentProgressUpdates', 1)) this.#recent.shift();
    return progress;
  }

  #showPhase(phase: BatchPhase): void {
    const { isDataAvailable } = this.#status;
    if (phase.kind === 'asking') {
      this.#status = { message: `Getting offsets from ${phase.source}`, isDataAvailable, isTriggerActive: true };
      return;
    }
    const message = phase.hasData
      ? 'Processing new data'
      : phase.isRun
        ? 'No new data but cleaning up state'
        : 'Waiting for data to arrive';
    this.#status = { message, isDataAvailable: phase.hasData, isTriggerActive: true };
  }

  /** Says now and then that the query is alive but has nothing to do: to listeners, and with a progress of its own. */
  #reportIdle(lastEventMs: number, report: () => BatchReport): number {
    const { environment, request, identity } = this.#parts;
    const nowMs = environment.clock.nowMs();
    if (nowMs - lastEventMs < request.query.settings.integer('spark.sql.streaming.noDataProgressEventInterval'))
      return lastEventMs;
    this.#remember(report());
    const { id, runId } = identity;
    notify(() => request.listener.onQueryIdle?.({ id, runId, timestamp: new Date(nowMs).toISOString() }));
    return nowMs;
  }

  #releaseIdleWaiters(): void {
    const ready = this.#idleWaiters.filter(({ armed }) => armed);
    this.#idleWaiters = this.#idleWaiters.filter(({ armed }) => !armed);
    for (const { resolve } of ready) resolve();
  }

  #terminate(): void {
    this.#isActive = false;
    const failure = this.#failure;
    const message = failure === undefined ? 'Stopped' : `Terminated with exception: ${failure.message}`;
    this.#status = { message, isDataAvailable: false, isTriggerActive: false };
    for (const { resolve, reject } of this.#idleWaiters) {
      if (failure === undefined) resolve();
      else reject(failure);
    }
    this.#idleWaiters = [];
    const { id, runId } = this.#parts.identity;
    const errorClassOnException = failure instanceof MillraceError ? failure.condition : null;
    const exception = failure?.message ?? null;
    notify(() => this.#parts.request.listener.onQueryTerminated?.({ id, runId, exception, errorClassOnException }));
    if (failure !== undefined)
      this.#parts.environment.log.error(`Query ${this.name ?? id} ended with an error: ${failure.message}`);
    this.#progress.complete();
    this.#lateRows.complete();
  }
}

/** The longest a source may wait for data before the loop looks around again. */
const MAX_WAIT_MS = 1000;
/** Without data for this long, the query has time to forget state. */
const PAUSE_MS = 100;
/** Given as a reason, because without one each abort makes an error with its stack. */
const WOKEN = 'woken';
/** Why a batch is given up when its query is stopped. */
const STOPPED = new DOMException('the query is stopped', 'AbortError');

/** Listeners must not break a query. */
function notify(call: () => void): void {
  try {
    call();
  } catch {
    // A listener's own mistake; the query goes on.
  }
}

/** True when a failure goes back to `reason`. */
function isCausedBy(error: unknown, reason: unknown): boolean {
  return error === reason || (error instanceof Error && error.cause !== undefined && isCausedBy(error.cause, reason));
}
