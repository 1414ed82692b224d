/**
 * The handle of a stream whose rows come from this process: what users push to (`memoryStream`, `fromObservable`) and what a
 * MemorySource reads. Not a queue with delivery: rows stay until every open reader has committed them, so that a restarted query can
 * read its logged range again. Offsets are the ordinals of the batches added, from 0, as in Spark's MemoryStream.
 */
import { MillraceError } from '../../errors/millrace-error.ts';
import { assert } from '../../errors/assert.ts';
import type { ColumnBatch } from '../../types/column-batch.ts';
import { sameType, sqlName, type StructType } from '../../types/data-type.ts';

export interface MemoryStreamOptions {
  /** What errors and progress print; `MemoryStream[a,b]` by default. */
  readonly description?: string;
  /** Adding beyond this many uncommitted rows is an error (`MEMORY_STREAM_FULL`); no limit by default. */
  readonly maxBufferedRows?: number;
}

/**
 * An unbounded table in memory.
 *
 * @example
 * const stream = new MemoryStream(schema);
 * stream.addBatch(batchFromRows(schema, [{ action: 'open' }]));
 */
export class MemoryStream {
  readonly schema: StructType;
  readonly description: string;
  readonly #maxBufferedRows: number;
  #batches: ColumnBatch[] = [];
  /** Ordinal of `#batches[0]`. */
  #firstOrdinal = 0;
  #numBufferedRows = 0;
  #hasEnded = false;
  #failure: unknown;
  readonly #listeners = new Set<() => void>();
  /** Committed ordinal of each open reader. */
  readonly #readers = new Map<object, number>();

  constructor(schema: StructType, options: MemoryStreamOptions = {}) {
    this.schema = schema;
    this.description = options.description ?? `MemoryStream[${schema.fields.map((field) => field.name).join(',')}]`;
    this.#maxBufferedRows = options.maxBufferedRows ?? Number.POSITIVE_INFINITY;
  }

  /** Ordinal of the last batch added; -1 before the first. */
  get lastOrdinal(): number {
    return this.#firstOrdinal + this.#batches.length - 1;
  }

  /** Ordinal of the oldest batch still kept; `lastOrdinal + 1` when none is. */
  get firstOrdinal(): number {
    return this.#firstOrdinal;
  }

  /** Rows kept because a reader has not committed them. */
  get numBufferedRows(): number {
    return this.#numBufferedRows;
  }

  /** True once `end` or `fail` was called: no more rows will come. */
  get hasEnded(): boolean {
    return this.#hasEnded;
  }

  /** Why the producer stopped, when it stopped by `fail`. */
  get failure(): unknown {
    return this.#failure;
  }

  /** Adds rows and wakes waiting readers; returns the ordinal of the batch. The batch must have the stream's schema. */
  addBatch(batch: ColumnBatch): number {
    assert(!this.#hasEnded, 'nothing is added to a memory stream that has ended');
    assert(
      sameType(batch.schema, this.schema),
      `a batch added to ${this.description} has its schema ${sqlName(this.schema)}`,
    );
    const numRows = this.#numBufferedRows + batch.numRows;
    if (numRows > this.#maxBufferedRows) {
      throw new MillraceError('MEMORY_STREAM_FULL', {
        stream: this.description,
        numRows: String(this.#numBufferedRows),
        maxRows: String(this.#maxBufferedRows),
      });
    }
    this.#numBufferedRows = numRows;
    this.#batches.push(batch);
    this.#notify();
    return this.lastOrdinal;
  }

  /** No more rows will come; what is there is still read. */
  end(): void {
    this.#hasEnded = true;
    this.#notify();
  }

  /** The producer failed: readers get the rows before the failure, then the failure. */
  fail(cause: unknown): void {
    this.#failure = cause;
    this.end();
  }

  /** Calls `listener` at every change until the returned function is called. */
  onChange(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** The batches with ordinals in `(after, to]`; a typed error when some of them were never here or are gone. */
  batchesIn(after: number, to: number): readonly ColumnBatch[] {
    if (after + 1 < this.#firstOrdinal || to > this.lastOrdinal) {
      throw new MillraceError('MEMORY_STREAM_LOST', {
        stream: this.description,
        first: String(after + 1),
        last: String(to),
        kept: this.#batches.length === 0 ? 'none' : `${this.#firstOrdinal} to ${this.lastOrdinal}`,
      });
    }
    return this.#batches.slice(after + 1 - this.#firstOrdinal, to + 1 - this.#firstOrdinal);
  }

  /** A reader that holds back the dropping of rows until it commits or detaches. */
  attach(reader: object): void {
    this.#readers.set(reader, this.#firstOrdinal - 1);
  }

  /** The reader has committed all batches up to `ordinal`; rows that no open reader needs are dropped. */
  commit(reader: object, ordinal: number): void {
    this.#readers.set(reader, Math.max(ordinal, this.#readers.get(reader) ?? -1));
    const committed = Math.min(this.lastOrdinal, ...this.#readers.values());
    const dropped = this.#batches.splice(0, Math.max(committed + 1 - this.#firstOrdinal, 0));
    this.#firstOrdinal += dropped.length;
    for (const batch of dropped) this.#numBufferedRows -= batch.numRows;
  }

  /** The reader is gone; what it has not committed stays for its successor. */
  detach(reader: object): void {
    this.#readers.delete(reader);
  }

  #notify(): void {
    for (const listener of this.#listeners) listener();
  }
}
