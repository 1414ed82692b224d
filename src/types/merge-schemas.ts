/**
 * One schema that holds two, as Spark merges the schemas of files: columns of both, types that fit each other. Unlike the types of a set
 * operation, numbers are not widened.
 */
import type { DataType, StructType } from './data-type.ts';
import { MillraceError } from '../errors/millrace-error.ts';
import { array, decimal, field, map, sameType, sqlName, struct } from './data-type.ts';
import { toDdl } from './schema.ts';

/** Columns of `left`, then those only `right` has. Throws CANNOT_MERGE_SCHEMAS. */
export function mergeSchemas(left: StructType, right: StructType): StructType {
  try {
    return mergeStructs(left, right);
  } catch (error) {
    if (!(error instanceof MillraceError) || error.condition !== 'CANNOT_MERGE_INCOMPATIBLE_DATA_TYPE') throw error;
    const names = { left: `"${toDdl(left)}"`, right: `"${toDdl(right)}"` };
    throw new MillraceError('CANNOT_MERGE_SCHEMAS', names, { cause: error });
  }
}

function mergeStructs(left: StructType, right: StructType): StructType {
  const others = new Map(right.fields.map((one) => [one.name, one]));
  const merged = left.fields.map((one) => {
    const other = others.get(one.name);
    others.delete(one.name);
    return other === undefined
      ? one
      : field(one.name, mergeTypes(one.dataType, other.dataType), one.nullable || other.nullable);
  });
  return struct([...merged, ...others.values()]);
}

function mergeTypes(left: DataType, right: DataType): DataType {
  if (left.kind === 'array' && right.kind === 'array')
    return array(mergeTypes(left.elementType, right.elementType), left.containsNull || right.containsNull);
  if (left.kind === 'map' && right.kind === 'map')
    return map(
      mergeTypes(left.keyType, right.keyType),
      mergeTypes(left.valueType, right.valueType),
      left.valueContainsNull || right.valueContainsNull,
    );
  if (left.kind === 'struct' && right.kind === 'struct') return mergeStructs(left, right);
  if (left.kind === 'decimal' && right.kind === 'decimal' && left.scale === right.scale)
    return decimal(Math.max(left.precision, right.precision), left.scale);
  if (sameType(left, right)) return left;
  throw new MillraceError('CANNOT_MERGE_INCOMPATIBLE_DATA_TYPE', {
    left: `"${sqlName(left)}"`,
    right: `"${sqlName(right)}"`,
  });
}
