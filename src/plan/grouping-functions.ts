/**
 * `grouping(a)` and `grouping_id(…)`, which tell to which grouping set a row belongs: calls as they are written, and what stands in their
 * place once the groupings are known (grouping-sets.ts).
 */
import type { Attribute, Expression, NamedExpression, ScalarCall } from '../expressions/expression.ts';
import type { DataType } from '../types/data-type.ts';
import type { Value } from '../types/vector.ts';
import type { LogicalPlan } from './logical-plan.ts';
import { assert, present } from '../errors/assert.ts';
import { MillraceError } from '../errors/millrace-error.ts';
import { someNode, transformUp, withoutAlias } from '../expressions/expression.ts';
import { expressionSql } from '../expressions/sql-text.ts';
import { BYTE, LONG } from '../types/data-type.ts';

/** An aggregation's groupings by sets. */
export interface GroupedBySets {
  /** The rows of the child, once for each set. */
  readonly child: LogicalPlan;
  /** What was written to group by, under the ids of the columns that hold it: null where it is not in the set. */
  readonly written: readonly NamedExpression[];
  /** What is grouped by: those columns, and what tells the sets apart. */
  readonly keys: readonly Attribute[];
  /** A bit per written expression, the last one lowest: 1 where it is not in the set. */
  readonly groupingId: Attribute;
}

/** True for the functions, by lower-case name, that tell which set a row is of. */
export function isGroupingFunction(name: string): boolean {
  return name === 'grouping' || name === 'grouping_id';
}

/** A call of one of them as it is written; `withGroupingCalls` puts what it stands for in its place. */
export function writtenGroupingCall(name: string, args: readonly Expression[]): ScalarCall {
  const apply = (): Value => {
    assert(false, 'grouping() is replaced by analysis');
    return 0;
  };
  return {
    ...groupingCall(name, args, name === 'grouping' ? BYTE : LONG, apply),
    deterministic: false,
  };
}

/** True when the expression has a call of one of them. */
export function containsGroupingCall(expression: Expression): boolean {
  return someNode(expression, (node) => node.kind === 'call' && isGroupingFunction(node.functionName));
}

/** The expression with its calls of `grouping` and `grouping_id` replaced; throws without grouping sets. */
export function withGroupingCalls<E extends Expression>(expression: E, grouped: GroupedBySets | undefined): E {
  return transformUp(expression, (node) => {
    if (node.kind !== 'call' || !isGroupingFunction(node.functionName)) return node;
    if (grouped === undefined) throw misplacedGrouping();
    return node.functionName === 'grouping' ? groupingBit(node, grouped) : groupingId(node, grouped);
  }) as E;
}

/** The expression over all rows as the one group: `grouping_id()` is 0. */
export function ofGrandTotal<E extends Expression>(expression: E): E {
  return transformUp(expression, (node): Expression => {
    const isId = node.kind === 'call' && node.functionName === 'grouping_id' && node.arguments.length === 0;
    return isId ? { kind: 'literal', value: 0n, dataType: LONG, nullable: false } : node;
  }) as E;
}

/** The error of `grouping` where there are no grouping sets. */
export function misplacedGrouping(): MillraceError {
  return new MillraceError('UNSUPPORTED_GROUPING_EXPRESSION', {});
}

function groupingBit(call: ScalarCall, grouped: GroupedBySets): Expression {
  const [argument] = call.arguments;
  const names = grouped.written.map(withoutAlias);
  const at = names.findIndex((one) => argument !== undefined && sameColumn(one, argument));
  if (at < 0)
    throw new MillraceError('GROUPING_COLUMN_MISMATCH', {
      grouping: call.arguments.map((one) => expressionSql(one)).join(','),
      groupingColumns: names.map((one) => expressionSql(one)).join(','),
    });
  const shift = BigInt(names.length - 1 - at);
  return groupingCall('grouping', [grouped.groupingId], BYTE, ([id]) => Number(((id as bigint) >> shift) & 1n));
}

function groupingId(call: ScalarCall, grouped: GroupedBySets): Expression {
  const names = grouped.written.map(withoutAlias);
  const { arguments: args } = call;
  const isAll =
    args.length === 0 ||
    (args.length === names.length && args.every((arg, i) => sameColumn(arg, present(names[i], 'as many names'))));
  if (isAll) return grouped.groupingId;
  throw new MillraceError('GROUPING_ID_COLUMN_MISMATCH', {
    groupingIdColumn: args.map((one) => expressionSql(one)).join(','),
    groupByColumns: names.map((one) => expressionSql(one)).join(','),
  });
}

function groupingCall(
  functionName: string,
  args: readonly Expression[],
  dataType: DataType,
  apply: (values: readonly (Value | null)[]) => Value,
): ScalarCall {
  const evaluator = { kind: 'row', nulls: 'pass', apply } as const;
  return { kind: 'call', functionName, arguments: args, dataType, nullable: false, deterministic: true, evaluator };
}

function sameColumn(left: Expression, right: Expression): boolean {
  if (left.kind === 'attribute' || right.kind === 'attribute')
    return left.kind === right.kind && 'id' in left && 'id' in right && left.id === right.id;
  return expressionSql(left) === expressionSql(right);
}
