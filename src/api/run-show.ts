/** The answers of SHOW and DESCRIBE about names: tables, views, functions, databases. */
import type { UnresolvedPlan } from '../plan/unresolved-plan.ts';
import type { Statement } from '../sql/statement.ts';
import type { SessionContext } from './session-context.ts';
import { MillraceError } from '../errors/millrace-error.ts';
import { allFunctions, functionNames } from '../functions/registry.ts';
import { quotedText } from '../functions/sql-value.ts';
import { quoteIfNeeded } from '../types/schema.ts';
import { matchesPattern } from './name-pattern.ts';
import { catalogEntry, tableNotFound } from './session-catalog.ts';
import { rowsPlan } from './statement-answer.ts';
import { schemaNotFound } from './table-entry.ts';

type StatementOf<Kind extends Statement['kind']> = Statement & { readonly kind: Kind };

/** SHOW TABLES and SHOW VIEWS. */
export function showTables(
  { what, pattern = '*', database }: StatementOf<'showTables'>,
  context: SessionContext,
): UnresolvedPlan {
  const { tempViews, memoryTables, tables, state } = context;
  const namespace = (database ?? state.database).toLowerCase();
  if (!tables.databases.includes(namespace)) throw schemaNotFound(namespace);
  const temporary = [...tempViews.keys(), ...(what === 'tables' ? memoryTables.keys() : [])].map(
    (name) => ['', name, true] as const,
  );
  const kept = tables
    .entries(namespace)
    .filter(({ kind }) => what === 'tables' || kind === 'view')
    .map(({ name }) => [namespace, name, false] as const);
  const rows = [...kept, ...temporary]
    .filter(([, name]) => matchesPattern(name, pattern))
    .toSorted(([, left], [, right]) => (left < right ? -1 : 1));
  const nameColumn = what === 'tables' ? 'tableName' : 'viewName';
  return rowsPlan(`namespace STRING NOT NULL, ${nameColumn} STRING NOT NULL, isTemporary BOOLEAN NOT NULL`, rows);
}

/** SHOW FUNCTIONS: those of the system, and those of the user under the names that calls show. */
export function showFunctions(
  { pattern = '*', what }: StatementOf<'showFunctions'>,
  { userFunctions, tables, state }: SessionContext,
): UnresolvedPlan {
  const kept = tables.functions.filter(({ database }) => database === state.database);
  const own = [
    ...userFunctions.functions.keys(),
    ...kept.map(({ database, name }) => `spark_catalog.${database}.${name}`),
  ];
  const all = [...(what === 'user' ? [] : functionNames()), ...(what === 'system' ? [] : own)];
  const names = all.filter((name) => matchesPattern(name.split('.').at(-1) ?? name, pattern)).toSorted();
  return rowsPlan(
    'function STRING NOT NULL',
    names.map((name) => [name]),
  );
}

/** DESCRIBE FUNCTION. */
export function describeFunction({ name, isExtended }: StatementOf<'describeFunction'>): UnresolvedPlan {
  const { scalars, aggregates, generators, windowFunctions } = allFunctions();
  const key = name.toLowerCase();
  const known = [...scalars, ...aggregates, ...generators, ...windowFunctions].find(
    (one) => one.name === key || ('aliases' in one && one.aliases?.includes(key) === true),
  );
  if (known === undefined)
    throw new MillraceError('UNRESOLVED_ROUTINE', {
      routineName: `\`${name}\``,
      searchPath: '[`system`.`builtin`, `system`.`session`, `spark_catalog`.`default`]',
    });
  const { usage, example, result } = known.doc;
  const lines = [`Function: ${known.name}`, `Usage: ${usage}`];
  if (isExtended) lines.push(`Extended Usage:\n    Examples:\n      > SELECT ${example};\n       ${result}`);
  return rowsPlan(
    'function_desc STRING NOT NULL',
    lines.map((line) => [line]),
  );
}

/** DESCRIBE DATABASE. */
export function describeDatabase(name: string, { tables }: SessionContext): UnresolvedPlan {
  if (!tables.databases.includes(name.toLowerCase())) throw schemaNotFound(name);
  return rowsPlan('info_name STRING NOT NULL, info_value STRING NOT NULL', [
    ['Catalog Name', 'spark_catalog'],
    ['Namespace Name', name.toLowerCase()],
  ]);
}

/** SHOW CREATE TABLE. */
export function showCreateTable(nameParts: readonly string[], context: SessionContext): UnresolvedPlan {
  const entry = catalogEntry(nameParts, context);
  if (entry === undefined) throw tableNotFound(nameParts, context);
  const {
    database,
    name,
    kind,
    schema,
    format,
    options = {},
    location,
    isExternal,
    partitionColumns = [],
    text,
  } = entry;
  const fullName = ['spark_catalog', database, name].map(quoteIfNeeded).join('.');
  if (kind === 'view')
    return rowsPlan('createtab_stmt STRING NOT NULL', [[`CREATE VIEW ${fullName}\nAS ${text ?? ''}\n`]]);
  const lines = [
    `CREATE TABLE ${fullName}${schema === undefined ? '' : ` (\n  ${schema.replaceAll(',', ',\n  ')})`}`,
    `USING ${format ?? ''}`,
  ];
  if (partitionColumns.length > 0) lines.push(`PARTITIONED BY (${partitionColumns.map(quoteIfNeeded).join(', ')})`);
  const pairs = Object.entries(options).map(([key, value]) => `  ${quotedText(key)} = ${quotedText(value)}`);
  if (pairs.length > 0) lines.push(`OPTIONS (\n${pairs.join(',\n')})`);
  if (isExternal === true && location !== undefined) lines.push(`LOCATION ${quotedText(location)}`);
  return rowsPlan('createtab_stmt STRING NOT NULL', [[`${lines.join('\n')}\n`]]);
}
