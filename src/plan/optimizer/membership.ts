/** `x IN (SELECT …)` and `x NOT IN (SELECT …)` as values. As in Spark they are true or false, never null. */
import type { Attribute, Expression } from '../../expressions/expression.ts';
import type { ResolveContext } from '../../functions/define-function.ts';
import type { LogicalPlan } from '../logical-plan.ts';
import type { CorrelatedQuery } from './decorrelate.ts';
import { present } from '../../errors/assert.ts';
import { MillraceError } from '../../errors/millrace-error.ts';
import { toAttribute, transformUp } from '../../expressions/expression.ts';
import { makeOperatorCall } from '../../expressions/scalar-call.ts';
import { resolveAggregateCall, resolveCall } from '../../expressions/type-coercion.ts';
import { BOOLEAN } from '../../types/data-type.ts';
import { aliasOf } from '../alias.ts';
import { copyOf, join, withMark } from './join-nodes.ts';

/**
 * The plan with what the answer is computed of, and the answer: IN is true where a value is equal and false otherwise; NOT IN is true where
 * none is equal and none may be, were it not for nulls.
 */
export function membershipValue(
  query: CorrelatedQuery,
  values: readonly Expression[],
  left: LogicalPlan,
  context: ResolveContext,
  isNegated: boolean,
): { readonly plan: LogicalPlan; readonly expression: Expression } {
  const columns = [...query.output, ...query.keys];
  const project: LogicalPlan = { kind: 'project', child: query.plan, expressions: columns };
  const distinct: LogicalPlan = { kind: 'deduplicate', child: project, keys: columns, withinWatermark: false };
  const matches = withMark(distinct);
  const equalities = values.map((value, i) =>
    makeOperatorCall('=', [value, present(query.output[i], 'a column per value')], context),
  );
  const matched = join(left, matches.marked, 'leftOuter', [...query.conditions, ...equalities]);
  const isMatched = makeOperatorCall('isnotnull', [{ ...matches.mark, nullable: true }], context);
  if (!isNegated) return { plan: matched, expression: isMatched };
  const isMissing = makeOperatorCall('not', [isMatched], context);
  if (![...values, ...query.output].some((one) => one.nullable)) return { plan: matched, expression: isMissing };
  if (values.length > 1)
    throw new MillraceError('UNSUPPORTED_FEATURE', { feature: 'NOT IN over several columns with nulls, as a value' });
  const unknown = byCounts(query, values, matched, context);
  const isKnown = resolveCall('not', [resolveCall('coalesce', [unknown.isUnknown, FALSE], context)], context);
  return { plan: unknown.plan, expression: resolveCall('and', [isMissing, isKnown], context) };
}

const FALSE: Expression = { kind: 'literal', value: false, dataType: BOOLEAN, nullable: false };

interface Unknown {
  readonly plan: LogicalPlan;
  readonly isUnknown: Expression;
}

/** One column: unknown when there are rows and x is null, or when one of them is. */
function byCounts(
  query: CorrelatedQuery,
  [value]: readonly Expression[],
  left: LogicalPlan,
  context: ResolveContext,
): Unknown {
  const column = present(query.output[0], 'one column');
  const copies = query.keys.map(copyOf);
  const source: LogicalPlan = { kind: 'project', child: query.plan, expressions: [column, ...copies] };
  const keys = copies.map(toAttribute);
  const isNull = makeOperatorCall('isnull', [column], context);
  const call = present(resolveAggregateCall('bool_or', [isNull], false, context), 'bool_or is an aggregate');
  const hasNull = aliasOf(call, 'has null');
  const grouped: LogicalPlan = { kind: 'aggregate', child: source, groupings: keys, aggregates: [hasNull, ...keys] };
  const renamed = new Map(query.keys.map((key, i) => [key.id, present(keys[i], 'a copy per key')]));
  const conditions = query.conditions.map((one) => withColumns(one, renamed));
  const plan = join(left, grouped, 'leftOuter', conditions);
  // Null where there are no rows.
  const found: Expression = { ...toAttribute(hasNull), nullable: true };
  const hasRows = makeOperatorCall('isnotnull', [found], context);
  const isMissing = makeOperatorCall('isnull', [present(value, 'one value')], context);
  return { plan, isUnknown: resolveCall('and', [hasRows, resolveCall('or', [found, isMissing], context)], context) };
}

/** True or unknown when a row may be equal as far as one knows: what a NOT IN over several columns must not find. */
export function mayBeEqual(
  values: readonly Expression[],
  columns: readonly Attribute[],
  context: ResolveContext,
): readonly Expression[] {
  return values.map((value, i) => {
    const column = present(columns[i], 'a column per value');
    const tests: readonly Expression[] = [
      makeOperatorCall('=', [value, column], context),
      makeOperatorCall('isnull', [value], context),
      makeOperatorCall('isnull', [column], context),
    ];
    return tests.reduce((all, one) => resolveCall('or', [all, one], context));
  });
}

function withColumns(expression: Expression, renamed: ReadonlyMap<number, Attribute>): Expression {
  return transformUp(expression, (node) => (node.kind === 'attribute' ? (renamed.get(node.id) ?? node) : node));
}
