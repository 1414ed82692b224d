/**
 * Calls that take a function of SQL, as `transform(a, x -> x + 1)`: what they take, and what they compute. A lambda's body is an ordinary
 * expression over the columns of the row and its parameters, so it is compiled once and computed for the elements of all rows of a batch
 * together.
 */
import type { ResolveContext } from '../functions/define-function.ts';
import type { DataType } from '../types/data-type.ts';
import type { Attribute, Expression, HigherOrderCall, Lambda } from './expression.ts';
import { present } from '../errors/assert.ts';
import { MillraceError } from '../errors/millrace-error.ts';
import { quotedCall, quotedType, unexpectedType, wrongNumArguments } from '../functions/argument-check.ts';
import { findWiderType } from '../functions/type-rules.ts';
import { BOOLEAN, INTEGER, VOID, array, map, sameType, sqlName } from '../types/data-type.ts';
import { nextAttributeId, withoutAlias } from './expression.ts';
import { argumentsOf, implicitCastTo } from './scalar-call.ts';

/** The types of the values a lambda gets; it may name fewer of those after `numRequired`. */
interface LambdaTypes {
  readonly types: readonly { readonly dataType: DataType; readonly nullable: boolean }[];
  readonly numRequired: number;
}

interface HigherOrderFunction {
  /** How many arguments come before the lambdas. */
  readonly numArguments: number;
  /** The fewest and most lambdas. */
  readonly numLambdas: readonly [number, number];
  readonly lambdaTypes: (args: readonly Expression[]) => readonly LambdaTypes[];
  readonly resultType: (args: readonly Expression[], bodies: readonly Expression[]) => DataType;
  /** What the body of each lambda must give; undefined: anything. */
  readonly bodyTypes?: (args: readonly Expression[]) => readonly (DataType | undefined)[];
}

const NOT_NULL = false;

function elementOf(expression: Expression | undefined): LambdaTypes['types'][number] {
  const type = expression?.dataType;
  return type?.kind === 'array'
    ? { dataType: type.elementType, nullable: type.containsNull }
    : { dataType: VOID, nullable: true };
}

function keyOf(expression: Expression | undefined): LambdaTypes['types'][number] {
  const type = expression?.dataType;
  return { dataType: type?.kind === 'map' ? type.keyType : VOID, nullable: NOT_NULL };
}

function valueOf(expression: Expression | undefined, nullable = false): LambdaTypes['types'][number] {
  const type = expression?.dataType;
  return type?.kind === 'map'
    ? { dataType: type.valueType, nullable: nullable || type.valueContainsNull }
    : { dataType: VOID, nullable: true };
}

const INDEX = { dataType: INTEGER, nullable: NOT_NULL };
const WITH_INDEX = (args: readonly Expression[]): LambdaTypes[] => [
  { types: [elementOf(args[0]), INDEX], numRequired: 1 },
];
const ENTRY = (args: readonly Expression[]): LambdaTypes[] => [
  { types: [keyOf(args[0]), valueOf(args[0])], numRequired: 2 },
];

function test(
  lambdaTypes: HigherOrderFunction['lambdaTypes'],
  resultType: HigherOrderFunction['resultType'],
): HigherOrderFunction {
  return { numArguments: 1, numLambdas: [1, 1], lambdaTypes, resultType, bodyTypes: () => [BOOLEAN] };
}

const ELEMENT = (args: readonly Expression[]): LambdaTypes[] => [{ types: [elementOf(args[0])], numRequired: 1 }];
const SAME = ([first]: readonly Expression[]): DataType => first?.dataType ?? VOID;

/** An aggregation: the start value decides the type of what is carried along. */
const FOLD: HigherOrderFunction = {
  numArguments: 2,
  numLambdas: [1, 2],
  lambdaTypes: (args) => {
    const carried = { dataType: args[1]?.dataType ?? VOID, nullable: true };
    return [
      { types: [carried, elementOf(args[0])], numRequired: 2 },
      { types: [carried], numRequired: 1 },
    ];
  },
  resultType: (args, bodies) => bodies[1]?.dataType ?? args[1]?.dataType ?? VOID,
  bodyTypes: (args) => [args[1]?.dataType, undefined],
};

