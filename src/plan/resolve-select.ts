/**
 * Resolves one SELECT of SQL. Its clauses see each other: GROUP BY may name an item of the select list by position or alias, HAVING and
 * ORDER BY may use aliases and aggregates that are not selected; those are computed beside the items and projected away.
 */
import type { Attribute, Expression, NamedExpression, SortOrder } from '../expressions/expression.ts';
import type { UnresolvedExpression } from '../expressions/unresolved.ts';
import type { AggregateLookup, AnalyzerContext, NameLookup } from './analyzer-context.ts';
import type { GroupedBySets } from './grouping-functions.ts';
import type { LogicalPlan } from './logical-plan.ts';
import type { ExpressionScope } from './expression-scope.ts';
import type { UnresolvedPlan } from './unresolved-plan.ts';
import { MillraceError } from '../errors/millrace-error.ts';
import { nextAttributeId, someNode, toAttribute, withoutAlias } from '../expressions/expression.ts';
import { expressionSql } from '../expressions/sql-text.ts';
import { makeCast } from '../expressions/type-coercion.ts';
import { callsAggregate, readsQuery } from '../expressions/unresolved-operands.ts';
import { BOOLEAN, sqlName } from '../types/data-type.ts';
import { aliasOf } from './alias.ts';
import { checkMapColumns } from './check-map-columns.ts';
import { distinctRows } from './distinct-rows.ts';
import { checkSize } from './expression-size.ts';
import { containsWindowCall, extractWindowCalls, refuseWindowCalls, refuseWindowsIn } from './extract-window-calls.ts';
import { generateOverAggregates, readsAggregates, withGeneratorInputs } from './generator-over-aggregates.ts';
import { containsGroupingCall, ofGrandTotal, withGroupingCalls } from './grouping-functions.ts';
import { groupBySets, withoutRepeated } from './grouping-sets.ts';
import { outputOf } from './logical-plan.ts';
import { checkGrouping, overGroupings } from './resolve-aggregate.ts';
import { containsAggregate, named, resolveExpression, resolveSelectList } from './resolve-expressions.ts';
import { GeneratorCalls, isGenerator } from './resolve-generator.ts';
import { columnAt } from './resolve-star.ts';
import { extractNamed, findColumn, quoteName, unresolvedColumn } from './resolve-names.ts';
import { WindowCalls, isWindowFunction } from './resolve-window.ts';
import { belowProjection, groupedColumns, isProjected } from './sort-over-groups.ts';
import { withSortedMaps } from './sorted-maps.ts';
import { splitAggregates } from './split-aggregates.ts';

type Select = UnresolvedPlan & { readonly kind: 'select' };

/** The plan of a SELECT over the resolved plan of its FROM and WHERE. */
export function resolveSelect(plan: Select, child: LogicalPlan, context: AnalyzerContext): LogicalPlan {
  return new SelectResolver(plan, child, context).resolve();
}

/** Throws unless the condition of WHERE is a BOOLEAN. */
export function checkCondition(condition: Expression): void {
  if (condition.dataType.kind === 'boolean') return;
  const sqlExpr = `"${expressionSql(condition)}"`;
  throw new MillraceError('DATATYPE_MISMATCH.FILTER_NOT_BOOLEAN', {
    sqlExpr,
    filter: sqlExpr,
    type: `"${sqlName(condition.dataType)}"`,
  });
}

class SelectResolver {
  readonly #plan: Select;
  readonly #child: LogicalPlan;
  readonly #scope: ExpressionScope;
  readonly #windows = new WindowCalls();
  readonly #generators = new GeneratorCalls();
  /** What HAVING and ORDER BY need beside the select list. */
  readonly #hidden: NamedExpression[] = [];
  /** Aggregates that queries inside HAVING read. */
  readonly #readByQueries: NamedExpression[] = [];
  /** Items may name columns that generators make: those are computed below the list, but above groups. */
  readonly #readsGenerated: boolean;
  /** All that ORDER BY may name beside the list, where that is not everything. */
  #grouped: readonly Attribute[] | undefined;

