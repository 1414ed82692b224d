/** What a type holds inside: elements, keys, values and fields at any depth. */
import type { DataType, StructField } from './data-type.ts';

/** True when `test` holds of the type or of one inside it. */
export function someType(type: DataType, test: (inside: DataType) => boolean): boolean {
  if (test(type)) return true;
  if (type.kind === 'array') return someType(type.elementType, test);
  if (type.kind === 'map') return someType(type.keyType, test) || someType(type.valueType, test);
  return type.kind === 'struct' && type.fields.some(({ dataType }) => someType(dataType, test));
}

/** True for a map and for what has one inside. */
export function holdsMap(type: DataType): boolean {
  return someType(type, ({ kind }) => kind === 'map');
}

/** True when both are arrays, maps or structs of as many fields, and `test` holds of each pair of their direct parts. */
export function matchesInside(
  left: DataType,
  right: DataType,
  test: (left: DataType, right: DataType) => boolean,
  fieldsMatch: (left: StructField, right: StructField) => boolean = () => true,
): boolean {
  if (left.kind === 'array' && right.kind === 'array') return test(left.elementType, right.elementType);
  if (left.kind === 'map' && right.kind === 'map')
    return test(left.keyType, right.keyType) && test(left.valueType, right.valueType);
  return (
    left.kind === 'struct' &&
    right.kind === 'struct' &&
    left.fields.length === right.fields.length &&
    left.fields.every((field, i) => {
      const other = right.fields[i];
      return other !== undefined && fieldsMatch(field, other) && test(field.dataType, other.dataType);
    })
  );
}
