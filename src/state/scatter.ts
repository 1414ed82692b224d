/**
 * Copies a vector into a growable column, row by row to given slots or one after the other: how loaded state gets into a table. The reverse is
 * GrowableColumn.toVector.
 */
import type { GrowableColumn } from '../types/growable-column.ts';
import { halvesOf } from '../types/long-halves.ts';
import type { Vector } from '../types/vector.ts';

/** Sets slot `slots[i]` of the column to row `i` of the vector, which has the column's type. */
export function scatter(column: GrowableColumn, vector: Vector, slots: Int32Array): void {
  const { validity } = vector;
  if (vector.layout === 'long' && column.layout === 'long') {
    const longs = halvesOf(column.longs);
    const values = halvesOf(vector.values);
    for (let i = 0; i < vector.length; i++) {
      const slot = slots[i] as number;
      longs[2 * slot] = values[2 * i] as number;
      longs[2 * slot + 1] = values[2 * i + 1] as number;
    }
  } else if (vector.layout === 'int' && column.layout === 'int') copy(column.ints, vector.values, slots, vector.length);
  else if (vector.layout === 'double' && column.layout === 'double')
    copy(column.doubles, vector.values, slots, vector.length);
  else if (vector.layout === 'boolean' && column.layout === 'boolean')
    copy(column.booleans, vector.values, slots, vector.length);
  else {
    for (let i = 0; i < vector.length; i++) column.setFrom(slots[i] as number, vector, i);
    return;
  }
  const target = column.validity;
  const count = vector.length;
  if (validity === undefined) for (let i = 0; i < count; i++) target[slots[i] as number] = 1;
  else copy(target, validity, slots, count);
}

/** Sets the slots from `first` on, one after the other, to the rows of the vector, which has the column's type. */
export function scatterFrom(column: GrowableColumn, vector: Vector, first: number): void {
  const { length, validity } = vector;
  const end = first + length;
  if (vector.layout === 'long' && column.layout === 'long') column.longs.set(vector.values.subarray(0, length), first);
  else if (vector.layout === 'int' && column.layout === 'int')
    column.ints.set(vector.values.subarray(0, length), first);
  else if (vector.layout === 'double' && column.layout === 'double')
    column.doubles.set(vector.values.subarray(0, length), first);
  else if (vector.layout === 'boolean' && column.layout === 'boolean')
    column.booleans.set(vector.values.subarray(0, length), first);
  else {
    for (let i = 0; i < length; i++) column.setFrom(first + i, vector, i);
    return;
  }
  if (validity === undefined) column.validity.fill(1, first, end);
  else column.validity.set(validity.subarray(0, length), first);
}

function copy<A extends Uint8Array | Int32Array | Float64Array>(
  target: A,
  source: A,
  slots: Int32Array,
  count: number,
): void {
  for (let i = 0; i < count; i++) target[slots[i] as number] = source[i] as number;
}
