/**
 * Joins two streams. Each side's rows are kept until no partner can come any more. Per epoch: left rows meet the right rows of earlier
 * epochs and are stored; right rows meet all left rows, also those of this epoch, and are stored; then both sides evict what their bound
 * allows, and rows that found no partner come out with nulls where the type of the join wants that. A semi join takes the right side
 * first, and forgets a left row as soon as it has come out.
 */
import type { Attribute, Expression } from '../../expressions/expression.ts';
import type { Evaluator } from '../../expressions/compile.ts';
import type { JoinParts } from '../../plan/join-keys.ts';
import type { StateBound } from '../../plan/join-watermarks.ts';
import type { JoinType } from '../../plan/join-type.ts';
import type { ColumnBatch } from '../../types/column-batch.ts';
import type { StructType } from '../../types/data-type.ts';
import type { Vector } from '../../types/vector.ts';
import type { SideLayout } from './join-side.ts';
import type { OperatorState } from './operator-state.ts';
import type { Combine, Epoch, Operator } from './operator.ts';
import type { PairFilter } from './pair-filter.ts';
import { present } from '../../errors/assert.ts';
import { compileExpression, compilePredicate } from '../../expressions/compile.ts';
import { optionalConjunction } from '../../plan/conjuncts.ts';
import { isLeftNullable, isRightNullable } from '../../plan/join-type.ts';
import { isEventTime } from '../../plan/join-watermarks.ts';
import { TARGET_BATCH_ROWS } from '../../types/column-batch.ts';
import { gatherBatch, gatherVector, nullVector } from '../../types/vector-ops.ts';
import { sequentialOperator } from '../rx.ts';
import { joinDetail, joinDistribution, rowsWhere } from './hash-join.ts';
import { JoinSide } from './join-side.ts';
import { isLate, withoutLateRows } from './late-rows.ts';
import { schemaOf } from './operator.ts';
import { pairFilter } from './pair-filter.ts';
import { windowOrTime } from './time-window.ts';

export interface StreamJoinSide {
  readonly input: Operator;
  readonly layout: SideLayout;
  readonly state: OperatorState;
  readonly bound: StateBound | undefined;
}

export interface StreamJoinParts {
  readonly joinType: JoinType;
  readonly parts: JoinParts;
  readonly output: readonly Attribute[];
}

type SideName = 'left' | 'right';

export function streamJoin(left: StreamJoinSide, right: StreamJoinSide, join: StreamJoinParts): Combine {
  const { joinType, parts, output } = join;
  const { keys, leftOnly, rightOnly, pairs } = parts;
  const condition = optionalConjunction(pairs);
  const compiled: CompiledJoin = {
    joinType,
    schema: schemaOf(output),
    left: compileSide(left, {
      keys: keys.map((key) => key.left),
      ownCondition: optionalConjunction(leftOnly),
      keepsUnmatched: isRightNullable(joinType),
      filter: pairFilter(condition, left.input.output, right.input.output),
    }),
    right: compileSide(right, {
      keys: keys.map((key) => key.right),
      ownCondition: optionalConjunction(rightOnly),
      keepsUnmatched: isLeftNullable(joinType),
      filter: pairFilter(condition, right.input.output, left.input.output),
    }),
  };
  return {
    kind: 'combine',
    distribution: joinDistribution(keys),
    name: 'StreamingSymmetricHashJoin',
    inputs: [left.input, right.input],
    output,
    detail: joinDetail(joinType, keys, optionalConjunction([...leftOnly, ...rightOnly, ...pairs])),
    combine: (epoch, inputs) => {
      const [leftRows, rightRows] = inputs;
      const work = new StreamJoinEpoch(compiled, epoch);
      const takes = [
        { input: present(leftRows, 'the left input'), onBatch: (batch: ColumnBatch) => work.take('left', batch) },
        { input: present(rightRows, 'the right input'), onBatch: (batch: ColumnBatch) => work.take('right', batch) },
      ];
      return sequentialOperator(joinType === 'leftSemi' ? takes.toReversed() : takes, () => work.finish());
    },
  };
}

interface CompiledSide {
  readonly columns: readonly Attribute[];
  readonly keys: readonly Evaluator[];
  readonly time: Evaluator | undefined;
  /** The part of the condition that reads this side only. */
  readonly ownCondition: ReturnType<typeof compilePredicate> | undefined;
  /** Pairs of a row of this side and a stored one of the other. */
  readonly filter: PairFilter;
  /** True when rows without a partner come out, with nulls for the other side. */
  readonly keepsUnmatched: boolean;
  readonly bound: StateBound | undefined;
  readonly boundTime: ((keys: readonly Vector[], batch: ColumnBatch, epoch: Epoch) => Vector) | undefined;
  readonly rows: JoinSide;
  readonly state: OperatorState;
}

