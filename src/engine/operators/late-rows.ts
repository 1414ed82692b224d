/**
 * Drops the rows of groups whose time was over when the previous batch ran, and counts their groups, as Spark counts: rows that reach
 * the stateful operator after partial aggregation, that is one per late group and batch.
 */
import type { StateSchema, StateTable } from '../../state/state-table.ts';
import type { LongVector, Vector } from '../../types/vector.ts';
import type { ColumnBatch } from '../../types/column-batch.ts';
import type { Epoch } from './operator.ts';
import type { OperatorState } from './operator-state.ts';
import { present } from '../../errors/assert.ts';
import { StateTable as Table } from '../../state/state-table.ts';
import { struct } from '../../types/data-type.ts';
import { ScratchArrays } from '../../types/scratch-arrays.ts';
import { halvesOf } from '../../types/long-halves.ts';
import { gatherBatch, gatherVector } from '../../types/vector-ops.ts';
import { windowOrTime } from './time-window.ts';

/** The rows of one batch on their way into a stateful operator. */
export interface KeyedRows {
  readonly keys: readonly Vector[];
  readonly args: readonly (readonly Vector[])[];
  readonly numRows: number;
}

/** State is dropped by watermark in append and update; complete and batch keep everything. */
export function isEvicting({ outputMode }: Epoch): boolean {
  return outputMode === 'append' || outputMode === 'update';
}

export class LateRows {
  readonly #timeKey: number;
  readonly #lateMicros: bigint;
  /** The late groups of the epoch; made when the first late row comes. */
  #lateGroups: StateTable | undefined;
  readonly #keySchema: StateSchema['keys'];
  readonly #epoch: Epoch;
  readonly #operator: ReportingOperator;

  constructor(keySchema: StateSchema['keys'], timeKey: number, epoch: Epoch, operator: ReportingOperator) {
    this.#keySchema = keySchema;
    this.#timeKey = timeKey;
    this.#epoch = epoch;
    this.#operator = operator;
    this.#lateMicros = BigInt(epoch.lateWatermarkMs) * 1000n;
  }

  /** Distinct late groups seen so far. */
  get numLateGroups(): number {
    return this.#lateGroups?.size ?? 0;
  }

