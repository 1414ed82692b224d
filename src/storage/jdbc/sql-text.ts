/** SQL statements that are the same for all products but for their words. Pure text; values are always bound, names always quoted. */
import type { JdbcConnection, JdbcDialect, SqlTable } from './dialect.ts';
import { MillraceError } from '../../errors/millrace-error.ts';

/** A quoted name; NUL and empty names are refused. */
export function quoted(dialect: JdbcDialect, name: string): string {
  if (name === '' || name.includes('\0'))
    throw new MillraceError('VALUE_NOT_STORABLE', {
      sink: dialect.name,
      value: JSON.stringify(name),
      column: '(name)',
      reason: 'an identifier must not be empty and must not hold NUL',
    });
  return dialect.quote(name);
}

/** A quoted table name with its schema. */
export function quotedPath(dialect: JdbcDialect, path: readonly string[]): string {
  return path.map((part) => quoted(dialect, part)).join('.');
}

/** CREATE TABLE IF NOT EXISTS with the columns of the rows and, if it has keys, what makes them quick to find. */
export function createTableSql(dialect: JdbcDialect, connection: JdbcConnection, table: SqlTable): string {
  const keys = table.columns.filter((column) => column.isKey);
  const parts = table.columns.map(
    (column) => `${quoted(dialect, column.name)} ${column.declaredType ?? dialect.columnType(column)}`,
  );
  if (keys.length > 0) parts.push(connection.keyClause(keys));
  return `CREATE TABLE IF NOT EXISTS ${quotedPath(dialect, table.path)} (${parts.join(', ')})`;
}

/** The statements about the marker table: one row per query. */
export function markerSql(
  dialect: JdbcDialect,
  path: readonly string[],
): {
  readonly create: string;
  readonly insert: string;
  readonly select: string;
  readonly update: string;
  /** Rows of other queries that wrote from the same checkpoint into the same table. */
  readonly selectOthers: string;
  readonly deleteOthers: string;
} {
  const name = quotedPath(dialect, path);
  const { text, long } = dialect.markerTypes;
  const [verb, suffix] = dialect.insertIfAbsent;
  const p = (index: number) => dialect.placeholder(index);
  return {
    create:
      `CREATE TABLE IF NOT EXISTS ${name} (query_id ${text} NOT NULL PRIMARY KEY, batch_id ${long} NOT NULL, ` +
      `offset_digest ${text} NOT NULL, epoch ${long} NOT NULL, place ${text} NOT NULL)`,
    insert:
      `${verb} INTO ${name} (query_id, batch_id, offset_digest, epoch, place) ` +
      `VALUES (${p(1)}, ${p(2)}, ${p(3)}, ${p(4)}, ${p(5)})${suffix}`,
    select: `SELECT batch_id, offset_digest, epoch FROM ${name} WHERE query_id = ${p(1)}${dialect.lockClause}`,
    update: `UPDATE ${name} SET batch_id = ${p(1)}, offset_digest = ${p(2)}, epoch = ${p(3)} WHERE query_id = ${p(4)}`,
    selectOthers: `SELECT query_id, batch_id FROM ${name} WHERE place = ${p(1)} AND query_id <> ${p(2)} AND batch_id >= 0`,
    deleteOthers: `DELETE FROM ${name} WHERE place = ${p(1)} AND query_id <> ${p(2)}`,
  };
}
