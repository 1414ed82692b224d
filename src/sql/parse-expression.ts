/** SQL text to one expression: what `expr`, `selectExpr` and `where('…')` are given. */
import type { UnresolvedExpression } from '../expressions/unresolved.ts';
import type { ParseContext } from './parse-context.ts';
import { ExpressionParser } from './expression-parser.ts';
import { TokenCursor } from './token-cursor.ts';

/**
 * Parses an expression, with an alias if it has one; throws PARSE_SYNTAX_ERROR with the place in `hint`.
 *
 * @example
 * parseExpression('a + 1 AS b', { timeZone: 'UTC' });
 */
export function parseExpression(text: string, context: ParseContext): UnresolvedExpression {
  const cursor = new TokenCursor(text, context.quotesNames);
  const expression = new ExpressionParser(cursor, context).namedExpression();
  cursor.end();
  return expression;
}
