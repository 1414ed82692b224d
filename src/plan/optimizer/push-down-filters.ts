/**
 * Moves filters towards the source, conjunct by conjunct: through projections, aggregations (conjuncts over the keys), window assignment, watermarks (only conjuncts that do not
 * read the event time, whose rows must still advance the watermark) and unions;
 * merges filters in a row. Joins are push-through-join.ts.
 */
import type { Filter, LogicalPlan } from '../logical-plan.ts';
import type { Expression } from '../../expressions/expression.ts';
import { isDeterministic, referencesOf, transformUp } from '../../expressions/expression.ts';
import { outputOf, transformPlanUp } from '../logical-plan.ts';
import { conjunction, conjunctsOf } from '../conjuncts.ts';
import { inlineAliases } from './collapse-projects.ts';
import { groupingDefinitions, readsOnlyKeys, replaceAttributes } from './grouping-columns.ts';
import { pushFilterThroughJoin, pushJoinCondition } from './push-through-join.ts';

export function pushDownFilters(plan: LogicalPlan): LogicalPlan {
  return transformPlanUp(plan, (node) => {
    if (node.kind === 'join') return pushJoinCondition(node, pushOne);
    return node.kind === 'filter' ? pushOne(node) : node;
  });
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
    case 'sessionWindow':
      return split(
        filter,
        (conjunct) => isDeterministic(conjunct) && !referencesOf(conjunct).has(child.window.id),
        child.child,
        (below) => ({ ...child, child: below }),
      );
    case 'generate': {
      const made = new Set(child.generated.map(({ id }) => id));
      return split(
        filter,
        (conjunct) => isDeterministic(conjunct) && ![...referencesOf(conjunct)].some((id) => made.has(id)),
        child.child,
        (below) => ({ ...child, child: below }),
      );
    }
    case 'aggregate': {
      const keys = groupingDefinitions(child);
      return split(
        filter,
        (conjunct) => isDeterministic(conjunct) && readsOnlyKeys(conjunct, keys),
        child.child,
        (below) => ({ ...child, child: below }),
        (conjunct) => replaceAttributes(conjunct, keys),
      );
    }
    case 'eventTimeWatermark':
      return split(
        filter,
        (conjunct) => !referencesOf(conjunct).has(child.eventTime.id),
        child.child,
        (below) => ({ ...child, child: below }),
      );
    case 'join':
      return pushFilterThroughJoin(filter, child, pushOne);
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
  translate = (conjunct: Expression): Expression => conjunct,
): LogicalPlan {
  const conjuncts = conjunctsOf(filter.condition);
  const passing = conjuncts.filter(mayPass).map(translate);
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
