/** `aggregate FILTER (WHERE …)`: the same aggregate with the condition as one more argument, which says which rows it gets. */
import type { AggregateSignature } from '../functions/define-function.ts';
import type { AggregateCall, Expression } from './expression.ts';
import { MillraceError } from '../errors/millrace-error.ts';
import { BOOLEAN } from '../types/data-type.ts';
import { gatherVector } from '../types/vector-ops.ts';
import { expressionSql } from './sql-text.ts';

/** The call over the rows for which the condition is true. */
export function withFilter(call: AggregateCall, condition: Expression): AggregateCall {
  const filterExpr = `"${expressionSql(condition)}"`;
  if (condition.dataType.kind !== 'boolean')
    throw new MillraceError('INVALID_AGGREGATE_FILTER.NOT_BOOLEAN', { filterExpr });
  return {
    ...call,
    arguments: [...call.arguments, condition],
    signature: filtered(call.signature),
    hasFilter: true,
  };
}

function filtered(signature: AggregateSignature): AggregateSignature {
  return {
    ...signature,
    argumentTypes: [...signature.argumentTypes, BOOLEAN],
    update: (buffers, slots, args, numRows, context) => {
      const condition = args.at(-1);
      if (condition?.layout !== 'boolean') return;
      const { values, validity } = condition;
      const rows = new Int32Array(numRows);
      let count = 0;
      for (let row = 0; row < numRows; row++)
        if (values[row] === 1 && (validity === undefined || validity[row] === 1)) rows[count++] = row;
      if (count === 0) return;
      const columns = args.slice(0, -1);
      if (count === numRows) {
        signature.update(buffers, slots, columns, numRows, context);
        return;
      }
      const kept = rows.subarray(0, count);
      const keptColumns = columns.map((column) => gatherVector(column, kept, count));
      const keptSlots = kept.map((row) => slots[row] as number);
      signature.update(buffers, keptSlots, keptColumns, count, context);
    },
  };
}
