/**
 * The `memory` sink: the rows become a table of this process, named by queryName. Append and update add the rows of each batch (as Spark,
 * update does not replace), complete replaces the table. Exactly once per batch id as long as the table object lives.
 */
import type { ColumnBatch } from '../../types/column-batch.ts';
import type { BatchIdentity, Sink, SinkContext, SinkProvider, SinkResult } from '../sink.ts';
import { assert } from '../../errors/assert.ts';
import { MillraceError } from '../../errors/millrace-error.ts';
import { collectBatches, commitPlace, countRows, decideCommit, drainRows, markerOf } from '../commit-marker.ts';
import { MemoryTable } from './memory-table.ts';

export const memorySinkProvider: SinkProvider = {
  name: 'memory',
  optionNames: [],
  outputModes: ['append', 'update', 'complete'],
  guarantee: 'exactly-once',
  create: (context) => new MemorySink(context),
};

class MemorySink implements Sink {
  readonly description = 'MemorySink';
  readonly #context: SinkContext;
  readonly #table: MemoryTable;

  constructor(context: SinkContext) {
    if (context.queryName === undefined || context.queryName === '')
      throw new MillraceError('_LEGACY_ERROR_TEMP_1194', {});
    assert(context.handle instanceof MemoryTable, 'the handle of a memory sink is its MemoryTable');
    this.#context = context;
    this.#table = context.handle;
  }

  async open(): Promise<void> {}

  async addBatch(identity: BatchIdentity, batches: AsyncIterable<ColumnBatch>): Promise<SinkResult> {
    const { queryId, mode } = this.#context;
    const decision = decideCommit(
      this.#table.markerOf(queryId),
      identity,
      commitPlace(this.#context, this.description),
    );
    if (decision === 'skip') {
      const numOutputRows = await drainRows(batches);
      this.#table.setMarker(queryId, markerOf(identity));
      return { numOutputRows };
    }
    const rows = await collectBatches(batches);
    this.#table.commit(queryId, markerOf(identity), rows, mode === 'complete');
    return { numOutputRows: countRows(rows) };
  }

  async close(): Promise<void> {}
}
