/**
 * Sinks of users' own. A writer that keeps the marker it is given together with the rows, and gives it back, is exactly once; one that does
 * not is at least once. `sinkContract` of the test kit checks the former.
 */
import { MillraceError } from '../../errors/millrace-error.ts';
import type { ColumnBatch } from '../../types/column-batch.ts';
import type { StructType } from '../../types/data-type.ts';
import { type Row, rowsOf } from '../../types/row-codec.ts';
import { type CommitMarker, commitPlace, decideCommit, drainRows, markerOf } from '../commit-marker.ts';
import { registerSink } from '../registry.ts';
import { RowsFailed } from '../replayable-rows.ts';
import type { BatchIdentity, OutputMode, Sink, SinkContext, SinkProvider, SinkResult } from '../sink.ts';

/** What a writer is told once. */
export interface SinkWriterContext {
  readonly schema: StructType;
  /** `batch`: one write with batch id 0. */
  readonly mode: OutputMode | 'batch';
  /** The grouping columns, which identify a row in update mode. */
  readonly keyColumns: readonly string[];
  readonly queryId: string;
  readonly queryName: string | undefined;
}

type Awaitable<Value> = Value | Promise<Value>;

/** Writes batches; one writer per run of a query. */
export interface SinkWriter {
  open?(): Awaitable<void>;
  /**
   * Writes the rows of a batch, all or none, and resolves when they are durable. The rows must be read to their end. After a crash the same
   * batch comes again with the same `marker.batchId`. For exactly once `marker` is stored in the same transaction as the rows.
   */
  write(rows: AsyncIterable<Row>, marker: CommitMarker): Awaitable<void>;
  /** The marker stored last, undefined when there is none. With this method the sink is exactly once. */
  readMarker?(): Awaitable<CommitMarker | undefined>;
  /** Stores a marker without rows: the batch is there already, written by an earlier run. */
  writeMarker?(marker: CommitMarker): Awaitable<void>;
  close?(): Awaitable<void>;
}

/** A sink of one's own. */
export interface SinkDefinition {
  /** For `writeStream.format(name)`; not one of Millrace's own. */
  readonly name: string;
  /** Names of options; others are refused with the nearest ones. */
  readonly options?: readonly string[];
  /** All three by default. */
  readonly outputModes?: readonly OutputMode[];
  readonly writer: (options: Readonly<Record<string, string>>, context: SinkWriterContext) => SinkWriter;
}

/**
 * Makes a sink known under its name, to all sessions of this process. Defined again it is replaced; a name of Millrace's own is
 * `DATA_SOURCE_ALREADY_EXISTS`.
 *
 * @example
 * defineSink({
 *   name: 'log',
 *   writer: () => ({
 *     write: async (rows, { batchId }) => {
 *       for await (const row of rows) console.log(batchId, row);
 *     },
 *   }),
 * });
 */
export function defineSink(definition: SinkDefinition): void {
  const provider: SinkProvider = {
    name: definition.name,
    optionNames: definition.options ?? [],
    outputModes: definition.outputModes ?? ['append', 'update', 'complete'],
    guarantee: 'at-least-once',
    create: (context) => new CustomSink(definition, context),
  };
  registerSink(provider);
}

class CustomSink implements Sink {
  readonly description: string;
  readonly #context: SinkContext;
  readonly #writer: SinkWriter;

  constructor(definition: SinkDefinition, context: SinkContext) {
    const { schema, mode, keyColumns, queryId, queryName } = context;
    this.description = definition.name;
    this.#context = context;
    const options = Object.fromEntries(context.options);
    this.#writer = definition.writer(options, { schema, mode, keyColumns, queryId, queryName });
  }

  async open(): Promise<void> {
    await this.#guarded('open', () => this.#writer.open?.());
  }

  async addBatch(identity: BatchIdentity, batches: AsyncIterable<ColumnBatch>): Promise<SinkResult> {
    const marker = markerOf(identity);
    const found = await this.#guarded('readMarker', () => this.#writer.readMarker?.());
    if (decideCommit(found, identity, commitPlace(this.#context, this.description)) === 'skip') {
      const numOutputRows = await drainRows(batches);
      await this.#guarded('writeMarker', () => this.#writer.writeMarker?.(marker));
      return { numOutputRows };
    }
    const counted = new CountedRows(batches);
    await this.#guarded('write', () => this.#writer.write(counted.read(), marker));
    // A writer that has enough of the rows does not end the query's own reading of them.
    await counted.drain();
    return { numOutputRows: counted.numRows };
  }

  async close(): Promise<void> {
    await this.#guarded('close', () => this.#writer.close?.());
  }

  async #guarded<Result>(action: string, call: () => Awaitable<Result>): Promise<Result> {
    try {
      return await call();
    } catch (cause) {
      if (cause instanceof MillraceError) throw cause;
      if (cause instanceof RowsFailed) throw cause.cause;
      const reason = cause instanceof Error ? cause.message : String(cause);
      throw new MillraceError('CUSTOM_SINK_FAILED', { sink: this.description, action, reason }, { cause });
    }
  }
}

/** The rows of a batch as objects, counted. */
class CountedRows {
  readonly #batches: AsyncIterator<ColumnBatch>;
  numRows = 0;

  constructor(batches: AsyncIterable<ColumnBatch>) {
    this.#batches = batches[Symbol.asyncIterator]();
  }

  async *read(): AsyncGenerator<Row> {
    for (let batch = await this.#next(); batch !== undefined; batch = await this.#next()) yield* rowsOf(batch);
  }

  async drain(): Promise<void> {
    while ((await this.#next()) !== undefined);
  }

  async #next(): Promise<ColumnBatch | undefined> {
    let result: IteratorResult<ColumnBatch>;
    try {
      result = await this.#batches.next();
    } catch (cause) {
      throw new RowsFailed('the rows of the batch could not be read', { cause });
    }
    if (result.done === true) return undefined;
    this.numRows += result.value.numRows;
    return result.value;
  }
}
