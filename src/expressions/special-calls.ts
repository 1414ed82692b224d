/**
 * Calls that become expression nodes instead of function calls, because they evaluate their parts only where needed (`and`, `if`,
 * `coalesce`…) or are short for other expressions (`nullif`, `between`).
 */
import type { Argument, ResolveContext } from '../functions/define-function.ts';
import type { DataType } from '../types/data-type.ts';
import type { Expression, Literal } from './expression.ts';
import { differentTypes, quotedType, unexpectedType } from '../functions/argument-check.ts';
import { findWiderTypeOf, implicitCast } from '../functions/type-rules.ts';
import { MillraceError } from '../errors/millrace-error.ts';
import { present } from '../errors/assert.ts';
import { charFunctionOf } from '../functions/number-format-functions.ts';
import { BOOLEAN, INTEGER, STRING, VOID } from '../types/data-type.ts';
import { argumentsOf, implicitCastTo, makeOperatorCall, writtenCall } from './scalar-call.ts';
import { expressionSql } from './sql-text.ts';

interface SpecialCall {
  readonly minArguments: number;
  readonly maxArguments: number;
  readonly make: (args: readonly Expression[], context: ResolveContext) => Expression;
}

/** The special calls by lower-case name. */
export const SPECIAL_CALLS: ReadonlyMap<string, SpecialCall> = new Map<string, SpecialCall>([
  ['and', { minArguments: 2, maxArguments: 2, make: (args, context) => logical('and', args, context) }],
  ['or', { minArguments: 2, maxArguments: 2, make: (args, context) => logical('or', args, context) }],
  ['when', { minArguments: 2, maxArguments: Infinity, make: caseWhen }],
  ['case', { minArguments: 2, maxArguments: Infinity, make: caseWhen }],
  ['if', { minArguments: 3, maxArguments: 3, make: ifElse }],
  [
    'coalesce',
    { minArguments: 1, maxArguments: Infinity, make: (args, context) => firstPresent('coalesce', args, context) },
  ],
  ['nvl', { minArguments: 2, maxArguments: 2, make: (args, context) => firstPresent('nvl', args, context) }],
  ['ifnull', { minArguments: 2, maxArguments: 2, make: (args, context) => firstPresent('ifnull', args, context) }],
  ['nvl2', { minArguments: 3, maxArguments: 3, make: nvl2 }],
  ['nullif', { minArguments: 2, maxArguments: 2, make: nullIf }],
  ['nullifzero', { minArguments: 1, maxArguments: 1, make: nullIfZero }],
  ['zeroifnull', { minArguments: 1, maxArguments: 1, make: zeroIfNull }],
  ['assert_true', { minArguments: 1, maxArguments: 2, make: assertTrue }],
  ['decode', { minArguments: 2, maxArguments: Infinity, make: decode }],
  ['to_char', { minArguments: 2, maxArguments: 2, make: (args, context) => toChar('to_char', args, context) }],
  ['to_varchar', { minArguments: 2, maxArguments: 2, make: (args, context) => toChar('to_varchar', args, context) }],
  ['between', { minArguments: 3, maxArguments: 3, make: between }],
]);

const ZERO: Literal = { kind: 'literal', value: 0, dataType: INTEGER, nullable: false };
const NULL: Literal = { kind: 'literal', value: null, dataType: VOID, nullable: true };

function logical(operator: 'and' | 'or', args: readonly Expression[], context: ResolveContext): Expression {
  const described = argumentsOf(args, context);
  const [left, right] = described.map((arg) => implicitCast(arg.dataType, BOOLEAN));
  if (left === undefined || right === undefined) throw notBoolean(operator, described);
  return {
    kind: 'logical',
    operator,
    left: implicitCastTo(present(args[0], 'left side'), BOOLEAN, context),
    right: implicitCastTo(present(args[1], 'right side'), BOOLEAN, context),
    dataType: BOOLEAN,
    nullable: args.some((arg) => arg.nullable),
  };
}

function notBoolean(operator: 'and' | 'or', args: readonly Argument[]): MillraceError {
  const [left, right] = args.map((arg) => quotedType(arg.dataType));
  const sqlExpr = `"(${args.map((arg) => arg.sql).join(` ${operator.toUpperCase()} `)})"`;
  if (left !== right)
    return new MillraceError('DATATYPE_MISMATCH.BINARY_OP_DIFF_TYPES', {
      sqlExpr,
      left: left ?? '',
      right: right ?? '',
    });
  return new MillraceError('DATATYPE_MISMATCH.BINARY_OP_WRONG_TYPE', {
    sqlExpr,
    inputType: '"BOOLEAN"',
    actualDataType: left ?? '',
  });
}

function caseWhen(args: readonly Expression[], context: ResolveContext): Expression {
  return caseOf('casewhen', args, context);
}

function ifElse(args: readonly Expression[], context: ResolveContext): Expression {
  return { ...caseOf('if', args, context), writtenAs: `(IF(${writtenCall('', args).slice(1, -1)}))` };
}

