/** The views and tables of a session, as SQL and `session.table` find them. Names ignore letter case. */
import type { SqlFunction } from '../expressions/sql-function.ts';
import type { UnresolvedPlan } from '../plan/unresolved-plan.ts';
import type { Catalog } from '../sql/catalog.ts';
import type { CatalogEntry } from './catalog-tables.ts';
import type { FunctionDefinition } from '../sql/statement.ts';
import type { SessionContext } from './session-context.ts';
import { MillraceError } from '../errors/millrace-error.ts';
import { nearestNames } from '../errors/suggest.ts';
import { quoteName } from '../plan/resolve-names.ts';
import { type FunctionFinder, withUserFunctions } from '../plan/with-user-functions.ts';
import { parseStatement } from '../sql/parse-statement.ts';
import { parseSchema } from '../types/schema.ts';

/** The database of global temporary views. */
export const GLOBAL_DATABASE = 'global_temp';
const MAX_VIEW_DEPTH = 100;

/** What FROM finds in this session. */
export function sessionCatalog(context: SessionContext, depth = 0): Catalog {
  const { tempViews, globalViews, memoryTables } = context;
  const find = (nameParts: readonly string[], isStreaming: boolean): UnresolvedPlan | undefined => {
    const entry = catalogEntry(nameParts, context);
    return entry && entryPlan(entry, context, isStreaming, depth);
  };
  return {
    relation(nameParts): UnresolvedPlan | undefined {
      const name = nameParts.at(-1) ?? '';
      const key = name.toLowerCase();
      const view = nameParts.length === 1 ? tempViews.get(key) : undefined;
      if (view !== undefined) return { kind: 'subqueryAlias', input: view, alias: name };
      const isGlobal = nameParts.length === 2 && nameParts[0]?.toLowerCase() === GLOBAL_DATABASE;
      const global = isGlobal ? globalViews.get(key) : undefined;
      if (global !== undefined) return { kind: 'subqueryAlias', input: global, alias: name };
      const database = databaseOf(nameParts, context);
      const table = database === 'default' ? memoryTables.get(key) : undefined;
      if (table !== undefined) return { kind: 'localRelation', schema: table.schema, batches: table.batches };
      const found = find(nameParts, false);
      const within = ['spark_catalog', database];
      const input = found?.kind === 'subqueryAlias' && found.columnNames === undefined ? found.input : found;
      return input && { kind: 'subqueryAlias', input, alias: key, within };
    },
    stream: (nameParts) => {
      const isView = nameParts.length === 1 && tempViews.has((nameParts[0] ?? '').toLowerCase());
      return isView ? undefined : find(nameParts, true);
    },
    notFound: (nameParts) => tableNotFound(nameParts, context),
  };
}

/** TABLE_OR_VIEW_NOT_FOUND with the nearest names. */
export function tableNotFound(nameParts: readonly string[], context: SessionContext): MillraceError {
  const { tempViews, memoryTables, tables, state } = context;
  const names = [
    ...tempViews.keys(),
    ...memoryTables.keys(),
    ...tables.entries(state.database).map(({ name }) => name),
  ];
  const known = nearestNames(nameParts.join('.'), names, 3);
  const hint =
    known.length === 0 ? 'There are no views or tables in this session.' : `Did you mean ${known.join(', ')}?`;
  const searchPath = `[\`system\`.\`builtin\`, \`system\`.\`session\`, \`spark_catalog\`.\`${state.database}\`]`;
  const parameters = { relationName: quoteName(nameParts), searchPath };
  return new MillraceError('TABLE_OR_VIEW_NOT_FOUND', parameters, { hint });
}

/** The database a name is looked up in. */
export function databaseOf(nameParts: readonly string[], { state }: Pick<SessionContext, 'state'>): string {
  const qualifier = nameParts.slice(0, -1).map((part) => part.toLowerCase());
  if (qualifier[0] === 'spark_catalog') qualifier.shift();
  return qualifier.length === 0 ? state.database : qualifier.join('.');
}

/** The table or view of a name in the catalog. */
export function catalogEntry(nameParts: readonly string[], context: SessionContext): CatalogEntry | undefined {
  return context.tables.find(databaseOf(nameParts, context), nameParts.at(-1) ?? '');
}

function entryPlan(entry: CatalogEntry, context: SessionContext, isStreaming: boolean, depth: number): UnresolvedPlan {
  if (entry.kind === 'view') return viewPlan(entry, context, depth);
  const { environment } = context;
  const options = new Map(Object.entries(entry.options ?? {}));
  if (entry.location !== undefined) options.set('path', entry.location);
  const schema = entry.schema === undefined ? undefined : parseSchema(entry.schema);
  const request = { format: entry.format ?? '', schema, options, isStreaming };
  return { kind: 'read', relation: environment.resolveRelation(request, context.settings().timeZone) };
}

function viewPlan(
  { name, text = '', columnNames }: CatalogEntry,
  context: SessionContext,
  depth: number,
): UnresolvedPlan {
  if (depth >= MAX_VIEW_DEPTH)
    throw new MillraceError('VIEW_EXCEED_MAX_NESTED_DEPTH', {
      viewName: quoteName([name]),
      maxNestedDepth: String(MAX_VIEW_DEPTH),
    });
  const { timeZone, ansi } = context.settings();
  const parsed = parseStatement(text, { timeZone, ansi }, sessionCatalog(context, depth + 1));
  const statement = withUserFunctions(parsed, functionFinder(context));
  if (statement.kind !== 'query') throw new MillraceError('CATALOG_FILE_INVALID', { path: name });
  return { kind: 'subqueryAlias', input: statement.plan, alias: name, columnNames };
}

/** Undefined while there is nothing to find. `calling` are the catalog's functions whose bodies are being read. */
export function functionFinder(context: SessionContext, calling: readonly string[] = []): FunctionFinder | undefined {
  const { functions } = context.userFunctions;
  if (functions.size === 0 && context.tables.functions.length === 0) return undefined;
  return (name) => functions.get(name) ?? catalogFunction(name, context, calling);
}

/** A definition under the name that calls show. */
export function namedFunction(definition: FunctionDefinition, name: string): SqlFunction {
  return definition.kind === 'sqlScalar' ? { ...definition, name } : { ...definition, name };
}

function catalogFunction(
  written: string,
  context: SessionContext,
  calling: readonly string[],
): SqlFunction | undefined {
  const nameParts = written.split('.');
  const database = databaseOf(nameParts, context);
  const known = context.tables.findFunction(database, nameParts.at(-1) ?? '');
  if (known === undefined) return undefined;
  const name = `spark_catalog.${known.database}.${known.name}`;
  // A function that was replaced by one which calls it.
  if (calling.includes(name)) return undefined;
  const { timeZone, ansi } = context.settings();
  const parsed = parseStatement(known.text, { timeZone, ansi }, sessionCatalog(context));
  const statement = withUserFunctions(parsed, functionFinder(context, [...calling, name]));
  if (statement.kind !== 'createFunction') throw new MillraceError('CATALOG_FILE_INVALID', { path: name });
  return namedFunction(statement.definition, name);
}
