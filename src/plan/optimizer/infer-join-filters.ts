/**
 * Filters that follow from a join: the columns a condition cannot do without are not null, and what holds for one side of an equality
 * holds for the other. They keep rows out of state and, below a watermark, from moving it, exactly as in Spark. Applied once.
 */
import type { Attribute, Expression } from '../../expressions/expression.ts';
import type { ResolveContext } from '../../functions/define-function.ts';
import type { Join, LogicalPlan } from '../logical-plan.ts';
import { makeOperatorCall } from '../../expressions/scalar-call.ts';
import { isDeterministic, referencesOf, toAttribute, transformUp } from '../../expressions/expression.ts';
import { sameType } from '../../types/data-type.ts';
import { conjunction, conjunctsOf } from '../conjuncts.ts';
import { readsOnly } from '../join-keys.ts';
import { outputOf, transformPlanUp } from '../logical-plan.ts';
import { identityOf } from '../expression-identity.ts';
import { nullIntolerantColumns } from './null-intolerance.ts';
import { isLeftFree, isRightFree } from './push-through-join.ts';

/** The plan with such filters on the sides of joins that may lose rows. */
export function inferJoinFilters(plan: LogicalPlan, context: ResolveContext): LogicalPlan {
  return transformPlanUp(plan, (node) => (node.kind === 'join' ? withFilters(node, context) : node));
}

function withFilters(join: Join, context: ResolveContext): LogicalPlan {
  const { left, right, condition, joinType } = join;
  const known = [
    ...constraintsOf(left),
    ...constraintsOf(right),
    ...(condition === undefined ? [] : conjunctsOf(condition)),
  ].filter(isDeterministic);
  const all = distinct([...known, ...substituted(known)]);
  const side = (child: LogicalPlan): LogicalPlan => {
    const columns = outputOf(child);
    const ids = new Set(columns.map(({ id }) => id));
    const there = new Set(constraintsOf(child).map(identityOf));
    const missing = distinct([...notNulls(all, columns, context), ...all]).filter(
      (one) => referencesOf(one).size > 0 && readsOnly(one, ids) && !there.has(identityOf(one)),
    );
    return missing.length === 0 ? child : { kind: 'filter', child, condition: conjunction(missing) };
  };
  const newLeft = isLeftFree(joinType) ? side(left) : left;
  const newRight = isRightFree(joinType) ? side(right) : right;
  return newLeft === left && newRight === right ? join : { ...join, left: newLeft, right: newRight };
}

/** What holds for all rows of a plan, as far as filters in it say so. */
function constraintsOf(plan: LogicalPlan): readonly Expression[] {
  switch (plan.kind) {
    case 'filter':
      return [...constraintsOf(plan.child), ...conjunctsOf(plan.condition)];
    case 'project': {
      const ids = new Set(plan.expressions.map(({ id }) => id));
      const renamed = new Map(
        plan.expressions.flatMap((expression) =>
          expression.kind === 'alias' && expression.child.kind === 'attribute'
            ? [[expression.child.id, toAttribute(expression)] as const]
            : [],
        ),
      );
      const above = (one: Expression): Expression =>
        transformUp(one, (node) => (node.kind === 'attribute' ? (renamed.get(node.id) ?? node) : node));
      return constraintsOf(plan.child)
        .map(above)
        .filter((one) => readsOnly(one, ids));
    }
    case 'eventTimeWatermark':
    case 'timeWindow':
    case 'deduplicate':
    case 'subqueryAlias':
    case 'sort':
    case 'limit':
      return constraintsOf(plan.child);
    default:
      return [];
  }
}

/** For each equality of two columns: the other conjuncts with one column in place of the other. */
function substituted(conjuncts: readonly Expression[]): Expression[] {
  const candidates = conjuncts.filter((one) => one.kind !== 'call' || one.functionName !== 'isnotnull');
  return candidates.flatMap((equality) => {
    if (equality.kind !== 'call' || equality.functionName !== '=') return [];
    const [left, right] = equality.arguments;
    if (left?.kind !== 'attribute' || right?.kind !== 'attribute' || !sameType(left.dataType, right.dataType))
      return [];
    const others = candidates.filter((one) => one !== equality);
    return [...replaced(others, left, right), ...replaced(others, right, left)];
  });
}

function replaced(conjuncts: readonly Expression[], from: Attribute, to: Attribute): Expression[] {
  return conjuncts
    .filter((one) => referencesOf(one).has(from.id))
    .map((one) => transformUp(one, (node) => (node.kind === 'attribute' && node.id === from.id ? to : node)));
}

function notNulls(
  conjuncts: readonly Expression[],
  columns: readonly Attribute[],
  context: ResolveContext,
): Expression[] {
  const needed = new Set(conjuncts.flatMap(nullIntolerantColumns).map(({ id }) => id));
  return columns
    .filter(({ id, nullable }) => nullable && needed.has(id))
    .map((column) => makeOperatorCall('isnotnull', [column], context));
}

function distinct(expressions: readonly Expression[]): Expression[] {
  return [...new Map(expressions.map((one) => [identityOf(one), one])).values()];
}
