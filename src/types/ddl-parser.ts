/**
 * Spark's DDL for types and schemas: `a INT NOT NULL COMMENT 'x', b STRUCT<c: ARRAY<BIGINT>>`. Names of types and keywords in any case,
 * back-quoted column names, comments as SQL has them. COMMENT texts are checked and dropped. Users call it through schema.ts.
 */
import type { DataType, StructField, StructType } from './data-type.ts';
import { timeOf } from './time-of-day.ts';
import { MillraceError } from '../errors/millrace-error.ts';
import {
  ansiInterval,
  array,
  BINARY,
  BOOLEAN,
  BYTE,
  CALENDAR_INTERVAL,
  DATE,
  decimal,
  DOUBLE,
  field,
  FLOAT,
  INTEGER,
  LONG,
  map,
  SHORT,
  STRING,
  struct,
  TIMESTAMP,
  TIMESTAMP_NTZ,
  VOID,
} from './data-type.ts';

const SIMPLE_TYPES: ReadonlyMap<string, DataType> = new Map<string, DataType>([
  ['boolean', BOOLEAN],
  ['tinyint', BYTE],
  ['byte', BYTE],
  ['smallint', SHORT],
  ['short', SHORT],
  ['int', INTEGER],
  ['integer', INTEGER],
  ['bigint', LONG],
  ['long', LONG],
  ['float', FLOAT],
  ['real', FLOAT],
  ['double', DOUBLE],
  ['date', DATE],
  ['timestamp', TIMESTAMP],
  ['timestamp_ltz', TIMESTAMP],
  ['timestamp_ntz', TIMESTAMP_NTZ],
  ['string', STRING],
  ['binary', BINARY],
  ['void', VOID],
]);
const MAX_PRECISION = 38;
const MAX_DEPTH = 200;

interface Token {
  readonly kind: 'word' | 'quoted' | 'number' | 'text' | 'mark' | 'end';
  /** The name of a quoted identifier without its quotes; otherwise the text itself. */
  readonly text: string;
  readonly source: string;
}

/** Reads types from the tokens of one DDL text; every method leaves the position behind what it has read. */
export class DdlParser {
  readonly #tokens: readonly Token[];
  #position = 0;
  #depth = 0;

