/** The order of rows by several sort keys, for operators that sort. */
import type { SortOrder } from '../../expressions/expression.ts';
import type { Value, Vector } from '../../types/vector.ts';
import { compareValues } from '../../types/compare.ts';
import { valueAt } from '../../types/vector.ts';

/** Negative, 0 or positive as one row sorts before, with or after another. */
export type RowComparison = (left: number, right: number) => number;

/** Compares rows by one sort key, whose values are in `column`. */
export function comparisonOf(order: SortOrder, column: Vector | undefined): RowComparison {
  const values: (Value | null)[] = Array.from({ length: column?.length ?? 0 }, (_, row) =>
    column === undefined ? null : valueAt(column, row),
  );
  const compare = valueComparison(order);
  return (left, right) => compare(values[left] ?? null, values[right] ?? null);
}

/** Compares two values of a sort key. */
export function valueComparison({
  direction,
  nullOrdering,
  child,
}: SortOrder): (a: Value | null, b: Value | null) => number {
  const sign = direction === 'ascending' ? 1 : -1;
  const nullSign = nullOrdering === 'nullsFirst' ? -1 : 1;
  const { dataType } = child;
  return (a, b) => {
    if (a === null || b === null) return a === b ? 0 : a === null ? nullSign : -nullSign;
    return sign * compareValues(dataType, a, b);
  };
}

/** The numbers of the rows in order; rows that are equal stay as they came. */
export function inOrder(numRows: number, comparisons: readonly RowComparison[]): Int32Array {
  return Int32Array.from({ length: numRows }, (_, row) => row).sort((left, right) => {
    for (const comparison of comparisons) {
      const result = comparison(left, right);
      if (result !== 0) return result;
    }
    return left - right;
  });
}
