/**
 * Format `recording`: gives a recorded stream again, batch by batch as it was cut, without the source it came from. As fast as the query
 * takes it, or with `speed` 1 as slowly as it was recorded. In a replay session the clock stands at the time each batch was cut.
 */
import { MillraceError } from '../../errors/millrace-error.ts';
import type { ColumnBatch } from '../../types/column-batch.ts';
import { columnBatch } from '../../types/column-batch.ts';
import type { StructType } from '../../types/data-type.ts';
import { invalidOption, optionText, type Options, requiredOption } from '../../types/options.ts';
import { vectorOf } from '../../types/vector-builder.ts';
import { projectSchema } from '../project-columns.ts';
import type {
  InputPartition,
  JsonValue,
  OffsetRequest,
  Source,
  SourceContext,
  SourceOffset,
  SourceProvider,
} from '../source.ts';
import { valueFromJson } from './recorded-value.ts';
import {
  indexRecording,
  readPiece,
  readRecordingHeader,
  type RecordedBatch,
  type RecordedPiece,
} from './recording-file.ts';

const FORMAT = 'recording';

/** A clock that a replay moves: the handle of the relation, in a replay session. */
export interface ReplayTime {
  /** The next batch is cut at this time, in ms since 1970. */
  moveTo(ms: number): void;
}

class RecordingSource implements Source {
  readonly description: string;
  readonly schema: StructType;
  readonly #context: SourceContext;
  readonly #path: string;
  readonly #speed: number;
  readonly #time: ReplayTime | undefined;
  #batches: readonly RecordedBatch[] = [];

  constructor(context: SourceContext) {
    this.#context = context;
    this.#path = requiredOption(FORMAT, context.options, 'path');
    this.#speed = readSpeed(context.options);
    this.description = describe(context.options);
    this.schema = readRecordingHeader(this.#path).schema;
    this.#time = context.handle as ReplayTime | undefined;
  }

  async open(): Promise<void> {
    this.#batches = await indexRecording(this.#path);
  }

  async prepareForAvailableNow(): Promise<void> {
    // A recording does not grow.
  }

  async latestOffset({ start, mode }: OffsetRequest): Promise<SourceOffset | undefined> {
    const index = this.#indexAfter(start);
    const batch = this.#batches[index];
    if (batch === undefined) return undefined;
    if (mode === 'once' || !this.#context.isStreaming) return this.#batches.at(-1)?.end;
    const gapMs = batch.atMs - (this.#batches[index - 1]?.atMs ?? batch.atMs);
    if (gapMs > 0 && this.#speed !== Number.POSITIVE_INFINITY) await this.#context.sleep(gapMs / this.#speed);
    this.#time?.moveTo(batch.atMs);
    return batch.end;
  }

  async planInput(start: SourceOffset | undefined, end: SourceOffset): Promise<readonly InputPartition[]> {
    const pieces = this.#batches.slice(this.#indexAfter(start), this.#indexAfter(end)).flatMap((batch) => batch.pieces);
    const numbers = [...new Set(pieces.map(({ partition }) => partition))];
    return numbers.map((number) => {
      const own = pieces.filter(({ partition }) => partition === number);
      return {
        description: `${this.#path} partition ${number}`,
        payload: own.map((piece) => ({ ...piece })),
        sizeBytes: own.reduce((sum, { length }) => sum + length, 0),
      };
    });
  }

  async *read(partition: InputPartition, columns: readonly string[]): AsyncIterable<ColumnBatch> {
    const schema = projectSchema(this.schema, columns);
    const indexes = columns.map((name) => this.schema.fields.findIndex((field) => field.name === name));
    for (const piece of partition.payload as unknown as readonly RecordedPiece[]) {
      const rows = (await readPiece(this.#path, piece)) as readonly (readonly JsonValue[])[];
      const vectors = schema.fields.map(({ dataType }, i) =>
        vectorOf(
          dataType,
          rows.map((row) => valueFromJson(row[indexes[i] ?? -1] ?? null, dataType)),
        ),
      );
      yield columnBatch(schema, vectors, rows.length);
    }
  }

  async commit(): Promise<void> {
    // Nothing to free.
  }

  async close(): Promise<void> {
    // Files are open only while they are read.
  }

  /** The number of batches up to and including the one that ends at `offset`. */
  #indexAfter(offset: SourceOffset | undefined): number {
    if (offset === undefined) return 0;
    const text = JSON.stringify(offset);
    const index = this.#batches.findIndex(({ end }) => JSON.stringify(end) === text);
    if (index < 0)
      throw new MillraceError('RECORDING_UNREADABLE', { path: this.#path, reason: `no batch in it ends at ${text}` });
    return index + 1;
  }
}

function readSpeed(options: Options): number {
  const text = optionText(options, 'speed') ?? 'max';
  const speed = text.trim().toLowerCase() === 'max' ? Number.POSITIVE_INFINITY : Number(text);
  if (!(speed > 0)) throw invalidOption(FORMAT, 'speed', text, 'max, or a number above 0 such as 1 or 10');
  return speed;
}

function describe(options: Options): string {
  return `Recording[${optionText(options, 'path') ?? '?'}]`;
}

/** `spark.readStream.format('recording').load(path)`, and the same with `read` for all its rows. */
export const recordingSourceProvider: SourceProvider = {
  name: FORMAT,
  optionNames: ['speed'],
  readsAnywhere: true,
  schemaOf: (options) => readRecordingHeader(requiredOption(FORMAT, options, 'path')).schema,
  describe,
  create: (context) => new RecordingSource(context),
};
