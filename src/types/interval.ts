/**
 * Spark's text form of a calendar interval, `[interval] <number> <unit> …`: window lengths, watermark delays, trigger periods. Signs,
 * fractions of seconds and errors as Spark's; not the ANSI `INTERVAL '1' DAY` literal, which is SQL grammar.
 */
import { MillraceError } from '../errors/millrace-error.ts';

/** Months, days and microseconds, kept apart because neither months nor days have a fixed length. */
export interface Interval {
  readonly months: number;
  readonly days: number;
  readonly micros: bigint;
}

type Part = 'months' | 'days' | 'micros';
const UNITS: ReadonlyMap<string, readonly [Part, bigint]> = new Map([
  ['year', ['months', 12n]],
  ['month', ['months', 1n]],
  ['week', ['days', 7n]],
  ['day', ['days', 1n]],
  ['hour', ['micros', 3_600_000_000n]],
  ['minute', ['micros', 60_000_000n]],
  ['second', ['micros', 1_000_000n]],
  ['millisecond', ['micros', 1000n]],
  ['microsecond', ['micros', 1n]],
]);
const NUMBER = /^([+-]?)\s*(\S*)(?:\s+|$)/;
const WORD = /^(\S+)(?:\s+|$)/;
const MAX_INT = 2n ** 31n;
const MAX_LONG = 2n ** 63n;

/**
 * Parses an interval; throws one of `INVALID_INTERVAL_FORMAT` when the text is none.
 *
 * @example
 * parseInterval('1 hour 30 minutes'); // { months: 0, days: 0, micros: 5_400_000_000n }
 */
export function parseInterval(text: string): Interval {
  let rest = text.trim();
  if (rest === '') throw new MillraceError('INVALID_INTERVAL_FORMAT.INPUT_IS_EMPTY', { input: text });
  if (/^interval/i.test(rest)) {
    const prefix = WORD.exec(rest)?.[1] ?? rest;
    if (prefix.length > 'interval'.length)
      throw new MillraceError('INVALID_INTERVAL_FORMAT.INVALID_PREFIX', { input: text, prefix });
    rest = rest.slice(prefix.length).trimStart();
    if (rest === '') throw new MillraceError('INVALID_INTERVAL_FORMAT.INPUT_IS_EMPTY', { input: text });
  }
  const sums = { months: 0n, days: 0n, micros: 0n };
  while (rest !== '') {
    const [whole = '', sign = '', digits = ''] = NUMBER.exec(rest) ?? [];
    if (digits === '') throw new MillraceError('INVALID_INTERVAL_FORMAT.MISSING_NUMBER', { input: text, word: rest });
    rest = rest.slice(whole.length);
    const value = parseNumber(text, sign, digits);
    const word = WORD.exec(rest)?.[0] ?? '';
    rest = rest.slice(word.length);
    addTerm(text, sums, value, digits, word.trimEnd());
  }
  checkRange(text, sums.months, MAX_INT);
  checkRange(text, sums.days, MAX_INT);
  checkRange(text, sums.micros, MAX_LONG);
  return { months: Number(sums.months), days: Number(sums.days), micros: sums.micros };
}

/** As parseInterval, but undefined for a text that is no interval, as where Spark casts it. */
export function intervalOrNone(text: string): Interval | undefined {
  try {
    return parseInterval(text);
  } catch (error) {
    if (error instanceof MillraceError) return undefined;
    throw error;
  }
}

interface Term {
  readonly sign: bigint;
  readonly units: bigint;
  /** Microseconds of the fraction; undefined when there is no point. */
  readonly fraction: bigint | undefined;
}

function parseNumber(input: string, sign: string, digits: string): Term {
  if (sign === '' && !/^[\d.]/.test(digits))
    throw new MillraceError('INVALID_INTERVAL_FORMAT.UNRECOGNIZED_NUMBER', { input, number: digits });
  const parts = /^(\d*)(\.(\d*))?$/.exec(digits);
  if (parts === null) throw new MillraceError('INVALID_INTERVAL_FORMAT.INVALID_VALUE', { input, value: digits });
  const fraction = parts[3] ?? '';
  if (fraction.length > 9)
    throw new MillraceError('INVALID_INTERVAL_FORMAT.INVALID_PRECISION', { input, value: digits });
  const units = BigInt(parts[1] ?? '');
  checkRange(input, units, MAX_LONG);
  return {
    sign: sign === '-' ? -1n : 1n,
    units,
    fraction: parts[2] === undefined ? undefined : BigInt(fraction.padEnd(6, '0').slice(0, 6)),
  };
}

function addTerm(input: string, sums: Record<Part, bigint>, term: Term, digits: string, word: string): void {
  if (word === '') throw new MillraceError('INVALID_INTERVAL_FORMAT.MISSING_UNIT', { input, word: digits });
  const name = word.toLowerCase();
  const unit = UNITS.get(name) ?? (name.endsWith('s') ? UNITS.get(name.slice(0, -1)) : undefined);
  if (unit === undefined) throw new MillraceError('INVALID_INTERVAL_FORMAT.INVALID_UNIT', { input, unit: word });
  const [part, size] = unit;
  if (term.fraction !== undefined && size !== 1_000_000n)
    throw new MillraceError('INVALID_INTERVAL_FORMAT.INVALID_FRACTION', { input, unit: word });
  sums[part] += term.sign * (term.units * size + (term.fraction ?? 0n));
  checkRange(input, sums[part], part === 'micros' ? MAX_LONG : MAX_INT);
}

function checkRange(input: string, value: bigint, limit: bigint): void {
  if (value >= limit || value < -limit)
    throw new MillraceError('INVALID_INTERVAL_FORMAT.ARITHMETIC_EXCEPTION', { input });
}
