/**
 * Resolves the expressions of one plan node: names to attributes, function names to calls with types and implicit casts, stars to columns,
 * window calls to a window column.
 */
import type { AggregateCall, Attribute, Expression, NamedExpression, SortOrder } from '../expressions/expression.ts';
import type { UnresolvedExpression } from '../expressions/unresolved.ts';
import type { AnalyzerContext, NameLookup } from './analyzer-context.ts';
import type { ExpressionScope } from './expression-scope.ts';
import { aliasOf } from './alias.ts';
import { MillraceError } from '../errors/millrace-error.ts';
import { mapChildren, someNode, transformUp, walk, withoutAlias } from '../expressions/expression.ts';
import type { WrittenLambda } from '../expressions/higher-order.ts';
import {
  HIGHER_ORDER,
  isHigherOrderOfValues,
  makeHigherOrderCall,
  numPlainArguments,
} from '../expressions/higher-order.ts';
import { expressionSql } from '../expressions/sql-text.ts';
import { makeScalarCall } from '../expressions/scalar-call.ts';
import { type UserFunction, userAggregate, userScalar } from '../functions/user-function.ts';
import { makeAggregateCall, makeCast, resolveAggregateCall, resolveCall } from '../expressions/type-coercion.ts';
import { callSql } from '../functions/call-sql.ts';
import { findAggregate, findGenerator, findWindowFunction } from '../functions/registry.ts';
import { misplacedGenerator, severalNames } from './resolve-generator.ts';
import { isGroupingFunction, misplacedGrouping, writtenGroupingCall } from './grouping-functions.ts';
import { BOOLEAN } from '../types/data-type.ts';
import { containsWindowCall } from './extract-window-calls.ts';
import { extractField, extractValue, findColumn, quoteName, unresolvedColumn } from './resolve-names.ts';
import { resolveSubquery } from './resolve-subquery.ts';
import { isWindowFunction } from './resolve-window.ts';
import { noNullsOption, resolveWindowFunction } from './resolve-window-function.ts';
import { expandStar } from './resolve-star.ts';
import { positionalArguments, namedArgumentsNotSupported } from './named-arguments.ts';
import { sqlFunctionCall } from './resolve-sql-function.ts';
import { checkWithoutGroup, resolveWithinGroup } from './resolve-within-group.ts';
import { withFilter } from '../expressions/filtered-aggregate.ts';
import { inputFileCall } from './input-file.ts';

/** Resolves one expression; sort orders and stars have functions of their own. */
export function resolveExpression(expression: UnresolvedExpression, scope: ExpressionScope): Expression {
  switch (expression.kind) {
    case 'literal':
      return { ...expression, nullable: expression.value === null };
    case 'unresolvedAttribute':
      return resolveName(expression.nameParts, scope, expression.otherwise);
    case 'unresolvedFunction':
      return resolveFunction(expression, scope);
    case 'unresolvedExtractValue':
      return resolveExtract(expression, scope);
    case 'alias':
      return aliasOf(resolveExpression(expression.child, scope), expression.name);
    case 'multiAlias':
      throw severalNames(expression.names, resolveExpression(expression.child, scope));
    case 'cast':
      return castOf(expression, scope);
    case 'expressionString':
      return resolveExpression(parseText(expression.expression, scope), scope);
    case 'sortOrder':
      return resolveExpression(expression.child, scope);
    case 'window':
      return resolveWindowFunction(expression, scope, resolveExpression);
    case 'subquery':
      return resolveSubquery(expression, scope, { resolve: resolveExpression, find: findInScope });
    case 'namedArgument':
      throw namedArgumentsNotSupported(expression.key);
    case 'lambdaFunction':
      throw new MillraceError('INVALID_LAMBDA_FUNCTION_CALL.NON_HIGHER_ORDER_FUNCTION', { class: 'expression' });
    case 'unresolvedStar':
      throw new MillraceError('INVALID_USAGE_OF_STAR_OR_REGEX', { elem: "'*'", prettyName: 'expression' });
  }
}

/** The name Hive has for `grouping_id()`. */
const GROUPING_ID = 'grouping__id';

function resolveName(parts: readonly string[], scope: ExpressionScope, otherwise?: UnresolvedExpression): Expression {
  const { columns, suggestions, context } = scope;
  const found = findInScope(parts, scope);
  if (found !== undefined) return shown(found);
  // A call without parentheses comes before the names around, a variable behind them.
  if (otherwise?.kind === 'unresolvedFunction') return resolveExpression(otherwise, scope);
  const around = context.outer?.(parts);
  if (around !== undefined)
    return transformUp(around, (node) => (node.kind === 'attribute' ? { ...node, isOuter: true } : node));
  if (otherwise !== undefined) return resolveExpression(otherwise, scope);
  if (scope.allowsGrouping === true && parts.length === 1 && parts[0]?.toLowerCase() === GROUPING_ID)
    return aliasOf(writtenGroupingCall('grouping_id', []), GROUPING_ID);
  throw unresolvedColumn(parts, suggestions ?? columns);
}

