/**
 * The letters of Spark's datetime patterns as parts with their widths and names, following Java's DateTimeFormatter in US English with
 * strict resolution. What Spark refuses is refused here; formatting and parsing with the parts is date-time-pattern.ts.
 */
import { MillraceError } from '../errors/millrace-error.ts';

export type NumberField =
  | 'year'
  | 'yearOfEra'
  | 'month'
  | 'day'
  | 'dayOfYear'
  | 'hour'
  | 'clockHour'
  | 'hourOfHalf'
  | 'clockHourOfHalf'
  | 'minute'
  | 'second'
  | 'quarter'
  | 'alignedWeek';
export type TextField = 'month' | 'weekday' | 'half' | 'era' | 'quarter';

export interface NumberPart {
  readonly kind: 'number';
  readonly field: NumberField;
  readonly minWidth: number;
  readonly maxWidth: number;
  /** `normal`: a minus only; `never`: no sign; `pad`: a plus when there are more digits than minWidth. */
  readonly sign: 'normal' | 'never' | 'pad';
  /** Two digits stand for 2000 to 2099. */
  readonly isReduced: boolean;
  /** Digits that belong to the numbers that follow without a gap. */
  subsequentWidth: number;
}
export interface OffsetPart {
  readonly kind: 'offset';
  readonly separator: string;
  /** Whether minutes, and seconds, are always there, there when not zero, or never. */
  readonly minutes: 'always' | 'optional';
  readonly seconds: 'optional' | 'never';
  readonly zero: string;
}
export type PatternPart =
  | NumberPart
  | OffsetPart
  | { readonly kind: 'literal'; readonly text: string }
  | { readonly kind: 'text'; readonly field: TextField; readonly names: readonly string[] }
  | { readonly kind: 'fraction'; readonly width: number }
  | { readonly kind: 'localOffset'; readonly isFull: boolean }
  | { readonly kind: 'zoneId' }
  | { readonly kind: 'zoneName'; readonly isFull: boolean }
  | { readonly kind: 'optional'; readonly parts: readonly PatternPart[] };

const MONTHS = 'January,February,March,April,May,June,July,August,September,October,November,December'.split(',');
const WEEKDAYS = 'Monday,Tuesday,Wednesday,Thursday,Friday,Saturday,Sunday'.split(',');
const WEEK_BASED = new Set('YWwuec');
const ILLEGAL = new Set('ABnNp');
const ILLEGAL_FOR_PARSING = new Set('EFqQ');
const FIXED_FIELDS: ReadonlyMap<string, NumberField> = new Map([
  ['d', 'day'],
  ['H', 'hour'],
  ['k', 'clockHour'],
  ['K', 'hourOfHalf'],
  ['h', 'clockHourOfHalf'],
  ['m', 'minute'],
  ['s', 'second'],
]);

/** The parts of a pattern; throws one of INVALID_DATETIME_PATTERN for what Spark refuses. */
export function readPattern(pattern: string): readonly PatternPart[] {
  try {
    checkLetters(pattern);
    const state: ReadState = { pattern, at: 0, hasEra: unquoted(pattern).includes('G') };
    const parts = readParts(state, false);
    joinNumbers(parts);
    return parts;
  } catch (error) {
    if (!isLegacyPattern(pattern)) throw error;
    throw new MillraceError(
      'INCONSISTENT_BEHAVIOR_CROSS_VERSION.DATETIME_PATTERN_RECOGNITION',
      {
        pattern: `'${pattern}'`,
        config: '"spark.sql.legacy.timeParserPolicy"',
        docroot: 'https://spark.apache.org/docs/latest',
      },
      { cause: error },
    );
  }
}

/** Patterns Spark 2 knew get an error of their own. */
function isLegacyPattern(pattern: string): boolean {
  const text = unquoted(pattern);
  return pattern.split("'").length % 2 === 1 && !/[^GyYMLwWDdFEuaHkKhmsSzZX\P{L}]|X{4}/u.test(text);
}

/** Throws when the pattern has letters that only format. */
export function checkParsable(pattern: string): void {
  for (const letter of unquoted(pattern)) {
    if (ILLEGAL_FOR_PARSING.has(letter))
      throw new MillraceError('INVALID_DATETIME_PATTERN.ILLEGAL_CHARACTER', {
        pattern: `'${pattern}'`,
        c: `'${letter}'`,
      });
  }
}

interface ReadState {
  readonly pattern: string;
  at: number;
  readonly hasEra: boolean;
}

function unquoted(pattern: string): string {
  return pattern
    .split("'")
    .filter((_, i) => i % 2 === 0)
    .join("'");
}

function checkLetters(pattern: string): void {
  const text = unquoted(pattern);
  for (const letter of text) {
    if (WEEK_BASED.has(letter))
      throw new MillraceError('INCONSISTENT_BEHAVIOR_CROSS_VERSION.DATETIME_WEEK_BASED_PATTERN', { c: `'${letter}'` });
    if (ILLEGAL.has(letter))
      throw new MillraceError('INVALID_DATETIME_PATTERN.ILLEGAL_CHARACTER', {
        pattern: `'${pattern}'`,
        c: `'${letter}'`,
      });
  }
  const tooLong = /G{5}|M{5}|L{5}|E{5}|Q{5}|q{5}|y{11}/.exec(text)?.[0];
  if (tooLong !== undefined) throw new MillraceError('INVALID_DATETIME_PATTERN.LENGTH', { pattern: `'${tooLong}'` });
}

function fail(pattern: string): never {
  throw new MillraceError('INVALID_DATETIME_PATTERN.WITH_SUGGESTION', {
    pattern: `'${pattern}'`,
    docroot: 'https://spark.apache.org/docs/latest',
  });
}

