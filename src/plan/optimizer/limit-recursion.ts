/** A recursion of which a limit takes the first rows ends when it has made them, however often its step could be taken. */
import type { LogicalPlan } from '../logical-plan.ts';
import { transformPlanUp } from '../logical-plan.ts';

export function limitRecursion(plan: LogicalPlan): LogicalPlan {
  return transformPlanUp(plan, (node) => {
    const child = node.kind === 'limit' ? limited(node.child, node.limit) : undefined;
    return node.kind === 'limit' && child !== undefined ? { ...node, child } : node;
  });
}

/** The plan with its recursion limited; undefined where its rows are not those of a recursion one by one. */
function limited(plan: LogicalPlan, maxRows: number): LogicalPlan | undefined {
  if (plan.kind === 'recursion') return { ...plan, maxRows };
  if (plan.kind !== 'project' && plan.kind !== 'limit') return undefined;
  const child = limited(plan.child, plan.kind === 'limit' ? Math.min(maxRows, plan.limit) : maxRows);
  return child && { ...plan, child };
}
