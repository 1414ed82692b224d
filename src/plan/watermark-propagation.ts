/**
 * The watermark each stateful operator sees. A query has one watermark, that of its sources; an operator may put out rows older than it
 * (a join, up to its bounds), so what stands above sees a smaller one. A function of the plan and the query's watermark alone, so the
 * values of the batch before can be had again after a restart.
 */
import type { LogicalPlan } from './logical-plan.ts';
import { inputsOf, isStreaming } from './logical-plan.ts';
import { joinOutputWatermarkMs } from './join-watermarks.ts';

/** The watermark of a node's input in ms: the smallest of its inputs that have one, 0 when none has. */
export function inputWatermarkMs(node: LogicalPlan, queryMs: number): number {
  return smallest(node, queryMs) ?? 0;
}

function smallest(node: LogicalPlan, queryMs: number): number | undefined {
  const known = inputsOf(node).flatMap((input) => outputWatermarkMs(input, queryMs) ?? []);
  return known.length === 0 ? undefined : Math.min(...known);
}

function outputWatermarkMs(node: LogicalPlan, queryMs: number): number | undefined {
  if (node.kind === 'eventTimeWatermark') return queryMs;
  // What a function makes of a group has no event time of the input, nor has what comes of timers of the clock.
  if (node.kind === 'flatMapGroupsWithState') return undefined;
  if (node.kind === 'transformWithState' && node.transform.timeMode === 'ProcessingTime') return undefined;
  const inputMs = smallest(node, queryMs);
  if (node.kind !== 'join' || inputMs === undefined) return inputMs;
  return isStreaming(node.left) && isStreaming(node.right) ? joinOutputWatermarkMs(node, inputMs) : inputMs;
}
