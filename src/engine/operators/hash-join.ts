/**
 * Joins two bounded inputs, or a micro-batch of a stream with a table: reads the right side to its end, indexes it by the join keys, then
 * lets the left rows pass. Without keys every pair is looked at. Keeps nothing between epochs; two streams are stream-join.ts.
 */
import type { Attribute, Expression } from '../../expressions/expression.ts';
import type { Evaluator } from '../../expressions/compile.ts';
import type { JoinType } from '../../plan/join-type.ts';
import type { JoinKey } from '../../plan/join-keys.ts';
import type { ColumnBatch } from '../../types/column-batch.ts';
import type { StructType } from '../../types/data-type.ts';
import type { Combine, Distribution, Epoch, Operator } from './operator.ts';
import type { PairFilter, ReadColumn } from './pair-filter.ts';
import type { RowPairs } from './join-index.ts';
import { present } from '../../errors/assert.ts';
import { compileExpression } from '../../expressions/compile.ts';
import { expressionSql } from '../../expressions/sql-text.ts';
import { isLeftNullable, isLeftOnly, isRightNullable, joinTypeText } from '../../plan/join-type.ts';
import { TARGET_BATCH_ROWS } from '../../types/column-batch.ts';
import { concatBatches, gatherBatch, gatherVector } from '../../types/vector-ops.ts';
import { sequentialOperator } from '../rx.ts';
import { JoinIndex, allPairs } from './join-index.ts';
import { schemaOf } from './operator.ts';
import { pairFilter } from './pair-filter.ts';

export interface HashJoinParts {
  readonly joinType: JoinType;
  readonly keys: readonly JoinKey[];
  /** What has to hold for a pair besides equal keys. */
  readonly condition: Expression | undefined;
  readonly output: readonly Attribute[];
}

export function hashJoin(left: Operator, right: Operator, parts: HashJoinParts): Combine {
  const { joinType, keys, condition, output } = parts;
  const compiled: CompiledJoin = {
    joinType,
    keys,
    leftKeys: keys.map((key) => compileExpression(key.left, left.output)),
    rightKeys: keys.map((key) => compileExpression(key.right, right.output)),
    filter: pairFilter(condition, left.output, right.output),
    leftSchema: schemaOf(left.output),
    rightSchema: schemaOf(right.output),
    schema: schemaOf(output),
  };
  return {
    kind: 'combine',
    distribution: joinDistribution(keys),
    name: keys.length === 0 ? 'NestedLoopJoin' : 'HashJoin',
    inputs: [left, right],
    output,
    detail: joinDetail(joinType, keys, condition),
    combine: (epoch, inputs) => {
      const work = new HashJoinEpoch(compiled, epoch);
      const [leftRows, rightRows] = inputs;
      return sequentialOperator(
        [
          { input: present(rightRows, 'the right input'), onBatch: (batch) => work.build(batch) },
          { input: present(leftRows, 'the left input'), onBatch: (batch) => work.probe(batch) },
        ],
        () => work.finish(),
      );
    },
  };
}

/** Rows with equal keys meet; without keys all rows do. */
export function joinDistribution(keys: readonly JoinKey[]): Distribution {
  if (keys.length === 0) return { kind: 'single', reason: 'a join without equal keys looks at all pairs of rows' };
  return { kind: 'clustered', keys: [keys.map(({ left }) => left), keys.map(({ right }) => right)] };
}

/** A join in one line, for explain. */
export function joinDetail(joinType: JoinType, keys: readonly JoinKey[], condition: Expression | undefined): string {
  const texts = keys.map(
    ({ left, right, isNullSafe }) => `${expressionSql(left)} ${isNullSafe ? '<=>' : '='} ${expressionSql(right)}`,
  );
  const rest = condition === undefined ? '' : `, ${expressionSql(condition)}`;
  return `${joinTypeText(joinType)}, keys=[${texts.join(', ')}]${rest}`;
}

interface CompiledJoin {
  readonly joinType: JoinType;
  readonly keys: readonly JoinKey[];
  readonly leftKeys: readonly Evaluator[];
  readonly rightKeys: readonly Evaluator[];
  readonly filter: PairFilter;
  readonly leftSchema: StructType;
  readonly rightSchema: StructType;
  readonly schema: StructType;
}

/** The join of one epoch. */
class HashJoinEpoch {
  readonly #join: CompiledJoin;
  readonly #epoch: Epoch;
  readonly #collected: ColumnBatch[] = [];
  #right: ColumnBatch | undefined;
  #index: JoinIndex | undefined;
  #rightMatched = new Uint8Array(0);

