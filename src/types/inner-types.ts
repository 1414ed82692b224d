/** What a type holds inside: elements, keys, values and fields at any depth. */
import type { DataType } from './data-type.ts';

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
