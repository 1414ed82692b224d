/** CREATE VIEW and DROP VIEW: of the session, of all sessions of the process's life, or kept in the catalog. */
import type { UnresolvedPlan } from '../plan/unresolved-plan.ts';
import type { Statement } from '../sql/statement.ts';
import type { SessionContext } from './session-context.ts';
import { MillraceError } from '../errors/millrace-error.ts';
import { quoteName } from '../plan/resolve-names.ts';
import { dropTable } from './run-table-statement.ts';
import { schemaNotFound } from './table-entry.ts';
import { GLOBAL_DATABASE, catalogEntry, databaseOf, tableNotFound } from './session-catalog.ts';
import { EMPTY_ANSWER } from './statement-answer.ts';

type CreateView = Statement & { readonly kind: 'createView' };
type DropView = Statement & { readonly kind: 'dropView' };

/** `check` analyzes the query, so that mistakes show where they are made. */
export function createView(statement: CreateView, context: SessionContext, check: () => void): UnresolvedPlan {
  const { nameParts, scope, plan, columnNames, isReplace, ifNotExists } = statement;
  const name = nameParts.at(-1) ?? '';
  const key = name.toLowerCase();
  if (scope === 'persistent') return createPersistentView(statement, context, check);
  const views = scope === 'global' ? context.globalViews : context.tempViews;
  if (views.has(key) && !isReplace) {
    if (ifNotExists) return EMPTY_ANSWER;
    const shown = scope === 'global' ? [GLOBAL_DATABASE, name] : [name];
    throw new MillraceError('TEMP_TABLE_OR_VIEW_ALREADY_EXISTS', { relationName: quoteName(shown) });
  }
  check();
  views.set(key, columnNames === undefined ? plan : { kind: 'subqueryAlias', input: plan, alias: name, columnNames });
  return EMPTY_ANSWER;
}

function createPersistentView(statement: CreateView, context: SessionContext, check: () => void): UnresolvedPlan {
  const { nameParts, text, columnNames, isReplace, ifNotExists } = statement;
  const known = catalogEntry(nameParts, context);
  if (known !== undefined && (known.kind === 'table' || !isReplace)) {
    if (ifNotExists) return EMPTY_ANSWER;
    throw new MillraceError('TABLE_OR_VIEW_ALREADY_EXISTS', { relationName: quoteName(nameParts) });
  }
  const database = databaseOf(nameParts, context);
  if (!context.tables.databases.includes(database)) throw schemaNotFound(database);
  check();
  context.tables.put({ database, name: (nameParts.at(-1) ?? '').toLowerCase(), kind: 'view', text, columnNames });
  return EMPTY_ANSWER;
}

export function dropView(statement: DropView, context: SessionContext): UnresolvedPlan {
  const { nameParts, ifExists } = statement;
  const key = (nameParts.at(-1) ?? '').toLowerCase();
  if (nameParts.length === 1 && context.tempViews.delete(key)) return EMPTY_ANSWER;
  const isGlobal = nameParts.length === 2 && nameParts[0]?.toLowerCase() === GLOBAL_DATABASE;
  if (isGlobal && context.globalViews.delete(key)) return EMPTY_ANSWER;
  if (catalogEntry(nameParts, context) === undefined && !ifExists) throw tableNotFound(nameParts, context);
  return dropTable(statement, context);
}
