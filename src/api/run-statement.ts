/** Runs the statements `session.sql` is given: queries become DataFrames, the rest takes effect at once and answers with rows. */
import type { UnresolvedExpression } from '../expressions/unresolved.ts';
import type { UnresolvedPlan } from '../plan/unresolved-plan.ts';
import type { SqlParameters } from '../sql/parse-context.ts';
import type { Statement } from '../sql/statement.ts';
import type { SessionContext } from './session-context.ts';
import { SETTING_DEFAULTS } from '../engine/session-settings.ts';
import { MillraceError } from '../errors/millrace-error.ts';
import { quoteName } from '../plan/resolve-names.ts';
import { withUserFunctions } from '../plan/with-user-functions.ts';
import { parseStatement } from '../sql/parse-statement.ts';
import { DataFrame } from './data-frame.ts';
import { hasPendingSchema } from './pending-schema.ts';
import { describeDatabase, describeFunction, showCreateTable, showFunctions, showTables } from './run-show.ts';
import { createFunction, dropFunction } from './run-function-statement.ts';
import { createTable, dropTable, insertInto, truncateTable } from './run-table-statement.ts';
import { showPartitions } from './table-partitions.ts';
import { schemaNotFound, tableEntry } from './table-entry.ts';
import { changeVariables, setVariablesByQuery, variableNamed } from './run-variable-statement.ts';
import { createView, dropView } from './run-view-statement.ts';
import { functionFinder, sessionCatalog } from './session-catalog.ts';
import { EMPTY_ANSWER, rowsPlan } from './statement-answer.ts';
import { matchesPattern } from './name-pattern.ts';
import { simpleName } from '../types/data-type.ts';

const KEY_VALUE = 'key STRING NOT NULL, value STRING NOT NULL';

/** Parses a statement with the settings and names of the session. */
export function parseFor(context: SessionContext, text: string, parameters: SqlParameters): Statement {
  const settings = context.settings();
  const { timeZone, ansi, timestampType } = settings;
  const quotesNames = ansi && settings.get('spark.sql.ansi.doubleQuotedIdentifiers')?.toLowerCase() === 'true';
  const isOn = (key: string): boolean => settings.get(key)?.toLowerCase() === 'true';
  const legacy = {
    readsPatterns: isOn('spark.sql.parser.quotedRegexColumnNames'),
    filtersByHaving: isOn('spark.sql.legacy.parser.havingWithoutGroupByAsWhere'),
    hasCalendarIntervals: isOn('spark.sql.legacy.interval.enabled'),
  };
  const { variables: known } = context.state;
  const variables = (nameParts: readonly string[]): UnresolvedExpression | undefined =>
    variableNamed(nameParts, context.state);
  const names = known.size === 0 ? {} : { variables };
  const statement = parseStatement(
    text,
    { timeZone, ansi, timestampType, quotesNames, parameters, ...legacy, ...names },
    sessionCatalog(context),
  );
  return withUserFunctions(statement, functionFinder(context));
}

/** The result of a statement. `settings` are those of the session, which SET changes. */
export function runStatement(statement: Statement, context: SessionContext, settings: Map<string, string>): DataFrame {
  if (statement.kind === 'query') return checked(statement.plan, context);
  if (statement.kind === 'execute') return runStatement(parseExecuted(statement, context), context, settings);
  return new DataFrame(answerOf(statement, context, settings), context);
}

type StatementOf<Kind extends Statement['kind']> = Statement & { readonly kind: Kind };

function answerOf(
  statement: Exclude<Statement, { readonly kind: 'query' | 'execute' }>,
  context: SessionContext,
  settings: Map<string, string>,
): UnresolvedPlan {
  switch (statement.kind) {
    case 'createView':
      return createView(statement, context, () => void checked(statement.plan, context));
    case 'createViewUsing':
      return createViewUsing(statement, context);
    case 'dropView':
      return dropView(statement, context);
    case 'createTable':
      return createTable(statement, context);
    case 'dropTable':
      return dropTable(statement, context);
    case 'insert':
      return insertInto(statement, context);
    case 'truncate':
      return truncateTable(statement, context);
    case 'createFunction':
      return createFunction(statement, context);
    case 'dropFunction':
      return dropFunction(statement, context);
    case 'describe':
      return describe(statement.plan, context);
    case 'describeFunction':
      return describeFunction(statement);
    case 'describeDatabase':
      return describeDatabase(statement.name, context);
    case 'showTables':
      return showTables(statement, context);
    case 'showColumns':
      return rowsPlan(
        'col_name STRING NOT NULL',
        columnNames(statement.plan, context).map((name) => [name]),
      );
    case 'showFunctions':
      return showFunctions(statement, context);
    case 'showCreateTable':
      return showCreateTable(statement.nameParts, context);
    case 'showPartitions':
      return showPartitions(statement, context);
    case 'explain':
      return rowsPlan('plan STRING NOT NULL', [[checked(statement.plan, context).explainString(statement.mode)]]);
    default:
      return sessionAnswer(statement, context, settings);
  }
}

