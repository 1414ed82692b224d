/** Makes several rows of each row, one per projection: for grouping sets. Stateless. */
import type { Expand } from '../../plan/logical-plan.ts';
import type { Operator, Transform } from './operator.ts';
import { compileExpression } from '../../expressions/compile.ts';
import { batchOperator } from '../rx.ts';
import { placeOfRows, schemaOf } from './operator.ts';

export function expand(input: Operator, node: Pick<Expand, 'projections' | 'output'>): Transform {
  const { projections, output } = node;
  const schema = schemaOf(output);
  const evaluators = projections.map((projection) =>
    projection.map((expression) => compileExpression(expression, input.output)),
  );
  return {
    kind: 'transform',
    distribution: placeOfRows(projections.flat()),
    name: 'Expand',
    inputs: [input],
    output,
    detail: `${projections.length} projections`,
    process: (epoch) =>
      batchOperator((batch) =>
        evaluators.map((projection) => ({
          schema,
          numRows: batch.numRows,
          columns: projection.map((evaluate) => evaluate(batch, epoch.context)),
        })),
      ),
  };
}
