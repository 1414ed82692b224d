/**
 * Resolves `groupBy(…).agg(…)`: grouping expressions get names, aggregate expressions may use aggregate calls, grouping expressions and
 * arithmetic over both, nothing else.
 */
import type { AggregateCall, Attribute, Expression, NamedExpression } from '../expressions/expression.ts';
import type { AnalyzerContext } from './analyzer.ts';
import type { LogicalPlan } from './logical-plan.ts';
import type { ExpressionScope } from './resolve-expressions.ts';
import type { UnresolvedPlan } from './unresolved-plan.ts';
import { MillraceError } from '../errors/millrace-error.ts';
import { childrenOf, mapChildren, toAttribute } from '../expressions/expression.ts';
import { expressionSql } from '../expressions/sql-text.ts';
import { outputOf } from './logical-plan.ts';
import { aliasOf, containsAggregate, named, resolveExpression, resolveSelectList } from './resolve-expressions.ts';
import { WindowCalls } from './resolve-window.ts';

/** The Aggregate node over `child`, with the TimeWindow node below it when a window is grouped by. */
export function resolveAggregate(
  plan: UnresolvedPlan & { readonly kind: 'aggregate' },
  child: LogicalPlan,
  context: AnalyzerContext,
): LogicalPlan {
  if (plan.groupType !== 'groupBy') throw new MillraceError('UNSUPPORTED_FEATURE', { feature: `${plan.groupType}()` });
  const windows = new WindowCalls();
  const scope: ExpressionScope = {
    columns: outputOf(child),
    context,
    windows,
    parseExpression: context.parseExpression,
  };
  const groupings = plan.groupingExpressions.map((expression) =>
    named(resolveExpression(expression, scope), expression),
  );
  groupings.forEach(checkGrouping);
  const groupingOutput = groupings.map(toAttribute);
  const resolved = resolveSelectList(plan.aggregateExpressions, {
    ...scope,
    suggestions: [...scope.columns, ...windows.columns],
  });
  const output: NamedExpression[] = [...groupingOutput, ...overGroupings(resolved, groupings)];
  return { kind: 'aggregate', child: windows.apply(child), groupings, aggregates: output };
}

/** The expressions with grouping expressions replaced by what holds them; throws when a column remains that is not grouped by. */
export function overGroupings(
  expressions: readonly NamedExpression[],
  groupings: readonly NamedExpression[],
): NamedExpression[] {
  const groupingIds = new Set(groupings.map(({ id }) => id));
  const aggregates = expressions.map((expression) => aggregateExpression(expression, groupings));
  for (const expression of aggregates) checkGrouped(expression, groupingIds, groupings.length > 0);
  return aggregates;
}

/** Throws when an expression to group by contains an aggregate call. */
export function checkGrouping(grouping: NamedExpression): void {
  if (containsAggregate(grouping))
    throw new MillraceError('GROUP_BY_AGGREGATE', {
      sqlExpr: expressionSql(grouping.kind === 'alias' ? grouping.child : grouping),
    });
}

/** Replaces grouping expressions inside an aggregate expression by the attributes that hold them. */
function aggregateExpression(expression: NamedExpression, groupings: readonly NamedExpression[]): NamedExpression {
  const bySql = new Map<string, Attribute>();
  for (const grouping of groupings)
    if (grouping.kind === 'alias') bySql.set(identityOf(grouping.child), toAttribute(grouping));
  const replaced = replaceOutsideAggregates(expression, bySql);
  return replaced.kind === 'alias' || replaced.kind === 'attribute' ? replaced : aliasOf(replaced, expression.name);
}

function replaceOutsideAggregates(expression: Expression, bySql: ReadonlyMap<string, Attribute>): Expression {
  if (bySql.size === 0) return expression;
  const found = bySql.get(identityOf(expression));
  if (found !== undefined) return found;
  if (expression.kind === 'aggregate') return expression;
  return mapChildren(expression, (child) => replaceOutsideAggregates(child, bySql));
}

/** Text that is equal for expressions that compute the same: the SQL with the ids of the columns. */
export function identityOf(expression: Expression): string {
  if (expression.kind === 'attribute') return `#${expression.id}`;
  return `${expression.kind}:${expressionSql(expression)}(${childrenOf(expression).map(identityOf).join(',')})`;
}

function checkGrouped(expression: Expression, groupingIds: ReadonlySet<number>, hasGroupings: boolean): void {
  if (expression.kind === 'aggregate') return;
  if (expression.kind === 'attribute' && !groupingIds.has(expression.id)) {
    if (!hasGroupings) throw new MillraceError('MISSING_GROUP_BY', {});
    throw new MillraceError('MISSING_AGGREGATION', {
      expression: `"${expression.name}"`,
      expressionAnyValue: `"any_value(${expression.name})"`,
    });
  }
  for (const child of childrenOf(expression)) checkGrouped(child, groupingIds, hasGroupings);
}

/** The distinct aggregate calls of an Aggregate node, in order of appearance, and the select list over their results. */
export function aggregateCallsOf(aggregates: readonly NamedExpression[]): AggregateCall[] {
  const calls = new Map<string, AggregateCall>();
  const visit = (node: Expression): void => {
    if (node.kind === 'aggregate') calls.set(aggregateKey(node), calls.get(aggregateKey(node)) ?? node);
    else childrenOf(node).forEach(visit);
  };
  aggregates.forEach(visit);
  return [...calls.values()];
}

/** Equal for two aggregate calls that compute the same. */
export function aggregateKey(call: AggregateCall): string {
  return `${call.isDistinct ? 'distinct ' : ''}${identityOf(call)}`;
}
