/** A stream of rows that a test or a program adds to by hand; made by `session.memoryStream` and the test kit. */
import type { MemoryStream } from '../source/memory/memory-stream.ts';
import type { Row } from '../types/row-codec.ts';
import type { DataFrame } from './data-frame.ts';
import { batchFromRows } from '../types/row-codec.ts';

export class MemoryInput<T = Row> {
  readonly #stream: MemoryStream;
  readonly #frame: DataFrame<T, 'known'>;

  constructor(stream: MemoryStream, frame: DataFrame<T, 'known'>) {
    this.#stream = stream;
    this.#frame = frame;
  }

  /** Adds rows, as objects or as arrays in column order; they are in the next micro-batch. */
  addData(...rows: readonly (Partial<T> | readonly unknown[])[]): void {
    this.#stream.addBatch(batchFromRows(this.#stream.schema, rows as readonly (Row | readonly unknown[])[]));
  }

  /** The stream as a DataFrame. */
  toDF(): DataFrame<T, 'known'> {
    return this.#frame;
  }
}
