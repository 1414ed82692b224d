/** Brings rows into the columns of a table. */
import type { UnresolvedPlan } from '../plan/unresolved-plan.ts';
import type { CatalogEntry } from './catalog-tables.ts';
import type { SessionContext } from './session-context.ts';
import { MillraceError } from '../errors/millrace-error.ts';
import { QueryExecution } from '../engine/query-execution.ts';
import { quoteName } from '../plan/resolve-names.ts';
import { parseSchema } from '../types/schema.ts';

/** The rows of a query in the columns of a table: cast, and null where a column is not given. */
export function alignedPlan(
  entry: CatalogEntry,
  plan: UnresolvedPlan,
  columnNames: readonly string[] | undefined,
  byName: boolean,
  context: SessionContext,
): UnresolvedPlan {
  if (entry.schema === undefined) return plan;
  const { fields } = parseSchema(entry.schema);
  const given = new QueryExecution(plan, context.settings(), context.parseExpression).schema.fields;
  const names = byName ? given.map(({ name }) => name) : (columnNames ?? fields.map(({ name }) => name));
  const tableName = quoteName(['spark_catalog', entry.database, entry.name]);
  if (names.length !== given.length) {
    const parameters = {
      tableName,
      tableColumns: names.map((name) => quoteName([name])).join(', '),
      dataColumns: given.map(({ name }) => quoteName([name])).join(', '),
    };
    throw given.length > names.length
      ? new MillraceError('INSERT_COLUMN_ARITY_MISMATCH.TOO_MANY_DATA_COLUMNS', parameters)
      : new MillraceError('INSERT_COLUMN_ARITY_MISMATCH.NOT_ENOUGH_DATA_COLUMNS', parameters);
  }
  const unknown = names.find((name) => !fields.some((one) => one.name.toLowerCase() === name.toLowerCase()));
  if (unknown !== undefined)
    throw new MillraceError('UNRESOLVED_COLUMN.WITH_SUGGESTION', {
      objectName: quoteName([unknown]),
      proposal: fields.map(({ name }) => quoteName([name])).join(', '),
    });
  const input: UnresolvedPlan = {
    kind: 'subqueryAlias',
    input: plan,
    alias: 'inserted',
    columnNames: given.map((_, i) => `c${i}`),
  };
  const expressions = fields.map(({ name, dataType }) => {
    const at = names.findIndex((one) => one.toLowerCase() === name.toLowerCase());
    const child =
      at < 0
        ? ({ kind: 'literal', value: null, dataType: { kind: 'void' } } as const)
        : ({ kind: 'unresolvedAttribute', nameParts: [`c${at}`] } as const);
    return { kind: 'alias', name, child: { kind: 'cast', child, toType: dataType, mode: 'ansi' } } as const;
  });
  return { kind: 'project', input, expressions };
}
