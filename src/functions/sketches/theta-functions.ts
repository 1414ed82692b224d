/** theta_sketch_agg and its kin: sets of values as sketches that are united, intersected and subtracted, and counted. */
import type { DataType } from '../../types/data-type.ts';
import type { AggregateFunction, Argument, ScalarFunction } from '../define-function.ts';
import type { HashSample, SummaryMode } from './hash-sample.ts';
import { MillraceError } from '../../errors/millrace-error.ts';
import { present } from '../../errors/assert.ts';
import { BINARY, DOUBLE, FLOAT, INTEGER, LONG, STRING, array } from '../../types/data-type.ts';
import { checkArgumentCount, unexpectedType } from '../argument-check.ts';
import { defineAggregate } from '../define-function.ts';
import { binary, int, optional } from '../parameters.ts';
import { rowFunction } from '../row-function.ts';
import { implicitCast } from '../type-rules.ts';
import { HashSample as Sample, sampleHash } from './hash-sample.ts';
import { thetaBytes, thetaSample } from './hash-sample-bytes.ts';
import { sketchSignature } from './sketch-aggregate.ts';

const DEFAULT_LG_SIZE = 12;
const [MIN_LG_SIZE, MAX_LG_SIZE] = [4, 26];
const KEY_TYPES: readonly DataType[] = [INTEGER, LONG, FLOAT, DOUBLE, STRING, BINARY, array(INTEGER), array(LONG)];
const KEY_TYPE_NAMES =
  '("INT" or "BIGINT" or "FLOAT" or "DOUBLE" or "STRING" or "BINARY" or "ARRAY<INT>" or "ARRAY<BIGINT>")';

/** Theta sketches have no numbers. */
export const NO_SUMMARY: SummaryMode = { first: () => 0, combine: () => 0, none: 0 };

/** The type a key is hashed as. */
export function keyTypeOf(name: string, args: readonly Argument[]): DataType {
  const given = present(args[0], 'a key').dataType;
  const isSame = (one: DataType): boolean =>
    one.kind === given.kind &&
    (one.kind !== 'array' || given.kind !== 'array' || one.elementType.kind === given.elementType.kind);
  const type = KEY_TYPES.find(isSame) ?? KEY_TYPES.find((one) => implicitCast(given, one) !== undefined);
  if (type === undefined) throw unexpectedType(name, args, 0, KEY_TYPE_NAMES);
  return type;
}

/** Adds the hash of a key of a type. */
export function addKey(
  sample: HashSample,
  [key, type]: readonly [Parameters<typeof sampleHash>[0], DataType],
  number: number,
  mode: SummaryMode,
  size: number,
): void {
  const bytesPerItem = type.kind === 'array' && type.elementType.kind === 'integer' ? 4 : 8;
  const hash = sampleHash(key, type.kind === 'double' || type.kind === 'float', bytesPerItem);
  if (hash !== undefined) sample.add(hash, number, mode, size);
}

/** The nominal number of hashes, checked. */
export function sizeOf(name: string, lgSize: number | undefined): number {
  const lg = lgSize ?? DEFAULT_LG_SIZE;
  if (lg >= MIN_LG_SIZE && lg <= MAX_LG_SIZE) return 2 ** lg;
  throw new MillraceError('SKETCH_INVALID_LG_NOM_ENTRIES', {
    function: `\`${name}\``,
    min: String(MIN_LG_SIZE),
    max: String(MAX_LG_SIZE),
    value: String(lg),
  });
}

/** The sample of a theta sketch that a function was given. */
export function givenTheta(name: string, bytes: Uint8Array): HashSample {
  const sample = thetaSample(bytes);
  if (sample === undefined) throw new MillraceError('THETA_INVALID_INPUT_SKETCH_BUFFER', { function: `\`${name}\`` });
  return sample;
}

function constantSize(name: string, args: readonly Argument[], index: number): number {
  const arg = args[index];
  if (arg === undefined) return sizeOf(name, undefined);
  if (implicitCast(arg.dataType, INTEGER) === undefined) throw unexpectedType(name, args, index, '"INT"');
  if (arg.literal === undefined)
    throw new MillraceError('THETA_LG_NOM_ENTRIES_MUST_BE_CONSTANT', { function: `\`${name}\`` });
  return sizeOf(name, Number(arg.literal ?? 0));
}

const PAIRS = 'FROM VALUES (5, 4), (1, 4), (2, 5), (2, 5), (3, 1) AS t(a, b)';

