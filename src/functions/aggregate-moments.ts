/**
 * Statistics of one or two columns by their central moments, which merge without loss: skewness, kurtosis, covariance, correlation and
 * linear regression. The buffers are doubles: a count, means, and sums of products of differences.
 */
import type { GrowableColumn } from '../types/growable-column.ts';
import type { Vector } from '../types/vector.ts';
import type { AggregateFunction } from './define-function.ts';
import { present } from '../errors/assert.ts';
import { DOUBLE, LONG } from '../types/data-type.ts';
import { vectorOf } from '../types/vector-builder.ts';
import { checkArgumentCount, unexpectedType } from './argument-check.ts';
import { defineAggregate } from './define-function.ts';
import { double } from './parameters.ts';

/** The moments of a group, or of one row. */
type Moments = readonly number[];

interface MomentKind {
  readonly numColumns: number;
  readonly empty: Moments;
  /** The moments with one row more. */
  readonly step: (moments: Moments, values: readonly number[]) => Moments;
  readonly merge: (left: Moments, right: Moments) => Moments;
}

/** Count, mean and the second to fourth central moment. */
const SINGLE: MomentKind = {
  numColumns: 1,
  empty: [0, 0, 0, 0, 0],
  step: ([n0 = 0, mean = 0, m2 = 0, m3 = 0, m4 = 0], [x = 0]) => {
    const n = n0 + 1;
    const delta = x - mean;
    const share = delta / n;
    const newM2 = m2 + delta * (delta - share);
    const newM3 = m3 - 3 * share * newM2 + delta * (delta * delta - share * share);
    const newM4 =
      m4 -
      4 * share * newM3 -
      6 * (share * share) * newM2 +
      delta * (delta * (delta * delta) - share * (share * share));
    return [n, mean + share, newM2, newM3, newM4];
  },
  merge: ([n1 = 0, mean1 = 0, a2 = 0, a3 = 0, a4 = 0], [n2 = 0, mean2 = 0, b2 = 0, b3 = 0, b4 = 0]) => {
    const n = n1 + n2;
    if (n === 0) return SINGLE.empty;
    const delta = mean2 - mean1;
    const share = delta / n;
    const m2 = a2 + b2 + delta * share * n1 * n2;
    const m3 = a3 + b3 + share * share * delta * n1 * n2 * (n1 - n2) + 3 * share * (n1 * b2 - n2 * a2);
    const m4 =
      a4 +
      b4 +
      share * share * share * delta * n1 * n2 * (n1 * n1 - n1 * n2 + n2 * n2) +
      6 * share * share * (n1 * n1 * b2 + n2 * n2 * a2) +
      4 * share * (n1 * b3 - n2 * a3);
    return [n, mean1 + share * n2, m2, m3, m4];
  },
};

/** Count, both means, the sum of products, and both sums of squares. */
const PAIR: MomentKind = {
  numColumns: 2,
  empty: [0, 0, 0, 0, 0, 0],
  step: ([n0 = 0, x0 = 0, y0 = 0, c = 0, sx = 0, sy = 0], [x = 0, y = 0]) => {
    const n = n0 + 1;
    const dx = x - x0;
    const dy = y - y0;
    const newX = x0 + dx / n;
    const newY = y0 + dy / n;
    return [n, newX, newY, c + dx * (y - newY), sx + dx * (x - newX), sy + dy * (y - newY)];
  },
  merge: ([n1 = 0, x1 = 0, y1 = 0, c1 = 0, sx1 = 0, sy1 = 0], [n2 = 0, x2 = 0, y2 = 0, c2 = 0, sx2 = 0, sy2 = 0]) => {
    const n = n1 + n2;
    if (n === 0) return PAIR.empty;
    const dx = x2 - x1;
    const dy = y2 - y1;
    const weight = (n1 * n2) / n;
    return [
      n,
      x1 + (dx * n2) / n,
      y1 + (dy * n2) / n,
      c1 + c2 + dx * dy * weight,
      sx1 + sx2 + dx * dx * weight,
      sy1 + sy2 + dy * dy * weight,
    ];
  },
};

function read(buffers: readonly GrowableColumn[], slot: number): Moments {
  return buffers.map((buffer) => buffer.doubles[slot] as number);
}

function write(buffers: readonly GrowableColumn[], slot: number, moments: Moments): void {
  buffers.forEach((buffer, i) => (buffer.doubles[slot] = moments[i] as number));
}

/** The doubles of a row; undefined when one is null. */
function rowOf(columns: readonly Vector[], row: number): number[] | undefined {
  const values: number[] = [];
  for (const column of columns) {
    if (column.layout !== 'double' || column.validity?.[row] === 0) return undefined;
    values.push(column.values[row] as number);
  }
  return values;
}

