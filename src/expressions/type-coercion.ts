/**
 * Makes resolved expressions out of names and arguments: finds the function, lets it check its arguments, inserts the implicit casts it
 * asks for. `and`, `if`, `coalesce` and the like become expression nodes of their own, because they evaluate their parts only where
 * needed. Called by the analyzer.
 */
import type { AggregateFunction, ResolveContext } from '../functions/define-function.ts';
import type { DataType } from '../types/data-type.ts';
import type { AggregateCall, Expression } from './expression.ts';
import type { CastMode } from './unresolved.ts';
import { MillraceError } from '../errors/millrace-error.ts';
import { nearestNames } from '../errors/suggest.ts';
import { checkArgumentCount, wrongNumArguments } from '../functions/argument-check.ts';
import { intervalOperator } from '../functions/interval-operators.ts';
import { findAggregate, findGenerator, findScalar, functionNames } from '../functions/registry.ts';
import { findWiderType as widerTypeOf, isAtomic } from '../functions/type-rules.ts';
import { sqlName } from '../types/data-type.ts';
import { canAnsiCast, canCast, castMayGiveNull, functionInsteadOfCast } from './cast-rules.ts';
import { withoutAlias } from './expression.ts';
import { argumentsOf, castAll, makeOperatorCall, makeScalarCall, writtenName } from './scalar-call.ts';
import { SPECIAL_CALLS } from './special-calls.ts';
import { expressionSql } from './sql-text.ts';
import { HIGHER_ORDER } from './higher-order.ts';
import { unusableFunction } from './unusable-functions.ts';

const SEARCH_PATH = '[`system`.`builtin`, `system`.`session`, `spark_catalog`.`default`]';

/** The type two columns of a union become; undefined when there is none. */
export function findWiderType(left: DataType, right: DataType): DataType | undefined {
  return widerTypeOf(left, right);
}

/** The cast a user wrote; throws DATATYPE_MISMATCH when the types do not allow it. */
export function makeCast(child: Expression, type: DataType, mode: CastMode, context: ResolveContext): Expression {
  const inner = withoutAlias(child);
  const castMode = mode === 'try' ? 'try' : context.ansi ? 'ansi' : 'legacy';
  const dataType = type;
  const nullable = inner.nullable || castMayGiveNull(inner.dataType, type, castMode);
  const cast: Expression = { kind: 'cast', child: inner, dataType, mode: castMode, nullable };
  const isAllowed = castMode === 'legacy' ? canCast(inner.dataType, type) : canAnsiCast(inner.dataType, type);
  if (isAllowed) return cast;
  const parameters = {
    sqlExpr: `"${expressionSql(isAtomic(type) ? cast : inner, context.timeZone)}"`,
    srcType: `"${sqlName(inner.dataType)}"`,
    targetType: `"${sqlName(type)}"`,
  };
  const instead = functionInsteadOfCast(inner.dataType, type);
  if (castMode !== 'legacy' && instead !== undefined) {
    throw new MillraceError('DATATYPE_MISMATCH.CAST_WITH_FUNC_SUGGESTION', {
      ...parameters,
      functionNames: `\`${instead}\``,
    });
  }
  if (castMode === 'ansi' && canCast(inner.dataType, type)) {
    throw new MillraceError('DATATYPE_MISMATCH.CAST_WITH_CONF_SUGGESTION', {
      ...parameters,
      config: '"spark.sql.ansi.enabled"',
      configVal: "'false'",
    });
  }
  throw new MillraceError('DATATYPE_MISMATCH.CAST_WITHOUT_SUGGESTION', parameters);
}

/** True for the name of a function or operator that is not the user's. */
export function isBuiltIn(name: string): boolean {
  return (
    SPECIAL_CALLS.has(name) ||
    findScalar(name) !== undefined ||
    findAggregate(name) !== undefined ||
    findGenerator(name) !== undefined
  );
}