function shown(expression: Expression): Expression {
  const isHidden = expression.kind === 'attribute' && expression.isHidden === true;
  return isHidden ? { ...expression, isHidden: undefined } : expression;
}

/** What a name stands for in this scope, without the queries around; undefined when nothing has it. */
export function findInScope(parts: readonly string[], scope: ExpressionScope): Expression | undefined {
  const { columns, preferred, fallback } = scope;
  return preferred?.(parts) ?? findColumn(parts, columns) ?? fallback?.(parts);
}

/** The expression with a name: its own, the last part of a path such as `window.end` as written, or its text as Spark names such columns. */
export function named(expression: Expression, written: UnresolvedExpression, timeZone: string): NamedExpression {
  // A column of the row around has an alias, because its value is another column's once the query is joined with the rows.
  if (expression.kind === 'attribute' && expression.isOuter === true) return aliasOf(expression, expression.name);
  if (expression.kind === 'attribute' || expression.kind === 'alias') return expression;
  if (expression.kind === 'cast' && expression.child.kind === 'attribute' && written.kind === 'cast')
    return aliasOf(expression, expression.child.name);
  const isCall = written.kind === 'unresolvedAttribute' && written.otherwise?.kind === 'unresolvedFunction';
  if (written.kind !== 'unresolvedAttribute' || isCall) return aliasOf(expression, expressionSql(expression, timeZone));
  return aliasOf(expression, written.nameParts.at(-1) ?? '');
}

/** Resolves a select list: stars become the columns they stand for, everything gets a name. */
export function resolveSelectList(list: readonly UnresolvedExpression[], scope: ExpressionScope): NamedExpression[] {
  return list.flatMap((item): readonly NamedExpression[] => {
    const expression = item.kind === 'expressionString' ? parseText(item.expression, scope) : item;
    if (expression.kind === 'unresolvedStar') return expandStar(expression, scope);
    const { generators, context } = scope;
    const made = generators?.add(expression, (argument) => resolveExpression(argument, scope), context);
    return made ?? [named(resolveExpression(expression, scope), expression, context.timeZone)];
  });
}

/** Resolves a sort expression; without an explicit order it is ascending, nulls first. */
export function resolveSortOrder(expression: UnresolvedExpression, scope: ExpressionScope): SortOrder {
  const child = resolveExpression(expression, scope);
  if (expression.kind !== 'sortOrder') return { child, direction: 'ascending', nullOrdering: 'nullsFirst' };
  return { child, direction: expression.direction, nullOrdering: expression.nullOrdering };
}

/** True when an aggregate call stands anywhere in the expression. */
export function containsAggregate(expression: Expression): boolean {
  return someNode(expression, ({ kind }) => kind === 'aggregate');
}

