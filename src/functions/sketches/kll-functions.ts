/** kll_sketch_agg_bigint, _float, _double and their kin: sketches of quantiles that can be stored, merged and asked for ranks and values. */
import type { DataType } from '../../types/data-type.ts';
import type { Value } from '../../types/vector.ts';
import type { AggregateFunction, Argument, ScalarFunction } from '../define-function.ts';
import type { KllItems } from './kll-sketch.ts';
import { MillraceError } from '../../errors/millrace-error.ts';
import { present } from '../../errors/assert.ts';
import { BINARY, DOUBLE, FLOAT, INTEGER, LONG, STRING, array, isIntegral } from '../../types/data-type.ts';
import { javaDouble, javaFloat } from '../../types/number-text.ts';
import { checkArgumentCount, unexpectedType } from '../argument-check.ts';
import { defineAggregate, defineScalar } from '../define-function.ts';
import { binary } from '../parameters.ts';
import { rowFunction } from '../row-function.ts';
import { implicitCast } from '../type-rules.ts';
import { KllSketch } from './kll-sketch.ts';
import { sketchSignature } from './sketch-aggregate.ts';

type Item = number | bigint;
type Sketch = KllSketch<Item>;

const DEFAULT_K = 200;
const [MIN_K, MAX_K] = [8, 65_535];

interface Kind {
  readonly name: 'bigint' | 'float' | 'double';
  /** As the summary names it. */
  readonly title: string;
  readonly type: DataType;
  /** What the aggregate takes, and how errors write it. */
  readonly takes: (type: DataType) => boolean;
  readonly required: string;
  readonly items: KllItems<Item>;
  readonly print: (item: Item) => string;
  readonly rows: string;
}

const compare = (left: Item, right: Item): number => (left < right ? -1 : left > right ? 1 : 0);

const KINDS: readonly Kind[] = [
  {
    name: 'bigint',
    title: 'Longs',
    type: LONG,
    takes: isIntegral,
    required: '("TINYINT" or "INT" or "BIGINT" or "SMALLINT")',
    items: {
      bytes: 8,
      read: (view, at) => view.getBigInt64(at, true),
      write: (view, at, item) => view.setBigInt64(at, BigInt(item), true),
      compare,
    },
    print: String,
    rows: 'FROM VALUES (1), (2), (3), (4), (5) AS t(c)',
  },
  {
    name: 'float',
    title: 'Floats',
    type: FLOAT,
    takes: ({ kind }) => kind === 'float',
    required: '"FLOAT"',
    items: {
      bytes: 4,
      read: (view, at) => view.getFloat32(at, true),
      write: (view, at, item) => view.setFloat32(at, Number(item), true),
      compare,
    },
    print: (item) => javaFloat(Number(item)),
    rows: 'FROM VALUES (1F), (2F), (3F), (4F), (5F) AS t(c)',
  },
  {
    name: 'double',
    title: 'Doubles',
    type: DOUBLE,
    takes: ({ kind }) => kind === 'double' || kind === 'float',
    required: '("FLOAT" or "DOUBLE")',
    items: {
      bytes: 8,
      read: (view, at) => view.getFloat64(at, true),
      write: (view, at, item) => view.setFloat64(at, Number(item), true),
      compare,
    },
    print: (item) => javaDouble(Number(item)),
    rows: 'FROM VALUES (1D), (2D), (3D), (4D), (5D) AS t(c)',
  },
];

function given(name: string, bytes: Value | null | undefined, { items }: Kind): Sketch {
  const sketch = bytes instanceof Uint8Array ? KllSketch.fromBytes<Item>(bytes, items) : undefined;
  if (sketch === undefined) throw new MillraceError('KLL_INVALID_INPUT_SKETCH_BUFFER', { function: `\`${name}\`` });
  return sketch;
}

function kOf(name: string, args: readonly Argument[]): number {
  const arg = args[1];
  if (arg === undefined) return DEFAULT_K;
  if (implicitCast(arg.dataType, INTEGER) === undefined) throw unexpectedType(name, args, 1, '"INT"');
  if (arg.literal === undefined)
    throw new MillraceError('KLL_SKETCH_K_MUST_BE_CONSTANT', { functionName: `\`${name}\`` });
  const k = Number(arg.literal ?? 0);
  if (k >= MIN_K && k <= MAX_K) return k;
  throw new MillraceError('KLL_SKETCH_K_OUT_OF_RANGE', { functionName: `\`${name}\``, k: String(k) });
}

/** A question about each of some numbers, or about one: the second argument may be an array. */
function asking(
  kind: Kind,
  stem: 'rank' | 'quantile',
  usage: string,
  [from, to]: readonly [DataType, DataType],
  ask: (sketch: Sketch, about: Item) => Item | null,
  result: string,
): ScalarFunction {
  const name = `kll_sketch_get_${stem}_${kind.name}`;
  return defineScalar({
    name,
    doc: {
      usage,
      example: `${name}(kll_sketch_agg_${kind.name}(c), ${stem === 'rank' ? '3' : '0.5'}) ${kind.rows}`,
      result,
    },
    resolve: (args) => {
      checkArgumentCount(name, args, 2, 2);
      const [sketch, about] = args.map(({ dataType }) => dataType);
      if (implicitCast(present(sketch, 'a sketch'), BINARY) === undefined)
        throw unexpectedType(name, args, 0, '"BINARY"');
      const isArray = about?.kind === 'array';
      const type = isArray ? array(from) : from;
      if (implicitCast(present(about, 'a number'), type) === undefined)
        throw unexpectedType(
          name,
          args,
          1,
          `("${from.kind === 'double' ? 'DOUBLE' : kind.name.toUpperCase()}" or "ARRAY")`,
        );
      return {
        argumentTypes: [BINARY, type],
        returnType: isArray ? array(to) : to,
        nullable: true,
        evaluator: {
          kind: 'row',
          nulls: 'propagate',
          apply: ([bytes, wanted]) => {
            const known = given(name, bytes, kind);
            if (!isArray) return ask(known, wanted as Item);
            return (wanted as readonly (Item | null)[]).map((one) => (one === null ? null : ask(known, one)));
          },
        },
      };
    },
  });
}