/** Conditions and values in turn, then the value for the remaining rows, if any. */
function caseOf(name: string, args: readonly Expression[], context: ResolveContext): Expression & { kind: 'case' } {
  const pairs = Math.floor(args.length / 2);
  const otherwise = args.length % 2 === 1 ? present(args.at(-1), 'the last argument') : NULL;
  const values = [...Array.from({ length: pairs }, (_, i) => present(args[i * 2 + 1], 'a value')), otherwise];
  for (let i = 0; i < pairs; i++)
    if (!['boolean', 'void'].includes(args[i * 2]?.dataType.kind ?? ''))
      throw unexpectedType(name, argumentsOf(args, context), i * 2, '"BOOLEAN"');
  const dataType = commonType(name, values, context, args);
  const branches = Array.from({ length: pairs }, (_, i) => {
    const condition = present(args[i * 2], 'a condition');
    return {
      condition: implicitCastTo(condition, BOOLEAN, context),
      value: implicitCastTo(present(values[i], 'a value'), dataType, context),
    };
  });
  return {
    kind: 'case',
    branches,
    otherwise: implicitCastTo(otherwise, dataType, context),
    dataType,
    nullable: values.some((value) => value.nullable),
  };
}

function commonType(
  name: string,
  values: readonly Expression[],
  context: ResolveContext,
  args: readonly Expression[] = values,
): DataType {
  const type = findWiderTypeOf(values.map((value) => value.dataType));
  if (type !== undefined) return type;
  const error = differentTypes(name, argumentsOf(values === args ? args : values, context));
  throw error;
}

function firstPresent(name: string, args: readonly Expression[], context: ResolveContext): Expression {
  const dataType = commonType(name, args, context);
  return {
    kind: 'coalesce',
    arguments: args.map((arg) => implicitCastTo(arg, dataType, context)),
    dataType,
    nullable: args.every((arg) => arg.nullable),
    writtenAs: writtenCall(name, args),
  };
}

function nvl2(args: readonly Expression[], context: ResolveContext): Expression {
  const [tested, ...values] = args;
  const condition = makeOperatorCall('isnotnull', [present(tested, 'the tested value')], context);
  return { ...caseOf('nvl2', [condition, ...values], context), writtenAs: writtenCall('nvl2', args) };
}

function nullIf(args: readonly Expression[], context: ResolveContext): Expression {
  const left = present(args[0], 'the left value');
  return {
    ...caseOf('nullif', [makeOperatorCall('=', args, context), NULL, left], context),
    writtenAs: writtenCall('nullif', args),
  };
}

function nullIfZero(args: readonly Expression[], context: ResolveContext): Expression {
  const value = present(args[0], 'the value');
  const isZero = makeOperatorCall('=', [value, ZERO], context);
  return { ...caseOf('nullifzero', [isZero, NULL, value], context), writtenAs: writtenCall('nullifzero', args) };
}

function zeroIfNull(args: readonly Expression[], context: ResolveContext): Expression {
  return {
    ...firstPresent('coalesce', [...args, ZERO], context),
    writtenAs: writtenCall('zeroifnull', args),
  } as Expression;
}

/** NULL where the condition is true, an error elsewhere. */
function assertTrue(args: readonly Expression[], context: ResolveContext): Expression {
  const condition = present(args[0], 'a condition');
  const text = `'${expressionSql(condition, context.timeZone)}' is not true!`;
  const message = args[1] ?? ({ kind: 'literal', value: text, dataType: STRING, nullable: false } as const);
  const failure = makeOperatorCall('raise_error', [message], context);
  return {
    ...caseOf('assert_true', [condition, NULL, failure], context),
    writtenAs: writtenCall('assert_true', [condition, message]),
  };
}

/** With two arguments a text of bytes; with more the value beside the first equal one, where NULL equals NULL. */
function decode(args: readonly Expression[], context: ResolveContext): Expression {
  if (args.length === 2) return makeOperatorCall('decode', args, context);
  const [value, ...others] = args;
  const tested = present(value, 'a value');
  const parts = others.map((other, i) =>
    i % 2 === 0 && i + 1 < others.length ? makeOperatorCall('<=>', [tested, other], context) : other,
  );
  return { ...caseOf('decode', parts, context), writtenAs: writtenCall('decode', args) };
}

/** to_char of a time or of bytes is the function that makes text of it. */
function toChar(name: string, args: readonly Expression[], context: ResolveContext): Expression {
  const [value, format] = argumentsOf(args, context);
  const other = charFunctionOf(present(value, 'a value').dataType, format?.literal);
  if (other === undefined) return makeOperatorCall('to_char', args, context);
  const made = makeOperatorCall(other, other === 'hex' || other === 'base64' ? args.slice(0, 1) : args, context);
  return name === 'to_varchar' && other !== 'date_format' ? { ...made, functionName: name } : made;
}

function between(args: readonly Expression[], context: ResolveContext): Expression {
  const [value, low, high] = args;
  const tested = present(value, 'the value');
  const both = logical(
    'and',
    [
      makeOperatorCall('>=', [tested, present(low, 'the lower bound')], context),
      makeOperatorCall('<=', [tested, present(high, 'the upper bound')], context),
    ],
    context,
  );
  return { ...both, writtenAs: writtenCall('between', args) } as Expression;
}
