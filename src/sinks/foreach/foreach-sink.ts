/**
 * The sink behind `foreach(writer)`: calls a writer of the user row by row. At least once; `(partitionId, epochId)` is the same when a
 * batch is repeated. The result of a batch arrives as one partition, 0. `close` runs whenever `open` returned, whatever it returned;
 * `open` returning false skips the rows.
 */
import type { ColumnBatch } from '../../types/column-batch.ts';
import type { Row } from '../../types/row-codec.ts';
import type { BatchIdentity, Sink, SinkContext, SinkProvider, SinkResult } from '../sink.ts';
import { assert } from '../../errors/assert.ts';
import { MillraceError } from '../../errors/millrace-error.ts';
import { rowAt } from '../../types/row-codec.ts';

/** What the user hands to `foreach`; `epochId` is the batch id. */
export interface ForeachWriter {
  open?(partitionId: number, epochId: number): boolean | Promise<boolean> | void;
  process(row: Row): void | Promise<void>;
  close?(error: unknown): void | Promise<void>;
}

export const foreachSinkProvider: SinkProvider = {
  name: 'foreach',
  optionNames: [],
  outputModes: ['append', 'update', 'complete'],
  guarantee: 'at-least-once',
  create: (context) => new ForeachSink(context),
};

class ForeachSink implements Sink {
  readonly description = 'ForeachSink';
  readonly #writer: ForeachWriter;

  constructor(context: SinkContext) {
    const writer = context.handle as Partial<ForeachWriter> | undefined;
    assert(typeof writer?.process === 'function', 'the handle of a foreach sink has a method process');
    this.#writer = writer as ForeachWriter;
  }

  async open(): Promise<void> {}

  async addBatch(identity: BatchIdentity, batches: AsyncIterable<ColumnBatch>): Promise<SinkResult> {
    const isWanted = await userCall(async () => (await this.#writer.open?.(0, identity.batchId)) !== false);
    let failure: unknown = null;
    try {
      const numOutputRows = await this.#processAll(batches, isWanted);
      return { numOutputRows };
    } catch (error) {
      failure = error;
      throw error;
    } finally {
      const cause = failure instanceof MillraceError ? (failure.cause ?? failure) : failure;
      await userCall(async () => this.#writer.close?.(cause));
    }
  }

  async close(): Promise<void> {}

  async #processAll(batches: AsyncIterable<ColumnBatch>, isWanted: boolean): Promise<number> {
    let numRows = 0;
    for await (const batch of batches) {
      if (!isWanted) continue;
      for (let row = 0; row < batch.numRows; row++) await userCall(async () => this.#writer.process(rowAt(batch, row)));
      numRows += batch.numRows;
    }
    return numRows;
  }
}

async function userCall<Result>(call: () => Promise<Result>): Promise<Result> {
  try {
    return await call();
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new MillraceError('FOREACH_USER_FUNCTION_ERROR', { reason }, { cause: error });
  }
}