/** The functions by lower-case name. */
export const HIGHER_ORDER: ReadonlyMap<string, HigherOrderFunction> = new Map<string, HigherOrderFunction>([
  [
    'transform',
    {
      numArguments: 1,
      numLambdas: [1, 1],
      lambdaTypes: WITH_INDEX,
      resultType: (_args, [body]) => array(body?.dataType ?? VOID, body?.nullable),
    },
  ],
  ['filter', test(WITH_INDEX, SAME)],
  ['exists', test(ELEMENT, () => BOOLEAN)],
  ['forall', test(ELEMENT, () => BOOLEAN)],
  ['aggregate', FOLD],
  ['reduce', FOLD],
  [
    'zip_with',
    {
      numArguments: 2,
      numLambdas: [1, 1],
      lambdaTypes: (args) => [{ types: args.map((arg) => ({ ...elementOf(arg), nullable: true })), numRequired: 2 }],
      resultType: (_args, [body]) => array(body?.dataType ?? VOID, body?.nullable),
    },
  ],
  [
    'array_sort',
    {
      numArguments: 1,
      numLambdas: [1, 1],
      lambdaTypes: (args) => [{ types: [elementOf(args[0]), elementOf(args[0])], numRequired: 2 }],
      resultType: SAME,
      bodyTypes: () => [INTEGER],
    },
  ],
  ['map_filter', test(ENTRY, SAME)],
  [
    'transform_keys',
    {
      numArguments: 1,
      numLambdas: [1, 1],
      lambdaTypes: ENTRY,
      resultType: ([first], [body]) => map(body?.dataType ?? VOID, valueOf(first).dataType, valueOf(first).nullable),
    },
  ],
  [
    'transform_values',
    {
      numArguments: 1,
      numLambdas: [1, 1],
      lambdaTypes: ENTRY,
      resultType: ([first], [body]) => map(keyOf(first).dataType, body?.dataType ?? VOID, body?.nullable),
    },
  ],
  [
    'map_zip_with',
    {
      numArguments: 2,
      numLambdas: [1, 1],
      lambdaTypes: ([left, right]) => {
        const key = findWiderType(keyOf(left).dataType, keyOf(right).dataType) ?? VOID;
        const types = [{ dataType: key, nullable: NOT_NULL }, valueOf(left, true), valueOf(right, true)];
        return [{ types, numRequired: 3 }];
      },
      resultType: ([left], [body]) => map(keyOf(left).dataType, body?.dataType ?? VOID, body?.nullable),
    },
  ],
]);

const MAP_FUNCTIONS = new Set(['map_filter', 'transform_keys', 'transform_values', 'map_zip_with']);
const ARRAYS_FIRST: Readonly<Record<string, number>> = { zip_with: 2 };

/** A lambda as written: the names of its parameters, and its body once they have types. A value that stands for a lambda names none. */
export interface WrittenLambda {
  readonly parameterNames: readonly string[] | 'none';
  readonly resolve: (parameters: readonly Attribute[], names: readonly string[]) => Expression;
}

/** The call of a higher-order function; checks the types of arguments and lambdas as Spark does. */
export function makeHigherOrderCall(
  name: string,
  given: readonly Expression[],
  written: readonly WrittenLambda[],
  context: ResolveContext,
): HigherOrderCall {
  const definition = present(HIGHER_ORDER.get(name), 'a higher-order function');
  checkCollections(name, given, context);
  const args = name === 'map_zip_with' ? withOneKeyType(given, context) : given;
  const lambdaTypes = definition.lambdaTypes(args);
  if (written.length > lambdaTypes.length)
    throw wrongNumArguments(name, String(definition.numArguments + lambdaTypes.length), args.length + written.length);
  const required = definition.bodyTypes?.(args) ?? [];
  const lambdas = written.map((lambda, i) => {
    const made = lambdaOf(present(lambdaTypes[i], 'the types of a lambda'), lambda);
    const type = required[i];
    if (type === undefined || sameType(made.body.dataType, type)) return made;
    if (name === 'array_sort')
      throw new MillraceError('DATATYPE_MISMATCH.UNEXPECTED_RETURN_TYPE', {
        sqlExpr: quotedCall(name, argumentsOf(args, context)),
        functionName: '`lambdafunction`',
        expectedType: '"INT"',
        actualType: quotedType(made.body.dataType),
      });
    if (made.body.dataType.kind !== 'void' && !sameShape(made.body.dataType, type))
      throw unexpectedType(name, argumentsOf([...args, made.body], context), args.length, `"${sqlName(type)}"`);
    return { ...made, body: implicitCastTo(made.body, type, context) };
  });
  const bodies = lambdas.map(({ body }) => body);
  return {
    kind: 'higherOrder',
    functionName: name,
    arguments: args,
    lambdas,
    dataType: definition.resultType(args, bodies),
    nullable: args.some((arg) => arg.nullable) || bodies.some((body) => body.nullable),
  };
}

