/** bit_and, bit_or and bit_xor over whole numbers. */
import type { FoldColumn } from './aggregate-one-value.ts';
import type { AggregateFunction } from './define-function.ts';
import { present } from '../errors/assert.ts';
import { valueAt } from '../types/vector.ts';
import { oneValueSignature } from './aggregate-one-value.ts';
import { checkArgumentCount, unexpectedType } from './argument-check.ts';
import { defineAggregate } from './define-function.ts';
import { integral } from './parameters.ts';

type Operation = <N extends number | bigint>(left: N, right: N) => N;

function bitwise(
  name: string,
  usage: string,
  numbers: (a: number, b: number) => number,
  longs: (a: bigint, b: bigint) => bigint,
): AggregateFunction {
  const combine = ((left, right) =>
    typeof left === 'bigint' ? longs(left, right as bigint) : numbers(left as number, right as number)) as Operation;
  const fold: FoldColumn = (into, slots, column, numRows) => {
    for (let i = 0; i < numRows; i++) {
      const value = valueAt(column, i) as number | bigint | null;
      if (value === null) continue;
      const slot = slots[i] as number;
      const known = into.get(slot) as number | bigint | null;
      into.set(slot, known === null ? value : combine(known, value));
    }
  };
  return defineAggregate({
    name,
    doc: { usage, example: `${name}(c) FROM VALUES (3), (3) AS t(c)`, result: name === 'bit_xor' ? '0' : '3' },
    resolve: (args) => {
      checkArgumentCount(name, args, 1, 1);
      const type = integral.accept(present(args[0], 'one argument').dataType);
      if (type === undefined) throw unexpectedType(name, args, 0, '"INTEGRAL"');
      return oneValueSignature(type, fold);
    },
  });
}

export const BIT_AGGREGATES: readonly AggregateFunction[] = [
  bitwise(
    'bit_and',
    'The bits set in all values.',
    (a, b) => a & b,
    (a, b) => a & b,
  ),
  bitwise(
    'bit_or',
    'The bits set in any value.',
    (a, b) => a | b,
    (a, b) => a | b,
  ),
  bitwise(
    'bit_xor',
    'The bits set in an odd number of values.',
    (a, b) => a ^ b,
    (a, b) => a ^ b,
  ),
];
