/**
 * The sink behind `foreachBatch`: hands the rows of each micro-batch to a function of the user. At least once: after a crash the same
 * batch id comes again with the same rows, so a function that remembers batch ids is exactly once. The api layer makes the DataFrame.
 */
import type { ColumnBatch } from '../../types/column-batch.ts';
import type { BatchIdentity, Sink, SinkContext, SinkProvider, SinkResult } from '../sink.ts';
import { assert } from '../../errors/assert.ts';
import { MillraceError } from '../../errors/millrace-error.ts';
import { collectBatches } from '../commit-marker.ts';

/** The handle of the sink: gets all rows of a micro-batch, also of an empty one. The batch is committed when the promise resolves. */
export type ForeachBatchFunction = (batches: readonly ColumnBatch[], batchId: number) => Promise<void>;

export const foreachBatchSinkProvider: SinkProvider = {
  name: 'foreachBatch',
  aliases: ['foreach-batch'],
  optionNames: [],
  outputModes: ['append', 'update', 'complete'],
  guarantee: 'at-least-once',
  create: (context) => new ForeachBatchSink(context),
};

class ForeachBatchSink implements Sink {
  readonly description = 'ForeachBatchSink';
  readonly #write: ForeachBatchFunction;

  constructor(context: SinkContext) {
    assert(typeof context.handle === 'function', 'the handle of a foreachBatch sink is a function');
    this.#write = context.handle as ForeachBatchFunction;
  }

  async open(): Promise<void> {}

  async addBatch(identity: BatchIdentity, batches: AsyncIterable<ColumnBatch>): Promise<SinkResult> {
    const rows = await collectBatches(batches);
    try {
      await this.#write(rows, identity.batchId);
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      throw new MillraceError('FOREACH_BATCH_USER_FUNCTION_ERROR', { reason }, { cause: error });
    }
    // As in Spark: what the function does with the rows is not known.
    return { numOutputRows: -1 };
  }

  async close(): Promise<void> {}
}
