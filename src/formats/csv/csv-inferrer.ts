/**
 * Finds the schema of CSV files: names from the header or `_c0`, `_c1`, …; all STRING, or with option `inferSchema` the narrowest of
 * INT, BIGINT, DECIMAL, DOUBLE, DATE, TIMESTAMP, BOOLEAN, STRING that holds every value, as Spark infers.
 */
import type { SchemaInferrer } from '../format.ts';
import type { CsvReadOptions } from './csv-options.ts';
import type { TimeParsers } from '../text-values.ts';
import {
  BOOLEAN,
  DATE,
  DOUBLE,
  type DataType,
  INTEGER,
  LONG,
  STRING,
  type StructType,
  TIMESTAMP,
  VOID,
  decimal,
  field,
  struct,
} from '../../types/data-type.ts';
import { LineBuffer } from '../record-splitter.ts';
import { timeParsers } from '../text-values.ts';
import { utf8Text } from '../utf8.ts';
import { type CsvToken, CsvTokenizer } from './csv-tokenizer.ts';

const REAL = /^[+-]?(?:NaN|Infinity|(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?[fFdD]?)$/;
const MAX_PRECISION = 38;

export class CsvInferrer implements SchemaInferrer {
  readonly #options: CsvReadOptions;
  readonly #times: TimeParsers;
  readonly #isSampled: () => boolean;
  #lines = new LineBuffer();
  #header: readonly CsvToken[] | undefined;
  #types: DataType[] = [];
  #width = 0;

  constructor(options: CsvReadOptions, isSampled: () => boolean) {
    this.#options = options;
    this.#isSampled = isSampled;
    this.#times = timeParsers(options);
  }

  push(block: Uint8Array): void {
    this.#lines.add(block);
  }

  endOfFile(): void {
    const text = utf8Text(this.#lines.bytes, this.#lines.start, this.#lines.end).replace(/^\ufeff/, '');
    this.#lines = new LineBuffer();
    const { comment, multiLine, lineSep, header } = this.#options;
    const tokens = new CsvTokenizer(this.#options);
    let skipsHeader = header;
    const records = multiLine ? [text] : text.split(lineSep ?? /\r\n?|\n/);
    for (const record of records) {
      for (let at = 0; at < record.length; at = tokens.position) {
        tokens.reset(record, at, record.length);
        const values = tokens.record(multiLine);
        const isBlank = !multiLine ? record.trim() === '' : values.length === 1 && values[0] === undefined;
        if (isBlank || (comment !== '' && record.startsWith(comment, at))) continue;
        this.#header ??= values;
        if (skipsHeader) skipsHeader = false;
        else if (this.#isSampled()) this.#add(values);
      }
    }
  }

  finish(): StructType {
    const header = this.#header ?? [];
    const names = this.#options.header ? headerNames(header, this.#options.nullValue) : header.map((_, i) => `_c${i}`);
    return struct(
      names.map((name, i) => {
        const type = this.#types[i] ?? VOID;
        return field(name, type.kind === 'void' || !this.#options.inferSchema ? STRING : type);
      }),
    );
  }

  #add(values: readonly CsvToken[]): void {
    this.#width = Math.max(this.#width, this.#header?.length ?? 0);
    if (!this.#options.inferSchema) return;
    for (let i = 0; i < Math.min(values.length, this.#width); i++)
      this.#types[i] = this.#widened(this.#types[i] ?? VOID, values[i]);
  }

  /** The type of the column so far with one more value. */
  #widened(known: DataType, token: CsvToken): DataType {
    const { nullValue, emptyValue } = this.#options;
    const text = token === '' ? emptyValue : (token ?? nullValue);
    return text === '' || text === nullValue ? known : merged(known, this.#typeOf(text));
  }

  #typeOf(text: string): DataType {
    const { nanValue, positiveInf, negativeInf } = this.#options;
    if (/^[+-]?\d{1,10}$/.test(text) && Number(text) === (Number(text) | 0)) return INTEGER;
    if (/^[+-]?\d{1,19}$/.test(text) && BigInt.asIntN(64, BigInt(text)) === BigInt(text)) return LONG;
    const digits = text.replace(/^[+-]/, '');
    if (/^\d+$/.test(digits)) return digits.length <= MAX_PRECISION ? decimal(digits.length, 0) : DOUBLE;
    if (REAL.test(text.trim()) || text === nanValue || text === positiveInf || text === negativeInf) return DOUBLE;
    const { preferDate, dateFormat } = this.#options;
    const mayBeDate = preferDate && (/^\d{4}-\d{2}-\d{2}$/.test(text) || dateFormat !== undefined);
    if (mayBeDate && this.#times.date(text) !== undefined) return DATE;
    if (this.#times.timestamp(text) !== undefined) return TIMESTAMP;
    return /^(?:true|false)$/i.test(text) ? BOOLEAN : STRING;
  }
}

const WIDTH: Readonly<Record<string, number>> = { integer: 1, long: 2, decimal: 3, double: 4 };

/** The narrowest type that holds the values of both. */
function merged(left: DataType, right: DataType): DataType {
  if (left.kind === 'void') return right;
  if (left.kind === right.kind && left.kind !== 'decimal') return left;
  const [a, b] = [WIDTH[left.kind], WIDTH[right.kind]];
  if (a !== undefined && b !== undefined) {
    if (left.kind !== 'decimal' && right.kind !== 'decimal') return a > b ? left : right;
    if (left.kind === 'double' || right.kind === 'double') return DOUBLE;
    const digits = Math.max(
      ...[left, right].map((type) => (type.kind === 'decimal' ? type.precision : type.kind === 'long' ? 20 : 10)),
    );
    return digits > MAX_PRECISION ? DOUBLE : decimal(digits, 0);
  }
  const kinds = new Set([left.kind, right.kind]);
  return kinds.has('date') && kinds.has('timestamp') ? TIMESTAMP : STRING;
}

/** Empty names become `_c<i>`; names that differ only in letter case get their place as a suffix. */
function headerNames(tokens: readonly CsvToken[], nullValue: string): string[] {
  const numUses = new Map<string, number>();
  for (const token of tokens) {
    const name = (token ?? '').toLowerCase();
    numUses.set(name, (numUses.get(name) ?? 0) + 1);
  }
  return tokens.map((token, i) => {
    if (token === undefined || token === '' || token === nullValue) return `_c${i}`;
    return (numUses.get(token.toLowerCase()) ?? 0) > 1 ? `${token}${i}` : token;
  });
}
