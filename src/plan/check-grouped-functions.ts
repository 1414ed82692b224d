/**
 * What groups with state and transformWithState may stand beside in a streaming query, and in which output mode: refused before the
 * query starts, with Spark's sentences. The rest of the checks is unsupported-operations.ts.
 */
import type { FlatMapGroupsWithState, LogicalPlan, TransformWithState } from './logical-plan.ts';
import { modeName } from './check-streaming-join.ts';
import { inputsOf, isStreaming, outputOf } from './logical-plan.ts';
import { unsupported } from './unsupported.ts';

type OutputMode = 'append' | 'update' | 'complete';

/** Throws when user functions over groups, one node of a streaming plan, cannot run beside the others or in this output mode. */
export function checkGroupedFunction(
  node: FlatMapGroupsWithState | TransformWithState,
  plan: LogicalPlan,
  outputMode: OutputMode,
): void {
  if (node.kind === 'transformWithState') {
    checkTransform(node, outputMode);
    return;
  }
  const groups = nodesOf(plan).filter((other) => other.kind === 'flatMapGroupsWithState' && isStreaming(other));
  const maps = groups.filter((other) => other.kind === 'flatMapGroupsWithState' && other.groups.isMap);
  if (maps.length > 1)
    throw unsupported(
      'Multiple mapGroupsWithStates are not supported on a streaming DataFrames/Datasets',
      'Use transformWithState, of which there may be several, or a second query.',
    );
  if (maps.length > 0 && groups.length > maps.length)
    throw unsupported(
      'Mixing mapGroupsWithStates and flatMapGroupsWithStates are not supported on a streaming DataFrames/Datasets',
      'Use flatMapGroupsWithState for all of them, in append mode, or transformWithState.',
    );
  checkGroups(node, plan, outputMode);
}

function checkGroups(node: FlatMapGroupsWithState, plan: LogicalPlan, outputMode: OutputMode): void {
  const { isMap, timeout, outputMode: ownMode } = node.groups;
  const name = isMap ? 'mapGroupsWithState' : 'flatMapGroupsWithState';
  const hasAggregates = nodesOf(plan).some((other) => other.kind === 'aggregate' && isStreaming(other));
  if (isMap) {
    if (hasAggregates)
      throw unsupported(
        'mapGroupsWithState is not supported with aggregation on a streaming DataFrame/Dataset',
        'Use transformWithState in append mode, or aggregate in a second query.',
      );
    if (outputMode !== 'update')
      throw unsupported(
        `mapGroupsWithState is not supported with ${modeName(outputMode)} output mode on a streaming DataFrame/Dataset`,
        'Use outputMode("update"), or flatMapGroupsWithState with its own output mode.',
      );
  } else if (hasAggregates) {
    if (ownMode === 'update')
      throw unsupported(
        'flatMapGroupsWithState in update mode is not supported with aggregation on a streaming DataFrame/Dataset',
        'Use append mode for both, or aggregate in a second query.',
      );
    if (nodesOf(node.child).some((other) => other.kind === 'aggregate' && isStreaming(other)))
      throw unsupported(
        'flatMapGroupsWithState in append mode is not supported after aggregation on a streaming DataFrame/Dataset',
        'Use transformWithState after the aggregation.',
      );
  }
  if (ownMode !== outputMode)
    throw unsupported(
      `${name} in ${ownMode} mode is not supported with ${modeName(outputMode)} output mode on a streaming DataFrame/Dataset`,
      `Use outputMode("${ownMode}").`,
    );
  if (timeout === 'EventTimeTimeout' && !hasWatermark(node.child)) {
    throw unsupported(
      "Watermark must be specified in the query using '[Dataset/DataFrame].withWatermark()' for using event-time timeout in a " +
        `${name}. Event-time timeout not supported without watermark.`,
      'Call withWatermark on the event-time column before groupByKey.',
    );
  }
}

function checkTransform(node: TransformWithState, outputMode: OutputMode): void {
  const { outputMode: ownMode, timeMode } = node.transform;
  if (ownMode !== outputMode)
    throw unsupported(
      `transformWithState in ${ownMode} mode is not supported with ${modeName(outputMode)} output mode on a streaming DataFrame/Dataset`,
      `Use outputMode("${ownMode}").`,
    );
  if (timeMode === 'EventTime' && !hasWatermark(node.child)) {
    throw unsupported(
      "Watermark must be specified in the query using '[Dataset/DataFrame].withWatermark()' for using event-time in a transformWithState. " +
        'Event-time not supported without watermark.',
      'Call withWatermark on the event-time column before groupByKey.',
    );
  }
}

function hasWatermark(plan: LogicalPlan): boolean {
  return outputOf(plan).some((column) => column.watermarkDelayMs !== undefined);
}

function nodesOf(plan: LogicalPlan): LogicalPlan[] {
  return [plan, ...inputsOf(plan).flatMap(nodesOf)];
}
