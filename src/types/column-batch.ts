/**
 * A batch of rows as columns: what flows between source, operators and sink. Around 64k rows; never single rows, never row objects.
 */
import { assert } from '../errors/assert.ts';
import type { StructType } from './data-type.ts';
import type { Vector } from './vector.ts';

/** The number of rows a source aims at per batch. */
export const TARGET_BATCH_ROWS = 65_536;

/** Immutable: operators make new batches, sharing vectors where they can. */
export interface ColumnBatch {
  readonly schema: StructType;
  readonly numRows: number;
  /** One vector per field of the schema, each of length `numRows`. */
  readonly columns: readonly Vector[];
}

/** Makes a batch and checks that the columns fit the schema. */
export function columnBatch(schema: StructType, columns: readonly Vector[], numRows: number): ColumnBatch {
  assert(columns.length === schema.fields.length, 'a batch has one column per field');
  assert(
    columns.every((column) => column.length === numRows),
    'all columns of a batch have its number of rows',
  );
  return { schema, numRows, columns };
}
