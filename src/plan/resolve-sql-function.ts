/**
 * Calls of functions written in SQL: the body takes the place of the call. Its names are those of the parameters, which stand for the
 * arguments; it sees nothing else of the query around.
 */
import type { Expression } from '../expressions/expression.ts';
import type { SqlFunction, SqlScalarFunction, SqlTableFunction } from '../expressions/sql-function.ts';
import type { UnresolvedExpression } from '../expressions/unresolved.ts';
import type { AnalyzerContext, NameLookup } from './analyzer-context.ts';
import type { ExpressionScope } from './expression-scope.ts';
import type { LogicalPlan } from './logical-plan.ts';
import type { UnresolvedPlan } from './unresolved-plan.ts';
import { present } from '../errors/assert.ts';
import { MillraceError } from '../errors/millrace-error.ts';
import { someNode } from '../expressions/expression.ts';
import { expressionSql } from '../expressions/sql-text.ts';
import { makeCast } from '../expressions/type-coercion.ts';
import { wrongNumArguments } from '../functions/argument-check.ts';
import { callSql } from '../functions/call-sql.ts';
import { sameType } from '../types/data-type.ts';
import { aliasOf } from './alias.ts';
import { outputOf } from './logical-plan.ts';
import { argumentsInOrder } from './named-arguments.ts';
import { extractField, unresolvedColumn } from './resolve-names.ts';

type Resolve = (expression: UnresolvedExpression, scope: ExpressionScope) => Expression;

/** The body of a scalar function over the arguments of a call, shown as the call. */
export function sqlFunctionCall(
  definition: SqlScalarFunction,
  written: readonly UnresolvedExpression[],
  scope: ExpressionScope,
  resolve: Resolve,
): Expression {
  const { context, columns } = scope;
  const args = argumentsOf(definition, written, scope, resolve);
  const names = parameterNames(definition, args, context);
  // The columns are there to tell the own ones of a query in the body from those around; no name gets to them.
  const inside: ExpressionScope = { columns, preferred: names, context: { ...context, outer: undefined } };
  const body = resolve(definition.body, inside);
  refuseComplex(body, definition, args);
  const value = definition.returnType === undefined ? body : castTo(body, definition.returnType, context);
  const writtenAs = callSql(
    definition.name,
    args.slice(0, written.length).map((arg) => expressionSql(arg)),
  );
  return { kind: 'coalesce', arguments: [value], dataType: value.dataType, nullable: value.nullable, writtenAs };
}

/** The rows of a table function in the columns it declares. `analyze` resolves its query with these names around it. */
export function sqlTableCall(
  definition: SqlTableFunction,
  written: readonly UnresolvedExpression[],
  scope: ExpressionScope,
  rules: { readonly resolve: Resolve; readonly analyze: (plan: UnresolvedPlan, outer: NameLookup) => LogicalPlan },
): LogicalPlan {
  const args = argumentsOf(definition, written, scope, rules.resolve);
  const child = rules.analyze(definition.body as UnresolvedPlan, parameterNames(definition, args, scope.context));
  const { columns, name } = definition;
  if (columns === undefined) return child;
  const output = outputOf(child);
  if (output.length !== columns.fields.length)
    throw new MillraceError('USER_DEFINED_FUNCTIONS.RETURN_COLUMN_COUNT_MISMATCH', {
      outputSize: String(output.length),
      returnParamSize: String(columns.fields.length),
      name,
    });
  const expressions = columns.fields.map((field, i) =>
    aliasOf(castTo(present(output[i], 'a column per field'), field.dataType, scope.context), field.name),
  );
  return { kind: 'project', child, expressions };
}

function argumentsOf(
  { name, parameters }: SqlFunction,
  written: readonly UnresolvedExpression[],
  scope: ExpressionScope,
  resolve: Resolve,
): readonly Expression[] {
  const hasNames = written.some(({ kind }) => kind === 'namedArgument');
  const given = hasNames ? argumentsInOrder(name, parameters, written) : written;
  const numRequired = parameters.filter(({ otherwise }) => otherwise === undefined).length;
  if (given.length > parameters.length || given.length < numRequired)
    throw wrongNumArguments(
      name,
      numRequired === parameters.length ? String(numRequired) : `[${numRequired}, ${parameters.length}]`,
      given.length,
    );
  const alone: ExpressionScope = { columns: [], context: { ...scope.context, outer: undefined } };
  return parameters.map(({ otherwise }, i) => {
    const own = given[i];
    return own === undefined ? resolve(present(otherwise, 'a default'), alone) : resolve(own, scope);
  });
}

/** A parameter by its name, or by that of the function and its own. */
function parameterNames(definition: SqlFunction, args: readonly Expression[], context: AnalyzerContext): NameLookup {
  const { parameters } = definition;
  const values = parameters.map(({ dataType }, i) => castTo(present(args[i], 'an argument'), dataType, context));
  const ownName = definition.name.split('.').at(-1)?.toLowerCase();
  const indexOf = (part: string | undefined): number =>
    parameters.findIndex(({ name }) => name.toLowerCase() === part?.toLowerCase());
  return (parts) => {
    const isQualified = parts.length > 1 && parts[0]?.toLowerCase() === ownName && indexOf(parts[1]) >= 0;
    const rest = isQualified ? parts.slice(1) : parts;
    const value = values[indexOf(rest[0])];
    if (value === undefined) throw unresolvedColumn(parts, []);
    return rest.slice(1).reduce<Expression>((found, part) => extractField(found, part), value);
  };
}

function castTo(value: Expression, type: Expression['dataType'], context: AnalyzerContext): Expression {
  return sameType(value.dataType, type) ? value : makeCast(value, type, 'ansi', context);
}

/** A body is an expression of one row; and what a query in it gets from around has to be a value of one row too. */
function refuseComplex(body: Expression, { name }: SqlFunction, args: readonly Expression[]): void {
  if (!args.some((arg) => contains(arg, 'aggregate'))) {
    if (contains(body, 'aggregate'))
      throw new MillraceError('USER_DEFINED_FUNCTIONS.CANNOT_CONTAIN_COMPLEX_FUNCTIONS', {
        queryText: expressionSql(body),
      });
    return;
  }
  if (contains(body, 'subquery'))
    throw new MillraceError('UNSUPPORTED_FEATURE', { feature: `${name}, whose body is a query, over an aggregate` });
}

function contains(expression: Expression, wanted: Expression['kind']): boolean {
  return someNode(expression, ({ kind }) => kind === wanted);
}
