/**
 * Functions that give another value for each row: rand, randn, uniform, randstr, shuffle, uuid. With a seed they give Spark's values for
 * one partition; without one the seed of the batch, so that a replayed batch repeats them.
 */
import type { DataType } from '../types/data-type.ts';
import type { Value, Vector } from '../types/vector.ts';
import type {
  Argument,
  EvaluationContext,
  FunctionDoc,
  ResolveContext,
  ScalarEvaluator,
  ScalarFunction,
} from './define-function.ts';
import { MillraceError } from '../errors/millrace-error.ts';
import { present } from '../errors/assert.ts';
import { DOUBLE, FLOAT, INTEGER, LONG, STRING, isIntegral, isNumeric } from '../types/data-type.ts';
import { decimalText } from '../types/number-text.ts';
import { vectorOf } from '../types/vector-builder.ts';
import { valueAt } from '../types/vector.ts';
import { checkArgumentCount, notConstant, quotedCall, unexpectedType } from './argument-check.ts';
import { defineScalar } from './define-function.ts';
import { MersenneTwister, XorShiftRandom } from './java-random.ts';
import { findWiderType, implicitCast } from './type-rules.ts';

/** How far the seeds of two calls are apart. */
const DRAW_STEP = 0x9e3779b97f4an;

/** The seed an argument gives, 0 for NULL; when it is left out one of the batch, another for each call of the query. */
function seedOf(
  name: string,
  args: readonly Argument[],
  index: number,
  { nextDraw }: ResolveContext,
): bigint | ((batchSeed: number) => bigint) {
  const arg = args[index];
  if (arg === undefined) {
    const draw = BigInt((nextDraw?.() ?? 1) - 1);
    return (batchSeed) => BigInt(batchSeed) + draw * DRAW_STEP;
  }
  if (!isIntegral(arg.dataType) && arg.dataType.kind !== 'void')
    throw unexpectedType(name, args, index, '("INT" or "BIGINT")');
  if (arg.literal === undefined)
    throw new MillraceError('SEED_EXPRESSION_IS_UNFOLDABLE', {
      seedExpr: `"${arg.sql}"`,
      exprWithSeed: quotedCall(name, args),
    });
  return BigInt((arg.literal ?? 0) as number | bigint);
}

/** One source of numbers per batch, which its rows take in order. */
function perBatch<R>(
  returnType: DataType,
  seed: bigint | ((batchSeed: number) => bigint),
  source: (seed: bigint) => R,
  next: (random: R, row: number, columns: readonly Vector[]) => Value | null,
): ScalarEvaluator {
  let random: R | undefined;
  let batch: EvaluationContext | undefined;
  return {
    kind: 'columns',
    apply: (columns, numRows, context) => {
      const isSame = batch?.seed === context.seed && batch.batchTimestampMicros === context.batchTimestampMicros;
      const current =
        isSame && random !== undefined ? random : source(typeof seed === 'bigint' ? seed : seed(context.seed));
      random = current;
      batch = context;
      return vectorOf(
        returnType,
        Array.from({ length: numRows }, (_, row) => next(current, row, columns)),
      );
    },
  };
}

function xorShift(seed: bigint): XorShiftRandom {
  return new XorShiftRandom(seed);
}

function twister(seed: bigint): MersenneTwister {
  return new MersenneTwister(seed);
}

function randomDouble(
  name: string,
  aliases: readonly string[],
  doc: FunctionDoc,
  next: (random: XorShiftRandom) => number,
): ScalarFunction {
  return defineScalar({
    name,
    aliases,
    doc,
    deterministic: false,
    resolve: (args, context) => {
      checkArgumentCount(name, args, 0, 1);
      return {
        argumentTypes: args.map((arg) => arg.dataType),
        returnType: DOUBLE,
        nullable: false,
        evaluator: perBatch(DOUBLE, seedOf(name, args, 0, context), xorShift, next),
      };
    },
  });
}

const CHARACTERS = '0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ';
const MAX_LENGTH = 100_000_000;

const randomText = defineScalar({
  name: 'randstr',
  doc: { usage: 'A text of random letters and digits.', example: 'randstr(3, 0)', result: 'ceV' },
  deterministic: false,
  resolve: (args, context) => {
    checkArgumentCount('randstr', args, 1, 2);
    const length = present(args[0], 'a length');
    if (!isIntegral(length.dataType)) throw unexpectedType('randstr', args, 0, '("INT" or "SMALLINT")');
    if (length.literal === undefined)
      throw notConstant('randstr', args, 0, { parameter: 'length', type: '"INT or SMALLINT"' });
    const size = Number(length.literal);
    if (size < 0 || size > MAX_LENGTH)
      throw new MillraceError('DATATYPE_MISMATCH.VALUE_OUT_OF_RANGE', {
        sqlExpr: quotedCall('randstr', args),
        exprName: 'length',
        valueRange: '[0, 2147483647]',
        currentValue: String(size),
      });
    return {
      argumentTypes: args.map((arg) => arg.dataType),
      returnType: STRING,
      nullable: false,
      evaluator: perBatch(STRING, seedOf('randstr', args, 1, context), xorShift, (random) =>
        Array.from({ length: size }, () => CHARACTERS.charAt(Math.abs(random.nextInt() % 62))).join(''),
      ),
    };
  },
});