function scalarsOf(kind: Kind): readonly ScalarFunction[] {
  const { name: suffix, rows, type, title, print } = kind;
  const agg = `kll_sketch_agg_${suffix}(c)`;
  const quantile = (sketch: Sketch, rank: Item): Item | null => {
    const share = Number(rank);
    if (!(share >= 0 && share <= 1))
      throw new MillraceError('KLL_SKETCH_INVALID_QUANTILE_RANGE', {
        functionName: `\`kll_sketch_get_quantile_${suffix}\``,
      });
    const value = sketch.quantile(share);
    if (value === undefined)
      throw new MillraceError('KLL_INVALID_INPUT_SKETCH_BUFFER', { function: `\`kll_sketch_get_quantile_${suffix}\`` });
    return value;
  };
  return [
    rowFunction({
      name: `kll_sketch_get_n_${suffix}`,
      doc: {
        usage: 'How many values a KLL sketch is of.',
        example: `kll_sketch_get_n_${suffix}(${agg}) ${rows}`,
        result: '5',
      },
      parameters: [binary],
      returns: LONG,
      apply: ([bytes]) => BigInt(given(`kll_sketch_get_n_${suffix}`, bytes, kind).count),
    }),
    rowFunction({
      name: `kll_sketch_to_string_${suffix}`,
      doc: {
        usage: 'A KLL sketch in words.',
        example: `length(kll_sketch_to_string_${suffix}(${agg})) > 0 ${rows}`,
        result: 'true',
      },
      parameters: [binary],
      returns: STRING,
      apply: ([bytes]) => given(`kll_sketch_to_string_${suffix}`, bytes, kind).summary(title, print),
    }),
    rowFunction({
      name: `kll_sketch_merge_${suffix}`,
      doc: {
        usage: 'One KLL sketch of the values of two.',
        example: `kll_sketch_get_n_${suffix}(kll_sketch_merge_${suffix}(${agg}, ${agg})) ${rows}`,
        result: '10',
      },
      parameters: [binary, binary],
      returns: BINARY,
      apply: ([first, second]) => {
        const merged = given(`kll_sketch_merge_${suffix}`, first, kind);
        merged.merge(given(`kll_sketch_merge_${suffix}`, second, kind));
        return merged.toBytes();
      },
    }),
    asking(
      kind,
      'quantile',
      'The value at a rank from 0 to 1 (or an array of them) of a KLL sketch.',
      [DOUBLE, type],
      quantile,
      suffix === 'bigint' ? '3' : '3.0',
    ),
    asking(
      kind,
      'rank',
      'The share of values of a KLL sketch that are not greater than a value (or an array of them).',
      [type, DOUBLE],
      (sketch, item) => (sketch.count === 0 ? null : sketch.rank(item)),
      '0.6',
    ),
  ];
}

function aggregateOf(kind: Kind, isMerge: boolean): AggregateFunction {
  const { name: suffix, items, type, rows } = kind;
  const name = isMerge ? `kll_merge_agg_${suffix}` : `kll_sketch_agg_${suffix}`;
  return defineAggregate({
    name,
    doc: {
      usage: isMerge
        ? 'One KLL sketch of the values of all.'
        : 'A KLL sketch of all values; the second argument is its size k, 200 unless given.',
      example: isMerge
        ? `kll_sketch_get_n_${suffix}(${name}(c)) FROM VALUES (CAST(NULL AS BINARY)) AS t(c)`
        : `kll_sketch_get_n_${suffix}(${name}(c, 400)) ${rows}`,
      result: isMerge ? '0' : '5',
    },
    resolve: (args) => {
      checkArgumentCount(name, args, 1, 2);
      const from = present(args[0], 'a value').dataType;
      if (isMerge ? implicitCast(from, BINARY) === undefined : !kind.takes(from) && from.kind !== 'void')
        throw unexpectedType(name, args, 0, isMerge ? '"BINARY"' : kind.required);
      const k = kOf(name, args);
      return sketchSignature<Sketch>({
        argumentTypes: [isMerge ? BINARY : type, INTEGER].slice(0, args.length),
        returnType: BINARY,
        nullable: false,
        make: () => new KllSketch<Item>(k, items),
        read: (bytes) => given(name, bytes, kind),
        write: (sketch) => sketch.toBytes(),
        update: (sketch, [value = null]) => {
          if (isMerge) sketch.merge(given(name, value, kind));
          else if (!Number.isNaN(value)) sketch.add(value as Item);
          return sketch;
        },
        merge: (sketch, other) => {
          sketch.merge(other);
          return sketch;
        },
        result: (sketch) => sketch.toBytes(),
      });
    },
  });
}

export const KLL_SCALARS: readonly ScalarFunction[] = KINDS.flatMap(scalarsOf);

export const KLL_AGGREGATES: readonly AggregateFunction[] = KINDS.flatMap((kind) => [
  aggregateOf(kind, false),
  aggregateOf(kind, true),
]);