interface CompiledJoin {
  readonly joinType: JoinType;
  readonly schema: StructType;
  readonly left: CompiledSide;
  readonly right: CompiledSide;
}

function compileSide(
  { input, layout, state, bound }: StreamJoinSide,
  side: {
    readonly keys: readonly Expression[];
    readonly ownCondition: Expression | undefined;
    readonly keepsUnmatched: boolean;
    readonly filter: PairFilter;
  },
): CompiledSide {
  const columns = input.output;
  const time = columns.find(isEventTime);
  const boundColumn = bound?.kind === 'value' ? compileExpression(bound.column, columns) : undefined;
  return {
    columns,
    keys: side.keys.map((key) => compileExpression(key, columns)),
    time: time && compileExpression(time, columns),
    ownCondition: side.ownCondition && compilePredicate(side.ownCondition, columns),
    filter: side.filter,
    keepsUnmatched: side.keepsUnmatched,
    bound,
    boundTime:
      bound === undefined
        ? undefined
        : (keys, batch, epoch) =>
            bound.kind === 'key'
              ? present(keys[bound.ordinal], 'the key with the event time')
              : present(boundColumn, 'the event-time column')(batch, epoch.context),
    rows: new JoinSide(layout, state),
    state,
  };
}

/** The join of one epoch. */
class StreamJoinEpoch {
  readonly #join: CompiledJoin;
  readonly #epoch: Epoch;
  #numUpdated = 0;
  #numRemoved = 0;
  #numDropped = 0;

  constructor(join: CompiledJoin, epoch: Epoch) {
    this.#join = join;
    this.#epoch = epoch;
    join.left.rows.begin(epoch);
    join.right.rows.begin(epoch);
  }

  *take(name: SideName, input: ColumnBatch): Generator<ColumnBatch> {
    const own = this.#join[name];
    const batch = yield* this.#candidates(name, this.#onTime(own, input));
    if (batch.numRows === 0) return;
    const keys = own.keys.map((evaluate) => evaluate(batch, this.#epoch.context));
    const matched = new Uint8Array(batch.numRows);
    yield* this.#matches(name, batch, keys, matched);
    const rows = this.#rowsToStore(name, batch, keys, matched);
    own.rows.store(this.#epoch, { columns: batch.columns, keys, matched }, rows);
    this.#numUpdated += rows.length;
  }

  *finish(): Generator<ColumnBatch> {
    yield* this.#evict('left');
    yield* this.#evict('right');
    this.#join.left.state.report(this.#epoch, {
      numRowsUpdated: this.#numUpdated,
      numRowsRemoved: this.#numRemoved,
      numRowsDroppedByWatermark: this.#numDropped,
    });
  }

  /** Without the rows that are late; a row whose time is null is not. */
  #onTime({ time }: CompiledSide, batch: ColumnBatch): ColumnBatch {
    if (time === undefined) return batch;
    const epoch = this.#epoch;
    const onTime = withoutLateRows(batch, time(batch, epoch.context), epoch, this.#join.left.state);
    this.#numDropped += batch.numRows - onTime.numRows;
    return onTime;
  }

  /** The rows that may find partners; those that fail the condition on their own come out at once, or never. */
  *#candidates(name: SideName, batch: ColumnBatch): Generator<ColumnBatch, ColumnBatch> {
    const { ownCondition, keepsUnmatched } = this.#join[name];
    if (ownCondition === undefined || batch.numRows === 0) return batch;
    const { rows, count } = ownCondition(batch, this.#epoch.context);
    if (count === batch.numRows) return batch;
    if (keepsUnmatched) {
      const passes = new Uint8Array(batch.numRows);
      for (let i = 0; i < count; i++) passes[rows[i] as number] = 1;
      const failing = rowsWhere(passes, batch.numRows, 0);
      yield this.#alone(
        name,
        batch.columns.map((column) => gatherVector(column, failing, failing.length)),
        failing.length,
      );
    }
    return gatherBatch(batch, rows, count);
  }

