/** Says when a streaming query can put out its first rows: what the event time has to reach before a window is closed. For explain. */
import type { NamedExpression } from '../expressions/expression.ts';
import type { LogicalPlan } from './logical-plan.ts';
import { expressionSql } from '../expressions/sql-text.ts';
import { isCalendar } from '../windows/window-spec.ts';
import { isStreaming } from './logical-plan.ts';
import { nodesOf } from './unsupported-operations.ts';

/** The explanation; undefined for a query whose rows come out with the batch that reads them. */
export function firstRowsText(plan: LogicalPlan, outputMode: 'append' | 'update' | 'complete'): string | undefined {
  if (outputMode !== 'append') return undefined;
  const nodes = nodesOf(plan);
  const lines = nodes.flatMap((node) => {
    if (node.kind !== 'aggregate' || !isStreaming(node)) return [];
    const key = node.groupings.find((grouping) => grouping.watermarkDelayMs !== undefined);
    return key === undefined ? [] : [lineOf(key, nodes)];
  });
  return lines.length === 0 ? undefined : lines.toReversed().join('\n');
}

function lineOf(key: NamedExpression, nodes: readonly LogicalPlan[]): string {
  const delay = durationText(BigInt(key.watermarkDelayMs ?? 0) * 1000n);
  const window = nodes.find(
    (node) => (node.kind === 'timeWindow' || node.kind === 'sessionWindow') && node.window.id === sourceOf(key),
  );
  const watermark = nodes.find((node) => node.kind === 'eventTimeWatermark');
  const column = watermark?.kind === 'eventTimeWatermark' ? watermark.eventTime.name : 'the event time';
  const after = `a batch has read a row whose ${column} is at least ${delay} later than that, and the next batch runs`;
  return `append puts out the rows of ${kindOf(key, window)} once, when ${after}.`;
}

function sourceOf(key: NamedExpression): number {
  return key.kind === 'alias' && key.child.kind === 'attribute' ? key.child.id : key.id;
}

function kindOf(key: NamedExpression, window: LogicalPlan | undefined): string {
  if (window?.kind === 'sessionWindow')
    return `a session (gap ${expressionSql(window.gap)}), which ends that gap after its last row,`;
  if (window?.kind !== 'timeWindow') return `a value of ${key.name}`;
  const { spec } = window;
  return `a window of ${isCalendar(spec) ? `${spec.count} ${spec.unit}(s) in ${spec.zone}` : durationText(spec.durationMicros)}, which ends at its end,`;
}

/** `1 hour 30 minutes` for microseconds. */
function durationText(micros: bigint): string {
  const units = [
    ['day', 86_400_000_000n],
    ['hour', 3_600_000_000n],
    ['minute', 60_000_000n],
    ['second', 1_000_000n],
    ['millisecond', 1000n],
    ['microsecond', 1n],
  ] as const;
  let rest = micros;
  const parts = units.flatMap(([name, size]) => {
    const count = rest / size;
    rest %= size;
    return count === 0n ? [] : [`${count} ${name}${count === 1n ? '' : 's'}`];
  });
  return parts.length === 0 ? '0 seconds' : parts.join(' ');
}