/** Maps whose keys have one type. */
function withOneKeyType(maps: readonly Expression[], context: ResolveContext): readonly Expression[] {
  const key = maps.map((one) => keyOf(one).dataType).reduce((left, right) => findWiderType(left, right) ?? VOID);
  if (key.kind === 'void') return maps;
  return maps.map((one) => {
    const { dataType, nullable } = valueOf(one);
    return implicitCastTo(one, map(key, dataType, nullable), context);
  });
}

/** The same type but for the names of fields. */
function sameShape(left: DataType, right: DataType): boolean {
  if (left.kind === 'array' && right.kind === 'array') return sameShape(left.elementType, right.elementType);
  if (left.kind === 'map' && right.kind === 'map')
    return sameShape(left.keyType, right.keyType) && sameShape(left.valueType, right.valueType);
  if (left.kind !== 'struct' || right.kind !== 'struct') return sameType(left, right);
  return (
    left.fields.length === right.fields.length &&
    left.fields.every(({ dataType }, i) => sameShape(dataType, right.fields[i]?.dataType ?? VOID))
  );
}

/** True for a call in which a value stands where a lambda is expected; it is the lambda's result whatever it gets. */
export function isHigherOrderOfValues(name: string, numArguments: number): boolean {
  const definition = HIGHER_ORDER.get(name);
  if (definition === undefined) return false;
  const [fewest, most] = definition.numLambdas;
  const numLambdas = numArguments - definition.numArguments;
  return numLambdas >= fewest && numLambdas <= most;
}

/** How many arguments of a higher-order function come before its lambdas. */
export function numPlainArguments(name: string): number {
  return HIGHER_ORDER.get(name)?.numArguments ?? 0;
}

function checkCollections(name: string, args: readonly Expression[], context: ResolveContext): void {
  const kind = MAP_FUNCTIONS.has(name) ? 'map' : 'array';
  const numCollections = name === 'map_zip_with' ? 2 : (ARRAYS_FIRST[name] ?? 1);
  for (let i = 0; i < numCollections; i++)
    if (args[i]?.dataType.kind !== kind)
      throw unexpectedType(name, argumentsOf(args, context), i, `"${kind.toUpperCase()}"`);
}

function lambdaOf({ types, numRequired }: LambdaTypes, { parameterNames, resolve }: WrittenLambda): Lambda {
  if (parameterNames === 'none') {
    const hidden = types.map((type, i) => parameterOf(type, `col${i + 1}`));
    return { parameters: hidden, body: withoutAlias(resolve(hidden, [])) };
  }
  if (parameterNames.length > types.length || parameterNames.length < numRequired)
    throw new MillraceError('INVALID_LAMBDA_FUNCTION_CALL.NUM_ARGS_MISMATCH', {
      expectedNumArgs: String(parameterNames.length),
      actualNumArgs: String(numRequired),
    });
  const seen = new Set(parameterNames.map((name) => name.toLowerCase()));
  if (seen.size < parameterNames.length)
    throw new MillraceError('INVALID_LAMBDA_FUNCTION_CALL.DUPLICATE_ARG_NAMES', {
      args: parameterNames.map((name) => `\`${name}\``).join(', '),
      caseSensitiveConfig: '"spark.sql.caseSensitive"',
    });
  const parameters = parameterNames.map((name, i) => parameterOf(present(types[i], 'the type of a parameter'), name));
  return { parameters, body: withoutAlias(resolve(parameters, parameterNames)) };
}

function parameterOf({ dataType, nullable }: LambdaTypes['types'][number], name: string): Attribute {
  return { kind: 'attribute', id: nextAttributeId(), name, qualifier: [], dataType, nullable, isParameter: true };
}
