/** The rows of VALUES as a plan: a table in memory when all are literals of one type per column, else a union of one-row selects. */
import type { UnresolvedExpression } from '../expressions/unresolved.ts';
import type { UnresolvedPlan } from '../plan/unresolved-plan.ts';
import type { StructField } from '../types/data-type.ts';
import type { LiteralNode } from './expression-nodes.ts';
import { MillraceError } from '../errors/millrace-error.ts';
import { VOID, field, sqlName, struct } from '../types/data-type.ts';
import { batchFromRows, toExternal } from '../types/row-codec.ts';
import { ONE_ROW, balancedUnion } from './plan-nodes.ts';

/** The plan of the rows; columns are named `col1`, `col2`… */
export function inlineTable(rows: readonly (readonly UnresolvedExpression[])[]): UnresolvedPlan {
  const numColumns = rows[0]?.length ?? 0;
  rows.forEach((row, i) => {
    if (row.length === numColumns) return;
    throw new MillraceError('INVALID_INLINE_TABLE.NUM_COLUMNS_MISMATCH', {
      expectedNumCols: String(numColumns),
      actualNumCols: String(row.length),
      rowIndex: String(i),
    });
  });
  if (rows.every(isLiteralRow)) {
    const fields = Array.from({ length: numColumns }, (_, i) => literalField(rows, i));
    if (fields.every((one) => one !== undefined)) return inMemory(fields, rows);
  }
  return balancedUnion(rows.map(oneRow));
}

function isLiteralRow(row: readonly UnresolvedExpression[]): row is readonly LiteralNode[] {
  return row.every(({ kind }) => kind === 'literal');
}

/** The field of a column of literals; undefined when they have several types. */
function literalField(rows: readonly (readonly LiteralNode[])[], column: number): StructField | undefined {
  const types = new Map<string, LiteralNode['dataType']>();
  for (const row of rows) {
    const type = row[column]?.dataType ?? VOID;
    types.set(sqlName(type), type);
  }
  const nullable = types.delete(sqlName(VOID));
  const [type = VOID] = types.values();
  return types.size > 1 ? undefined : field(`col${column + 1}`, type, nullable);
}

function inMemory(fields: readonly StructField[], rows: readonly (readonly LiteralNode[])[]): UnresolvedPlan {
  const schema = struct(fields);
  const values = rows.map((row) => row.map(({ value, dataType }) => toExternal(value, dataType)));
  return { kind: 'localRelation', schema, batches: [batchFromRows(schema, values)] };
}

function oneRow(row: readonly UnresolvedExpression[]): UnresolvedPlan {
  const expressions = row.map((child, i) => ({ kind: 'alias', child, name: `col${i + 1}` }) as const);
  return { kind: 'project', input: ONE_ROW, expressions };
}
