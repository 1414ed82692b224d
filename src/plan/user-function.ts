/**
 * What users may hand to a plan besides expressions: functions over rows as plain objects. Nodes of the plan carry them as they are; the
 * operators call them, on the thread of the coordinator, and turn what they throw into typed errors.
 */
import type { StructType } from '../types/data-type.ts';
import type { Row } from '../types/row-codec.ts';

/** A row, or a row in column order. */
export type OutputRow = Row | readonly unknown[];

/** Makes rows of the rows of a column batch; synchronous. `name` is the method it was given to, as `map`. */
export interface RowsFunction {
  readonly name: string;
  readonly call: (rows: readonly Row[]) => Iterable<unknown>;
}

/** True for the rows to keep. */
export type RowPredicate = (row: Row) => boolean;

/**
 * How a value of a schema is seen by users: `columns` as an object with a property per column, `single` as the bare value of the one
 * column.
 */
export interface ValueShape {
  readonly schema: StructType;
  readonly form: 'columns' | 'single';
}

/** Makes the key of a row; a bare value or an object, as the schema says. */
export interface KeyFunction {
  readonly key: ValueShape;
  readonly call: (row: Row) => unknown;
}

/** What a function may give back for a key: rows, or a promise of rows; nothing at all is no rows. */
export type GroupOutput<Out = unknown> =
  | Iterable<Out>
  | AsyncIterable<Out>
  | Promise<Iterable<Out> | AsyncIterable<Out> | void>
  | void;
