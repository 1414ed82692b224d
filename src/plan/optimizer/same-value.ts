/** Two values are the same, nulls too: what joins a subquery with the rows around it, also where SQL has no `<=>` for their type. */
import type { Expression } from '../../expressions/expression.ts';
import type { ResolveContext } from '../../functions/define-function.ts';
import { makeOperatorCall } from '../../expressions/scalar-call.ts';
import { isOrderable } from '../../functions/type-rules.ts';
import { equalValues } from '../../types/compare.ts';
import { BOOLEAN } from '../../types/data-type.ts';

/** The comparison of two expressions of one type. */
export function sameValue(left: Expression, right: Expression, context: ResolveContext): Expression {
  const { dataType } = left;
  if (isOrderable(dataType)) return makeOperatorCall('<=>', [left, right], context);
  return {
    kind: 'call',
    functionName: 'samevalue',
    arguments: [left, right],
    dataType: BOOLEAN,
    nullable: false,
    deterministic: true,
    evaluator: {
      kind: 'row',
      nulls: 'pass',
      apply: ([a = null, b = null]) => equalValues(dataType, a, b),
    },
  };
}
