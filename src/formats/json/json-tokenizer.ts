/**
 * Splits one JSON record into tokens exactly as the parser behind Spark's JSON reader does, extensions and their limits included. It is
 * the slow, general way: the byte decoder hands over only what it does not know. After an error every further token is an error.
 *
 * As there, the scalar after a name is checked together with the name, while a string is checked only when its text is asked for or
 * when it is skipped; which fields of a broken record survive depends on it.
 */
import type { JsonReadOptions } from './json-options.ts';
import { INVALID_SEQUENCE_MARK } from '../utf8.ts';
import { hexDigit, isIdentifierPart, isNamePart, isSpace } from './json-characters.ts';

/** Kinds of tokens. */
export const TOKEN = {
  error: -1,
  end: 0,
  startObject: 1,
  endObject: 2,
  startArray: 3,
  endArray: 4,
  name: 5,
  string: 6,
  int: 7,
  float: 8,
  true: 9,
  false: 10,
  null: 11,
} as const;
export type Token = (typeof TOKEN)[keyof typeof TOKEN];

const QUOTE = 0x22;
const INVALID_SEQUENCE = INVALID_SEQUENCE_MARK.charCodeAt(0);
const APOSTROPHE = 0x27;
const BACKSLASH = 0x5c;
const IN_ROOT = 0;
const IN_ARRAY = 1;
const IN_OBJECT = 2;

export class JsonTokenizer {
  readonly #options: JsonReadOptions;
  #text = '';
  #position = 0;
  #token: Token = TOKEN.end;
  /** The value whose start was seen together with its name. */
  #pending: Token | undefined;
  #hasMarks = false;
  #failed = false;
  /** Start of the current token in the record. */
  #start = 0;
  /** The end quote of a string whose text has not been read yet; 0 otherwise. */
  #openQuote = 0;
  #scalar = '';
  #name: string | undefined;
  #scopes: number[] = [];
  #scope = IN_ROOT;
  #counts: number[] = [];
  #count = 0;

  constructor(options: JsonReadOptions) {
    this.#options = options;
  }

  /** Starts on a new record. */
  reset(text: string, hasMarks = false): void {
    this.#hasMarks = hasMarks;
    this.#text = text;
    this.#position = text.charCodeAt(0) === 0xfeff ? 1 : 0;
    this.#token = TOKEN.end;
    this.#pending = undefined;
    this.#failed = false;
    this.#openQuote = 0;
    this.#name = undefined;
    this.#scopes = [];
    this.#counts = [];
    this.#scope = IN_ROOT;
    this.#count = 0;
  }

  get token(): Token {
    return this.#token;
  }

  /** True after an error: the record is broken at this place. */
  get hasFailed(): boolean {
    return this.#failed;
  }

  /** The name of the field whose value is current; undefined inside an array. */
  get name(): string | undefined {
    return this.#scope === IN_OBJECT ? this.#name : undefined;
  }

  /** Where the current token begins; with `position` the source text of a value. */
  get start(): number {
    return this.#start;
  }

  get position(): number {
    return this.#position;
  }

  /** The source text between two positions of this record. */
  slice(start: number, end: number): string {
    return this.#text.slice(start, end);
  }

