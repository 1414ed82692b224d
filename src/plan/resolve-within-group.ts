/** Resolves `aggregate(…) WITHIN GROUP (ORDER BY …)`: listagg, percentile_cont, percentile_disc and mode. */
import type { AggregateCall, Expression, SortOrder } from '../expressions/expression.ts';
import type { UnresolvedExpression } from '../expressions/unresolved.ts';
import type { FinishRows } from '../functions/ordered-aggregate.ts';
import type { Value } from '../types/vector.ts';
import type { ExpressionScope } from './expression-scope.ts';
import { present } from '../errors/assert.ts';
import { MillraceError } from '../errors/millrace-error.ts';
import { withFilter } from '../expressions/filtered-aggregate.ts';
import { foldExpression } from '../expressions/fold.ts';
import { castAll } from '../expressions/scalar-call.ts';
import { expressionSql, sortOrderSql } from '../expressions/sql-text.ts';
import { makeCast, resolveAggregateCall } from '../expressions/type-coercion.ts';
import { wrongNumArguments } from '../functions/argument-check.ts';
import { finishWith, orderedAggregate } from '../functions/ordered-aggregate.ts';
import { compareValues } from '../types/compare.ts';
import { DOUBLE } from '../types/data-type.ts';

type WrittenCall = UnresolvedExpression & { readonly kind: 'unresolvedFunction' };
type Resolve = (expression: UnresolvedExpression, scope: ExpressionScope) => Expression;
type Row = readonly (Value | null)[];

const NAMES = new Set(['listagg', 'string_agg', 'percentile_cont', 'percentile_disc', 'mode']);

/** The aggregate call, or its error. */
export function resolveWithinGroup(
  written: WrittenCall,
  orderWithin: readonly UnresolvedExpression[],
  scope: ExpressionScope,
  resolve: Resolve,
): Expression {
  const name = written.functionName.toLowerCase();
  if (!NAMES.has(name))
    throw new MillraceError('INVALID_SQL_SYNTAX.FUNCTION_WITH_UNSUPPORTED_SYNTAX', {
      prettyName: `\`${name}\``,
      syntax: 'WITHIN GROUP (ORDER BY ...)',
    });
  const order = orderWithin.map((one): SortOrder => {
    const child = resolve(one, scope);
    if (one.kind !== 'sortOrder') return { child, direction: 'ascending', nullOrdering: 'nullsFirst' };
    return { child, direction: one.direction, nullOrdering: one.nullOrdering };
  });
  refuseDistinct(name, written.isDistinct);
  if (name === 'mode' && written.arguments.length > 0)
    throw new MillraceError('INVALID_WITHIN_GROUP_EXPRESSION.WRONG_NUM_ORDERINGS', {
      funcName: '`mode`',
      expectedNum: '0',
      actualNum: String(order.length),
    });
  if (order.length > 1 && name !== 'listagg' && name !== 'string_agg')
    throw new MillraceError('INVALID_WITHIN_GROUP_EXPRESSION.WRONG_NUM_ORDERINGS', {
      funcName: `\`${name}\``,
      expectedNum: '1',
      actualNum: String(order.length),
    });
  const args = written.arguments.map((argument) => resolve(argument, scope));
  const call =
    name === 'listagg' || name === 'string_agg'
      ? listagg(written.isDistinct, args, order, scope)
      : overSorted(name, args, present(order[0], 'a sort key'), scope);
  return written.filter === undefined ? call : withFilter(call, resolve(written.filter, scope));
}

function refuseDistinct(name: string, isDistinct: boolean): void {
  if (isDistinct && name !== 'listagg' && name !== 'string_agg')
    throw new MillraceError('INVALID_WITHIN_GROUP_EXPRESSION.DISTINCT_UNSUPPORTED', { funcName: `\`${name}\`` });
}

/** Refuses calls without WITHIN GROUP of functions that need it, and what they take in no case. */
export function checkWithoutGroup(name: string, numArguments: number, isDistinct: boolean): void {
  const isPercentile = name === 'percentile_cont' || name === 'percentile_disc';
  if (isPercentile || (name === 'mode' && numArguments === 0))
    throw new MillraceError('INVALID_WITHIN_GROUP_EXPRESSION.WITHIN_GROUP_MISSING', { funcName: `\`${name}\`` });
  if (name === 'mode') refuseDistinct(name, isDistinct);
}

function listagg(
  isDistinct: boolean,
  args: readonly Expression[],
  order: readonly SortOrder[],
  scope: ExpressionScope,
): AggregateCall {
  const { context } = scope;
  const plain = present(resolveAggregateCall('listagg', args, isDistinct, context), 'listagg is an aggregate');
  const keys = order.map(({ child }) => child);
  if (isDistinct && keys.some((key) => expressionSql(key) !== expressionSql(present(args[0], 'a value'))))
    throw new MillraceError('INVALID_WITHIN_GROUP_EXPRESSION.MISMATCH_WITH_DISTINCT_INPUT', {
      funcName: '`listagg`',
      funcArg: expressionSql(present(args[0], 'a value')),
      orderingExpr: keys.map((key) => expressionSql(key)).join(', '),
    });
  const numArguments = plain.arguments.length;
  const signature = orderedAggregate({
    argumentTypes: [...plain.signature.argumentTypes, ...keys.map(({ dataType }) => dataType)],
    returnType: plain.dataType,
    nullable: plain.nullable,
    compare: comparison(order, numArguments),
    finish: finishWith(plain.signature),
  });
  const text = expressionSql(plain);
  return {
    ...plain,
    arguments: [...plain.arguments, ...keys],
    signature,
    writtenAs: `${text} WITHIN GROUP (ORDER BY ${order.map((one) => sortOrderSql(one)).join(', ')})`,
  };
}

