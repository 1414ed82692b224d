/**
 * The contract of a sink: it takes the rows of one micro-batch and makes them visible exactly once per batch id, or says that it cannot.
 *
 * The engine calls `open` once, then `addBatch` with rising batch ids; after a crash it repeats the last batch with the same id, digest
 * and rows. A sink that guarantees exactly once keeps a marker `(queryId, batchId, offsetDigest, epoch)` committed atomically with the
 * rows and: same batch and digest ⇒ does nothing; same batch, other digest ⇒ CHECKPOINT_REGRESSED; higher epoch seen ⇒ CHECKPOINT_FENCED;
 * a marker ahead of the checkpoint's last batch by more than one ⇒ CHECKPOINT_MISSING.
 */
import type { ColumnBatch } from '../types/column-batch.ts';
import type { StructType } from '../types/data-type.ts';

export type OutputMode = 'append' | 'update' | 'complete';

export type SaveMode = 'append' | 'overwrite' | 'errorifexists' | 'ignore';

/** What a sink is told once, before the first batch. */
export interface SinkContext {
  /** Options by lower-case name; `path` is the argument of start() or save(). */
  readonly options: ReadonlyMap<string, string>;
  readonly schema: StructType;
  /** `batch`: one addBatch with batch id 0 that is a table write of its own. */
  readonly mode: OutputMode | 'batch';
  /** For batch writes. */
  readonly saveMode: SaveMode;
  /** For an overwrite of partitions: what is not below all of these folders (`kind=x`) stays. Absent or empty: all is replaced. */
  readonly replacedFolders?: readonly string[];
  /** Names of the columns that identify a row in update mode: the grouping columns; empty when the query has none. */
  readonly keyColumns: readonly string[];
  readonly partitionColumns: readonly string[];
  readonly queryId: string;
  readonly queryName: string | undefined;
  readonly timeZone: string;
  readonly nowMs: () => number;
  readonly sleep: (ms: number, signal?: AbortSignal) => Promise<void>;
  /** Standard output line writer of the process, for the console sink. */
  readonly printLine: (line: string) => void;
  /** The in-process object behind the sink: a foreachBatch function, a memory table. */
  readonly handle?: object;
}

/** Identity of a micro-batch, the same on every repetition but for the epoch. */
export interface BatchIdentity {
  readonly batchId: number;
  /** SHA-256 in hex of the batch's entry in the offset log. */
  readonly offsetDigest: string;
  /** Rises with every start of the query; the fencing token. */
  readonly epoch: number;
  /** The last batch the checkpoint has committed, -1 when none. */
  readonly lastCommittedBatchId: number;
}

export interface SinkResult {
  /** Rows written, -1 when unknown (then progress prints -1 as Spark). */
  readonly numOutputRows: number;
}

export interface Sink {
  /** What progress prints; no secrets. */
  readonly description: string;
  /** Connects, checks schema and output mode, creates what is missing. Throws typed errors; may be retried by the engine. */
  open(): Promise<void>;
  /**
   * Writes one micro-batch and commits it. The iterable must be consumed to its end before the commit; an error it throws must abort
   * everything. Empty batches are added as well. Resolves when the rows are durable.
   */
  addBatch(identity: BatchIdentity, batches: AsyncIterable<ColumnBatch>): Promise<SinkResult>;
  close(): Promise<void>;
}

/** How a kind of sink is made; one per folder, listed in registry.ts. */
export interface SinkProvider {
  readonly name: string;
  readonly aliases?: readonly string[];
  readonly optionNames: readonly string[];
  readonly outputModes: readonly OutputMode[];
  /** Said in docs and explain. */
  readonly guarantee: 'exactly-once' | 'at-least-once' | 'none';
  create(context: SinkContext): Sink;
}
