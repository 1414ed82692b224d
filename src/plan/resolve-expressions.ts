/**
 * Resolves the expressions of one plan node: names to attributes, function names to calls with types and implicit casts, stars to columns,
 * window calls to a window column.
 */
import type { Attribute, Expression, NamedExpression, SortOrder } from '../expressions/expression.ts';
import type { UnresolvedExpression } from '../expressions/unresolved.ts';
import type { ResolveContext } from '../functions/define-function.ts';
import type { GeneratorCalls } from './resolve-generator.ts';
import type { WindowCalls } from './resolve-window.ts';
import { MillraceError } from '../errors/millrace-error.ts';
import { nextAttributeId, timeMarksOf, walk } from '../expressions/expression.ts';
import type { WrittenLambda } from '../expressions/higher-order.ts';
import { HIGHER_ORDER, makeHigherOrderCall } from '../expressions/higher-order.ts';
import { expressionSql } from '../expressions/sql-text.ts';
import { makeScalarCall } from '../expressions/scalar-call.ts';
import { type UserFunction, userAggregate, userScalar } from '../functions/user-function.ts';
import { makeAggregateCall, makeCast, resolveAggregateCall, resolveCall } from '../expressions/type-coercion.ts';
import { callSql } from '../functions/call-sql.ts';
import { findAggregate, findGenerator } from '../functions/registry.ts';
import { misplacedGenerator, severalNames } from './resolve-generator.ts';
import { isGroupingFunction, misplacedGrouping, writtenGroupingCall } from './grouping-functions.ts';
import { extractField, extractValue, findColumn, quoteName, resolveColumn } from './resolve-names.ts';
import { isWindowFunction } from './resolve-window.ts';
import { watermarkDelayOf } from './window-column.ts';

/** What a name stands for beside the columns of the input, as an alias of a select list; undefined when it knows none of the name. */
export type NameLookup = (parts: readonly string[]) => Expression | undefined;

/** What expressions of one node may refer to. */
export interface ExpressionScope {
  readonly columns: readonly Attribute[];
  /** Columns an error about an unknown name may propose, where these are more than `columns`. */
  readonly suggestions?: readonly Attribute[];
  /** Asked before the columns, but not inside aggregate calls: there columns come first. */
  readonly preferred?: NameLookup | undefined;
  /** Asked for names that no column has. */
  readonly fallback?: NameLookup | undefined;
  readonly context: ResolveContext;
  /** Takes window calls; absent where windows may not stand. */
  readonly windows?: WindowCalls;
  /** Takes generators at the top of a select list's items; absent where none may stand. */
  readonly generators?: GeneratorCalls;
  /** True where `grouping` and `grouping_id` may stand; what they stand for is put in their place once the groupings are known. */
  readonly allowsGrouping?: true;
  /** Parses SQL text into an expression; absent until the SQL front end is there. */
  readonly parseExpression?: ((text: string) => UnresolvedExpression) | undefined;
}

/** Resolves one expression; sort orders and stars have functions of their own. */
export function resolveExpression(expression: UnresolvedExpression, scope: ExpressionScope): Expression {
  switch (expression.kind) {
    case 'literal':
      return { ...expression, nullable: expression.value === null };
    case 'unresolvedAttribute':
      return resolveName(expression.nameParts, scope);
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
    case 'lambdaFunction':
      throw new MillraceError('INVALID_LAMBDA_FUNCTION_CALL.NON_HIGHER_ORDER_FUNCTION', { class: 'expression' });
    case 'unresolvedStar':
      throw new MillraceError('INVALID_USAGE_OF_STAR_OR_REGEX', { elem: "'*'", prettyName: 'expression' });
  }
}

function resolveName(parts: readonly string[], scope: ExpressionScope): Expression {
  const { columns, preferred, fallback, suggestions } = scope;
  const found = preferred?.(parts) ?? (fallback && (findColumn(parts, columns) ?? fallback(parts)));
  return found ?? resolveColumn(parts, columns, suggestions);
}

/** An alias of an expression; keeps the event-time mark of what it names. */
export function aliasOf(child: Expression, name: string): NamedExpression {
  const inner = child.kind === 'alias' ? child.child : child;
  const { dataType, nullable } = inner;
  const marks = timeMarksOf({ ...sessionMarkOf(child), ...watermarkMarkOf(child) });
  return { kind: 'alias', id: nextAttributeId(), name, child: inner, dataType, nullable, ...marks };
}

function watermarkMarkOf(expression: Expression): Pick<Attribute, 'watermarkDelayMs'> {
  const watermarkDelayMs = watermarkDelayOf(expression);
  return watermarkDelayMs === undefined ? {} : { watermarkDelayMs };
}

function sessionMarkOf(expression: Expression): Pick<Attribute, 'isSession'> {
  const isNamed = expression.kind === 'attribute' || expression.kind === 'alias';
  return isNamed && expression.isSession === true ? { isSession: true } : {};
}

