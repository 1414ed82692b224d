/** Runs the statements that make, fill and remove tables. Those that write rows do so in the session's queue of statements. */
import type { UnresolvedPlan } from '../plan/unresolved-plan.ts';
import type { PartitionSpec, Statement } from '../sql/statement.ts';
import type { CatalogEntry } from './catalog-tables.ts';
import type { SessionContext } from './session-context.ts';
import { assert } from '../errors/assert.ts';
import { MillraceError } from '../errors/millrace-error.ts';
import { quoteName } from '../plan/resolve-names.ts';
import { readsStream } from '../plan/unresolved-plan.ts';
import { alignedPlan } from './aligned-plan.ts';
import { DataFrame } from './data-frame.ts';
import { DataFrameWriter } from './data-frame-writer.ts';
import { DataStreamWriter } from './data-stream-writer.ts';
import { catalogEntry, databaseOf, sessionCatalog, tableNotFound } from './session-catalog.ts';
import { schemaNotFound, tableEntry } from './table-entry.ts';
import { partitionFolders } from './table-partitions.ts';
import { EMPTY_ANSWER, statementPlan } from './statement-answer.ts';

type StatementOf<Kind extends Statement['kind']> = Statement & { readonly kind: Kind };

/** CREATE TABLE, with the rows of its query. */
export function createTable(statement: StatementOf<'createTable'>, context: SessionContext): UnresolvedPlan {
  const { definition, query, isReplace, ifNotExists, isStreaming } = statement;
  const known = catalogEntry(definition.nameParts, context);
  if (known !== undefined && !isReplace) {
    if (ifNotExists) return EMPTY_ANSWER;
    throw new MillraceError('TABLE_OR_VIEW_ALREADY_EXISTS', { relationName: quoteName(definition.nameParts) });
  }
  const database = databaseOf(definition.nameParts, context);
  if (!context.tables.databases.includes(database)) throw schemaNotFound(database);
  if (known !== undefined) context.tables.remove(known);
  if (query !== undefined && !isStreaming && readsStream(query))
    throw new MillraceError('UNSUPPORTED_FEATURE', {
      feature: 'CREATE TABLE AS over a stream; use CREATE STREAMING TABLE',
    });
  const schema = query === undefined ? definition.columns : new DataFrame(query, context).schema;
  const entry = tableEntry(definition, database, schema, context);
  context.tables.put(entry);
  if (query === undefined) return EMPTY_ANSWER;
  return fillTable(entry, query, context, { isOverwrite: false });
}

/** INSERT INTO and OVERWRITE; over a stream it starts a query. */
export function insertInto(statement: StatementOf<'insert'>, context: SessionContext): UnresolvedPlan {
  const { nameParts, plan, isOverwrite, columnNames, byName, partition } = statement;
  const entry = catalogEntry(nameParts, context);
  if (entry === undefined) throw tableNotFound(nameParts, context);
  if (entry.kind === 'view')
    throw new MillraceError('UNSUPPORTED_FEATURE', { feature: `INSERT into the view ${quoteName(nameParts)}` });
  const aligned = alignedPlan(entry, plan, { columnNames, byName, partition }, context);
  return fillTable(entry, aligned, context, { isOverwrite, partition });
}

/** TRUNCATE TABLE: the table, or partitions of it, without rows. */
export function truncateTable(statement: StatementOf<'truncate'>, context: SessionContext): UnresolvedPlan {
  const { nameParts, partition } = statement;
  const entry = catalogEntry(nameParts, context);
  if (entry === undefined) throw tableNotFound(nameParts, context);
  if (entry.kind === 'view')
    throw new MillraceError('EXPECT_TABLE_NOT_VIEW.NO_ALTERNATIVE', {
      viewName: quoteName(['spark_catalog', entry.database, entry.name]),
      operation: 'TRUNCATE TABLE',
    });
  const relation = sessionCatalog(context).relation(nameParts);
  assert(relation !== undefined, 'a table of the catalog has a relation');
  const { schema } = new DataFrame(relation, context);
  const empty: UnresolvedPlan = { kind: 'localRelation', schema, batches: [] };
  return fillTable(entry, empty, context, { isOverwrite: true, partition });
}

/** DROP TABLE. */
export function dropTable(statement: StatementOf<'dropTable' | 'dropView'>, context: SessionContext): UnresolvedPlan {
  const { nameParts, ifExists } = statement;
  const entry = catalogEntry(nameParts, context);
  const wanted = statement.kind === 'dropView' ? 'view' : 'table';
  if (entry === undefined) {
    if (ifExists) return EMPTY_ANSWER;
    throw tableNotFound(nameParts, context);
  }
  if (entry.kind !== wanted)
    throw new MillraceError('WRONG_COMMAND_FOR_OBJECT_TYPE', {
      operation: wanted === 'table' ? 'DROP TABLE' : 'DROP VIEW',
      requiredType: wanted === 'table' ? 'EXTERNAL or MANAGED' : 'VIEW',
      objectName: `spark_catalog.${entry.database}.${entry.name}`,
      foundType: entry.kind === 'view' ? 'VIEW' : 'MANAGED',
      alternative: wanted === 'table' ? 'DROP VIEW' : 'DROP TABLE',
    });
  context.tables.remove(entry);
  return EMPTY_ANSWER;
}

/** Writes the rows of a query into a table, or starts a query that does for a stream. */
export function fillTable(
  entry: CatalogEntry,
  plan: UnresolvedPlan,
  context: SessionContext,
  { isOverwrite, partition = [] }: { readonly isOverwrite: boolean; readonly partition?: readonly PartitionSpec[] },
): UnresolvedPlan {
  const { format = '', options = {}, location, partitionColumns = [] } = entry;
  const allOptions = location === undefined ? options : { ...options, path: location };
  if (readsStream(plan)) {
    return statementPlan(context, 'id STRING NOT NULL, runId STRING NOT NULL, name STRING', async () => {
      const frame = (inner: UnresolvedPlan): DataFrame => new DataFrame(inner, context);
      const writer = new DataStreamWriter(plan, context, frame).format(format).options(allOptions);
      const query = await writer
        .queryName(entry.name)
        .partitionBy(...partitionColumns)
        .startNow();
      return [[query.id, query.runId, query.name ?? null]];
    });
  }
  return statementPlan(context, 'struct<>', async () => {
    const writer = new DataFrameWriter(plan, context).format(format).options(allOptions);
    await writer
      .mode(isOverwrite ? 'overwrite' : 'append')
      .partitionBy(...partitionColumns)
      .saveNow(isOverwrite ? await partitionFolders(entry, partition, context) : []);
    return [];
  });
}
