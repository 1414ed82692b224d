/** collect_union: the different elements of all arrays of a group. */
import type { Value } from '../types/vector.ts';
import type { AggregateFunction } from './define-function.ts';
import { present } from '../errors/assert.ts';
import { array } from '../types/data-type.ts';
import { valueAt } from '../types/vector.ts';
import { collectLists } from './aggregate-collect.ts';
import { checkArgumentCount, unexpectedType } from './argument-check.ts';
import { defineAggregate } from './define-function.ts';
import { withPositiveZero } from './value-key.ts';

export const collectUnion: AggregateFunction = defineAggregate({
  name: 'collect_union',
  doc: {
    usage: 'The different elements that are not NULL of all arrays, as an array.',
    example: 'collect_union(c) FROM VALUES (array(1, 2)), (array(2, 3)), (array(1)) AS t(c)',
    result: '[1, 2, 3]',
  },
  resolve: (args) => {
    checkArgumentCount('collect_union', args, 1, 1);
    const type = present(args[0], 'one argument').dataType;
    if (type.kind !== 'array') throw unexpectedType('collect_union', args, 0, '"ARRAY"');
    const { elementType } = type;
    const returnType = array(elementType, false);
    const elementsOf = (value: Value | null): readonly Value[] =>
      ((value ?? []) as readonly (Value | null)[]).filter((one) => one !== null).map(withPositiveZero);
    return {
      argumentTypes: [type],
      returnType,
      nullable: false,
      bufferTypes: [returnType],
      wantsRows: true,
      initialize: ([buffer], slot) => buffer?.set(slot, []),
      update: ([buffer], slots, [column], numRows) => {
        const values = present(column, 'one column');
        const into = present(buffer, 'one buffer');
        collectLists(into, slots, numRows, (row) => elementsOf(valueAt(values, row)), true, elementType);
      },
      merge: ([buffer], slots, [partial], numRows) => {
        const lists = present(partial, 'one column');
        const into = present(buffer, 'one buffer');
        collectLists(into, slots, numRows, (row) => elementsOf(valueAt(lists, row)), true, elementType);
      },
      result: ([buffer], slots, count) => present(buffer, 'one buffer').toVector(slots, count),
    };
  },
});
