/**
 * Resolves PIVOT: the values of a column become columns. As in Spark an aggregation by the groups and the pivot column, then one that picks
 * the results by value; one alone, over the rows of each value, where a result is not a number or a boolean. Which of the two it is
 * decides whether a stream can do it.
 */
import type { AggregateCall, Expression, NamedExpression } from '../expressions/expression.ts';
import type { UnresolvedExpression } from '../expressions/unresolved.ts';
import type { DataType } from '../types/data-type.ts';
import type { AnalyzerContext } from './analyzer-context.ts';
import type { LogicalPlan } from './logical-plan.ts';
import type { ExpressionScope } from './expression-scope.ts';
import type { UnresolvedPivot, UnresolvedPlan } from './unresolved-plan.ts';
import { present } from '../errors/assert.ts';
import { MillraceError } from '../errors/millrace-error.ts';
import { canCast } from '../expressions/cast-rules.ts';
import { mapChildren, referencesOf, someNode, toAttribute, withoutAlias } from '../expressions/expression.ts';
import { foldExpression } from '../expressions/fold.ts';
import { makeOperatorCall } from '../expressions/scalar-call.ts';
import { expressionSql } from '../expressions/sql-text.ts';
import { makeCast, resolveAggregateCall } from '../expressions/type-coercion.ts';
import { BOOLEAN, STRING, sqlName } from '../types/data-type.ts';
import { aliasOf } from './alias.ts';
import { outputOf } from './logical-plan.ts';
import { containsAggregate, named, resolveExpression } from './resolve-expressions.ts';
import { WindowCalls } from './resolve-window.ts';

type Aggregate = UnresolvedPlan & { readonly kind: 'aggregate' };

/** A value of the pivot column, as its type, and what its columns are called. */
interface PivotValue {
  readonly value: Expression;
  readonly name: string;
}

/** Types whose results are picked by value from an aggregation by the pivot column. */
const PICKED: ReadonlySet<DataType['kind']> = new Set([
  'byte',
  'short',
  'integer',
  'long',
  'float',
  'double',
  'decimal',
  'boolean',
]);

/** The aggregation over `child` with a column per pivot value and aggregate. */
export function resolvePivot(plan: Aggregate, child: LogicalPlan, context: AnalyzerContext): LogicalPlan {
  const pivot = present(plan.pivot, 'a pivot');
  const windows = new WindowCalls();
  const { parseExpression } = context;
  const scope: ExpressionScope = { columns: outputOf(child), context, windows, parseExpression };
  const written = plan.groupingExpressions.map((one) => named(resolveExpression(one, scope), one, context.timeZone));
  const column = resolveExpression(pivot.column, scope);
  const aggregates = plan.aggregateExpressions.map((one) => resolveAggregate(one, scope));
  const groupings = pivot.groupsByOthers === true ? otherColumns(child, column, aggregates) : written;
  const values = pivotValues(pivot, column, scope);
  const input = windows.apply(child);
  const isPicked = aggregates.every(({ dataType }) => PICKED.has(dataType.kind));
  const parts = { input, groupings, column, aggregates, values, context };
  return isPicked ? pickedByValue(parts) : aggregatedByValue(parts);
}

interface PivotParts {
  readonly input: LogicalPlan;
  readonly groupings: readonly NamedExpression[];
  readonly column: Expression;
  readonly aggregates: readonly NamedExpression[];
  readonly values: readonly PivotValue[];
  readonly context: AnalyzerContext;
}

/** Aggregates by groups and pivot column, then picks the one result of each value. */
function pickedByValue({ input, groupings, column, aggregates, values, context }: PivotParts): LogicalPlan {
  const pivotColumn = named(column, { kind: 'literal', value: null, dataType: BOOLEAN }, context.timeZone);
  const first: LogicalPlan = {
    kind: 'aggregate',
    child: input,
    groupings: [...groupings, pivotColumn],
    aggregates: [...groupings.map(toAttribute), toAttribute(pivotColumn), ...aggregates],
  };
  const keys = groupings.map(toAttribute);
  const picked = values.flatMap(({ value, name }) =>
    aggregates.map((aggregate) => {
      const result = whereEqual(toAttribute(pivotColumn), value, toAttribute(aggregate), context);
      const ignoresNulls: Expression = { kind: 'literal', value: true, dataType: BOOLEAN, nullable: false };
      const call = present(resolveAggregateCall('first', [result, ignoresNulls], false, context), 'first()');
      return aliasOf(call, columnName(name, aggregate, aggregates));
    }),
  );
  return { kind: 'aggregate', child: first, groupings: keys, aggregates: [...keys, ...picked] };
}

