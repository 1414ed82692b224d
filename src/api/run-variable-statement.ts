/** Session variables: DECLARE, SET VAR and DROP VARIABLE, and what a name of one stands for in the statements after them. */
import type { Expression } from '../expressions/expression.ts';
import type { UnresolvedExpression } from '../expressions/unresolved.ts';
import type { UnresolvedPlan } from '../plan/unresolved-plan.ts';
import type { Statement } from '../sql/statement.ts';
import type { SessionContext, SessionState } from './session-context.ts';
import type { Value } from '../types/vector.ts';
import { MillraceError } from '../errors/millrace-error.ts';
import { makeCast } from '../expressions/type-coercion.ts';
import { quoteName } from '../plan/resolve-names.ts';
import { constantValue } from '../sql/constant-value.ts';
import { sqlValue } from '../functions/sql-value.ts';
import { sqlName } from '../types/data-type.ts';
import { QueryExecution } from '../engine/query-execution.ts';
import { valueAt } from '../types/vector.ts';
import { observedBatches } from './observed-batches.ts';
import { resolvePendingSchemas } from './pending-schema.ts';
import { EMPTY_ANSWER, statementPlan } from './statement-answer.ts';

type VariableStatement = Statement & { readonly kind: 'declareVariables' | 'setVariables' | 'dropVariable' };

/** The value of a variable, or of a field of one; undefined when the name is none. Names of columns show which variable it is. */
export function variableNamed(
  nameParts: readonly string[],
  { variables: known, pendingVariables }: SessionState,
): UnresolvedExpression | undefined {
  const start = nameParts.length > 2 && isName(nameParts[0], 'system') && isName(nameParts[1], 'session') ? 2 : 0;
  const isOfSession = start === 0 && nameParts.length > 1 && isName(nameParts[0], 'session');
  const places = isOfSession ? [1, 0] : [start];
  for (const at of places) {
    const name = (nameParts[at] ?? '').toLowerCase();
    const value = known.get(name);
    if (value?.kind !== 'literal') continue;
    if (pendingVariables.has(name))
      throw new MillraceError('UNSUPPORTED_FEATURE', {
        feature: `the variable ${name} before the query that sets it is awaited`,
      });
    const shownAs = `variablereference(system.session.${name}=${shownValue(value)})`;
    const literal: UnresolvedExpression = { ...value, shownAs };
    return nameParts.slice(at + 1).reduce<UnresolvedExpression>(
      (child, field) => ({
        kind: 'unresolvedExtractValue',
        child,
        extraction: { kind: 'literal', value: field, dataType: { kind: 'string' } },
      }),
      literal,
    );
  }
  return undefined;
}

function isName(part: string | undefined, name: string): boolean {
  return part?.toLowerCase() === name;
}

function shownValue({ value, dataType }: Expression & { readonly kind: 'literal' }): string {
  return value === null ? `CAST(NULL AS ${sqlName(dataType)})` : sqlValue(dataType, value);
}

/** Runs a statement about variables. */
export function changeVariables(statement: VariableStatement, context: SessionContext): UnresolvedPlan {
  const { variables, variableDefaults } = context.state;
  if (statement.kind === 'declareVariables') {
    const keys = statement.names.map((name) => name.toLowerCase());
    const known = keys.find((key) => variables.has(key));
    if (known !== undefined && !statement.isReplace)
      throw new MillraceError('VARIABLE_ALREADY_EXISTS', { variableName: quoteName(['system', 'session', known]) });
    for (const key of keys) {
      variables.set(key, statement.value);
      variableDefaults.set(key, statement.value);
    }
    return EMPTY_ANSWER;
  }
  if (statement.kind === 'dropVariable') {
    if (!variables.delete(statement.name.toLowerCase()) && !statement.ifExists)
      throw new MillraceError('VARIABLE_NOT_FOUND', { variableName: quoteName(['system', 'session', statement.name]) });
    return EMPTY_ANSWER;
  }
  for (const name of statement.values.keys()) if (!variables.has(name.toLowerCase())) throw variableNotFound(name);
  const changed = [...statement.values].map(([name, value]): readonly [string, Expression | undefined] => {
    const key = name.toLowerCase();
    const declared = variableDefaults.get(key);
    return [key, value === 'default' || declared === undefined ? declared : assigned(value, declared, context)];
  });
  for (const [key, value] of changed) if (value !== undefined) variables.set(key, value);
  return EMPTY_ANSWER;
}

/** SET VAR to the only row of a query: a statement that does work, whose end has to be awaited before the variables are named. */
export function setVariablesByQuery(
  { names, plan, isRow }: Statement & { readonly kind: 'setVariablesByQuery' },
  context: SessionContext,
): UnresolvedPlan {
  const { variables, variableDefaults, pendingVariables } = context.state;
  const keys = names.map((name) => name.toLowerCase());
  for (const [i, key] of keys.entries()) if (!variables.has(key)) throw variableNotFound(names[i] ?? key);
  for (const key of keys) pendingVariables.add(key);
  return statementPlan(context, 'struct<>', async () => {
    try {
      const row = await onlyRow(plan, isRow, keys.length, context);
      const values = keys.map((key, i) =>
        assigned(row[i] as Expression, variableDefaults.get(key) as Expression, context),
      );
      for (const [i, key] of keys.entries()) variables.set(key, values[i] as Expression);
    } finally {
      for (const key of keys) pendingVariables.delete(key);
    }
    return [];
  });
}

/** The values of the only row; NULLs when there is none. */
async function onlyRow(
  plan: UnresolvedPlan,
  isRow: boolean,
  numValues: number,
  context: SessionContext,
): Promise<readonly Expression[]> {
  const ready = await resolvePendingSchemas(plan);
  const execution = new QueryExecution(ready, context.settings(), context.parseExpression);
  const { fields } = execution.schema;
  if (fields.length !== numValues)
    throw isRow
      ? new MillraceError('ASSIGNMENT_ARITY_MISMATCH', { numTarget: String(numValues), numExpr: String(fields.length) })
      : new MillraceError('INVALID_SUBQUERY_EXPRESSION.SCALAR_SUBQUERY_RETURN_MORE_THAN_ONE_OUTPUT_COLUMN', {
          number: String(fields.length),
        });
  const rows: (readonly (Value | null)[])[] = [];
  for await (const { columns, numRows } of observedBatches(ready, execution, context.environment))
    for (let row = 0; row < numRows; row++) rows.push(columns.map((column) => valueAt(column, row)));
  if (rows.length > 1)
    throw new MillraceError(isRow ? 'ROW_SUBQUERY_TOO_MANY_ROWS' : 'SCALAR_SUBQUERY_TOO_MANY_ROWS', {});
  return fields.map(({ dataType }, i) => {
    const value = rows[0]?.[i] ?? null;
    return { kind: 'literal', value, dataType, nullable: value === null };
  });
}

/** The value in the type that the variable was declared with. */
function assigned(value: Expression, { dataType }: Expression, context: SessionContext): Expression {
  const { ansi, timeZone } = context.settings();
  return constantValue(makeCast(value, dataType, 'ansi', { ansi, timeZone }), { ansi, timeZone });
}

function variableNotFound(name: string): MillraceError {
  return new MillraceError('UNRESOLVED_VARIABLE', {
    variableName: quoteName([name]),
    searchPath: '[`SYSTEM`.`SESSION`]',
  });
}
