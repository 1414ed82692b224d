/** CREATE FUNCTION and DROP FUNCTION. */
import type { SqlFunction } from '../expressions/sql-function.ts';
import type { UnresolvedExpression } from '../expressions/unresolved.ts';
import type { UnresolvedPlan } from '../plan/unresolved-plan.ts';
import type { Statement } from '../sql/statement.ts';
import type { SessionContext } from './session-context.ts';
import { MillraceError } from '../errors/millrace-error.ts';
import { quoteName } from '../plan/resolve-names.ts';
import { queryOf } from './query-of.ts';
import { namedFunction, databaseOf } from './session-catalog.ts';
import { EMPTY_ANSWER, rowsPlan } from './statement-answer.ts';
import { schemaNotFound } from './table-entry.ts';

type StatementOf<Kind extends Statement['kind']> = Statement & { readonly kind: Kind };

/** A function of the session, or of the catalog. Its body is analyzed at once, so that mistakes show where they are made. */
export function createFunction(statement: StatementOf<'createFunction'>, context: SessionContext): UnresolvedPlan {
  const { nameParts, definition, isTemporary, isReplace, ifNotExists, text } = statement;
  const { userFunctions, tables } = context;
  const { name, database, qualified, isThere } = placeOf(nameParts, isTemporary, context);
  if (!isTemporary && !tables.databases.includes(database)) throw schemaNotFound(database);
  if (isThere && ifNotExists) return EMPTY_ANSWER;
  if (isThere && !isReplace)
    throw new MillraceError('ROUTINE_ALREADY_EXISTS', {
      newRoutineType: 'routine',
      routineName: quoteName(qualified),
      existingRoutineType: 'routine',
    });
  const made = namedFunction(definition, qualified.join('.'));
  void queryOf(trialCall(made), context).analyzed;
  if (isTemporary) userFunctions.put(name, made);
  else tables.putFunction({ database, name, text });
  return EMPTY_ANSWER;
}

/** A call with nulls of the right types. */
function trialCall(made: SqlFunction): UnresolvedPlan {
  const args = made.parameters.map(({ dataType }): UnresolvedExpression => ({
    kind: 'literal',
    value: null,
    dataType,
  }));
  if (made.kind === 'sqlTable') return { kind: 'sqlTableCall', definition: made, arguments: args };
  const call = { kind: 'unresolvedFunction', functionName: made.name, arguments: args, isDistinct: false } as const;
  return { kind: 'project', input: rowsPlan('one INT', [[1]]), expressions: [{ ...call, definition: made }] };
}

/** Functions made by `session.udf` are temporary ones too. */
export function dropFunction(statement: StatementOf<'dropFunction'>, context: SessionContext): UnresolvedPlan {
  const { nameParts, isTemporary, ifExists } = statement;
  const { userFunctions, tables } = context;
  const { name, database, qualified, isThere } = placeOf(nameParts, isTemporary, context);
  if (!isThere) {
    if (ifExists) return EMPTY_ANSWER;
    throw new MillraceError('ROUTINE_NOT_FOUND', { routineName: quoteName(qualified) });
  }
  if (isTemporary) userFunctions.remove(name);
  else tables.removeFunction(database, name);
  return EMPTY_ANSWER;
}

interface FunctionPlace {
  readonly name: string;
  readonly database: string;
  /** The parts of the whole name, as errors write it. */
  readonly qualified: readonly string[];
  readonly isThere: boolean;
}

function placeOf(nameParts: readonly string[], isTemporary: boolean, context: SessionContext): FunctionPlace {
  const { userFunctions, tables } = context;
  const name = (nameParts.at(-1) ?? '').toLowerCase();
  const database = databaseOf(nameParts, context);
  return {
    name,
    database,
    qualified: isTemporary ? [name] : ['spark_catalog', database, name],
    isThere: isTemporary ? userFunctions.functions.has(name) : tables.findFunction(database, name) !== undefined,
  };
}
