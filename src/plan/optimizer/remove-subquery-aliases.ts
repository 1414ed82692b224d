/** Drops the names of relations: attributes are found by id from here on. */
import type { LogicalPlan } from '../logical-plan.ts';
import { transformPlanUp } from '../logical-plan.ts';

export function removeSubqueryAliases(plan: LogicalPlan): LogicalPlan {
  return transformPlanUp(plan, (node) => (node.kind === 'subqueryAlias' ? node.child : node));
}
