/** Tells where a pipe operator begins: `|>`, or `|` before the word of an operator, which else is the bitwise OR. */
import type { TokenCursor } from './token-cursor.ts';

const OPERATORS = new Set(
  (
    'SELECT EXTEND SET DROP AS WHERE AGGREGATE PIVOT UNPIVOT TABLESAMPLE UNION EXCEPT MINUS INTERSECT ORDER SORT CLUSTER ' +
    'DISTRIBUTE LIMIT OFFSET JOIN INNER CROSS LEFT RIGHT FULL NATURAL SEMI ANTI'
  ).split(' '),
);
const BEFORE_PARENTHESIS = new Set(['PIVOT', 'UNPIVOT', 'TABLESAMPLE']);

/** True when a pipe operator comes next. */
export function atPipe(cursor: TokenCursor): boolean {
  if (cursor.at('|>')) return true;
  const { symbol } = cursor.peek(1);
  if (!cursor.at('|') || !OPERATORS.has(symbol)) return false;
  const after = cursor.peek(2);
  if (after.symbol === '(') return BEFORE_PARENTHESIS.has(symbol);
  return after.symbol === '*' || (after.kind !== 'mark' && after.kind !== 'end');
}
