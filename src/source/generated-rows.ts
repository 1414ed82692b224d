/** The rows of the `rate` sources: a `timestamp` and a running `value`, computed, never read. */
import type { ColumnBatch } from '../types/column-batch.ts';
import { columnBatch, TARGET_BATCH_ROWS } from '../types/column-batch.ts';
import { field, LONG, struct, TIMESTAMP, type StructType } from '../types/data-type.ts';
import { projectColumns } from './project-columns.ts';

/** The size of a row: a timestamp and a long. */
export const ROW_BYTES = 16;

/** `timestamp TIMESTAMP, value BIGINT`, as in Spark. */
export const RATE_SCHEMA: StructType = struct([field('timestamp', TIMESTAMP), field('value', LONG)]);

/** Which values a partition produces: `first`, `first + step`, … below `end`. */
export interface ValueRange {
  readonly first: number;
  readonly step: number;
  readonly end: number;
}

/** The rows of a range in batches of the usual size; `timestampMs` gives the time of a value in ms since 1970. */
export function* generateRows(
  range: ValueRange,
  timestampMs: (value: number) => number,
  columns: readonly string[],
): Generator<ColumnBatch> {
  const total = Math.ceil((range.end - range.first) / range.step);
  for (let done = 0; done < total; done += TARGET_BATCH_ROWS) {
    const length = Math.min(TARGET_BATCH_ROWS, total - done);
    const timestamps = new BigInt64Array(length);
    const values = new BigInt64Array(length);
    for (let i = 0; i < length; i++) {
      const value = range.first + (done + i) * range.step;
      timestamps[i] = BigInt(timestampMs(value)) * 1000n;
      values[i] = BigInt(value);
    }
    const batch = columnBatch(
      RATE_SCHEMA,
      [
        { layout: 'long', type: TIMESTAMP, length, validity: undefined, values: timestamps },
        { layout: 'long', type: LONG, length, validity: undefined, values },
      ],
      length,
    );
    yield projectColumns(batch, columns);
  }
}