/** The expression with a name: its own, the last part of a path such as `window.end`, or its text as Spark names such columns. */
export function named(expression: Expression, written: UnresolvedExpression): NamedExpression {
  if (expression.kind === 'attribute' || expression.kind === 'alias') return expression;
  if (written.kind !== 'unresolvedAttribute') return aliasOf(expression, expressionSql(expression));
  return aliasOf(expression, expression.kind === 'field' ? expression.name : (written.nameParts.at(-1) ?? ''));
}

/** Resolves a select list: stars become the columns they stand for, everything gets a name. */
export function resolveSelectList(list: readonly UnresolvedExpression[], scope: ExpressionScope): NamedExpression[] {
  return list.flatMap((item): readonly NamedExpression[] => {
    const expression = item.kind === 'expressionString' ? parseText(item.expression, scope) : item;
    if (expression.kind === 'unresolvedStar') return expandStar(expression.target, scope);
    const { generators, context } = scope;
    const made = generators?.add(expression, (argument) => resolveExpression(argument, scope), context);
    return made ?? [named(resolveExpression(expression, scope), expression)];
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
  let found = false;
  walk(expression, (node) => {
    if (node.kind === 'aggregate') found = true;
  });
  return found;
}

function expandStar(target: readonly string[], scope: ExpressionScope): NamedExpression[] {
  if (target.length === 0) return [...scope.columns];
  const qualified = scope.columns.filter(
    (column) => column.qualifier.at(-1)?.toLowerCase() === target[0]?.toLowerCase(),
  );
  if (target.length === 1 && qualified.length > 0) return qualified;
  const base = findColumn(target, scope.columns);
  if (base === undefined)
    throw new MillraceError('CANNOT_RESOLVE_STAR_EXPAND', {
      targetString: quoteName(target),
      columns: scope.columns.map((column) => quoteName([column.name])).join(', '),
    });
  if (base.dataType.kind !== 'struct')
    throw new MillraceError('_LEGACY_ERROR_TEMP_1050', { attributes: `List(${target.join(', ')})` });
  return base.dataType.fields.map((field) => aliasOf(extractField(base, field.name), field.name));
}

function resolveFunction(
  call: UnresolvedExpression & { readonly kind: 'unresolvedFunction' },
  scope: ExpressionScope,
): Expression {
  const name = call.functionName.toLowerCase();
  const { preferred, fallback = preferred } = scope;
  if (call.arguments.some(({ kind }) => kind === 'lambdaFunction'))
    return resolveHigherOrder(name, call.arguments, scope);
  const isOutermost = preferred !== undefined && findAggregate(name) !== undefined;
  const inner = isOutermost ? { ...scope, preferred: undefined, fallback } : scope;
  const args = call.arguments.flatMap((argument) => {
    if (argument.kind !== 'unresolvedStar') return [resolveExpression(argument, inner)];
    return name === 'count' && argument.target.length === 0 ? [] : expandStar(argument.target, scope);
  });
  const user = call.definition;
  if (user?.kind === 'table' || findGenerator(name) !== undefined)
    throw misplacedGenerator(
      callSql(
        name,
        args.map((arg) => expressionSql(arg)),
      ),
      scope.generators !== undefined,
    );
  if (call.isTableFunction === true)
    throw new MillraceError('UNRESOLVABLE_TABLE_VALUED_FUNCTION', { name: quoteName([name]) });
  if (user !== undefined) return userCall(user, args, call.isDistinct, scope.context);
  if (isGroupingFunction(name)) {
    if (scope.allowsGrouping !== true) throw misplacedGrouping();
    return writtenGroupingCall(name, args);
  }
  if (scope.windows !== undefined && isWindowFunction(name)) return scope.windows.add(name, args, scope.context);
  const aggregate = resolveAggregateCall(name, args, call.isDistinct, scope.context);
  if (aggregate === undefined) return resolveCall(name, args, scope.context);
  if (args.some(containsAggregate)) throw new MillraceError('NESTED_AGGREGATE_FUNCTION', {});
  return aggregate;
}

/** The call of a function of the user, shown by its name. */
function userCall(
  user: Exclude<UserFunction, { readonly kind: 'table' }>,
  args: readonly Expression[],
  isDistinct: boolean,
  context: ResolveContext,
): Expression {
  const { name } = user;
  if (user.kind === 'scalar') return { ...makeScalarCall(userScalar(user), name, args, context), functionName: name };
  if (args.some(containsAggregate)) throw new MillraceError('NESTED_AGGREGATE_FUNCTION', {});
  return { ...makeAggregateCall(userAggregate(user), name, args, isDistinct, context), functionName: name };
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
  for (const argument of written) {
    if (argument.kind !== 'lambdaFunction') args.push(unaliased(resolveExpression(argument, scope)));
    else
      lambdas.push({
        parameterNames: argument.argumentNames,
        resolve: (parameters, names) => resolveExpression(argument.function, withParameters(scope, parameters, names)),
      });
  }
  return makeHigherOrderCall(name, args, lambdas, scope.context);
}

function unaliased(expression: Expression): Expression {
  return expression.kind === 'alias' ? expression.child : expression;
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
