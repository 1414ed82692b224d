/** What a LATERAL query may not do: draw values, which would be others for each row of the left side in Spark. */
import type { LogicalPlan } from './logical-plan.ts';
import { MillraceError } from '../errors/millrace-error.ts';
import { isDeterministic } from '../expressions/expression.ts';
import { expressionSql } from '../expressions/sql-text.ts';
import { inputsOf } from './logical-plan.ts';
import { expressionsOf } from './plan-expressions.ts';

/** Throws when the right side of a LATERAL join draws values, unless the left side is one row. */
export function checkDrawn(left: LogicalPlan, right: LogicalPlan): void {
  if (!drawsValues(right) || isOneRow(left)) return;
  throw new MillraceError('UNSUPPORTED_SUBQUERY_EXPRESSION_CATEGORY.NON_DETERMINISTIC_LATERAL_SUBQUERIES', {
    treeNode: right.kind,
  });
}

/** The LATERAL join; throws when its condition draws values. */
export function checkedCondition(plan: LogicalPlan): LogicalPlan {
  if (plan.kind !== 'join' || plan.condition === undefined || isDeterministic(plan.condition)) return plan;
  throw new MillraceError('UNSUPPORTED_SUBQUERY_EXPRESSION_CATEGORY.LATERAL_JOIN_CONDITION_NON_DETERMINISTIC', {
    condition: expressionSql(plan.condition),
  });
}

function drawsValues(plan: LogicalPlan): boolean {
  return expressionsOf(plan).some((one) => !isDeterministic(one)) || inputsOf(plan).some(drawsValues);
}

function isOneRow(plan: LogicalPlan): boolean {
  switch (plan.kind) {
    case 'localRelation':
      return plan.batches.reduce((sum, { numRows }) => sum + numRows, 0) <= 1;
    case 'limit':
      return plan.limit <= 1 || isOneRow(plan.child);
    case 'aggregate':
      return plan.groupings.length === 0;
    case 'project':
    case 'filter':
    case 'subqueryAlias':
      return isOneRow(plan.child);
    default:
      return false;
  }
}
