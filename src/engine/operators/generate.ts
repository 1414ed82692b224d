/** Makes rows of rows: evaluates a generator and puts its rows beside the columns of the row they come from. Stateless. */
import type { Generate } from '../../plan/logical-plan.ts';
import type { ColumnBatch } from '../../types/column-batch.ts';
import type { EvaluationContext } from '../../functions/define-function.ts';
import type { Operator, Transform } from './operator.ts';
import { callSql } from '../../functions/call-sql.ts';
import { compileExpression } from '../../expressions/compile.ts';
import { expressionSql } from '../../expressions/sql-text.ts';
import { gatherVector, sliceBatch } from '../../types/vector-ops.ts';
import { batchOperator } from '../rx.ts';
import { placeOfRows, schemaOf } from './operator.ts';

/** Rows taken at once, so that a batch of long arrays does not become one huge batch. */
const STEP_ROWS = 4096;

export function generate(input: Operator, node: Omit<Generate, 'child' | 'kind'>): Transform {
  const { generator, passed, generated } = node;
  const output = [...passed, ...generated];
  const schema = schemaOf(output);
  const args = generator.arguments.map((argument) => compileExpression(argument, input.output));
  const evaluatePassed = passed.map((column) => compileExpression(column, input.output));

  const expand = (batch: ColumnBatch, context: EvaluationContext): ColumnBatch[] => {
    const columns = args.map((evaluate) => evaluate(batch, context));
    const made = generator.signature.generate(columns, batch.numRows, generator.isOuter);
    if (made.count === 0) return [];
    const kept = evaluatePassed.map((evaluate) => gatherVector(evaluate(batch, context), made.rows, made.count));
    return [{ schema, numRows: made.count, columns: [...kept, ...made.columns] }];
  };
  return {
    kind: 'transform',
    distribution: placeOfRows(generator.arguments),
    name: 'Generate',
    inputs: [input],
    output,
    detail: callSql(
      generator.functionName,
      generator.arguments.map((argument) => expressionSql(argument)),
    ),
    process: (epoch) =>
      batchOperator(function* (batch) {
        for (let from = 0; from < batch.numRows; from += STEP_ROWS)
          yield* expand(sliceBatch(batch, from, Math.min(batch.numRows, from + STEP_ROWS)), epoch.context);
      }),
  };
}
