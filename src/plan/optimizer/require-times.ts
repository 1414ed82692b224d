/**
 * A window drops rows without a time. Where that matters further down, as for what an outer join below it keeps or what moves a watermark
 * of another column, the plan says so by a filter, which then goes down as any other. Applied once.
 */
import type { ResolveContext } from '../../functions/define-function.ts';
import type { LogicalPlan, SessionWindow, TimeWindow } from '../logical-plan.ts';
import { isDeterministic, referencesOf } from '../../expressions/expression.ts';
import { makeOperatorCall } from '../../expressions/scalar-call.ts';
import { inputsOf, isStreaming, transformPlanUp } from '../logical-plan.ts';

/** The plan with such filters. */
export function requireTimes(plan: LogicalPlan, context: ResolveContext): LogicalPlan {
  if (!isStreaming(plan)) return plan;
  return transformPlanUp(plan, (node) =>
    (node.kind === 'timeWindow' || node.kind === 'sessionWindow') && matters(node, node.child)
      ? { ...node, child: withTime(node, context) }
      : node,
  );
}

function withTime({ child, time }: TimeWindow | SessionWindow, context: ResolveContext): LogicalPlan {
  if (!time.nullable || !isDeterministic(time)) return child;
  return { kind: 'filter', child, condition: makeOperatorCall('isnotnull', [time], context) };
}

function matters(window: TimeWindow | SessionWindow, below: LogicalPlan): boolean {
  if (below.kind === 'join') return true;
  if (below.kind === 'eventTimeWatermark') return !referencesOf(window.time).has(below.eventTime.id);
  return inputsOf(below).some((input) => matters(window, input));
}
