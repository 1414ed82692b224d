/** The answers of statements: rows that are there, or that come when their work is done. */
import type { UnresolvedPlan } from '../plan/unresolved-plan.ts';
import type { StructType } from '../types/data-type.ts';
import type { SessionContext } from './session-context.ts';
import { batchFromRows } from '../types/row-codec.ts';
import { parseSchema } from '../types/schema.ts';

/** A plan of these rows. */
export function rowsPlan(ddl: string, rows: readonly (readonly unknown[])[]): UnresolvedPlan {
  return localPlan(parseSchema(ddl), rows);
}

function localPlan(schema: StructType, rows: readonly (readonly unknown[])[]): UnresolvedPlan {
  return { kind: 'localRelation', schema, batches: [batchFromRows(schema, rows)] };
}

/** No columns and no rows. */
export const EMPTY_ANSWER: UnresolvedPlan = rowsPlan('struct<>', []);

/** The plan of a statement that does work: begins at once, and whoever reads it waits for its end. */
export function statementPlan(
  context: SessionContext,
  ddl: string,
  work: () => Promise<readonly (readonly unknown[])[]>,
): UnresolvedPlan {
  const placeholder = rowsPlan(ddl, []);
  context.statements.add(placeholder, async () => rowsPlan(ddl, await work()));
  return placeholder;
}
