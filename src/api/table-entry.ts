/** What the catalog notes of a new table. */
import type { TableDefinition } from '../sql/statement.ts';
import type { StructField, StructType } from '../types/data-type.ts';
import type { CatalogEntry } from './catalog-tables.ts';
import type { SessionContext } from './session-context.ts';
import { mkdirSync } from 'node:fs';
import { MillraceError } from '../errors/millrace-error.ts';
import { quoteName } from '../plan/resolve-names.ts';
import { struct } from '../types/data-type.ts';
import { toDdl } from '../types/schema.ts';

/** The error of a database that does not exist. */
export function schemaNotFound(database: string): MillraceError {
  return new MillraceError('SCHEMA_NOT_FOUND', { schemaName: quoteName([database]) });
}

/** The entry of a table, and the folder of a managed one. */
export function tableEntry(
  definition: TableDefinition,
  database: string,
  schema: StructType | undefined,
  context: SessionContext,
): CatalogEntry {
  const { nameParts, location, partitionColumns } = definition;
  const name = (nameParts.at(-1) ?? '').toLowerCase();
  const format = definition.format ?? context.settings().get('spark.sql.sources.default') ?? 'parquet';
  const options = Object.fromEntries(definition.options);
  const path = location ?? options['path'];
  delete options['path'];
  const isFiles = FILE_FORMATS.has(format);
  const isExternal = path !== undefined || !isFiles;
  const place = path ?? (isFiles ? context.tables.locationOf(database, name) : undefined);
  if (place !== undefined && !isExternal) mkdirSync(place, { recursive: true });
  const columns = schema === undefined ? {} : { schema: toDdl(foldersLast(schema, partitionColumns)) };
  const at = place === undefined ? {} : { location: place };
  return { database, name, kind: 'table', format, options, isExternal, partitionColumns, ...columns, ...at };
}

/** Columns that are folders come behind those that are in the files, as they are read. */
function foldersLast(schema: StructType, partitionColumns: readonly string[]): StructType {
  const names = partitionColumns.map((name) => name.toLowerCase());
  const rank = ({ name }: StructField): number => names.indexOf(name.toLowerCase());
  return struct(schema.fields.toSorted((a, b) => rank(a) - rank(b)));
}

const FILE_FORMATS = new Set(['json', 'csv', 'text', 'parquet', 'avro', 'orc']);
