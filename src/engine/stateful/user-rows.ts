/**
 * The edge between the engine and functions of users: values of a schema in the form users see, and the rows they give back. Says nothing
 * of keys and states.
 */
import type { GroupOutput, OutputRow, ValueShape } from '../../plan/user-function.ts';
import type { ColumnBatch } from '../../types/column-batch.ts';
import type { DataType, StructType } from '../../types/data-type.ts';
import type { Row } from '../../types/row-codec.ts';
import type { Value } from '../../types/vector.ts';
import { present } from '../../errors/assert.ts';
import { MillraceError } from '../../errors/millrace-error.ts';
import { TARGET_BATCH_ROWS } from '../../types/column-batch.ts';
import { fromExternal } from '../../types/external-value.ts';
import { batchFromRows, rowsOf, toExternal } from '../../types/row-codec.ts';

/** The type a value of this shape is stored as: a struct, or the type of its one column. */
export function typeOfShape({ schema, form }: ValueShape): DataType {
  return form === 'columns' ? schema : present(schema.fields[0], 'a single value has one column').dataType;
}

/** A value of a user's in the engine's form; null and undefined are refused by the caller. */
export function storedValue(value: unknown, shape: ValueShape, name: string): Value | null {
  return fromExternal(value, typeOfShape(shape), name);
}

/** A stored value as the user sees it; an object of its own each time. */
export function shownValue(value: Value, shape: ValueShape): unknown {
  return toExternal(value, typeOfShape(shape));
}

/** Keys or rows of a batch as the user sees them. */
export function shownRows(batch: ColumnBatch, form: ValueShape['form']): unknown[] {
  const rows = rowsOf(batch);
  const [first] = batch.schema.fields;
  return form === 'columns' ? rows : rows.map((row) => row[first?.name ?? '']);
}

/** Rows from users on their way into batches of a schema. */
export class OutputRows {
  readonly #schema: StructType;
  #rows: OutputRow[] = [];

  constructor(schema: StructType) {
    this.#schema = schema;
  }

  get isFull(): boolean {
    return this.#rows.length >= TARGET_BATCH_ROWS;
  }

  /** Takes everything a function gave back. Resolves when it has; most functions are done at once and give undefined. */
  add(output: GroupOutput): Promise<void> | undefined {
    if (output === undefined || output === null) return undefined;
    if (isPromise(output)) return output.then((settled) => this.add(settled));
    if (Symbol.iterator in output) {
      for (const row of output) this.#rows.push(row as OutputRow);
      return undefined;
    }
    return this.#addAsync(output);
  }

  async #addAsync(output: AsyncIterable<unknown>): Promise<void> {
    for await (const row of output) this.#rows.push(row as OutputRow);
  }

  /** The batch of the rows so far, undefined when there are none; begins anew. */
  take(): ColumnBatch | undefined {
    if (this.#rows.length === 0) return undefined;
    const batch = rowsBatch(this.#schema, this.#rows);
    this.#rows = [];
    return batch;
  }
}

/** The batch of rows a user's function gave; INVALID_ROW_VALUE when one is no row. */
export function rowsBatch(schema: StructType, rows: readonly unknown[]): ColumnBatch {
  for (const row of rows) {
    if (typeof row === 'object' && row !== null) continue;
    throw new MillraceError('INVALID_ROW_VALUE', { value: String(row), columnName: '`row`', type: '"STRUCT"' });
  }
  return batchFromRows(schema, rows as readonly (Row | readonly unknown[])[]);
}

function isPromise(value: object): value is Promise<Iterable<unknown> | AsyncIterable<unknown> | void> {
  return 'then' in value && typeof value.then === 'function';
}

/** What a thrown value says; for the reason of an error condition. */
export function reasonOf(error: unknown): string {
  return error instanceof Error ? `${error.name}: ${error.message}` : String(error);
}

/** A key as error messages name it. */
export function keyText(key: unknown): string {
  return JSON.stringify(key, (_, value: unknown) => (typeof value === 'bigint' ? `${value}` : value)) ?? 'undefined';
}
