/** The views and memory tables of a session, as SQL and `session.table` find them. Names ignore letter case. */
import type { UnresolvedPlan } from '../plan/unresolved-plan.ts';
import type { Catalog } from '../sql/catalog.ts';
import type { SessionContext } from './session-context.ts';
import { MillraceError } from '../errors/millrace-error.ts';
import { nearestNames } from '../errors/suggest.ts';
import { quoteName } from '../plan/resolve-names.ts';

/** Schemas under which the views of a session may be written. */
const SCHEMA_NAMES = new Set(['default', 'spark_catalog.default']);

/** What FROM finds in this session. */
export function sessionCatalog({ tempViews, memoryTables }: SessionContext): Catalog {
  return {
    relation(nameParts): UnresolvedPlan | undefined {
      const name = nameParts.at(-1) ?? '';
      const key = name.toLowerCase();
      const view = nameParts.length === 1 ? tempViews.get(key) : undefined;
      if (view !== undefined) return { kind: 'subqueryAlias', input: view, alias: name };
      const schemaName = nameParts.slice(0, -1).join('.').toLowerCase();
      const table = schemaName === '' || SCHEMA_NAMES.has(schemaName) ? memoryTables.get(key) : undefined;
      return table && { kind: 'localRelation', schema: table.schema, batches: table.batches };
    },
    notFound(nameParts): MillraceError {
      const known = nearestNames(nameParts.join('.'), [...tempViews.keys(), ...memoryTables.keys()], 3);
      const hint =
        known.length === 0
          ? 'There are no views or memory tables in this session.'
          : `Did you mean ${known.join(', ')}?`;
      const parameters = { relationName: quoteName(nameParts), searchPath: '[]' };
      return new MillraceError('TABLE_OR_VIEW_NOT_FOUND', parameters, { hint });
    },
  };
}
