/** The arithmetic operators and their `try_` forms. `+`, `-`, `*` and `/` run on columns; decimals and the rest row by row. */
import type { DataType, DecimalType } from '../types/data-type.ts';
import type { Value, Vector } from '../types/vector.ts';
import type { ArithmeticOperator, ArithmeticTypes } from './arithmetic-types.ts';
import type { OverflowMode } from './arithmetic-kernels.ts';
import type { FunctionDoc, ScalarEvaluator, ScalarFunction } from './define-function.ts';
import { present } from '../errors/assert.ts';
import { DOUBLE } from '../types/data-type.ts';
import { divideHalfUp, fitsPrecision, powerOfTen, rescale } from '../types/decimal.ts';
import { arithmeticOverflow, decimalOverflow, divideByZero, remainderByZero } from './arithmetic-errors.ts';
import { arithmeticColumns } from './arithmetic-kernels.ts';
import { arithmeticTypes } from './arithmetic-types.ts';
import { jointValidity, ownValidity } from './column-nulls.ts';
import { defineScalar } from './define-function.ts';

function arithmetic(
  name: string,
  operator: ArithmeticOperator,
  doc: FunctionDoc,
  aliases: readonly string[] = [],
): ScalarFunction {
  const isTry = name.startsWith('try_');
  return defineScalar({
    name,
    aliases,
    doc,
    resolve: (args, context) => {
      const { ansi } = context;
      const types = arithmeticTypes(name, operator, args, context);
      const mode: OverflowMode = isTry ? 'null' : ansi ? 'error' : 'wrap';
      const mayBeNull =
        isTry ||
        args.some((arg) => arg.nullable) ||
        (!ansi && (operator === '/' || operator === '%' || operator === 'div' || operator === 'pmod'));
      return {
        argumentTypes: [types.left, types.right],
        returnType: types.result,
        nullable: mayBeNull || (types.result.kind === 'decimal' && !ansi),
        evaluator: evaluatorOf(operator, types, mode),
      };
    },
  });
}

export const ARITHMETIC: readonly ScalarFunction[] = [
  arithmetic('+', '+', { usage: 'The sum of two numbers.', example: '1 + 2', result: '3' }),
  arithmetic('-', '-', { usage: 'The difference of two numbers.', example: '2 - 1', result: '1' }),
  arithmetic('*', '*', { usage: 'The product of two numbers.', example: '2 * 3', result: '6' }),
  arithmetic('/', '/', {
    usage: 'The quotient of two numbers, never rounded to a whole one.',
    example: '3 / 2',
    result: '1.5',
  }),
  arithmetic(
    '%',
    '%',
    { usage: 'The remainder of a division, with the sign of the dividend.', example: '7 % 3', result: '1' },
    ['mod'],
  ),
  arithmetic('div', 'div', {
    usage: 'The quotient of two numbers without its fraction.',
    example: '7 div 2',
    result: '3',
  }),
  arithmetic('pmod', 'pmod', {
    usage: 'The remainder of a division, never negative for a positive divisor.',
    example: 'pmod(-7, 3)',
    result: '2',
  }),
  arithmetic('try_add', '+', {
    usage: 'The sum of two numbers, NULL on overflow.',
    example: 'try_add(1, 2)',
    result: '3',
  }),
  arithmetic('try_subtract', '-', {
    usage: 'The difference of two numbers, NULL on overflow.',
    example: 'try_subtract(2, 1)',
    result: '1',
  }),
  arithmetic('try_multiply', '*', {
    usage: 'The product of two numbers, NULL on overflow.',
    example: 'try_multiply(2, 3)',
    result: '6',
  }),
  arithmetic('try_divide', '/', {
    usage: 'The quotient of two numbers, NULL for a divisor of 0.',
    example: 'try_divide(3, 2)',
    result: '1.5',
  }),
  arithmetic('try_mod', '%', {
    usage: 'The remainder of a division, NULL for a divisor of 0.',
    example: 'try_mod(7, 3)',
    result: '1',
  }),
];

function evaluatorOf(operator: ArithmeticOperator, types: ArithmeticTypes, mode: OverflowMode): ScalarEvaluator {
  const { left, right, result } = types;
  if (left.kind === 'decimal' && right.kind === 'decimal') return decimalEvaluator(operator, left, right, result, mode);
  if (operator === '+' || operator === '-' || operator === '*') {
    return {
      kind: 'columns',
      apply: (columns, numRows) => {
        const [a, b] = columns;
        const sum = a && b && arithmeticColumns(operator, a, b, numRows, mode);
        return present(sum, 'numbers are kept as ints, longs or doubles');
      },
    };
  }
  if (operator === '/')
    return {
      kind: 'columns',
      apply: ([a, b], numRows) => divideColumns(present(a, 'left'), present(b, 'right'), numRows, mode),
    };
  return {
    kind: 'row',
    nulls: 'propagate',
    apply: ([a, b]) => remainderOf(operator, result, a as number | bigint, b as number | bigint, mode),
  };
}

