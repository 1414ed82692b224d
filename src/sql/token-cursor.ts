/**
 * A position in the tokens of one SQL text, with the questions a recursive-descent parser asks. Counts nesting, so that deep input is a
 * typed error and never a stack overflow.
 */
import type { Token } from './token.ts';
import { MillraceError } from '../errors/millrace-error.ts';
import { present } from '../errors/assert.ts';
import { tokenize } from './lexer.ts';
import { syntaxError, tooComplex, unsupported } from './sql-errors.ts';

/** How deep parentheses, calls and subqueries may nest. */
export const MAX_NESTING = 300;

export class TokenCursor {
  readonly text: string;
  readonly #tokens: readonly Token[];
  #position = 0;
  #depth = 0;

  /** `quotesNames`: double quotes are around names, not texts. */
  constructor(text: string, quotesNames = false) {
    this.text = text;
    const tokens = tokenize(text);
    this.#tokens = quotesNames ? tokens.map((token) => quotedName(token, text)) : tokens;
    if (this.#tokens.length === 1) throw new MillraceError('PARSE_EMPTY_STATEMENT', {});
  }

  /** The token `ahead` of the next one; the end token behind the last. */
  peek(ahead = 0): Token {
    return this.#tokens[this.#position + ahead] ?? present(this.#tokens.at(-1), 'the end token');
  }

  /** Takes the next token. */
  next(): Token {
    const token = this.peek();
    this.#position = Math.min(this.#position + 1, this.#tokens.length - 1);
    return token;
  }

  /** True when the coming tokens are these words or signs. */
  at(...symbols: readonly string[]): boolean {
    for (let i = 0; i < symbols.length; i++) if (this.peek(i).symbol !== symbols[i]) return false;
    return true;
  }

  /** Takes the words or signs when they come next; all of them or none. */
  skip(...symbols: readonly string[]): boolean {
    if (!this.at(...symbols)) return false;
    this.#position += symbols.length;
    return true;
  }

  /** Takes the words or signs, which have to come next. */
  expect(...symbols: readonly string[]): void {
    for (const symbol of symbols) if (!this.skip(symbol)) throw this.fail();
  }

  /** The name that has to come next; `IDENTIFIER('a')` is the name in its text. */
  identifier(): string {
    const token = this.peek();
    if (this.at('IDENTIFIER', '(') && this.peek(2).kind === 'text' && this.peek(3).symbol === ')')
      return this.#writtenIdentifier();
    if (token.kind !== 'word' && token.kind !== 'name') throw this.fail();
    return this.next().value;
  }

  #writtenIdentifier(): string {
    this.expect('IDENTIFIER', '(');
    const text = this.next().value;
    this.expect(')');
    const parts = namePartsOf(text);
    if (parts.length > 1)
      throw new MillraceError('IDENTIFIER_TOO_MANY_NAME_PARTS', {
        identifier: parts.map((part) => `\`${part}\``).join('.'),
        limit: '1',
      });
    return parts[0] ?? '';
  }

  /** `a.b.c` */
  nameParts(): string[] {
    const parts = [this.identifier()];
    while (this.skip('.')) parts.push(this.identifier());
    return parts;
  }

  /** Reads `item, item, …`, at least one. */
  list<T>(item: () => T): T[] {
    const items = [item()];
    while (this.skip(',')) items.push(item());
    return items;
  }

  /** Reads `(…)`; `body` counts its own nesting. */
  parenthesized<T>(body: () => T): T {
    this.expect('(');
    const result = body();
    this.expect(')');
    return result;
  }

  /** Runs `body` one level deeper, or several where a level of the text takes more of the stack. */
  nested<T>(body: () => T, levels = 1): T {
    this.#depth += levels;
    if (this.#depth > MAX_NESTING) throw tooComplex(`Expressions and queries may nest ${MAX_NESTING} deep.`);
    const result = body();
    this.#depth -= levels;
    return result;
  }

  /** Checks that nothing follows. */
  end(): void {
    if (this.peek().kind !== 'end') throw this.fail();
  }

  /** PARSE_SYNTAX_ERROR at the next token. */
  fail(detail = ''): MillraceError {
    return syntaxError(this.text, this.peek(), detail);
  }

  /** UNSUPPORTED_FEATURE at the next token, or the given one. */
  unsupported(feature: string, token = this.peek()): MillraceError {
    return unsupported(this.text, token, feature);
  }
}

/** The parts of a name that is a text of its own; throws PARSE_SYNTAX_ERROR when it is none. */
export function namePartsOf(text: string): readonly string[] {
  const cursor = new TokenCursor(text);
  const parts = cursor.nameParts();
  cursor.end();
  return parts;
}

/** A text in double quotes as the name it is where they are around names. */
function quotedName(token: Token, text: string): Token {
  if (token.kind !== 'text' || text.charAt(token.start) !== '"') return token;
  return { ...token, kind: 'name', value: text.slice(token.start + 1, token.end - 1).replaceAll('""', '"') };
}
