/**
 * Format `rate-micro-batch`: the same rows for a batch whatever the timing. Nothing is remembered; the offset says how many rows came
 * before and which time the next batch has, as in Spark's `{"offset":n,"timestamp":t}`.
 */
import { assert } from '../../errors/assert.ts';
import { MillraceError } from '../../errors/millrace-error.ts';
import type { ColumnBatch } from '../../types/column-batch.ts';
import { invalidOption, optionInt } from '../../types/options.ts';
import { generateRows, RATE_SCHEMA, ROW_BYTES } from '../generated-rows.ts';
import type { InputPartition, OffsetRequest, Source, SourceContext, SourceOffset, SourceProvider } from '../source.ts';

const FORMAT = 'rate-micro-batch';

interface RateMicroBatchOptions {
  readonly rowsPerBatch: number;
  readonly numPartitions: number;
  readonly startTimestamp: number;
  readonly advanceMillisPerBatch: number;
}

/** How many rows came before, and the event time of the next batch in ms. */
interface Position {
  readonly offset: number;
  readonly timestamp: number;
}

class RateMicroBatchSource implements Source {
  readonly description: string;
  readonly reportsLatestOffset = false;
  readonly schema = RATE_SCHEMA;
  readonly #options: RateMicroBatchOptions;
  /** With Trigger.AvailableNow there is exactly one batch: its end, once known. */
  #onlyEnd: Position | undefined;
  #isAvailableNow = false;

  constructor(context: SourceContext) {
    this.#options = readOptions(context.options);
    this.description = describeSource(this.#options);
  }

  async open(): Promise<void> {}

  async latestOffset(request: OffsetRequest): Promise<SourceOffset | undefined> {
    const start = this.#positionOf(request.start);
    if (this.#onlyEnd !== undefined && start.offset >= this.#onlyEnd.offset) return undefined;
    const end = {
      offset: start.offset + this.#options.rowsPerBatch,
      timestamp: start.timestamp + this.#options.advanceMillisPerBatch,
    };
    if (this.#isAvailableNow) this.#onlyEnd ??= end;
    return end;
  }

  async prepareForAvailableNow(): Promise<void> {
    this.#isAvailableNow = true;
  }

  async planInput(start: SourceOffset | undefined, end: SourceOffset): Promise<readonly InputPartition[]> {
    const from = this.#positionOf(start);
    const to = this.#positionOf(end);
    const { numPartitions } = this.#options;
    return Array.from({ length: numPartitions }, (_, partition) => ({
      description: `${FORMAT} values ${from.offset} to ${to.offset - 1}, partition ${partition} of ${numPartitions}`,
      payload: { first: from.offset + partition, end: to.offset, timestampMs: from.timestamp },
      sizeBytes: ((to.offset - from.offset) / numPartitions) * ROW_BYTES,
    }));
  }

  async *read(partition: InputPartition, columns: readonly string[]): AsyncIterable<ColumnBatch> {
    const { first, end, timestampMs } = partition.payload as {
      readonly first: number;
      readonly end: number;
      readonly timestampMs: number;
    };
    yield* generateRows({ first, end, step: this.#options.numPartitions }, () => timestampMs, columns);
  }

  async commit(): Promise<void> {}

  async close(): Promise<void> {}

  #positionOf(offset: SourceOffset | undefined): Position {
    if (offset === undefined) return { offset: 0, timestamp: this.#options.startTimestamp };
    const position = offset as unknown as Position;
    assert(typeof position.offset === 'number' && typeof position.timestamp === 'number', 'offset and timestamp');
    return position;
  }
}

function readOptions(options: ReadonlyMap<string, string>): RateMicroBatchOptions {
  const rowsPerBatch = optionInt(FORMAT, options, 'rowsPerBatch', { min: 1 });
  // Spark's default is 0, which it then refuses.
  if (rowsPerBatch === undefined) throw invalidOption(FORMAT, 'rowsPerBatch', '0', 'a whole number ≥ 1');
  return {
    rowsPerBatch,
    numPartitions: optionInt(FORMAT, options, 'numPartitions', { min: 1 }) ?? 1,
    startTimestamp: optionInt(FORMAT, options, 'startTimestamp', { min: 0 }) ?? 0,
    advanceMillisPerBatch: optionInt(FORMAT, options, 'advanceMillisPerBatch', { min: 0 }) ?? 1000,
  };
}

function describeSource(options: RateMicroBatchOptions): string {
  const { rowsPerBatch, numPartitions, startTimestamp, advanceMillisPerBatch } = options;
  const pace = `startTimestamp=${startTimestamp}, advanceMsPerBatch=${advanceMillisPerBatch}`;
  return `RatePerMicroBatchStream[rowsPerBatch=${rowsPerBatch}, numPartitions=${numPartitions}, ${pace}]`;
}

/** `spark.readStream.format('rate-micro-batch')`. */
export const rateMicroBatchSourceProvider: SourceProvider = {
  name: FORMAT,
  readsAnywhere: true,
  optionNames: ['rowsPerBatch', 'numPartitions', 'startTimestamp', 'advanceMillisPerBatch'],
  fixedSchema: RATE_SCHEMA,
  describe: (options) => describeSource(readOptions(options)),
  create(context) {
    if (!context.isStreaming)
      throw new MillraceError('UNSUPPORTED_FEATURE', { feature: `A batch read of the streaming source "${FORMAT}"` });
    return new RateMicroBatchSource(context);
  },
};