  constructor(text: string) {
    this.#tokens = tokenize(text);
    if (this.#tokens.length === 1) throw new MillraceError('PARSE_EMPTY_STATEMENT', {});
  }

  /** `name type [NOT NULL] [COMMENT 'text'], …` up to the end. */
  readSchema(): StructType {
    const fields = [this.#readField(false)];
    while (this.#skip(',')) fields.push(this.#readField(false));
    this.readEnd();
    return struct(fields);
  }

  /** Checks that nothing follows. */
  readEnd(): void {
    if (this.#peek().kind !== 'end') this.#fail();
  }

  readType(): DataType {
    const token = this.#peek();
    if (token.kind !== 'word') return this.#fail();
    this.#position++;
    const name = token.text.toLowerCase();
    const simple = SIMPLE_TYPES.get(name);
    if (simple !== undefined) return simple;
    if (name === 'decimal' || name === 'dec' || name === 'numeric') return this.#readDecimal();
    if (name === 'interval') return this.#readInterval();
    if (name === 'time') return this.#readTime();
    if (++this.#depth > MAX_DEPTH) return this.#fail();
    const nested = this.#readNested(name, token.text);
    this.#depth--;
    return nested;
  }

  #readNested(name: string, written: string): DataType {
    switch (name) {
      case 'array': {
        if (!this.#skip('<')) throw new MillraceError('INCOMPLETE_TYPE_DEFINITION.ARRAY', { elementType: 'INT' });
        const elementType = this.readType();
        this.#expect('>');
        return array(elementType);
      }
      case 'map': {
        if (!this.#skip('<'))
          throw new MillraceError('INCOMPLETE_TYPE_DEFINITION.MAP', { example: 'MAP<TIMESTAMP, INT>' });
        const keyType = this.readType();
        this.#expect(',');
        const valueType = this.readType();
        this.#expect('>');
        return map(keyType, valueType);
      }
      case 'struct':
        if (!this.#skip('<'))
          throw new MillraceError('INCOMPLETE_TYPE_DEFINITION.STRUCT', {
            example: 'STRUCT<name STRING, phone DECIMAL(10, 0)>',
          });
        return this.#readStruct();
      default:
        throw new MillraceError('UNSUPPORTED_DATATYPE', { typeName: `"${written.toUpperCase()}"` });
    }
  }

  #readStruct(): StructType {
    const fields: StructField[] = [];
    if (this.#skip('>')) return struct(fields);
    do fields.push(this.#readField(true));
    while (this.#skip(','));
    this.#expect('>');
    return struct(fields);
  }

  #readField(colonAllowed: boolean): StructField {
    const name = this.#peek();
    if (name.kind !== 'word' && name.kind !== 'quoted') return this.#fail();
    this.#position++;
    if (colonAllowed) this.#skip(':');
    const dataType = this.readType();
    let nullable = true;
    if (this.#skipWord('not')) {
      if (!this.#skipWord('null')) return this.#fail(": missing 'NULL'");
      nullable = false;
    }
    if (this.#skipWord('comment')) {
      if (this.#peek().kind !== 'text') return this.#fail();
      this.#position++;
    }
    return field(name.text, dataType, nullable);
  }

  /** What follows `interval`: nothing, `day` or `day to second`. */
  #readInterval(): DataType {
    const first = this.#peek();
    if (first.kind !== 'word' || ansiInterval(first.text, first.text) === undefined) return CALENDAR_INTERVAL;
    this.#position++;
    const last = this.#skipWord('to') ? this.#peek() : first;
    if (last !== first) this.#position++;
    return ansiInterval(first.text, last.text) ?? this.#fail();
  }

  /** What follows `time`: nothing, `(3)`, `WITHOUT TIME ZONE`. */
  #readTime(): DataType {
    const precision = this.#skip('(') ? this.#readNumber() : undefined;
    if (precision !== undefined) this.#expect(')');
    if (this.#skipWord('without') && !(this.#skipWord('time') && this.#skipWord('zone'))) return this.#fail();
    return timeOf(precision);
  }

  #readDecimal(): DataType {
    if (!this.#skip('(')) return decimal(10, 0);
    const precision = this.#readNumber();
    const scale = this.#skip(',') ? this.#readNumber() : 0;
    this.#expect(')');
    if (precision > MAX_PRECISION)
      throw new MillraceError('DECIMAL_PRECISION_EXCEEDS_MAX_PRECISION', {
        precision: String(precision),
        maxPrecision: String(MAX_PRECISION),
      });
    if (scale > precision)
      throw new MillraceError('DECIMAL_SCALE_EXCEEDS_PRECISION', {
        scale: String(scale),
        precision: String(precision),
      });
    return decimal(precision, scale);
  }

  #readNumber(): number {
    const token = this.#peek();
    if (token.kind !== 'number') return this.#fail();
    this.#position++;
    return Number(token.text);
  }

  #peek(): Token {
    return this.#tokens[this.#position] ?? END;
  }

  #skip(mark: string): boolean {
    const token = this.#peek();
    if (token.kind !== 'mark' || token.text !== mark) return false;
    this.#position++;
    return true;
  }

  #skipWord(word: string): boolean {
    const token = this.#peek();
    if (token.kind !== 'word' || token.text.toLowerCase() !== word) return false;
    this.#position++;
    return true;
  }

  #expect(mark: string): void {
    if (!this.#skip(mark)) this.#fail();
  }

  #fail(hint = ''): never {
    const token = this.#peek();
    const error = token.kind === 'end' ? 'end of input' : `'${token.source}'`;
    throw new MillraceError('PARSE_SYNTAX_ERROR', { error, hint });
  }
}

const END: Token = { kind: 'end', text: '', source: '' };
const SPACE = /(?:\s+|--[^\n]*|\/\*[\s\S]*?\*\/)+/y;
const QUOTED = /`((?:[^`]|``)*)`/y;
const TEXT = /'(?:[^'\\]|\\[\s\S])*'|"(?:[^"\\]|\\[\s\S])*"/y;
const WORD = /[\p{L}\p{N}_]+(?:-[\p{L}\p{N}_]+)*/uy;

function tokenize(text: string): readonly Token[] {
  const tokens: Token[] = [];
  let at = 0;
  const match = (pattern: RegExp): RegExpExecArray | null => {
    pattern.lastIndex = at;
    const found = pattern.exec(text);
    if (found !== null) at += found[0].length;
    return found;
  };
  for (;;) {
    match(SPACE);
    if (at >= text.length) return [...tokens, END];
    const quoted = match(QUOTED);
    const comment = quoted === null ? match(TEXT) : null;
    if (quoted !== null) {
      tokens.push({ kind: 'quoted', text: (quoted[1] ?? '').replaceAll('``', '`'), source: quoted[0] });
    } else if (comment !== null) tokens.push({ kind: 'text', text: comment[0], source: comment[0] });
    else {
      const source = match(WORD)?.[0];
      if (source === undefined) {
        tokens.push({ kind: 'mark', text: text.charAt(at), source: text.charAt(at) });
        at++;
      } else if (/^\d+$/.test(source)) tokens.push({ kind: 'number', text: source, source });
      else if (/^\w+$/.test(source)) tokens.push({ kind: 'word', text: source, source });
      else throw new MillraceError('INVALID_IDENTIFIER', { ident: source });
    }
  }
}
