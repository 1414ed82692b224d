/**
 * The contract of a source: an unbounded (or bounded) table read in ranges of offsets. Transport only: bytes become columns in a
 * format. Sources know nothing of queries. Everything is pulled: a source reads ahead only what it bounds itself.
 *
 * Order of calls by the engine: `open` once; then per batch `latestOffset` → (the engine logs the range) → `planInput` → `read` of each
 * partition, maybe again after a failure → `commit`. After a restart `planInput` may be called with a logged range before any
 * `latestOffset`; it must give exactly the rows it gave before.
 */
import type { ColumnBatch } from '../types/column-batch.ts';
import type { StructType } from '../types/data-type.ts';
import type { ScanFilter } from '../types/scan-filter.ts';

/** JSON as data. Longs beyond 2^53 (sequence numbers) are strings. */
export type JsonValue = null | boolean | number | string | readonly JsonValue[] | { readonly [key: string]: JsonValue };

/** A position in a source: JSON, compared by the source, kept in the offset log. */
export type SourceOffset = JsonValue;

/** A part of a batch's input that can be read on its own, in any order, on any worker. */
export interface InputPartition {
  /** What errors and explain print: a file, a shard with its range. */
  readonly description: string;
  /** What the source needs to read it; plain JSON. */
  readonly payload: JsonValue;
  /** About how much there is to read, where that is known before. */
  readonly sizeBytes?: number;
}

/** The end a query may read to. */
export interface OffsetRequest {
  /** Where the previous batch ended; undefined before the first batch. */
  readonly start: SourceOffset | undefined;
  /** `available-now`: never go beyond what was there when prepareForAvailableNow was called. `once`: all there is, no rate limits. */
  readonly mode: 'default' | 'available-now' | 'once';
  readonly batchId: number;
}

export interface SourceMetrics {
  readonly [name: string]: string;
}

/** What a source is given when it is made. */
export interface SourceContext {
  /** Options by lower-case name. */
  readonly options: ReadonlyMap<string, string>;
  /** The user's schema, undefined when he gave none. */
  readonly schema: StructType | undefined;
  readonly isStreaming: boolean;
  readonly timeZone: string;
  readonly nowMs: () => number;
  readonly sleep: (ms: number, signal?: AbortSignal) => Promise<void>;
  readonly random: () => number;
  /**
   * A durable place for the source's own log (`sources/<i>/` of the checkpoint), present when a query runs. Names are relative.
   */
  readonly log?: SourceLog;
  /** The in-process object behind the relation, for memory streams and Observables. */
  readonly handle?: object;
  /** Rows that do not pass all of these are not wanted: a source may leave them out, and need not. */
  readonly filters?: readonly ScanFilter[];
}

/** The part of the checkpoint that belongs to one source. */
export interface SourceLog {
  /** What errors print. */
  readonly location?: string;
  read(name: string): Promise<Uint8Array | undefined>;
  list(): Promise<readonly string[]>;
  /** Writes an entry; the same name may be written again with the same content after a restart. Durable when resolved. */
  write(name: string, bytes: Uint8Array): Promise<void>;
}

export interface Source {
  /** What progress prints. */
  readonly description: string;
  readonly schema: StructType;
  /** Connects and checks that the thing read exists; throws typed errors. */
  open(): Promise<void>;
  /**
   * The end of the next batch, or undefined when nothing is new since `start`. Must not block for data longer than a moment. A source
   * that cannot know its end without reading (Kinesis) reads into a bounded buffer here.
   */
  latestOffset(request: OffsetRequest): Promise<SourceOffset | undefined>;
  /** Freezes the end for Trigger.AvailableNow and for batch reads. Called at most once, before the first latestOffset. */
  prepareForAvailableNow(): Promise<void>;
  /**
   * The partitions between `start` (exclusive; undefined: the beginning) and `end` (inclusive). `cutAtMs` is the time the batch has in the
   * offset log; rows must not depend on it.
   */
  planInput(start: SourceOffset | undefined, end: SourceOffset, cutAtMs?: number): Promise<readonly InputPartition[]>;
  /** The rows of a partition with just `columns` (names of the schema, in this order). */
  read(partition: InputPartition, columns: readonly string[]): AsyncIterable<ColumnBatch>;
  /** Everything up to `end` is committed; may free or clean up. Best effort, never fails the query. */
  commit(end: SourceOffset): Promise<void>;
  /** Resolves when new data may be there (or after at most `timeoutMs`); lets a batch start at once instead of by polling. */
  waitForData?(start: SourceOffset | undefined, timeoutMs: number, signal: AbortSignal): Promise<void>;
  /** It gives a part of the rows, other processes the others, and the division changes: only for queries without state. */
  readonly isDivided?: true;
  /** Numbers for `sources[].metrics` of the progress, of the last batch. */
  metrics?(): SourceMetrics;
  /** False for a source whose progress does not tell how far it could read, as Spark's file source. */
  readonly reportsLatestOffset?: false;
  close(): Promise<void>;
}

/** How a kind of source is made; one per folder, listed in registry.ts. */
export interface SourceProvider {
  /** Format name as in `readStream.format(name)`. */
  readonly name: string;
  readonly aliases?: readonly string[];
  /** Known option names in Spark's spelling; others are UNKNOWN_OPTION. */
  readonly optionNames: readonly string[];
  /**
   * The schema without opening, where it is known from options or fixed; called when the user gave no schema. Undefined: the source
   * needs one. May look at the data (inference) in batch reads.
   */
  inferSchema?(context: SourceContext): Promise<StructType | undefined>;
  /**
   * Partitions can be read on other threads: a source made there without log and `open`ed reads what this one planned, its payload and
   * the relation being all it needs. Absent: they are read where they were planned.
   */
  readonly readsAnywhere?: true;
  /** The schema when it never depends on data or the user (`kinesis`, `rate`). */
  readonly fixedSchema?: StructType;
  /** The fields of the column `_metadata`, which is read only when it is named: `read` may then be asked for that name as well. */
  readonly metadataSchema?: StructType;
  /** The schema when it follows from the options alone (`socket`). */
  schemaOf?(options: ReadonlyMap<string, string>): StructType;
  /** What explain prints before the source is open; no secrets. */
  describe(options: ReadonlyMap<string, string>): string;
  create(context: SourceContext): Source;
}
