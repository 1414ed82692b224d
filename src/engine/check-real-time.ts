/** What a query with Trigger.RealTime may be; everything else is refused before it starts, with Spark's conditions. */
import type { PhysicalPlan } from './planner.ts';
import type { StreamingQueryRequest } from './query-request.ts';
import { MillraceError } from '../errors/millrace-error.ts';

/** Sinks that take rows as they come; the others make a batch visible as a whole. */
const SINKS = new Set(['foreach', 'console', 'memory']);
/** Sources that tell when rows arrive. Files and rates come in portions of their own. */
const SOURCES = new Set(['memory', 'kafka', 'kinesis', 'socket']);
/** Stateful operators that put out, epoch by epoch, just what an epoch changed. */
const OPERATORS = new Set(['stateStoreSave', 'dedupe', 'dedupeWithinWatermark']);

const ALLOWLIST_CHECK = 'spark.sql.streaming.realTimeMode.allowlistCheck';

/** Refuses what cannot run in real time. */
export function checkRealTime(request: StreamingQueryRequest, physical: PhysicalPlan): void {
  const { trigger, outputMode, sinkFormat, query } = request;
  if (trigger.kind !== 'realTime') return;
  const minimumMs = query.settings.integer('spark.sql.streaming.realTimeMode.minBatchDuration');
  if (trigger.durationMs < minimumMs)
    throw new MillraceError('INVALID_STREAMING_REAL_TIME_MODE_TRIGGER_INTERVAL', {
      interval: String(trigger.durationMs),
      minBatchDuration: String(minimumMs),
    });
  if (outputMode !== 'update')
    throw new MillraceError('STREAMING_REAL_TIME_MODE.OUTPUT_MODE_NOT_SUPPORTED', { outputMode });
  if (!SINKS.has(sinkFormat.toLowerCase()))
    throw new MillraceError('STREAMING_REAL_TIME_MODE.SINK_NOT_SUPPORTED', { className: sinkFormat });
  const source = physical.scans.find(({ relation }) => !SOURCES.has(relation.format));
  if (source !== undefined)
    throw new MillraceError('STREAMING_REAL_TIME_MODE.INPUT_STREAM_NOT_SUPPORTED', {
      className: source.relation.format,
    });
  const operators = physical.states.map(({ operatorName }) => operatorName).filter((name) => !OPERATORS.has(name));
  if (operators.length > 0 && query.settings.get(ALLOWLIST_CHECK) !== 'false')
    throw new MillraceError('STREAMING_REAL_TIME_MODE.OPERATOR_OR_SINK_NOT_IN_ALLOWLIST', {
      errorType: 'operator',
      message: [...new Set(operators)].join(', '),
    });
}
