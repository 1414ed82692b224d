/**
 * How the columns of a query become columns of a table. A window (a struct of exactly the timestamps `start` and `end`) becomes two
 * columns, `window` → `window_start`, `window_end`; other structs, arrays and maps become JSON text; the rest stays.
 */
import type { DataType, StructType } from '../../types/data-type.ts';
import type { SqlColumn } from '../../storage/jdbc/dialect.ts';
import { MillraceError } from '../../errors/millrace-error.ts';
import { invalidOption } from '../../types/options.ts';
import { STRING } from '../../types/data-type.ts';

export interface LayoutRequest {
  readonly schema: StructType;
  /** Names of columns of the schema. */
  readonly keyColumns: readonly string[];
  /** The option createTableColumnTypes: types by column of the table. */
  readonly declaredTypes: ReadonlyMap<string, string>;
}

/** The columns of the table in the order of the schema; refuses two with one name. */
export function tableLayout(request: LayoutRequest): SqlColumn[] {
  const keys = new Set(request.keyColumns);
  const columns = request.schema.fields.flatMap((field, index): SqlColumn[] => {
    const isKey = keys.has(field.name);
    const make = (name: string, type: DataType, path: SqlColumn['path']): SqlColumn => {
      const isJson = type.kind === 'struct' || type.kind === 'array' || type.kind === 'map';
      const declaredType = request.declaredTypes.get(name.toLowerCase());
      return { name, type: isJson ? STRING : type, path, isJson, isKey, declaredType };
    };
    const { dataType } = field;
    if (!isWindow(dataType)) return [make(field.name, dataType, [index])];
    return dataType.fields.map((part, child) => make(`${field.name}_${part.name}`, part.dataType, [index, child]));
  });
  const names = new Set<string>();
  for (const { name } of columns) {
    if (names.has(name)) throw new MillraceError('COLUMN_ALREADY_EXISTS', { columnName: `\`${name}\`` });
    names.add(name);
  }
  return columns;
}

function isWindow(type: DataType): type is StructType {
  return (
    type.kind === 'struct' &&
    type.fields.length === 2 &&
    type.fields[0]?.name === 'start' &&
    type.fields[1]?.name === 'end' &&
    type.fields.every((part) => part.dataType.kind === 'timestamp' || part.dataType.kind === 'timestamp_ntz')
  );
}

/**
 * The columns with the names the existing table uses for them: the same name, else the only one that differs in letter case. The table may
 * have more columns and another order; a column of the rows it does not have is an error.
 */
export function fitToTable(
  tableName: string,
  columns: readonly SqlColumn[],
  tableColumns: readonly string[],
): SqlColumn[] {
  const missing: string[] = [];
  const fitted = columns.map((column) => {
    if (tableColumns.includes(column.name)) return column;
    const similar = tableColumns.filter((name) => name.toLowerCase() === column.name.toLowerCase());
    const [name] = similar;
    if (name === undefined || similar.length > 1) missing.push(column.name);
    return { ...column, name: name ?? column.name };
  });
  if (missing.length > 0)
    throw new MillraceError('INCOMPATIBLE_SINK_TABLE', {
      tableName,
      reason: `it has no column ${missing.join(', ')}`,
      tableColumns: tableColumns.join(', '),
      rowColumns: columns.map((column) => column.name).join(', '),
    });
  return fitted;
}

const SQL_TYPE = /^[a-z][a-z0-9_ ]*(\(\s*\d+\s*(,\s*\d+\s*)?\))?[a-z ]*$/i;

/** Parses createTableColumnTypes, `name CHAR(64), "x y" VARCHAR(10)`; only names and plain types pass. */
export function parseColumnTypes(text: string): Map<string, string> {
  const types = new Map<string, string>();
  for (const part of text.split(/,(?![^(]*\))/)) {
    const match = /^\s*(?:`((?:[^`]|``)+)`|"((?:[^"]|"")+)"|([\w$]+))\s+(.+?)\s*$/.exec(part);
    const type = match?.[4];
    if (match === null || type === undefined || !SQL_TYPE.test(type))
      throw invalidOption('jdbc', 'createTableColumnTypes', text, 'a list such as name CHAR(64), n BIGINT');
    const name = match[1]?.replaceAll('``', '`') ?? match[2]?.replaceAll('""', '"') ?? match[3] ?? '';
    types.set(name.toLowerCase(), type);
  }
  return types;
}
