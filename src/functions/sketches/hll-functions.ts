/** hll_sketch_agg, hll_union_agg, hll_sketch_estimate and hll_union: counting distinct values with sketches that can be stored and merged. */
import type { DataType } from '../../types/data-type.ts';
import type { Value } from '../../types/vector.ts';
import type { AggregateFunction, Argument, ScalarFunction } from '../define-function.ts';
import { MillraceError } from '../../errors/millrace-error.ts';
import { present } from '../../errors/assert.ts';
import { BINARY, BOOLEAN, INTEGER, LONG, STRING } from '../../types/data-type.ts';
import { checkArgumentCount, unexpectedType } from '../argument-check.ts';
import { defineAggregate } from '../define-function.ts';
import { binary, boolean, optional, strictly } from '../parameters.ts';
import { rowFunction } from '../row-function.ts';
import { HllSketch, MAX_LG_K, MIN_LG_K, couponOf } from './hll-sketch.ts';
import { murmurHash128, murmurHashOfLong } from './murmur-hash-128.ts';
import { sketchSignature } from './sketch-aggregate.ts';

const DEFAULT_LG_K = 12;
const COUNTED_TYPES: readonly DataType[] = [INTEGER, LONG, STRING, BINARY];
const strictBinary = strictly(binary, 'binary');
const encoder = new TextEncoder();

/** The sketch of bytes a function `name` was given. */
function sketchOf(name: string, bytes: Uint8Array): HllSketch {
  const sketch = HllSketch.fromBytes(bytes);
  if (sketch !== undefined) return sketch;
  throw new MillraceError('HLL_INVALID_INPUT_SKETCH_BUFFER', { function: `\`${name}\`` });
}

function checkSameSize(name: string, left: HllSketch, right: HllSketch, mayDiffer: boolean): void {
  if (mayDiffer || left.lgK === right.lgK) return;
  throw new MillraceError('HLL_UNION_DIFFERENT_LG_K', {
    left: String(left.lgK),
    right: String(right.lgK),
    function: `\`${name}\``,
  });
}

/** Adds a value; nothing for an empty one. */
function addValue(sketch: HllSketch, value: Value | null): HllSketch {
  if (typeof value === 'number' || typeof value === 'bigint') sketch.add(couponOf(murmurHashOfLong(BigInt(value))));
  else {
    const bytes = value instanceof Uint8Array ? value : encoder.encode(String(value));
    if (bytes.length > 0) sketch.add(couponOf(murmurHash128(bytes)));
  }
  return sketch;
}

/** The bits of K that a call asks for. */
function lgKOf(arg: Argument | undefined): number {
  if (arg === undefined) return DEFAULT_LG_K;
  if (arg.literal === undefined) throw new MillraceError('HLL_K_MUST_BE_CONSTANT', { function: '`hll_sketch_agg`' });
  const lgK = Number(arg.literal ?? 0);
  if (lgK >= MIN_LG_K && lgK <= MAX_LG_K) return lgK;
  throw new MillraceError('HLL_INVALID_LG_K', {
    function: '`hll_sketch_agg`',
    min: String(MIN_LG_K),
    max: String(MAX_LG_K),
    value: String(lgK),
  });
}

export const HLL_SCALARS: readonly ScalarFunction[] = [
  rowFunction({
    name: 'hll_sketch_estimate',
    doc: {
      usage: 'About how many different values a HyperLogLog sketch is of.',
      example: 'hll_sketch_estimate(hll_sketch_agg(c)) FROM VALUES (1), (1), (2), (2), (3) AS t(c)',
      result: '3',
    },
    parameters: [strictBinary],
    returns: LONG,
    apply: ([bytes]) => BigInt(Math.round(sketchOf('hll_sketch_estimate', bytes).estimate)),
  }),
  rowFunction({
    name: 'hll_union',
    doc: {
      usage: 'One HyperLogLog sketch of the values of two; of different sizes only with true as third argument.',
      example:
        'hll_sketch_estimate(hll_union(hll_sketch_agg(a), hll_sketch_agg(b))) FROM VALUES (1, 4), (1, 4), (2, 5), (2, 5), (3, 6) AS t(a, b)',
      result: '6',
    },
    parameters: [strictBinary, strictBinary, optional(strictly(boolean, 'boolean'))],
    returns: BINARY,
    apply: ([first, second, mayDiffer]) => {
      const left = sketchOf('hll_union', first);
      const right = sketchOf('hll_union', second);
      checkSameSize('hll_union', left, right, mayDiffer ?? false);
      const lgK = Math.min(left.lgK, right.lgK);
      return new HllSketch(lgK).union(left, lgK).union(right, lgK).toBytes();
    },
  }),
];

