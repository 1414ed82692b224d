/**
 * Grouping and aggregation with state: one slot per group in a state table, updated in place batch by batch. What comes out depends on
 * the output mode: append puts out a group once, when the watermark has passed its window; update the groups this epoch changed; complete
 * (and batch) the whole table. Late rows are those whose window had ended when the previous batch ran.
 */
import type { AggregateCall, Attribute, NamedExpression } from '../../expressions/expression.ts';
import type { Evaluator } from '../../expressions/compile.ts';
import type { StateSchema, StateTable } from '../../state/state-table.ts';
import type { ColumnBatch } from '../../types/column-batch.ts';
import type { StructField, StructType } from '../../types/data-type.ts';
import type { Vector } from '../../types/vector.ts';
import type { Distribution, Epoch, Operator, Reduction, Transform } from './operator.ts';
import type { OperatorState } from './operator-state.ts';
import { present } from '../../errors/assert.ts';
import { compileExpression } from '../../expressions/compile.ts';
import { toAttribute } from '../../expressions/expression.ts';
import { expressionSql } from '../../expressions/sql-text.ts';
import { TARGET_BATCH_ROWS } from '../../types/column-batch.ts';
import { INTEGER, field, struct } from '../../types/data-type.ts';
import { constantVector } from '../../types/vector-ops.ts';
import { batchOperator } from '../rx.ts';
import { bufferRanges } from './buffer-ranges.ts';
import { DistinctRows } from './distinct-rows.ts';
import type { KeyedRows } from './late-rows.ts';
import { LateRows, isEvicting } from './late-rows.ts';
import { placeOfRows, schemaOf } from './operator.ts';
import { PartialAggregation, partialShapes } from './partial-aggregate.ts';

export interface AggregateParts {
  readonly groupings: readonly NamedExpression[];
  readonly calls: readonly AggregateCall[];
  /** The attributes `results` uses for the calls, in the order of `calls`. */
  readonly callOutput: readonly Attribute[];
  /** The select list over grouping attributes and `callOutput`. */
  readonly results: readonly NamedExpression[];
}

/** The schema of the state an aggregation keeps: its grouping columns and the buffers of its calls. */
export function aggregateStateSchema({ groupings, calls }: Pick<AggregateParts, 'groupings' | 'calls'>): StateSchema {
  const keys = groupings.map(({ name, dataType, nullable }) => field(name, dataType, nullable));
  // A global aggregate has one group, whose key is a constant.
  const values = struct(bufferFields(calls));
  const timeKey = eventTimeKey(groupings);
  if (keys.length > 0) return { keys: struct(keys), values, ...(timeKey >= 0 && { timeKey }) };
  return { keys: struct([field('group', INTEGER, false)]), values, numBucketKeys: 0 };
}

/** The columns that keep the buffers of the calls. */
export function bufferFields(calls: readonly AggregateCall[]): StructField[] {
  return calls.flatMap((call, i) =>
    call.signature.bufferTypes.map((type, j) => field(`${call.functionName}_${i}_${j}`, type)),
  );
}

/** The aggregation operator over `input`. */
export function aggregate(input: Operator, parts: AggregateParts, state: OperatorState): Transform {
  const { groupings, calls, results } = parts;
  const compiled = compileParts(input, parts);
  const computed = placeOfRows([...groupings, ...calls]);
  const distribution: Distribution =
    groupings.length === 0
      ? { kind: 'single', reason: 'an aggregate without grouping has one group' }
      : computed.kind === 'any'
        ? { kind: 'clustered', keys: [groupings] }
        : computed;
  const detail = `keys=[${groupings.map((grouping) => expressionSql(grouping)).join(', ')}], functions=[${calls.map((call) => expressionSql(call)).join(', ')}]`;
  return {
    kind: 'transform',
    distribution,
    name: state.isPersistent ? 'StateStoreSave' : 'HashAggregate',
    inputs: [input],
    output: results.map(toAttribute),
    detail,
    ...(computed.kind === 'any' ? { reduction: reductionOf(parts, compiled, state) } : {}),
    process: (epoch) => {
      const work = new AggregateEpoch(parts, compiled, epoch, state);
      return batchOperator(
        (batch) => work.add(batch),
        () => work.finish(),
      );
    },
  };
}

