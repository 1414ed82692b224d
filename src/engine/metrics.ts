/** Counts one epoch: rows per source, event times per watermark node, numbers of each stateful operator. Read by progress.ts. */
import type { JsonValue } from '../source/source.ts';
import type { Row } from '../types/row-codec.ts';
import type { LateRowBatch, LateRowMessage } from './late-row.ts';
import type { StateReport } from './operators/operator-state.ts';
import { lateRowsFromMessage, lateRowsToMessage } from './late-row.ts';

/** Event times of one watermark node in one epoch, in ms. A null counts as 1970-01-01, as in Spark. */
export interface EventTimeStats {
  maxMs: number;
  minMs: number;
  sumMs: number;
  count: number;
}

/** The metrics of one observation in one epoch. */
export interface ObservedMetrics {
  readonly json: Readonly<Record<string, JsonValue>>;
  readonly row: Row;
}

/** The metrics of one thread as plain data. */
export interface MetricsMessage {
  readonly inputRowsByScan: ReadonlyMap<number, number>;
  readonly eventTimeByNode: ReadonlyMap<number, EventTimeStats>;
  readonly stateOperators: ReadonlyMap<number, StateReport & { readonly operatorName: string }>;
  /** Time of updates and removals of state by operator, in ms. */
  readonly stateTimesMs: ReadonlyMap<string, number>;
  readonly lateRows: readonly LateRowMessage[];
}

export class EpochMetrics {
  readonly inputRowsByScan = new Map<number, number>();
  readonly eventTimeByNode = new Map<number, EventTimeStats>();
  readonly stateOperators = new Map<number, StateReport & { readonly operatorName: string }>();

  /** Observed metrics by name: as progress shows them, and as a row. */
  readonly observed = new Map<string, ObservedMetrics>();

  /** Rows dropped by the watermark; filled only when the epoch tracks them. */
  readonly lateRows: LateRowBatch[] = [];
  /** Time of updates and removals of state by operator, in ms. */
  readonly #stateTimesMs = new Map<string, number>();
  readonly #monotonicMs: () => number;

  /** `monotonicMs` measures the time of state operations; without it they take none. */
  constructor(monotonicMs: () => number = () => 0) {
    this.#monotonicMs = monotonicMs;
  }

  monotonicMs(): number {
    return this.#monotonicMs();
  }

  addStateTime(operatorId: number, phase: 'updates' | 'removals', ms: number): void {
    this.#addTime(`${operatorId}/${phase}`, ms);
  }

  #addTime(key: string, ms: number): void {
    this.#stateTimesMs.set(key, (this.#stateTimesMs.get(key) ?? 0) + ms);
  }

  /** Whole milliseconds an operator spent on updating or removing state. */
  stateTimeMs(operatorId: number, phase: 'updates' | 'removals'): number {
    return Math.round(this.#stateTimesMs.get(`${operatorId}/${phase}`) ?? 0);
  }

  addInputRows(scanIndex: number, numRows: number): void {
    this.inputRowsByScan.set(scanIndex, (this.inputRowsByScan.get(scanIndex) ?? 0) + numRows);
  }

  addEventTimes(nodeId: number, stats: EventTimeStats): void {
    const known = this.eventTimeByNode.get(nodeId);
    if (known === undefined) {
      this.eventTimeByNode.set(nodeId, { ...stats });
      return;
    }
    known.maxMs = Math.max(known.maxMs, stats.maxMs);
    known.minMs = Math.min(known.minMs, stats.minMs);
    known.sumMs += stats.sumMs;
    known.count += stats.count;
  }

  /** What a query counts that does nothing: the same state, and nothing else. */
  idle(): EpochMetrics {
    const metrics = new EpochMetrics();
    for (const [operator, report] of this.stateOperators) {
      const customMetrics = Object.fromEntries(Object.keys(report.customMetrics ?? {}).map((name) => [name, 0]));
      const zeros = { numRowsUpdated: 0, numRowsRemoved: 0, numRowsDroppedByWatermark: 0, customMetrics };
      metrics.stateOperators.set(operator, { ...report, ...zeros });
    }
    return metrics;
  }

  /** Plain data with what was counted, for another thread. */
  toMessage(): MetricsMessage {
    const { inputRowsByScan, eventTimeByNode, stateOperators } = this;
    const lateRows = lateRowsToMessage(this.lateRows);
    return { inputRowsByScan, eventTimeByNode, stateOperators, stateTimesMs: this.#stateTimesMs, lateRows };
  }

  /** Adds what another thread counted in the same epoch. */
  add(other: MetricsMessage): void {
    for (const [scanIndex, numRows] of other.inputRowsByScan) this.addInputRows(scanIndex, numRows);
    for (const [node, stats] of other.eventTimeByNode) this.addEventTimes(node, stats);
    for (const [key, ms] of other.stateTimesMs) this.#addTime(key, ms);
    this.lateRows.push(...lateRowsFromMessage(other.lateRows));
    for (const [operator, report] of other.stateOperators) {
      const known = this.stateOperators.get(operator);
      this.stateOperators.set(operator, known === undefined ? report : { ...report, ...summed(known, report) });
    }
  }

  /** The largest event time per watermark node that saw rows. */
  maxEventTimes(): Map<number, number> {
    return new Map([...this.eventTimeByNode].map(([node, { maxMs }]) => [node, maxMs]));
  }

  get numInputRows(): number {
    return [...this.inputRowsByScan.values()].reduce((sum, rows) => sum + rows, 0);
  }
}

function latestOf(a: bigint | undefined, b: bigint | undefined): Pick<StateReport, 'latestMicros'> {
  const latest = a === undefined || (b !== undefined && b > a) ? b : a;
  return latest === undefined ? {} : { latestMicros: latest };
}

function summed(a: StateReport, b: StateReport): StateReport {
  const names = new Set([...Object.keys(a.customMetrics ?? {}), ...Object.keys(b.customMetrics ?? {})]);
  const custom = [...names].map((name) => [name, (a.customMetrics?.[name] ?? 0) + (b.customMetrics?.[name] ?? 0)]);
  return {
    numRowsUpdated: a.numRowsUpdated + b.numRowsUpdated,
    numRowsRemoved: a.numRowsRemoved + b.numRowsRemoved,
    numRowsDroppedByWatermark: a.numRowsDroppedByWatermark + b.numRowsDroppedByWatermark,
    ...latestOf(a.latestMicros, b.latestMicros),
    ...(names.size === 0 ? {} : { customMetrics: Object.fromEntries(custom) as Record<string, number> }),
  };
}
