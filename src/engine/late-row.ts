/** Rows that were dropped because they came too late, as users see them: `query.lateRows$`. */
import type { ColumnBatch } from '../types/column-batch.ts';
import type { Row } from '../types/row-codec.ts';
import type { Value, Vector } from '../types/vector.ts';
import { rowsOf, toExternal } from '../types/row-codec.ts';
import { valueAt } from '../types/vector.ts';

/** The late rows of one operator in one batch of columns; what operators report. */
export interface LateRowBatch {
  readonly operatorId: number;
  readonly operatorName: string;
  readonly rows: ColumnBatch;
  /** The windows or event times by which the rows are late. */
  readonly times: Vector;
  /** 1 where the row counts in numRowsDroppedByWatermark: aggregations count one per group and batch, as in Spark. */
  readonly isCounted: Uint8Array;
}

/** A row that was dropped by the watermark. */
export interface LateRow {
  readonly batchId: number;
  /** The operator that dropped it, by its number and name in progress and state metadata. */
  readonly operatorId: number;
  readonly operatorName: string;
  /** The row as it reached the operator: the columns the query still carries there. */
  readonly row: Row;
  /** The window `{ start, end }` that had ended, or the event time that was over. */
  readonly time: unknown;
  /** The watermark that was in force, in ms since 1970. */
  readonly watermarkMs: number;
  /** The batch whose rows raised the watermark so far; null when it is no longer known, or an idle timeout raised it. */
  readonly raisedByBatchId: number | null;
  /** True when numRowsDroppedByWatermark counts it: aggregations count one row per late group and batch, as in Spark. */
  readonly isCounted: boolean;
}

/** The late rows of a batch one by one. */
export function lateRowsOf(
  batches: readonly LateRowBatch[],
  context: Pick<LateRow, 'batchId' | 'watermarkMs' | 'raisedByBatchId'>,
): LateRow[] {
  return batches.flatMap(({ operatorId, operatorName, rows, times, isCounted }) =>
    rowsOf(rows).map((row, i) => {
      const value: Value | null = valueAt(times, i);
      const time = value === null ? null : toExternal(value, times.type);
      return { ...context, operatorId, operatorName, row, time, isCounted: isCounted[i] === 1 };
    }),
  );
}
