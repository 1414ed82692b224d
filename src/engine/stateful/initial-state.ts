/** The rows of an initial state: keys, and the value each brings in the form the state has. Read in batch 0 only. */
import type { ValueShape } from '../../plan/user-function.ts';
import type { ColumnBatch } from '../../types/column-batch.ts';
import type { Value, Vector } from '../../types/vector.ts';
import type { Epoch } from '../operators/operator.ts';
import type { KeyedInput } from './keyed-rows.ts';
import { MillraceError } from '../../errors/millrace-error.ts';
import { rowsOf } from '../../types/row-codec.ts';
import { storedValue } from './user-rows.ts';

export interface InitialRows {
  readonly keys: readonly Vector[];
  /** One per row. */
  readonly value: readonly (Value | null)[];
  readonly numRows: number;
}

/** The keys and states of a batch: the columns of the state by name, or the one column that is no key. */
export function* initialStateRows(
  batch: ColumnBatch,
  input: KeyedInput,
  state: ValueShape,
  epoch: Epoch,
): Generator<InitialRows> {
  const { numRows } = batch;
  if (numRows === 0) return;
  const keys = input.keys.map((key) => key(batch, epoch.context));
  const columns = input.values.map((value) => value(batch, epoch.context));
  const rows = rowsOf({ schema: input.valueSchema, numRows, columns });
  const single = state.form === 'single' ? singleColumn(input) : undefined;
  const value = rows.map((row) => storedValue(single === undefined ? row : row[single], state, 'initialState'));
  yield { keys, value, numRows };
}

function singleColumn(input: KeyedInput): string {
  const keys = new Set(input.keySchema.fields.map(({ name }) => name));
  const others = input.valueSchema.fields.filter(({ name }) => !keys.has(name));
  const [first] = others;
  if (first !== undefined && others.length === 1) return first.name;
  throw new MillraceError('INITIAL_STATE_NOT_ONE_COLUMN', { columns: others.map(({ name }) => name).join(', ') });
}
