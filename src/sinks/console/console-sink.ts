/**
 * The `console` sink: prints the first rows of every micro-batch as a table, in Spark's format. For looking at a query; a repeated batch
 * is printed again.
 */
import type { ColumnBatch } from '../../types/column-batch.ts';
import type { BatchIdentity, Sink, SinkContext, SinkProvider, SinkResult } from '../sink.ts';
import { optionBoolean, optionInt } from '../../types/options.ts';
import { collectBatches, countRows } from '../commit-marker.ts';
import { showTable } from './show-table.ts';

const DEFAULT_ROWS = 20;
const DEFAULT_TRUNCATE = 20;
const RULE = '-------------------------------------------';

export const consoleSinkProvider: SinkProvider = {
  name: 'console',
  optionNames: ['numRows', 'truncate'],
  outputModes: ['append', 'update', 'complete'],
  guarantee: 'none',
  create: (context) => new ConsoleSink(context),
};

class ConsoleSink implements Sink {
  readonly description = 'ConsoleSink';
  readonly #context: SinkContext;
  readonly #numRows: number;
  readonly #truncate: number;

  constructor(context: SinkContext) {
    this.#context = context;
    this.#numRows = optionInt('console', context.options, 'numRows') ?? DEFAULT_ROWS;
    this.#truncate = (optionBoolean('console', context.options, 'truncate') ?? true) ? DEFAULT_TRUNCATE : 0;
  }

  async open(): Promise<void> {}

  async addBatch(identity: BatchIdentity, batches: AsyncIterable<ColumnBatch>): Promise<SinkResult> {
    const rows = await collectBatches(batches);
    const { schema, timeZone, printLine, mode } = this.#context;
    if (mode !== 'batch') for (const line of [RULE, `Batch: ${identity.batchId}`, RULE]) printLine(line);
    const text = showTable(schema, rows, { numRows: this.#numRows, truncate: this.#truncate, timeZone });
    for (const line of text.split('\n')) printLine(line);
    return { numOutputRows: countRows(rows) };
  }

  async close(): Promise<void> {}
}
