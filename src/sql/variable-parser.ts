/** Session variables and EXECUTE IMMEDIATE. */
import type { Expression } from '../expressions/expression.ts';
import type { UnresolvedExpression } from '../expressions/unresolved.ts';
import type { ParseContext } from './parse-context.ts';
import type { UnresolvedPlan } from '../plan/unresolved-plan.ts';
import type { QueryParser } from './query-parser.ts';
import type { Statement } from './statement.ts';
import type { TokenCursor } from './token-cursor.ts';
import { MillraceError } from '../errors/millrace-error.ts';
import { expressionSql } from '../expressions/sql-text.ts';
import { isConstant } from '../expressions/constant.ts';
import { constantValue, foldedConstant } from './constant-value.ts';
import { NULL_LITERAL } from './expression-nodes.ts';
import { startsQuery } from './subquery-parser.ts';
import { readType } from './type-reader.ts';

/** `DECLARE [OR REPLACE] [VARIABLE] name, … [type] [DEFAULT | = expression]` */
export function parseDeclare(cursor: TokenCursor, queries: QueryParser, context: ParseContext): Statement {
  cursor.expect('DECLARE');
  const isReplace = cursor.skip('OR', 'REPLACE');
  const isName = ['=', 'DEFAULT', ','].includes(cursor.peek(1).symbol);
  if (!isName && !cursor.skip('VARIABLE')) cursor.skip('VAR');
  const names = cursor.list(() => cursor.nameParts().at(-1) ?? '');
  const hasType = !cursor.at('DEFAULT') && !cursor.at('=') && cursor.peek().kind === 'word';
  const type = hasType ? readType(cursor) : undefined;
  const hasValue = cursor.skip('DEFAULT') || cursor.skip('=');
  const written = hasValue ? queries.expressions.expression() : NULL_LITERAL;
  const typed: UnresolvedExpression =
    type === undefined ? written : { kind: 'cast', child: written, toType: type, mode: 'ansi' };
  return { kind: 'declareVariables', names, value: constant(typed, context), isReplace };
}

/** `SET VAR name = expression, …`, behind SET. */
export function parseSetVariables(cursor: TokenCursor, queries: QueryParser, context: ParseContext): Statement {
  if (!cursor.skip('VARIABLE')) cursor.expect('VAR');
  if (cursor.at('(')) {
    const names = cursor.parenthesized(() => cursor.list(() => variableName(cursor)));
    cursor.expect('=');
    return byQuery(
      names,
      cursor.parenthesized(() => queries.query()),
      true,
    );
  }
  if (startsQuery(cursor, assignedAt(cursor))) {
    const name = variableName(cursor);
    cursor.expect('=');
    return byQuery(
      [name],
      cursor.parenthesized(() => queries.query()),
      false,
    );
  }
  const values = cursor.list((): readonly [string, Expression | 'default'] => {
    const name = variableName(cursor);
    cursor.expect('=');
    if (cursor.at('DEFAULT') && [',', ';', ''].includes(cursor.peek(1).symbol)) {
      cursor.next();
      return [name, 'default'];
    }
    return [name, constant(queries.expressions.expression(), context)];
  });
  return { kind: 'setVariables', values: new Map(values) };
}

/** How far ahead the value of the first assignment stands. */
function assignedAt(cursor: TokenCursor): number {
  let ahead = 0;
  while (cursor.peek(ahead).kind !== 'end' && cursor.peek(ahead).symbol !== '=') ahead += 1;
  return ahead + 1;
}

function variableName(cursor: TokenCursor): string {
  return cursor.nameParts().at(-1) ?? '';
}

function byQuery(names: readonly string[], plan: UnresolvedPlan, isRow: boolean): Statement {
  const keys = names.map((name) => name.toLowerCase());
  const repeated = keys.filter((key, i) => keys.indexOf(key) < i);
  if (repeated.length > 0)
    throw new MillraceError('DUPLICATE_ASSIGNMENTS', { nameList: repeated.map((key) => `\`${key}\``).join(', ') });
  return { kind: 'setVariablesByQuery', names, plan, isRow };
}

/** `EXECUTE IMMEDIATE text [USING value [AS name], …]` */
export function parseExecute(cursor: TokenCursor, queries: QueryParser, context: ParseContext): Statement {
  cursor.expect('EXECUTE', 'IMMEDIATE');
  const text = constant(queries.expressions.expression(), context);
  if (cursor.at('INTO')) throw cursor.unsupported('EXECUTE IMMEDIATE … INTO');
  const isList = cursor.skip('USING');
  const args = !isList
    ? []
    : cursor.at('(')
      ? cursor.parenthesized(() => readArguments(cursor, queries, context))
      : readArguments(cursor, queries, context);
  if (text.kind !== 'literal' || typeof text.value !== 'string')
    throw new MillraceError('INVALID_EXPR_TYPE_FOR_QUERY_EXECUTE_IMMEDIATE', { exprType: text.dataType.kind });
  return { kind: 'execute', text: text.value, arguments: args };
}

function readArguments(
  cursor: TokenCursor,
  queries: QueryParser,
  context: ParseContext,
): (readonly [string | undefined, Expression])[] {
  return cursor.list(() => {
    const written = queries.expressions.namedExpression();
    if (written.kind === 'alias') return [written.name, constant(written.child, context)] as const;
    return [undefined, constant(written, context)] as const;
  });
}

function constant(written: UnresolvedExpression, context: ParseContext): Expression {
  if (written.kind === 'subquery')
    throw new MillraceError('UNSUPPORTED_FEATURE', { feature: 'a variable set by a query' });
  const folded = foldedConstant(written, context);
  if (folded.kind === 'literal') return folded;
  // What could not be computed before fails with an error of its own.
  if (isConstant(folded)) return constantValue(folded, context);
  throw new MillraceError('UNSUPPORTED_FEATURE', { feature: `a variable set to ${expressionSql(folded)}` });
}
