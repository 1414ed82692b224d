/** What an aggregation without GROUP BY says of no rows: `count(*)` is 0, most others are null. */
import type { AggregateCall, Expression, NamedExpression } from '../../expressions/expression.ts';
import type { ResolveContext } from '../../functions/define-function.ts';
import { mapChildren } from '../../expressions/expression.ts';
import { GrowableColumn } from '../../types/growable-column.ts';
import { valueAt } from '../../types/vector.ts';

/** The results over no rows, by id. */
export function emptyResults(
  aggregates: readonly NamedExpression[],
  context: ResolveContext,
): ReadonlyMap<number, Expression> {
  const replace = (node: Expression): Expression =>
    node.kind === 'aggregate' ? emptyValue(node, context) : mapChildren(node, replace);
  return new Map(aggregates.flatMap((one) => (one.kind === 'alias' ? [[one.id, replace(one.child)] as const] : [])));
}

function emptyValue({ signature, dataType }: AggregateCall, context: ResolveContext): Expression {
  const buffers = signature.bufferTypes.map((type) => new GrowableColumn(type));
  for (const buffer of buffers) buffer.ensureCapacity(1);
  signature.initialize(buffers, 0);
  const result = signature.result(buffers, new Int32Array(1), 1, { ...context, batchTimestampMicros: 0n, seed: 0 });
  const value = valueAt(result, 0);
  return { kind: 'literal', value, dataType, nullable: value === null };
}