const sketchAgg = defineAggregate({
  name: 'hll_sketch_agg',
  doc: {
    usage:
      'A HyperLogLog sketch of all values, with 2 to the power of the second argument registers (12 unless given).',
    example: 'hll_sketch_estimate(hll_sketch_agg(c, 12)) FROM VALUES (1), (1), (2), (2), (3) AS t(c)',
    result: '3',
  },
  resolve: (args) => {
    checkArgumentCount('hll_sketch_agg', args, 1, 2);
    const given = present(args[0], 'a value').dataType;
    const type = given.kind === 'void' ? INTEGER : COUNTED_TYPES.find(({ kind }) => kind === given.kind);
    if (type === undefined)
      throw unexpectedType('hll_sketch_agg', args, 0, '("INT" or "BIGINT" or "STRING" or "BINARY")');
    if (args[1] !== undefined && !['integer', 'void'].includes(args[1].dataType.kind))
      throw unexpectedType('hll_sketch_agg', args, 1, '"INT"');
    const lgK = lgKOf(args[1]);
    return sketchSignature<HllSketch>({
      argumentTypes: args.length === 2 ? [type, INTEGER] : [type],
      returnType: BINARY,
      nullable: false,
      make: () => new HllSketch(lgK),
      read: (bytes) => present(HllSketch.fromBytes(bytes), 'a sketch made here'),
      write: (sketch) => sketch.toBytes(),
      update: (sketch, [value = null]) => addValue(sketch, value),
      merge: (sketch, other) => new HllSketch(lgK).union(sketch, lgK).union(other, lgK),
      result: (sketch) => sketch.toBytes(),
    });
  },
});

const unionAgg = defineAggregate({
  name: 'hll_union_agg',
  doc: {
    usage: 'One HyperLogLog sketch of the values of all; of different sizes only with true as second argument.',
    example: `hll_sketch_estimate(hll_union_agg(c, true)) FROM VALUES (X'0201070C030001082BF2FB06${'00'.repeat(28)}') AS t(c)`,
    result: '1',
  },
  resolve: (args) => {
    checkArgumentCount('hll_union_agg', args, 1, 2);
    args.forEach((arg, i) => {
      if (![i === 0 ? 'binary' : 'boolean', 'void'].includes(arg.dataType.kind))
        throw unexpectedType('hll_union_agg', args, i, i === 0 ? '"BINARY"' : '"BOOLEAN"');
    });
    const mayDiffer = args[1]?.literal === true;
    const join = (sketch: HllSketch | undefined, other: HllSketch): HllSketch => {
      if (sketch === undefined) return new HllSketch(other.lgK).union(other, other.lgK);
      checkSameSize('hll_union_agg', sketch, other, mayDiffer);
      return sketch.union(other, sketch.lgK);
    };
    return sketchSignature<HllSketch | undefined>({
      argumentTypes: args.length === 2 ? [BINARY, BOOLEAN] : [BINARY],
      returnType: BINARY,
      nullable: false,
      make: () => undefined,
      read: (bytes) => present(HllSketch.fromBytes(bytes), 'a sketch made here'),
      write: (sketch) => (sketch ?? new HllSketch(DEFAULT_LG_K)).toBytes(),
      update: (sketch, [bytes]) => join(sketch, sketchOf('hll_union_agg', bytes as Uint8Array)),
      merge: (sketch, other) => (other === undefined ? sketch : join(sketch, other)),
      result: (sketch) => (sketch ?? new HllSketch(DEFAULT_LG_K)).toBytes(),
    });
  },
});

export const HLL_AGGREGATES: readonly AggregateFunction[] = [sketchAgg, unionAgg];
