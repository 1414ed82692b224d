/**
 * A select list over a filter in one step: finds the rows, then makes the columns of the select list for them alone. What only the
 * condition reads is not copied, and what is computed goes straight from the columns of the input to the result. Stateless.
 */
import type { Expression, NamedExpression } from '../../expressions/expression.ts';
import type { Operator, Transform } from './operator.ts';
import { compilePredicate, compileSelected } from '../../expressions/compile.ts';
import { isDeterministic } from '../../expressions/expression.ts';
import { batchOperator } from '../rx.ts';
import { filter } from './filter.ts';
import { schemaOf } from './operator.ts';
import { project } from './project.ts';

/** `expressions` over the rows of `input` for which the condition is true; explain shows both steps. */
export function filterProject(
  input: Operator,
  condition: Expression,
  expressions: readonly NamedExpression[],
): Transform {
  const filtered = filter(input, condition);
  const projected = project(filtered, expressions);
  // A random condition must be asked once; the two steps do that.
  if (!isDeterministic(condition)) return projected;
  const predicate = compilePredicate(condition, input.output);
  const evaluators = expressions.map((expression) => compileSelected(expression, input.output));
  const schema = schemaOf(projected.output);
  return {
    ...projected,
    reads: [input],
    process: (epoch) =>
      batchOperator((batch) => {
        const selection = predicate(batch, epoch.context);
        const { count } = selection;
        if (count === 0) return [];
        const columns = evaluators.map((evaluate) => evaluate(batch, selection, epoch.context));
        return [{ schema, numRows: count, columns }];
      }),
  };
}
