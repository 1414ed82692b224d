/** first, last, any_value and their likes: a value by position, optionally the first that is not NULL. */
import type { DataType } from '../types/data-type.ts';
import type { GrowableColumn } from '../types/growable-column.ts';
import type { Vector } from '../types/vector.ts';
import type { AggregateFunction, AggregateSignature, FunctionDoc } from './define-function.ts';
import { present } from '../errors/assert.ts';
import { BOOLEAN } from '../types/data-type.ts';
import { isNullAt } from '../types/vector.ts';
import { checkArgumentCount, unexpectedType } from './argument-check.ts';
import { defineAggregate } from './define-function.ts';

function positionSignature(
  argumentTypes: readonly DataType[],
  ignoreNulls: boolean,
  keepFirst: boolean,
): AggregateSignature {
  const type = present(argumentTypes[0], 'one argument');
  const take = (
    [values, found]: readonly GrowableColumn[],
    slots: Int32Array,
    column: Vector,
    isTaken: (row: number) => boolean,
    numRows: number,
  ): void => {
    const target = present(values, 'values');
    const isSet = present(found, 'flags').booleans;
    for (let i = 0; i < numRows; i++) {
      const slot = slots[i] as number;
      if ((keepFirst && isSet[slot] === 1) || !isTaken(i)) continue;
      target.setFrom(slot, column, i);
      isSet[slot] = 1;
    }
  };
  return {
    argumentTypes,
    returnType: type,
    nullable: true,
    bufferTypes: [type, BOOLEAN],
    wantsRows: true,
    initialize: ([values, found], slot) => {
      values?.set(slot, null);
      found?.set(slot, false);
    },
    update: (buffers, slots, [first], numRows) => {
      const column = present(first, 'one column');
      take(buffers, slots, column, (row) => !ignoreNulls || !isNullAt(column, row), numRows);
    },
    merge: (buffers, slots, [values, found], numRows) => {
      if (values === undefined || found?.layout !== 'boolean') return;
      take(buffers, slots, values, (row) => found.values[row] === 1, numRows);
    },
    result: ([values], slots, count) => present(values, 'values').toVector(slots, count),
  };
}

function byPosition(name: string, aliases: readonly string[], keepFirst: boolean, doc: FunctionDoc): AggregateFunction {
  return defineAggregate({
    name,
    aliases,
    doc,
    resolve: (args) => {
      checkArgumentCount(name, args, 1, 2);
      const [value, ignoreNulls] = args;
      if (ignoreNulls !== undefined && ignoreNulls.dataType.kind !== 'boolean')
        throw unexpectedType(name, args, 1, '"BOOLEAN"');
      return positionSignature(
        [present(value, 'one argument').dataType, ...(ignoreNulls === undefined ? [] : [BOOLEAN])],
        ignoreNulls?.literal === true,
        keepFirst,
      );
    },
  });
}

export const FIRST_AND_LAST: readonly AggregateFunction[] = [
  byPosition('first', ['first_value'], true, {
    usage: 'The first value, or with true as second argument the first that is not NULL.',
    example: 'first(5)',
    result: '5',
  }),
  byPosition('any_value', [], true, { usage: 'Some value of the group.', example: 'any_value(5)', result: '5' }),
  byPosition('last', ['last_value'], false, {
    usage: 'The last value, or with true as second argument the last that is not NULL.',
    example: 'last(5)',
    result: '5',
  }),
];
