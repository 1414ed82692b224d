/** Computes a select list for each batch. Stateless. */
import type { NamedExpression } from '../../expressions/expression.ts';
import type { Operator, Transform } from './operator.ts';
import { compileExpression } from '../../expressions/compile.ts';
import { toAttribute } from '../../expressions/expression.ts';
import { expressionSql } from '../../expressions/sql-text.ts';
import { batchOperator } from '../rx.ts';
import { placeOfRows, schemaOf } from './operator.ts';

export function project(input: Operator, expressions: readonly NamedExpression[]): Transform {
  const output = expressions.map(toAttribute);
  const schema = schemaOf(output);
  const evaluators = expressions.map((expression) => compileExpression(expression, input.output));
  const detail = `[${expressions.map((expression) => expressionSql(expression)).join(', ')}]`;
  return {
    kind: 'transform',
    distribution: placeOfRows(expressions),
    name: 'Project',
    inputs: [input],
    output,
    detail,
    process: (epoch) =>
      batchOperator((batch) => [
        { schema, numRows: batch.numRows, columns: evaluators.map((evaluate) => evaluate(batch, epoch.context)) },
      ]),
  };
}
