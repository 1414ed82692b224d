/**
 * A window drops rows without a time, a generator rows with an empty or no array. Where that matters further down, as for what an outer
 * join below keeps or what moves a watermark, the plan says so by a filter, which then goes down as any other. Applied once.
 */
import type { ResolveContext } from '../../functions/define-function.ts';
import type { Expression } from '../../expressions/expression.ts';
import type { Generate, LogicalPlan, SessionWindow, TimeWindow } from '../logical-plan.ts';
import { isDeterministic, referencesOf } from '../../expressions/expression.ts';
import { makeOperatorCall } from '../../expressions/scalar-call.ts';
import { INTEGER } from '../../types/data-type.ts';
import { conjunction } from '../conjuncts.ts';
import { inputsOf, isStreaming, transformPlanUp } from '../logical-plan.ts';

type Dropping = TimeWindow | SessionWindow | Generate;

/** The plan with such filters. */
export function implyFilters(plan: LogicalPlan, context: ResolveContext): LogicalPlan {
  if (!isStreaming(plan)) return plan;
  return transformPlanUp(plan, (node) => {
    if (node.kind !== 'timeWindow' && node.kind !== 'sessionWindow' && node.kind !== 'generate') return node;
    const condition = conditionOf(node, context);
    if (condition === undefined || !matters(referencesOf(condition), node.child)) return node;
    return { ...node, child: { kind: 'filter', child: node.child, condition } };
  });
}

function conditionOf(node: Dropping, context: ResolveContext): Expression | undefined {
  const isNotNull = (one: Expression): Expression => makeOperatorCall('isnotnull', [one], context);
  if (node.kind !== 'generate')
    return node.time.nullable && isDeterministic(node.time) ? isNotNull(node.time) : undefined;
  const { functionName, arguments: args, isOuter } = node.generator;
  const [items] = args;
  if (isOuter || items?.kind !== 'attribute' || !FILTERED.has(functionName)) return undefined;
  const size = makeOperatorCall('size', [items], context);
  const isFilled = makeOperatorCall(
    '>',
    [size, { kind: 'literal', value: 0, dataType: INTEGER, nullable: false }],
    context,
  );
  return conjunction(items.nullable ? [isFilled, isNotNull(items)] : [isFilled]);
}

const FILTERED: ReadonlySet<string> = new Set(['explode', 'posexplode', 'inline']);

function matters(columns: ReadonlySet<number>, below: LogicalPlan): boolean {
  if (below.kind === 'join') return true;
  if (below.kind === 'eventTimeWatermark') return !columns.has(below.eventTime.id);
  return inputsOf(below).some((input) => matters(columns, input));
}
