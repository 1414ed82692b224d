/**
 * A condition with a subquery that does not read the event time goes below the watermark before it becomes a join, as every other such
 * condition: rows that fail it do not move the watermark.
 */
import type { Expression } from '../../expressions/expression.ts';
import type { Filter, LogicalPlan } from '../logical-plan.ts';
import { someNode } from '../../expressions/expression.ts';
import { conjunction, conjunctsOf } from '../conjuncts.ts';
import { expressionsOf } from '../plan-expressions.ts';
import { nodesOf } from '../unsupported-operations.ts';

/** The filter, or what it is with such conditions further down. */
export function sinkSubqueries(filter: Filter): LogicalPlan {
  const { child } = filter;
  if (child.kind === 'subqueryAlias') {
    const below = sinkSubqueries({ ...filter, child: child.child });
    return below.kind === 'filter' && below.child === child.child ? filter : { ...child, child: below };
  }
  if (child.kind !== 'eventTimeWatermark') return filter;
  const conjuncts = conjunctsOf(filter.condition);
  const sinking = conjuncts.filter((one) => !reads(one, child.eventTime.id));
  if (sinking.length === 0) return filter;
  const staying = conjuncts.filter((one) => !sinking.includes(one));
  const below: LogicalPlan = { ...child, child: { ...filter, child: child.child, condition: conjunction(sinking) } };
  return staying.length === 0 ? below : { ...filter, child: below, condition: conjunction(staying) };
}

/** True when the expression, or a subquery in it, reads the column. */
function reads(expression: Expression, id: number): boolean {
  return someNode(expression, (node) => {
    if (node.kind === 'attribute') return node.id === id;
    if (node.kind !== 'subquery') return false;
    return nodesOf(node.plan as LogicalPlan).some((below) => expressionsOf(below).some((one) => reads(one, id)));
  });
}
