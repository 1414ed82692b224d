/**
 * Cuts SQL text into tokens by Spark's rules: `1a` is a name and `1L` a number, comments nest, hints are comments. Linear in
 * the length of the text; what no rule takes becomes a sign that the parser refuses.
 */
import type { Token } from './token.ts';
import { MillraceError } from '../errors/millrace-error.ts';
import { placeInText, tooComplex } from './sql-errors.ts';
import { unescapeText } from './string-escapes.ts';

/** Longer text is refused before it is read. */
export const MAX_SQL_LENGTH = 4 * 1024 * 1024;

/** What a quoted token may begin with: a quote, or r before one. */
const QUOTES = new Set(["'", '"', '`', 'r', 'R']);
const SPACE = /[\s\u00A0\uFEFF]+/y;
const LINE_COMMENT = /--(?:\\\n|[^\n])*/y;
const COMMENT_PART = /\/\*|\*\//g;
const WORD = /[\p{L}\p{N}_]+/uy;
const NUMBER =
  /(?:\d+\.\d*|\.\d+)(?:[eE][+-]?\d+)?(?:BD|[FD])?(?![\p{L}\p{N}_])|\d+(?:[eE][+-]?\d+)?(?:BD|[FD])?(?![\p{L}\p{N}_])|\d+[LSY](?![\p{L}\p{N}_])/iuy;
const MARK = /<=>|>>>|->|=>|==|!=|!<|!>|<>|<=|>=|<<|>>|\|\||\|>|::|[\s\S]/uy;

/** The tokens of a text, an `end` token last. */
export function tokenize(text: string): readonly Token[] {
  if (text.length > MAX_SQL_LENGTH)
    throw tooComplex(`SQL text may have ${MAX_SQL_LENGTH} characters, this has ${text.length}.`);
  const tokens: Token[] = [];
  let at = skipBlank(text, 0);
  while (at < text.length) {
    const token = readToken(text, at);
    tokens.push(token);
    at = skipBlank(text, token.end);
  }
  tokens.push({ kind: 'end', value: '', symbol: '', start: text.length, end: text.length });
  return tokens;
}

function readToken(text: string, start: number): Token {
  const first = text.charAt(start);
  if (QUOTES.has(first)) {
    const quoteAt = first === 'r' || first === 'R' ? start + 1 : start;
    const quote = text.charAt(quoteAt);
    if (quote === "'" || quote === '"' || quote === '`') {
      const isRaw = quoteAt > start;
      if (!isRaw || quote !== '`') return quotedToken(text, start, endOfQuoted(text, quoteAt, isRaw));
    }
  }
  if (first === '.' || (first >= '0' && first <= '9')) {
    const number = match(NUMBER, text, start);
    if (number !== undefined) return token('number', number, '', start, number);
  }
  const word = match(WORD, text, start);
  if (word !== undefined) return token('word', word, word.toUpperCase(), start, word);
  const mark = match(MARK, text, start) ?? first;
  return token('mark', mark, mark, start, mark);
}

/** What never ends is one sign that no rule takes: so the rest is not read again and again. */
function quotedToken(text: string, start: number, end: number | undefined): Token {
  const written = text.slice(start, end);
  if (end === undefined) return token('mark', written, written, start, written);
  if (written.startsWith('`')) return token('name', written.slice(1, -1).replaceAll('``', '`'), '', start, written);
  return token('text', unescapeText(written), '', start, written);
}

/** The position behind the closing quote; a doubled quote is part of the text, and so is what a backslash stands before. */
function endOfQuoted(text: string, quoteAt: number, isRaw: boolean): number | undefined {
  const quote = text.charAt(quoteAt);
  const hasEscapes = !isRaw && quote !== '`';
  for (let at = quoteAt + 1; at < text.length; at++) {
    const char = text.charAt(at);
    if (char === '\\' && hasEscapes) at += 1;
    else if (char === quote) {
      if (isRaw || text.charAt(at + 1) !== quote) return at + 1;
      at += 1;
    }
  }
  return undefined;
}

function token(kind: Token['kind'], value: string, symbol: string, start: number, written: string): Token {
  return { kind, value, symbol, start, end: start + written.length };
}

function match(pattern: RegExp, text: string, at: number): string | undefined {
  pattern.lastIndex = at;
  return pattern.exec(text)?.[0];
}

function skipBlank(text: string, from: number): number {
  let at = from;
  for (;;) {
    const first = text.charAt(at);
    if (first > ' ' && first <= '~' && first !== '-' && first !== '/') return at;
    const blank = match(SPACE, text, at) ?? match(LINE_COMMENT, text, at);
    if (blank !== undefined) at += blank.length;
    else if (text.startsWith('/*', at)) at = endOfComment(text, at);
    else return at;
  }
}

function endOfComment(text: string, start: number): number {
  COMMENT_PART.lastIndex = start;
  for (let depth = 0; ;) {
    const part = COMMENT_PART.exec(text)?.[0];
    if (part === undefined)
      throw new MillraceError('UNCLOSED_BRACKETED_COMMENT', {}, { hint: placeInText(text, start) });
    depth += part === '/*' ? 1 : -1;
    if (depth === 0) return COMMENT_PART.lastIndex;
  }
}
