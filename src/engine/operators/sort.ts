/** Sorts all rows of an epoch: collects them, orders row numbers, puts them out in batches. For batch queries and complete mode. */
import type { SortOrder } from '../../expressions/expression.ts';
import type { ColumnBatch } from '../../types/column-batch.ts';
import type { Operator, Transform } from './operator.ts';
import { compileExpression } from '../../expressions/compile.ts';
import { expressionSql } from '../../expressions/sql-text.ts';
import { TARGET_BATCH_ROWS } from '../../types/column-batch.ts';
import { concatBatches, gatherBatch } from '../../types/vector-ops.ts';
import { batchOperator } from '../rx.ts';
import { schemaOf } from './operator.ts';
import { comparisonOf, inOrder } from './row-order.ts';

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
        const rows = inOrder(all.numRows, comparisons);
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
