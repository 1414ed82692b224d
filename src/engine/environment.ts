/**
 * What the engine is given: clock, randomness, ids and the ways to open sources, sinks and checkpoints. The engine never reaches for
 * these itself, so that tests drive time by hand and kill it at any write.
 */
import type { CheckpointStore } from '../checkpoint/checkpoint-store.ts';
import type { SourceRelation } from '../plan/unresolved-plan.ts';
import type { Sink, SinkContext } from '../sinks/sink.ts';
import type { BucketRange } from '../state/bucket-range.ts';
import type { MemoryBudget } from '../state/memory-budget.ts';
import type { SpillSpace } from '../state/spill-space.ts';
import type { StateEntries, StateStore } from '../state/state-store.ts';
import type { StateSchema } from '../state/state-table.ts';
import type { Source, SourceLog } from '../source/source.ts';
import type { WorkerPool } from '../workers/worker-pool.ts';

/** Time as the engine sees it. */
export interface Clock {
  /** Milliseconds since 1970-01-01 UTC. */
  nowMs(): number;
  /** Milliseconds from an arbitrary start, never going back; for durations. */
  monotonicMs(): number;
  /** Resolves after `ms`, at once when `signal` is aborted; never rejects. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
}

/** What a running query tells the outside besides its progress. */
export interface EngineLog {
  warn(message: string): void;
  error(message: string): void;
}

/** Which state a store keeps. */
export interface StateStoreRequest {
  readonly operatorId: number;
  /** `default`, or one of several, as `left`. */
  readonly storeName: string;
  readonly schema: StateSchema;
  /** The buckets whose keys the store holds, of a partition; default all. */
  readonly buckets?: BucketRange;
  /** The epoch of this run; part of the names of the entries it writes. */
  readonly epoch: number;
  readonly monotonicMs: () => number;
  /** What the tables of the query may hold together in this thread; absent: no limit. */
  readonly memory?: MemoryBudget;
  /** What is held for each key beside the table, for the budget. */
  readonly extraBytesPerKey?: number;
}

/** Whose spilled state it is, and where it goes. */
export interface SpillRequest {
  readonly location: string;
  readonly epoch: number;
  /** The number of the worker thread; the coordinator has -1. */
  readonly thread: number;
  readonly directory: string;
}

export interface EngineEnvironment {
  readonly clock: Clock;
  /** A number in [0, 1). */
  readonly random: () => number;
  /** A fresh UUID. */
  readonly newId: () => string;
  readonly log: EngineLog;
  /** Makes the source of a relation; `log` is its part of the checkpoint when a streaming query runs. */
  createSource(relation: SourceRelation, timeZone: string, log?: SourceLog): Source;
  /** Makes the sink of a format. */
  createSink(format: string, context: Omit<SinkContext, 'nowMs' | 'sleep' | 'printLine'>): Sink;
  /**
   * Opens the checkpoint at a location; undefined: a temporary one that dies with the query. `queryName` tells the checkpoints of one
   * Redis apart when the location does not.
   */
  openCheckpoint(location: string | undefined, queryName: string | undefined): Promise<CheckpointStore>;
  /** The worker threads of the session; absent where there are none. */
  readonly workers?: WorkerPool;
  /** True when a source made on another thread can read the partitions this relation's source plans. */
  canReadOnWorker(relation: SourceRelation): boolean;
  /** Makes the state store of one stateful operator on the entries of an acquired checkpoint. */
  createStateStore(entries: StateEntries, state: StateStoreRequest): StateStore;
  /**
   * Opens the local files that state of the checkpoint at `location` may go to when memory is short, in a folder of `directory` or, where
   * that is empty, in one beside the checkpoint. Deletes what earlier epochs left behind.
   */
  openSpill(request: SpillRequest): SpillSpace;
}
