/** Reads the type of a CAST: finds where it ends and leaves the rest to the DDL parser of types/. */
import type { DataType } from '../types/data-type.ts';
import type { TokenCursor } from './token-cursor.ts';
import {
  BINARY,
  BOOLEAN,
  BYTE,
  CALENDAR_INTERVAL,
  DATE,
  DOUBLE,
  FLOAT,
  INTEGER,
  LONG,
  SHORT,
  STRING,
  TIMESTAMP,
  TIMESTAMP_NTZ,
  ansiInterval,
  decimal,
  time,
} from '../types/data-type.ts';
import { parseType } from '../types/schema.ts';
import { timeOf } from '../types/time-of-day.ts';

const NESTED = new Set(['ARRAY', 'MAP', 'STRUCT']);

/** Functions that are casts: `double('NaN')`. */
export const CAST_FUNCTIONS: ReadonlyMap<string, DataType> = new Map<string, DataType>([
  ['boolean', BOOLEAN],
  ['tinyint', BYTE],
  ['smallint', SHORT],
  ['int', INTEGER],
  ['bigint', LONG],
  ['float', FLOAT],
  ['double', DOUBLE],
  ['decimal', decimal(10, 0)],
  ['date', DATE],
  ['timestamp', TIMESTAMP],
  ['time', time()],
  ['binary', BINARY],
  ['string', STRING],
]);

/** The type that comes next. */
export function readType(cursor: TokenCursor): DataType {
  const first = cursor.peek();
  if (first.kind !== 'word') throw cursor.fail();
  cursor.next();
  if (first.symbol === 'INTERVAL') return readIntervalType(cursor);
  if (first.symbol === 'TIME') return readTimeType(cursor);
  if (first.symbol === 'TIMESTAMP' && cursor.skip('WITHOUT', 'TIME', 'ZONE')) return TIMESTAMP_NTZ;
  if (first.symbol === 'TIMESTAMP' && cursor.skip('WITH', 'LOCAL', 'TIME', 'ZONE')) return TIMESTAMP;
  const end = NESTED.has(first.symbol) && cursor.peek().symbol.startsWith('<') ? skipNested(cursor) : skipSizes(cursor);
  if (cursor.at('COLLATE')) throw cursor.unsupported('COLLATE');
  if (/^(VAR)?CHAR(ACTER)?$/.test(first.symbol) && end > first.end) return STRING;
  return parseType(cursor.text.slice(first.start, end || first.end));
}

/** What follows TIME: nothing, `(3)`, `WITHOUT TIME ZONE`. */
function readTimeType(cursor: TokenCursor): DataType {
  const precision = cursor.at('(') ? cursor.parenthesized(() => cursor.next()) : undefined;
  if (precision !== undefined && !/^\d+$/.test(precision.value)) throw cursor.fail();
  cursor.skip('WITHOUT', 'TIME', 'ZONE');
  return timeOf(precision === undefined ? undefined : Number(precision.value));
}

/** What follows INTERVAL: nothing, `DAY` or `DAY TO SECOND`. */
function readIntervalType(cursor: TokenCursor): DataType {
  const { symbol } = cursor.peek();
  if (ansiInterval(symbol, symbol) === undefined) return CALENDAR_INTERVAL;
  cursor.next();
  const last = cursor.skip('TO') ? cursor.next().symbol : symbol;
  const type = ansiInterval(symbol, last);
  if (type === undefined) throw cursor.fail();
  return type;
}

/** Skips `<…>`; the lexer may have joined the closing signs. Returns where it ends. */
function skipNested(cursor: TokenCursor): number {
  let depth = 0;
  for (;;) {
    const token = cursor.peek();
    if (token.kind === 'end') throw cursor.fail();
    if (token.symbol === '<>') return cursor.next().end;
    if (token.symbol === '<') depth += 1;
    else if (/^>+$/.test(token.symbol)) depth -= token.symbol.length;
    else if (token.symbol === '<=>' || token.symbol === '>=') throw cursor.fail();
    cursor.next();
    if (depth < 0) throw cursor.fail();
    if (depth === 0) return token.end;
  }
}

function skipSizes(cursor: TokenCursor): number {
  if (!cursor.at('(') || cursor.peek(1).kind !== 'number') return 0;
  while (!cursor.at(')')) {
    if (cursor.peek().kind === 'end') throw cursor.fail();
    cursor.next();
  }
  return cursor.next().end;
}
