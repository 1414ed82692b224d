/**
 * A semi or anti join above a streaming aggregation whose condition reads grouping columns only is made below it, over the rows, as in
 * Spark. For a stream that is more than speed: a group is then of the rows that had a partner when they came.
 */
import type { Expression } from '../../expressions/expression.ts';
import type { Aggregate, Join, LogicalPlan } from '../logical-plan.ts';
import { isDeterministic, referencesOf } from '../../expressions/expression.ts';
import { conjunction, conjunctsOf } from '../conjuncts.ts';
import { idsOf } from '../join-keys.ts';
import { isLeftOnly } from '../join-type.ts';
import { isStreaming, transformPlanUp } from '../logical-plan.ts';
import { inlineAliases } from './collapse-projects.ts';
import { groupingDefinitions, replaceAttributes } from './grouping-columns.ts';

/** The plan with such joins below the aggregations. */
export function pushSemiJoins(plan: LogicalPlan): LogicalPlan {
  return transformPlanUp(plan, (node) =>
    node.kind === 'join' && isLeftOnly(node.joinType) && isStreaming(node.left) ? pushed(node) : node,
  );
}

function pushed(join: Join): LogicalPlan {
  const { left, condition } = join;
  if (left.kind === 'aggregate') return belowAggregate(join, left);
  if (left.kind !== 'project' || condition === undefined || !left.expressions.every(isDeterministic)) return join;
  const below = pushed({ ...join, left: left.child, condition: inlineAliases(condition, left.expressions) });
  return below.kind === 'join' ? join : { ...left, child: below };
}

function belowAggregate(join: Join, aggregate: Aggregate): LogicalPlan {
  const { condition } = join;
  if (condition === undefined || aggregate.groupings.length === 0 || !aggregate.aggregates.every(isDeterministic))
    return join;
  const keys = groupingDefinitions(aggregate);
  const right = idsOf(join, 'right');
  const conjuncts = conjunctsOf(condition);
  const passing = conjuncts.filter((one) => readsKeys(one, keys, right));
  const staying = conjuncts.filter((one) => !passing.includes(one));
  const mayStay =
    join.joinType === 'leftSemi' && !staying.some((one) => [...referencesOf(one)].some((id) => right.has(id)));
  if (passing.length === 0 || (staying.length > 0 && !mayStay)) return join;
  const below = conjunction(passing.map((one) => replaceAttributes(one, keys)));
  const above: LogicalPlan = { ...aggregate, child: { ...join, left: aggregate.child, condition: below } };
  return staying.length === 0 ? above : { kind: 'filter', child: above, condition: conjunction(staying) };
}

function readsKeys(conjunct: Expression, keys: ReadonlyMap<number, Expression>, right: ReadonlySet<number>): boolean {
  const ids = [...referencesOf(conjunct)];
  return isDeterministic(conjunct) && ids.length > 0 && ids.every((id) => keys.has(id) || right.has(id));
}
