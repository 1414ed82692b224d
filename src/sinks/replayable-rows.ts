/**
 * The rows of one micro-batch, which the query can give only once, kept so that a sink can write them again after a failure. Keeps column
 * batches, not copies; above the limit it forgets them and a second reading fails, so that the engine repeats the batch.
 */
import type { ColumnBatch } from '../types/column-batch.ts';

/** The query failed while its rows were read; the cause is its error. */
export class RowsFailed extends Error {}

/** The rows are wanted again but were too many to be kept. */
export class ReplayTooLarge extends Error {}

export class ReplayableRows {
  readonly #source: AsyncIterator<ColumnBatch>;
  readonly #maxRows: number;
  #kept: ColumnBatch[] = [];
  #numRows = 0;
  #isDone = false;

  constructor(batches: AsyncIterable<ColumnBatch>, maxRows: number) {
    this.#source = batches[Symbol.asyncIterator]();
    this.#maxRows = maxRows;
  }

  /** All rows from the first on. */
  async *read(): AsyncGenerator<ColumnBatch> {
    if (this.#numRows > this.#maxRows)
      throw new ReplayTooLarge(`a batch of more than ${this.#maxRows} rows cannot be written again by the sink itself`);
    for (let i = 0; ; i++) {
      const batch = this.#kept[i] ?? (await this.#next());
      if (batch === undefined) return;
      yield batch;
    }
  }

  /** Reads what is left without giving it out; the number of rows of the whole batch. */
  async drain(): Promise<number> {
    while ((await this.#next()) !== undefined);
    return this.#numRows;
  }

  /** Tells the query that no more rows are wanted. */
  async close(): Promise<void> {
    if (!this.#isDone) await this.#source.return?.();
    this.#isDone = true;
    this.#kept = [];
  }

  async #next(): Promise<ColumnBatch | undefined> {
    if (this.#isDone) return undefined;
    let result: IteratorResult<ColumnBatch>;
    try {
      result = await this.#source.next();
    } catch (error) {
      this.#isDone = true;
      throw new RowsFailed('the rows of the batch could not be read', { cause: error });
    }
    if (result.done === true) {
      this.#isDone = true;
      return undefined;
    }
    this.#numRows += result.value.numRows;
    if (this.#numRows <= this.#maxRows) this.#kept.push(result.value);
    else this.#kept = [];
    return result.value;
  }
}
