/** The operand and result types of the arithmetic operators, as Spark's ANSI coercion finds them. */
import type { DataType, DecimalType } from '../types/data-type.ts';
import type { Argument, ResolveContext } from './define-function.ts';
import { MillraceError } from '../errors/millrace-error.ts';
import { present } from '../errors/assert.ts';
import { DOUBLE, LONG, isFractional, isIntegral, isNumeric } from '../types/data-type.ts';
import { checkArgumentCount, quotedCall, quotedType } from './argument-check.ts';
import { decimalOf, decimalOfLiteral, decimalResult, exactDecimalResult, findWiderType } from './type-rules.ts';

export type ArithmeticOperator = '+' | '-' | '*' | '/' | '%' | 'div' | 'pmod';

/** Types of `left <operator> right`. */
export interface ArithmeticTypes {
  readonly left: DataType;
  readonly right: DataType;
  readonly result: DataType;
}

/** Finds the types; throws DATATYPE_MISMATCH when the operands do not go together. */
export function arithmeticTypes(
  name: string,
  operator: ArithmeticOperator,
  args: readonly Argument[],
  { ansi, keepsScale }: ResolveContext,
): ArithmeticTypes {
  checkArgumentCount(name, args, 2, 2);
  const first = present(args[0], 'two arguments');
  const second = present(args[1], 'two arguments');
  const left = operandType(first.dataType, second.dataType, ansi);
  const right = operandType(second.dataType, first.dataType, ansi);
  const decimals = decimalOperands([first, left], [second, right]);
  if (decimals !== undefined && !isBinaryFraction(left) && !isBinaryFraction(right)) {
    const [a, b] = decimals;
    if (operator === 'div') return { left: a, right: b, result: LONG };
    const resultOf = keepsScale === true ? exactDecimalResult : decimalResult;
    return { left: a, right: b, result: resultOf(operator === 'pmod' ? '%' : operator, a, b) };
  }
  if (!isNumeric(left) || !isNumeric(right)) throw wrongOperands(name, operator, args, left, right);
  if (operator === '/') return { left: DOUBLE, right: DOUBLE, result: DOUBLE };
  if (operator === 'div') {
    if (!isIntegral(left) || !isIntegral(right)) throw wrongOperands(name, operator, args, left, right);
    return { left: LONG, right: LONG, result: LONG };
  }
  const wider = present(findWiderType(left, right), 'two numeric types have a wider one');
  return { left: wider, right: wider, result: wider };
}

/** A NULL takes the other's type, a text the widest number of the other's kind. */
function operandType(type: DataType, other: DataType, ansi: boolean): DataType {
  if (type.kind === 'void') return isNumeric(other) ? other : DOUBLE;
  if (type.kind !== 'string') return type;
  if (!ansi) return DOUBLE;
  return findWiderType(type, other) ?? type;
}

function isBinaryFraction(type: DataType): boolean {
  return isFractional(type) && type.kind !== 'decimal';
}

/** An operand and the type it counts as. */
type Operand = readonly [Argument, DataType];

function decimalOperands(first: Operand, second: Operand): readonly [DecimalType, DecimalType] | undefined {
  if (first[1].kind !== 'decimal' && second[1].kind !== 'decimal') return undefined;
  const a = decimalOperand(first);
  const b = decimalOperand(second);
  return a === undefined || b === undefined ? undefined : [a, b];
}

/** A whole-number literal counts with the digits it has. */
function decimalOperand([operand, type]: Operand): DecimalType | undefined {
  if (!isIntegral(type)) return decimalOf(type);
  const literal = operand.isLiteral === true ? operand.literal : undefined;
  return typeof literal === 'number' || typeof literal === 'bigint' ? decimalOfLiteral(literal) : decimalOf(type);
}

function wrongOperands(
  name: string,
  operator: ArithmeticOperator,
  args: readonly Argument[],
  left: DataType,
  right: DataType,
): MillraceError {
  const sqlExpr = quotedCall(name, args);
  if (operator === 'div' && (isIntegral(left) || isIntegral(right)))
    return wrongDivision(sqlExpr, isIntegral(left) ? LONG : left, isIntegral(right) ? LONG : right);
  if (left.kind !== right.kind && !(isNumeric(left) && isNumeric(right))) {
    return new MillraceError('DATATYPE_MISMATCH.BINARY_OP_DIFF_TYPES', {
      sqlExpr,
      left: quotedType(left),
      right: quotedType(right),
    });
  }
  return new MillraceError('DATATYPE_MISMATCH.BINARY_OP_WRONG_TYPE', {
    sqlExpr,
    inputType:
      operator === 'div'
        ? '("BIGINT" or "DECIMAL" or "INTERVAL YEAR TO MONTH" or "INTERVAL DAY TO SECOND")'
        : operator === '+' || operator === '-'
          ? '("NUMERIC" or "INTERVAL DAY TO SECOND" or "INTERVAL YEAR TO MONTH" or "INTERVAL")'
          : operator === '/'
            ? '("DOUBLE" or "DECIMAL")'
            : '"NUMERIC"',
    actualDataType: quotedType(left),
  });
}

/** `div` has its whole numbers cast to BIGINT before the check. */
function wrongDivision(sqlExpr: string, left: DataType, right: DataType): MillraceError {
  return new MillraceError('DATATYPE_MISMATCH.BINARY_OP_DIFF_TYPES', {
    sqlExpr,
    left: quotedType(left),
    right: quotedType(right),
  });
}