/** Aggregates once, each value over its own rows; the others count as null. */
function aggregatedByValue({ input, groupings, column, aggregates, values, context }: PivotParts): LogicalPlan {
  const computed = values.flatMap(({ value, name }) =>
    aggregates.map((aggregate) => {
      const overOwnRows = (node: Expression): Expression =>
        node.kind === 'aggregate' ? filteredCall(node, column, value, context) : mapChildren(node, overOwnRows);
      const definition = withoutAlias(aggregate);
      return aliasOf(overOwnRows(definition), columnName(name, aggregate, aggregates));
    }),
  );
  return { kind: 'aggregate', child: input, groupings, aggregates: [...groupings.map(toAttribute), ...computed] };
}

/** The aggregate call over the rows of one value. Those that look at the order of rows leave out the others' nulls. */
function filteredCall(
  call: AggregateCall,
  column: Expression,
  value: Expression,
  context: AnalyzerContext,
): Expression {
  const args = call.arguments.map((argument, i) =>
    i > 0 && argument.kind === 'literal' ? argument : whereEqual(column, value, argument, context),
  );
  const isOrdered = ['first', 'last', 'first_value', 'last_value', 'any_value'].includes(call.functionName);
  const ignoresNulls: Expression = { kind: 'literal', value: true, dataType: BOOLEAN, nullable: false };
  const all = isOrdered ? [...args.slice(0, 1), ignoresNulls] : args;
  return present(resolveAggregateCall(call.functionName, all, call.isDistinct, context), 'the same aggregate');
}

/** `IF(column <=> value, result, NULL)`. */
function whereEqual(column: Expression, value: Expression, result: Expression, context: AnalyzerContext): Expression {
  const condition = makeOperatorCall('<=>', [column, value], context);
  const { dataType } = result;
  const otherwise: Expression = { kind: 'literal', value: null, dataType, nullable: true };
  return { kind: 'case', branches: [{ condition, value: result }], otherwise, dataType, nullable: true };
}

function resolveAggregate(written: UnresolvedExpression, scope: ExpressionScope): NamedExpression {
  if (hasStar(written)) throw new MillraceError('INVALID_USAGE_OF_STAR_OR_REGEX', { elem: "'*'", prettyName: 'Pivot' });
  const aggregate = named(resolveExpression(written, scope), written, scope.context.timeZone);
  checkAggregate(withoutAlias(aggregate));
  return aggregate;
}

function hasStar(written: UnresolvedExpression): boolean {
  if (written.kind === 'alias' || written.kind === 'cast') return hasStar(written.child);
  if (written.kind !== 'unresolvedFunction') return false;
  return written.arguments.some((argument) => argument.kind === 'unresolvedStar' || hasStar(argument));
}

/** Throws when a column stands outside aggregate calls. */
function checkAggregate(expression: Expression): void {
  if (expression.kind === 'aggregate') return;
  if (expression.kind === 'attribute' || (expression.kind !== 'literal' && !containsAggregate(expression)))
    throw new MillraceError('_LEGACY_ERROR_TEMP_1006', { sql: expressionSql(expression) });
  mapChildren(expression, (child) => {
    if (child.kind !== 'literal') checkAggregate(child);
    return child;
  });
}

/** The columns that are neither pivoted nor aggregated. */
function otherColumns(child: LogicalPlan, column: Expression, aggregates: readonly Expression[]): NamedExpression[] {
  const used = new Set([column, ...aggregates].flatMap((one) => [...referencesOf(one)]));
  return outputOf(child).filter(({ id }) => !used.has(id));
}

function pivotValues({ values }: UnresolvedPivot, column: Expression, scope: ExpressionScope): PivotValue[] {
  const { context } = scope;
  const { dataType } = column;
  return present(values, 'the values of a pivot are known').map((written) => {
    const resolved = resolveExpression(written, scope);
    const constant = withoutAlias(resolved);
    const folded = foldExpression(constant, context);
    if (!isLiteral(folded))
      throw new MillraceError('NON_LITERAL_PIVOT_VALUES', { expression: `"${expressionSql(constant)}"` });
    if (!canCast(folded.dataType, dataType)) {
      throw new MillraceError('PIVOT_VALUE_DATA_TYPE_MISMATCH', {
        value: expressionSql(constant),
        valueType: sqlName(folded.dataType).toLowerCase(),
        pivotType: sqlName(dataType).toLowerCase(),
      });
    }
    const name = resolved.kind === 'alias' ? resolved.name : textOf(folded, context);
    return { value: foldExpression(makeCast(folded, dataType, 'ansi', context), context), name };
  });
}

/** Constants of structs are calls over literals. */
function isLiteral(expression: Expression): boolean {
  return !someNode(expression, ({ kind }) => kind === 'attribute' || kind === 'aggregate');
}

function textOf(value: Expression, context: AnalyzerContext): string {
  const text = foldExpression(makeCast(value, STRING, 'ansi', context), context);
  return text.kind === 'literal' && typeof text.value === 'string' ? text.value : 'null';
}

function columnName(value: string, aggregate: NamedExpression, aggregates: readonly NamedExpression[]): string {
  return aggregates.length === 1 ? value : `${value}_${aggregate.name}`;
}
