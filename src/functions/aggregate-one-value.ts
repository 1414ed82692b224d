/** Aggregates whose partial result is one value of the type of their argument, and adds up as values do. */
import type { DataType } from '../types/data-type.ts';
import type { GrowableColumn } from '../types/growable-column.ts';
import type { Vector } from '../types/vector.ts';
import type { AggregateSignature } from './define-function.ts';
import { present } from '../errors/assert.ts';

/** Folds the values of a column into the groups of its rows; a group starts as NULL, and NULLs have to be skipped. */
export type FoldColumn = (into: GrowableColumn, slots: Int32Array, column: Vector, numRows: number) => void;

/** The signature of an aggregate that is only a fold. */
export function oneValueSignature(type: DataType, fold: FoldColumn): AggregateSignature {
  const update: AggregateSignature['merge'] = ([buffer], slots, [column], numRows) =>
    fold(present(buffer, 'one buffer'), slots, present(column, 'one column'), numRows);
  return {
    argumentTypes: [type],
    returnType: type,
    nullable: true,
    bufferTypes: [type],
    initialize: ([buffer], slot) => buffer?.set(slot, null),
    startsFresh: true,
    update,
    merge: update,
    result: ([buffer], slots, count) => present(buffer, 'one buffer').toVector(slots, count),
  };
}
