/**
 * Interval literals: `INTERVAL 10 SECONDS`, `INTERVAL '1-2' YEAR TO MONTH`, `INTERVAL '1 day 2 hours'`. As a value they are of one of the
 * two ANSI interval types; where a clause or a window takes a length, the same words are text for parseInterval.
 */
import type { DayTimeIntervalType, YearMonthIntervalType } from '../types/data-type.ts';
import type { LiteralNode } from './expression-nodes.ts';
import type { TokenCursor } from './token-cursor.ts';
import { checkedMicros } from '../functions/interval-math.ts';
import { MillraceError } from '../errors/millrace-error.ts';
import { CALENDAR_INTERVAL, ansiInterval, dayTimeInterval, yearMonthInterval } from '../types/data-type.ts';
import { type Interval, parseInterval } from '../types/interval.ts';
import { fieldIndex, isIntervalDigits, parseIntervalDigits, unmatchedInterval } from '../types/interval-text.ts';
import { literal } from './expression-nodes.ts';

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
  const terms = readTerms(cursor);
  if (cursor.at('TO')) throw cursor.unsupported('INTERVAL with units from … to … as a length');
  return terms.map(({ value, unit }) => `${value} ${unit}`).join(' ');
}

/** The literal that comes next. */
export function readIntervalLiteral(cursor: TokenCursor): LiteralNode {
  const start = cursor.peek();
  cursor.expect('INTERVAL');
  if (cursor.peek().kind === 'text' && !isUnit(cursor, 1)) return typedInterval(cursor.next().value);
  const terms = readTerms(cursor);
  const [first] = terms;
  if (cursor.at('TO') && terms.length === 1 && first !== undefined) return readRange(cursor, first);
  const units = terms.map(({ unit }) => singular(unit));
  const wrong = terms.find(({ value }) => !/^[+-]?\d*\.?\d*$/.test(value));
  if (wrong !== undefined) throw new MillraceError('_LEGACY_ERROR_TEMP_0026', { value: wrong.value });
  const interval = parseInterval(terms.map(({ value, unit }) => `${value} ${unit}`).join(' '));
  const made = literalOf(interval, units);
  if (made !== undefined) return made;
  throw mixedUnits(cursor.text.slice(start.start, cursor.peek(-1).end));
}

/** The literal that comes next as a calendar interval, as older versions of Spark had them. */
export function readCalendarInterval(cursor: TokenCursor): LiteralNode {
  const { value, dataType } = readIntervalLiteral(cursor);
  if (dataType.kind === 'year_month_interval') return literal([Number(value), 0, 0n], CALENDAR_INTERVAL);
  const isOfDays = dataType.kind === 'day_time_interval' && dataType.startField === 0;
  const micros = BigInt(value as bigint);
  const days = isOfDays ? micros / 86_400_000_000n : 0n;
  return literal([0, Number(days), micros - days * 86_400_000_000n], CALENDAR_INTERVAL);
}

interface Term {
  readonly value: string;
  readonly unit: string;
}

function readTerms(cursor: TokenCursor): Term[] {
  const terms: Term[] = [];
  while (cursor.peek().kind !== 'end') {
    const ahead = cursor.at('-') || cursor.at('+') ? 1 : 0;
    const number = cursor.peek(ahead);
    if ((number.kind !== 'number' && number.kind !== 'text') || !isUnit(cursor, ahead + 1)) break;
    const sign = ahead === 1 ? cursor.next().value : '';
    terms.push({ value: signed(sign, cursor.next().value.trim()), unit: cursor.next().value });
    if (cursor.at('TO')) break;
  }
  if (terms.length === 0) throw cursor.fail();
  return terms;
}

/** Two signs cancel each other: `-'-1'` is 1. */
function signed(sign: string, value: string): string {
  if (sign !== '-') return value;
  return value.startsWith('-') ? value.slice(1) : `-${value.replace('+', '')}`;
}

/** `TO <unit>` behind `'1-2' YEAR`. */
function readRange(cursor: TokenCursor, { value, unit }: Term): LiteralNode {
  cursor.expect('TO');
  const token = cursor.peek();
  const last = cursor.identifier();
  const type = ansiInterval(singular(unit), singular(last));
  if (type === undefined || type.startField === type.endField)
    throw new MillraceError('INVALID_INTERVAL_FORMAT.UNSUPPORTED_FROM_TO_EXPRESSION', {
      input: token.value,
      from: unit.toLowerCase(),
      to: last.toLowerCase(),
    });
  return literal(valueOf(value, type), type);
}

function valueOf(digits: string, type: YearMonthIntervalType | DayTimeIntervalType): number | bigint {
  const parsed = parseIntervalDigits(digits, type);
  if (typeof parsed === 'bigint') return type.kind === 'year_month_interval' ? Number(parsed) : parsed;
  if (type.kind === 'year_month_interval')
    throw new MillraceError('INVALID_INTERVAL_FORMAT.INTERVAL_PARSING', { input: digits, interval: 'year-month' });
  if (isIntervalDigits(digits, type))
    throw new MillraceError('_LEGACY_ERROR_TEMP_0063', { msg: `requirement failed: ${digits} is out of range` });
  throw unmatchedInterval(digits, type);
}

/** `INTERVAL '1 day 2 hours'`: the units in the text say the type. */
function typedInterval(text: string): LiteralNode {
  let interval: Interval;
  try {
    interval = parseInterval(text);
  } catch (error) {
    throw new MillraceError('INVALID_TYPED_LITERAL', { valueType: '"INTERVAL"', value: `'${text}'` }, { cause: error });
  }
  const words = text.split(/\s+/).map(singular);
  const made = literalOf(
    interval,
    words.filter((word) => /^[A-Z]+$/.test(word) && word !== 'INTERVAL'),
  );
  if (made === undefined) throw mixedUnits(`INTERVAL '${text}'`);
  return made;
}

function mixedUnits(written: string): MillraceError {
  return new MillraceError('_LEGACY_ERROR_TEMP_0029', { literal: written });
}

/** The literal of the smallest type with these units; undefined when they are of both kinds. */
function literalOf({ months, days, micros }: Interval, units: readonly string[]): LiteralNode | undefined {
  const calendar = units.map((unit) => fieldIndex('year_month_interval', unit)).filter((field) => field >= 0);
  const clock = units.map(clockField).filter((field) => field >= 0);
  if (calendar.length > 0 && clock.length > 0) return undefined;
  if (calendar.length > 0) return literal(months, yearMonthInterval(Math.min(...calendar), Math.max(...calendar)));
  const total = checkedMicros(BigInt(days) * 86_400_000_000n + micros, { instead: undefined }) ?? 0n;
  return literal(total, dayTimeInterval(Math.min(...clock), Math.max(...clock)));
}

function clockField(unit: string): number {
  if (unit === 'WEEK') return 0;
  return unit === 'MILLISECOND' || unit === 'MICROSECOND' ? 3 : fieldIndex('day_time_interval', unit);
}

function singular(unit: string): string {
  return unit.toUpperCase().replace(/S$/, '');
}

function isUnit(cursor: TokenCursor, ahead: number): boolean {
  const { symbol } = cursor.peek(ahead);
  return UNITS.has(symbol) || (symbol.endsWith('S') && UNITS.has(symbol.slice(0, -1)));
}