function resolveFunction(
  call: UnresolvedExpression & { readonly kind: 'unresolvedFunction' },
  scope: ExpressionScope,
): Expression {
  const name = call.functionName.toLowerCase();
  if (call.definition?.kind === 'sqlScalar' && call.isTableFunction !== true)
    return sqlFunctionCall(call.definition, call.arguments, scope, resolveExpression);
  if (call.arguments.some(({ kind }) => kind === 'namedArgument'))
    return resolveFunction({ ...call, arguments: positionalArguments(name, call.arguments) }, scope);
  const inputFile = call.arguments.length === 0 ? inputFileCall(name, scope.columns) : undefined;
  if (inputFile !== undefined) return inputFile;
  if (call.orderWithin !== undefined) return resolveWithinGroup(call, call.orderWithin, scope, resolveExpression);
  if (call.definition === undefined) checkWithoutGroup(name, call.arguments.length, call.isDistinct);
  const { preferred, fallback = preferred } = scope;
  const takesLambda = call.arguments.some(({ kind }) => kind === 'lambdaFunction');
  if (takesLambda || isHigherOrderOfValues(name, call.arguments.length))
    return resolveHigherOrder(name, call.arguments, scope);
  const isOutermost = preferred !== undefined && findAggregate(name) !== undefined;
  const inner = isOutermost ? { ...scope, preferred: undefined, fallback } : scope;
  const args = call.arguments.flatMap((argument) => {
    const isStar = argument.kind === 'unresolvedStar' && argument.pattern === undefined;
    if (isStar && name === 'count' && argument.target.length > 0)
      throw new MillraceError('INVALID_USAGE_OF_STAR_WITH_TABLE_IDENTIFIER_IN_COUNT', {
        tableName: argument.target.join('.'),
      });
    if (argument.kind !== 'unresolvedStar') return [resolveExpression(argument, { ...inner, isOverWindow: false })];
    return isStar && name === 'count' && argument.target.length === 0 && argument.except === undefined
      ? []
      : expandStar(argument, scope);
  });
  const user = call.definition;
  if (user?.kind === 'table' || user?.kind === 'sqlTable' || findGenerator(name) !== undefined)
    throw misplacedGenerator(
      callSql(
        name,
        args.map((arg) => expressionSql(arg)),
      ),
      scope.generators !== undefined,
    );
  if (call.isTableFunction === true || user?.kind === 'sqlScalar')
    throw new MillraceError('UNRESOLVABLE_TABLE_VALUED_FUNCTION', { name: quoteName([name]) });
  if (user !== undefined) return userCall(user, call, args, inner);
  if (isGroupingFunction(name)) {
    if (scope.allowsGrouping !== true) throw misplacedGrouping();
    return writtenGroupingCall(name, args);
  }
  if (scope.windows !== undefined && isWindowFunction(name)) return scope.windows.add(name, args, scope.context);
  if (findWindowFunction(name) !== undefined)
    throw new MillraceError('WINDOW_FUNCTION_WITHOUT_OVER_CLAUSE', {
      funcName: `"${callSql(
        name,
        args.map((arg) => expressionSql(arg)),
      )}"`,
    });
  return resolveAggregateOrScalar(name, call, args, { ...inner, isOverWindow: scope.isOverWindow === true });
}

const NULL_TREATING = new Set(['first', 'first_value', 'last', 'last_value', 'any_value']);
const IGNORES_NULLS: Expression = { kind: 'literal', value: true, dataType: BOOLEAN, nullable: false };

/** Functions that give a TIMESTAMP, and those that give one without a zone. */
const LOCAL_TIMES: ReadonlyMap<string, string> = new Map([
  ['to_timestamp', 'to_timestamp_ntz'],
  ['make_timestamp', 'make_timestamp_ntz'],
  ['try_make_timestamp', 'try_make_timestamp_ntz'],
]);

function resolveAggregateOrScalar(
  name: string,
  call: UnresolvedExpression & { readonly kind: 'unresolvedFunction' },
  args: readonly Expression[],
  scope: ExpressionScope,
): Expression {
  const { context } = scope;
  const ignoresNulls = call.ignoresNulls === true;
  if (ignoresNulls && !NULL_TREATING.has(name)) throw noNullsOption(name);
  const all = ignoresNulls && args.length === 1 ? [...args, IGNORES_NULLS] : args;
  const aggregate = resolveAggregateCall(name, all, call.isDistinct, context);
  if (aggregate === undefined) {
    if (call.isDistinct) throw unsupportedSyntax(name, 'DISTINCT');
    if (call.filter !== undefined) throw unsupportedSyntax(name, 'FILTER CLAUSE');
    const localName = context.timestampType === 'ntz' ? LOCAL_TIMES.get(name) : undefined;
    const isOfParts = localName?.includes('make') === true && args.length !== 6;
    if (localName === undefined || isOfParts) return resolveCall(name, args, context);
    const made = resolveCall(localName, args, context);
    return made.kind === 'call' ? { ...made, functionName: name } : made;
  }
  if (scope.isOverWindow !== true) {
    if (args.some(containsAggregate)) throw new MillraceError('NESTED_AGGREGATE_FUNCTION', {});
    if (args.some(containsWindowCall)) throw new MillraceError('_LEGACY_ERROR_TEMP_1031', {});
  }
  const filtered = call.filter === undefined ? aggregate : withFilter(aggregate, filterOf(call.filter, scope));
  return aggregateAround(filtered, context) ?? filtered;
}

/** The column that holds an aggregate of the groups around; undefined when the call is over rows of its own. */
function aggregateAround(call: AggregateCall, { ofGroups }: AnalyzerContext): Expression | undefined {
  if (ofGroups === undefined) return undefined;
  const columns: Attribute[] = [];
  walk(call, (node) => {
    if (node.kind === 'attribute') columns.push(node);
  });
  if (columns.length === 0 || columns.some(({ isOuter }) => isOuter !== true)) return undefined;
  const own = mapChildren(call, (child) =>
    transformUp(child, (node) => (node.kind === 'attribute' ? { ...node, isOuter: undefined } : node)),
  );
  return { ...ofGroups(own as AggregateCall), isOuter: true };
}

