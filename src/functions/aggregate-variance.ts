/** Variances and standard deviations, by count, mean and sum of squared differences, which merge without loss. */
import type { GrowableColumn } from '../types/growable-column.ts';
import type { AggregateFunction } from './define-function.ts';
import { present } from '../errors/assert.ts';
import { DOUBLE } from '../types/data-type.ts';
import { checkArgumentCount, unexpectedType } from './argument-check.ts';
import { defineAggregate } from './define-function.ts';
import { double } from './parameters.ts';

/** Adds one value; the order of operations is Spark's, which shows in the last digit. */
function addOne(buffers: readonly GrowableColumn[], slot: number, value: number): void {
  const [counts, means, squares] = buffers.map((buffer) => buffer.doubles);
  if (counts === undefined || means === undefined || squares === undefined) return;
  const total = (counts[slot] as number) + 1;
  const delta = value - (means[slot] as number);
  const deltaShare = delta / total;
  means[slot] = (means[slot] as number) + deltaShare;
  squares[slot] = (squares[slot] as number) + delta * (delta - deltaShare);
  counts[slot] = total;
}

/** Adds `n` values of mean `mean` and squared differences `m2` to a slot. */
function add(buffers: readonly GrowableColumn[], slot: number, n: number, mean: number, m2: number): void {
  const [counts, means, squares] = buffers.map((buffer) => buffer.doubles);
  if (counts === undefined || means === undefined || squares === undefined || n === 0) return;
  const before = counts[slot] as number;
  const total = before + n;
  const delta = mean - (means[slot] as number);
  const deltaShare = delta / total;
  means[slot] = (means[slot] as number) + deltaShare * n;
  squares[slot] = (squares[slot] as number) + m2 + delta * deltaShare * before * n;
  counts[slot] = total;
}

function dispersion(
  name: string,
  aliases: readonly string[],
  usage: string,
  finish: (n: number, m2: number) => number | null,
): AggregateFunction {
  return defineAggregate({
    name,
    aliases,
    doc: { usage, example: `${name}(c) FROM VALUES (1), (1) AS t(c)`, result: '0.0' },
    resolve: (args) => {
      checkArgumentCount(name, args, 1, 1);
      if (double.accept(present(args[0], 'one argument').dataType) === undefined)
        throw unexpectedType(name, args, 0, '"DOUBLE"');
      return {
        argumentTypes: [DOUBLE],
        returnType: DOUBLE,
        nullable: true,
        bufferTypes: [DOUBLE, DOUBLE, DOUBLE],
        initialize: (buffers, slot) => buffers.forEach((buffer) => buffer.set(slot, 0)),
        update: (buffers, slots, [column], numRows) => {
          if (column?.layout !== 'double') return;
          for (let i = 0; i < numRows; i++)
            if (column.validity?.[i] !== 0) addOne(buffers, slots[i] as number, column.values[i] as number);
        },
        merge: (buffers, slots, [counts, means, squares], numRows) => {
          if (counts?.layout !== 'double' || means?.layout !== 'double' || squares?.layout !== 'double') return;
          for (let i = 0; i < numRows; i++)
            add(
              buffers,
              slots[i] as number,
              counts.values[i] as number,
              means.values[i] as number,
              squares.values[i] as number,
            );
        },
        result: ([counts, , squares], slots, count) => {
          const values = new Float64Array(count);
          const validity = new Uint8Array(count);
          for (let i = 0; i < count; i++) {
            const slot = slots[i] as number;
            const n = counts?.doubles[slot] ?? 0;
            const finished = n === 0 ? null : finish(n, squares?.doubles[slot] ?? 0);
            validity[i] = finished === null ? 0 : 1;
            values[i] = finished ?? 0;
          }
          return { layout: 'double', type: DOUBLE, length: count, values, validity };
        },
      };
    },
  });
}

export const VARIANCES: readonly AggregateFunction[] = [
  dispersion('var_pop', [], 'The variance of the population.', (n, m2) => m2 / n),
  dispersion('var_samp', ['variance'], 'The variance of a sample, NULL for one value.', (n, m2) =>
    n === 1 ? null : m2 / (n - 1),
  ),
  dispersion('stddev_pop', [], 'The standard deviation of the population.', (n, m2) => Math.sqrt(m2 / n)),
  dispersion('stddev_samp', ['stddev', 'std'], 'The standard deviation of a sample, NULL for one value.', (n, m2) =>
    n === 1 ? null : Math.sqrt(m2 / (n - 1)),
  ),
];
