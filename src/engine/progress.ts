/**
 * What a query reports after each batch: Spark's StreamingQueryProgress, field for field. Rates that are not finite are left out, as in
 * Spark's JSON.
 */
import type { JsonValue, Source, SourceOffset } from '../source/source.ts';
import type { StateMetrics } from '../state/state-store.ts';
import type { EpochMetrics } from './metrics.ts';
import type { OperatorState } from './operators/operator-state.ts';
import { assert } from '../errors/assert.ts';
import { withJson } from './progress-json.ts';

export interface SourceProgress {
  readonly description: string;
  readonly startOffset: SourceOffset;
  readonly endOffset: SourceOffset;
  readonly latestOffset: SourceOffset;
  readonly numInputRows: number;
  readonly inputRowsPerSecond?: number;
  readonly processedRowsPerSecond?: number;
  readonly metrics: Readonly<Record<string, string>>;
}

export interface StateOperatorProgress {
  readonly operatorName: string;
  readonly numRowsTotal: number;
  readonly numRowsUpdated: number;
  readonly allUpdatesTimeMs: number;
  readonly numRowsRemoved: number;
  readonly allRemovalsTimeMs: number;
  readonly commitTimeMs: number;
  readonly memoryUsedBytes: number;
  readonly numRowsDroppedByWatermark: number;
  readonly numShufflePartitions: number;
  readonly numStateStoreInstances: number;
  readonly customMetrics: Readonly<Record<string, number>>;
}

export interface SinkProgress {
  readonly description: string;
  /** Rows written, -1 when the sink does not know. */
  readonly numOutputRows: number;
  readonly metrics: Readonly<Record<string, string>>;
}

/** Progress of one batch, or of an idle query: what it would have been, under the id of the batch to come. */
export interface ProgressFields {
  readonly id: string;
  readonly runId: string;
  readonly name: string | null;
  /** Start of the trigger, ISO 8601 in UTC. */
  readonly timestamp: string;
  readonly batchId: number;
  readonly batchDuration: number;
  readonly numInputRows: number;
  readonly inputRowsPerSecond?: number;
  readonly processedRowsPerSecond?: number;
  /** Milliseconds per phase: latestOffset, queryPlanning, getBatch, walCommit, addBatch, commitOffsets, triggerExecution. */
  readonly durationMs: Readonly<Record<string, number>>;
  /** max, min, avg of the event times seen and the watermark in force, ISO 8601; empty without watermark. */
  readonly eventTime: Readonly<Record<string, string>>;
  readonly stateOperators: readonly StateOperatorProgress[];
  readonly sources: readonly SourceProgress[];
  readonly sink: SinkProgress;
  readonly observedMetrics: Readonly<Record<string, JsonValue>>;
}

/** Progress with its text. */
export interface StreamingQueryProgress extends ProgressFields {
  /** As Spark prints it, on one line. */
  readonly json: string;
  readonly prettyJson: string;
}

/** What a finished batch knows of itself. */
export interface BatchReport {
  readonly batchId: number;
  readonly triggerStartMs: number;
  /** Start of the trigger before, undefined at the first. */
  readonly previousTriggerStartMs: number | undefined;
  readonly durationMs: Readonly<Record<string, number>>;
  readonly metrics: EpochMetrics;
  readonly watermarkMs: number;
  readonly hasWatermark: boolean;
  readonly offsets: readonly { readonly start: SourceOffset; readonly end: SourceOffset }[];
  readonly numOutputRows: number;
  /** The watermark late rows were measured by, and the batch that raised it so far. */
  readonly lateWatermarkMs: number;
  readonly raisedByBatchId: number | null;
}

export interface QueryIdentity {
  readonly id: string;
  readonly runId: string;
  readonly name: string | undefined;
}

