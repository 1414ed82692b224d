/**
 * Moves filters towards the source, conjunct by conjunct: through projections, window assignment, watermarks (only conjuncts that do not
 * read the event time, whose rows must still advance the watermark) and unions; merges filters in a row.
 */
import type { LogicalPlan } from '../logical-plan.ts';
import type { Expression } from '../../expressions/expression.ts';
import { isDeterministic, referencesOf, transformUp } from '../../expressions/expression.ts';
import { BOOLEAN } from '../../types/data-type.ts';
import { outputOf, transformPlanUp } from '../logical-plan.ts';
import { inlineAliases } from './collapse-projects.ts';

type Filter = LogicalPlan & { readonly kind: 'filter' };

export function pushDownFilters(plan: LogicalPlan): LogicalPlan {
  return transformPlanUp(plan, (node) => (node.kind === 'filter' ? pushOne(node) : node));
}

function pushOne(filter: Filter): LogicalPlan {
  const { child, condition } = filter;
  switch (child.kind) {
    case 'filter':
      if (!isDeterministic(condition) || !isDeterministic(child.condition)) return filter;
      return pushOne({
        kind: 'filter',
        child: child.child,
        condition: conjunction([...conjunctsOf(child.condition), ...conjunctsOf(condition)]),
      });
    case 'project': {
      if (!child.expressions.every((expression) => isDeterministic(expression)) || !isDeterministic(condition))
        return filter;
      const pushed: Filter = {
        kind: 'filter',
        child: child.child,
        condition: inlineAliases(condition, child.expressions),
      };
      return { ...child, child: pushOne(pushed) };
    }
    case 'timeWindow':
      return split(
        filter,
        (conjunct) => isDeterministic(conjunct) && !referencesOf(conjunct).has(child.window.id),
        child.child,
        (below) => ({ ...child, child: below }),
      );
    case 'eventTimeWatermark':
      return split(
        filter,
        (conjunct) => !referencesOf(conjunct).has(child.eventTime.id),
        child.child,
        (below) => ({ ...child, child: below }),
      );
    case 'union': {
      if (!isDeterministic(condition)) return filter;
      return {
        ...child,
        children: child.children.map((input) =>
          pushOne({ kind: 'filter', child: input, condition: rename(condition, child, input) }),
        ),
      };
    }
    default:
      return filter;
  }
}

/** Pushes the conjuncts that may go below a node and leaves the others above it. */
function split(
  filter: Filter,
  mayPass: (conjunct: Expression) => boolean,
  input: LogicalPlan,
  rebuild: (below: LogicalPlan) => LogicalPlan,
): LogicalPlan {
  const conjuncts = conjunctsOf(filter.condition);
  const passing = conjuncts.filter(mayPass);
  if (passing.length === 0) return filter;
  const staying = conjuncts.filter((conjunct) => !mayPass(conjunct));
  const below = rebuild(pushOne({ kind: 'filter', child: input, condition: conjunction(passing) }));
  return staying.length === 0 ? below : { kind: 'filter', child: below, condition: conjunction(staying) };
}

function rename(
  condition: Expression,
  union: LogicalPlan & { readonly kind: 'union' },
  input: LogicalPlan,
): Expression {
  const columns = outputOf(input);
  return transformUp(condition, (node) => {
    if (node.kind !== 'attribute') return node;
    return columns[union.output.findIndex(({ id }) => id === node.id)] ?? node;
  });
}

/** `a AND b AND c` as a list. */
export function conjunctsOf(condition: Expression): Expression[] {
  if (condition.kind !== 'logical' || condition.operator !== 'and') return [condition];
  return [...conjunctsOf(condition.left), ...conjunctsOf(condition.right)];
}

/** The AND of a non-empty list. */
export function conjunction(conjuncts: readonly Expression[]): Expression {
  return conjuncts.reduce((left, right) => ({
    kind: 'logical',
    operator: 'and',
    left,
    right,
    dataType: BOOLEAN,
    nullable: left.nullable || right.nullable,
  }));
}