/** The aggregation cut in two: grouping next to the rows, merging where the groups live. */
function reductionOf(parts: AggregateParts, compiled: CompiledParts, state: OperatorState): Reduction {
  const { calls, groupings } = parts;
  const numKeys = groupings.length;
  const shapes = partialShapes(state.schema, numKeys, calls);
  const { keys, timeKey } = compiled;
  const rows = { keys, arguments: compiled.arguments, timeKey };
  const partial = { calls, state: state.schema, shapes, ...rows, operator: state, habit: { numUntried: 0 } };
  return {
    name: 'PartialAggregate',
    shapes: [shapes.rows, shapes.partials],
    numKeys,
    before: (epoch) => {
      const work = new PartialAggregation(partial, epoch);
      return batchOperator(
        (batch) => work.add(batch),
        () => work.finish(),
      );
    },
    process: (epoch) => {
      // Late rows were shown before they became partial results.
      const work = new AggregateEpoch(parts, compiled, { ...epoch, tracksLateRows: false }, state);
      return batchOperator(
        (batch) => (batch.schema === shapes.partials ? work.mergePartials(batch) : work.addRows(batch)),
        () => work.finish(),
      );
    },
  };
}

/** Position of the event-time column among grouping columns, -1 when there is none. */
export function eventTimeKey(keys: readonly { readonly watermarkDelayMs?: number }[]): number {
  return keys.findIndex((key) => key.watermarkDelayMs !== undefined);
}

/** The expressions of an aggregation, ready to be evaluated. */
export interface CompiledParts {
  readonly keys: readonly Evaluator[];
  readonly arguments: readonly (readonly Evaluator[])[];
  readonly results: readonly Evaluator[];
  readonly groupSchema: StructType;
  readonly resultSchema: StructType;
  /** Position of the event-time column among the groupings, -1 when there is none. */
  readonly timeKey: number;
}

/** Compiles the expressions of an aggregation over the columns of its input. */
export function compileParts(
  input: Operator,
  { groupings, calls, callOutput, results }: AggregateParts,
): CompiledParts {
  const groupOutput = [...groupings.map(toAttribute), ...callOutput];
  return {
    keys: groupings.map((grouping) => compileExpression(grouping, input.output)),
    arguments: calls.map((call) => call.arguments.map((argument) => compileExpression(argument, input.output))),
    results: results.map((result) => compileExpression(result, groupOutput)),
    groupSchema: schemaOf(groupOutput),
    resultSchema: schemaOf(results.map(toAttribute)),
    timeKey: eventTimeKey(groupings),
  };
}

/** The aggregation of one epoch. */
class AggregateEpoch {
  readonly #parts: AggregateParts;
  readonly #compiled: CompiledParts;
  readonly #epoch: Epoch;
  readonly #state: OperatorState;
  readonly #table: StateTable;
  readonly #buffers: readonly StateTable['values'][];
  readonly #lateRows: LateRows | undefined;
  readonly #distinctRows: readonly (DistinctRows | undefined)[];
  /** The groups of this epoch, when it is one of several of its batch; else the table knows them. */
  readonly #touched: Set<number> | undefined;
  #slots = new Int32Array(0);

  constructor(parts: AggregateParts, compiled: CompiledParts, epoch: Epoch, state: OperatorState) {
    this.#parts = parts;
    this.#compiled = compiled;
    this.#epoch = epoch;
    this.#state = state;
    this.#table = state.table(epoch);
    this.#touched = epoch.isPartOfBatch === true ? new Set() : undefined;
    this.#buffers = bufferRanges(parts.calls, this.#table);
    const dropsLateRows = compiled.timeKey >= 0 && isEvicting(epoch);
    this.#lateRows = dropsLateRows ? new LateRows(this.#table.schema.keys, compiled.timeKey, epoch, state) : undefined;
    this.#distinctRows = parts.calls.map((call) => (call.isDistinct ? new DistinctRows(call) : undefined));
    if (parts.groupings.length === 0) this.#touchGroups([constantVector(INTEGER, 0, 1)], 1);
  }

  add(batch: ColumnBatch): ColumnBatch[] {
    const { context } = this.#epoch;
    const evaluate = (evaluator: Evaluator): Vector => evaluator(batch, context);
    const keys = this.#compiled.keys.map(evaluate);
    const args = this.#compiled.arguments.map((list) => list.map(evaluate));
    return this.#take(keys, args, batch, (kept) => this.#update(kept));
  }

  /** As `add`, with keys and arguments already computed: the columns of `batch`, side by side. */
  addRows(batch: ColumnBatch): ColumnBatch[] {
    const lengths = this.#compiled.arguments.map((list) => list.length);
    return this.#takeColumns(batch, lengths, (kept) => this.#update(kept));
  }

