/**
 * count_min_sketch: how often values occur, as a table of counters by several hashes, in the binary format of Spark's CountMinSketch:
 * version 1, total, depth, width, a factor per row, the counters; numbers of big end.
 */
import type { Value } from '../../types/vector.ts';
import type { AggregateFunction, Argument } from '../define-function.ts';
import { MillraceError } from '../../errors/millrace-error.ts';
import { present } from '../../errors/assert.ts';
import { hashValue } from '../../types/hash.ts';
import { BINARY, DOUBLE, INTEGER, isIntegral } from '../../types/data-type.ts';
import { checkArgumentCount, notConstant, quotedCall, unexpectedType } from '../argument-check.ts';
import { defineAggregate } from '../define-function.ts';
import { sketchSignature } from './sketch-aggregate.ts';

const VERSION = 1;
const HEAD_BYTES = 20;
const PRIME = 2n ** 31n - 1n;
const MULTIPLIER = 0x5deece66dn;
const STATE_MASK = 2n ** 48n - 1n;
const encoder = new TextEncoder();

interface CountMinSketch {
  readonly width: number;
  readonly factors: BigInt64Array;
  /** Row after row. */
  readonly counts: BigInt64Array;
  total: bigint;
}

/** The first numbers below 2^31 - 1 of Java's generator with a seed. */
function factorsOf(seed: number, count: number): BigInt64Array {
  let state = (BigInt(seed) ^ MULTIPLIER) & STATE_MASK;
  const next = (): bigint => {
    state = (state * MULTIPLIER + 0xbn) & STATE_MASK;
    return state >> 17n;
  };
  return BigInt64Array.from({ length: count }, () => {
    let drawn = next();
    while (drawn === PRIME) drawn = next();
    return drawn;
  });
}

function emptySketch({ eps, confidence, seed }: { eps: number; confidence: number; seed: number }): CountMinSketch {
  const width = Math.ceil(2 / eps);
  const depth = Math.ceil(-Math.log1p(-confidence) / Math.LN2);
  return { width, factors: factorsOf(seed, depth), counts: new BigInt64Array(depth * width), total: 0n };
}

/** The counter of a value in each row. */
function bucketsOf({ width, factors }: CountMinSketch, value: Value): number[] {
  if (typeof value === 'number' || typeof value === 'bigint')
    return Array.from(factors, (factor) => {
      const product = BigInt.asIntN(64, factor * BigInt(value));
      const hash = BigInt.asIntN(64, product + (product >> 32n)) & PRIME;
      return Number(hash) % width;
    });
  const bytes = value instanceof Uint8Array ? value : encoder.encode(String(value));
  const first = hashValue(BINARY, bytes, 0);
  const second = hashValue(BINARY, bytes, first);
  return Array.from(factors, (_, i) => Math.abs(((first + Math.imul(i, second)) | 0) % width));
}

function add(sketch: CountMinSketch, value: Value | null): CountMinSketch {
  if (value === null) return sketch;
  bucketsOf(sketch, value).forEach((bucket, row) => {
    const at = row * sketch.width + bucket;
    sketch.counts[at] = (sketch.counts[at] as bigint) + 1n;
  });
  sketch.total += 1n;
  return sketch;
}

function merge(sketch: CountMinSketch, other: CountMinSketch): CountMinSketch {
  other.counts.forEach((count, i) => (sketch.counts[i] = (sketch.counts[i] as bigint) + count));
  sketch.total += other.total;
  return sketch;
}

function toBytes({ width, factors, counts, total }: CountMinSketch): Uint8Array {
  const view = new DataView(new ArrayBuffer(HEAD_BYTES + factors.byteLength + counts.byteLength));
  view.setInt32(0, VERSION);
  view.setBigInt64(4, total);
  view.setInt32(12, factors.length);
  view.setInt32(16, width);
  [...factors, ...counts].forEach((number, i) => view.setBigInt64(HEAD_BYTES + i * 8, number));
  return new Uint8Array(view.buffer);
}

function fromBytes(bytes: Uint8Array): CountMinSketch {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const depth = view.getInt32(12);
  const width = view.getInt32(16);
  const numbers = (from: number, length: number): BigInt64Array =>
    BigInt64Array.from({ length }, (_, i) => view.getBigInt64(HEAD_BYTES + (from + i) * 8));
  return { width, factors: numbers(0, depth), counts: numbers(depth, depth * width), total: view.getBigInt64(4) };
}

const PARAMETERS = [
  {
    parameter: 'eps',
    dataType: DOUBLE,
    type: '"DOUBLE"',
    range: '(0.0, Infinity]',
    fits: (value: number) => value > 0,
  },
  {
    parameter: 'confidence',
    dataType: DOUBLE,
    type: '"DOUBLE"',
    range: '(0.0, 1.0)',
    fits: (value: number) => value > 0 && value < 1,
  },
  { parameter: 'seed', dataType: INTEGER, type: '"INT"', range: '', fits: () => true },
] as const;

/** The constants of a call, checked. */
function constantsOf(args: readonly Argument[]): { eps: number; confidence: number; seed: number } {
  const sqlExpr = quotedCall('count_min_sketch', args);
  const [eps = 0, confidence = 0, seed = 0] = PARAMETERS.map(({ parameter, type, range, fits }, i) => {
    const literal = args[i + 1]?.literal;
    if (literal === undefined) throw notConstant('count_min_sketch', args, i + 1, { parameter, type });
    if (literal === null)
      throw new MillraceError('DATATYPE_MISMATCH.UNEXPECTED_NULL', { sqlExpr, exprName: parameter });
    const value = Number(literal);
    if (!fits(value))
      throw new MillraceError('DATATYPE_MISMATCH.VALUE_OUT_OF_RANGE', {
        sqlExpr,
        exprName: `\`${parameter}\``,
        valueRange: range,
        currentValue: String(value),
      });
    return value;
  });
  return { eps, confidence, seed };
}

export const COUNT_MIN_AGGREGATES: readonly AggregateFunction[] = [
  defineAggregate({
    name: 'count_min_sketch',
    doc: {
      usage: 'A count-min sketch of the values, for a relative error, a confidence and a seed.',
      example: 'length(count_min_sketch(c, 0.5D, 0.5D, 1)) FROM VALUES (1), (2), (1) AS t(c)',
      result: '60',
    },
    resolve: (args) => {
      checkArgumentCount('count_min_sketch', args, 4, 4);
      const { dataType: type } = present(args[0], 'a value');
      if (!isIntegral(type) && !['string', 'binary', 'void'].includes(type.kind))
        throw unexpectedType('count_min_sketch', args, 0, '("INTEGRAL" or "STRING" or "BINARY")');
      PARAMETERS.forEach(({ dataType, type: required }, i) => {
        if (![dataType.kind, 'void'].includes(present(args[i + 1], 'a constant').dataType.kind))
          throw unexpectedType('count_min_sketch', args, i + 1, required);
      });
      const constants = constantsOf(args);
      return sketchSignature<CountMinSketch>({
        argumentTypes: [type, DOUBLE, DOUBLE, INTEGER],
        returnType: BINARY,
        nullable: false,
        make: () => emptySketch(constants),
        read: fromBytes,
        write: toBytes,
        update: (sketch, [value = null]) => add(sketch, value),
        merge,
        result: toBytes,
      });
    },
  }),
];
