/** Functions of vectors kept as arrays of floats: products, distances, norms, and sums and means of many. */
import type { GrowableColumn } from '../types/growable-column.ts';
import type { Value, Vector } from '../types/vector.ts';
import type { AggregateFunction, FunctionDoc, ScalarFunction } from './define-function.ts';
import type { Parameter } from './row-function.ts';
import { present } from '../errors/assert.ts';
import { MillraceError } from '../errors/millrace-error.ts';
import { DOUBLE, FLOAT, LONG, array } from '../types/data-type.ts';
import { vectorOf } from '../types/vector-builder.ts';
import { valueAt } from '../types/vector.ts';
import { checkArgumentCount, unexpectedType } from './argument-check.ts';
import { defineAggregate } from './define-function.ts';
import { implicitCast } from './type-rules.ts';
import { optional } from './parameters.ts';
import { rowFunction } from './row-function.ts';

type Floats = readonly (number | null)[];

const floats: Parameter<Floats> = {
  required: '"ARRAY<FLOAT>"',
  accept: (type) => (type.kind === 'array' && type.elementType.kind === 'float' ? type : undefined),
};
const float: Parameter<number> = { required: '"FLOAT"', accept: (type) => implicitCast(type, FLOAT) };

/** The numbers of both vectors; undefined when one holds a NULL. Throws when their lengths differ. */
function pairs(name: string, left: Floats, right: Floats): readonly (readonly [number, number])[] | undefined {
  if (left.length !== right.length)
    throw new MillraceError('VECTOR_DIMENSION_MISMATCH', {
      functionName: `\`${name}\``,
      leftDim: String(left.length),
      rightDim: String(right.length),
    });
  const found: (readonly [number, number])[] = [];
  for (const [i, a] of left.entries()) {
    const b = right[i];
    if (a === null || b === null || b === undefined) return undefined;
    found.push([a, b]);
  }
  return found;
}

function product(
  name: string,
  doc: FunctionDoc,
  finish: (pairs: readonly (readonly [number, number])[]) => number | null,
): ScalarFunction {
  return rowFunction({
    name,
    doc,
    parameters: [floats, floats],
    returns: FLOAT,
    result: 'mayBeNull',
    apply: ([left, right]) => {
      const both = pairs(name, left, right);
      const result = both === undefined ? null : finish(both);
      return result === null ? null : Math.fround(result);
    },
  });
}

function sumOf(numbers: readonly number[]): number {
  return numbers.reduce((sum, value) => sum + value, 0);
}

/** The norm of degree 1, 2 or infinity; undefined when an element is NULL. */
function norm(name: string, vector: Floats, degree: number): number | undefined {
  const sizes = vector.map((value) => (value === null ? NaN : Math.abs(value)));
  if (vector.includes(null)) return undefined;
  if (degree === 1) return sumOf(sizes);
  if (degree === 2) return Math.sqrt(sumOf(sizes.map((size) => size * size)));
  if (degree === Infinity) return Math.max(0, ...sizes);
  throw new MillraceError('INVALID_VECTOR_NORM_DEGREE', { functionName: `\`${name}\``, degree: String(degree) });
}