  /** Adds partial results: keys and the buffers of each call. */
  mergePartials(batch: ColumnBatch): ColumnBatch[] {
    const lengths = this.#parts.calls.map(({ signature }) => signature.bufferTypes.length);
    return this.#takeColumns(batch, lengths, ({ keys, args, numRows }) => {
      const slots = this.#touchGroups(keys, numRows);
      this.#parts.calls.forEach(({ signature }, i) =>
        signature.merge(this.#buffers[i] ?? [], slots, args[i] ?? [], numRows),
      );
    });
  }

  /** Splits the columns behind the keys into those of each call. */
  #takeColumns(batch: ColumnBatch, lengths: readonly number[], work: (rows: KeyedRows) => void): ColumnBatch[] {
    const { columns } = batch;
    let at = this.#parts.groupings.length;
    const keys = columns.slice(0, at);
    const args = lengths.map((length) => columns.slice(at, (at += length)));
    return this.#take(keys, args, batch, work);
  }

  /** Gives `work` the rows that are not late, if there are any. */
  #take(
    groupKeys: readonly Vector[],
    args: readonly (readonly Vector[])[],
    batch: ColumnBatch,
    work: (rows: KeyedRows) => void,
  ): ColumnBatch[] {
    const { numRows } = batch;
    const isGlobal = this.#parts.groupings.length === 0;
    const keys = isGlobal ? [constantVector(INTEGER, 0, numRows)] : groupKeys;
    const all = { keys, args, numRows };
    const kept = this.#lateRows?.drop(all, batch) ?? all;
    if (kept.numRows > 0) this.#state.timed(this.#epoch, 'updates', () => work(kept));
    return [];
  }

  *finish(): Generator<ColumnBatch> {
    const { outputMode } = this.#epoch;
    const table = this.#table;
    const removed = this.#state.timed(this.#epoch, 'removals', () => this.#state.takeEvicted(this.#epoch));
    const updated = this.#updatedSlots();
    if (outputMode === 'append') yield* this.#results(removed);
    else yield* this.#results(outputMode === 'update' ? updated : table.liveSlots());
    const upToMicros = BigInt(this.#epoch.evictionWatermarkMs) * 1000n;
    this.#state.timed(this.#epoch, 'removals', () => table.expire(removed, upToMicros));
    this.#state.report(this.#epoch, {
      numRowsUpdated: updated.length,
      numRowsRemoved: removed.length,
      numRowsDroppedByWatermark: this.#lateRows?.numLateGroups ?? 0,
    });
  }

  #updatedSlots(): Int32Array {
    if (this.#touched !== undefined) return Int32Array.from(this.#touched);
    return this.#state.isPersistent ? this.#table.changes().updated : new Int32Array(0);
  }

  #update({ keys, args, numRows }: KeyedRows): void {
    const slots = this.#touchGroups(keys, numRows);
    this.#parts.calls.forEach(({ signature }, i) => {
      const columns = args[i] ?? [];
      const buffers = this.#buffers[i] ?? [];
      const rows = this.#distinctRows[i]?.keep(slots, columns, numRows) ?? { slots, columns, numRows };
      signature.update(buffers, rows.slots, rows.columns, rows.numRows, this.#epoch.context);
    });
  }

  /** The slot of each row's group; new groups get initial buffers and a place in the time index. */
  #touchGroups(keys: readonly Vector[], numRows: number): Int32Array {
    if (this.#slots.length < numRows) this.#slots = new Int32Array(numRows);
    const table = this.#table;
    const numNew = table.lookup(keys, numRows, this.#slots);
    if (numNew > 0) {
      const { newSlots } = table;
      this.#parts.calls.forEach(({ signature }, i) => {
        const buffers = this.#buffers[i] ?? [];
        if (signature.startsFresh === true) return;
        for (let row = 0; row < newSlots.length; row++) signature.initialize(buffers, newSlots[row] as number);
      });
      this.#state.indexNewSlots(this.#epoch);
    }
    table.markUpdated(this.#slots, numRows);
    for (let row = 0; this.#touched !== undefined && row < numRows; row++)
      this.#touched.add(this.#slots[row] as number);
    return this.#slots;
  }

  *#results(slots: Int32Array): Generator<ColumnBatch> {
    const { context } = this.#epoch;
    const { groupings, calls } = this.#parts;
    const { groupSchema, resultSchema, results } = this.#compiled;
    for (let from = 0; from < slots.length; from += TARGET_BATCH_ROWS) {
      const part = slots.subarray(from, from + TARGET_BATCH_ROWS);
      const numRows = part.length;
      const keys = groupings.map((_, i) =>
        present(this.#table.keys[i], 'a key column per grouping').toVector(part, numRows),
      );
      const values = calls.map(({ signature }, i) => signature.result(this.#buffers[i] ?? [], part, numRows, context));
      const groups: ColumnBatch = { schema: groupSchema, numRows, columns: [...keys, ...values] };
      yield { schema: resultSchema, numRows, columns: results.map((evaluate) => evaluate(groups, context)) };
    }
  }
}