  constructor(plan: Select, child: LogicalPlan, context: AnalyzerContext) {
    this.#plan = plan;
    this.#child = child;
    const { selectList, grouping } = plan;
    this.#readsGenerated = grouping === undefined && selectList.some(isGenerator) && !selectList.some(callsAggregate);
    const { parseExpression } = context;
    this.#scope = { columns: outputOf(child), context, windows: this.#windows, allowsGrouping: true, parseExpression };
  }

  resolve(): LogicalPlan {
    const { having, qualify, isDistinct } = this.#plan;
    this.#addWindows();
    const items = this.#items();
    const groupings = this.#groupings(items);
    const condition = having && this.#having(having, items, groupings ?? []);
    const isGrouped = groupings !== undefined || having !== undefined;
    const isAggregated = isGrouped || items.some(containsAggregate);
    if (isAggregated && isProjected(items, groupings ?? [], condition && this.#hidden[0]))
      this.#grouped = groupedColumns(groupings ?? []);
    const qualified = qualify && this.#qualify(qualify, items, isGrouped);
    const order = this.#order(items, isGrouped);
    const columns = items.map(toAttribute);
    let result = this.#compute(items, groupings, condition);
    if (qualified !== undefined) result = { kind: 'filter', child: result, condition: qualified };
    if (isDistinct) {
      if (this.#hidden.length > 0) result = { kind: 'project', child: result, expressions: columns };
      checkMapColumns(columns);
      result = distinctRows(result);
    }
    if (order.length > 0) result = { kind: 'sort', child: result, order };
    return this.#hidden.length === 0 || (isDistinct && order.length === 0)
      ? result
      : { kind: 'project', child: result, expressions: columns };
  }

  #compute(
    items: readonly NamedExpression[],
    groupings: readonly NamedExpression[] | undefined,
    having: Attribute | undefined,
  ): LogicalPlan {
    const child = this.#windows.apply(this.#child);
    const expressions = [...items, ...this.#readByQueries, ...this.#hidden];
    const isAggregated = expressions.some(containsAggregate) || readsAggregates(this.#generators);
    if (groupings === undefined && !isAggregated && this.#plan.having === undefined) {
      const checked = expressions.map((one) => withGroupingCalls(one, undefined));
      return { kind: 'project', ...extractWindowCalls(checked, this.#generators.apply(child)) };
    }
    // HAVING and ORDER BY are hidden items: of these HAVING may read the rows around.
    for (const one of [...items, ...(groupings ?? [])]) refuseOuter(one);
    const { groupingSets } = this.#plan;
    const isTotal = groupingSets?.length === 1 && groupingSets[0]?.length === 0;
    const merged = groupingSets && !isTotal ? withoutRepeated(groupings ?? [], groupingSets) : undefined;
    const grouped = merged && groupBySets(child, merged.groupings, merged.sets);
    const written = grouped?.written ?? groupings ?? [];
    const numItems = this.#generators.isUsed ? undefined : items.length;
    const input = grouped?.child ?? child;
    const keys = withSortedMaps(grouped?.keys ?? groupings ?? []);
    return generateOverAggregates(this.#generators, expressions, (list) => {
      const results = list.map((one) => withGroupingCalls(isTotal ? ofGrandTotal(one) : one, grouped));
      const aggregates = [
        ...this.#overAll(() => overGroupings(results.slice(0, numItems), written, grouped)),
        ...results
          .slice(numItems ?? results.length)
          .flatMap((one) => hiddenOverGroupings(one, [...written, ...this.#readable(one)], items, grouped)),
      ];
      for (const one of groupings ?? []) refuseWindowsIn(one, 'Aggregate');
      return aggregatedWithWindows({ input, groupings: keys, aggregates, having });
    });
  }

  /** The aggregates that queries inside this expression may read: all but itself. */
  #readable(one: NamedExpression): readonly NamedExpression[] {
    return this.#readByQueries.some(({ id }) => id === one.id) ? [] : this.#readByQueries;
  }

  /** The items over their groupings; GROUP BY ALL does not find those inside an aggregated item. */
  #overAll(items: () => NamedExpression[]): NamedExpression[] {
    try {
      return items();
    } catch (error) {
      const isMissing = error instanceof MillraceError && error.condition === 'MISSING_GROUP_BY';
      throw isMissing && this.#plan.grouping === 'all' ? new MillraceError('UNRESOLVED_ALL_IN_GROUP_BY', {}) : error;
    }
  }

  /** Windows that are grouped by, so that the select list can name them `window`. */
  #addWindows(): void {
    const { grouping } = this.#plan;
    if (!Array.isArray(grouping)) return;
    for (const expression of grouping as readonly UnresolvedExpression[])
      if (expression.kind === 'unresolvedFunction' && isWindowFunction(expression.functionName.toLowerCase()))
        resolveExpression(expression, this.#scope);
  }

  /** The select list; an item may name the alias of an earlier one. */
  #items(): NamedExpression[] {
    const { selectList } = this.#plan;
    if (this.#readsGenerated) return this.#itemsOfGenerators(selectList);
    const items: NamedExpression[] = [];
    for (const item of selectList) items.push(...this.#item(item, items));
    return items;
  }

  /** The select list where items may name columns that generators make, be they behind them: those are resolved first. */
  #itemsOfGenerators(selectList: readonly UnresolvedExpression[]): NamedExpression[] {
    const made = selectList.map((): readonly NamedExpression[] => []);
    let waiting = [...selectList.entries()];
    for (;;) {
      const left: [number, UnresolvedExpression][] = [];
      let problem: unknown;
      for (const [at, item] of waiting) {
        try {
          made[at] = this.#item(item, made.slice(0, at).flat());
        } catch (error) {
          if (!isUnknownName(error)) throw error;
          problem ??= error;
          left.push([at, item]);
        }
      }
      if (left.length === 0) return made.flat();
      if (left.length === waiting.length) throw problem;
      waiting = left;
    }
  }

  #item(item: UnresolvedExpression, items: readonly NamedExpression[]): readonly NamedExpression[] {
    const fallback: NameLookup = (parts) =>
      findColumn(parts, this.#windows.columns) ?? lateralAlias(parts, items) ?? this.#generatedNamed(parts);
    const scope = { ...this.#scope, fallback, generators: this.#generators };
    const numCalls = this.#generators.calls.length;
    const made = resolveSelectList([item], scope);
    if (isNamed(item) || this.#generators.calls.length > numCalls) return made;
    return made.map((one) => this.#named(one, item, scope, items));
  }

  readonly #generatedNamed: NameLookup = (parts) => {
    if (!this.#readsGenerated) return undefined;
    return findColumn(
      parts,
      this.#generators.calls.flatMap(({ generated }) => generated),
    );
  };

  /** An item that reads aliases of the list is called after them, not after what they stand for. */
  #named(
    made: NamedExpression,
    item: UnresolvedExpression,
    scope: ExpressionScope,
    items: readonly NamedExpression[],
  ): NamedExpression {
    // What a query is called does not depend on the aliases it reads.
    if (made.kind !== 'alias' || item.kind === 'unresolvedStar' || readsQuery(item)) return made;
    let readsAlias = false;
    const fallback: NameLookup = (parts) => {
      const found = findColumn(parts, this.#windows.columns);
      if (found !== undefined) return found;
      const alias = lateralAlias(parts, items);
      if (alias === undefined) return this.#generatedNamed(parts);
      readsAlias = true;
      return aliasReference(parts, alias);
    };
    const shown = resolveExpression(item, { ...scope, fallback });
    return readsAlias ? { ...made, name: expressionSql(shown, scope.context.timeZone) } : made;
  }

  /** Columns that are grouped by come before aliases. */
  #having(
    having: UnresolvedExpression,
    items: readonly NamedExpression[],
    groupings: readonly NamedExpression[],
  ): Attribute {
    const grouped = groupings.flatMap((one) => {
      const column = withoutAlias(one);
      return column.kind === 'attribute' ? [column] : [];
    });
    const preferred: NameLookup = (parts) => columnOrAlias(parts, grouped, items);
    const ofGroups: AggregateLookup = (call) => {
      const column = aliasOf(call, expressionSql(call));
      this.#readByQueries.push(column);
      return toAttribute(column);
    };
    const names = { preferred, fallback: this.#windowNamed, ofGroups };
    const condition = resolveExpression(having, { ...this.#scope, ...names });
    refuseWindowCalls(condition, 'HAVING');
    const isBoolean = condition.dataType.kind === 'boolean';
    return this.#hide(isBoolean ? condition : makeCast(condition, BOOLEAN, 'ansi', this.#scope.context));
  }

  /** The condition over window functions; like ORDER BY it may name aliases. */
  #qualify(qualify: UnresolvedExpression, items: readonly NamedExpression[], isGrouped: boolean): Attribute {
    const lookup: NameLookup = (parts) => aliasNamed(parts, items);
    const names = isGrouped ? { preferred: lookup, fallback: this.#windowNamed } : { fallback: lookup };
    const condition = resolveExpression(qualify, { ...this.#scope, ...names });
    if (![condition, ...items].some(containsWindowCall))
      throw new MillraceError('QUALIFY_REQUIRES_WINDOW_FUNCTION', {});
    checkCondition(condition);
    return this.#hide(condition);
  }

  #groupings(list: readonly NamedExpression[]): NamedExpression[] | undefined {
    const { grouping } = this.#plan;
    if (grouping === undefined) return undefined;
    const items = withGeneratorInputs(list, this.#generators);
    if (grouping === 'all') return items.filter((item) => !containsAggregate(item)).map(regrouped);
    const { listNames } = this.#scope.context;
    const fallback: NameLookup = (parts) => (listNames?.groupByAlias === false ? undefined : aliasNamed(parts, items));
    return grouping.map((written) => {
      const ordinal = listNames?.groupByOrdinal === false ? undefined : ordinalOf(written);
      if (ordinal !== undefined) this.#refuseStar();
      if (ordinal !== undefined) return this.#itemAt(ordinal, items);
      if (written.kind === 'unresolvedStar' && written.position !== undefined)
        return columnAt(written.position, this.#scope.columns);
      const expression = resolveExpression(written, { ...this.#scope, fallback });
      const result = named(expression, written, this.#scope.context.timeZone);
      checkGrouping(result);
      return regrouped(result);
    });
  }

  /** Positions are those of written items. */
  #refuseStar(): void {
    const hasStar = this.#plan.selectList.some((item) => item.kind === 'unresolvedStar' && item.position === undefined);
    if (hasStar) throw new MillraceError('STAR_GROUP_BY_POS', {});
  }

  #itemAt(ordinal: number, items: readonly NamedExpression[]): NamedExpression {
    const item = items[ordinal - 1];
    if (item === undefined)
      throw new MillraceError('GROUP_BY_POS_OUT_OF_RANGE', { index: String(ordinal), size: String(items.length) });
    if (containsAggregate(item))
      throw new MillraceError('GROUP_BY_POS_AGGREGATE', { index: String(ordinal), aggExpr: expressionSql(item) });
    return regrouped(item);
  }

  #order(items: readonly NamedExpression[], isGrouped: boolean): SortOrder[] {
    const { order } = this.#plan;
    if ('all' in order) return items.map((item) => ({ child: toAttribute(item), ...order.all }));
    return order.map((written) => {
      const { direction, nullOrdering } =
        written.kind === 'sortOrder' ? written : ({ direction: 'ascending', nullOrdering: 'nullsFirst' } as const);
      const key = written.kind === 'sortOrder' ? written.child : written;
      return { child: this.#sortKey(key, items, isGrouped), direction, nullOrdering };
    });
  }

  /** A sort key over the select list where that suffices, else a hidden column. */
  #sortKey(key: UnresolvedExpression, items: readonly NamedExpression[], isGrouped: boolean): Expression {
    const ordinal = this.#scope.context.listNames?.orderByOrdinal === false ? undefined : ordinalOf(key);
    if (ordinal !== undefined) {
      const item = items[ordinal - 1];
      if (item !== undefined) return toAttribute(item);
      throw new MillraceError('ORDER_BY_POS_OUT_OF_RANGE', { index: String(ordinal), size: String(items.length) });
    }
    const columns = items.map(toAttribute);
    const context = { ...this.#scope.context, outer: undefined };
    const over: ExpressionScope = { ...this.#scope, context, columns, windows: this.#windows };
    if (this.#plan.isDistinct) return resolveExpression(key, over);
    if (this.#grouped !== undefined) {
      const grouped = this.#grouped;
      const suggestions = [...columns, ...grouped];
      const groupedNamed: NameLookup = (parts) => findColumn(parts, grouped);
      const direct = readsQuery(key) ? undefined : overItems(key, over);
      const names = direct instanceof MillraceError ? { preferred: groupedNamed } : { fallback: groupedNamed };
      const resolved = sortable(resolveExpression(key, { ...over, suggestions, ...names }));
      const below = belowProjection(resolved, items);
      return below === undefined ? resolved : this.#hide(below);
    }
    // A query is resolved once: within queries within queries, twice would be twice over and over.
    const direct = readsQuery(key) ? undefined : overItems(key, over);
    if (direct instanceof MillraceError) return this.#hide(sortable(this.#columnKey(key, direct)));
    if (direct !== undefined && !containsAggregate(direct) && !containsGroupingCall(direct)) return sortable(direct);
    const lookup: NameLookup = (parts) => aliasNamed(parts, items);
    const names = isGrouped ? { preferred: lookup, fallback: this.#windowNamed } : { preferred: lookup };
    return this.#hide(sortable(resolveExpression(key, { ...this.#scope, ...names })));
  }

  /** A sort key that means columns of FROM, because over the select list it is the error. */
  #columnKey(key: UnresolvedExpression, overList: MillraceError): Expression {
    try {
      return resolveExpression(key, { ...this.#scope, fallback: this.#windowNamed });
    } catch (error) {
      throw error instanceof MillraceError && !error.condition.startsWith('UNRESOLVED_COLUMN') ? error : overList;
    }
  }

  readonly #windowNamed: NameLookup = (parts) => findColumn(parts, this.#windows.columns);

  #hide(expression: Expression): Attribute {
    const hidden = aliasOf(expression, `hidden ${this.#hidden.length}`);
    this.#hidden.push(hidden);
    return toAttribute(hidden);
  }
}

/** An aggregation whose results may be computed by window functions over its groups, those that HAVING leaves. */
function aggregatedWithWindows(parts: {
  readonly input: LogicalPlan;
  readonly groupings: readonly NamedExpression[];
  readonly aggregates: readonly NamedExpression[];
  readonly having: Attribute | undefined;
}): LogicalPlan {
  const { input, groupings, aggregates, having } = parts;
  const filtered = (child: LogicalPlan): LogicalPlan =>
    having === undefined ? child : { kind: 'filter', child, condition: having };
  if (!aggregates.some(containsWindowCall)) return filtered({ kind: 'aggregate', child: input, groupings, aggregates });
  const { below, above } = splitAggregates(aggregates, containsWindowCall);
  const child = filtered({ kind: 'aggregate', child: input, groupings, aggregates: below });
  return { kind: 'project', ...extractWindowCalls(above, child) };
}

/** A name that nothing has. */
function isUnknownName(error: unknown): boolean {
  return error instanceof MillraceError && error.condition.startsWith('UNRESOLVED_COLUMN');
}

/** True for items whose name does not come from what they compute. */
function isNamed(item: UnresolvedExpression): boolean {
  return ['alias', 'multiAlias', 'unresolvedAttribute', 'literal', 'unresolvedStar'].includes(item.kind);
}

/** How an alias of the select list is shown where a later item reads it. */
function aliasReference(parts: readonly string[], { dataType, nullable }: Expression): Expression {
  const name = `lateralAliasReference(${parts.join('.')})`;
  return { kind: 'attribute', id: nextAttributeId(), name, qualifier: [], dataType, nullable };
}

/** As overGroupings; for HAVING and ORDER BY a column that is not grouped by is one that does not exist. */
function hiddenOverGroupings(
  hidden: NamedExpression,
  groupings: readonly NamedExpression[],
  items: readonly NamedExpression[],
  grouped: GroupedBySets | undefined,
): NamedExpression[] {
  try {
    return overGroupings([hidden], groupings, grouped);
  } catch (error) {
    if (!(error instanceof MillraceError) || error.condition !== 'MISSING_AGGREGATION') throw error;
    const name = (error.parameters['expression'] ?? '').slice(1, -1);
    throw unresolvedColumn([name], items.map(toAttribute));
  }
}

/** Throws when an expression that is grouped or sorted by reads a row of the queries around. */
function refuseOuter(expression: Expression): void {
  if (!someNode(expression, (node) => node.kind === 'attribute' && node.isOuter === true)) return;
  throw new MillraceError('UNSUPPORTED_SUBQUERY_EXPRESSION_CATEGORY.CORRELATED_REFERENCE', {
    sqlExprs: `"${expressionSql(withoutAlias(expression))}"`,
  });
}

/** A sort key without window functions and names of the queries around. */
function sortable(key: Expression): Expression {
  refuseWindowsIn(key, 'Sort');
  if (someNode(key, (node) => node.kind === 'subquery' && node.subqueryType !== 'scalar'))
    throw new MillraceError('UNSUPPORTED_SUBQUERY_EXPRESSION_CATEGORY.UNSUPPORTED_IN_EXISTS_SUBQUERY', {
      treeNode: `Sort [${expressionSql(key)}]`,
    });
  return key;
}

/** Errors of names that may be other columns'. */
const OF_NAMES = new Set(['AMBIGUOUS_REFERENCE', 'FIELD_NOT_FOUND', 'INVALID_EXTRACT_BASE_FIELD_TYPE']);

/** The key resolved over the select list alone; undefined when a name of it is not there, an error when it means something else there. */
function overItems(key: UnresolvedExpression, scope: ExpressionScope): Expression | MillraceError | undefined {
  try {
    return resolveExpression(key, scope);
  } catch (error) {
    if (!(error instanceof MillraceError)) throw error;
    if (error.condition.startsWith('UNRESOLVED_COLUMN')) return undefined;
    if (OF_NAMES.has(error.condition)) return error;
    throw error;
  }
}

/** A position in the select list: a whole number as it stands. */
function ordinalOf(expression: UnresolvedExpression): number | undefined {
  const isOrdinal = expression.kind === 'literal' && expression.dataType.kind === 'integer';
  return isOrdinal && typeof expression.value === 'number' ? expression.value : undefined;
}

/** A column, or the alias that has the name; also where the column has no such field. */
function columnOrAlias(
  parts: readonly string[],
  columns: readonly Attribute[],
  items: readonly NamedExpression[],
): Expression | undefined {
  try {
    return findColumn(parts, columns) ?? aliasNamed(parts, items);
  } catch (error) {
    const isOfColumn = error instanceof MillraceError && error.condition !== 'AMBIGUOUS_REFERENCE';
    const alias = isOfColumn ? aliasNamed(parts, items) : undefined;
    if (alias === undefined) throw error;
    return alias;
  }
}

/** What an alias of the select list stands for, or a field of it. */
function aliasNamed(parts: readonly string[], items: readonly NamedExpression[]): Expression | undefined {
  const [name = '', ...fields] = parts;
  const item = items.findLast((one) => one.kind === 'alias' && one.name.toLowerCase() === name.toLowerCase());
  if (item?.kind !== 'alias') return undefined;
  return fields.reduce<Expression>(extractNamed, item.child);
}

/** An alias of an earlier item; throws when several have the name. */
function lateralAlias(parts: readonly string[], items: readonly NamedExpression[]): Expression | undefined {
  const name = parts[0]?.toLowerCase();
  const known = items.filter((one) => one.kind === 'alias' && one.name.toLowerCase() === name).length;
  if (known > 1)
    throw new MillraceError('AMBIGUOUS_LATERAL_COLUMN_ALIAS', { name: quoteName(parts), n: String(known) });
  const found = aliasNamed(parts, items);
  // A column of the row around is one, not an alias, though it has a name of its own here.
  if (found?.kind === 'attribute' && found.isOuter === true && found.name.toLowerCase() === name) return undefined;
  if (found !== undefined) checkSize(found);
  return found;
}

/** An item of the select list to group by, with an id of its own. */
function regrouped(item: NamedExpression): NamedExpression {
  return item.kind === 'alias' ? aliasOf(item.child, item.name) : item;
}
