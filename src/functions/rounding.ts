/** round, bround, ceil and floor, with the result types Spark gives decimals. */
import type { DataType, DecimalType } from '../types/data-type.ts';
import type { Value } from '../types/vector.ts';
import type { Argument, FunctionDoc, ScalarFunction } from './define-function.ts';
import { present } from '../errors/assert.ts';
import { INTEGER, LONG, decimal, isIntegral } from '../types/data-type.ts';
import { parseDecimal, powerOfTen } from '../types/decimal.ts';
import { javaDouble } from '../types/number-text.ts';
import { checkArgumentCount, notConstant, unexpectedType } from './argument-check.ts';
import { arithmeticOverflow } from './arithmetic-errors.ts';
import { defineScalar } from './define-function.ts';
import { numeric } from './parameters.ts';
import { implicitCast } from './type-rules.ts';

/** How the digits that are cut off count. */
type Rounding = 'halfUp' | 'halfEven' | 'ceiling' | 'floor';

/** `unscaled` of `scale` digits behind the point, rounded to `places` of them; the result has `places` digits (or 0). */
function roundUnscaled(unscaled: bigint, scale: number, places: number, rounding: Rounding): bigint {
  const target = Math.max(places, 0);
  if (places >= scale) return unscaled * powerOfTen(places - scale);
  const divisor = powerOfTen(Math.min(scale - places, 79));
  let quotient = unscaled / divisor;
  const rest = unscaled % divisor;
  const direction = unscaled < 0n ? -1n : 1n;
  const twice = (rest < 0n ? -rest : rest) * 2n;
  if (rounding === 'ceiling') quotient += rest > 0n ? 1n : 0n;
  else if (rounding === 'floor') quotient -= rest < 0n ? 1n : 0n;
  else if (twice > divisor || (twice === divisor && (rounding === 'halfUp' || quotient % 2n !== 0n)))
    quotient += direction;
  return quotient * powerOfTen(target - places);
}

function resultType(type: DataType, places: number): DataType {
  if (type.kind !== 'decimal') return type;
  if (places < 0) return decimal(Math.min(Math.max(type.precision - type.scale + 1, 1 - places), 38), 0);
  const scale = Math.min(type.scale, places);
  return decimal(
    Math.min(type.precision - type.scale + scale + (scale < type.scale || places <= type.scale ? 1 : 0), 38),
    scale,
  );
}

function placesOf(name: string, args: readonly Argument[]): number {
  const arg = args[1];
  if (arg === undefined) return 0;
  if (implicitCast(arg.dataType, INTEGER) === undefined) throw unexpectedType(name, args, 1, '"INT"');
  if (arg.literal === undefined) {
    throw notConstant(name, args, 1, { parameter: 'scale', type: '"INT"' });
  }
  // No number has digits further away than this.
  return Math.max(-400, Math.min(400, Math.trunc(Number(arg.literal ?? 0)) || 0));
}

const LIMITS: Partial<Record<DataType['kind'], bigint>> = {
  byte: 1n << 7n,
  short: 1n << 15n,
  integer: 1n << 31n,
  long: 1n << 63n,
};

function roundValue(
  value: number | bigint,
  type: DataType,
  places: number,
  rounding: Rounding,
  ansi: boolean,
): Value | null {
  if (type.kind === 'decimal')
    return roundUnscaled(value as bigint, type.scale, Math.min(places, type.scale), rounding);
  if (isIntegral(type)) {
    const rounded = places >= 0 ? BigInt(value) : roundUnscaled(BigInt(value), 0, places, rounding);
    const limit = LIMITS[type.kind] ?? 0n;
    if (ansi && (rounded >= limit || rounded < -limit)) throw arithmeticOverflow('Overflow');
    const wrapped = BigInt.asIntN(limit.toString(2).length, rounded);
    return type.kind === 'long' ? wrapped : Number(wrapped);
  }
  return roundDouble(value as number, places, rounding);
}

function roundDouble(value: number, places: number, rounding: Rounding): number {
  const parsed = parseDecimal(javaDouble(value));
  if (parsed === undefined || places >= parsed.scale) return value;
  const rounded = roundUnscaled(parsed.unscaled, parsed.scale, places, rounding);
  return Number(rounded) === 0 ? 0 : Number(`${rounded}e${-Math.max(places, 0)}`);
}