/** The call of a scalar function or operator by name; throws UNRESOLVED_ROUTINE when there is none. */
export function resolveCall(name: string, args: readonly Expression[], context: ResolveContext): Expression {
  const children = args.map((arg) => withoutAlias(arg));
  const special = SPECIAL_CALLS.get(name.toLowerCase());
  if (special !== undefined) {
    checkArgumentCount(name.toLowerCase(), argumentsOf(children, context), special.minArguments, special.maxArguments);
    return special.make(children, context);
  }
  if (name === '(-)') return { ...makeOperatorCall('negative', children, context), functionName: name };
  const timed = timeArithmetic(name, children, context);
  if (timed !== undefined) return timed;
  const definition = findScalar(name);
  if (definition === undefined) throw withoutLambda(name, children.length) ?? unresolvedRoutine(name);
  return makeScalarCall(definition, name.toLowerCase(), args, context);
}

/** Operators over times and intervals; undefined for all other calls. A date plus or minus a number is date_add or date_sub. */
function timeArithmetic(
  name: string,
  children: readonly Expression[],
  context: ResolveContext,
): Expression | undefined {
  const [left, right] = children;
  if (left === undefined || right === undefined || children.length !== 2) return undefined;
  const interval = intervalOperator(name, argumentsOf(children, context), context);
  if (interval !== undefined) {
    const { definition, isReversed } = interval;
    return makeScalarCall(definition, name, isReversed ? [right, left] : children, context);
  }
  if (name === 'try_add' && left.dataType.kind === 'date')
    return { ...makeOperatorCall('date_add', [left, right], context), functionName: name };
  if (name === 'try_subtract' && left.dataType.kind === 'date')
    return { ...makeOperatorCall('date_sub', [left, right], context), functionName: name };
  if (name === '+' && left.dataType.kind === 'date') return makeOperatorCall('date_add', [left, right], context);
  if (name === '+' && right.dataType.kind === 'date') return makeOperatorCall('date_add', [right, left], context);
  return name === '-' && left.dataType.kind === 'date' ? makeOperatorCall('date_sub', children, context) : undefined;
}

/** The call of an aggregate function by name; undefined when the name is no aggregate. */
export function resolveAggregateCall(
  name: string,
  args: readonly Expression[],
  isDistinct: boolean,
  context: ResolveContext,
): AggregateCall | undefined {
  const definition = findAggregate(name);
  return definition && makeAggregateCall(definition, name, args, isDistinct, context);
}

/** The call of an aggregate function by the name the user wrote. */
export function makeAggregateCall(
  definition: AggregateFunction,
  name: string,
  args: readonly Expression[],
  isDistinct: boolean,
  context: ResolveContext,
): AggregateCall {
  const children = args.map((arg) => withoutAlias(arg));
  const signature = definition.resolve(argumentsOf(children, context), context);
  return {
    kind: 'aggregate',
    functionName: writtenName(definition, name),
    arguments: castAll(children, signature.argumentTypes, context),
    isDistinct,
    dataType: signature.returnType,
    nullable: signature.nullable,
    signature,
  };
}

/** A function that takes a lambda, called without one; undefined for other names. */
function withoutLambda(name: string, numArguments: number): MillraceError | undefined {
  const known = HIGHER_ORDER.get(name.toLowerCase());
  if (known === undefined) return undefined;
  return wrongNumArguments(name.toLowerCase(), String(known.numArguments + known.numLambdas[0]), numArguments);
}

function unresolvedRoutine(name: string): MillraceError {
  const unusable = unusableFunction(name);
  if (unusable !== undefined) return unusable;
  const nearest = nearestNames(name, [...functionNames(), ...SPECIAL_CALLS.keys()], 3);
  return new MillraceError(
    'UNRESOLVED_ROUTINE',
    { routineName: `\`${name}\``, searchPath: SEARCH_PATH },
    { hint: `Did you mean ${nearest.join(', ')}?` },
  );
}