type SessionStatement = StatementOf<
  | 'createDatabase'
  | 'dropDatabase'
  | 'showDatabases'
  | 'use'
  | 'set'
  | 'reset'
  | 'nothing'
  | 'declareVariables'
  | 'setVariables'
  | 'setVariablesByQuery'
  | 'dropVariable'
>;

/** Statements about databases, settings and variables. */
function sessionAnswer(
  statement: SessionStatement,
  context: SessionContext,
  settings: Map<string, string>,
): UnresolvedPlan {
  switch (statement.kind) {
    case 'createDatabase':
    case 'dropDatabase':
      return changeDatabases(statement, context);
    case 'showDatabases': {
      const names = context.tables.databases.filter((name) => matchesPattern(name, statement.pattern ?? '*'));
      return rowsPlan(
        'namespace STRING NOT NULL',
        names.map((name) => [name]),
      );
    }
    case 'use':
      if (!context.tables.databases.includes(statement.name.toLowerCase())) throw schemaNotFound(statement.name);
      context.state.database = statement.name.toLowerCase();
      return EMPTY_ANSWER;
    case 'set':
      return set(statement, settings);
    case 'reset':
      if (statement.key === undefined) settings.clear();
      else settings.delete(statement.key);
      return EMPTY_ANSWER;
    case 'nothing':
      return EMPTY_ANSWER;
    case 'setVariablesByQuery':
      return setVariablesByQuery(statement, context);
    default:
      return changeVariables(statement, context);
  }
}

/** Analyzed at once, so that mistakes show where they are made. */
function checked(plan: UnresolvedPlan, context: SessionContext): DataFrame {
  const result = new DataFrame(plan, context);
  if (!hasPendingSchema(plan)) void result.queryExecution.analyzed;
  return result;
}

function columnNames(plan: UnresolvedPlan, context: SessionContext): readonly string[] {
  return checked(plan, context).columns;
}

function createViewUsing(
  { definition, isReplace }: StatementOf<'createViewUsing'>,
  context: SessionContext,
): UnresolvedPlan {
  const { tempViews, environment } = context;
  const key = (definition.nameParts.at(-1) ?? '').toLowerCase();
  if (tempViews.has(key) && !isReplace)
    throw new MillraceError('TEMP_TABLE_OR_VIEW_ALREADY_EXISTS', { relationName: quoteName(definition.nameParts) });
  const { format = '' } = tableEntry(
    { ...definition, location: definition.location ?? definition.options.get('path') ?? '' },
    'default',
    undefined,
    context,
  );
  const request = { format, schema: definition.columns, options: definition.options, isStreaming: false };
  tempViews.set(key, { kind: 'read', relation: environment.resolveRelation(request, context.settings().timeZone) });
  return EMPTY_ANSWER;
}

function describe(plan: UnresolvedPlan, context: SessionContext): UnresolvedPlan {
  const { fields } = checked(plan, context).schema;
  const rows = fields.map(({ name, dataType }) => [name, simpleName(dataType), null]);
  return rowsPlan('col_name STRING NOT NULL, data_type STRING NOT NULL, comment STRING', rows);
}

function changeDatabases(
  statement: StatementOf<'createDatabase' | 'dropDatabase'>,
  { tables, state }: SessionContext,
): UnresolvedPlan {
  const name = statement.name.toLowerCase();
  const isThere = tables.databases.includes(name);
  if (statement.kind === 'createDatabase') {
    if (isThere && !statement.ifNotExists)
      throw new MillraceError('SCHEMA_ALREADY_EXISTS', { schemaName: quoteName([name]) });
    if (!isThere) tables.addDatabase(name);
    return EMPTY_ANSWER;
  }
  if (!isThere) {
    if (statement.ifExists) return EMPTY_ANSWER;
    throw schemaNotFound(name);
  }
  if (name === 'default') throw new MillraceError('UNSUPPORTED_FEATURE', { feature: 'dropping the database default' });
  if (!statement.isCascade && tables.entries(name).length > 0)
    throw new MillraceError('SCHEMA_NOT_EMPTY', { schemaName: quoteName([name]) });
  tables.removeDatabase(name);
  if (state.database === name) state.database = 'default';
  return EMPTY_ANSWER;
}

function parseExecuted({ text, arguments: args }: StatementOf<'execute'>, context: SessionContext): Statement {
  const named = args.flatMap(([name, value]) =>
    name === undefined || value.kind !== 'literal' ? [] : [[name, value] as const],
  );
  const values = args.flatMap(([, value]) => (value.kind === 'literal' ? [value] : []));
  const statement = parseFor(context, text, named.length > 0 ? new Map(named) : values);
  if (statement.kind === 'execute') throw new MillraceError('NESTED_EXECUTE_IMMEDIATE', { sqlString: text });
  return statement;
}

function set({ key, value }: StatementOf<'set'>, settings: Map<string, string>): UnresolvedPlan {
  if (key === undefined) {
    const rows = [...settings].toSorted(([left], [right]) => (left < right ? -1 : 1));
    return rowsPlan(KEY_VALUE, rows);
  }
  if (value !== undefined) settings.set(key, value);
  return rowsPlan(KEY_VALUE, [[key, settings.get(key) ?? SETTING_DEFAULTS[key] ?? '<undefined>']]);
}
