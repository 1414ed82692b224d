/**
 * The contract of a state store: a StateTable made durable version by version. One store per stateful operator and name (`left`,
 * `right`, `default`), or per range of its buckets, their commits merged by merge-commits.ts. changelog-state-store.ts keeps it on any
 * checkpoint.
 *
 * Order of calls per run: `load` once; then per batch N the operator changes `table` and the engine calls `commit(N + 1)` before the
 * sink's commit, and writes the result to `commits/N`. When the batch fails afterwards: `abort`, or `load` of the last logged commit.
 */
import type { StatePages } from './state-pages.ts';
import type { StateTable } from './state-table.ts';

/** A durable entry of a state version, as listed in the commit log. */
export interface StateFile {
  readonly name: string;
  readonly sizeBytes: number;
  /** CRC-32C of the content. */
  readonly crc32c: number;
  /** The entry counts for the keys in these buckets only, from inclusive, to exclusive; absent: for all. */
  readonly buckets?: readonly [from: number, to: number];
  /** The earliest and latest time of its rows, in µs as texts, where rows leave by their time. */
  readonly times?: readonly [first: string, last: string];
  /** Its rows whose time, in this key column, is at or before this one, in µs as a text, count no more. */
  readonly expired?: readonly [keyColumn: number, upToMicros: string];
}

/** All that is needed to load a version: entries in loading order, for every bucket its snapshot first, then deltas oldest first. */
export interface StateCommit {
  readonly version: number;
  readonly numRowsTotal: number;
  /** The rows in bucket ranges `[from, to, rows]`, when several partitions wrote the version; absent: one range, all buckets. */
  readonly rowsByRange?: readonly (readonly [from: number, to: number, rows: number])[];
  readonly files: readonly StateFile[];
  /** The entries with what this version changed, also when `files` needs others; absent when nothing changed. For change feeds. */
  readonly changes?: readonly StateFile[];
  /** The rows this version removed by their time, instead of their keys in `changes`: those of these entries up to a time in µs. */
  readonly expired?: {
    readonly keyColumn: number;
    readonly upToMicros: string;
    readonly files: readonly StateFile[];
  };
}

/** Spark's numbers of a stateful operator, of the last commit. */
export interface StateMetrics {
  readonly numRowsTotal: number;
  readonly numRowsUpdated: number;
  readonly numRowsRemoved: number;
  readonly memoryUsedBytes: number;
  readonly commitTimeMs: number;
  /** Bytes of state that are in files instead of memory; absent where state does not spill. */
  readonly spilledBytes?: number;
}

/** Where state entries are kept; a CheckpointStore is one. */
export interface StateEntries {
  readonly location: string;
  read(name: string): Promise<Uint8Array | undefined>;
  /** The bytes are the caller's again once it resolves: they are copied, sent or on their way to nobody then. */
  write(name: string, bytes: Uint8Array): Promise<void>;
}

export interface StateStore {
  /** The same table for the whole life of the store; changed only between `load` and `commit`. */
  readonly table: StateTable;
  /** Numbers of the last commit; zeros before it. */
  readonly metrics: StateMetrics;
  /**
   * Replaces the table's content by a committed version; undefined is the empty state of a new query. Fails with
   * CHECKPOINT_STATE_MISSING, CHECKPOINT_CORRUPT or STATE_STORE_*_SCHEMA_NOT_COMPATIBLE, and never with less than the whole state. A
   * store of some buckets takes its rows out of a commit of any partitioning.
   */
  load(commit: StateCommit | undefined): Promise<void>;
  /** Writes what changed as `version` (batch id + 1). After a failure the changes are still there: try again or `abort`. */
  commit(version: number): Promise<StateCommit>;
  /** Back to the version loaded or committed last. */
  abort(): Promise<void>;
}

/** A store whose content can be out of memory for a while; see state-partition.ts. */
export interface SpillableStateStore extends StateStore {
  /** The version loaded or committed last, as far as it is about the buckets of the store. */
  readonly committed: StateCommit | undefined;
  /** Takes the content out of memory, changes included; until `restore` nothing else may be called but `load` and `metrics`. */
  release(): StatePages;
  /** Puts back what `release` gave. */
  restore(pages: StatePages): void;
}
