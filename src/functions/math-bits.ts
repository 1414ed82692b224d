/** Bits and bases: bin, conv, bit_count, bit_get, shifts without sign; and the rarer functions of doubles. */
import type { Value } from '../types/vector.ts';
import type { ScalarFunction } from './define-function.ts';
import { MillraceError } from '../errors/millrace-error.ts';
import { BYTE, DOUBLE, INTEGER, LONG, STRING, isAnsiInterval, isIntegral } from '../types/data-type.ts';
import type { DataType } from '../types/data-type.ts';
import { arithmeticOverflow } from './arithmetic-errors.ts';
import { double, int, integral, long, text } from './parameters.ts';
import { rowFunction } from './row-function.ts';

const MAX_UNSIGNED = (1n << 64n) - 1n;

/** Digits in one base as a number written in another; a negative target base writes a signed number. */
function convert(digits: string, from: number, to: number, ansi: boolean): string | null {
  if (from < 2 || from > 36 || Math.abs(to) < 2 || Math.abs(to) > 36) return null;
  const trimmed = digits.replace(/^ +| +$/g, '');
  if (trimmed === '') return null;
  const isNegative = trimmed.startsWith('-');
  let value = 0n;
  for (const character of trimmed.slice(isNegative ? 1 : 0)) {
    const digit = Number.parseInt(character, 36);
    if (Number.isNaN(digit) || digit >= from) break;
    value = value * BigInt(from) + BigInt(digit);
    if (value > MAX_UNSIGNED) {
      if (ansi) throw arithmeticOverflow('Overflow in function conv()');
      value = MAX_UNSIGNED;
    }
  }
  if (isNegative && to > 0) value = value > 1n << 63n ? MAX_UNSIGNED : BigInt.asUintN(64, -value);
  if (to > 0) return value.toString(to).toUpperCase();
  const signed = isNegative ? -value : BigInt.asIntN(64, value);
  return signed.toString(-to).toUpperCase();
}

function bitCount(value: Value, type: DataType): number {
  if (typeof value === 'boolean') return value ? 1 : 0;
  const bits = BigInt.asUintN(64, BigInt(value as number | bigint)).toString(2);
  return type.kind === 'boolean' ? 0 : bits.replaceAll('0', '').length;
}

const BIT_WIDTHS: Partial<Record<DataType['kind'], number>> = { byte: 8, short: 16, integer: 32, long: 64 };

function bitAt(value: number | bigint, type: DataType, position: number): number {
  const width = BIT_WIDTHS[type.kind] ?? 64;
  if (position < 0 || position >= width)
    throw new MillraceError('INVALID_PARAMETER_VALUE.BIT_POSITION_RANGE', {
      parameter: '`pos`',
      functionName: '`bit_get`',
      upper: String(width),
      invalidValue: String(position),
    });
  return Number((BigInt(value) >> BigInt(position)) & 1n);
}

const DOUBLE_FUNCTIONS: readonly (readonly [string, string, (x: number) => number, string, string])[] = [
  [
    'acosh',
    'The inverse hyperbolic cosine.',
    (x) => (x < 1 ? Number.NaN : Math.log(x + Math.sqrt(x * x - 1))),
    'acosh(1)',
    '0.0',
  ],
  ['asinh', 'The inverse hyperbolic sine.', Math.asinh, 'asinh(0)', '0.0'],
  ['atanh', 'The inverse hyperbolic tangent.', (x) => 0.5 * (Math.log1p(x) - Math.log1p(-x)), 'atanh(0)', '0.0'],
  ['cot', 'The cotangent.', (x) => 1 / Math.tan(x), 'round(cot(1), 4)', '0.6421'],
  ['csc', 'The cosecant.', (x) => 1 / Math.sin(x), 'round(csc(1), 4)', '1.1884'],
  ['sec', 'The secant.', (x) => 1 / Math.cos(x), 'sec(0)', '1.0'],
];

const shifted = {
  required: '("INT" or "BIGINT")',
  accept: (type: DataType): DataType | undefined => (type.kind === 'long' ? LONG : int.accept(type)),
};