function divideColumns(left: Vector, right: Vector, numRows: number, mode: OverflowMode): Vector {
  const values = new Float64Array(numRows);
  let validity = jointValidity(left, right, numRows);
  if (left.layout !== 'double' || right.layout !== 'double')
    return { layout: 'double', type: DOUBLE, length: numRows, values, validity };
  const a = left.values;
  const b = right.values;
  let hasZero = false;
  for (let i = 0; i < numRows; i++) {
    const divisor = b[i] as number;
    values[i] = (a[i] as number) / divisor;
    hasZero ||= divisor === 0;
  }
  if (hasZero) {
    const nulls = ownValidity(validity, numRows);
    for (let i = 0; i < numRows; i++) {
      if (b[i] !== 0) continue;
      if (nulls[i] === 1 && mode === 'error') throw divideByZero();
      nulls[i] = 0;
      values[i] = 0;
    }
    validity = nulls;
  }
  return { layout: 'double', type: DOUBLE, length: numRows, values, validity };
}

/** `div`, `%` and `pmod` of two numbers of one type. */
function remainderOf(
  operator: ArithmeticOperator,
  type: DataType,
  a: number | bigint,
  b: number | bigint,
  mode: OverflowMode,
): Value | null {
  if (b === 0 || b === 0n) {
    if (mode !== 'error') return null;
    throw operator === 'div' ? divideByZero() : remainderByZero();
  }
  if (typeof a === 'bigint' && typeof b === 'bigint') {
    if (operator === 'div') return longQuotient(a, b, mode);
    const rest = a % b;
    return operator === 'pmod' && rest < 0n ? (rest + b) % b : rest;
  }
  const rest = Number(a) % Number(b);
  const positive = operator === 'pmod' && rest < 0 ? (rest + Number(b)) % Number(b) : rest;
  if (type.kind === 'float') return Math.fround(positive);
  // Whole numbers have no negative zero.
  return type.kind === 'double' ? positive : positive + 0;
}

function longQuotient(a: bigint, b: bigint, mode: OverflowMode): Value | null {
  const quotient = a / b;
  if (quotient === BigInt.asIntN(64, quotient)) return quotient;
  if (mode === 'error') throw arithmeticOverflow('Overflow in integral divide', 'try_divide');
  return mode === 'null' ? null : BigInt.asIntN(64, quotient);
}

function decimalEvaluator(
  operator: ArithmeticOperator,
  left: DecimalType,
  right: DecimalType,
  result: DataType,
  mode: OverflowMode,
): ScalarEvaluator {
  return {
    kind: 'row',
    nulls: 'propagate',
    apply: ([first, second]) => {
      const a = first as bigint;
      const b = second as bigint;
      const isDivision = operator !== '+' && operator !== '-' && operator !== '*';
      if (isDivision && b === 0n) {
        if (mode !== 'error') return null;
        throw operator === '%' || operator === 'pmod' ? remainderByZero() : divideByZero();
      }
      const scale = Math.max(left.scale, right.scale);
      const x = rescale(a, left.scale, scale);
      const y = rescale(b, right.scale, scale);
      if (operator === 'div' || result.kind !== 'decimal') return longQuotient(x, y, mode);
      switch (operator) {
        case '+':
          return fitted(x + y, scale, result, mode);
        case '-':
          return fitted(x - y, scale, result, mode);
        case '*':
          return fitted(a * b, left.scale + right.scale, result, mode);
        case '/':
          return fitted(divideHalfUp(x * powerOfTen(result.scale), y), result.scale, result, mode);
        case '%':
          return fitted(x % y, scale, result, mode);
        case 'pmod':
          return fitted(x % y < 0n ? ((x % y) + y) % y : x % y, scale, result, mode);
      }
    },
  };
}

function fitted(unscaled: bigint, scale: number, target: DecimalType, mode: OverflowMode): Value | null {
  const value = rescale(unscaled, scale, target.scale);
  if (fitsPrecision(value, target.precision)) return value;
  if (mode === 'error') throw decimalOverflow(unscaled, scale, target);
  return null;
}
