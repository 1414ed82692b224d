/** The words with which a query begins, for the parsers that must know whether one comes. */
import type { TokenCursor } from './token-cursor.ts';

const QUERY_WORDS = new Set(['SELECT', 'WITH', 'VALUES', 'FROM', 'TABLE']);

/** True when the token that comes next, or `ahead` of it, begins a query that does not stand in parentheses. */
export function atQueryWord(cursor: TokenCursor, ahead = 0): boolean {
  return QUERY_WORDS.has(cursor.peek(ahead).symbol);
}

/** True when it begins a query or a parenthesis, which may hold one. */
export function atQuery(cursor: TokenCursor, ahead = 0): boolean {
  return atQueryWord(cursor, ahead) || cursor.peek(ahead).symbol === '(';
}
