/**
 * Aggregates whose partial result is a sketch. Between calls it is kept as the bytes of its format, so that it goes to state stores and other
 * workers as any binary value; within a call each sketch is read and written once.
 */
import type { DataType } from '../../types/data-type.ts';
import type { GrowableColumn } from '../../types/growable-column.ts';
import type { Value, Vector } from '../../types/vector.ts';
import type { AggregateSignature } from '../define-function.ts';
import { present } from '../../errors/assert.ts';
import { BINARY } from '../../types/data-type.ts';
import { vectorOf } from '../../types/vector-builder.ts';
import { valueAt } from '../../types/vector.ts';

/** What an aggregate does with its sketches. */
export interface SketchAggregate<S> {
  readonly argumentTypes: readonly DataType[];
  readonly returnType: DataType;
  readonly nullable: boolean;
  /** The sketch of no rows. */
  readonly make: () => S;
  readonly read: (bytes: Uint8Array) => S;
  readonly write: (sketch: S) => Uint8Array;
  /** Rows whose first argument is null are added, too. */
  readonly countsNulls?: true;
  /** Adds a row, whose first argument is not null otherwise; gives the sketch to go on with. */
  readonly update: (sketch: S, values: readonly (Value | null)[]) => S;
  /** Adds another sketch that `update` or `merge` made. */
  readonly merge: (sketch: S, other: S) => S;
  readonly result: (sketch: S) => Value | null;
}

/** The signature of an aggregate of sketches. */
export function sketchSignature<S>(definition: SketchAggregate<S>): AggregateSignature {
  const { argumentTypes, returnType, nullable, make, read, write, update, merge, result, countsNulls } = definition;
  const sketchOf = (buffer: GrowableColumn, slot: number): S => {
    const bytes = buffer.get(slot);
    return bytes instanceof Uint8Array ? read(bytes) : make();
  };
  const change = (
    [buffer]: readonly GrowableColumn[],
    slots: Int32Array,
    numRows: number,
    next: (sketch: S, row: number) => S | undefined,
  ): void => {
    const into = present(buffer, 'one buffer');
    const changed = new Map<number, S>();
    for (let row = 0; row < numRows; row++) {
      const slot = slots[row] as number;
      const sketch = next(changed.get(slot) ?? sketchOf(into, slot), row);
      if (sketch !== undefined) changed.set(slot, sketch);
    }
    for (const [slot, sketch] of changed) into.set(slot, write(sketch));
  };
  return {
    argumentTypes,
    returnType,
    nullable,
    bufferTypes: [BINARY],
    initialize: ([buffer], slot) => buffer?.set(slot, null),
    update: (buffers, slots, args, numRows) =>
      change(buffers, slots, numRows, (sketch, row) => {
        const values = args.map((column) => valueAt(column, row));
        return values[0] === null && countsNulls !== true ? undefined : update(sketch, values);
      }),
    merge: (buffers, slots, [partial], numRows) =>
      change(buffers, slots, numRows, (sketch, row) => {
        const bytes = valueAt(present(partial, 'one column'), row);
        return bytes instanceof Uint8Array ? merge(sketch, read(bytes)) : undefined;
      }),
    result: ([buffer], slots, count): Vector =>
      vectorOf(
        returnType,
        Array.from({ length: count }, (_, i) => result(sketchOf(present(buffer, 'one buffer'), slots[i] as number))),
      ),
  };
}
