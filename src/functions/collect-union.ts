/** collect_union: the different elements of all arrays of a group. */
import type { Value } from '../types/vector.ts';
import type { AggregateFunction } from './define-function.ts';
import { present } from '../errors/assert.ts';
import { collecting } from './aggregate-collect.ts';
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
    const elementsOf = (value: Value | null): readonly Value[] =>
      ((value ?? []) as readonly (Value | null)[]).filter((one) => one !== null).map(withPositiveZero);
    return collecting(type, type.elementType, elementsOf, true);
  },
});