/** Builds the progress of a batch. */
export function progressOf(
  identity: QueryIdentity,
  report: BatchReport,
  parts: {
    readonly sources: readonly Source[];
    readonly states: readonly (readonly OperatorState[])[];
    readonly sinkDescription: string;
    /** `spark.sql.shuffle.partitions`, which Spark has as many stores by. */
    readonly numPartitions: number;
  },
): StreamingQueryProgress {
  const { metrics, durationMs } = report;
  const batchDuration = durationMs['triggerExecution'] ?? 0;
  const gapMs =
    report.previousTriggerStartMs === undefined
      ? Number.POSITIVE_INFINITY
      : report.triggerStartMs - report.previousTriggerStartMs;
  const rates = (numRows: number): Rates => ratesOf(numRows, gapMs, batchDuration);
  return withJson({
    id: identity.id,
    runId: identity.runId,
    name: identity.name ?? null,
    timestamp: new Date(report.triggerStartMs).toISOString(),
    batchId: report.batchId,
    batchDuration,
    numInputRows: metrics.numInputRows,
    ...rates(metrics.numInputRows),
    durationMs,
    eventTime: eventTimeOf(report),
    stateOperators: parts.states.map((stores) => stateProgress(stores, metrics, parts.numPartitions)),
    sources: parts.sources.map((source, i) => {
      const numInputRows = metrics.inputRowsByScan.get(i) ?? 0;
      const { start, end } = report.offsets[i] ?? { start: null, end: null };
      const latestOffset = source.reportsLatestOffset === false ? null : end;
      const offsets = { startOffset: start, endOffset: end, latestOffset };
      return {
        description: source.description,
        ...offsets,
        numInputRows,
        ...rates(numInputRows),
        metrics: source.metrics?.() ?? {},
      };
    }),
    sink: { description: parts.sinkDescription, numOutputRows: report.numOutputRows, metrics: {} },
    observedMetrics: Object.fromEntries([...metrics.observed].map(([name, { json }]) => [name, json])),
  });
}

interface Rates {
  readonly inputRowsPerSecond?: number;
  readonly processedRowsPerSecond?: number;
}

function ratesOf(numRows: number, gapMs: number, batchMs: number): Rates {
  const input = gapMs <= 0 ? {} : { inputRowsPerSecond: (numRows * 1000) / gapMs };
  return batchMs <= 0 ? input : { ...input, processedRowsPerSecond: (numRows * 1000) / batchMs };
}

function eventTimeOf({ metrics, watermarkMs, hasWatermark }: BatchReport): Record<string, string> {
  if (!hasWatermark) return {};
  const watermark = isoTime(watermarkMs);
  // As Spark does, the first watermark of the plan that saw rows is shown; threads report in any order.
  const stats = metrics.eventTimeByNode.get(Math.min(...metrics.eventTimeByNode.keys()));
  if (stats === undefined || stats.count === 0) return { watermark };
  const avg = isoTime(Math.trunc(stats.sumMs / stats.count));
  return { avg, max: isoTime(stats.maxMs), min: isoTime(stats.minMs), watermark };
}

function isoTime(ms: number): string {
  return new Date(ms).toISOString();
}

/** `stores` are all stores of one operator. */
function stateProgress(
  stores: readonly OperatorState[],
  metrics: EpochMetrics,
  numPartitions: number,
): StateOperatorProgress {
  const [state] = stores;
  assert(state !== undefined, 'a stateful operator has a store');
  const storeMetrics = stores.map((store) => store.storeMetrics);
  const sum = (numberOf: (store: StateMetrics) => number): number =>
    storeMetrics.reduce((total, store) => total + numberOf(store), 0);
  const report = metrics.stateOperators.get(state.operatorId);
  const maySpill = storeMetrics.some(({ spilledBytes }) => spilledBytes !== undefined);
  const spilled = maySpill ? { spilledBytes: sum((store) => store.spilledBytes ?? 0) } : {};
  const memoryUsedBytes = sum((store) => store.memoryUsedBytes);
  return {
    operatorName: state.operatorName,
    numRowsTotal: report?.numRowsTotal ?? sum((store) => store.numRowsTotal),
    numRowsUpdated: report?.numRowsUpdated ?? 0,
    allUpdatesTimeMs: metrics.stateTimeMs(state.operatorId, 'updates'),
    numRowsRemoved: report?.numRowsRemoved ?? 0,
    allRemovalsTimeMs: metrics.stateTimeMs(state.operatorId, 'removals'),
    commitTimeMs: Math.round(sum((store) => store.commitTimeMs)),
    memoryUsedBytes,
    numRowsDroppedByWatermark: report?.numRowsDroppedByWatermark ?? 0,
    numShufflePartitions: numPartitions,
    numStateStoreInstances: (isKeyed(state) ? numPartitions : 1) * numStoresOf(state.operatorName),
    customMetrics: { ...report?.customMetrics, ...spilled, stateOnCurrentVersionSizeBytes: memoryUsedBytes },
  };
}

/** Without a key all rows are in one partition. */
function isKeyed({ operatorName, schema }: OperatorState): boolean {
  return operatorName !== 'globalLimit' && schema.numBucketKeys !== 0;
}

/** The stores Spark has for an operator in each partition: a join of two streams keeps rows and counts of both sides apart. */
function numStoresOf(operatorName: string): number {
  return operatorName === 'symmetricHashJoin' ? 4 : 1;
}
