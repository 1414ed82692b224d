/** CREATE FUNCTION … RETURN …: functions whose body is SQL. */
import type { SqlFunctionParameter } from '../expressions/sql-function.ts';
import type { UnresolvedExpression } from '../expressions/unresolved.ts';
import type { UnresolvedPlan } from '../plan/unresolved-plan.ts';
import type { QueryParser } from './query-parser.ts';
import type { FunctionDefinition, Statement } from './statement.ts';
import type { TokenCursor } from './token-cursor.ts';
import { MillraceError } from '../errors/millrace-error.ts';
import { quoteName } from '../plan/resolve-names.ts';
import { repeatedName } from '../types/schema.ts';
import { atQueryWord } from './query-words.ts';
import { readColumns, readIfNotExists, readName, readText } from './table-definition.ts';
import { readType } from './type-reader.ts';

/** What may be said of a function and changes nothing of what its body says. */
const CHARACTERISTICS: readonly (readonly string[])[] = [
  ['LANGUAGE', 'SQL'],
  ['NOT', 'DETERMINISTIC'],
  ['DETERMINISTIC'],
  ['CONTAINS', 'SQL'],
  ['READS', 'SQL', 'DATA'],
  ['SQL', 'SECURITY', 'DEFINER'],
  ['SQL', 'SECURITY', 'INVOKER'],
];

/** Everything behind `CREATE [OR REPLACE] [TEMPORARY] FUNCTION`. */
export function parseCreateFunction(
  cursor: TokenCursor,
  queries: QueryParser,
  { isReplace, isTemporary }: { readonly isReplace: boolean; readonly isTemporary: boolean },
): Statement {
  const ifNotExists = readIfNotExists(cursor);
  const nameParts = readName(queries);
  if (!cursor.at('(')) throw cursor.unsupported('functions of classes');
  const name = nameParts.at(-1) ?? '';
  const parameters = cursor.parenthesized(() =>
    cursor.at(')') ? [] : cursor.list(() => readParameter(cursor, queries, name)),
  );
  checkParameters(name, parameters);
  const definition = readBody(cursor, queries, name, parameters);
  return { kind: 'createFunction', nameParts, definition, text: cursor.text, isReplace, isTemporary, ifNotExists };
}

/** `name type [DEFAULT expression] [COMMENT '…']` */
function readParameter(cursor: TokenCursor, queries: QueryParser, functionName: string): SqlFunctionParameter {
  const name = cursor.identifier();
  const dataType = readType(cursor);
  let otherwise: UnresolvedExpression | undefined;
  for (;;) {
    if (cursor.at('NOT', 'NULL'))
      throw new MillraceError('USER_DEFINED_FUNCTIONS.NOT_NULL_ON_FUNCTION_PARAMETERS', { input: name });
    else if (cursor.skip('DEFAULT')) otherwise = queries.expressions.expression();
    else if (cursor.skip('COMMENT')) readText(cursor);
    else break;
  }
  if (otherwise === undefined) return { name, dataType };
  if (hasSubquery(otherwise))
    throw new MillraceError('USER_DEFINED_FUNCTIONS.NOT_A_VALID_DEFAULT_EXPRESSION', {
      functionName,
      parameterName: name,
    });
  return { name, dataType, otherwise: { kind: 'cast', child: otherwise, toType: dataType, mode: 'ansi' } };
}

function hasSubquery(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false;
  if ('kind' in value && value.kind === 'subquery') return true;
  return Object.values(value).some(hasSubquery);
}

function checkParameters(functionName: string, parameters: readonly SqlFunctionParameter[]): void {
  const double = repeatedName(parameters.map(({ name }) => name));
  if (double !== undefined)
    throw new MillraceError('DUPLICATE_ROUTINE_PARAMETER_NAMES', {
      routineName: functionName,
      names: quoteName([double]),
    });
  for (const [i, { name, otherwise }] of parameters.entries()) {
    const next = parameters[i + 1];
    if (otherwise !== undefined && next !== undefined && next.otherwise === undefined)
      throw new MillraceError('USER_DEFINED_FUNCTIONS.NOT_A_VALID_DEFAULT_PARAMETER_POSITION', {
        functionName,
        parameterName: name,
        nextParameterName: next.name,
      });
  }
}

/** `[RETURNS type | RETURNS TABLE [(columns)]] [characteristics] RETURN expression | query` */
function readBody(
  cursor: TokenCursor,
  queries: QueryParser,
  name: string,
  parameters: readonly SqlFunctionParameter[],
): FunctionDefinition {
  const hasType = cursor.skip('RETURNS');
  const isTable = hasType && cursor.skip('TABLE');
  const columns = isTable ? readReturnedColumns(cursor, name) : undefined;
  const returnType = hasType && !isTable ? readType(cursor) : undefined;
  for (;;) {
    if (cursor.skip('COMMENT')) readText(cursor);
    else if (!CHARACTERISTICS.some((words) => cursor.skip(...words))) break;
  }
  cursor.expect('RETURN');
  const body = readReturned(cursor, queries);
  if (!isTable) {
    const value = 'query' in body ? scalarSubquery(body.query) : body.expression;
    return { kind: 'sqlScalar', parameters, returnType, body: value };
  }
  if (!('query' in body))
    throw new MillraceError('USER_DEFINED_FUNCTIONS.SQL_TABLE_UDF_BODY_MUST_BE_A_QUERY', { name });
  return { kind: 'sqlTable', parameters, columns, body: body.query };
}

function readReturnedColumns(cursor: TokenCursor, name: string): ReturnType<typeof readColumns> {
  try {
    return readColumns(cursor);
  } catch (error) {
    if (!(error instanceof MillraceError) || error.condition !== 'COLUMN_ALREADY_EXISTS') throw error;
    const columns = error.parameters['columnName'] ?? '';
    throw new MillraceError('DUPLICATE_ROUTINE_RETURNS_COLUMNS', { routineName: name, columns });
  }
}

type Returned = { readonly query: UnresolvedPlan } | { readonly expression: UnresolvedExpression };

function readReturned(cursor: TokenCursor, queries: QueryParser): Returned {
  let ahead = 0;
  while (cursor.peek(ahead).symbol === '(') ahead += 1;
  const isQuery = atQueryWord(cursor, ahead);
  if (ahead === 0 && isQuery) return { query: queries.query() };
  const expression = queries.expressions.expression();
  const isAlone = isQuery && expression.kind === 'subquery' && expression.subqueryType === 'scalar';
  return isAlone ? { query: expression.plan as UnresolvedPlan } : { expression };
}

function scalarSubquery(plan: UnresolvedPlan): UnresolvedExpression {
  return { kind: 'subquery', subqueryType: 'scalar', plan, values: [] };
}
