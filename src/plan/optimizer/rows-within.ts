/** LIMIT and OFFSET for each key of its own: the rows are numbered within their keys, in the order in which they come. */
import type { Attribute, Expression, NamedExpression } from '../../expressions/expression.ts';
import type { LogicalPlan } from '../logical-plan.ts';
import { present } from '../../errors/assert.ts';
import { makeOperatorCall } from '../../expressions/scalar-call.ts';
import { toAttribute } from '../../expressions/expression.ts';
import { findWindowFunction } from '../../functions/registry.ts';
import { INTEGER } from '../../types/data-type.ts';
import { conjunction } from '../conjuncts.ts';
import { outputOf } from '../logical-plan.ts';
import { aliasOf } from '../alias.ts';

const SETTINGS = { ansi: true, timeZone: 'UTC' };

/** The rows of each key from a place until before another. */
export function rowsWithin(
  child: LogicalPlan,
  keys: readonly Attribute[],
  [from, limit]: readonly [from: number, limit: number | undefined],
): LogicalPlan {
  const signature = present(findWindowFunction('row_number'), 'row_number').resolve([], false, SETTINGS);
  const call: Expression = {
    kind: 'window',
    functionName: 'row_number',
    arguments: [],
    isDistinct: false,
    computation: { kind: 'positional', signature },
    partition: keys,
    order: [],
    frame: { unit: 'row', lower: { kind: 'unboundedPreceding' }, upper: { kind: 'currentRow' } },
    dataType: INTEGER,
    nullable: false,
  };
  const number: NamedExpression = aliasOf(call, 'row_number');
  const window: LogicalPlan = { kind: 'window', child, windowExpressions: [number], partition: keys, order: [] };
  const place = toAttribute(number);
  const compared = (operator: string, value: number): Expression =>
    makeOperatorCall(operator, [place, { kind: 'literal', value, dataType: INTEGER, nullable: false }], SETTINGS);
  const conditions = [
    ...(from > 0 ? [compared('>', from)] : []),
    ...(limit === undefined ? [] : [compared('<=', from + limit)]),
  ];
  const filtered: LogicalPlan =
    conditions.length === 0 ? window : { kind: 'filter', child: window, condition: conjunction(conditions) };
  return { kind: 'project', child: filtered, expressions: outputOf(child) };
}