function comparison(order: readonly SortOrder[], firstKey: number): (left: Row, right: Row) => number {
  return (left, right) => {
    for (const [i, { child, direction, nullOrdering }] of order.entries()) {
      const a = left[firstKey + i] ?? null;
      const b = right[firstKey + i] ?? null;
      const nullSign = nullOrdering === 'nullsFirst' ? -1 : 1;
      const place =
        a === null || b === null
          ? a === b
            ? 0
            : a === null
              ? nullSign
              : -nullSign
          : compareValues(child.dataType, a, b) * (direction === 'ascending' ? 1 : -1);
      if (place !== 0) return place;
    }
    return 0;
  };
}

/** mode() and the percentiles: the values are the sort key. */
function overSorted(
  name: string,
  args: readonly Expression[],
  order: SortOrder,
  { context }: ExpressionScope,
): AggregateCall {
  const isDescending = order.direction === 'descending';
  const value = order.child;
  const suffix = ` WITHIN GROUP (ORDER BY ${expressionSql(value)}${isDescending ? ' DESC' : ''})`;
  const argText = args.map((arg) => expressionSql(arg)).join(', ');
  const writtenAs = `${name}(${argText})${suffix}`;
  if (name === 'mode') {
    // Spark shows the order of mode() the other way round.
    const shown = `mode() WITHIN GROUP (ORDER BY ${expressionSql(value)}${isDescending ? '' : ' DESC'})`;
    const type = value.dataType;
    const signature = orderedAggregate({
      argumentTypes: [type],
      returnType: type,
      nullable: true,
      compare: ([a = null], [b = null]) => compareValues(type, a, b) * (isDescending ? -1 : 1),
      finish: mostFrequent((a, b) => compareValues(type, a, b) === 0),
    });
    return {
      kind: 'aggregate',
      functionName: name,
      arguments: [value],
      isDistinct: false,
      dataType: type,
      nullable: true,
      signature,
      writtenAs: shown,
    };
  }
  const [percentage] = args;
  if (percentage === undefined || args.length > 1) throw wrongNumArguments(name, '1', args.length);
  if (name === 'percentile_cont') {
    const share = isDescending ? reversed(percentage, { context }) : percentage;
    const call = present(
      resolveAggregateCall('percentile', [value, share], false, context),
      'percentile is an aggregate',
    );
    return { ...call, functionName: name, writtenAs };
  }
  return discretePercentile(value, percentage, isDescending, writtenAs, context);
}

/** The first value at which at least so many of all are reached. */
function discretePercentile(
  value: Expression,
  percentage: Expression,
  isDescending: boolean,
  writtenAs: string,
  context: ExpressionScope['context'],
): AggregateCall {
  const folded = foldExpression(makeCast(percentage, DOUBLE, 'ansi', context), context);
  const share = folded.kind === 'literal' ? Number(folded.value) : Number.NaN;
  const signature = orderedAggregate({
    argumentTypes: [DOUBLE],
    returnType: DOUBLE,
    nullable: true,
    compare: ([a = null], [b = null]) => compareValues(DOUBLE, a, b) * (isDescending ? -1 : 1),
    finish: (rows) => {
      const values = rows.flatMap(([one]) => (one === null || one === undefined ? [] : [one]));
      return values[Math.max(Math.ceil(share * values.length) - 1, 0)] ?? null;
    },
  });
  return {
    kind: 'aggregate',
    functionName: 'percentile_disc',
    arguments: castAll([value], [DOUBLE], context),
    isDistinct: false,
    dataType: DOUBLE,
    nullable: true,
    signature,
    writtenAs,
  };
}

/** Of equally frequent values the first in order. */
function mostFrequent(isEqual: (a: Value | null, b: Value | null) => boolean): FinishRows {
  return (rows) => {
    let best: Value | null = null;
    let most = 0;
    let run = 0;
    rows.forEach(([value = null], i) => {
      if (value === null) return;
      run = i > 0 && isEqual(rows[i - 1]?.[0] ?? null, value) ? run + 1 : 1;
      if (run <= most) return;
      most = run;
      best = value;
    });
    return best;
  };
}

/** 1 - share. */
function reversed(share: Expression, { context }: Pick<ExpressionScope, 'context'>): Expression {
  const folded = foldExpression(makeCast(share, DOUBLE, 'ansi', context), context);
  if (folded.kind !== 'literal' || typeof folded.value !== 'number') return share;
  return { ...folded, value: 1 - folded.value };
}
