/**
 * Splits CSV text into the values of one record after another. A quote that is not escaped inside a quoted value makes the value end at
 * the next separator and be taken as written (or, as an option, at the closing quote), as in Spark's CSV parser.
 */
import type { CsvSyntax } from './csv-options.ts';

/** One value; an unquoted empty one is undefined. */
export type CsvToken = string | undefined;

export class CsvTokenizer {
  readonly #syntax: CsvSyntax;
  #text = '';
  #position = 0;
  #end = 0;
  #isTooLong = false;

  constructor(syntax: CsvSyntax) {
    this.#syntax = syntax;
  }

  /** Starts at `start` in a text; records end at `end` and, when `record` is told so, at line ends. */
  reset(text: string, start: number, end: number): void {
    this.#text = text;
    this.#position = start;
    this.#end = end;
  }

  get position(): number {
    return this.#position;
  }

  /** A value or a record was beyond the limits of the options; the record is malformed. */
  get isTooLong(): boolean {
    return this.#isTooLong;
  }

  /** Reads the values up to the end, or to the end of the line when `isLine`; quoted values may contain line ends. */
  record(isLine: boolean): CsvToken[] {
    const tokens: CsvToken[] = [];
    this.#isTooLong = false;
    for (;;) {
      const token = this.#value(isLine);
      tokens.push(token);
      if ((token?.length ?? 0) > this.#syntax.maxCharsPerColumn || tokens.length > this.#syntax.maxColumns)
        this.#isTooLong = true;
      if (!this.#skipSeparator()) break;
    }
    if (isLine) this.#skipLineEnd();
    return tokens;
  }

  #value(isLine: boolean): CsvToken {
    const { quote, trimsLeading } = this.#syntax;
    if (trimsLeading) this.#skipBlanks(isLine);
    const start = this.#position;
    if (quote !== '' && this.#text[start] === quote && start < this.#end) {
      const value = this.#quoted(isLine);
      if (value !== undefined) return value;
      this.#position = start + 1;
    }
    const end = this.#endOfPlain(this.#position, isLine);
    this.#position = end;
    const last = this.#syntax.trimsTrailing ? this.#trimmedEnd(start, end) : end;
    return last === start ? undefined : this.#text.slice(start, last);
  }

  /** The separator or line end at or behind `from`. */
  #endOfPlain(from: number, isLine: boolean): number {
    const { separator } = this.#syntax;
    const found = this.#text.indexOf(separator, from);
    const limit = found < 0 || found + separator.length > this.#end ? this.#end : found;
    if (!isLine) return limit;
    for (let i = from; i < limit; i++) {
      const code = this.#text.charCodeAt(i);
      if (code === 0x0a || code === 0x0d) return i;
    }
    return limit;
  }

  /** A quoted value; undefined when a quote inside is not escaped and the value must be taken as written. */
  #quoted(isLine: boolean): string | undefined {
    const { quote, escape, unescapedQuotes } = this.#syntax;
    const text = this.#text;
    let value = '';
    let from = this.#position + 1;
    for (let i = from; i < this.#end; i++) {
      const char = text[i];
      const next = i + 1 < this.#end ? text[i + 1] : undefined;
      if (char === escape && escape !== '' && (next === quote || (next === escape && escape !== quote))) {
        value += text.slice(from, i) + next;
        i++;
        from = i + 1;
        continue;
      }
      if (char !== quote) continue;
      if (this.#closes(i + 1, isLine)) return value + text.slice(from, i);
      if (unescapedQuotes === 'STOP_AT_DELIMITER') return undefined;
    }
    this.#position = this.#end;
    return value + text.slice(from, this.#end);
  }

  /** True when a value can end at `position`, blanks aside; moves there. */
  #closes(position: number, isLine: boolean): boolean {
    let p = position;
    while (
      p < this.#end &&
      (this.#text[p] === ' ' || this.#text[p] === '\t') &&
      !this.#text.startsWith(this.#syntax.separator, p)
    )
      p++;
    const code = this.#text.charCodeAt(p);
    const isEnd =
      p >= this.#end ||
      (isLine && (code === 0x0a || code === 0x0d)) ||
      this.#text.startsWith(this.#syntax.separator, p);
    if (isEnd) this.#position = Math.min(p, this.#end);
    return isEnd;
  }

  #skipSeparator(): boolean {
    const { separator } = this.#syntax;
    if (this.#position + separator.length > this.#end || !this.#text.startsWith(separator, this.#position))
      return false;
    this.#position += separator.length;
    return true;
  }

  #skipBlanks(isLine: boolean): void {
    for (; this.#position < this.#end; this.#position++) {
      const code = this.#text.charCodeAt(this.#position);
      if (
        code > 0x20 ||
        (isLine && (code === 0x0a || code === 0x0d)) ||
        this.#text.startsWith(this.#syntax.separator, this.#position)
      )
        return;
    }
  }

  #trimmedEnd(start: number, end: number): number {
    let last = end;
    while (last > start && this.#text.charCodeAt(last - 1) <= 0x20) last--;
    return last;
  }

  #skipLineEnd(): void {
    if (this.#text[this.#position] === '\r') this.#position++;
    if (this.#text[this.#position] === '\n') this.#position++;
  }
}