  /** Moves to the next token. */
  next(): Token {
    if (this.#failed) return TOKEN.error;
    if (this.#pending !== undefined) {
      const token = this.#pending;
      this.#pending = undefined;
      return this.#enter(token);
    }
    if (this.#openQuote !== 0 && this.#readString(this.#openQuote, false) === undefined) return this.#fail();
    const code = this.#skipSpace();
    if (this.#failed) return TOKEN.error;
    if (code < 0) return this.#scope === IN_ROOT ? (this.#token = TOKEN.end) : this.#fail();
    this.#start = this.#position;
    if (code === 0x5d || code === 0x7d) return this.#leave(code);
    if (this.#scope !== IN_ROOT && this.#count > 0) {
      if (code !== 0x2c) return this.#fail();
      this.#position++;
      const after = this.#skipSpace();
      if (after < 0) return this.#fail();
    }
    this.#count++;
    if (this.#scope !== IN_OBJECT) return this.#enter(this.#value());
    const name = this.#readName();
    if (name === undefined || this.#skipSpace() !== 0x3a) return this.#fail();
    this.#name = name;
    this.#position++;
    this.#skipSpace();
    const value = this.#value();
    if (value === TOKEN.error) return TOKEN.error;
    this.#pending = value;
    return (this.#token = TOKEN.name);
  }

  /** The text of the current string, number or literal; undefined when the string is broken. */
  text(): string | undefined {
    if (this.#token !== TOKEN.string || this.#openQuote === 0) return this.#scalar;
    const text = this.#readString(this.#openQuote, true);
    // As in Spark the value alone is bad then, and one that nobody reads may be as long as it likes.
    if (text !== undefined && text.length > this.#options.maxStringLen) return undefined;
    if (text !== undefined) this.#scalar = text;
    return text;
  }

  /** Moves to the end of the current object or array; anything else stays where it is. */
  skipChildren(): void {
    if (this.#token !== TOKEN.startObject && this.#token !== TOKEN.startArray) return;
    for (let depth = 1; depth > 0;) {
      const token = this.next();
      if (token === TOKEN.startObject || token === TOKEN.startArray) depth++;
      else if (token === TOKEN.endObject || token === TOKEN.endArray) depth--;
      else if (token === TOKEN.error || token === TOKEN.end) return;
    }
  }

  /** Marks the rest of the record as unreadable. */
  fail(): void {
    this.#fail();
  }

  #fail(): typeof TOKEN.error {
    this.#failed = true;
    return TOKEN.error;
  }

  #enter(token: Token): Token {
    if (token === TOKEN.error) return token;
    if (token === TOKEN.startObject || token === TOKEN.startArray) {
      if (this.#scopes.length >= this.#options.maxNestingDepth) return this.#fail();
      this.#scopes.push(this.#scope);
      this.#counts.push(this.#count);
      this.#scope = token === TOKEN.startObject ? IN_OBJECT : IN_ARRAY;
      this.#count = 0;
    }
    return (this.#token = token);
  }

  #leave(code: number): Token {
    if (this.#scope !== (code === 0x5d ? IN_ARRAY : IN_OBJECT)) return this.#fail();
    this.#scope = this.#scopes.pop() ?? IN_ROOT;
    this.#count = this.#counts.pop() ?? 0;
    this.#position++;
    return (this.#token = code === 0x5d ? TOKEN.endArray : TOKEN.endObject);
  }

  /** Skips white space and, if allowed, comments; the code of the next character or -1. */
  #skipSpace(): number {
    const text = this.#text;
    for (;;) {
      const code = this.#position < text.length ? text.charCodeAt(this.#position) : -1;
      if (code === 0x2f && this.#options.allowComments) {
        if (!this.#skipComment()) return this.#fail();
      } else if (isSpace(code)) this.#position++;
      else return code;
    }
  }

  #skipComment(): boolean {
    const text = this.#text;
    const kind = text[this.#position + 1];
    if (kind === '*') {
      const end = text.indexOf('*/', this.#position + 2);
      this.#position = end + 2;
      return end >= 0;
    }
    if (kind !== '/') return false;
    const rest = /[\r\n]/g;
    rest.lastIndex = this.#position;
    this.#position = rest.exec(text)?.index ?? text.length;
    return true;
  }

  #readName(): string | undefined {
    const text = this.#text;
    const code = text.charCodeAt(this.#position);
    if (code === QUOTE || (code === APOSTROPHE && this.#options.allowSingleQuotes)) {
      this.#position++;
      return this.#readString(code, true);
    }
    if (!this.#options.allowUnquotedFieldNames) return undefined;
    const start = this.#position;
    while (isNamePart(text.charCodeAt(this.#position))) this.#position++;
    return this.#position === start ? undefined : text.slice(start, this.#position);
  }

  /** The token that begins here; scalars are read whole, strings only entered. */
  #value(): Token {
    const text = this.#text;
    this.#start = this.#position;
    const code = text.charCodeAt(this.#position);
    switch (code) {
      case QUOTE:
        this.#position++;
        this.#openQuote = QUOTE;
        return TOKEN.string;
      case APOSTROPHE:
        return this.#apostrophe();
      case 0x7b:
        this.#position++;
        return TOKEN.startObject;
      case 0x5b:
        this.#position++;
        return TOKEN.startArray;
      case 0x74:
        return this.#literal('true', TOKEN.true);
      case 0x66:
        return this.#literal('false', TOKEN.false);
      case 0x6e:
        return this.#literal('null', TOKEN.null);
      case 0x4e:
        return this.#special('NaN');
      case 0x49:
        return this.#special('Infinity');
      case 0x2b:
        return this.#special(text.startsWith('+INF', this.#position) ? '+INF' : '+Infinity');
      default:
        return code === 0x2d || (code >= 0x30 && code <= 0x39) ? this.#number() : this.#fail();
    }
  }

  #apostrophe(): Token {
    if (!this.#options.allowSingleQuotes) return this.#fail();
    this.#position++;
    const text = this.#readString(APOSTROPHE, true);
    if (text === undefined) return this.#fail();
    this.#scalar = text;
    return TOKEN.string;
  }

  #literal(word: string, token: Token): Token {
    if (!this.#text.startsWith(word, this.#position)) return this.#fail();
    this.#position += word.length;
    if (isIdentifierPart(this.#text.charCodeAt(this.#position))) return this.#fail();
    this.#scalar = word;
    return token;
  }

  #special(word: string): Token {
    return this.#options.allowNonNumericNumbers ? this.#literal(word, TOKEN.float) : this.#fail();
  }

  #number(): Token {
    const text = this.#text;
    const start = this.#position;
    if (text.startsWith('-I', start)) return this.#special(text.startsWith('-INF', start) ? '-INF' : '-Infinity');
    const sign = text[start] === '-' ? '-' : '';
    let digits = start + sign.length;
    let end = this.#digitsFrom(digits);
    if (end === digits) return this.#fail();
    if (text[digits] === '0' && end > digits + 1) {
      if (!this.#options.allowNumericLeadingZeros) return this.#fail();
      while (text[digits] === '0' && digits + 1 < end) digits++;
    }
    let token: Token = TOKEN.int;
    if (text[end] === '.') {
      const fraction = end + 1;
      end = this.#digitsFrom(fraction);
      if (end === fraction) return this.#fail();
      token = TOKEN.float;
    }
    if (text[end] === 'e' || text[end] === 'E') {
      const exponent = end + (text[end + 1] === '+' || text[end + 1] === '-' ? 2 : 1);
      end = this.#digitsFrom(exponent);
      if (end === exponent) return this.#fail();
      token = TOKEN.float;
    }
    this.#position = end;
    if (end - digits > this.#options.maxNumLen) return this.#fail();
    this.#scalar = sign + text.slice(digits, end);
    return token;
  }

  #digitsFrom(position: number): number {
    let end = position;
    for (let code = this.#text.charCodeAt(end); code >= 0x30 && code <= 0x39; code = this.#text.charCodeAt(end)) end++;
    return end;
  }

  /** Reads up to the end quote; '' when `wanted` is false, undefined when the string is broken. */
  #readString(quote: number, wanted: boolean): string | undefined {
    this.#openQuote = 0;
    const text = this.#text;
    let from = this.#position;
    let position = from;
    let result = '';
    for (;;) {
      const code = text.charCodeAt(position);
      if (code === quote) {
        this.#position = position + 1;
        return wanted ? result + text.slice(from, position) : '';
      }
      if (code === BACKSLASH) {
        if (wanted) result += text.slice(from, position);
        this.#position = position + 1;
        const escaped = this.#escape();
        if (escaped === undefined) return this.#broken();
        if (wanted) result += escaped;
        from = position = this.#position;
      } else if (code === INVALID_SEQUENCE && this.#hasMarks) {
        // The string ends here: what follows is read as the next token.
        this.#position = position + 1;
        return undefined;
      } else if (Number.isNaN(code) || (code < 0x20 && !this.#options.allowUnquotedControlChars)) return this.#broken();
      else position++;
    }
  }

  #broken(): undefined {
    this.#fail();
    return undefined;
  }

  /** The character of an escape; the position is behind the backslash and moves behind the escape. */
  #escape(): string | undefined {
    const letter = this.#text[this.#position];
    this.#position++;
    switch (letter) {
      case '"':
      case '\\':
      case '/':
        return letter;
      case 'b':
        return '\b';
      case 'f':
        return '\f';
      case 'n':
        return '\n';
      case 'r':
        return '\r';
      case 't':
        return '\t';
      case 'u': {
        let code = 0;
        for (let i = 0; i < 4; i++) {
          const digit = hexDigit(this.#text.charCodeAt(this.#position + i));
          if (digit < 0) return undefined;
          code = code * 16 + digit;
        }
        this.#position += 4;
        return String.fromCharCode(code);
      }
      case "'":
        return this.#options.allowSingleQuotes || this.#options.allowBackslashEscapingAnyCharacter ? letter : undefined;
      default:
        return letter !== undefined && this.#options.allowBackslashEscapingAnyCharacter ? letter : undefined;
    }
  }
}
