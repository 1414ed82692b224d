/** The parts of CREATE TABLE: columns, options, location, partitioning. */
import type { StructField, StructType } from '../types/data-type.ts';
import type { QueryParser } from './query-parser.ts';
import type { TableDefinition } from './statement.ts';
import type { TokenCursor } from './token-cursor.ts';
import { MillraceError } from '../errors/millrace-error.ts';
import { quoteName } from '../plan/resolve-names.ts';
import { field, struct } from '../types/data-type.ts';
import { repeatedName } from '../types/schema.ts';
import { readType } from './type-reader.ts';

/** `(a INT NOT NULL COMMENT '…', …)`, if it stands there. */
export function readColumns(cursor: TokenCursor): StructType | undefined {
  if (!cursor.at('(')) return undefined;
  const fields = cursor.parenthesized(() => cursor.list(() => readColumn(cursor)));
  const repeated = repeatedName(fields.map(({ name }) => name));
  if (repeated !== undefined) throw new MillraceError('COLUMN_ALREADY_EXISTS', { columnName: quoteName([repeated]) });
  return struct(fields);
}

function readColumn(cursor: TokenCursor): StructField {
  const name = cursor.identifier();
  cursor.skip(':');
  const dataType = readType(cursor);
  let nullable = true;
  for (;;) {
    if (cursor.skip('NOT', 'NULL')) nullable = false;
    else if (cursor.skip('COMMENT')) cursor.next();
    else if (cursor.at('DEFAULT') || cursor.at('GENERATED'))
      throw cursor.unsupported(`${cursor.peek().symbol} of a column`);
    else return field(name, dataType, nullable);
  }
}

/** `('key' = 'value', a.b 1, …)` by lower-case name. */
export function readOptions(cursor: TokenCursor): ReadonlyMap<string, string> {
  const options = cursor.parenthesized(() =>
    cursor.list((): readonly [string, string] => {
      const key = cursor.peek().kind === 'text' ? cursor.next().value : cursor.nameParts().join('.');
      cursor.skip('=');
      const sign = cursor.skip('-') ? '-' : '';
      const token = cursor.peek();
      if (token.kind !== 'text' && token.kind !== 'number' && token.kind !== 'word') throw cursor.fail();
      return [key.toLowerCase(), sign + cursor.next().value];
    }),
  );
  return new Map(options);
}

/** Everything behind the name, AS excepted; the clauses come in any order. */
export function readDefinition(cursor: TokenCursor, nameParts: readonly string[]): TableDefinition {
  let columns = readColumns(cursor);
  let format: string | undefined;
  let location: string | undefined;
  let options: ReadonlyMap<string, string> = new Map();
  let partitionColumns: readonly string[] = [];
  for (;;) {
    if (cursor.skip('USING')) format = cursor.nameParts().join('.').toLowerCase();
    else if (cursor.skip('OPTIONS')) options = readOptions(cursor);
    else if (cursor.skip('LOCATION')) location = readText(cursor);
    else if (cursor.skip('COMMENT')) readText(cursor);
    else if (cursor.skip('TBLPROPERTIES')) readOptions(cursor);
    else if (cursor.at('PARTITIONED', 'BY')) {
      cursor.expect('PARTITIONED', 'BY');
      const partitions = readPartitions(cursor);
      partitionColumns = partitions.names;
      columns = columns && partitions.added.length > 0 ? struct([...columns.fields, ...partitions.added]) : columns;
    } else if (cursor.at('CLUSTERED', 'BY') || cursor.at('CLUSTER', 'BY'))
      throw cursor.unsupported('tables in buckets');
    else return { nameParts, columns, format, options, location, partitionColumns };
  }
}

/** Names of columns, or columns with their types, which come after the others. */
function readPartitions(cursor: TokenCursor): { readonly names: string[]; readonly added: readonly StructField[] } {
  const isTyped = cursor.peek(2).kind === 'word';
  if (!isTyped) return { names: cursor.parenthesized(() => cursor.list(() => cursor.identifier())), added: [] };
  const added = readColumns(cursor)?.fields ?? [];
  return { names: added.map(({ name }) => name), added };
}

/** The text that has to come next. */
export function readText(cursor: TokenCursor): string {
  if (cursor.peek().kind !== 'text') throw cursor.fail();
  return cursor.next().value;
}

/** `IF NOT EXISTS` */
export function readIfNotExists(cursor: TokenCursor): boolean {
  return cursor.skip('IF', 'NOT', 'EXISTS');
}

/** The name of a relation that is made or dropped. */
export function readName(queries: QueryParser): readonly string[] {
  return queries.relations.nameParts();
}
