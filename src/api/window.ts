/** Which rows a window function looks at: `F.row_number().over(Window.partitionBy('user').orderBy('time'))`. */
import type { UnresolvedExpression, UnresolvedFrameBound } from '../expressions/unresolved.ts';
import type { ColumnOrName, WindowDefinition } from './column.ts';
import { INTEGER, LONG } from '../types/data-type.ts';
import { columnExpression } from './column.ts';

const UNBOUNDED = 2n ** 63n - 1n;
const MAX_INT = 2_147_483_647n;

/** Partitioning, order and frame of a window. Immutable; every method returns a new one. */
export class WindowSpec {
  /** As plans are built from it. */
  readonly definition: WindowDefinition;

  constructor(definition: WindowDefinition = { partitionSpec: [], orderSpec: [], frameSpec: undefined }) {
    this.definition = definition;
  }

  /** The rows that have the same values in these columns. */
  partitionBy(...columns: readonly ColumnOrName[]): WindowSpec {
    return new WindowSpec({ ...this.definition, partitionSpec: columns.map(columnExpression) });
  }

  /** The order of the rows of a partition. */
  orderBy(...columns: readonly ColumnOrName[]): WindowSpec {
    const orderSpec = columns.map(columnExpression).map((expression): UnresolvedExpression => {
      if (expression.kind === 'sortOrder') return expression;
      return { kind: 'sortOrder', child: expression, direction: 'ascending', nullOrdering: 'nullsFirst' };
    });
    return new WindowSpec({ ...this.definition, orderSpec });
  }

  /** The frame in rows from the current one, those before it negative. */
  rowsBetween(start: number | bigint, end: number | bigint): WindowSpec {
    return this.#between('row', start, end);
  }

  /** The frame in values of the one sort key from that of the current row. */
  rangeBetween(start: number | bigint, end: number | bigint): WindowSpec {
    return this.#between('range', start, end);
  }

  #between(unit: 'row' | 'range', start: number | bigint, end: number | bigint): WindowSpec {
    const frameSpec = { unit, lower: boundOf(BigInt(start)), upper: boundOf(BigInt(end)) };
    return new WindowSpec({ ...this.definition, frameSpec });
  }
}

function boundOf(offset: bigint): UnresolvedFrameBound {
  if (offset <= -UNBOUNDED) return { kind: 'unboundedPreceding' };
  if (offset >= UNBOUNDED) return { kind: 'unboundedFollowing' };
  if (offset === 0n) return { kind: 'currentRow' };
  const isInt = offset >= -MAX_INT - 1n && offset <= MAX_INT;
  const value: UnresolvedExpression = isInt
    ? { kind: 'literal', value: Number(offset), dataType: INTEGER }
    : { kind: 'literal', value: offset, dataType: LONG };
  return { kind: 'offset', value };
}

/** Where windows begin: `Window.partitionBy('a').orderBy('b').rowsBetween(Window.unboundedPreceding, Window.currentRow)`. */
export const Window = {
  /** The first row of the partition, as the beginning of a frame. */
  unboundedPreceding: -(2n ** 63n),
  /** The last row of the partition, as the end of a frame. */
  unboundedFollowing: UNBOUNDED,
  currentRow: 0n,
  partitionBy: (...columns: readonly ColumnOrName[]): WindowSpec => new WindowSpec().partitionBy(...columns),
  orderBy: (...columns: readonly ColumnOrName[]): WindowSpec => new WindowSpec().orderBy(...columns),
  rowsBetween: (start: number | bigint, end: number | bigint): WindowSpec => new WindowSpec().rowsBetween(start, end),
  rangeBetween: (start: number | bigint, end: number | bigint): WindowSpec => new WindowSpec().rangeBetween(start, end),
} as const;
