/**
 * Format `rate`: rows per second of wall time, Spark's arithmetic. Offsets are whole seconds since the source was created; the
 * creation time is the only thing remembered, in the source's own log, so that a restart yields the same rows for the same offsets.
 */
import { assert } from '../../errors/assert.ts';
import { MillraceError } from '../../errors/millrace-error.ts';
import type { ColumnBatch } from '../../types/column-batch.ts';
import { optionDuration, optionInt } from '../../types/options.ts';
import { generateRows, RATE_SCHEMA, ROW_BYTES, type ValueRange } from '../generated-rows.ts';
import type { InputPartition, OffsetRequest, Source, SourceContext, SourceOffset, SourceProvider } from '../source.ts';

const FORMAT = 'rate';
const LOG_NAME = '0';
const LOG_VERSION = 'v1';

interface RateOptions {
  readonly rowsPerSecond: number;
  readonly rampUpTimeSeconds: number;
  readonly numPartitions: number;
}

/**
 * The first value after `seconds`. While the rate ramps up, second n yields n times the increase per second, so the value is that
 * increase times the n-th triangular number.
 */
export function valueAtSecond(seconds: number, options: Omit<RateOptions, 'numPartitions'>): number {
  const { rowsPerSecond, rampUpTimeSeconds } = options;
  const increase = Math.max(1, Math.trunc(rowsPerSecond / (rampUpTimeSeconds + 1)));
  const ramped = Math.min(seconds, rampUpTimeSeconds);
  return (increase * ramped * (ramped + 1)) / 2 + (seconds - ramped) * rowsPerSecond;
}

class RateSource implements Source {
  readonly description: string;
  readonly schema = RATE_SCHEMA;
  readonly #context: SourceContext;
  readonly #options: RateOptions;
  #creationTimeMs = 0;
  #lastTimeMs = 0;
  #frozenSeconds: number | undefined;

  constructor(context: SourceContext) {
    this.#context = context;
    this.#options = readOptions(context.options);
    this.description = describeRate(this.#options);
  }

  async open(): Promise<void> {
    this.#creationTimeMs = await this.#loadCreationTime();
    this.#lastTimeMs = this.#creationTimeMs;
  }

  async latestOffset(request: OffsetRequest): Promise<SourceOffset | undefined> {
    const seconds = request.mode === 'available-now' ? (this.#frozenSeconds ?? 0) : this.#elapsedSeconds();
    // As Spark does, the very first batch is taken even when no second has passed.
    return request.start === undefined || seconds > secondsOf(request.start) ? seconds : undefined;
  }

  async prepareForAvailableNow(): Promise<void> {
    this.#frozenSeconds = this.#elapsedSeconds();
  }

  async planInput(start: SourceOffset | undefined, end: SourceOffset): Promise<readonly InputPartition[]> {
    const startSeconds = start === undefined ? 0 : secondsOf(start);
    const endSeconds = secondsOf(end);
    const first = valueAtSecond(startSeconds, this.#options);
    const last = valueAtSecond(endSeconds, this.#options);
    const { numPartitions } = this.#options;
    return Array.from({ length: first < last ? numPartitions : 0 }, (_, partition) => ({
      description: `rate values ${first} to ${last - 1}, partition ${partition} of ${numPartitions}`,
      payload: { startSeconds, endSeconds, partition, creationTimeMs: this.#creationTimeMs },
      sizeBytes: ((last - first) / numPartitions) * ROW_BYTES,
    }));
  }

  async *read(partition: InputPartition, columns: readonly string[]): AsyncIterable<ColumnBatch> {
    const payload = partition.payload as {
      readonly startSeconds: number;
      readonly endSeconds: number;
      readonly partition: number;
      readonly creationTimeMs: number;
    };
    const rangeStart = valueAtSecond(payload.startSeconds, this.#options);
    const end = valueAtSecond(payload.endSeconds, this.#options);
    const msPerValue = ((payload.endSeconds - payload.startSeconds) * 1000) / (end - rangeStart);
    const startMs = payload.creationTimeMs + payload.startSeconds * 1000;
    const range: ValueRange = { first: rangeStart + payload.partition, step: this.#options.numPartitions, end };
    yield* generateRows(range, (value) => startMs + Math.round((value - rangeStart) * msPerValue), columns);
  }

  async commit(): Promise<void> {}

  async waitForData(start: SourceOffset | undefined, timeoutMs: number, signal: AbortSignal): Promise<void> {
    const nextMs = this.#creationTimeMs + ((start === undefined ? 0 : secondsOf(start)) + 1) * 1000;
    const waitMs = Math.min(nextMs - this.#context.nowMs(), timeoutMs);
    if (waitMs <= 0 || signal.aborted) return;
    await this.#context.sleep(waitMs, signal).catch((error: unknown) => {
      if (!signal.aborted) throw error;
    });
  }

  async close(): Promise<void> {}

  /** Whole seconds since creation; never less than before, even when the clock is set back. */
  #elapsedSeconds(): number {
    this.#lastTimeMs = Math.max(this.#lastTimeMs, this.#context.nowMs());
    return Math.floor((this.#lastTimeMs - this.#creationTimeMs) / 1000);
  }

  async #loadCreationTime(): Promise<number> {
    const { log } = this.#context;
    const known = await log?.read(LOG_NAME);
    if (known !== undefined) {
      const [version, time] = new TextDecoder().decode(known).split('\n');
      if (version === LOG_VERSION && /^\d+$/.test(time ?? '')) return Number(time);
      throw new MillraceError('CHECKPOINT_CORRUPT', {
        name: LOG_NAME,
        location: 'the log of the rate source',
        expected: `${LOG_VERSION} and the creation time in ms`,
        found: JSON.stringify(new TextDecoder().decode(known).slice(0, 100)),
      });
    }
    const now = this.#context.nowMs();
    await log?.write(LOG_NAME, new TextEncoder().encode(`${LOG_VERSION}\n${now}`));
    return now;
  }
}

function secondsOf(offset: SourceOffset): number {
  assert(typeof offset === 'number', 'an offset of the rate source is a number of seconds');
  return offset;
}

function readOptions(options: ReadonlyMap<string, string>): RateOptions {
  return {
    rowsPerSecond: optionInt(FORMAT, options, 'rowsPerSecond', { min: 1 }) ?? 1,
    rampUpTimeSeconds: Math.trunc((optionDuration(FORMAT, options, 'rampUpTime', 's') ?? 0) / 1000),
    numPartitions: optionInt(FORMAT, options, 'numPartitions', { min: 1 }) ?? 1,
  };
}

/** Spark's text, its missing bracket included, because progress is compared with Spark's. */
function describeRate(options: RateOptions): string {
  const { rowsPerSecond, rampUpTimeSeconds, numPartitions } = options;
  return `RateStreamV2[rowsPerSecond=${rowsPerSecond}, rampUpTimeSeconds=${rampUpTimeSeconds}, numPartitions=${numPartitions}`;
}

/** `spark.readStream.format('rate')`. */
export const rateSourceProvider: SourceProvider = {
  name: FORMAT,
  readsAnywhere: true,
  optionNames: ['rowsPerSecond', 'rampUpTime', 'numPartitions'],
  fixedSchema: RATE_SCHEMA,
  describe: (options) => describeRate(readOptions(options)),
  create(context) {
    if (!context.isStreaming)
      throw new MillraceError('UNSUPPORTED_FEATURE', { feature: 'A batch read of the streaming source "rate"' });
    return new RateSource(context);
  },
};