  constructor(join: CompiledJoin, epoch: Epoch) {
    this.#join = join;
    this.#epoch = epoch;
  }

  build(batch: ColumnBatch): ColumnBatch[] {
    this.#collected.push(batch);
    return [];
  }

  *probe(batch: ColumnBatch): Generator<ColumnBatch> {
    const { joinType, filter } = this.#join;
    const right = this.#indexed();
    const matched = new Uint8Array(batch.numRows);
    const readOf =
      (rows: ColumnBatch): ReadColumn =>
      (index, picked, count) =>
        gatherVector(present(rows.columns[index], 'a column'), picked, count);
    const read = { probing: readOf(batch), indexed: readOf(right) };
    for (const candidates of this.#pairs(batch, right)) {
      const pairs = filter(candidates, read, this.#epoch.context);
      for (let i = 0; i < pairs.count; i++) matched[pairs.probing[i] as number] = 1;
      if (isLeftOnly(joinType)) continue;
      for (let i = 0; i < pairs.count; i++) this.#rightMatched[pairs.indexed[i] as number] = 1;
      if (pairs.count > 0) yield this.#output(batch, pairs.probing, right, pairs.indexed, pairs.count);
    }
    if (joinType === 'leftSemi' || joinType === 'leftAnti') {
      const rows = rowsWhere(matched, batch.numRows, joinType === 'leftSemi' ? 1 : 0);
      if (rows.length > 0) yield { ...gatherBatch(batch, rows, rows.length), schema: this.#join.schema };
    } else if (isRightNullable(joinType)) {
      const rows = rowsWhere(matched, batch.numRows, 0);
      if (rows.length > 0) yield this.#output(batch, rows, right, nobody(rows.length), rows.length);
    }
  }

  *finish(): Generator<ColumnBatch> {
    if (!isLeftNullable(this.#join.joinType)) return;
    const right = this.#indexed();
    const empty = concatBatches(this.#join.leftSchema, []);
    const rows = rowsWhere(this.#rightMatched, right.numRows, 0);
    for (let from = 0; from < rows.length; from += TARGET_BATCH_ROWS) {
      const part = rows.subarray(from, from + TARGET_BATCH_ROWS);
      yield this.#output(empty, nobody(part.length), right, part, part.length);
    }
  }

  /** The right side as one batch, indexed when it is first asked for. */
  #indexed(): ColumnBatch {
    if (this.#right !== undefined) return this.#right;
    const { rightSchema, keys, rightKeys } = this.#join;
    const right = concatBatches(rightSchema, this.#collected);
    this.#right = right;
    this.#rightMatched = new Uint8Array(right.numRows);
    if (keys.length > 0) {
      this.#index = new JoinIndex(
        keys.map((key) => key.right.dataType),
        keys.map(({ isNullSafe }) => isNullSafe),
      );
      const rows = Int32Array.from({ length: right.numRows }, (_, row) => row);
      this.#index.add(
        rightKeys.map((evaluate) => evaluate(right, this.#epoch.context)),
        rows,
      );
    }
    return right;
  }

  #pairs(batch: ColumnBatch, right: ColumnBatch): Generator<RowPairs> {
    if (this.#index === undefined) return allPairs(batch.numRows, right.numRows);
    const keys = this.#join.leftKeys.map((evaluate) => evaluate(batch, this.#epoch.context));
    return this.#index.pairs(keys, batch.numRows);
  }

  #output(
    left: ColumnBatch,
    leftRows: Int32Array,
    right: ColumnBatch,
    rightRows: Int32Array,
    numRows: number,
  ): ColumnBatch {
    const columns = [
      ...left.columns.map((column) => gatherVector(column, leftRows, numRows)),
      ...right.columns.map((column) => gatherVector(column, rightRows, numRows)),
    ];
    return { schema: this.#join.schema, numRows, columns };
  }
}

/** The rows whose flag is `wanted`. */
export function rowsWhere(flags: Uint8Array, numRows: number, wanted: 0 | 1): Int32Array {
  const rows = new Int32Array(numRows);
  let count = 0;
  for (let row = 0; row < numRows; row++) if (flags[row] === wanted) rows[count++] = row;
  return rows.subarray(0, count);
}

/** Row numbers that gather nulls. */
function nobody(count: number): Int32Array {
  return new Int32Array(count).fill(-1);
}
