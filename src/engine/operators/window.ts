/**
 * Window functions: collects all rows, sorts them by partition and order, and computes for each row what its function says of the rows
 * around it. Puts the rows out in that order. For bounded input.
 */
import type { WindowCall } from '../../expressions/expression.ts';
import type { Evaluator } from '../../expressions/compile.ts';
import type { EvaluationContext } from '../../functions/define-function.ts';
import type { Window } from '../../plan/logical-plan.ts';
import type { ColumnBatch } from '../../types/column-batch.ts';
import type { Vector } from '../../types/vector.ts';
import type { Distribution, Operator, Transform } from './operator.ts';
import type { RowComparison } from './row-order.ts';
import { assert } from '../../errors/assert.ts';
import { compileExpression } from '../../expressions/compile.ts';
import { toAttribute } from '../../expressions/expression.ts';
import { expressionSql } from '../../expressions/sql-text.ts';
import { TARGET_BATCH_ROWS } from '../../types/column-batch.ts';
import { concatBatches, gatherBatch, sliceBatch } from '../../types/vector-ops.ts';
import { vectorOf } from '../../types/vector-builder.ts';
import { batchOperator } from '../rx.ts';
import { schemaOf } from './operator.ts';
import { comparisonOf, inOrder } from './row-order.ts';
import { aggregateOverFrames } from './window-aggregate.ts';
import { framesOf, type Partitions } from './window-frames.ts';

/** What is computed for one call. */
interface CompiledCall {
  readonly call: WindowCall;
  readonly arguments: readonly Evaluator[];
  readonly bounds: { readonly lower: Evaluator | undefined; readonly upper: Evaluator | undefined };
}

export function window(input: Operator, node: Omit<Window, 'child' | 'kind'>): Transform {
  const { partition, order, windowExpressions } = node;
  const output = [...input.output, ...windowExpressions.map(toAttribute)];
  const inputSchema = schemaOf(input.output);
  const schema = schemaOf(output);
  const compile = (expression: Parameters<typeof compileExpression>[0]): Evaluator =>
    compileExpression(expression, input.output);
  const keys = [
    ...partition.map((child) => ({ child, direction: 'ascending', nullOrdering: 'nullsFirst' }) as const),
    ...order,
  ];
  const evaluators = keys.map(({ child }) => compile(child));
  const calls = windowExpressions.map((expression): CompiledCall => {
    assert(expression.kind === 'alias' && expression.child.kind === 'window', 'a window node computes window calls');
    const call = expression.child;
    const { lower, upper } = call.frame;
    return {
      call,
      arguments: call.arguments.map(compile),
      bounds: {
        lower: lower.kind === 'range' ? compile(lower.value) : undefined,
        upper: upper.kind === 'range' ? compile(upper.value) : undefined,
      },
    };
  });

  const compute = function* (collected: readonly ColumnBatch[], context: EvaluationContext): Generator<ColumnBatch> {
    const all = concatBatches(inputSchema, collected);
    if (all.numRows === 0) return;
    const unsorted = evaluators.map((evaluate) => evaluate(all, context));
    const comparisons = keys.map((key, i) => comparisonOf(key, unsorted[i]));
    const rows = inOrder(all.numRows, comparisons);
    const sorted = gatherBatch(all, rows, rows.length);
    const parts = partitionsOf(rows, comparisons, partition.length);
    const [orderKey] = order;
    const sortedKey = orderKey === undefined ? undefined : evaluators[partition.length]?.(sorted, context);
    const columns = calls.map((call) => computeCall(call, sorted, parts, orderKey, sortedKey, context));
    const result: ColumnBatch = { schema, numRows: sorted.numRows, columns: [...sorted.columns, ...columns] };
    for (let from = 0; from < result.numRows; from += TARGET_BATCH_ROWS)
      yield sliceBatch(result, from, Math.min(result.numRows, from + TARGET_BATCH_ROWS));
  };

  return {
    kind: 'transform',
    distribution: distributionOf(node),
    name: 'Window',
    inputs: [input],
    output,
    detail: windowExpressions.map((one) => (one.kind === 'alias' ? expressionSql(one.child) : one.name)).join(', '),
    process: (epoch) => {
      const collected: ColumnBatch[] = [];
      return batchOperator(
        (batch) => {
          collected.push(batch);
          return [];
        },
        () => compute(collected, epoch.context),
      );
    },
  };
}

function distributionOf({ partition }: Pick<Window, 'partition'>): Distribution {
  if (partition.length === 0) return { kind: 'single', reason: 'a window without PARTITION BY looks at all rows' };
  return { kind: 'clustered', keys: [partition] };
}

/** Where partitions and peers begin and end; `rows` are the numbers of the sorted rows before they were sorted. */
function partitionsOf(rows: Int32Array, comparisons: readonly RowComparison[], numPartitionKeys: number): Partitions {
  const numRows = rows.length;
  const starts: number[] = [];
  const peerStart = new Int32Array(numRows);
  const peerEnd = new Int32Array(numRows);
  let firstPeer = 0;
  for (let row = 0; row < numRows; row++) {
    const changed =
      row === 0 ? 0 : comparisons.findIndex((compare) => compare(rows[row - 1] as number, rows[row] as number) !== 0);
    const isNewPartition = row === 0 || (changed >= 0 && changed < numPartitionKeys);
    if (isNewPartition) starts.push(row);
    if (isNewPartition || changed >= 0) {
      peerEnd.fill(row, firstPeer, row);
      firstPeer = row;
    }
    peerStart[row] = firstPeer;
  }
  peerEnd.fill(numRows, firstPeer, numRows);
  return { starts, numRows, peerStart, peerEnd };
}

function computeCall(
  { call, arguments: evaluators, bounds }: CompiledCall,
  sorted: ColumnBatch,
  partitions: Partitions,
  orderKey: WindowCall['order'][number] | undefined,
  sortedKey: Vector | undefined,
  context: EvaluationContext,
): Vector {
  const args = evaluators.map((evaluate) => evaluate(sorted, context));
  const frames = framesOf(call.frame, partitions, {
    order: orderKey,
    key: sortedKey,
    lower: bounds.lower?.(sorted, context),
    upper: bounds.upper?.(sorted, context),
  });
  const { computation } = call;
  if (computation.kind === 'aggregate')
    return aggregateOverFrames(
      { functionName: call.functionName, signature: computation.signature },
      call.frame,
      args,
      partitions,
      frames,
      context,
    );
  const results = Array.from<null>({ length: partitions.numRows }).fill(null);
  const { starts, numRows, peerStart, peerEnd } = partitions;
  starts.forEach((start, i) =>
    computation.signature.compute(
      { start, end: starts[i + 1] ?? numRows, peerStart, peerEnd, ...frames },
      args,
      results,
    ),
  );
  return vectorOf(call.dataType, results);
}
