/** How functions take columns: a string is the name of one. */
import type { Column, ColumnOrName } from './column.ts';
import { Column as ColumnClass, columnExpression } from './column.ts';

/** The column of a name, or the column itself. */
export function named(nameOrColumn: ColumnOrName): Column {
  return new ColumnClass(columnExpression(nameOrColumn));
}