export const THETA_SCALARS: readonly ScalarFunction[] = [
  rowFunction({
    name: 'theta_sketch_estimate',
    doc: {
      usage: 'About how many different values a theta sketch is of.',
      example: 'theta_sketch_estimate(theta_sketch_agg(c)) FROM VALUES (1), (1), (2), (2), (3) AS t(c)',
      result: '3',
    },
    parameters: [binary],
    returns: LONG,
    apply: ([bytes]) => BigInt(Math.round(givenTheta('theta_sketch_estimate', bytes).estimate)),
  }),
  rowFunction({
    name: 'theta_union',
    doc: {
      usage: 'One theta sketch of the values of two, of 2 to the power of the third argument hashes (12 unless given).',
      example: `theta_sketch_estimate(theta_union(theta_sketch_agg(a), theta_sketch_agg(b))) ${PAIRS}`,
      result: '5',
    },
    parameters: [binary, binary, optional(int)],
    returns: BINARY,
    apply: ([first, second, lgSize]) => {
      const size = sizeOf('theta_union', lgSize);
      const [left, right] = [givenTheta('theta_union', first), givenTheta('theta_union', second)];
      return thetaBytes(new Sample().union(left, NO_SUMMARY, size).union(right, NO_SUMMARY, size).trim(size));
    },
  }),
  rowFunction({
    name: 'theta_intersection',
    doc: {
      usage: 'A theta sketch of the values two have in common.',
      example: `theta_sketch_estimate(theta_intersection(theta_sketch_agg(a), theta_sketch_agg(b))) ${PAIRS}`,
      result: '2',
    },
    parameters: [binary, binary],
    returns: BINARY,
    apply: ([first, second]) =>
      thetaBytes(
        givenTheta('theta_intersection', first).intersect(givenTheta('theta_intersection', second), NO_SUMMARY),
      ),
  }),
  rowFunction({
    name: 'theta_difference',
    doc: {
      usage: 'A theta sketch of the values of the first that the second does not have.',
      example: `theta_sketch_estimate(theta_difference(theta_sketch_agg(a), theta_sketch_agg(b))) ${PAIRS}`,
      result: '2',
    },
    parameters: [binary, binary],
    returns: BINARY,
    apply: ([first, second]) =>
      thetaBytes(givenTheta('theta_difference', first).subtract(givenTheta('theta_difference', second))),
  }),
];

const sketchAgg = defineAggregate({
  name: 'theta_sketch_agg',
  doc: {
    usage: 'A theta sketch of all values, of 2 to the power of the second argument hashes (12 unless given).',
    example: 'theta_sketch_estimate(theta_sketch_agg(c, 12)) FROM VALUES (1), (1), (2), (2), (3) AS t(c)',
    result: '3',
  },
  resolve: (args) => {
    checkArgumentCount('theta_sketch_agg', args, 1, 2);
    const type = keyTypeOf('theta_sketch_agg', args);
    const size = constantSize('theta_sketch_agg', args, 1);
    return sketchSignature<HashSample>({
      argumentTypes: [type, INTEGER].slice(0, args.length),
      returnType: BINARY,
      nullable: false,
      make: () => new Sample(),
      read: (bytes) => present(thetaSample(bytes), 'a sketch made here'),
      write: (sample) => thetaBytes(sample.trim(size)),
      update: (sample, [key = null]) => {
        if (key !== null) addKey(sample, [key, type], 0, NO_SUMMARY, size);
        return sample;
      },
      merge: (sample, other) => sample.union(other, NO_SUMMARY, size),
      result: (sample) => thetaBytes(sample.trim(size)),
    });
  },
});

const EMPTY_SKETCH = `CAST(NULL AS BINARY)`;

/** Joins all sketches of a group. */
function joining(
  name: 'theta_union_agg' | 'theta_intersection_agg',
  usage: string,
  join: (sample: HashSample, other: HashSample, size: number) => HashSample,
): AggregateFunction {
  const hasSize = name === 'theta_union_agg';
  return defineAggregate({
    name,
    doc: { usage, example: `theta_sketch_estimate(${name}(c)) FROM VALUES (${EMPTY_SKETCH}) AS t(c)`, result: '0' },
    resolve: (args) => {
      checkArgumentCount(name, args, 1, hasSize ? 2 : 1);
      if (implicitCast(present(args[0], 'a sketch').dataType, BINARY) === undefined)
        throw unexpectedType(name, args, 0, '"BINARY"');
      const size = constantSize(name, args, 1);
      const add = (sample: HashSample | undefined, other: HashSample): HashSample =>
        sample === undefined ? other : join(sample, other, size);
      const bytesOf = (sample: HashSample | undefined): Uint8Array =>
        thetaBytes(hasSize ? (sample ?? new Sample()).trim(size) : (sample ?? new Sample()));
      return sketchSignature<HashSample | undefined>({
        argumentTypes: [BINARY, INTEGER].slice(0, args.length),
        returnType: BINARY,
        nullable: false,
        make: () => undefined,
        read: (bytes) => thetaSample(bytes),
        write: bytesOf,
        update: (sample, [bytes]) => add(sample, givenTheta(name, bytes as Uint8Array)),
        merge: (sample, other) => (other === undefined ? sample : add(sample, other)),
        result: bytesOf,
      });
    },
  });
}

export const THETA_AGGREGATES: readonly AggregateFunction[] = [
  sketchAgg,
  joining('theta_union_agg', 'One theta sketch of the values of all.', (sample, other, size) =>
    sample.union(other, NO_SUMMARY, size),
  ),
  joining('theta_intersection_agg', 'A theta sketch of the values all have in common.', (sample, other) =>
    sample.intersect(other, NO_SUMMARY),
  ),
];
