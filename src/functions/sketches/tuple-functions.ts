/**
 * tuple_sketch_agg_double and its kin: sets of keys as sketches with a number beside each key, whole or floating. One definition per kind of
 * number; what they do with the numbers of equal keys is said by a mode.
 */
import type { DataType } from '../../types/data-type.ts';
import type { Value } from '../../types/vector.ts';
import type { AggregateFunction, Argument, ScalarFunction } from '../define-function.ts';
import type { HashSample, SummaryMode } from './hash-sample.ts';
import { MillraceError } from '../../errors/millrace-error.ts';
import { present } from '../../errors/assert.ts';
import { BINARY, DOUBLE, INTEGER, LONG, STRING } from '../../types/data-type.ts';
import { checkArgumentCount, notConstant, quotedCall, unexpectedType } from '../argument-check.ts';
import { defineAggregate } from '../define-function.ts';
import { binary, int, optional, text } from '../parameters.ts';
import { rowFunction } from '../row-function.ts';
import { implicitCast } from '../type-rules.ts';
import { HashSample as Sample, WHOLE } from './hash-sample.ts';
import { tupleBytes, tupleSample } from './hash-sample-bytes.ts';
import { sketchSignature } from './sketch-aggregate.ts';
import { NO_SUMMARY, addKey, givenTheta, keyTypeOf, sizeOf } from './theta-functions.ts';

type Kind = 'double' | 'integer';

const MODE_NAMES = ['sum', 'min', 'max', 'alwaysone'];

/** The mode of a name; numbers of the kind integer wrap as ints do. */
function modeOf(name: string, kind: Kind, written: string | undefined): SummaryMode {
  const isInt = kind === 'integer';
  const wrap = (value: number): number => (isInt ? value | 0 : value);
  switch ((written ?? 'sum').toLowerCase()) {
    case 'sum':
      return { first: (value) => value, combine: (left, right) => wrap(left + right), none: 0 };
    case 'min':
      return { first: (value) => value, combine: Math.min, none: isInt ? 2 ** 31 - 1 : Number.POSITIVE_INFINITY };
    case 'max':
      return { first: (value) => value, combine: Math.max, none: isInt ? -(2 ** 31) : Number.NEGATIVE_INFINITY };
    case 'alwaysone':
      return { first: () => 1, combine: () => 1, none: 1 };
    default:
      throw new MillraceError('TUPLE_INVALID_SKETCH_MODE', {
        function: `\`${name}\``,
        mode: written ?? '',
        validModes: MODE_NAMES.join(', '),
      });
  }
}

function givenTuple(name: string, bytes: Uint8Array, kind: Kind): HashSample {
  const sample = tupleSample(bytes, kind);
  if (sample === undefined) throw new MillraceError('TUPLE_INVALID_INPUT_SKETCH_BUFFER', { function: `\`${name}\`` });
  return sample;
}

/** A theta sketch whose keys have the number that changes none. */
function withNumbers(theta: HashSample, mode: SummaryMode): HashSample {
  for (const hash of theta.entries.keys()) theta.entries.set(hash, mode.none);
  return theta;
}

/** An argument that is the same for all rows. */
function constantOf(
  name: string,
  args: readonly Argument[],
  index: number,
  type: DataType,
  parameter: string,
): Value | undefined {
  const arg = args[index];
  if (arg === undefined) return undefined;
  const required = type.kind === 'string' ? '"STRING"' : '"INT"';
  if (implicitCast(arg.dataType, type) === undefined) throw unexpectedType(name, args, index, required);
  if (arg.literal === undefined) throw notConstant(name, args, index, { parameter, type: required });
  if (arg.literal === null)
    throw new MillraceError('DATATYPE_MISMATCH.UNEXPECTED_NULL', {
      sqlExpr: quotedCall(name, args),
      exprName: parameter,
    });
  return arg.literal;
}

const KEYS = (kind: Kind): string =>
  kind === 'double'
    ? 'FROM VALUES (1, 1.0D, 1, 4.0D), (2, 2.0D, 2, 5.0D), (3, 3.0D, 4, 6.0D) AS t(k, v, l, w)'
    : 'FROM VALUES (1, 1, 1, 4), (2, 2, 2, 5), (3, 3, 4, 6) AS t(k, v, l, w)';

/** What two sketches are joined to; with `theta`, the second one is a theta sketch. */
interface Join {
  readonly name: string;
  readonly usage: string;
  readonly estimate: string;
  readonly hasSize: boolean;
  readonly hasMode: boolean;
  readonly join: (left: HashSample, right: HashSample, mode: SummaryMode, size: number) => HashSample;
}

