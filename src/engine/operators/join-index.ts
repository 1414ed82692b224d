/**
 * Finds rows by join key: a group per key, the rows of a group in a list, in the order they came. Rows are numbers, of a batch or slots of
 * a state table; what they hold is kept elsewhere. In memory only.
 */
import type { DataType } from '../../types/data-type.ts';
import type { Vector } from '../../types/vector.ts';
import { StateTable } from '../../state/state-table.ts';
import { TARGET_BATCH_ROWS } from '../../types/column-batch.ts';
import { field, struct } from '../../types/data-type.ts';
import { gatherVector } from '../../types/vector-ops.ts';

/** Pairs of a probing row and an indexed row; the first `count` entries. */
export interface RowPairs {
  readonly probing: Int32Array;
  readonly indexed: Int32Array;
  readonly count: number;
}

const NONE = -1;

export class JoinIndex {
  readonly #groups: StateTable;
  readonly #isNullSafe: readonly boolean[];
  /** By group. */
  #first = new Int32Array(0);
  #last = new Int32Array(0);
  /** By row. */
  #next = new Int32Array(0);
  #previous = new Int32Array(0);
  #groupOf = new Int32Array(0);

  /** `isNullSafe` says for each key whether null equals null; otherwise a row with a null key has no partners. */
  constructor(keyTypes: readonly DataType[], isNullSafe: readonly boolean[]) {
    this.#groups = new StateTable({
      keys: struct(keyTypes.map((type, i) => field(`k${i}`, type))),
      values: struct([]),
    });
    this.#isNullSafe = isNullSafe;
  }

  /** Adds rows: `rows[i]` has the key in row `i` of the key columns. */
  add(keyColumns: readonly Vector[], rows: Int32Array): void {
    const present = this.#rowsWithKey(keyColumns, rows.length);
    const columns =
      present === undefined ? keyColumns : keyColumns.map((key) => gatherVector(key, present, present.length));
    const count = present?.length ?? rows.length;
    const groups = new Int32Array(count);
    this.#groups.lookup(columns, count, groups);
    this.#reserve(rows);
    for (const group of this.#groups.newSlots) {
      this.#first[group] = NONE;
      this.#last[group] = NONE;
    }
    for (const row of rows) this.#groupOf[row] = NONE;
    for (let i = 0; i < count; i++) this.#append(groups[i] as number, rows[present?.[i] ?? i] as number);
  }

  /** Takes a row out. */
  remove(row: number): void {
    const group = this.#groupOf[row] as number;
    if (group === NONE) return;
    const next = this.#next[row] as number;
    const previous = this.#previous[row] as number;
    if (previous === NONE) this.#first[group] = next;
    else this.#next[previous] = next;
    if (next === NONE) this.#last[group] = previous;
    else this.#previous[next] = previous;
    this.#groupOf[row] = NONE;
    if (this.#first[group] === NONE) this.#groups.remove(group);
  }

  /** Lets the groups of removed keys be used anew; between epochs. */
  settle(): void {
    this.#groups.settleChanges();
  }

  /** The pairs of rows with equal keys, in order of the probing rows, some at a time. The index must not change meanwhile. */
  *pairs(keyColumns: readonly Vector[], numRows: number): Generator<RowPairs> {
    const groups = this.#groupsOf(keyColumns, numRows);
    const pairs = new PairCollector();
    for (let row = 0; row < numRows; row++) {
      const group = groups[row] as number;
      if (group === NONE) continue;
      for (let at = this.#first[group] as number; at !== NONE; at = this.#next[at] as number)
        if (pairs.add(row, at)) yield pairs.take();
    }
    if (pairs.count > 0) yield pairs.take();
  }

  #append(group: number, row: number): void {
    const last = this.#last[group] as number;
    this.#next[row] = NONE;
    this.#previous[row] = last;
    if (last === NONE) this.#first[group] = row;
    else this.#next[last] = row;
    this.#last[group] = row;
    this.#groupOf[row] = group;
  }

  #groupsOf(keyColumns: readonly Vector[], numRows: number): Int32Array {
    const groups = new Int32Array(numRows);
    this.#groups.find(keyColumns, numRows, groups);
    keyColumns.forEach(({ validity }, key) => {
      if (validity === undefined || this.#isNullSafe[key] === true) return;
      for (let row = 0; row < numRows; row++) if (validity[row] === 0) groups[row] = NONE;
    });
    return groups;
  }

  /** The rows that have a key; undefined when all have. */
  #rowsWithKey(keyColumns: readonly Vector[], numRows: number): Int32Array | undefined {
    const strict = keyColumns.flatMap(({ validity }, key) =>
      validity === undefined || this.#isNullSafe[key] === true ? [] : [validity],
    );
    if (strict.length === 0) return undefined;
    return Int32Array.from({ length: numRows }, (_, row) => row).filter((row) =>
      strict.every((validity) => validity[row] !== 0),
    );
  }

  #reserve(rows: Int32Array): void {
    const numGroups = this.#groups.numSlots;
    if (numGroups > this.#first.length) {
      this.#first = grown(this.#first, numGroups);
      this.#last = grown(this.#last, numGroups);
    }
    let numRows = 0;
    for (const row of rows) numRows = Math.max(numRows, row + 1);
    if (numRows <= this.#next.length) return;
    this.#next = grown(this.#next, numRows);
    this.#previous = grown(this.#previous, numRows);
    this.#groupOf = grown(this.#groupOf, numRows);
  }
}

/** All pairs of two numbers of rows, some at a time: what a join without keys looks at. */
export function* allPairs(numProbing: number, numIndexed: number): Generator<RowPairs> {
  const pairs = new PairCollector();
  for (let row = 0; row < numProbing; row++)
    for (let at = 0; at < numIndexed; at++) if (pairs.add(row, at)) yield pairs.take();
  if (pairs.count > 0) yield pairs.take();
}

/** Pairs on their way out, as many at a time as a batch has rows. */
class PairCollector {
  #probing = new Int32Array(TARGET_BATCH_ROWS);
  #indexed = new Int32Array(TARGET_BATCH_ROWS);
  count = 0;

  /** True when it is full and they must be taken. */
  add(probing: number, indexed: number): boolean {
    this.#probing[this.count] = probing;
    this.#indexed[this.count] = indexed;
    this.count += 1;
    return this.count === TARGET_BATCH_ROWS;
  }

  /** The pairs so far; begins anew. */
  take(): RowPairs {
    const pairs = { probing: this.#probing, indexed: this.#indexed, count: this.count };
    this.#probing = new Int32Array(TARGET_BATCH_ROWS);
    this.#indexed = new Int32Array(TARGET_BATCH_ROWS);
    this.count = 0;
    return pairs;
  }
}

function grown(array: Int32Array, needed: number): Int32Array<ArrayBuffer> {
  const larger = new Int32Array(Math.max(needed, array.length * 2, 64));
  larger.set(array);
  return larger;
}