export const VECTOR_FUNCTIONS: readonly ScalarFunction[] = [
  product(
    'vector_inner_product',
    {
      usage: 'The sum of the products of elements at the same position.',
      example: 'vector_inner_product(array(1.0F, 2.0F), array(3.0F, 4.0F))',
      result: '11.0',
    },
    (both) => sumOf(both.map(([a, b]) => a * b)),
  ),
  product(
    'vector_l2_distance',
    {
      usage: 'The distance of two points.',
      example: 'vector_l2_distance(array(1.0F, 2.0F), array(4.0F, 6.0F))',
      result: '5.0',
    },
    (both) => Math.sqrt(sumOf(both.map(([a, b]) => (a - b) ** 2))),
  ),
  product(
    'vector_cosine_similarity',
    {
      usage: 'The cosine of the angle between two vectors; NULL when one has no length.',
      example: 'vector_cosine_similarity(array(1.0F, 0.0F), array(1.0F, 0.0F))',
      result: '1.0',
    },
    (both) => {
      const size = Math.sqrt(sumOf(both.map(([a]) => a * a))) * Math.sqrt(sumOf(both.map(([, b]) => b * b)));
      return size === 0 ? null : sumOf(both.map(([a, b]) => a * b)) / size;
    },
  ),
  rowFunction({
    name: 'vector_norm',
    doc: { usage: 'The length of a vector.', example: 'vector_norm(array(3.0F, 4.0F))', result: '5.0' },
    parameters: [floats, optional(float)],
    returns: FLOAT,
    result: 'mayBeNull',
    apply: ([vector, degree]) => {
      const length = norm('vector_norm', vector, degree ?? 2);
      return length === undefined ? null : Math.fround(length);
    },
  }),
  rowFunction({
    name: 'vector_normalize',
    doc: {
      usage: 'The vector of length 1 in the same direction; NULL when it has none.',
      example: 'vector_normalize(array(3.0F, 4.0F))',
      result: '[0.6, 0.8]',
    },
    parameters: [floats, optional(float)],
    returns: array(FLOAT),
    result: 'mayBeNull',
    apply: ([vector, degree]) => {
      const length = norm('vector_normalize', vector, degree ?? 2);
      if (length === undefined || length === 0) return null;
      return vector.map((value) => Math.fround((value ?? 0) / Math.fround(length)));
    },
  }),
];

/** The sum or mean of vectors, element by element; vectors with NULLs are left out. */
function vectorAggregate(name: string, isMean: boolean, doc: FunctionDoc): AggregateFunction {
  const add = (
    [sums, counts]: readonly GrowableColumn[],
    slots: Int32Array,
    column: Vector,
    added: Vector | undefined,
    numRows: number,
  ): void => {
    for (let row = 0; row < numRows; row++) {
      const vector = valueAt(column, row) as Floats | null;
      if (vector === null || vector.includes(null)) continue;
      const slot = slots[row] as number;
      const known = sums?.get(slot) as Floats | null | undefined;
      if (known !== null && known !== undefined) pairs(name, known, vector);
      const sum = vector.map((value, i) => (value ?? 0) + (known?.[i] ?? 0));
      sums?.set(slot, sum);
      const rows = added === undefined ? 1n : (valueAt(added, row) as bigint);
      counts?.set(slot, ((counts.get(slot) ?? 0n) as bigint) + rows);
    }
  };
  return defineAggregate({
    name,
    doc,
    resolve: (args) => {
      checkArgumentCount(name, args, 1, 1);
      const type = floats.accept(present(args[0], 'one argument').dataType);
      if (type === undefined) throw unexpectedType(name, args, 0, floats.required);
      return {
        argumentTypes: [type],
        returnType: array(FLOAT),
        nullable: true,
        bufferTypes: [array(DOUBLE), LONG],
        initialize: ([sums, counts], slot) => {
          sums?.set(slot, null);
          counts?.set(slot, 0n);
        },
        update: (buffers, slots, [column], numRows) =>
          add(buffers, slots, present(column, 'vectors'), undefined, numRows),
        merge: (buffers, slots, [partial, counts], numRows) =>
          add(buffers, slots, present(partial, 'sums'), counts, numRows),
        result: ([sums, counts], slots, count) =>
          vectorOf(
            array(FLOAT),
            Array.from({ length: count }, (_, i): Value | null => {
              const sum = sums?.get(slots[i] as number) as Floats | null | undefined;
              const divisor = isMean ? Number(counts?.get(slots[i] as number) ?? 1n) : 1;
              return sum?.map((value) => Math.fround((value ?? 0) / divisor)) ?? null;
            }),
          ),
      };
    },
  });
}

export const VECTOR_AGGREGATES: readonly AggregateFunction[] = [
  vectorAggregate('vector_sum', false, {
    usage: 'The sum of vectors, element by element.',
    example: 'vector_sum(v) FROM VALUES (array(1.0F, 2.0F)), (array(3.0F, 4.0F)) AS t(v)',
    result: '[4.0, 6.0]',
  }),
  vectorAggregate('vector_avg', true, {
    usage: 'The mean of vectors, element by element.',
    example: 'vector_avg(v) FROM VALUES (array(1.0F, 2.0F)), (array(3.0F, 4.0F)) AS t(v)',
    result: '[2.0, 3.0]',
  }),
];