const JOINS: readonly Join[] = [
  {
    name: 'tuple_union',
    usage: 'One tuple sketch of the keys of two',
    estimate: '4.0',
    hasSize: true,
    hasMode: true,
    join: (left, right, mode, size) => new Sample().union(left, mode, size).union(right, mode, size).trim(size),
  },
  {
    name: 'tuple_intersection',
    usage: 'A tuple sketch of the keys two have in common',
    estimate: '2.0',
    hasSize: false,
    hasMode: true,
    join: (left, right, mode) => left.intersect(right, mode),
  },
  {
    name: 'tuple_difference',
    usage: 'A tuple sketch of the keys of the first that the second does not have',
    estimate: '1.0',
    hasSize: false,
    hasMode: false,
    join: (left, right) => left.subtract(right),
  },
];

function joinFunction(
  { name: stem, usage, estimate, hasSize, hasMode, join }: Join,
  kind: Kind,
  isTheta: boolean,
): ScalarFunction {
  const name = isTheta ? `${stem}_theta_${kind}` : `${stem}_${kind}`;
  const second = isTheta ? 'theta_sketch_agg(l)' : `tuple_sketch_agg_${kind}(l, w)`;
  const apply = (
    left: Uint8Array,
    right: Uint8Array,
    lgSize: number | undefined,
    written: string | undefined,
  ): Uint8Array => {
    const size = sizeOf(name, hasSize ? lgSize : undefined);
    const mode = hasMode ? modeOf(name, kind, written) : NO_SUMMARY;
    const first = givenTuple(name, left, kind);
    const other = isTheta ? withNumbers(givenTheta(name, right), mode) : givenTuple(name, right, kind);
    return tupleBytes(join(first, other, mode, size), kind);
  };
  const shared = {
    name,
    doc: {
      usage: `${usage}${isTheta ? ', a theta sketch' : ''}, with ${kind === 'double' ? 'doubles' : 'ints'} beside them.`,
      example: `tuple_sketch_estimate_${kind}(${name}(tuple_sketch_agg_${kind}(k, v), ${second})) ${KEYS(kind)}`,
      result: estimate,
    },
    returns: BINARY,
  };
  if (hasSize)
    return rowFunction({
      ...shared,
      parameters: [binary, binary, optional(int), optional(text)],
      apply: ([left, right, lgSize, mode]) => apply(left, right, lgSize, mode),
    });
  if (hasMode)
    return rowFunction({
      ...shared,
      parameters: [binary, binary, optional(text)],
      apply: ([left, right, mode]) => apply(left, right, undefined, mode),
    });
  return rowFunction({
    ...shared,
    parameters: [binary, binary],
    apply: ([left, right]) => apply(left, right, undefined, undefined),
  });
}

function askFunctions(kind: Kind): readonly ScalarFunction[] {
  const example = (name: string): string => `${name}_${kind}(tuple_sketch_agg_${kind}(k, v)) ${KEYS(kind)}`;
  const total = (sample: HashSample, written: string | undefined): number => {
    const mode = modeOf(`tuple_sketch_summary_${kind}`, kind === 'integer' ? 'double' : kind, written);
    const numbers = [...sample.entries.values()];
    if ((written ?? 'sum').toLowerCase() === 'alwaysone') return numbers.length;
    return numbers.length === 0 ? 0 : numbers.reduce(mode.combine);
  };
  return [
    rowFunction({
      name: `tuple_sketch_estimate_${kind}`,
      doc: {
        usage: 'About how many different keys a tuple sketch is of.',
        example: example('tuple_sketch_estimate'),
        result: '3.0',
      },
      parameters: [binary],
      returns: DOUBLE,
      apply: ([bytes]) => givenTuple(`tuple_sketch_estimate_${kind}`, bytes, kind).estimate,
    }),
    rowFunction({
      name: `tuple_sketch_theta_${kind}`,
      doc: { usage: 'The share of keys a tuple sketch keeps.', example: example('tuple_sketch_theta'), result: '1.0' },
      parameters: [binary],
      returns: DOUBLE,
      apply: ([bytes]) => Number(givenTuple(`tuple_sketch_theta_${kind}`, bytes, kind).bound) / Number(WHOLE),
    }),
    rowFunction({
      name: `tuple_sketch_summary_${kind}`,
      doc: {
        usage: "The numbers of a tuple sketch as one, by 'sum' (unless given), 'min', 'max' or 'alwaysone'.",
        example: example('tuple_sketch_summary'),
        result: kind === 'double' ? '6.0' : '6',
      },
      parameters: [binary, optional(text)],
      returns: kind === 'double' ? DOUBLE : LONG,
      apply: ([bytes, mode]) => {
        const sum = total(givenTuple(`tuple_sketch_summary_${kind}`, bytes, kind), mode);
        return kind === 'double' ? sum : BigInt(sum);
      },
    }),
  ];
}

