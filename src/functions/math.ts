/** Mathematical functions. */
import type { DataType } from '../types/data-type.ts';
import type { Value } from '../types/vector.ts';
import type { ScalarFunction } from './define-function.ts';
import { compareValues } from '../types/compare.ts';
import { DOUBLE, INTEGER, LONG, isAnsiInterval, isIntegral } from '../types/data-type.ts';
import { checkArgumentCount, differentTypes, wrongOperandTypes } from './argument-check.ts';
import { arithmeticOverflow } from './arithmetic-errors.ts';
import { defineScalar } from './define-function.ts';
import { negatedInterval, numericOrAnyInterval, numericOrInterval, withinInterval } from './interval-sign.ts';
import { double, int, integral, optional, shifted } from './parameters.ts';
import { rowFunction } from './row-function.ts';
import { findWiderTypeOf } from './type-rules.ts';

const LIMITS: Partial<Record<DataType['kind'], bigint>> = {
  byte: 1n << 7n,
  short: 1n << 15n,
  integer: 1n << 31n,
  long: 1n << 63n,
};

/** A whole number that must stay within its type; wraps without ANSI. */
function withinType(value: number | bigint, type: DataType, ansi: boolean): Value {
  const limit = LIMITS[type.kind];
  if (limit === undefined || (value >= -limit && value < limit)) return value;
  if (ansi) throw arithmeticOverflow('overflow');
  const wrapped = BigInt.asIntN(limit.toString(2).length, BigInt(value));
  return type.kind === 'long' ? wrapped : Number(wrapped);
}

/** Functions of one double; where the result is not a number Spark gives NULL only for logarithms. */
const DOUBLE_FUNCTIONS: readonly (readonly [string, string, (x: number) => number | null, string, string])[] = [
  ['sqrt', 'The square root.', Math.sqrt, 'sqrt(4)', '2.0'],
  ['exp', 'e to a power.', Math.exp, 'exp(0)', '1.0'],
  ['expm1', 'e to a power, minus 1.', Math.expm1, 'expm1(0)', '0.0'],
  ['ln', 'The natural logarithm, NULL for numbers up to 0.', (x) => (x <= 0 ? null : Math.log(x)), 'ln(1)', '0.0'],
  [
    'log10',
    'The logarithm to base 10, NULL for numbers up to 0.',
    (x) => (x <= 0 ? null : Math.log10(x)),
    'log10(10)',
    '1.0',
  ],
  [
    'log2',
    'The logarithm to base 2, NULL for numbers up to 0.',
    (x) => (x <= 0 ? null : Math.log2(x)),
    'log2(2)',
    '1.0',
  ],
  ['log1p', 'The logarithm of 1 plus a number.', (x) => (x <= -1 ? null : Math.log1p(x)), 'log1p(0)', '0.0'],
  ['cbrt', 'The cube root.', Math.cbrt, 'cbrt(27.0)', '3.0'],
  ['sin', 'The sine.', Math.sin, 'sin(0)', '0.0'],
  ['cos', 'The cosine.', Math.cos, 'cos(0)', '1.0'],
  ['tan', 'The tangent.', Math.tan, 'tan(0)', '0.0'],
  ['asin', 'The arc sine.', Math.asin, 'asin(0)', '0.0'],
  ['acos', 'The arc cosine.', Math.acos, 'acos(1)', '0.0'],
  ['atan', 'The arc tangent.', Math.atan, 'atan(0)', '0.0'],
  ['sinh', 'The hyperbolic sine.', Math.sinh, 'sinh(0)', '0.0'],
  ['cosh', 'The hyperbolic cosine.', Math.cosh, 'cosh(0)', '1.0'],
  ['tanh', 'The hyperbolic tangent.', Math.tanh, 'tanh(0)', '0.0'],
  ['degrees', 'Radians as degrees.', (x) => (x * 180) / Math.PI, 'degrees(0)', '0.0'],
  ['radians', 'Degrees as radians.', (x) => (x / 180) * Math.PI, 'radians(0)', '0.0'],
  ['rint', 'The nearest whole number, the even one of two.', halfEven, 'rint(12.3456)', '12.0'],
];

function halfEven(x: number): number {
  const floor = Math.floor(x);
  const rest = x - floor;
  if (rest !== 0.5) return Math.round(x);
  return floor % 2 === 0 ? floor : floor + 1;
}