function rounder(name: string, rounding: 'halfUp' | 'halfEven', doc: FunctionDoc): ScalarFunction {
  return defineScalar({
    name,
    doc,
    resolve: (args, { ansi }) => {
      checkArgumentCount(name, args, 1, 2);
      const type = numeric.accept(present(args[0], 'one argument').dataType);
      if (type === undefined) throw unexpectedType(name, args, 0, '"NUMERIC"');
      const places = placesOf(name, args);
      return {
        argumentTypes: args.length === 1 ? [type] : [type, INTEGER],
        returnType: resultType(type, places),
        nullable: args.some((arg) => arg.nullable),
        evaluator: {
          kind: 'row',
          nulls: 'propagate',
          apply: ([value]) => roundValue(value as number | bigint, type, places, rounding, ansi),
        },
      };
    },
  });
}

/** ceil and floor: a long for numbers without places, else a decimal. */
function wholeNumber(
  name: string,
  aliases: readonly string[],
  rounding: 'ceiling' | 'floor',
  doc: FunctionDoc,
): ScalarFunction {
  return defineScalar({
    name,
    aliases,
    doc,
    resolve: (args) => {
      checkArgumentCount(name, args, 1, 2);
      const type = numeric.accept(present(args[0], 'one argument').dataType);
      if (type === undefined) throw unexpectedType(name, args, 0, '"NUMERIC"');
      const places = placesOf(name, args);
      const from = args.length === 2 ? decimalOfNumber(type) : type;
      const returnType =
        from.kind !== 'decimal' ? LONG : args.length === 2 ? resultType(from, places) : wholeDecimal(from);
      return {
        argumentTypes: args.length === 1 ? [from] : [from, INTEGER],
        returnType,
        nullable: args.some((arg) => arg.nullable),
        evaluator: {
          kind: 'row',
          nulls: 'propagate',
          apply: ([value]) => wholeOf(value as number | bigint, from, places, rounding),
        },
      };
    },
  });
}

function wholeDecimal(type: DecimalType): DecimalType {
  return type.scale === 0 ? type : decimal(type.precision - type.scale + 1, 0);
}

function decimalOfNumber(type: DataType): DataType {
  if (type.kind === 'decimal') return type;
  const digits: Partial<Record<DataType['kind'], DecimalType>> = {
    byte: decimal(3, 0),
    short: decimal(5, 0),
    integer: decimal(10, 0),
    long: decimal(20, 0),
    float: decimal(14, 7),
  };
  return digits[type.kind] ?? decimal(30, 15);
}

function wholeOf(value: number | bigint, type: DataType, places: number, rounding: 'ceiling' | 'floor'): Value {
  if (type.kind === 'decimal') return roundUnscaled(value as bigint, type.scale, places, rounding);
  if (typeof value === 'bigint' || isIntegral(type)) return BigInt(value);
  if (Number.isNaN(value)) return 0n;
  const whole = rounding === 'ceiling' ? Math.ceil(value) : Math.floor(value);
  if (whole >= -(2 ** 63) && whole < 2 ** 63) return BigInt(whole);
  throw arithmeticOverflow('overflow');
}

export const ROUNDING_FUNCTIONS: readonly ScalarFunction[] = [
  rounder('round', 'halfUp', {
    usage: 'The number rounded to places, half away from zero.',
    example: 'round(2.5D, 0)',
    result: '3.0',
  }),
  rounder('bround', 'halfEven', {
    usage: 'The number rounded to places, half to the even digit.',
    example: 'bround(2.5D, 0)',
    result: '2.0',
  }),
  wholeNumber('ceil', ['ceiling'], 'ceiling', {
    usage: 'The least whole number that is not less.',
    example: 'ceil(-0.1D)',
    result: '0',
  }),
  wholeNumber('floor', [], 'floor', {
    usage: 'The greatest whole number that is not greater.',
    example: 'floor(-0.1D)',
    result: '-1',
  }),
];