/** The condition of FILTER, which is over the rows of the group. */
function filterOf(written: UnresolvedExpression, scope: ExpressionScope): Expression {
  const condition = resolveExpression(written, scope);
  const filterExpr = `"${expressionSql(condition)}"`;
  walk(condition, (node) => {
    if (node.kind === 'aggregate')
      throw new MillraceError('INVALID_AGGREGATE_FILTER.CONTAINS_AGGREGATE', {
        filterExpr,
        aggExpr: `"${expressionSql(node)}"`,
      });
    if (node.kind === 'window')
      throw new MillraceError('INVALID_AGGREGATE_FILTER.CONTAINS_WINDOW_FUNCTION', {
        filterExpr,
        windowExpr: `"${expressionSql(node)}"`,
      });
  });
  return condition;
}

function unsupportedSyntax(name: string, syntax: string): MillraceError {
  return new MillraceError('INVALID_SQL_SYNTAX.FUNCTION_WITH_UNSUPPORTED_SYNTAX', {
    prettyName: `\`${name}\``,
    syntax,
  });
}

/** The call of a function of the user, shown by its name. */
function userCall(
  user: Exclude<UserFunction, { readonly kind: 'table' }>,
  call: UnresolvedExpression & { readonly kind: 'unresolvedFunction' },
  args: readonly Expression[],
  scope: ExpressionScope,
): Expression {
  const { name } = user;
  const { context } = scope;
  if (user.kind === 'scalar') return { ...makeScalarCall(userScalar(user), name, args, context), functionName: name };
  if (args.some(containsAggregate)) throw new MillraceError('NESTED_AGGREGATE_FUNCTION', {});
  const made = makeAggregateCall(userAggregate(user), name, args, call.isDistinct, context);
  const aggregate = { ...made, functionName: name };
  return call.filter === undefined ? aggregate : withFilter(aggregate, filterOf(call.filter, scope));
}

/** A call with lambdas: arguments first, then the bodies, which see the parameters before the columns. */
function resolveHigherOrder(
  name: string,
  written: readonly UnresolvedExpression[],
  scope: ExpressionScope,
): Expression {
  if (!HIGHER_ORDER.has(name))
    throw new MillraceError('INVALID_LAMBDA_FUNCTION_CALL.NON_HIGHER_ORDER_FUNCTION', { class: name });
  const args: Expression[] = [];
  const lambdas: WrittenLambda[] = [];
  for (const [i, argument] of written.entries()) {
    if (argument.kind !== 'lambdaFunction') {
      const value = withoutAlias(resolveExpression(argument, scope));
      if (i < numPlainArguments(name)) args.push(value);
      else lambdas.push({ parameterNames: 'none', resolve: () => value });
    } else
      lambdas.push({
        parameterNames: argument.argumentNames,
        resolve: (parameters, names) => resolveExpression(argument.function, withParameters(scope, parameters, names)),
      });
  }
  return makeHigherOrderCall(name, args, lambdas, scope.context);
}

function withParameters(
  scope: ExpressionScope,
  parameters: readonly Attribute[],
  names: readonly string[],
): ExpressionScope {
  const lookup: NameLookup = (parts) => {
    const at = names.findIndex((name) => name.toLowerCase() === parts[0]?.toLowerCase());
    const parameter = parameters[at];
    if (parameter === undefined) return scope.preferred?.(parts);
    return parts.slice(1).reduce<Expression>((value, part) => extractField(value, part), parameter);
  };
  return { ...scope, preferred: lookup };
}

function castOf(cast: UnresolvedExpression & { readonly kind: 'cast' }, scope: ExpressionScope): Expression {
  const made = makeCast(resolveExpression(cast.child, scope), cast.toType, cast.mode, scope.context);
  return cast.isFunction === true && made.kind === 'cast' ? { ...made, isImplicit: true } : made;
}

function resolveExtract(
  extract: UnresolvedExpression & { readonly kind: 'unresolvedExtractValue' },
  scope: ExpressionScope,
): Expression {
  const child = resolveExpression(extract.child, scope);
  const key = resolveExpression(extract.extraction, scope);
  return extractValue(child, key, scope.context);
}

function parseText(text: string, scope: ExpressionScope): UnresolvedExpression {
  if (scope.parseExpression === undefined)
    throw new MillraceError('UNSUPPORTED_FEATURE', { feature: `SQL text as an expression ("${text}")` });
  return scope.parseExpression(text);
}
