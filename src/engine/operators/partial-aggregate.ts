/**
 * What an aggregation does next to the source, before rows are moved to the workers that own their groups: it groups what it can and
 * sends partial results. Where grouping does not pay, because nearly every row is a group of its own, it sends keys and arguments as
 * they are. Late rows are dropped where the group lives; here they are only shown to whoever wants to see them.
 */
import type { AggregateCall } from '../../expressions/expression.ts';
import type { Evaluator } from '../../expressions/compile.ts';
import type { StateSchema } from '../../state/state-table.ts';
import type { ColumnBatch } from '../../types/column-batch.ts';
import type { StructType } from '../../types/data-type.ts';
import type { Vector } from '../../types/vector.ts';
import type { Epoch } from './operator.ts';
import type { ReportingOperator } from './late-rows.ts';
import { bufferRanges } from './buffer-ranges.ts';
import { reportLateOnTheWay } from './late-rows.ts';
import { WindowGroups, gatherKeys } from './window-groups.ts';
import { StateTable } from '../../state/state-table.ts';
import { TARGET_BATCH_ROWS } from '../../types/column-batch.ts';
import { INTEGER, field, struct } from '../../types/data-type.ts';
import { constantVector } from '../../types/vector-ops.ts';

/** After so many rows it is decided whether grouping pays. */
const SAMPLE_ROWS = 32_768;
/** It does not when there are more groups per row than this. */
const MAX_GROUPS_PER_ROW = 0.5;
/** Epochs that send rows at once after one where grouping did not pay; then it is tried again. */
const EPOCHS_WITHOUT_TRIAL = 15;
/** Groups kept at most; then they are sent and grouping begins anew. */
const MAX_GROUPS = 1 << 17;
/** Rows looked up at a time, so that what a new window needs is soon known. */
const LOOKUP_ROWS = 1024;

/** The two kinds of batches a partial aggregation sends: keys with arguments, and keys with buffers. */
export interface PartialShapes {
  readonly rows: StructType;
  readonly partials: StructType;
}

/** The shapes for the grouping columns and buffers of `state`; a global aggregate (`numKeys` 0) sends no key. */
export function partialShapes(state: StateSchema, numKeys: number, calls: readonly AggregateCall[]): PartialShapes {
  const keys = state.keys.fields.slice(0, numKeys);
  const args = calls.flatMap((call, i) =>
    call.arguments.map(({ dataType, nullable }, j) => field(`argument_${i}_${j}`, dataType, nullable)),
  );
  return { rows: struct([...keys, ...args]), partials: struct([...keys, ...state.values.fields]) };
}

export interface PartialParts {
  readonly calls: readonly AggregateCall[];
  readonly state: StateSchema;
  readonly shapes: PartialShapes;
  readonly keys: readonly Evaluator[];
  readonly arguments: readonly (readonly Evaluator[])[];
  /** Position of the event time among the keys, -1 when there is none; and who drops late rows later. */
  readonly timeKey: number;
  readonly operator: ReportingOperator;
  /** What the epochs of this thread remember from one to the next. */
  readonly habit: GroupingHabit;
}

/** How many epochs more are not tried, because grouping did not pay. */
export interface GroupingHabit {
  numUntried: number;
}

/** The partial aggregation of one epoch on one thread. */
export class PartialAggregation {
  readonly #parts: PartialParts;
  readonly #epoch: Epoch;
  readonly #table: StateTable;
  readonly #buffers: readonly StateTable['values'][];
  readonly #windowGroups = new WindowGroups();
  #slots = new Int32Array(0);
  #numRows = 0;
  #sendsRows: boolean;

  constructor(parts: PartialParts, epoch: Epoch) {
    this.#parts = parts;
    this.#epoch = epoch;
    this.#table = new StateTable(parts.state);
    this.#buffers = bufferRanges(parts.calls, this.#table);
    const { habit } = parts;
    const isUntried = habit.numUntried > 0;
    if (isUntried) habit.numUntried -= 1;
    this.#sendsRows =
      isUntried || parts.calls.some(({ isDistinct, signature }) => isDistinct || signature.wantsRows === true);
  }

  *add(batch: ColumnBatch): Generator<ColumnBatch> {
    const { context } = this.#epoch;
    const { numRows } = batch;
    const keys = this.#parts.keys.map((evaluate) => evaluate(batch, context));
    const args = this.#parts.arguments.map((list) => list.map((evaluate) => evaluate(batch, context)));
    const { timeKey, operator } = this.#parts;
    reportLateOnTheWay(this.#epoch, operator, { batch, keys, timeKey });
    if (this.#sendsRows) {
      if (numRows > 0) yield { schema: this.#parts.shapes.rows, numRows, columns: [...keys, ...args.flat()] };
      return;
    }
    this.#group(keys, args, numRows);
    this.#numRows += numRows;
    const { size } = this.#table;
    const isDecided = this.#numRows >= SAMPLE_ROWS;
    if (isDecided && size > this.#numRows * MAX_GROUPS_PER_ROW) {
      this.#sendsRows = true;
      this.#parts.habit.numUntried = EPOCHS_WITHOUT_TRIAL;
    }
    if (this.#sendsRows || size >= MAX_GROUPS) yield* this.finish();
  }

  /** The partial results of the groups so far; begins anew. */
  *finish(): Generator<ColumnBatch> {
    const table = this.#table;
    const slots = table.liveSlots();
    const numKeys = this.#parts.keys.length;
    for (let from = 0; from < slots.length; from += TARGET_BATCH_ROWS) {
      const part = slots.subarray(from, from + TARGET_BATCH_ROWS);
      const keys = table.keys.slice(0, numKeys).map((column) => column.toVector(part, part.length));
      const values = table.values.map((column) => column.toVector(part, part.length));
      yield { schema: this.#parts.shapes.partials, numRows: part.length, columns: [...keys, ...values] };
    }
    table.clear();
    this.#windowGroups.clear();
    this.#numRows = 0;
  }

  #group(keys: readonly Vector[], args: readonly (readonly Vector[])[], numRows: number): void {
    if (this.#slots.length < numRows) this.#slots = new Int32Array(Math.max(numRows, TARGET_BATCH_ROWS));
    const slots = this.#slots;
    this.#findGroups(keys, numRows, slots);
    this.#parts.calls.forEach(({ signature }, i) =>
      signature.update(this.#buffers[i] ?? [], slots, args[i] ?? [], numRows, this.#epoch.context),
    );
  }

  /** Finds the slots of the rows' groups. */
  #findGroups(keys: readonly Vector[], numRows: number, slots: Int32Array): void {
    const groups = this.#windowGroups;
    for (let from = 0; from < numRows; from += LOOKUP_ROWS) {
      const rest = groups.find(keys, from, Math.min(numRows, from + LOOKUP_ROWS), slots);
      if (rest === undefined) {
        this.#lookup(keys.length === 0 ? [constantVector(INTEGER, 0, numRows)] : keys, numRows, slots);
        return;
      }
      if (rest.length === 0) continue;
      const found = new Int32Array(rest.length);
      this.#lookup(gatherKeys(keys, rest), rest.length, found);
      for (let i = 0; i < rest.length; i++) slots[rest[i] as number] = found[i] as number;
      groups.learn(keys, rest, slots);
    }
  }

  #lookup(keys: readonly Vector[], numRows: number, slots: Int32Array): void {
    const table = this.#table;
    if (table.lookup(keys, numRows, slots) === 0) return;
    this.#parts.calls.forEach(({ signature }, i) => {
      for (const slot of table.newSlots) signature.initialize(this.#buffers[i] ?? [], slot);
    });
  }
}