  /** What comes out for the rows of a batch and the stored rows of the other side; sets the flags of rows with a partner. */
  *#matches(name: SideName, batch: ColumnBatch, keys: readonly Vector[], matched: Uint8Array): Generator<ColumnBatch> {
    const own = this.#join[name];
    const other = this.#join[name === 'left' ? 'right' : 'left'];
    const isSemi = this.#join.joinType === 'leftSemi';
    const epoch = this.#epoch;
    const read = {
      probing: (index: number, rows: Int32Array, count: number): Vector =>
        gatherVector(present(batch.columns[index], 'a column per attribute'), rows, count),
      indexed: (index: number, slots: Int32Array, count: number): Vector =>
        other.rows.column(epoch, index, slots, count),
    };
    const done: Int32Array[] = [];
    for (const candidates of other.rows.index.pairs(keys, batch.numRows)) {
      const { probing, indexed, count } = own.filter(candidates, read, epoch.context);
      for (let i = 0; i < count; i++) matched[probing[i] as number] = 1;
      const first = other.keepsUnmatched || isSemi ? other.rows.markMatched(epoch, indexed, count) : indexed;
      if (count === 0 || (isSemi && name === 'left')) continue;
      if (isSemi) {
        if (first.length > 0) yield this.#stored('left', first);
        done.push(first);
        continue;
      }
      const ownColumns = own.columns.map((_, i) => read.probing(i, probing, count));
      const otherColumns = other.columns.map((_, i) => read.indexed(i, indexed, count));
      yield this.#paired(name, ownColumns, otherColumns, count);
    }
    for (const slots of done) {
      other.rows.remove(epoch, slots);
      this.#numRemoved += slots.length;
    }
    if (!isSemi || name === 'right') return;
    const rows = rowsWhere(matched, batch.numRows, 1);
    if (rows.length > 0) yield { ...gatherBatch(batch, rows, rows.length), schema: this.#join.schema };
  }

  /**
   * Left rows are stored even when they leave at the end of this epoch, of a semi join only those without a partner. Right rows that would
   * leave now are not stored, unless they are to come out without a partner; so they do not meet the left rows of a semi join.
   */
  #rowsToStore(name: SideName, batch: ColumnBatch, keys: readonly Vector[], matched: Uint8Array): Int32Array {
    const { bound, boundTime, keepsUnmatched } = this.#join[name];
    const all = new Uint8Array(batch.numRows);
    const isSemi = this.#join.joinType === 'leftSemi';
    if (name === 'left') return rowsWhere(isSemi ? matched : all, batch.numRows, 0);
    if (bound === undefined || boundTime === undefined) return rowsWhere(all, batch.numRows, 0);
    const time = windowOrTime(boundTime(keys, batch, this.#epoch));
    const leaving = isLate(time, bound.stateWatermarkMs(this.#epoch.evictionWatermarkMs)) ?? all;
    if (keepsUnmatched) for (let row = 0; row < batch.numRows; row++) if (matched[row] === 0) leaving[row] = 0;
    return rowsWhere(leaving, batch.numRows, 0);
  }

  *#evict(name: SideName): Generator<ColumnBatch> {
    const { bound, rows, keepsUnmatched } = this.#join[name];
    if (bound === undefined) return;
    const { all, unmatched } = rows.evict(this.#epoch, bound.stateWatermarkMs(this.#epoch.evictionWatermarkMs));
    this.#numRemoved += all.length;
    if (!keepsUnmatched) return;
    for (let from = 0; from < unmatched.length; from += TARGET_BATCH_ROWS) {
      const slots = unmatched.subarray(from, from + TARGET_BATCH_ROWS);
      const columns = this.#join[name].columns.map((_, i) => rows.column(this.#epoch, i, slots, slots.length));
      yield this.#alone(name, columns, slots.length);
    }
  }

  #stored(name: SideName, slots: Int32Array): ColumnBatch {
    const { rows, columns } = this.#join[name];
    const vectors = columns.map((_, i) => rows.column(this.#epoch, i, slots, slots.length));
    return { schema: this.#join.schema, numRows: slots.length, columns: vectors };
  }

  /** Rows of one side with nulls for the other. */
  #alone(name: SideName, columns: readonly Vector[], numRows: number): ColumnBatch {
    const other = this.#join[name === 'left' ? 'right' : 'left'];
    const nulls = other.columns.map(({ dataType }) => nullVector(dataType, numRows));
    return this.#paired(name, columns, nulls, numRows);
  }

  #paired(name: SideName, own: readonly Vector[], other: readonly Vector[], numRows: number): ColumnBatch {
    const columns = name === 'left' ? [...own, ...other] : [...other, ...own];
    return { schema: this.#join.schema, numRows, columns };
  }
}
