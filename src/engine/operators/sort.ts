/** Sorts all rows of an epoch: collects them, orders row numbers, puts them out in batches. For batch queries and complete mode. */
import type { SortOrder } from '../../expressions/expression.ts';
import type { ColumnBatch } from '../../types/column-batch.ts';
import type { Value, Vector } from '../../types/vector.ts';
import type { Operator, Transform } from './operator.ts';
import { compileExpression } from '../../expressions/compile.ts';
import { expressionSql } from '../../expressions/sql-text.ts';
import { TARGET_BATCH_ROWS } from '../../types/column-batch.ts';
import { compareValues } from '../../types/compare.ts';
import { concatBatches, gatherBatch } from '../../types/vector-ops.ts';
import { valueAt } from '../../types/vector.ts';
import { batchOperator } from '../rx.ts';
import { schemaOf } from './operator.ts';

type RowComparison = (left: number, right: number) => number;

export function sort(input: Operator, order: readonly SortOrder[]): Transform {
  const schema = schemaOf(input.output);
  const evaluators = order.map(({ child }) => compileExpression(child, input.output));
  return {
    kind: 'transform',
    distribution: { kind: 'single', reason: 'a sort orders all rows' },
    name: 'Sort',
    inputs: [input],
    output: input.output,
    detail: order
      .map(({ child, direction }) => `${expressionSql(child)} ${direction === 'ascending' ? 'ASC' : 'DESC'}`)
      .join(', '),
    process: (epoch) => {
      const collected: ColumnBatch[] = [];
      const sorted = function* (): Generator<ColumnBatch> {
        const all = concatBatches(schema, collected);
        const comparisons = order.map((key, i) => comparisonOf(key, evaluators[i]?.(all, epoch.context)));
        const compare: RowComparison = (left, right) => {
          for (const comparison of comparisons) {
            const result = comparison(left, right);
            if (result !== 0) return result;
          }
          return left - right;
        };
        const rows = Int32Array.from({ length: all.numRows }, (_, row) => row).sort(compare);
        for (let from = 0; from < rows.length; from += TARGET_BATCH_ROWS) {
          const part = rows.subarray(from, from + TARGET_BATCH_ROWS);
          yield gatherBatch(all, part, part.length);
        }
      };
      return batchOperator((batch) => {
        collected.push(batch);
        return [];
      }, sorted);
    },
  };
}

function comparisonOf({ direction, nullOrdering, child }: SortOrder, column: Vector | undefined): RowComparison {
  const values: (Value | null)[] = Array.from({ length: column?.length ?? 0 }, (_, row) =>
    column === undefined ? null : valueAt(column, row),
  );
  const sign = direction === 'ascending' ? 1 : -1;
  const nullSign = nullOrdering === 'nullsFirst' ? -1 : 1;
  return (left, right) => {
    const a = values[left] ?? null;
    const b = values[right] ?? null;
    if (a === null || b === null) return a === b ? 0 : a === null ? nullSign : -nullSign;
    return sign * compareValues(child.dataType, a, b);
  };
}
