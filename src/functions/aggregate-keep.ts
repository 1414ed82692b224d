/** Aggregates that keep the values of a group as a list and finish with all of them. */
import type { DataType } from '../types/data-type.ts';
import type { Value, Vector } from '../types/vector.ts';
import type { AggregateSignature } from './define-function.ts';
import { present } from '../errors/assert.ts';
import { array } from '../types/data-type.ts';
import { vectorOf } from '../types/vector-builder.ts';
import { valueAt } from '../types/vector.ts';
import { collectLists } from './aggregate-collect.ts';

type Items = readonly (Value | null)[];

/** A signature that keeps the values of its first argument, with a second as weight when there is one, and finishes with `finish`. */
export function keeping(
  argumentTypes: readonly DataType[],
  returnType: DataType,
  finish: (values: Items) => Value | null,
  repeat: (row: number, columns: readonly Vector[]) => number = () => 1,
): AggregateSignature {
  const type = present(argumentTypes[0], 'a column to keep');
  return {
    argumentTypes,
    returnType,
    nullable: true,
    bufferTypes: [array(type, false)],
    wantsRows: true,
    initialize: ([buffer], slot) => buffer?.set(slot, []),
    update: ([buffer], slots, columns, numRows) => {
      const values = present(columns[0], 'one column');
      const valuesOf = (row: number): Items => {
        const value = valueAt(values, row);
        return value === null ? [] : Array.from({ length: repeat(row, columns) }, () => value);
      };
      collectLists(present(buffer, 'one buffer'), slots, numRows, valuesOf, false);
    },
    merge: ([buffer], slots, [partial], numRows) => {
      const lists = present(partial, 'one column');
      const valuesOf = (row: number): Items => (valueAt(lists, row) ?? []) as Items;
      collectLists(present(buffer, 'one buffer'), slots, numRows, valuesOf, false);
    },
    result: ([buffer], slots, count) =>
      vectorOf(
        returnType,
        Array.from({ length: count }, (_, i) => {
          const values = (buffer?.get(slots[i] as number) ?? []) as Items;
          return values.length === 0 ? null : finish(values);
        }),
      ),
  };
}