/** A literal number as a double. */
function numberOf({ literal, dataType }: Argument): number {
  if (dataType.kind === 'decimal') return Number(decimalText(literal as bigint, dataType.scale));
  return Number(literal);
}

const uniform = defineScalar({
  name: 'uniform',
  doc: { usage: 'A random number between two.', example: 'uniform(10, 20, 0) > 9', result: 'true' },
  deterministic: false,
  resolve: (args, context) => {
    checkArgumentCount('uniform', args, 2, 3);
    const [low, high] = [present(args[0], 'a minimum'), present(args[1], 'a maximum')];
    [low, high].forEach((arg, i) => {
      if (!isNumeric(arg.dataType) && arg.dataType.kind !== 'void')
        throw unexpectedType('uniform', args, i, 'integer or floating-point');
      if (arg.literal === undefined)
        throw notConstant('uniform', args, i, {
          parameter: i === 0 ? 'min' : 'max',
          type: '"integer or floating-point"',
        });
    });
    const returnType = uniformType(low.dataType, high.dataType);
    const [min, max] = [numberOf(low), numberOf(high)];
    return {
      argumentTypes: args.map((arg) => arg.dataType),
      returnType,
      nullable: low.literal === null || high.literal === null,
      evaluator: perBatch(returnType, seedOf('uniform', args, 2, context), xorShift, (random) => {
        if (low.literal === null || high.literal === null) return null;
        return valueOf(min + (max - min) * random.nextDouble(), returnType);
      }),
    };
  },
});

function uniformType(low: DataType, high: DataType): DataType {
  const kinds = [low.kind, high.kind];
  if (kinds.includes('float') && !kinds.includes('double')) return FLOAT;
  const type = present(findWiderType(low, high), 'two numbers have a common type');
  return type.kind === 'void' ? INTEGER : type;
}

function valueOf(value: number, type: DataType): Value {
  if (type.kind === 'long') return BigInt(Math.trunc(value));
  if (type.kind === 'decimal') return BigInt(Math.round(value * 10 ** type.scale));
  if (type.kind === 'float') return Math.fround(value);
  return isIntegral(type) ? Math.trunc(value) : value;
}

const shuffle = defineScalar({
  name: 'shuffle',
  doc: {
    usage: 'The elements of an array in random order.',
    example: 'array_sort(shuffle(array(1, 20, 3), 7))',
    result: '[1, 3, 20]',
  },
  deterministic: false,
  resolve: (args, context) => {
    checkArgumentCount('shuffle', args, 1, 2);
    const type = present(args[0], 'an array').dataType;
    if (type.kind !== 'array') throw unexpectedType('shuffle', args, 0, '"ARRAY"');
    return {
      argumentTypes: args.map((arg) => arg.dataType),
      returnType: type,
      nullable: args[0]?.nullable === true,
      evaluator: perBatch(type, seedOf('shuffle', args, 1, context), twister, (random, row, [arrays]) => {
        const items = valueAt(present(arrays, 'arrays'), row) as readonly (Value | null)[] | null;
        if (items === null) return null;
        const order: number[] = [];
        for (let i = 0; i < items.length; i++) {
          const j = random.nextInt(i + 1);
          if (j !== i) order[i] = order[j] as number;
          order[j] = i;
        }
        return order.map((index) => items[index] ?? null);
      }),
    };
  },
});

const uuid = defineScalar({
  name: 'uuid',
  doc: { usage: 'A random UUID.', example: 'length(uuid())', result: '36' },
  deterministic: false,
  resolve: (args, context) => {
    checkArgumentCount('uuid', args, 0, 1);
    return {
      argumentTypes: args.map((arg) => implicitCast(arg.dataType, LONG) ?? LONG),
      returnType: STRING,
      nullable: false,
      evaluator: perBatch(STRING, seedOf('uuid', args, 0, context), twister, (random) => random.nextUuid()),
    };
  },
});

export const RANDOM_FUNCTIONS: readonly ScalarFunction[] = [
  randomDouble(
    'rand',
    ['random'],
    { usage: 'A random number from 0 to below 1.', example: 'rand(0)', result: '0.7604953758285915' },
    (random) => random.nextDouble(),
  ),
  randomDouble(
    'randn',
    [],
    {
      usage: 'A random number of the standard normal distribution.',
      example: 'randn(0)',
      result: '1.6034991609278433',
    },
    (random) => random.nextGaussian(),
  ),
  randomText,
  uniform,
  shuffle,
  uuid,
];
