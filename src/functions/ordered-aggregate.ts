/** Aggregates over ordered rows, as `listagg(x) WITHIN GROUP (ORDER BY y)`: keeps the rows of each group and sorts them at the end. */
import type { GrowableColumn } from '../types/growable-column.ts';
import type { DataType } from '../types/data-type.ts';
import type { Value, Vector } from '../types/vector.ts';
import type { AggregateSignature, EvaluationContext } from './define-function.ts';
import { present } from '../errors/assert.ts';
import { array, field, struct } from '../types/data-type.ts';
import { GrowableColumn as Column } from '../types/growable-column.ts';
import { vectorOf } from '../types/vector-builder.ts';
import { valueAt } from '../types/vector.ts';
import { collectLists } from './aggregate-collect.ts';

type Row = readonly (Value | null)[];

/** What is made of the sorted rows of one group. */
export type FinishRows = (rows: readonly Row[], context: EvaluationContext) => Value | null;

export interface OrderedAggregate {
  /** The arguments, then the sort keys. */
  readonly argumentTypes: readonly DataType[];
  readonly returnType: DataType;
  readonly nullable: boolean;
  readonly compare: (left: Row, right: Row) => number;
  readonly finish: FinishRows;
}

/** The signature of an aggregate that sees the rows of a group in order. */
export function orderedAggregate(options: OrderedAggregate): AggregateSignature {
  const { argumentTypes, returnType, nullable, compare, finish } = options;
  const rowType = struct(argumentTypes.map((type, i) => field(`c${i}`, type)));
  const append = (
    buffer: GrowableColumn | undefined,
    slots: Int32Array,
    numRows: number,
    rowsOf: (i: number) => readonly Row[],
  ): void => collectLists(present(buffer, 'one buffer'), slots, numRows, rowsOf, false);
  return {
    argumentTypes,
    returnType,
    nullable,
    bufferTypes: [array(rowType, false)],
    wantsRows: true,
    initialize: ([buffer], slot) => buffer?.set(slot, []),
    update: ([buffer], slots, args, numRows) =>
      append(buffer, slots, numRows, (row) => [args.map((column) => valueAt(column, row))]),
    merge: ([buffer], slots, [partial], numRows) =>
      append(buffer, slots, numRows, (row) => valueAt(present(partial, 'one column'), row) as readonly Row[]),
    result: ([buffer], slots, count, context) => {
      const values: (Value | null)[] = [];
      for (let i = 0; i < count; i++) {
        const rows = (buffer?.get(slots[i] as number) ?? []) as readonly Row[];
        values.push(finish(rows.toSorted(compare), context));
      }
      return vectorOf(returnType, values);
    },
  };
}

/** Runs an aggregate over rows whose first columns are its arguments. */
export function finishWith(signature: AggregateSignature): FinishRows {
  return (rows, context) => {
    const buffers = signature.bufferTypes.map((type) => new Column(type));
    for (const buffer of buffers) buffer.ensureCapacity(1);
    signature.initialize(buffers, 0);
    const slots = new Int32Array(rows.length);
    const columns = signature.argumentTypes.map((type, i): Vector =>
      vectorOf(
        type,
        rows.map((row) => row[i] ?? null),
      ),
    );
    signature.update(buffers, slots, columns, rows.length, context);
    return valueAt(signature.result(buffers, new Int32Array(1), 1, context), 0);
  };
}
