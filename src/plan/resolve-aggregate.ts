/**
 * Resolves `groupBy(…).agg(…)`: grouping expressions get names, aggregate expressions may use aggregate calls, grouping expressions and
 * arithmetic over both, nothing else.
 */
import type { AggregateCall, Attribute, Expression, NamedExpression } from '../expressions/expression.ts';
import type { AnalyzerContext } from './analyzer-context.ts';
import type { GroupedBySets } from './grouping-functions.ts';
import type { LogicalPlan } from './logical-plan.ts';
import { identityOf } from './expression-identity.ts';
import { withSortedMaps } from './sorted-maps.ts';
import type { ExpressionScope } from './expression-scope.ts';
import type { UnresolvedExpression } from '../expressions/unresolved.ts';
import type { UnresolvedPlan } from './unresolved-plan.ts';
import { MillraceError } from '../errors/millrace-error.ts';
import { childrenOf, mapChildren, toAttribute, withoutAlias } from '../expressions/expression.ts';
import { expressionSql } from '../expressions/sql-text.ts';
import { withGroupingCalls } from './grouping-functions.ts';
import { cubeSets, groupBySets, rollupSets } from './grouping-sets.ts';
import { outputOf } from './logical-plan.ts';
import { aliasOf } from './alias.ts';
import { containsAggregate, named, resolveExpression, resolveSelectList } from './resolve-expressions.ts';
import { generateOverAggregates } from './generator-over-aggregates.ts';
import { GeneratorCalls } from './resolve-generator.ts';
import { resolvePivot } from './resolve-pivot.ts';
import { WindowCalls } from './resolve-window.ts';

/** The Aggregate node over `child`, with the TimeWindow node below it when a window is grouped by. */
export function resolveAggregate(
  plan: UnresolvedPlan & { readonly kind: 'aggregate' },
  child: LogicalPlan,
  context: AnalyzerContext,
): LogicalPlan {
  if (plan.groupType === 'pivot') return resolvePivot(plan, child, context);
  const windows = new WindowCalls();
  const scope: ExpressionScope = {
    columns: outputOf(child),
    context,
    windows,
    allowsGrouping: true,
    parseExpression: context.parseExpression,
  };
  const resolveGrouping = (written: UnresolvedExpression): NamedExpression => {
    const grouping = named(resolveExpression(written, scope), written, scope.context.timeZone);
    checkGrouping(grouping);
    return grouping;
  };
  const groupings = plan.groupingExpressions.map(resolveGrouping);
  const sets = groupingSetsOf(plan, groupings, resolveGrouping);
  const generators = new GeneratorCalls();
  const resolved = resolveSelectList(plan.aggregateExpressions, {
    ...scope,
    generators,
    suggestions: [...scope.columns, ...windows.columns],
  });
  const input = windows.apply(child);
  const grouped = sets && groupBySets(input, sets.groupings, sets.sets);
  const written = grouped?.written ?? groupings;
  return generateOverAggregates(generators, resolved, (expressions) => {
    const results = expressions.map((one) => withGroupingCalls(one, grouped));
    const aggregates = [
      ...written.slice(0, groupings.length).map(toAttribute),
      ...overGroupings(results, written, grouped),
    ];
    const keys = withSortedMaps(grouped?.keys ?? groupings);
    return { kind: 'aggregate', child: grouped?.child ?? input, groupings: keys, aggregates };
  });
}

/** All groupings, those to put out first, and the sets of them; undefined without grouping sets. */
function groupingSetsOf(
  plan: UnresolvedPlan & { readonly kind: 'aggregate' },
  groupings: readonly NamedExpression[],
  resolve: (written: UnresolvedExpression) => NamedExpression,
): { readonly groupings: readonly NamedExpression[]; readonly sets: readonly (readonly number[])[] } | undefined {
  if (plan.groupType === 'rollup') return { groupings, sets: rollupSets(groupings.length) };
  if (plan.groupType === 'cube') return { groupings, sets: cubeSets(groupings.length) };
  if (plan.groupType !== 'groupingSets') return undefined;
  const all = [...groupings];
  const placeOf = (written: UnresolvedExpression): number => {
    const grouping = resolve(written);
    const identity = identityOf(withoutAlias(grouping));
    const known = all.findIndex((one) => identityOf(withoutAlias(one)) === identity);
    return known >= 0 ? known : all.push(grouping) - 1;
  };
  return { groupings: all, sets: (plan.groupingSets ?? []).map((set) => set.map(placeOf)) };
}

/** The expressions with grouping expressions replaced by what holds them; throws when a column remains that is not grouped by. */
export function overGroupings(
  expressions: readonly NamedExpression[],
  groupings: readonly NamedExpression[],
  grouped?: GroupedBySets,
): NamedExpression[] {
  const groupingIds = new Set([...groupings, ...(grouped?.keys ?? [])].map(({ id }) => id));
  const aggregates = expressions.map((expression) => aggregateExpression(expression, groupings));
  for (const expression of aggregates) checkGrouped(expression, groupingIds, groupings.length > 0);
  return aggregates;
}

/** Throws when an expression to group by contains an aggregate call. */
export function checkGrouping(grouping: NamedExpression): void {
  if (containsAggregate(grouping))
    throw new MillraceError('GROUP_BY_AGGREGATE', {
      sqlExpr: expressionSql(withoutAlias(grouping)),
    });
}

/** Replaces grouping expressions inside an aggregate expression by the attributes that hold them. */
function aggregateExpression(expression: NamedExpression, groupings: readonly NamedExpression[]): NamedExpression {
  const bySql = new Map<string, Attribute>();
  for (const grouping of groupings)
    if (grouping.kind === 'alias') bySql.set(identityOf(grouping.child), toAttribute(grouping));
  const replaced = replaceOutsideAggregates(expression, bySql);
  if (replaced.kind === 'alias') return replaced;
  // A column of grouping sets stands for the column it was made of.
  if (replaced.kind !== 'attribute' || replaced.id !== expression.id)
    return { ...aliasOf(replaced, expression.name), id: expression.id };
  return replaced;
}

function replaceOutsideAggregates(expression: Expression, bySql: ReadonlyMap<string, Attribute>): Expression {
  if (bySql.size === 0) return expression;
  const found = bySql.get(identityOf(expression));
  if (found !== undefined) return found;
  if (expression.kind === 'aggregate') return expression;
  return mapChildren(expression, (child) => replaceOutsideAggregates(child, bySql));
}

function checkGrouped(expression: Expression, groupingIds: ReadonlySet<number>, hasGroupings: boolean): void {
  if (expression.kind === 'aggregate') return;
  if (expression.kind === 'attribute' && expression.isOuter !== true && !groupingIds.has(expression.id)) {
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
