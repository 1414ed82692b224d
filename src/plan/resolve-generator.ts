/**
 * Generators in a query: `explode(…)` and its kin become Generate nodes below the select list in which they stand, and columns in it. They
 * stand at the top of an item, one after the other; beside aggregates there is one, and it is over their results.
 */
import type { Attribute, Expression } from '../expressions/expression.ts';
import type { UnresolvedExpression } from '../expressions/unresolved.ts';
import type { ResolveContext } from '../functions/define-function.ts';
import type { GeneratorCall, LogicalPlan } from './logical-plan.ts';
import { MillraceError } from '../errors/millrace-error.ts';
import { nextAttributeId, withoutAlias } from '../expressions/expression.ts';
import { argumentsOf, castAll } from '../expressions/scalar-call.ts';
import { expressionSql } from '../expressions/sql-text.ts';
import { callSql } from '../functions/call-sql.ts';
import type { GeneratorFunction } from '../functions/define-generator.ts';
import type { SqlFunction } from '../expressions/sql-function.ts';
import type { UserFunction } from '../functions/user-function.ts';
import { findGenerator } from '../functions/registry.ts';
import { userGenerator } from '../functions/user-function.ts';
import { outputOf } from './logical-plan.ts';
import { positionalArguments } from './named-arguments.ts';

/** A call of a generator with the names its columns are to have; undefined for any other expression. */
interface WrittenGenerator {
  readonly definition: UserFunction | SqlFunction | undefined;
  readonly functionName: string;
  readonly arguments: readonly UnresolvedExpression[];
  readonly names: readonly string[] | undefined;
}

/** A generator and the columns it makes. */
export interface PlacedGenerator {
  readonly generator: GeneratorCall;
  readonly generated: readonly Attribute[];
}

/** Collects the generators of one select list. */
export class GeneratorCalls {
  readonly #calls: PlacedGenerator[] = [];

  /** The columns of an item that is a generator; undefined for other items. `resolve` resolves its arguments. */
  add(
    item: UnresolvedExpression,
    resolve: (argument: UnresolvedExpression) => Expression,
    context: ResolveContext,
  ): readonly Attribute[] | undefined {
    const written = writtenGenerator(item);
    if (written === undefined) return undefined;
    const generator = generatorCall(written.functionName, written.arguments.map(resolve), context, written.definition);
    const generated = generatedColumns(generator, written.names);
    this.#calls.push({ generator, generated });
    return generated;
  }

  /** True once a generator was added. */
  get isUsed(): boolean {
    return this.#calls.length > 0;
  }

  /** The generators in the order of their items. */
  get calls(): readonly PlacedGenerator[] {
    return this.#calls;
  }

  /** The plan that also makes the generated rows, those of the first generator first, or `child` when there is none. */
  apply(child: LogicalPlan): LogicalPlan {
    return this.#calls.reduce<LogicalPlan>(
      (below, call) => ({ kind: 'generate', child: below, passed: outputOf(below), ...call }),
      child,
    );
  }
}

/** The call of a generator with these resolved arguments. */
export function generatorCall(
  name: string,
  args: readonly Expression[],
  context: ResolveContext,
  user?: UserFunction | SqlFunction,
): GeneratorCall {
  const definition = generatorOf(name, user);
  if (definition === undefined)
    throw new MillraceError('UNRESOLVED_ROUTINE', { routineName: `\`${name}\``, searchPath: '' });
  const children = args.map((arg) => withoutAlias(arg));
  const signature = definition.resolve(argumentsOf(children, context));
  const { isOuter } = definition;
  return {
    functionName: definition.name,
    arguments: castAll(children, signature.argumentTypes, context),
    signature,
    isOuter,
  };
}

/** The built-in generator of a name, or the user's. */
function generatorOf(name: string, user: UserFunction | SqlFunction | undefined): GeneratorFunction | undefined {
  return user === undefined ? findGenerator(name) : user.kind === 'table' ? userGenerator(user) : undefined;
}

/** The columns a generator makes, under its own names or those given. */
export function generatedColumns(generator: GeneratorCall, names: readonly string[] | undefined): Attribute[] {
  const { output } = generator.signature;
  if (names !== undefined && names.length !== output.length) {
    throw new MillraceError('UDTF_ALIAS_NUMBER_MISMATCH', {
      aliasesSize: String(output.length),
      aliasesNames: names.join(','),
    });
  }
  return output.map(({ name, dataType, nullable }, i) => ({
    kind: 'attribute',
    id: nextAttributeId(),
    name: names?.[i] ?? name,
    qualifier: [],
    dataType,
    nullable: nullable || generator.isOuter,
  }));
}

/** The error of a generator that does not stand at the top of an item of a select list. */
export function misplacedGenerator(text: string, isInSelect: boolean): MillraceError {
  return isInSelect
    ? new MillraceError('UNSUPPORTED_GENERATOR.NESTED_IN_EXPRESSIONS', { expression: `"${text}"` })
    : new MillraceError('UNSUPPORTED_GENERATOR.OUTSIDE_SELECT', { plan: text });
}

/** The error of several names for one column. */
export function severalNames(names: readonly string[], expression: Expression): MillraceError {
  return new MillraceError('MULTI_ALIAS_WITHOUT_GENERATOR', {
    names: names.join(', '),
    expr: `"${expressionSql(expression)}"`,
  });
}

/** The error of several generators beside aggregates. */
export function severalGenerators(calls: readonly GeneratorCall[]): MillraceError {
  const texts = calls.map(({ functionName, arguments: args }) =>
    callSql(
      functionName,
      args.map((argument) => expressionSql(argument)),
    ),
  );
  return new MillraceError('UNSUPPORTED_GENERATOR.MULTI_GENERATOR', {
    num: String(calls.length),
    generators: texts.map((text) => `"${text}"`).join(', '),
  });
}

/** True for an item of a select list that is a generator. */
export function isGenerator(item: UnresolvedExpression): boolean {
  return writtenGenerator(item) !== undefined;
}

function writtenGenerator(item: UnresolvedExpression): WrittenGenerator | undefined {
  if (item.kind === 'alias' || item.kind === 'multiAlias') {
    const inner = writtenGenerator(item.child);
    return inner && { ...inner, names: item.kind === 'alias' ? [item.name] : item.names };
  }
  if (item.kind !== 'unresolvedFunction') return undefined;
  const { functionName, definition } = item;
  if (generatorOf(functionName, definition) === undefined) return undefined;
  return { functionName, arguments: withoutNames(item), names: undefined, definition };
}

/** The arguments in the places of their parameters. */
function withoutNames({
  functionName,
  arguments: args,
}: UnresolvedExpression & { readonly kind: 'unresolvedFunction' }): readonly UnresolvedExpression[] {
  const hasNames = args.some(({ kind }) => kind === 'namedArgument');
  return hasNames ? positionalArguments(functionName.toLowerCase(), args) : args;
}
