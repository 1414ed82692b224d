/**
 * Functions of users over rows as plain objects: filter, map, flatMap, mapPartitions, and the keys of groupByKey. A row is made an object
 * only here, so queries that can do without such functions are faster without. Stateless.
 */
import type { AppendKeys, MapPartitions, TypedFilter } from '../../plan/logical-plan.ts';
import type { ColumnBatch } from '../../types/column-batch.ts';
import type { Distribution, Operator, Transform } from './operator.ts';
import { MillraceError } from '../../errors/millrace-error.ts';
import { gatherBatch } from '../../types/vector-ops.ts';
import { rowsOf } from '../../types/row-codec.ts';
import { batchOperator } from '../rx.ts';
import { reasonOf, rowsBatch } from '../stateful/user-rows.ts';
import { schemaOf } from './operator.ts';

/** Closures cannot leave the thread they were made on. */
export const USER_FUNCTION: Distribution = { kind: 'single', reason: 'user function' };

export function typedFilter(input: Operator, { predicate }: Pick<TypedFilter, 'predicate'>): Transform {
  const filterBatch = (batch: ColumnBatch): ColumnBatch[] => {
    const rows = new Int32Array(batch.numRows);
    let count = 0;
    rowsOf(batch).forEach((row, i) => {
      if (guarded('filter', () => predicate(row))) rows[count++] = i;
    });
    if (count === 0) return [];
    return [count === batch.numRows ? batch : gatherBatch(batch, rows, count)];
  };
  return {
    kind: 'transform',
    distribution: USER_FUNCTION,
    name: 'Filter',
    inputs: [input],
    output: input.output,
    detail: 'a function over rows, on the coordinator',
    process: () => batchOperator(filterBatch),
  };
}

export function mapPartitions(input: Operator, node: Omit<MapPartitions, 'child'>): Transform {
  const schema = schemaOf(node.output);
  const { name, call } = node.function;
  return {
    kind: 'transform',
    distribution: USER_FUNCTION,
    name: 'MapPartitions',
    inputs: [input],
    output: node.output,
    detail: `${name}, a function over rows, on the coordinator`,
    process: () =>
      batchOperator((batch) => {
        const rows = guarded(name, () => [...call(rowsOf(batch))]);
        return rows.length === 0 ? [] : [rowsBatch(schema, rows)];
      }),
  };
}

/** Adds the columns of the key that a function finds for each row. */
export function appendKeys(input: Operator, node: Omit<AppendKeys, 'child'>): Transform {
  const output = [...input.output, ...node.keys];
  const schema = schemaOf(output);
  const keySchema = schemaOf(node.keys);
  const { call, key } = node.function;
  return {
    kind: 'transform',
    distribution: USER_FUNCTION,
    name: 'AppendColumns',
    inputs: [input],
    output,
    detail: node.keys.map(({ name }) => name).join(', '),
    process: () =>
      batchOperator((batch) => {
        const keys = guarded('groupByKey', () => rowsOf(batch).map((row) => call(row)));
        const keyRows = key.form === 'single' ? keys.map((value) => [value]) : keys;
        const keyBatch = rowsBatch(keySchema, keyRows);
        return [{ schema, numRows: batch.numRows, columns: [...batch.columns, ...keyBatch.columns] }];
      }),
  };
}

/** Runs a function of the user's; what it throws becomes USER_FUNCTION_ERROR. */
function guarded<T>(functionName: string, run: () => T): T {
  try {
    return run();
  } catch (cause) {
    if (cause instanceof MillraceError) throw cause;
    throw new MillraceError('USER_FUNCTION_ERROR', { function: functionName, reason: reasonOf(cause) }, { cause });
  }
}
