/** Rows that were dropped because they came too late, as users see them: `query.lateRows$`. */
import type { ColumnBatch } from '../types/column-batch.ts';
import type { StructType } from '../types/data-type.ts';
import type { Row } from '../types/row-codec.ts';
import type { Value, Vector } from '../types/vector.ts';
import { present } from '../errors/assert.ts';
import { columnBatch } from '../types/column-batch.ts';
import { field, struct } from '../types/data-type.ts';
import { rowsOf, toExternal } from '../types/row-codec.ts';
import { decodeBatch, encodeBatch } from '../types/vector-codec.ts';
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
  /** The keys of the rows' groups, when `isCounted` is not known where the rows were found: the first row of each group counts. */
  readonly groups?: readonly Vector[];
}

/** Late rows on their way from a worker thread; plain data. */
export interface LateRowMessage extends Pick<LateRowBatch, 'operatorId' | 'operatorName' | 'isCounted'> {
  readonly schema: StructType;
  readonly bytes: Uint8Array;
  readonly numRowColumns: number;
}

/** Late rows as plain data. */
export function lateRowsToMessage(batches: readonly LateRowBatch[]): LateRowMessage[] {
  return batches.map(({ operatorId, operatorName, isCounted, rows, times, groups = [] }) => {
    const others = [times, ...groups];
    const fields = [...rows.schema.fields, ...others.map(({ type }, i) => field(`late_${i}`, type))];
    const schema = struct(fields);
    const bytes = encodeBatch({ schema, numRows: rows.numRows, columns: [...rows.columns, ...others] });
    return { operatorId, operatorName, isCounted, schema, bytes, numRowColumns: rows.columns.length };
  });
}

/** Late rows that came as plain data. */
export function lateRowsFromMessage(messages: readonly LateRowMessage[]): LateRowBatch[] {
  return messages.map(({ operatorId, operatorName, isCounted, schema, bytes, numRowColumns }) => {
    const { columns, numRows } = decodeBatch(bytes, schema);
    const [times, ...groups] = columns.slice(numRowColumns);
    const rows = columnBatch(struct(schema.fields.slice(0, numRowColumns)), columns.slice(0, numRowColumns), numRows);
    const found = { operatorId, operatorName, isCounted, rows, times: present(times, 'the times of late rows') };
    return groups.length === 0 ? found : { ...found, groups };
  });
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
  const seen = new Set<string>();
  return batches.flatMap(({ operatorId, operatorName, rows, times, isCounted, groups }) =>
    rowsOf(rows).map((row, i) => {
      const value: Value | null = valueAt(times, i);
      const time = value === null ? null : toExternal(value, times.type);
      const isFirst = groups === undefined ? isCounted[i] === 1 : isNew(seen, `${operatorId} ${groupText(groups, i)}`);
      return { ...context, operatorId, operatorName, row, time, isCounted: isFirst };
    }),
  );
}

function isNew(seen: Set<string>, text: string): boolean {
  const { size } = seen;
  return seen.add(text).size > size;
}

function groupText(groups: readonly Vector[], row: number): string {
  const values = groups.map((group) => valueAt(group, row));
  return JSON.stringify(values, (_, value: unknown) => (typeof value === 'bigint' ? `${value}n` : value));
}