function moments(
  name: string,
  aliases: readonly string[],
  kind: MomentKind,
  usage: string,
  finish: (moments: Moments) => number | bigint | null,
  options: { readonly example?: string; readonly result?: string; readonly returnsLong?: true } = {},
): AggregateFunction {
  const returnType = options.returnsLong === true ? LONG : DOUBLE;
  const columns = kind.numColumns === 1 ? 'x' : 'y, x';
  const rows = kind.numColumns === 1 ? '(1), (2)' : '(1, 1), (2, 2)';
  return defineAggregate({
    name,
    aliases,
    doc: {
      usage,
      example: options.example ?? `${name}(${columns}) FROM VALUES ${rows} AS t(${columns})`,
      result: options.result ?? '1.0',
    },
    resolve: (args) => {
      checkArgumentCount(name, args, kind.numColumns, kind.numColumns);
      for (const [i, arg] of args.entries())
        if (double.accept(arg.dataType) === undefined) throw unexpectedType(name, args, i, '"DOUBLE"');
      return {
        argumentTypes: args.map(() => DOUBLE),
        returnType,
        nullable: options.returnsLong !== true,
        bufferTypes: kind.empty.map(() => DOUBLE),
        initialize: (buffers, slot) => buffers.forEach((buffer) => buffer.set(slot, 0)),
        update: (buffers, slots, inputs, numRows) => {
          for (let i = 0; i < numRows; i++) {
            const row = rowOf(inputs, i);
            const slot = slots[i] as number;
            if (row !== undefined) write(buffers, slot, kind.step(read(buffers, slot), row));
          }
        },
        merge: (buffers, slots, partials, numRows) => {
          for (let i = 0; i < numRows; i++) {
            const slot = slots[i] as number;
            const partial = present(rowOf(partials, i), 'buffers have no nulls');
            write(buffers, slot, kind.merge(read(buffers, slot), partial));
          }
        },
        result: (buffers, slots, count) =>
          vectorOf(
            returnType,
            Array.from({ length: count }, (_, i) => {
              const found = read(buffers, slots[i] as number);
              return found[0] === 0 && options.returnsLong !== true ? null : finish(found);
            }),
          ),
      };
    },
  });
}

/** As PAIR for (y, x), in the order of operations Spark has for regression lines. */
const LINE: MomentKind = {
  ...PAIR,
  step: ([n0 = 0, y0 = 0, x0 = 0, c = 0, sy = 0, sx = 0], [y = 0, x = 0]) => {
    const n = n0 + 1;
    const dy = y - y0;
    const dx = x - x0;
    const newY = y0 + dy / n;
    return [n, newY, x0 + dx / n, c + dx * (y - newY), sy + dy * (dy - dy / n), sx + dx * (dx - dx / n)];
  },
};

/** Regression functions take (y, x): the first column is y. */
const COUNT = 0;
const MEAN_Y = 1;
const MEAN_X = 2;
const PRODUCTS = 3;
const SQUARES_Y = 4;
const SQUARES_X = 5;

function at(found: Moments, index: number): number {
  return found[index] as number;
}

function slope(found: Moments): number | null {
  return at(found, COUNT) < 2 || at(found, SQUARES_X) === 0 ? null : at(found, PRODUCTS) / at(found, SQUARES_X);
}

function correlation(found: Moments): number | null {
  if (at(found, COUNT) === 1) return null;
  const product = at(found, SQUARES_X) * at(found, SQUARES_Y);
  return product === 0 ? null : at(found, PRODUCTS) / Math.sqrt(product);
}

export const MOMENTS: readonly AggregateFunction[] = [
  moments(
    'skewness',
    [],
    SINGLE,
    'The skewness of the values.',
    ([n = 0, , m2 = 0, m3 = 0]) => (m2 === 0 ? null : (Math.sqrt(n) * m3) / Math.sqrt(m2 * m2 * m2)),
    { result: '0.0' },
  ),
  moments(
    'kurtosis',
    [],
    SINGLE,
    'The excess kurtosis of the values.',
    ([n = 0, , m2 = 0, , m4 = 0]) => (m2 === 0 ? null : (n * m4) / (m2 * m2) - 3),
    { result: '-2.0' },
  ),
  moments('covar_pop', [], PAIR, 'The covariance of the population.', (m) => at(m, PRODUCTS) / at(m, COUNT), {
    result: '0.25',
  }),
  moments(
    'covar_samp',
    [],
    PAIR,
    'The covariance of a sample, NULL for one pair.',
    (m) => (at(m, COUNT) === 1 ? null : at(m, PRODUCTS) / (at(m, COUNT) - 1)),
    { result: '0.5' },
  ),
  moments('corr', [], PAIR, 'The correlation coefficient of two columns.', correlation),
  moments('regr_count', [], PAIR, 'The number of pairs without NULL.', (m) => BigInt(at(m, COUNT)), {
    result: '2',
    returnsLong: true,
  }),
  moments('regr_avgx', [], PAIR, 'The mean of x over pairs (y, x).', (m) => at(m, MEAN_X), { result: '1.5' }),
  moments('regr_avgy', [], PAIR, 'The mean of y over pairs (y, x).', (m) => at(m, MEAN_Y), { result: '1.5' }),
  moments('regr_sxx', [], LINE, 'The sum of squared differences of x.', (m) => at(m, SQUARES_X), { result: '0.5' }),
  moments('regr_syy', [], LINE, 'The sum of squared differences of y.', (m) => at(m, SQUARES_Y), { result: '0.5' }),
  moments('regr_sxy', [], PAIR, 'The sum of products of differences.', (m) => at(m, PRODUCTS), { result: '0.5' }),
  moments('regr_slope', [], LINE, 'The slope of the regression line.', slope),
  moments(
    'regr_intercept',
    [],
    LINE,
    'Where the regression line crosses x = 0.',
    (m) => {
      const found = slope(m);
      return found === null ? null : at(m, MEAN_Y) - found * at(m, MEAN_X);
    },
    { result: '0.0' },
  ),
  moments('regr_r2', [], PAIR, 'The square of the correlation coefficient.', (m) => {
    if (at(m, COUNT) < 2 || at(m, SQUARES_X) === 0) return null;
    const corr = at(m, PRODUCTS) / Math.sqrt(at(m, SQUARES_Y) * at(m, SQUARES_X));
    return at(m, SQUARES_Y) === 0 ? 1 : corr * corr;
  }),
];
