/** Comparison operators, null tests and `in`. */
import type { DataType } from '../types/data-type.ts';
import type { Value, Vector } from '../types/vector.ts';
import type { ComparisonOperator } from './comparison-kernels.ts';
import type { Argument, FunctionDoc, ScalarFunction } from './define-function.ts';
import { MillraceError } from '../errors/millrace-error.ts';
import { present } from '../errors/assert.ts';
import { compareValues } from '../types/compare.ts';
import { BOOLEAN, INTEGER, isIntegral } from '../types/data-type.ts';
import { isNullAt } from '../types/vector.ts';
import { checkArgumentCount, differentTypes, quotedCall, quotedType } from './argument-check.ts';
import { compareColumns } from './comparison-kernels.ts';
import { defineScalar } from './define-function.ts';
import { boolean, double } from './parameters.ts';
import { rowFunction } from './row-function.ts';
import { decimalOfLiteral, findWiderType, findWiderTypeOf, isOrderable } from './type-rules.ts';

/** The type both sides are compared as. */
function comparedType(name: string, args: readonly Argument[]): DataType {
  checkArgumentCount(name, args, 2, 2);
  const [left, right] = args;
  const type = findWiderType(literalType(left, right), literalType(right, left));
  if (type === undefined) {
    throw new MillraceError('DATATYPE_MISMATCH.BINARY_OP_DIFF_TYPES', {
      sqlExpr: quotedCall(name, args),
      left: quotedType(present(left, 'left side').dataType),
      right: quotedType(present(right, 'right side').dataType),
    });
  }
  if (!isOrderable(type)) {
    throw new MillraceError('DATATYPE_MISMATCH.INVALID_ORDERING_TYPE', {
      sqlExpr: quotedCall(name, args),
      functionName: `\`${name}\``,
      dataType: quotedType(type),
    });
  }
  // A column of NULL has no values to compare; any type does.
  return type.kind === 'void' ? INTEGER : type;
}

/** Beside a decimal, a whole-number literal counts with the digits it has. */
function literalType(arg: Argument | undefined, other: Argument | undefined): DataType {
  const { dataType, literal, isLiteral } = present(arg, 'two sides');
  const isNumber = isLiteral === true && (typeof literal === 'number' || typeof literal === 'bigint');
  return other?.dataType.kind === 'decimal' && isIntegral(dataType) && isNumber ? decimalOfLiteral(literal) : dataType;
}

function comparison(name: ComparisonOperator, doc: FunctionDoc, aliases: readonly string[] = []): ScalarFunction {
  return defineScalar({
    name,
    aliases,
    doc,
    resolve: (args) => {
      const type = comparedType(name, args);
      return {
        argumentTypes: [type, type],
        returnType: BOOLEAN,
        nullable: args.some((arg) => arg.nullable),
        evaluator: {
          kind: 'columns',
          apply: ([left, right], numRows) =>
            compareColumns(name, present(left, 'left'), present(right, 'right'), numRows),
        },
      };
    },
  });
}

function nullTest(name: string, whenNull: 0 | 1, doc: FunctionDoc): ScalarFunction {
  return defineScalar({
    name,
    doc,
    resolve: (args) => {
      checkArgumentCount(name, args, 1, 1);
      return {
        argumentTypes: args.map((arg) => arg.dataType),
        returnType: BOOLEAN,
        nullable: false,
        evaluator: {
          kind: 'columns',
          apply: ([column], numRows) => testNulls(present(column, 'argument'), numRows, whenNull),
        },
      };
    },
  });
}

function testNulls({ validity }: Vector, numRows: number, whenNull: 0 | 1): Vector {
  const values = new Uint8Array(numRows);
  if (validity === undefined) values.fill(1 - whenNull);
  else for (let i = 0; i < numRows; i++) values[i] = validity[i] === 0 ? whenNull : 1 - whenNull;
  return { layout: 'boolean', type: BOOLEAN, length: numRows, values, validity: undefined };
}

const nullSafeEqual = defineScalar({
  name: '<=>',
  aliases: ['equal_null'],
  doc: { usage: 'True when both sides are equal or both are NULL.', example: 'NULL <=> NULL', result: 'true' },
  resolve: (args) => {
    const type = comparedType('<=>', args);
    return {
      argumentTypes: [type, type],
      returnType: BOOLEAN,
      nullable: false,
      evaluator: {
        kind: 'columns',
        apply: ([first, second], numRows) => {
          const left = present(first, 'left');
          const right = present(second, 'right');
          const equal = compareColumns('=', left, right, numRows);
          if (equal.validity === undefined || equal.layout !== 'boolean') return equal;
          const values = equal.values.slice();
          for (let i = 0; i < numRows; i++)
            if (equal.validity[i] === 0) values[i] = isNullAt(left, i) && isNullAt(right, i) ? 1 : 0;
          return { ...equal, values, validity: undefined };
        },
      },
    };
  },
});

const inList = defineScalar({
  name: 'in',
  doc: { usage: 'True when the first value equals one of the others.', example: '1 IN (1, 2)', result: 'true' },
  resolve: (args) => {
    checkArgumentCount('in', args, 2, Infinity);
    const type = findWiderTypeOf(args.map((arg) => arg.dataType));
    if (type === undefined) throw differentTypes('in', args);
    return {
      argumentTypes: args.map(() => type),
      returnType: BOOLEAN,
      nullable: args.some((arg) => arg.nullable),
      evaluator: { kind: 'row', nulls: 'pass', apply: (values) => isAmong(type, values) },
    };
  },
});

function isAmong(type: DataType, [value = null, ...candidates]: readonly (Value | null)[]): boolean | null {
  if (value === null) return null;
  if (candidates.some((candidate) => candidate !== null && compareValues(type, value, candidate) === 0)) return true;
  return candidates.includes(null) ? null : false;
}

export const COMPARISON: readonly ScalarFunction[] = [
  comparison('=', { usage: 'True when both sides are equal.', example: '2 = 2', result: 'true' }, ['==']),
  comparison('!=', { usage: 'True when the sides are not equal.', example: '1 != 2', result: 'true' }, ['<>']),
  comparison('<', { usage: 'True when the left side is less.', example: '1 < 2', result: 'true' }),
  comparison('<=', { usage: 'True when the left side is less or equal.', example: '2 <= 2', result: 'true' }),
  comparison('>', { usage: 'True when the left side is greater.', example: '2 > 1', result: 'true' }),
  comparison('>=', { usage: 'True when the left side is greater or equal.', example: '2 >= 1', result: 'true' }),
  nullSafeEqual,
  inList,
  nullTest('isnull', 1, { usage: 'True for NULL.', example: 'isnull(1)', result: 'false' }),
  nullTest('isnotnull', 0, { usage: 'True for everything but NULL.', example: 'isnotnull(1)', result: 'true' }),
  rowFunction({
    name: 'isnan',
    doc: { usage: 'True for NaN.', example: "isnan(double('NaN'))", result: 'true' },
    parameters: [{ ...double, required: '("DOUBLE" or "FLOAT")' }],
    returns: BOOLEAN,
    result: 'neverNull',
    nulls: 'pass',
    apply: ([value]) => Number.isNaN(value),
  }),
  rowFunction({
    name: 'not',
    aliases: ['!'],
    doc: { usage: 'The opposite of a boolean.', example: 'NOT true', result: 'false' },
    parameters: [boolean],
    returns: BOOLEAN,
    apply: ([value]) => !value,
  }),
];
