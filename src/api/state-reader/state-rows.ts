/**
 * Rows of state as Spark shows them: `key` and `value` as structs with Spark's names of buffers, and the partition the key has in Spark. How
 * the rows are read is the business of state-data-source.ts.
 */
import type { OperatorDescription, StoreDescription } from '../../checkpoint/plan-description.ts';
import type { StateTable } from '../../state/state-table.ts';
import type { StructType } from '../../types/data-type.ts';
import type { Vector } from '../../types/vector.ts';
import { field, INTEGER, struct, VOID } from '../../types/data-type.ts';
import { hashRows } from '../../types/hash.ts';
import { nullVector } from '../../types/vector-ops.ts';
import { schemaOfStore } from './open-state.ts';

/** How a store's rows are shown. */
export interface ShownState {
  readonly keys: StructType;
  readonly values: StructType;
  /** True when all rows are in one partition, as those of an aggregate without grouping. */
  readonly isSingle: boolean;
}

/** Names of the buffers of functions that have several. */
const BUFFER_NAMES: Readonly<Record<string, readonly string[]>> = {
  avg: ['sum', 'count'],
  mean: ['sum', 'count'],
  first: ['first', 'valueSet'],
  last: ['last', 'valueSet'],
};

/** The schemas of a store as Spark names them. */
export function shownState({ operatorName }: OperatorDescription, store: StoreDescription): ShownState {
  const { keys, values, numBucketKeys } = schemaOfStore(store);
  const isSingle = numBucketKeys === 0;
  const isAggregate = operatorName.endsWith('tateStoreSave') || operatorName.endsWith('StateStoreSaveExec');
  const shown = isAggregate ? struct(values.fields.map((f) => ({ ...f, name: bufferName(f.name) }))) : values;
  return {
    keys: isSingle ? struct([]) : keys,
    values: shown.fields.length === 0 ? struct([field('__dummy__', VOID)]) : shown,
    isSingle,
  };
}

/** `avg_0_1` is the second buffer of an average: `count`. */
function bufferName(name: string): string {
  const match = /^(.+)_\d+_(\d+)$/.exec(name);
  if (match === null) return name;
  const [, functionName = name, position = '0'] = match;
  return BUFFER_NAMES[functionName]?.[Number(position)] ?? functionName;
}

/** The columns `key`, `value` and `partition_id` of some slots; `value` is null where `hasValues` is false. */
export function stateColumns(
  table: StateTable,
  slots: Int32Array,
  shown: ShownState,
  { numPartitions, hasValues }: { readonly numPartitions: number; readonly hasValues: boolean },
): Vector[] {
  const { length } = slots;
  const keys = table.keys.map((column) => column.toVector(slots, length));
  const values =
    table.values.length === 0
      ? [nullVector(VOID, length)]
      : table.values.map((column) => column.toVector(slots, length));
  const common = { layout: 'struct', length } as const;
  const key: Vector = {
    ...common,
    type: shown.keys,
    validity: undefined,
    children: shown.isSingle ? [] : keys,
  };
  const validity = hasValues ? undefined : new Uint8Array(length);
  const value: Vector = { ...common, type: shown.values, validity, children: values };
  const ids = shown.isSingle
    ? new Int32Array(length)
    : hashRows(keys.slice(0, table.schema.numBucketKeys), length).map((hash) => {
        const rest = hash % numPartitions;
        return rest < 0 ? rest + numPartitions : rest;
      });
  return [key, value, { layout: 'int', type: INTEGER, length, validity: undefined, values: ids }];
}
