/** Keeps the rows for which a condition is true; false and null drop the row. Stateless. */
import type { Expression } from '../../expressions/expression.ts';
import type { Operator, Transform } from './operator.ts';
import { placeOfRows } from './operator.ts';
import { compilePredicate } from '../../expressions/compile.ts';
import { expressionSql } from '../../expressions/sql-text.ts';
import { gatherBatch } from '../../types/vector-ops.ts';
import { batchOperator } from '../rx.ts';

export function filter(input: Operator, condition: Expression): Transform {
  const predicate = compilePredicate(condition, input.output);
  return {
    kind: 'transform',
    distribution: placeOfRows([condition]),
    name: 'Filter',
    inputs: [input],
    output: input.output,
    detail: expressionSql(condition),
    process: (epoch) =>
      batchOperator((batch) => {
        const { rows, count } = predicate(batch, epoch.context);
        if (count === 0) return [];
        return [count === batch.numRows ? batch : gatherBatch(batch, rows, count)];
      }),
  };
}
