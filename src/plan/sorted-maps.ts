/** Grouping by maps: they are equal when they have the same entries, so their entries are sorted by key before they are compared. */
import type { Expression, NamedExpression } from '../expressions/expression.ts';
import type { DataType } from '../types/data-type.ts';
import type { Value } from '../types/vector.ts';
import { withoutAlias } from '../expressions/expression.ts';
import { compareValues } from '../types/compare.ts';
import { holdsMap } from '../types/inner-types.ts';

type Items = readonly (Value | null)[];

/** The groupings with the entries of their maps sorted; ids and names stay. */
export function withSortedMaps(groupings: readonly NamedExpression[]): readonly NamedExpression[] {
  return groupings.map((grouping): NamedExpression => {
    const { id, name, dataType, nullable } = grouping;
    if (!holdsMap(dataType)) return grouping;
    return { kind: 'alias', id, name, dataType, nullable, child: sortedMaps(grouping) };
  });
}

function sortedMaps(grouping: NamedExpression): Expression {
  const { dataType, nullable } = grouping;
  return {
    kind: 'call',
    functionName: 'mapsort',
    arguments: [withoutAlias(grouping)],
    dataType,
    nullable,
    deterministic: true,
    evaluator: {
      kind: 'row',
      nulls: 'propagate',
      apply: ([value]) => sorted(dataType, value ?? null),
    },
  };
}

function sorted(type: DataType, value: Value | null): Value | null {
  if (value === null || !holdsMap(type)) return value;
  if (type.kind === 'array') return (value as Items).map((item) => sorted(type.elementType, item));
  if (type.kind === 'struct')
    return type.fields.map(({ dataType }, i) => sorted(dataType, (value as Items)[i] ?? null));
  if (type.kind !== 'map') return value;
  return (value as readonly Items[])
    .map(([key, item]): Items => [sorted(type.keyType, key ?? null), sorted(type.valueType, item ?? null)])
    .toSorted((a, b) => compareValues(type.keyType, a[0] ?? null, b[0] ?? null));
}