function sketchAgg(kind: Kind): AggregateFunction {
  const name = `tuple_sketch_agg_${kind}`;
  const numberType = kind === 'double' ? DOUBLE : INTEGER;
  return defineAggregate({
    name,
    doc: {
      usage:
        'A tuple sketch of keys and a number beside each, of 2 to the power of the third argument keys (12 unless given).',
      example: `tuple_sketch_estimate_${kind}(${name}(k, v, 12, 'sum')) ${KEYS(kind)}`,
      result: '3.0',
    },
    resolve: (args) => {
      checkArgumentCount(name, args, 2, 4);
      const type = keyTypeOf(name, args);
      if (implicitCast(present(args[1], 'a number').dataType, numberType) === undefined)
        throw unexpectedType(name, args, 1, kind === 'double' ? '"DOUBLE"' : '"INT"');
      const size = sizeOf(name, constantOf(name, args, 2, INTEGER, 'lgNomEntries') as number | undefined);
      const mode = modeOf(name, kind, constantOf(name, args, 3, STRING, 'mode') as string | undefined);
      return sketchSignature<HashSample>({
        argumentTypes: [type, numberType, INTEGER, STRING].slice(0, args.length),
        returnType: BINARY,
        nullable: false,
        make: () => new Sample(),
        read: (bytes) => present(tupleSample(bytes, kind), 'a sketch made here'),
        write: (sample) => tupleBytes(sample, kind),
        update: (sample, [key = null, number = null]) => {
          if (key !== null && number !== null) addKey(sample, [key, type], mode.first(Number(number)), mode, size);
          return sample;
        },
        merge: (sample, other) => sample.union(other, mode, size),
        result: (sample) => tupleBytes(sample, kind),
      });
    },
  });
}

function joinAgg({ name: stem, usage, hasSize, join }: Join, kind: Kind): AggregateFunction {
  const name = `${stem}_agg_${kind}`;
  return defineAggregate({
    name,
    doc: {
      usage: `${usage.replace('two', 'all')}.`,
      example: `tuple_sketch_estimate_${kind}(${name}(c)) FROM VALUES (CAST(NULL AS BINARY)) AS t(c)`,
      result: '0.0',
    },
    resolve: (args) => {
      checkArgumentCount(name, args, 1, hasSize ? 3 : 2);
      if (implicitCast(present(args[0], 'a sketch').dataType, BINARY) === undefined)
        throw unexpectedType(name, args, 0, '"BINARY"');
      const size = sizeOf(
        name,
        hasSize ? (constantOf(name, args, 1, INTEGER, 'lgNomEntries') as number | undefined) : undefined,
      );
      const mode = modeOf(name, kind, constantOf(name, args, hasSize ? 2 : 1, STRING, 'mode') as string | undefined);
      const add = (sample: HashSample | undefined, other: HashSample): HashSample =>
        sample === undefined ? other : join(sample, other, mode, size);
      const bytesOf = (sample: HashSample | undefined): Uint8Array => {
        const made = sample ?? new Sample();
        return tupleBytes(hasSize ? made.trim(size) : made, kind);
      };
      return sketchSignature<HashSample | undefined>({
        argumentTypes: (hasSize ? [BINARY, INTEGER, STRING] : [BINARY, STRING]).slice(0, args.length),
        returnType: BINARY,
        nullable: false,
        make: () => undefined,
        read: (bytes) => tupleSample(bytes, kind),
        write: bytesOf,
        update: (sample, [bytes]) => add(sample, givenTuple(name, bytes as Uint8Array, kind)),
        merge: (sample, other) => (other === undefined ? sample : add(sample, other)),
        result: bytesOf,
      });
    },
  });
}

const KINDS: readonly Kind[] = ['double', 'integer'];

export const TUPLE_SCALARS: readonly ScalarFunction[] = KINDS.flatMap((kind) => [
  ...askFunctions(kind),
  ...JOINS.flatMap((join) => [joinFunction(join, kind, false), joinFunction(join, kind, true)]),
]);

export const TUPLE_AGGREGATES: readonly AggregateFunction[] = KINDS.flatMap((kind) => [
  sketchAgg(kind),
  ...JOINS.filter(({ hasMode }) => hasMode).map((join) => joinAgg(join, kind)),
]);