const doubles = DOUBLE_FUNCTIONS.map(([name, usage, compute, example, result]) =>
  rowFunction({
    name,
    doc: { usage, example, result },
    parameters: [double],
    returns: DOUBLE,
    result: 'mayBeNull',
    apply: ([x]) => compute(x),
  }),
);

function extremeOf(name: string, sign: 1 | -1): ScalarFunction {
  return defineScalar({
    name,
    doc: {
      usage: `The ${sign === 1 ? 'least' : 'greatest'} of the values that are not NULL.`,
      example: `${name}(1, 2)`,
      result: sign === 1 ? '1' : '2',
    },
    resolve: (args) => {
      checkArgumentCount(name, args, 2, Infinity);
      const types = args.map((arg) => arg.dataType);
      const hasText = types.some((type) => type.kind === 'string');
      const mixes = hasText && types.some((type) => type.kind !== 'string' && type.kind !== 'void');
      const type = mixes ? undefined : findWiderTypeOf(types);
      if (type === undefined) throw differentTypes(name, args);
      return {
        argumentTypes: types.map(() => type),
        returnType: type,
        nullable: args.every((arg) => arg.nullable),
        evaluator: {
          kind: 'row',
          nulls: 'pass',
          apply: (values) => {
            let best: Value | null = null;
            for (const value of values)
              if (value !== null && (best === null || compareValues(type, value, best) * sign < 0)) best = value;
            return best;
          },
        },
      };
    },
  });
}

function bitwise(
  name: string,
  usage: string,
  combine: (a: bigint, b: bigint) => bigint,
  example: string,
  result: string,
): ScalarFunction {
  return defineScalar({
    name,
    doc: { usage, example, result },
    resolve: (args) => bitwiseSignature(name, args, combine),
  });
}

function bitwiseSignature(
  name: string,
  args: Parameters<ScalarFunction['resolve']>[0],
  combine: (a: bigint, b: bigint) => bigint,
): ReturnType<ScalarFunction['resolve']> {
  checkArgumentCount(name, args, 2, 2);
  const type = findWiderTypeOf(args.map((arg) => arg.dataType));
  if (type === undefined || !isIntegral(type)) throw wrongOperandTypes(name, args, '"INTEGRAL"');
  return {
    argumentTypes: [type, type],
    returnType: type,
    nullable: args.some((arg) => arg.nullable),
    evaluator: {
      kind: 'row',
      nulls: 'propagate',
      apply: ([a, b]) => {
        const bits = combine(BigInt(a as number | bigint), BigInt(b as number | bigint));
        return type.kind === 'long' ? bits : Number(bits);
      },
    },
  };
}

const absolute = rowFunction({
  name: 'abs',
  doc: { usage: 'The number without its sign.', example: 'abs(-1)', result: '1' },
  parameters: [numericOrInterval],
  returns: ([type]) => type ?? DOUBLE,
  apply: ([x], _context, { returnType, ansi }) =>
    isAnsiInterval(returnType)
      ? withinInterval(x < 0 ? -BigInt(x) : BigInt(x), returnType)
      : typeof x === 'bigint'
        ? withinType(x < 0n ? -x : x, returnType, ansi)
        : withinType(Math.abs(x), returnType, ansi),
});

const negative = rowFunction({
  name: 'negative',
  doc: { usage: 'The number with the opposite sign.', example: 'negative(1)', result: '-1' },
  parameters: [numericOrAnyInterval],
  returns: ([type]) => type ?? DOUBLE,
  apply: ([x], _context, { returnType, ansi }) =>
    typeof x === 'object'
      ? negatedInterval(x)
      : isAnsiInterval(returnType)
        ? withinInterval(-BigInt(x), returnType)
        : typeof x === 'bigint' || isIntegral(returnType)
          ? withinType(typeof x === 'bigint' ? -x : 0 - x, returnType, ansi)
          : -x,
});

