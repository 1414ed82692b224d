/** Passes the rows on as long as there is at most one per key; the second one is an error. For scalar subqueries. */
import type { SingleRow } from '../../plan/logical-plan.ts';
import type { Distribution, Operator, Transform } from './operator.ts';
import { MillraceError } from '../../errors/millrace-error.ts';
import { compileExpression } from '../../expressions/compile.ts';
import { StateTable } from '../../state/state-table.ts';
import { field, struct } from '../../types/data-type.ts';
import { batchOperator } from '../rx.ts';
import { insertKeys } from './first-rows.ts';

export function singleRow(input: Operator, { keys }: Pick<SingleRow, 'keys'>): Transform {
  const evaluators = keys.map((key) => compileExpression(key, input.output));
  const schema = struct(keys.map(({ dataType, nullable }, i) => field(`k${i}`, dataType, nullable)));
  const distribution: Distribution =
    keys.length === 0
      ? { kind: 'single', reason: 'a scalar subquery is one row' }
      : { kind: 'clustered', keys: [keys] };
  return {
    kind: 'transform',
    distribution,
    name: 'SingleRow',
    inputs: [input],
    output: input.output,
    detail: keys.map(({ name }) => name).join(', '),
    process: (epoch) => {
      const seen = new StateTable({ keys: schema, values: struct([]) });
      let numRows = 0;
      return batchOperator((batch) => {
        numRows += batch.numRows;
        const columns = evaluators.map((evaluate) => evaluate(batch, epoch.context));
        const numNew = keys.length === 0 ? 1 : insertKeys(seen, columns, batch.numRows).length;
        const isRepeated = keys.length === 0 ? numRows > 1 : numNew < batch.numRows;
        if (isRepeated) throw new MillraceError('SCALAR_SUBQUERY_TOO_MANY_ROWS', {});
        return [batch];
      });
    },
  };
}
