/** Rows are not compared as a whole by columns with maps in them: what finds duplicates and the set operations refuse them, as Spark. */
import type { Attribute } from '../expressions/expression.ts';
import { MillraceError } from '../errors/millrace-error.ts';
import { sqlName } from '../types/data-type.ts';
import { holdsMap } from '../types/inner-types.ts';

/** Throws UNSUPPORTED_FEATURE.SET_OPERATION_ON_MAP_TYPE when one of the columns is or holds a map. */
export function checkMapColumns(columns: readonly Attribute[]): void {
  const found = columns.find(({ dataType }) => holdsMap(dataType));
  if (found === undefined) return;
  throw new MillraceError('UNSUPPORTED_FEATURE.SET_OPERATION_ON_MAP_TYPE', {
    colName: `\`${found.name}\``,
    dataType: `"${sqlName(found.dataType)}"`,
  });
}
