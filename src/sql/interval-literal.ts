/**
 * Reads `INTERVAL 10 SECONDS`, `INTERVAL '1' DAY`, `INTERVAL '1 day 2 hours'` into the text parseInterval understands. There is no interval
 * type yet: such a literal may stand where a function or clause takes interval text, and be added to or subtracted from a time.
 */
import type { TokenCursor } from './token-cursor.ts';

const UNITS = new Set(['YEAR', 'MONTH', 'WEEK', 'DAY', 'HOUR', 'MINUTE', 'SECOND', 'MILLISECOND', 'MICROSECOND']);

/** True when an interval literal comes next, and not a column named `interval`. */
export function atInterval(cursor: TokenCursor): boolean {
  if (!cursor.at('INTERVAL')) return false;
  const { kind, symbol } = cursor.peek(1);
  if (kind === 'text') return true;
  const ahead = symbol === '-' || symbol === '+' ? 2 : 1;
  return (cursor.peek(ahead).kind === 'number' || cursor.peek(ahead).kind === 'text') && isUnit(cursor, ahead + 1);
}

/** The text of the interval literal that comes next. */
export function readInterval(cursor: TokenCursor): string {
  cursor.expect('INTERVAL');
  if (cursor.peek().kind === 'text' && !isUnit(cursor, 1)) return cursor.next().value;
  const terms: string[] = [];
  while (cursor.peek().kind !== 'end') {
    const ahead = cursor.at('-') || cursor.at('+') ? 1 : 0;
    const number = cursor.peek(ahead);
    if ((number.kind !== 'number' && number.kind !== 'text') || !isUnit(cursor, ahead + 1)) break;
    const sign = ahead === 1 ? cursor.next().value : '';
    const value = cursor.next().value.trim();
    terms.push(`${sign}${value} ${cursor.next().value}`);
    if (cursor.at('TO')) throw cursor.unsupported('INTERVAL with units from … to …');
  }
  if (terms.length === 0) throw cursor.fail();
  return terms.join(' ');
}

function isUnit(cursor: TokenCursor, ahead: number): boolean {
  const { symbol } = cursor.peek(ahead);
  return UNITS.has(symbol) || (symbol.endsWith('S') && UNITS.has(symbol.slice(0, -1)));
}
