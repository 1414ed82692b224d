/**
 * A source that records what another one gives: with the option `recordTo` every streaming source is wrapped in this. All columns are
 * recorded, whatever the query asks for. Rows are written while the query reads them, a batch counts once it is committed.
 */
import type { ColumnBatch } from '../../types/column-batch.ts';
import type { StructType } from '../../types/data-type.ts';
import { optionText } from '../../types/options.ts';
import { valueAt } from '../../types/vector.ts';
import { projectColumns } from '../project-columns.ts';
import type {
  InputPartition,
  JsonValue,
  OffsetRequest,
  Source,
  SourceContext,
  SourceMetrics,
  SourceOffset,
} from '../source.ts';
import { valueToJson } from './recorded-value.ts';
import { RecordingWriter } from './recording-file.ts';
import { scrubberOf, type Scrubber } from './scrub.ts';

/** Rows of one line. */
const ROWS_PER_LINE = 1000;

/** `source`, recorded if the options say so. */
export function recordedIfAsked(source: Source, context: SourceContext): Source {
  const path = optionText(context.options, 'recordTo');
  return path === undefined || !context.isStreaming ? source : new RecordedSource(source, path, context);
}

class RecordedSource implements Source {
  readonly description: string;
  readonly schema: StructType;
  readonly #source: Source;
  readonly #writer: RecordingWriter;
  readonly #scrubber: Scrubber;
  readonly #nowMs: () => number;
  /** Waiting for new data is the other source's affair, where it can. */
  readonly waitForData?: NonNullable<Source['waitForData']>;
  readonly metrics?: () => SourceMetrics;
  /** The end of the batch that is being recorded. */
  #openEnd: string | undefined;
  #partitions: readonly string[] = [];

  constructor(source: Source, path: string, context: SourceContext) {
    this.#source = source;
    this.description = source.description;
    this.schema = source.schema;
    this.#nowMs = context.nowMs;
    const columns = (optionText(context.options, 'recordScrub') ?? '').split(',').flatMap((name) => name.trim() || []);
    this.#scrubber = scrubberOf(source.schema, columns);
    this.#writer = new RecordingWriter(path, { source: source.description, schema: source.schema });
    if (source.waitForData !== undefined)
      this.waitForData = async (start, timeoutMs, signal) => await source.waitForData?.(start, timeoutMs, signal);
    if (source.metrics !== undefined) this.metrics = () => source.metrics?.() ?? {};
  }

  open(): Promise<void> {
    return this.#source.open();
  }

  latestOffset(request: OffsetRequest): Promise<SourceOffset | undefined> {
    return this.#source.latestOffset(request);
  }

  prepareForAvailableNow(): Promise<void> {
    return this.#source.prepareForAvailableNow();
  }

  async planInput(
    start: SourceOffset | undefined,
    end: SourceOffset,
    cutAtMs = this.#nowMs(),
  ): Promise<readonly InputPartition[]> {
    const partitions = await this.#source.planInput(start, end);
    this.#partitions = partitions.map((partition) => JSON.stringify(partition.payload));
    this.#openEnd = JSON.stringify(end);
    await this.#writer.begin(start, end, cutAtMs);
    return partitions;
  }

  async *read(partition: InputPartition, columns: readonly string[]): AsyncIterable<ColumnBatch> {
    const number = this.#partitions.indexOf(JSON.stringify(partition.payload));
    const all = this.schema.fields.map(({ name }) => name);
    for await (const batch of this.#source.read(partition, all)) {
      await this.#record(number, batch);
      yield projectColumns(batch, columns);
    }
  }

  async commit(end: SourceOffset): Promise<void> {
    if (this.#openEnd === JSON.stringify(end)) await this.#writer.commit();
    this.#openEnd = undefined;
    await this.#source.commit(end);
  }

  async close(): Promise<void> {
    await this.#source.close();
    await this.#writer.close();
  }

  async #record(partition: number, batch: ColumnBatch): Promise<void> {
    const types = this.schema.fields.map(({ dataType }) => dataType);
    let rows: JsonValue[] = [];
    for (let row = 0; row < batch.numRows; row++) {
      rows.push(
        types.map((type, i) => {
          const vector = batch.columns[i];
          const value = vector === undefined ? null : valueAt(vector, row);
          const scrub = this.#scrubber[i];
          return valueToJson(value === null || scrub === undefined ? value : scrub(value), type);
        }),
      );
      if (rows.length < ROWS_PER_LINE && row + 1 < batch.numRows) continue;
      await this.#writer.rows(partition, rows);
      rows = [];
    }
  }
}
