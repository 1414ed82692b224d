/**
 * Rewrites a resolved plan into an equal one that reads and computes less. Rules run in the order of the list, over and over until
 * nothing changes; a rule is one file and one line here.
 */
import type { LogicalPlan } from '../logical-plan.ts';
import type { ResolveContext } from '../../functions/define-function.ts';
import { attachScanFilters } from './attach-scan-filters.ts';
import { collapseProjects } from './collapse-projects.ts';
import { foldConstants } from './fold-constants.ts';
import { implyFilters } from './imply-filters.ts';
import { inferJoinFilters } from './infer-join-filters.ts';
import { limitRecursion } from './limit-recursion.ts';
import { pruneColumns } from './prune-columns.ts';
import { pushDownFilters } from './push-down-filters.ts';
import { pushSemiJoins } from './push-semi-join.ts';
import { rewriteSubqueries } from './rewrite-subqueries.ts';
import { removeSubqueryAliases } from './remove-subquery-aliases.ts';

/** A rewrite of a whole plan; returns the same object when it changed nothing. */
export interface OptimizerRule {
  readonly name: string;
  readonly apply: (plan: LogicalPlan, context: ResolveContext) => LogicalPlan;
}

export const OPTIMIZER_RULES: readonly OptimizerRule[] = [
  { name: 'RemoveSubqueryAliases', apply: removeSubqueryAliases },
  { name: 'ConstantFolding', apply: foldConstants },
  { name: 'PushDownPredicates', apply: pushDownFilters },
  { name: 'PushDownLeftSemiAntiJoin', apply: pushSemiJoins },
  { name: 'CollapseProject', apply: collapseProjects },
];

const MAX_ROUNDS = 20;

/** The optimized plan; puts out the same attributes as the given one. */
export function optimize(plan: LogicalPlan, context: ResolveContext): LogicalPlan {
  const whole = implyFilters(rewriteSubqueries(plan, context), context);
  const inferred = inferJoinFilters(applyRules(whole, context), context);
  return limitRecursion(attachScanFilters(collapseProjects(pruneColumns(applyRules(inferred, context)))));
}

function applyRules(plan: LogicalPlan, context: ResolveContext): LogicalPlan {
  let current = plan;
  for (let round = 0; round < MAX_ROUNDS; round++) {
    const before = current;
    for (const rule of OPTIMIZER_RULES) current = rule.apply(current, context);
    if (current === before) break;
  }
  return current;
}
