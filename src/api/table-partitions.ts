/** The folders of a table: those it has, for SHOW PARTITIONS, and those a PARTITION clause names. */
import type { UnresolvedExpression } from '../expressions/unresolved.ts';
import type { UnresolvedPlan } from '../plan/unresolved-plan.ts';
import type { PartitionSpec, Statement } from '../sql/statement.ts';
import type { DataType } from '../types/data-type.ts';
import type { Row } from '../types/row-codec.ts';
import type { CatalogEntry } from './catalog-tables.ts';
import type { SessionContext } from './session-context.ts';
import { present } from '../errors/assert.ts';
import { MillraceError } from '../errors/millrace-error.ts';
import { quoteName } from '../plan/resolve-names.ts';
import { partitionFolder } from '../sinks/file/partition-paths.ts';
import { rowsOf } from '../types/row-codec.ts';
import { parseSchema } from '../types/schema.ts';
import { observedBatches } from './observed-batches.ts';
import { resolvePendingSchemas } from './pending-schema.ts';
import { queryOf } from './query-of.ts';
import { catalogEntry, sessionCatalog, tableNotFound } from './session-catalog.ts';
import { rowsPlan, statementPlan } from './statement-answer.ts';

const STRING: DataType = { kind: 'string' };

/** `partition` keeps the folders with these values. */
export function showPartitions(
  { nameParts, partition }: Statement & { readonly kind: 'showPartitions' },
  context: SessionContext,
): UnresolvedPlan {
  const entry = catalogEntry(nameParts, context);
  if (entry === undefined) throw tableNotFound(nameParts, context);
  const { database, name, partitionColumns = [] } = entry;
  if (partitionColumns.length === 0)
    throw new MillraceError('INVALID_PARTITION_OPERATION.PARTITION_SCHEMA_IS_EMPTY', {
      name: quoteName(['spark_catalog', database, name]),
    });
  checkPartition(entry, partition);
  const column = (columnName: string) => ({ kind: 'unresolvedAttribute', nameParts: [columnName] }) as const;
  const wanted = partition.flatMap(({ name: columnName, value }) =>
    value === undefined ? [] : [equal(column(columnName), value)],
  );
  const input = present(sessionCatalog(context).relation(nameParts), 'the table of the entry');
  const kept = wanted.reduce<UnresolvedPlan>((plan, condition) => ({ kind: 'filter', input: plan, condition }), input);
  const texts = partitionColumns.map((columnName): UnresolvedExpression => ({
    kind: 'alias',
    name: columnName,
    child: cast(column(columnName), STRING),
  }));
  const folders: UnresolvedPlan = { kind: 'project', input: kept, expressions: texts };
  return statementPlan(context, 'partition STRING NOT NULL', async () => {
    const rows = await rowsNow(folders, context);
    const names = rows.map((row) =>
      partitionColumns.map((columnName) => partitionFolder(columnName, row[columnName] as string | null)).join('/'),
    );
    return [...new Set(names)].toSorted().map((text) => [text]);
  });
}

/** The folders that the values of a PARTITION clause stand for. */
export async function partitionFolders(
  { schema = '' }: CatalogEntry,
  partition: readonly PartitionSpec[],
  context: SessionContext,
): Promise<readonly string[]> {
  const { fields } = parseSchema(schema);
  const values = partition.flatMap(({ name, value }) => {
    const field = fields.find((one) => one.name.toLowerCase() === name.toLowerCase());
    return value === undefined || field === undefined ? [] : [{ name: field.name, child: cast(value, field.dataType) }];
  });
  if (values.length === 0) return [];
  const expressions = values.map(({ name, child }) => ({ kind: 'alias', name, child: cast(child, STRING) }) as const);
  const plan: UnresolvedPlan = { kind: 'project', input: rowsPlan('one INT', [[1]]), expressions };
  const [row = {}] = await rowsNow(plan, context);
  return values.map(({ name }) => partitionFolder(name, row[name] as string | null));
}

/** The rows of a query within a statement, which must not wait for the statements before it: they are done. */
async function rowsNow(plan: UnresolvedPlan, context: SessionContext): Promise<readonly Row[]> {
  const resolved = await resolvePendingSchemas(plan);
  const query = queryOf(resolved, context);
  const rows: Row[] = [];
  for await (const batch of observedBatches(resolved, query, context.environment)) rows.push(...rowsOf(batch));
  return rows;
}

/** The columns of a PARTITION clause have to be partition columns, each once. */
export function checkPartition(
  { database, name: table, partitionColumns = [] }: CatalogEntry,
  partition: readonly PartitionSpec[],
): void {
  const known = new Set(partitionColumns.map((name) => name.toLowerCase()));
  const wrong = partition.find(({ name }) => !known.has(name.toLowerCase()));
  if (wrong !== undefined)
    throw new MillraceError('PARTITIONS_NOT_FOUND', {
      partitionList: quoteName([wrong.name]),
      tableName: quoteName(['spark_catalog', database, table]),
    });
}

function cast(child: UnresolvedExpression, toType: DataType): UnresolvedExpression {
  return { kind: 'cast', child, toType, mode: 'ansi' };
}

function equal(left: UnresolvedExpression, right: UnresolvedExpression): UnresolvedExpression {
  return { kind: 'unresolvedFunction', functionName: '<=>', arguments: [left, right], isDistinct: false };
}