export const MATH_FUNCTIONS: readonly ScalarFunction[] = [
  ...doubles,
  absolute,
  negative,
  rowFunction({
    name: 'positive',
    doc: { usage: 'The number itself.', example: 'positive(1)', result: '1' },
    parameters: [numericOrAnyInterval],
    returns: ([type]) => type ?? DOUBLE,
    apply: ([x]) => x,
  }),
  rowFunction({
    name: 'sign',
    aliases: ['signum'],
    doc: { usage: '-1.0, 0.0 or 1.0 by the sign of a number.', example: 'sign(40)', result: '1.0' },
    parameters: [{ ...double, accept: (type: DataType) => (isAnsiInterval(type) ? type : double.accept(type)) }],
    returns: DOUBLE,
    apply: ([x]) => Math.sign(Number(x)),
  }),
  rowFunction({
    name: 'pow',
    aliases: ['power'],
    doc: { usage: 'A number to a power.', example: 'pow(2, 3)', result: '8.0' },
    parameters: [double, double],
    returns: DOUBLE,
    apply: ([x, y]) => x ** y,
  }),
  rowFunction({
    name: 'log',
    doc: {
      usage: 'The logarithm to a base, the natural one with one argument.',
      example: 'log(10, 100)',
      result: '2.0',
    },
    parameters: [double, optional(double)],
    returns: DOUBLE,
    result: 'mayBeNull',
    apply: ([x, y]) => {
      if (y === undefined) return x <= 0 ? null : Math.log(x);
      return x <= 0 || y <= 0 ? null : Math.log(y) / Math.log(x);
    },
  }),
  rowFunction({
    name: 'atan2',
    doc: { usage: 'The angle of a point.', example: 'atan2(0, 0)', result: '0.0' },
    parameters: [double, double],
    returns: DOUBLE,
    apply: ([y, x]) => Math.atan2(y + 0, x + 0),
  }),
  rowFunction({
    name: 'hypot',
    doc: { usage: 'The length of a diagonal.', example: 'hypot(3, 4)', result: '5.0' },
    parameters: [double, double],
    returns: DOUBLE,
    apply: ([x, y]) => Math.hypot(x, y),
  }),
  rowFunction({
    name: 'pi',
    doc: { usage: 'The number pi.', example: 'pi()', result: '3.141592653589793' },
    parameters: [],
    returns: DOUBLE,
    apply: () => Math.PI,
  }),
  rowFunction({
    name: 'e',
    doc: { usage: "Euler's number.", example: 'e()', result: '2.718281828459045' },
    parameters: [],
    returns: DOUBLE,
    apply: () => Math.E,
  }),
  rowFunction({
    name: 'factorial',
    doc: { usage: 'The factorial of 0 to 20, else NULL.', example: 'factorial(5)', result: '120' },
    parameters: [int],
    returns: LONG,
    result: 'mayBeNull',
    apply: ([n]) => {
      if (n < 0 || n > 20) return null;
      let product = 1n;
      for (let i = 2n; i <= BigInt(n); i++) product *= i;
      return product;
    },
  }),
  extremeOf('greatest', -1),
  extremeOf('least', 1),
  bitwise('&', 'The bits both have.', (a, b) => a & b, '3 & 5', '1'),
  bitwise('|', 'The bits either has.', (a, b) => a | b, '3 | 5', '7'),
  bitwise('^', 'The bits just one has.', (a, b) => a ^ b, '3 ^ 5', '6'),
  rowFunction({
    name: '~',
    doc: { usage: 'All bits reversed.', example: '~ 0', result: '-1' },
    parameters: [integral],
    returns: ([type]) => type ?? INTEGER,
    apply: ([x]) => (typeof x === 'bigint' ? ~x : ~x),
  }),
  rowFunction({
    name: 'shiftleft',
    aliases: ['<<'],
    doc: { usage: 'The bits moved to the left.', example: 'shiftleft(2, 1)', result: '4' },
    parameters: [shifted, int],
    returns: ([type]) => (type?.kind === 'long' ? LONG : INTEGER),
    apply: ([x, by]) => (typeof x === 'bigint' ? BigInt.asIntN(64, x << BigInt(by & 63)) : x << by),
  }),
  rowFunction({
    name: 'shiftright',
    aliases: ['>>'],
    doc: { usage: 'The bits moved to the right, keeping the sign.', example: 'shiftright(4, 1)', result: '2' },
    parameters: [shifted, int],
    returns: ([type]) => (type?.kind === 'long' ? LONG : INTEGER),
    apply: ([x, by]) => (typeof x === 'bigint' ? x >> BigInt(by & 63) : x >> by),
  }),
];
