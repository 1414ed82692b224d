/** Runs a user's reader as a Source: turns rows into columns, remembers where it began, and says whose error an error was. */
import { assert } from '../../errors/assert.ts';
import { MillraceError } from '../../errors/millrace-error.ts';
import { type ColumnBatch, TARGET_BATCH_ROWS } from '../../types/column-batch.ts';
import type { StructType } from '../../types/data-type.ts';
import { batchFromRows, type Row } from '../../types/row-codec.ts';
import { initialOffset } from '../initial-offset.ts';
import { projectColumns } from '../project-columns.ts';
import type { InputPartition, JsonValue, OffsetRequest, Source, SourceContext, SourceOffset } from '../source.ts';
import type { SourceRows, StreamReader } from './define-source.ts';

/** What a definition comes to for one query. */
export interface CustomParts {
  readonly name: string;
  readonly schema: StructType;
  readonly context: SourceContext;
  readonly makeReader: (() => StreamReader) | undefined;
  readonly rows: (() => SourceRows | Promise<SourceRows>) | undefined;
}

export class CustomSource implements Source {
  readonly description: string;
  readonly schema: StructType;
  readonly waitForData?: NonNullable<Source['waitForData']>;
  readonly #parts: CustomParts;
  readonly #reader: StreamReader | undefined;
  #initial: JsonValue | undefined;
  #frozenEnd: JsonValue | undefined;

  constructor(parts: CustomParts) {
    this.#parts = parts;
    this.schema = parts.schema;
    this.description = parts.name;
    const { isStreaming } = parts.context;
    if ((isStreaming ? parts.makeReader : (parts.rows ?? parts.makeReader)) === undefined)
      throw new MillraceError('UNSUPPORTED_FEATURE', {
        feature: `A ${isStreaming ? 'streaming' : 'batch'} read of the source "${parts.name}"`,
      });
    this.#reader = isStreaming || parts.rows === undefined ? parts.makeReader?.() : undefined;
    if (this.#reader?.waitForData !== undefined)
      this.waitForData = async (start, timeoutMs, signal) => {
        const from = await this.#startOf(start);
        await this.#call('waitForData', (reader) => reader.waitForData?.(from, timeoutMs, signal));
      };
  }

  async open(): Promise<void> {
    // A reader connects when it is first asked.
  }

  async prepareForAvailableNow(): Promise<void> {
    if (this.#reader === undefined) return;
    const start = await this.#startOf(undefined);
    this.#frozenEnd = await this.#call('latestOffset', (reader) => reader.latestOffset(start));
  }

  async latestOffset({ start, mode }: OffsetRequest): Promise<SourceOffset | undefined> {
    if (this.#reader === undefined) return start === undefined ? 0 : undefined;
    const from = await this.#startOf(start);
    const isFrozen = mode === 'available-now' || !this.#parts.context.isStreaming;
    if (isFrozen && this.#frozenEnd === undefined) await this.prepareForAvailableNow();
    const end = isFrozen ? this.#frozenEnd : await this.#call('latestOffset', (reader) => reader.latestOffset(from));
    return end === undefined || JSON.stringify(end) === JSON.stringify(from) ? undefined : end;
  }

  async planInput(start: SourceOffset | undefined, end: SourceOffset): Promise<readonly InputPartition[]> {
    if (this.#reader === undefined) return [{ description: this.#parts.name, payload: null }];
    const from = await this.#startOf(start);
    const partitions = await this.#call('partitions', (reader) => reader.partitions(from, end));
    return partitions.map((payload) => ({ description: `${this.#parts.name} ${JSON.stringify(payload)}`, payload }));
  }

  async *read(partition: InputPartition, columns: readonly string[]): AsyncIterable<ColumnBatch> {
    const rows = await (this.#reader === undefined
      ? this.#guarded('rows', () => this.#parts.rows?.() ?? [])
      : this.#call('read', (reader) => reader.read(partition.payload)));
    let waiting: (Row | readonly unknown[])[] = [];
    const taken = (): ColumnBatch => {
      const batch = batchFromRows(this.schema, waiting);
      waiting = [];
      return projectColumns(batch, columns);
    };
    for await (const row of this.#guardedRows(rows)) {
      waiting.push(row);
      if (waiting.length === TARGET_BATCH_ROWS) yield taken();
    }
    if (waiting.length > 0) yield taken();
  }

  async commit(end: SourceOffset): Promise<void> {
    if (this.#reader !== undefined) await this.#call('commit', (reader) => reader.commit?.(end));
  }

  async close(): Promise<void> {
    if (this.#reader !== undefined) await this.#call('stop', (reader) => reader.stop?.());
  }

  /** `start`, or where the query began. */
  async #startOf(start: SourceOffset | undefined): Promise<JsonValue> {
    if (start !== undefined) return start;
    if (this.#initial !== undefined) return this.#initial;
    const initial = await initialOffset(this.#parts.context.log, () =>
      this.#call('initialOffset', (reader) => reader.initialOffset()),
    );
    this.#initial = initial;
    return initial;
  }

  #call<Result>(action: string, call: (reader: StreamReader) => Result | Promise<Result>): Promise<Result> {
    const reader = this.#reader;
    assert(reader !== undefined, 'a stream has a reader');
    return this.#guarded(action, () => call(reader));
  }

  async #guarded<Result>(action: string, call: () => Result | Promise<Result>): Promise<Result> {
    try {
      return await call();
    } catch (cause) {
      throw this.#failure(action, cause);
    }
  }

  async *#guardedRows(rows: SourceRows): AsyncGenerator<Row | readonly unknown[]> {
    try {
      yield* rows;
    } catch (cause) {
      throw this.#failure('read', cause);
    }
  }

  #failure(action: string, cause: unknown): MillraceError {
    if (cause instanceof MillraceError) return cause;
    const reason = cause instanceof Error ? cause.message : String(cause);
    return new MillraceError('CUSTOM_SOURCE_FAILED', { source: this.#parts.name, action, reason }, { cause });
  }
}
