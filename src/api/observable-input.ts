/**
 * An RxJS Observable of rows as a streaming source: rows that arrive together become one column batch of a memory stream. Subscribed when
 * the first query over it starts.
 */
import type { Observable, Subscription } from 'rxjs';
import type { StructType } from '../types/data-type.ts';
import type { Row } from '../types/row-codec.ts';
import { MemoryStream } from '../source/memory/memory-stream.ts';
import { batchFromRows } from '../types/row-codec.ts';

export class ObservableInput {
  readonly #rows: Observable<Row | readonly Row[]>;
  readonly #stream: MemoryStream;
  #subscription: Subscription | undefined;
  #waiting: Row[] = [];

  /** `maxBufferedRows`: how many rows may wait for the query; beyond it the stream fails with MEMORY_STREAM_FULL. */
  constructor(rows: Observable<Row | readonly Row[]>, schema: StructType, maxBufferedRows: number) {
    this.#rows = rows;
    this.#stream = new MemoryStream(schema, { description: 'Observable', maxBufferedRows });
  }

  /** The stream the rows go to; subscribes at the first call. */
  connected(): MemoryStream {
    this.#subscription ??= this.#rows.subscribe({
      next: (value) => this.#take(value),
      error: (error: unknown) => this.#end(() => this.#stream.fail(error)),
      complete: () => this.#end(() => this.#stream.end()),
    });
    return this.#stream;
  }

  #take(value: Row | readonly Row[]): void {
    if (this.#waiting.length === 0) queueMicrotask(() => this.#flush());
    if (Array.isArray(value)) this.#waiting.push(...(value as readonly Row[]));
    else this.#waiting.push(value as Row);
  }

  #end(finish: () => void): void {
    this.#flush();
    if (!this.#stream.hasEnded) finish();
  }

  /** A row that does not fit the schema, or too many rows, fail the stream and with it the query. */
  #flush(): void {
    const rows = this.#waiting;
    this.#waiting = [];
    if (rows.length === 0 || this.#stream.hasEnded) return;
    try {
      this.#stream.addBatch(batchFromRows(this.#stream.schema, rows));
    } catch (error) {
      this.#subscription?.unsubscribe();
      this.#stream.fail(error);
    }
  }
}
