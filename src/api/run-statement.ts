/** Runs the statements `session.sql` is given: queries become DataFrames, the rest takes effect at once and answers with rows. */
import type { StructType } from '../types/data-type.ts';
import type { UnresolvedPlan } from '../plan/unresolved-plan.ts';
import type { Statement } from '../sql/statement.ts';
import type { SessionContext } from './session-context.ts';
import { SETTING_DEFAULTS } from '../engine/session-settings.ts';
import { MillraceError } from '../errors/millrace-error.ts';
import { quoteName } from '../plan/resolve-names.ts';
import { simpleName } from '../types/data-type.ts';
import { batchFromRows } from '../types/row-codec.ts';
import { parseSchema } from '../types/schema.ts';
import { DataFrame } from './data-frame.ts';
import { hasPendingSchema } from './pending-schema.ts';
import { sessionCatalog } from './session-catalog.ts';

const KEY_VALUE = parseSchema('key STRING NOT NULL, value STRING NOT NULL');
const EMPTY = parseSchema('struct<>');

/** The result of a statement. `settings` are those of the session, which SET changes. */
export function runStatement(statement: Statement, context: SessionContext, settings: Map<string, string>): DataFrame {
  switch (statement.kind) {
    case 'query':
      return checked(statement.plan, context);
    case 'createView':
      return createView(statement, context);
    case 'dropView':
      return dropView(statement, context);
    case 'describe':
      return describe(statement.plan, context);
    case 'showTables':
      return showTables(statement, context);
    case 'explain':
      return table(context, parseSchema('plan STRING NOT NULL'), [
        [checked(statement.plan, context).explainString(statement.mode)],
      ]);
    case 'set':
      return set(statement, context, settings);
    case 'reset':
      if (statement.key === undefined) settings.clear();
      else settings.delete(statement.key);
      return table(context, EMPTY, []);
  }
}

type StatementOf<Kind extends Statement['kind']> = Statement & { readonly kind: Kind };

/** Analyzed at once, so that mistakes show where they are made. */
function checked(plan: UnresolvedPlan, context: SessionContext): DataFrame {
  const result = new DataFrame(plan, context);
  if (!hasPendingSchema(plan)) void result.queryExecution.analyzed;
  return result;
}

function table(context: SessionContext, schema: StructType, rows: readonly (readonly unknown[])[]): DataFrame {
  return new DataFrame({ kind: 'localRelation', schema, batches: [batchFromRows(schema, rows)] }, context);
}

function createView({ name, plan, isReplace }: StatementOf<'createView'>, context: SessionContext): DataFrame {
  const key = name.toLowerCase();
  if (context.tempViews.has(key) && !isReplace)
    throw new MillraceError('TEMP_TABLE_OR_VIEW_ALREADY_EXISTS', { relationName: quoteName([name]) });
  checked(plan, context);
  context.tempViews.set(key, plan);
  return table(context, EMPTY, []);
}

function dropView({ nameParts, ifExists }: StatementOf<'dropView'>, context: SessionContext): DataFrame {
  const found = nameParts.length === 1 && context.tempViews.delete((nameParts[0] ?? '').toLowerCase());
  if (!found && !ifExists) throw sessionCatalog(context).notFound(nameParts);
  return table(context, EMPTY, []);
}

function describe(plan: UnresolvedPlan, context: SessionContext): DataFrame {
  const { fields } = checked(plan, context).schema;
  const rows = fields.map(({ name, dataType }) => [name, simpleName(dataType), null]);
  return table(context, parseSchema('col_name STRING NOT NULL, data_type STRING NOT NULL, comment STRING'), rows);
}

function showTables({ what, pattern }: StatementOf<'showTables'>, context: SessionContext): DataFrame {
  const alternatives = (pattern ?? '*').toLowerCase().split('|');
  const matches = (name: string): boolean => alternatives.some((one) => matchesPattern(name, one.trim()));
  const views = [...context.tempViews.keys()].map((name) => ['', name, true] as const);
  const tables = [...context.memoryTables.keys()].map((name) => ['', name, true] as const);
  const rows = [...views, ...(what === 'tables' ? tables : [])]
    .filter(([, name]) => matches(name))
    .toSorted(([, left], [, right]) => (left < right ? -1 : 1));
  const nameColumn = what === 'tables' ? 'tableName' : 'viewName';
  const schema = parseSchema(`namespace STRING NOT NULL, ${nameColumn} STRING NOT NULL, isTemporary BOOLEAN NOT NULL`);
  return table(context, schema, rows);
}

/** `*` stands for any text; everything else for itself. */
function matchesPattern(name: string, pattern: string): boolean {
  const [first = '', ...parts] = pattern.split('*');
  if (parts.length === 0) return name === first;
  if (!name.startsWith(first)) return false;
  const last = parts.pop() ?? '';
  let at = first.length;
  for (const part of parts) {
    const found = name.indexOf(part, at);
    if (found === -1) return false;
    at = found + part.length;
  }
  return name.length - at >= last.length && name.endsWith(last);
}

function set({ key, value }: StatementOf<'set'>, context: SessionContext, settings: Map<string, string>): DataFrame {
  if (key === undefined) {
    const rows = [...settings].toSorted(([left], [right]) => (left < right ? -1 : 1));
    return table(context, KEY_VALUE, rows);
  }
  if (value !== undefined) settings.set(key, value);
  return table(context, KEY_VALUE, [[key, settings.get(key) ?? SETTING_DEFAULTS[key] ?? '<undefined>']]);
}
