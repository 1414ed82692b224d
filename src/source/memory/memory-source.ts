/**
 * Reads a MemoryStream in ranges of batch ordinals. One partition per range, because the rows live in this thread. Rows survive a
 * restart of the query, not of the process.
 */
import { assert } from '../../errors/assert.ts';
import { MillraceError } from '../../errors/millrace-error.ts';
import { type ColumnBatch, TARGET_BATCH_ROWS } from '../../types/column-batch.ts';
import type { StructType } from '../../types/data-type.ts';
import { concatBatches } from '../../types/vector-ops.ts';
import { projectColumns, projectSchema } from '../project-columns.ts';
import type { InputPartition, OffsetRequest, Source, SourceContext, SourceOffset, SourceProvider } from '../source.ts';
import { MemoryStream } from './memory-stream.ts';

const FORMAT = 'memory';
/** Given as a reason, because without one each abort makes an error with its stack. */
const WOKEN = 'woken';

class MemorySource implements Source {
  readonly description: string;
  readonly schema: StructType;
  readonly #stream: MemoryStream;
  readonly #context: SourceContext;
  #frozenOrdinal: number | undefined;

  constructor(stream: MemoryStream, context: SourceContext) {
    this.#stream = stream;
    this.#context = context;
    this.description = stream.description;
    this.schema = stream.schema;
  }

  async open(): Promise<void> {
    if (this.#context.isStreaming) this.#stream.attach(this);
  }

  async latestOffset(request: OffsetRequest): Promise<SourceOffset | undefined> {
    const last = request.mode === 'available-now' ? this.#frozenOrdinal : undefined;
    const end = Math.min(last ?? this.#stream.lastOrdinal, this.#stream.lastOrdinal);
    if (end > this.#afterOrdinal(request.start)) return end;
    const { failure } = this.#stream;
    if (failure === undefined) return undefined;
    const reason = failure instanceof Error ? failure.message : JSON.stringify(failure);
    throw new MillraceError('STREAM_PRODUCER_FAILED', { stream: this.description, reason }, { cause: failure });
  }

  async prepareForAvailableNow(): Promise<void> {
    this.#frozenOrdinal = this.#stream.lastOrdinal;
  }

  async planInput(start: SourceOffset | undefined, end: SourceOffset): Promise<readonly InputPartition[]> {
    const after = this.#afterOrdinal(start);
    const to = ordinalOf(end);
    if (this.#stream.batchesIn(after, to).length === 0) return [];
    return [{ description: `${this.description} batches ${after + 1} to ${to}`, payload: { after, to } }];
  }

  async *read(partition: InputPartition, columns: readonly string[]): AsyncIterable<ColumnBatch> {
    const { after, to } = partition.payload as { readonly after: number; readonly to: number };
    const schema = projectSchema(this.schema, columns);
    let small: ColumnBatch[] = [];
    let numRows = 0;
    for (const batch of this.#stream.batchesIn(after, to)) {
      if (numRows > 0 && numRows + batch.numRows > TARGET_BATCH_ROWS) {
        yield merged(schema, small);
        small = [];
        numRows = 0;
      }
      if (batch.numRows === 0) continue;
      small.push(projectColumns(batch, columns));
      numRows += batch.numRows;
    }
    if (numRows > 0) yield merged(schema, small);
  }

  async commit(end: SourceOffset): Promise<void> {
    if (this.#context.isStreaming) this.#stream.commit(this, ordinalOf(end));
  }

  async waitForData(start: SourceOffset | undefined, timeoutMs: number, signal: AbortSignal): Promise<void> {
    const stream = this.#stream;
    if (stream.lastOrdinal > this.#afterOrdinal(start) || signal.aborted) return;
    const done = new AbortController();
    const wake = (): void => done.abort(WOKEN);
    const stopListening = stream.onChange(wake);
    signal.addEventListener('abort', wake, { once: true });
    try {
      await this.#context.sleep(timeoutMs, done.signal).catch((error: unknown) => {
        if (!done.signal.aborted) throw error;
      });
    } finally {
      stopListening();
      signal.removeEventListener('abort', wake);
    }
  }

  async close(): Promise<void> {
    this.#stream.detach(this);
  }

  /** A query without a position starts with the rows that are still there. */
  #afterOrdinal(start: SourceOffset | undefined): number {
    return start === undefined ? this.#stream.firstOrdinal - 1 : ordinalOf(start);
  }
}

function merged(schema: StructType, batches: readonly ColumnBatch[]): ColumnBatch {
  const [first] = batches;
  return first !== undefined && batches.length === 1 ? first : concatBatches(schema, batches);
}

function ordinalOf(offset: SourceOffset): number {
  assert(typeof offset === 'number', 'an offset of a memory stream is a number');
  return offset;
}

/** Streams made in this process; made by `memoryStream` and `fromObservable`, never by format name. */
export const memorySourceProvider: SourceProvider = {
  name: FORMAT,
  optionNames: [],
  describe: () => 'MemoryStream',
  inferSchema: async (context) => (context.handle instanceof MemoryStream ? context.handle.schema : undefined),
  create(context) {
    if (context.handle instanceof MemoryStream) return new MemorySource(context.handle, context);
    throw new MillraceError('UNSUPPORTED_FEATURE', {
      feature: 'Reading format "memory" without a stream of this session (use memoryStream or fromObservable)',
    });
  },
};