/** A number or an interval with an order. */
const doubleOrInterval = {
  ...double,
  accept: (type: DataType): DataType | undefined => (isAnsiInterval(type) ? type : double.accept(type)),
};

export const BIT_FUNCTIONS: readonly ScalarFunction[] = [
  ...DOUBLE_FUNCTIONS.map(([name, usage, compute, example, result]) =>
    rowFunction({
      name,
      doc: { usage, example, result },
      parameters: [double],
      returns: DOUBLE,
      apply: ([x]) => compute(x),
    }),
  ),
  rowFunction({
    name: 'bin',
    doc: { usage: 'The binary digits of a whole number.', example: 'bin(13)', result: '1101' },
    parameters: [long],
    returns: STRING,
    apply: ([value]) => BigInt.asUintN(64, value).toString(2),
  }),
  rowFunction({
    name: 'conv',
    doc: { usage: 'Digits of one base written in another.', example: "conv('100', 2, 10)", result: '4' },
    parameters: [text, int, int],
    returns: STRING,
    result: 'mayBeNull',
    apply: ([digits, from, to], _context, { ansi }) => convert(digits, from, to, ansi),
  }),
  rowFunction({
    name: 'bit_count',
    doc: { usage: 'The number of bits that are set.', example: 'bit_count(5)', result: '2' },
    parameters: [
      {
        required: '("INTEGRAL" or "BOOLEAN")',
        accept: (type: DataType) =>
          type.kind === 'boolean' || isIntegral(type) ? type : type.kind === 'void' ? INTEGER : undefined,
      },
    ],
    returns: INTEGER,
    apply: ([value], _context, { types: [type = LONG] }) => bitCount(value as Value, type),
  }),
  rowFunction({
    name: 'bit_get',
    aliases: ['getbit'],
    doc: { usage: 'The bit at a position, counted from 0 at the right.', example: 'bit_get(11, 0)', result: '1' },
    parameters: [integral, int],
    returns: BYTE,
    apply: ([value, position], _context, { types: [type = LONG] }) => bitAt(value, type, position),
  }),
  rowFunction({
    name: 'shiftrightunsigned',
    aliases: ['>>>'],
    doc: { usage: 'The bits moved to the right, filled with zeros.', example: 'shiftrightunsigned(4, 1)', result: '2' },
    parameters: [shifted, int],
    returns: ([type]) => type ?? INTEGER,
    apply: ([value, count]) =>
      typeof value === 'bigint'
        ? BigInt.asIntN(64, BigInt.asUintN(64, value) >> BigInt(count & 63))
        : ((value as number) >>> count) | 0,
  }),
  rowFunction({
    name: 'nanvl',
    doc: {
      usage: 'The first number unless it is NaN, then the second.',
      example: "nanvl(double('NaN'), 1)",
      result: '1.0',
    },
    parameters: [double, double],
    returns: DOUBLE,
    result: 'mayBeNull',
    nulls: 'pass',
    apply: ([first, second]) => (Number.isNaN(first) ? second : first),
  }),
  rowFunction({
    name: 'width_bucket',
    doc: {
      usage: 'The bucket of a number among equally wide ones between two bounds; 0 or one more than the last outside.',
      example: 'width_bucket(5.3, 0.2, 10.6, 5)',
      result: '3',
    },
    parameters: [doubleOrInterval, doubleOrInterval, doubleOrInterval, long],
    returns: LONG,
    result: 'mayBeNull',
    apply: ([value, low, high, count]) => widthBucket(Number(value), Number(low), Number(high), count),
  }),
];

function widthBucket(value: number, low: number, high: number, count: bigint): bigint | null {
  if (count <= 0n || count === (1n << 63n) - 1n || [value, low, high].some(Number.isNaN)) return null;
  if (low === high || !Number.isFinite(low) || !Number.isFinite(high)) return null;
  const isAscending = low < high;
  if (isAscending ? value < low : value > low) return 0n;
  if (isAscending ? value >= high : value <= high) return count + 1n;
  return BigInt(Math.trunc((Number(count) * (value - low)) / (high - low))) + 1n;
}
