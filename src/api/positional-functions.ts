/** The functions of `functions` that only work with `.over(…)`. */
import type { ColumnOrName, ColumnOrValue } from './column.ts';
import { Column, call } from './column.ts';
import { named } from './named-column.ts';

/** Number of the row in its partition, from 1. */
export function row_number(): Column<string, number> {
  return call('row_number', []);
}

/** Place of the row in its partition; equal rows share one. */
export function rank(): Column<string, number> {
  return call('rank', []);
}

/** As rank, without gaps after equal rows. */
export function dense_rank(): Column<string, number> {
  return call('dense_rank', []);
}

/** The rank as a part of the other rows, from 0 to 1. */
export function percent_rank(): Column<string, number> {
  return call('percent_rank', []);
}

/** The part of the rows that sort up to this one. */
export function cume_dist(): Column<string, number> {
  return call('cume_dist', []);
}

/** Number of the bucket when the rows of the partition are divided into so many. */
export function ntile(buckets: number): Column<string, number> {
  return call('ntile', [buckets]);
}

/** The value so many rows before; the default where there is none. */
export function lag(column: ColumnOrName, offset = 1, otherwise: ColumnOrValue = null, ignoreNulls = false): Column {
  return withNullsOption(call('lag', [named(column), offset, otherwise]), ignoreNulls);
}

/** The value so many rows behind; the default where there is none. */
export function lead(column: ColumnOrName, offset = 1, otherwise: ColumnOrValue = null, ignoreNulls = false): Column {
  return withNullsOption(call('lead', [named(column), offset, otherwise]), ignoreNulls);
}

/** The value of the n-th row of the frame, from 1. */
export function nth_value(column: ColumnOrName, offset: number, ignoreNulls = false): Column {
  return withNullsOption(call('nth_value', [named(column), offset]), ignoreNulls);
}

function withNullsOption(column: Column, ignoresNulls: boolean): Column {
  const { expression } = column;
  return ignoresNulls && expression.kind === 'unresolvedFunction'
    ? new Column({ ...expression, ignoresNulls: true })
    : column;
}
