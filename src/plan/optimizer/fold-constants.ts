/** Computes expressions over literals once, at planning. What would fail stays, so that it fails only if a row reaches it. */
import type { LogicalPlan } from '../logical-plan.ts';
import type { Expression, NamedExpression } from '../../expressions/expression.ts';
import type { ResolveContext } from '../../functions/define-function.ts';
import { foldExpression } from '../../expressions/fold.ts';
import { transformPlanUp } from '../logical-plan.ts';

export function foldConstants(plan: LogicalPlan, context: ResolveContext): LogicalPlan {
  return transformPlanUp(plan, (node) => {
    if (node.kind === 'filter' || node.kind === 'join') {
      if (node.condition === undefined) return node;
      const condition = foldExpression(node.condition, context);
      return condition === node.condition ? node : { ...node, condition };
    }
    if (node.kind !== 'project') return node;
    const expressions = node.expressions.map((expression) => foldNamed(expression, context));
    return expressions.every((expression, i) => expression === node.expressions[i]) ? node : { ...node, expressions };
  });
}

function foldNamed(expression: NamedExpression, context: ResolveContext): NamedExpression {
  if (expression.kind === 'attribute') return expression;
  const child: Expression = foldExpression(expression.child, context);
  return child === expression.child ? expression : { ...expression, child };
}
