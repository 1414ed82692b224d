/**
 * The rows of one epoch by key, as objects: what functions over groups are called with. Keys come in the order of their first row. Late
 * rows are dropped on the way in.
 */
import type { Evaluator } from '../../expressions/compile.ts';
import type { Grouping } from '../../plan/logical-plan.ts';
import type { StateTable } from '../../state/state-table.ts';
import type { ColumnBatch } from '../../types/column-batch.ts';
import type { StructType } from '../../types/data-type.ts';
import type { Vector } from '../../types/vector.ts';
import type { Epoch, Operator } from '../operators/operator.ts';
import { compileExpression } from '../../expressions/compile.ts';
import { toAttribute } from '../../expressions/expression.ts';
import type { ReportingOperator } from '../operators/late-rows.ts';
import { withoutLateRows } from '../operators/late-rows.ts';
import { schemaOf } from '../operators/operator.ts';
import { shownRows } from './user-rows.ts';

/** How the rows of one input are cut into keys and values; made once per plan. */
export interface KeyedInput {
  readonly grouping: Grouping;
  readonly keySchema: StructType;
  readonly valueSchema: StructType;
  readonly keys: readonly Evaluator[];
  readonly values: readonly Evaluator[];
  /** The event time of a row; undefined without a watermark. */
  readonly eventTime: Evaluator | undefined;
}

export function keyedInput(input: Operator, grouping: Grouping): KeyedInput {
  const { keys, values } = grouping;
  const eventTime = input.output.find((column) => column.watermarkDelayMs !== undefined);
  return {
    grouping,
    keySchema: schemaOf(keys.map(toAttribute)),
    valueSchema: schemaOf(values),
    keys: keys.map((key) => compileExpression(key, input.output)),
    values: values.map((value) => compileExpression(value, input.output)),
    eventTime: eventTime === undefined ? undefined : compileExpression(eventTime, input.output),
  };
}

export class KeyedRows {
  readonly #input: KeyedInput;
  readonly #epoch: Epoch;
  readonly #table: StateTable;
  readonly #lateFor: ReportingOperator | undefined;
  /** The slots of keys with rows, in the order of their first row. */
  readonly #slots: number[] = [];
  readonly #rowsBySlot = new Map<number, unknown[]>();
  numDropped = 0;

  /** Keys get slots of `table`, whose keys are those of the grouping. Late rows are dropped for `lateFor`, if there is one. */
  constructor(input: KeyedInput, table: StateTable, epoch: Epoch, lateFor: ReportingOperator | undefined) {
    this.#input = input;
    this.#table = table;
    this.#epoch = epoch;
    this.#lateFor = epoch.outputMode === 'batch' ? undefined : lateFor;
  }

  get slots(): readonly number[] {
    return this.#slots;
  }

  rowsOf(slot: number): readonly unknown[] {
    return this.#rowsBySlot.get(slot) ?? [];
  }

  add(given: ColumnBatch): void {
    const batch = this.#withoutLate(given);
    this.numDropped += given.numRows - batch.numRows;
    if (batch.numRows === 0) return;
    const { context } = this.#epoch;
    const { grouping, valueSchema, keys, values } = this.#input;
    const evaluate = (evaluator: Evaluator): Vector => evaluator(batch, context);
    const slots = new Int32Array(batch.numRows);
    this.#table.lookup(keys.map(evaluate), batch.numRows, slots);
    const single = grouping.values.length === 0 ? [] : values.map(evaluate);
    shownRows({ schema: valueSchema, numRows: batch.numRows, columns: single }, 'columns').forEach((row, i) => {
      this.#rowsAt(slots[i] as number).push(row);
    });
  }

  /** Adds a key without rows. */
  touch(slot: number): void {
    this.#rowsAt(slot);
  }

  #rowsAt(slot: number): unknown[] {
    const known = this.#rowsBySlot.get(slot);
    if (known !== undefined) return known;
    const rows: unknown[] = [];
    this.#rowsBySlot.set(slot, rows);
    this.#slots.push(slot);
    return rows;
  }

  #withoutLate(batch: ColumnBatch): ColumnBatch {
    const { eventTime } = this.#input;
    if (eventTime === undefined || this.#lateFor === undefined) return batch;
    return withoutLateRows(batch, eventTime(batch, this.#epoch.context), this.#epoch, this.#lateFor);
  }
}

/** The keys of some slots as vectors of one row per slot. */
export function keyVectors(table: StateTable, slots: Int32Array): Vector[] {
  return table.keys.map((column) => column.toVector(slots, slots.length));
}

/** The keys of some slots as users see them. */
export function shownKeys(table: StateTable, slots: Int32Array, input: KeyedInput): unknown[] {
  const columns = keyVectors(table, slots);
  return shownRows({ schema: input.keySchema, numRows: slots.length, columns }, input.grouping.keyForm);
}
