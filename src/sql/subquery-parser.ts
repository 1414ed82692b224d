/** Queries inside expressions: tells them from other things in parentheses and reads them. */
import type { PlanReference } from '../expressions/unresolved.ts';
import type { ExpressionRules } from './primary-parser.ts';
import type { TokenCursor } from './token-cursor.ts';
import { atQueryWord } from './query-words.ts';
import { MAX_NESTING } from './token-cursor.ts';

/** How much of the limit of nesting a query inside an expression takes: reading and resolving one needs a deep stack. */
const LEVELS_OF_QUERY = 8;
/** What may follow a word that is a name after all. */
const AFTER_NAME = new Set([
  ')',
  ',',
  '.',
  '=',
  '+',
  '-',
  '*',
  '/',
  '<',
  '>',
  '<=',
  '>=',
  '<>',
  '!=',
  '||',
  '[',
  '::',
  '->',
]);

/** True when a parenthesis comes next, or `ahead`, that opens a query, be it behind more parentheses. */
export function startsQuery(cursor: TokenCursor, ahead = 0): boolean {
  let at = ahead;
  while (cursor.peek(at).symbol === '(' && at - ahead <= MAX_NESTING) at += 1;
  if (at === ahead) return false;
  if (!atQueryWord(cursor, at)) return false;
  const { symbol } = cursor.peek(at);
  return symbol === 'SELECT' || symbol === 'WITH' || !AFTER_NAME.has(cursor.peek(at + 1).symbol);
}

/** The query in parentheses that comes next. */
export function subqueryPlan(cursor: TokenCursor, rules: ExpressionRules): PlanReference {
  const { query } = rules;
  if (query === undefined) throw cursor.unsupported('a subquery in an expression that stands alone');
  return cursor.parenthesized(() => cursor.nested(query, LEVELS_OF_QUERY));
}
