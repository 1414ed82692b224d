/** Makes calls of scalar functions out of resolved arguments: asks the definition for its signature and inserts the implicit casts. */
import type { Argument, ResolveContext, ScalarFunction } from '../functions/define-function.ts';
import type { DataType } from '../types/data-type.ts';
import type { Expression, ScalarCall } from './expression.ts';
import { present } from '../errors/assert.ts';
import { callSql } from '../functions/call-sql.ts';
import { findScalar } from '../functions/registry.ts';
import { sameType } from '../types/data-type.ts';
import { castMayGiveNull } from './cast-rules.ts';
import { withoutAlias } from './expression.ts';
import { foldExpression } from './fold.ts';
import { expressionSql } from './sql-text.ts';

/** The call of a function that is in the registry, by the name the user wrote. */
export function makeScalarCall(
  definition: ScalarFunction,
  name: string,
  args: readonly Expression[],
  context: ResolveContext,
): ScalarCall {
  const signature = definition.resolve(argumentsOf(args, context), context);
  const children = args.map((arg) => withoutAlias(arg));
  const casts = castAll(children, signature.argumentTypes, context);
  return {
    kind: 'call',
    functionName: writtenName(definition, name),
    arguments: TRYING.has(definition.name) ? casts.map(tried) : casts,
    dataType: signature.returnType,
    nullable: signature.nullable,
    deterministic: definition.deterministic !== false,
    evaluator: signature.evaluator,
  };
}

/** Functions whose operands are NULL where their implicit casts fail. */
const TRYING = new Set(['try_add', 'try_subtract', 'try_multiply', 'try_divide', 'try_mod']);

function tried(child: Expression): Expression {
  return child.kind === 'cast' && child.isImplicit === true ? { ...child, mode: 'try', nullable: true } : child;
}

/** The call of a built-in operator that must exist, as `=`. */
export function makeOperatorCall(name: string, children: readonly Expression[], context: ResolveContext): ScalarCall {
  return makeScalarCall(present(findScalar(name), `the operator ${name} is registered`), name, children, context);
}

/** Operators are shown by their one name; functions as the user called them. */
export function writtenName(definition: { readonly name: string }, name: string): string {
  const isWritten = /^(?:[a-z]|<<|>>)/i.test(name) && definition.name !== 'in';
  return isWritten ? name.toLowerCase() : definition.name;
}

/** Each child cast to the type beside it. */
export function castAll(
  children: readonly Expression[],
  types: readonly DataType[],
  context: ResolveContext,
): readonly Expression[] {
  return children.map((child, i) => implicitCastTo(child, types[i] ?? child.dataType, context));
}

/** The expression as `type`: itself, or an implicit cast of it. */
export function implicitCastTo(child: Expression, type: DataType, context: ResolveContext): Expression {
  if (sameType(child.dataType, type)) return child;
  const mode = context.ansi ? 'ansi' : 'legacy';
  const nullable = child.nullable || castMayGiveNull(child.dataType, type, mode);
  return { kind: 'cast', child, dataType: type, mode, nullable, isImplicit: true };
}

/** What a function's `resolve` may know of its arguments; literal and text are computed when asked for. */
export function argumentsOf(children: readonly Expression[], context: ResolveContext): Argument[] {
  return children.map((child) => new ExpressionArgument(child, context));
}

/** An argument as functions see it; one of a hundred thousand in a long IN list must cost next to nothing. */
class ExpressionArgument implements Argument {
  readonly dataType: DataType;
  readonly nullable: boolean;
  readonly isLiteral: boolean;
  readonly #child: Expression;
  readonly #context: ResolveContext;

  constructor(child: Expression, context: ResolveContext) {
    this.dataType = child.dataType;
    this.nullable = child.nullable;
    this.isLiteral = child.kind === 'literal';
    this.#child = child;
    this.#context = context;
  }

  get columnName(): string | undefined {
    const child = this.#child;
    return child.kind === 'attribute' || child.kind === 'field' || child.kind === 'alias' ? child.name : undefined;
  }

  get literal(): Argument['literal'] {
    const folded = foldExpression(this.#child, this.#context);
    return folded.kind === 'literal' ? folded.value : undefined;
  }

  get sql(): string {
    return expressionSql(this.#child, this.#context.timeZone);
  }
}

/** The text of a call, for nodes that keep how they were written. */
export function writtenCall(name: string, args: readonly Expression[]): string {
  return callSql(
    name,
    args.map((arg) => expressionSql(arg)),
  );
}