function readParts(state: ReadState, isOptional: boolean): PatternPart[] {
  const { pattern } = state;
  const parts: PatternPart[] = [];
  while (state.at < pattern.length) {
    const character = pattern.charAt(state.at);
    if (/[A-Za-z]/.test(character)) {
      const start = state.at;
      while (pattern.charAt(state.at) === character) state.at++;
      parts.push(letterPart(character, state.at - start, state));
    } else if (character === "'") parts.push({ kind: 'literal', text: readQuoted(state) });
    else if (character === '[') {
      state.at++;
      parts.push({ kind: 'optional', parts: readParts(state, true) });
    } else if (character === ']') {
      if (!isOptional) return fail(pattern);
      state.at++;
      return parts;
    } else if (character === '#' || character === '{' || character === '}') return fail(pattern);
    else {
      state.at++;
      parts.push({ kind: 'literal', text: character });
    }
  }
  return parts;
}

function readQuoted(state: ReadState): string {
  const { pattern } = state;
  let text = '';
  for (let at = state.at + 1; at < pattern.length; at++) {
    if (pattern.charAt(at) !== "'") text += pattern.charAt(at);
    else if (pattern.charAt(at + 1) === "'") {
      text += "'";
      at++;
    } else {
      state.at = at + 1;
      return text === '' ? "'" : text;
    }
  }
  return fail(pattern);
}

function number(
  field: NumberField,
  minWidth: number,
  maxWidth: number,
  sign: NumberPart['sign'],
  isReduced = false,
): NumberPart {
  return { kind: 'number', field, minWidth, maxWidth, sign, isReduced, subsequentWidth: 0 };
}

function letterPart(letter: string, count: number, state: ReadState): PatternPart {
  const fixedField = FIXED_FIELDS.get(letter);
  if (fixedField !== undefined) {
    if (count > 2) return fail(state.pattern);
    return count === 1 ? number(fixedField, 1, 19, 'normal') : number(fixedField, 2, 2, 'never');
  }
  switch (letter) {
    case 'y': {
      const field = state.hasEra ? 'yearOfEra' : 'year';
      if (count === 2) return number(field, 2, 2, 'never', true);
      return number(field, count, 19, count < 4 ? 'normal' : 'pad');
    }
    case 'D':
      if (count > 3) return fail(state.pattern);
      return count === 1 ? number('dayOfYear', 1, 19, 'normal') : number('dayOfYear', count, 3, 'never');
    case 'F':
      return count > 1 ? fail(state.pattern) : number('alignedWeek', 1, 19, 'normal');
    case 'S':
      return count > 9 ? fail(state.pattern) : { kind: 'fraction', width: count };
    default:
      return textPart(letter, count) ?? zonePart(letter, count) ?? fail(state.pattern);
  }
}

function textPart(letter: string, count: number): PatternPart | undefined {
  const isFull = count === 4;
  const short = (names: readonly string[]): readonly string[] => names.map((name) => name.slice(0, 3));
  switch (letter) {
    case 'M':
    case 'L':
      if (count < 3) return count === 1 ? number('month', 1, 19, 'normal') : number('month', 2, 2, 'never');
      return { kind: 'text', field: 'month', names: isFull ? MONTHS : short(MONTHS) };
    case 'Q':
    case 'q':
      if (count < 3) return count === 1 ? number('quarter', 1, 19, 'normal') : number('quarter', 2, 2, 'never');
      return {
        kind: 'text',
        field: 'quarter',
        names: isFull ? ['1st quarter', '2nd quarter', '3rd quarter', '4th quarter'] : ['Q1', 'Q2', 'Q3', 'Q4'],
      };
    case 'E':
      return { kind: 'text', field: 'weekday', names: isFull ? WEEKDAYS : short(WEEKDAYS) };
    case 'G':
      return { kind: 'text', field: 'era', names: isFull ? ['Before Christ', 'Anno Domini'] : ['BC', 'AD'] };
    case 'a':
      return count === 1 ? { kind: 'text', field: 'half', names: ['AM', 'PM'] } : undefined;
    default:
      return undefined;
  }
}

function zonePart(letter: string, count: number): PatternPart | undefined {
  if (letter === 'V') return count === 2 ? { kind: 'zoneId' } : undefined;
  if (letter === 'z') return count <= 4 ? { kind: 'zoneName', isFull: count === 4 } : undefined;
  if (letter === 'O') return count === 1 || count === 4 ? { kind: 'localOffset', isFull: count === 4 } : undefined;
  if (letter === 'Z') {
    if (count === 4) return { kind: 'localOffset', isFull: true };
    if (count === 5) return { kind: 'offset', separator: ':', minutes: 'always', seconds: 'optional', zero: 'Z' };
    return count < 4
      ? { kind: 'offset', separator: '', minutes: 'always', seconds: 'never', zero: '+0000' }
      : undefined;
  }
  if ((letter !== 'X' && letter !== 'x') || count > 5) return undefined;
  const separator = count === 3 || count === 5 ? ':' : '';
  return {
    kind: 'offset',
    separator,
    minutes: count === 1 ? 'optional' : 'always',
    seconds: count > 3 ? 'optional' : 'never',
    zero: letter === 'X' ? 'Z' : count === 1 ? '+00' : `+00${separator}00`,
  };
}

/** `yyyyMMdd`: a number leaves the digits of the fixed-width numbers that follow it directly. */
function joinNumbers(parts: readonly PatternPart[]): void {
  let base: NumberPart | undefined;
  for (const part of parts) {
    if (part.kind === 'optional') joinNumbers(part.parts);
    if (part.kind !== 'number') base = undefined;
    else if (base !== undefined && part.minWidth === part.maxWidth && part.sign === 'never')
      base.subsequentWidth += part.maxWidth;
    else base = part;
  }
}