  /** The rows that are not late; a row whose time is null never is. `batch` is what they were made of, row by row. */
  drop(rows: KeyedRows, batch: ColumnBatch): KeyedRows {
    const times = present(rows.keys[this.#timeKey], 'the event-time key');
    const { values, validity } = windowOrTime(times);
    if (!mayBeLate(values, rows.numRows, this.#lateMicros)) return rows;
    const kept = new Int32Array(rows.numRows);
    const late = new Int32Array(rows.numRows);
    let numKept = 0;
    let numLate = 0;
    for (let row = 0; row < rows.numRows; row++) {
      const isLate = (validity === undefined || validity[row] === 1) && (values[row] as bigint) <= this.#lateMicros;
      if (isLate) late[numLate++] = row;
      else kept[numKept++] = row;
    }
    if (numLate === 0) return rows;
    const isCounted = this.#count(
      rows.keys.map((key) => gatherVector(key, late, numLate)),
      numLate,
    );
    reportLateRows(this.#epoch, this.#operator, { batch, times, rows: late, count: numLate, isCounted });
    return {
      keys: rows.keys.map((key) => gatherVector(key, kept, numKept)),
      args: rows.args.map((list) => list.map((column) => gatherVector(column, kept, numKept))),
      numRows: numKept,
    };
  }

  /** Counts the groups of late rows; marks the first row of each. */
  #count(keys: readonly Vector[], numRows: number): Uint8Array {
    this.#lateGroups ??= new Table({ keys: this.#keySchema, values: struct([]) });
    let numKnown = this.#lateGroups.size;
    const slots = new Int32Array(numRows);
    this.#lateGroups.lookup(keys, numRows, slots);
    // Nothing is ever removed here, so new groups get the slots that follow, in the order of their rows.
    return Uint8Array.from(slots, (slot) => {
      if (slot !== numKnown) return 0;
      numKnown += 1;
      return 1;
    });
  }
}

/** An operator as reports of late rows name it. */
export type ReportingOperator = Pick<OperatorState, 'operatorId' | 'operatorName'>;

/** The rows of a batch that are not late, where each late row counts; reports the late ones if somebody wants to see them. */
export function withoutLateRows(
  batch: ColumnBatch,
  times: Vector,
  epoch: Epoch,
  operator: ReportingOperator,
): ColumnBatch {
  const { values, validity } = windowOrTime(times);
  const lateMicros = BigInt(epoch.lateWatermarkMs) * 1000n;
  if (!mayBeLate(values, batch.numRows, lateMicros)) return batch;
  const kept = new Int32Array(batch.numRows);
  const late = new Int32Array(batch.numRows);
  let numKept = 0;
  let numLate = 0;
  for (let row = 0; row < batch.numRows; row++) {
    const isLate = (validity === undefined || validity[row] === 1) && (values[row] as bigint) <= lateMicros;
    if (isLate) late[numLate++] = row;
    else kept[numKept++] = row;
  }
  if (numLate === 0) return batch;
  const isCounted = new Uint8Array(numLate).fill(1);
  reportLateRows(epoch, operator, { batch, times, rows: late, count: numLate, isCounted });
  return gatherBatch(batch, kept, numKept);
}

/**
 * Reports the late rows of a batch that are not dropped here but later, when they are no longer what they were; `keys` are those of their
 * groups, the time among them. Nothing when nobody watches.
 */
export function reportLateOnTheWay(
  epoch: Epoch,
  operator: ReportingOperator,
  { batch, keys, timeKey }: { readonly batch: ColumnBatch; readonly keys: readonly Vector[]; readonly timeKey: number },
): void {
  if (epoch.tracksLateRows !== true || timeKey < 0 || !isEvicting(epoch)) return;
  const times = present(keys[timeKey], 'the event-time key');
  const flags = isLate({ ...windowOrTime(times), length: batch.numRows }, epoch.lateWatermarkMs);
  if (flags === undefined) return;
  const late = Int32Array.from(flags.keys()).filter((row) => flags[row] === 1);
  const groups = keys.map((key) => gatherVector(key, late, late.length));
  const isCounted = new Uint8Array(late.length);
  reportLateRows(epoch, operator, { batch, times, rows: late, count: late.length, isCounted, groups });
}

interface FoundLateRows {
  readonly batch: ColumnBatch;
  readonly times: Vector;
  readonly rows: Int32Array;
  readonly count: number;
  readonly isCounted: Uint8Array;
  /** The keys of the rows' groups, when it is not known yet which rows count. */
  readonly groups?: readonly Vector[];
}

/** Keeps late rows for whoever watches the query; nothing when nobody does. */
function reportLateRows(epoch: Epoch, operator: ReportingOperator, found: FoundLateRows): void {
  if (epoch.tracksLateRows !== true) return;
  const { operatorId, operatorName } = operator;
  const rows = gatherBatch(found.batch, found.rows, found.count);
  const times = gatherVector(found.times, found.rows, found.count);
  const { isCounted, groups } = found;
  epoch.metrics.lateRows.push({ operatorId, operatorName, rows, times, isCounted, ...(groups && { groups }) });
}

/** False when all times, those of null rows included, are after the watermark. */
function mayBeLate(times: BigInt64Array, numRows: number, lateMicros: bigint): boolean {
  const halves = halvesOf(times);
  const [low = 0, high = 0] = halvesOf(BigInt64Array.of(lateMicros));
  const unsignedLow = low >>> 0;
  for (let at = 0; at < numRows * 2; at += 2) {
    const timeHigh = halves[at + 1] as number;
    if (timeHigh < high || (timeHigh === high && (halves[at] as number) >>> 0 <= unsignedLow)) return true;
  }
  return false;
}

/** Flags the times at or before a watermark; undefined when there are none. A null never is. */
export function isLate({ values, validity, length }: LongVector, watermarkMs: number): Uint8Array | undefined {
  const lateMicros = BigInt(watermarkMs) * 1000n;
  if (!mayBeLate(values, length, lateMicros)) return undefined;
  let flags: Uint8Array | undefined;
  for (let row = 0; row < length; row++) {
    if ((values[row] as bigint) > lateMicros || (validity !== undefined && validity[row] === 0)) continue;
    flags ??= new Uint8Array(length);
    flags[row] = 1;
  }
  return flags;
}

/** Later than any watermark: a group whose time is null is never evicted. */
export const NEVER_MICROS = 2n ** 63n - 1n;

/** The times `eventTimesOfKeys` gave last. */
const scratch = new ScratchArrays();

/** The time by which each slot is evicted, in µs: the end of its window, or the event time itself. Valid until the next call. */
export function eventTimesOfKeys(table: StateTable, timeKey: number, slots: Int32Array): BigInt64Array {
  scratch.clear();
  const column = present(table.keys[timeKey], 'the event-time key').toVector(slots, slots.length, scratch);
  const { values, validity } = windowOrTime(column);
  if (validity === undefined) return values;
  return values.map((micros, i) => (validity[i] === 0 ? NEVER_MICROS : micros));
}

/** The latest of some times, those that are never left out; undefined when there is none. */
export function latestTime(times: BigInt64Array): bigint | undefined {
  const halves = halvesOf(times);
  let latest = -1;
  for (let i = 0; i < times.length; i++) {
    const high = halves[2 * i + 1] as number;
    const low = halves[2 * i] as number;
    if (high === NEVER_HIGH && low === -1) continue;
    const before = latest < 0 ? Number.NEGATIVE_INFINITY : (halves[2 * latest + 1] as number);
    if (high > before || (high === before && low >>> 0 > (halves[2 * latest] as number) >>> 0)) latest = i;
  }
  return latest < 0 ? undefined : times[latest];
}

/** The high word of `NEVER_MICROS`, whose low one is all ones. */
const NEVER_HIGH = 0x7fff_ffff;
