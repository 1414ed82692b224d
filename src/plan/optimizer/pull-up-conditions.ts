/**
 * EXISTS and IN over a query that reads outer columns only in its filters: those conditions become conditions of the join, and the query is
 * computed once, by itself.
 */
import type { Attribute, Expression, NamedExpression } from '../../expressions/expression.ts';
import type { LogicalPlan } from '../logical-plan.ts';
import { isDeterministic, referencesOf } from '../../expressions/expression.ts';
import { conjunction, conjunctsOf } from '../conjuncts.ts';
import { outputOf } from '../logical-plan.ts';
import { freeAttributes } from '../plan-expressions.ts';

interface PulledUp {
  readonly plan: LogicalPlan;
  readonly output: readonly Attribute[];
  readonly conditions: readonly Expression[];
}

/** The query without its conditions over outer columns, and these; undefined where they cannot be taken out. */
export function pulledUp(query: LogicalPlan, outer: LogicalPlan): PulledUp | undefined {
  const known = new Set(outputOf(outer).map(({ id }) => id));
  const isOuter = (expression: Expression): boolean => [...referencesOf(expression)].some((id) => known.has(id));
  if (!freeAttributes(query).some(({ id }) => known.has(id))) return undefined;
  const conditions: Expression[] = [];
  const plan = stripped(query, isOuter, conditions);
  if (plan === undefined || freeAttributes(plan).some(({ id }) => known.has(id))) return undefined;
  const made = new Set(outputOf(plan).map(({ id }) => id));
  const isComplete = conditions.every((one) => [...referencesOf(one)].every((id) => made.has(id) || known.has(id)));
  return isComplete ? { plan, output: outputOf(query), conditions } : undefined;
}

/** The plan without such conditions; projections pass on what they read. */
function stripped(
  plan: LogicalPlan,
  isOuter: (expression: Expression) => boolean,
  conditions: Expression[],
): LogicalPlan | undefined {
  switch (plan.kind) {
    case 'subqueryAlias':
      return stripped(plan.child, isOuter, conditions);
    case 'filter': {
      const child = stripped(plan.child, isOuter, conditions);
      if (child === undefined || !isDeterministic(plan.condition)) return undefined;
      const conjuncts = conjunctsOf(plan.condition);
      const staying = conjuncts.filter((one) => !isOuter(one));
      conditions.push(...conjuncts.filter(isOuter));
      return staying.length === 0 ? child : { kind: 'filter', child, condition: conjunction(staying) };
    }
    case 'project': {
      const child = stripped(plan.child, isOuter, conditions);
      if (child === undefined || plan.expressions.some(isOuter)) return undefined;
      const columns = outputOf(child);
      const needed = new Set(conditions.flatMap((one) => [...referencesOf(one)]));
      const there = new Set(plan.expressions.map(({ id }) => id));
      const added = columns.filter(({ id }): boolean => needed.has(id) && !there.has(id));
      const expressions: readonly NamedExpression[] = [...plan.expressions, ...added];
      return { ...plan, child, expressions };
    }
    default:
      return plan;
  }
}
