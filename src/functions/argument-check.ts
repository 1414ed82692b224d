/** The errors of calls whose arguments do not fit, with the texts Spark puts into them. Used by `resolve` of the definitions. */
import type { DataType } from '../types/data-type.ts';
import type { Argument } from './define-function.ts';
import { MillraceError } from '../errors/millrace-error.ts';
import { sqlName } from '../types/data-type.ts';
import { callSql } from './call-sql.ts';

const ORDINALS = ['first', 'second', 'third', 'fourth', 'fifth', 'sixth', 'seventh', 'eighth', 'ninth', 'tenth'];

/** `"INT"`: a type as error messages write it. */
export function quotedType(type: DataType): string {
  return `"${sqlName(type)}"`;
}

/** `"upper(a)"`: the whole call as error messages write it. */
export function quotedCall(name: string, args: readonly Argument[]): string {
  return `"${callSql(
    name,
    args.map((arg) => arg.sql),
  )}"`;
}

/** Throws `WRONG_NUM_ARGS` unless the number of arguments is within `min … max`. */
export function checkArgumentCount(name: string, args: readonly Argument[], min: number, max: number): void {
  if (args.length >= min && args.length <= max) return;
  if (max === Infinity) throw wrongNumArguments(name, `> ${min - 1}`, args.length);
  const expected = Array.from({ length: max - min + 1 }, (_, i) => min + i);
  throw wrongNumArguments(name, expected.length > 1 ? `[${expected.join(', ')}]` : String(min), args.length);
}

/** The error of a call of `name`, maybe qualified, with a wrong number of arguments; `expected` is how Spark says what it takes, as `2` or `[2, 3]`. */
export function wrongNumArguments(name: string, expected: string, actual: number): MillraceError {
  return new MillraceError('WRONG_NUM_ARGS.WITHOUT_SUGGESTION', {
    functionName: `\`${name.replaceAll('.', '`.`')}\``,
    expectedNum: expected,
    actualNum: String(actual),
    docroot: 'https://spark.apache.org/docs/latest',
  });
}

/** The error of an argument of a wrong type; `required` is a type as quoted text, or several joined by `or`. */
export function unexpectedType(
  name: string,
  args: readonly Argument[],
  index: number,
  required: string,
): MillraceError<'DATATYPE_MISMATCH.UNEXPECTED_INPUT_TYPE'> {
  const arg = args[index];
  return new MillraceError('DATATYPE_MISMATCH.UNEXPECTED_INPUT_TYPE', {
    sqlExpr: quotedCall(name, args),
    paramIndex: ORDINALS[index] ?? `${index + 1}th`,
    requiredType: required,
    inputSql: `"${arg?.sql ?? ''}"`,
    inputType: arg === undefined ? '' : quotedType(arg.dataType),
  });
}

/** The error of an argument that must be a constant and is none; the type is quoted text. */
export function notConstant(
  name: string,
  args: readonly Argument[],
  index: number,
  expected: { readonly parameter: string; readonly type: string },
): MillraceError<'DATATYPE_MISMATCH.NON_FOLDABLE_INPUT'> {
  return new MillraceError('DATATYPE_MISMATCH.NON_FOLDABLE_INPUT', {
    sqlExpr: quotedCall(name, args),
    inputName: `\`${expected.parameter}\``,
    inputType: expected.type,
    inputExpr: `"${args[index]?.sql ?? ''}"`,
  });
}

/** The error of arguments that have no common type. */
export function differentTypes(
  name: string,
  args: readonly Argument[],
): MillraceError<'DATATYPE_MISMATCH.DATA_DIFF_TYPES'> {
  const types = args.map((arg) => quotedType(arg.dataType));
  return new MillraceError('DATATYPE_MISMATCH.DATA_DIFF_TYPES', {
    sqlExpr: quotedCall(name, args),
    functionName: `\`${name}\``,
    dataType: `[${types.join(', ')}]`,
  });
}

/** The error of an operator whose sides have types it does not take, or that do not go together. */
export function wrongOperandTypes(name: string, args: readonly Argument[], required: string): MillraceError {
  const [left = '', right = ''] = args.map((arg) => quotedType(arg.dataType));
  const sqlExpr = quotedCall(name, args);
  return left === right
    ? new MillraceError('DATATYPE_MISMATCH.BINARY_OP_WRONG_TYPE', {
        sqlExpr,
        inputType: required,
        actualDataType: left,
      })
    : new MillraceError('DATATYPE_MISMATCH.BINARY_OP_DIFF_TYPES', { sqlExpr, left, right });
}
