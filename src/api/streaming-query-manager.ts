/** All streaming queries of a session: `session.streams`. */
import type { StreamingQueryListener } from '../engine/query-events.ts';
import type { StreamingQuery } from '../engine/streaming-query.ts';
import type { Clock } from '../engine/environment.ts';
import { MillraceError } from '../errors/millrace-error.ts';

export class StreamingQueryManager {
  readonly #clock: Clock;
  readonly #active = new Map<string, StreamingQuery>();
  /** Where queries keep their checkpoint, as it was written. */
  readonly #locations = new WeakMap<StreamingQuery, string>();
  /** Names of queries that are being started. */
  readonly #starting = new Set<string>();
  readonly #listeners = new Set<StreamingQueryListener>();
  /** Whether a query has ended since the last resetTerminated, and the first error of those. */
  #anyEnded = false;
  #firstFailure: Error | undefined;
  #waiters: (() => void)[] = [];

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** The queries that run now. */
  get active(): StreamingQuery[] {
    return [...this.#active.values()];
  }

  /** A running query by id. */
  get(id: string): StreamingQuery | undefined {
    return this.active.find((query) => query.id === id);
  }

  addListener(listener: StreamingQueryListener): void {
    this.#listeners.add(listener);
  }

  removeListener(listener: StreamingQueryListener): void {
    this.#listeners.delete(listener);
  }

  /** Waits until any query has ended since the last resetTerminated: true; false when `timeoutMs` passed first. Rejects with its error. */
  async awaitAnyTermination(timeoutMs?: number): Promise<boolean> {
    if (!this.#anyEnded) {
      const ended = new Promise<void>((resolve) => this.#waiters.push(resolve));
      await (timeoutMs === undefined ? ended : Promise.race([ended, this.#clock.sleep(timeoutMs)]));
    }
    if (this.#firstFailure !== undefined) throw this.#firstFailure;
    return this.#anyEnded;
  }

  /** Forgets the queries that have ended, so that awaitAnyTermination waits for the next. */
  resetTerminated(): void {
    this.#anyEnded = false;
    this.#firstFailure = undefined;
  }

  /** Passes the events of all queries on to the listeners; for the writers of this session. */
  get listener(): StreamingQueryListener {
    const each = (call: (listener: StreamingQueryListener) => void): void => {
      for (const listener of this.#listeners) {
        try {
          call(listener);
        } catch {
          // One listener's mistake is not the others'.
        }
      }
    };
    return {
      onQueryStarted: (event) => each((listener) => listener.onQueryStarted?.(event)),
      onQueryProgress: (event) => each((listener) => listener.onQueryProgress?.(event)),
      onQueryIdle: (event) => each((listener) => listener.onQueryIdle?.(event)),
      onQueryTerminated: (event) => each((listener) => listener.onQueryTerminated?.(event)),
    };
  }

  /**
   * Starts a query and keeps account of it; for the writers of this session. A name may be used by one running query; a run of this session
   * on the same checkpoint is stopped first, as in Spark.
   */
  async start(
    {
      queryName: name,
      checkpointLocation,
    }: { readonly queryName: string | undefined; readonly checkpointLocation: string | undefined },
    start: () => Promise<StreamingQuery>,
  ): Promise<StreamingQuery> {
    const isTaken = this.active.some((query) => query.isActive && query.name === name);
    if (name !== undefined && (isTaken || this.#starting.has(name)))
      throw new MillraceError('DUPLICATE_QUERY_NAME', { name });
    if (name !== undefined) this.#starting.add(name);
    try {
      if (checkpointLocation !== undefined) await this.#stopRunOn(checkpointLocation);
      const query = await start();
      this.#active.set(query.runId, query);
      if (checkpointLocation !== undefined) this.#locations.set(query, checkpointLocation);
      void query
        .awaitTermination()
        .catch(() => false)
        .then(() => this.#ended(query));
      return query;
    } finally {
      if (name !== undefined) this.#starting.delete(name);
    }
  }

  async #stopRunOn(checkpointLocation: string): Promise<void> {
    await this.active.find((query) => this.#locations.get(query) === checkpointLocation)?.stop();
  }

  #ended(query: StreamingQuery): void {
    this.#active.delete(query.runId);
    this.#anyEnded = true;
    this.#firstFailure ??= query.exception() ?? undefined;
    for (const wake of this.#waiters.splice(0)) wake();
  }
}
