/**
 * Encodes column batches as CSV, as Spark's CSV writer: which values are quoted, how quotes are escaped, how nulls and empty strings
 * differ. Texts of strings are made once per distinct value; a kernel puts the rows together where there is one.
 */
import type { ColumnBatch } from '../../types/column-batch.ts';
import type { StructType } from '../../types/data-type.ts';
import type { StringDictionary } from '../../types/string-dictionary.ts';
import type { Vector } from '../../types/vector.ts';
import type { Encoder, FormatOptions } from '../format.ts';
import type { KernelInstance } from '../../kernels/kernel-instance.ts';
import { WRITE_TEXT } from '../../kernels/kernel-layout.ts';
import { type RowField, type RowWriter, TextSlots, rowWriter } from '../../kernels/row-writer.ts';
import { isUtc, writtenKind } from '../written-kind.ts';
import { MillraceError } from '../../errors/millrace-error.ts';
import { isAnsiInterval, sqlName } from '../../types/data-type.ts';
import { decimalText, javaDouble, javaFloat } from '../../types/number-text.ts';
import { plainText } from '../../types/value-text.ts';
import { ByteWriter } from '../byte-writer.ts';
import { type TimeWriters, timeWriters } from '../time-writers.ts';
import { type CsvWriteOptions, csvWriteOptions } from './csv-options.ts';

const EMPTY = new Uint8Array(0);
const MAX_KEPT_TEXTS = 1 << 16;
/** Spreadsheets run cells that begin with one of these. */
const FORMULA = /^[=+\-@\t\r\n]/;

const encoder = new TextEncoder();

export class CsvEncoder implements Encoder {
  readonly #out = new ByteWriter();
  readonly #schema: StructType;
  readonly #options: CsvWriteOptions;
  readonly #times: TimeWriters;
  readonly #separator: Uint8Array;
  readonly #lineSep: Uint8Array;
  readonly #null: Uint8Array;
  readonly #rowWriter: RowWriter | undefined;
  readonly #slots = new WeakMap<StringDictionary, TextSlots>();
  /** Whether numbers and words never need quotes. */
  readonly #hasPlainNumbers: boolean;
  /** Whether timestamps are ISO texts in UTC that never need quotes. */
  readonly #hasIsoTimes: boolean;
  readonly #texts = new WeakMap<StringDictionary, (Uint8Array | undefined)[]>();

  /** 1 for the bytes with which a string may have to be quoted, escaped or trimmed; undefined when all strings are changed. */
  readonly #special: Uint8Array | undefined;

  /** Without `kernels` rows are written by TypeScript. */
  constructor(schema: StructType, options: FormatOptions, timeZone: string, kernels: KernelInstance | undefined) {
    this.#schema = schema;
    this.#options = csvWriteOptions(options, timeZone);
    this.#rowWriter = kernels === undefined ? undefined : rowWriter(kernels);
    const { quoteAll: quotesAll, separator, quote: quoteMark, comment, lineSep, timestampFormat } = this.#options;
    this.#hasPlainNumbers = !quotesAll && !/[\d.+\-a-zA-Z]/.test(separator);
    this.#hasIsoTimes =
      timestampFormat === undefined &&
      isUtc(this.#options.timeZone) &&
      !/[\d.\-TZ:]/.test(separator + quoteMark + comment + lineSep);
    this.#times = timeWriters(this.#options);
    this.#separator = encoder.encode(this.#options.separator);
    this.#lineSep = encoder.encode(this.#options.lineSep);
    const { nullValue, quoteAll, quote, escape, escapeFormulas } = this.#options;
    this.#special = quoteAll || escapeFormulas ? undefined : bytesOf(separator + lineSep + comment + quote + escape);
    this.#null = encoder.encode(quoteAll ? `${quote}${nullValue}${quote}` : nullValue);
    for (const { name, dataType } of schema.fields) {
      if (!['struct', 'array', 'map', 'binary', 'void'].includes(dataType.kind)) continue;
      throw new MillraceError('UNSUPPORTED_DATA_TYPE_FOR_DATASOURCE', {
        format: 'CSV',
        columnName: `\`${name}\``,
        columnType: `"${sqlName(dataType)}"`,
      });
    }
  }

  header(): Uint8Array {
    if (!this.#options.header) return EMPTY;
    this.#schema.fields.forEach((field, i) => {
      if (i > 0) this.#out.append(this.#separator);
      this.#out.append(this.#cell(field.name));
    });
    this.#out.append(this.#lineSep);
    return this.#out.take();
  }

  footer(): Uint8Array {
    return EMPTY;
  }

  encode(batch: ColumnBatch): Uint8Array {
    if (this.#rowWriter !== undefined) {
      const frame = { open: EMPTY, close: this.#lineSep, firstSkip: 0, skipsEmpty: true };
      const fields = batch.columns.map((column, i) => this.#rowField(column, i === 0 ? EMPTY : this.#separator));
      if (this.#rowWriter.write(frame, fields, batch.numRows, (part) => this.#out.append(part)))
        return this.#out.take();
      this.#out.length = 0;
    }
    return this.#encodeRows(batch);
  }

  /** What the kernel needs of a column: its values where it writes them itself, else its texts. */
  #rowField(vector: Vector, lead: Uint8Array): RowField {
    const field = { lead, nullText: this.#null, validity: vector.validity };
    const kind = this.#hasPlainNumbers ? writtenKind(vector, this.#hasIsoTimes) : WRITE_TEXT;
    if (vector.layout === 'string') {
      const { ids, dictionary } = vector;
      const slots = this.#slots.get(dictionary) ?? new TextSlots();
      this.#slots.set(dictionary, slots);
      const common = { ...field, kind, ids, slots, text: (id: number) => this.#stringCell(dictionary.text(id)) };
      if (this.#special === undefined) return common;
      return { ...common, plain: { dictionary, isSpecial: this.#special, mark: undefined } };
    }
    if (kind !== WRITE_TEXT && (vector.layout === 'boolean' || vector.layout === 'int' || vector.layout === 'long'))
      return { ...field, kind, values: vector.values };
    return { ...field, kind: WRITE_TEXT, text: this.#out.partsOf(this.#writer(vector)) };
  }

  /** Row by row; the twin of the kernel. */
  #encodeRows(batch: ColumnBatch): Uint8Array {
    const out = this.#out;
    const columns = batch.columns.map((column) => ({ validity: column.validity, write: this.#writer(column) }));
    for (let row = 0; row < batch.numRows; row++) {
      const start = out.length;
      columns.forEach(({ validity, write }, i) => {
        if (i > 0) out.append(this.#separator);
        if (validity !== undefined && validity[row] === 0) out.append(this.#null);
        else write(row);
      });
      // As in Spark, a line without any character is not written.
      if (out.length > start) out.append(this.#lineSep);
    }
    return out.take();
  }

  #writer(vector: Vector): (row: number) => void {
    const out = this.#out;
    const { type } = vector;
    switch (vector.layout) {
      case 'boolean':
        return this.#plain((row) => out.text(vector.values[row] === 1 ? 'true' : 'false'));
      case 'int':
        if (type.kind === 'date') return this.#quotable((row) => this.#times.date(out, vector.values[row] as number));
        if (isAnsiInterval(type))
          return this.#quotable((row) => out.text(plainText(vector.values[row] as number, type, 'UTC')));
        return this.#plain((row) => out.integer(vector.values[row] as number));
      case 'double': {
        const text = type.kind === 'float' ? javaFloat : javaDouble;
        return this.#plain((row) => out.text(text(vector.values[row] as number)));
      }
      case 'long': {
        const { values } = vector;
        if (type.kind === 'timestamp')
          return this.#quotable((row) => this.#times.timestamp(out, values[row] as bigint));
        if (type.kind === 'timestamp_ntz')
          return this.#quotable((row) => this.#times.timestampNtz(out, values[row] as bigint));
        if (type.kind === 'time') return this.#quotable((row) => this.#times.time(out, values[row] as bigint));
        if (isAnsiInterval(type))
          return this.#quotable((row) => out.text(plainText(values[row] as bigint, type, 'UTC')));
        const scale = type.kind === 'decimal' ? type.scale : 0;
        return this.#plain((row) => out.text(decimalText(values[row] as bigint, scale)));
      }
      case 'string':
        return this.#stringWriter(vector.ids, vector.dictionary);
      default: {
        const scale = type.kind === 'decimal' ? type.scale : 0;
        const { values } = vector as Vector & { readonly layout: 'object' };
        return this.#plain((row) => out.text(decimalText(values[row] as bigint, scale)));
      }
    }
  }

  /** Numbers and booleans need quotes only when everything is quoted or the separator could be in them. */
  #plain(write: (row: number) => void): (row: number) => void {
    return this.#hasPlainNumbers ? write : this.#quotable(write);
  }

  /** Writes, looks at the text and quotes it if it must be. */
  #quotable(write: (row: number) => void): (row: number) => void {
    const out = this.#out;
    return (row) => {
      const start = out.length;
      write(row);
      const text = new TextDecoder().decode(out.bytes.subarray(start, out.length));
      out.length = start;
      out.append(this.#cell(text));
    };
  }

  #stringWriter(ids: Int32Array, dictionary: StringDictionary): (row: number) => void {
    const out = this.#out;
    const texts = this.#texts.get(dictionary) ?? [];
    this.#texts.set(dictionary, texts);
    return (row) => {
      const id = ids[row] as number;
      const known = texts[id];
      if (known !== undefined) return out.append(known);
      const cell = this.#stringCell(dictionary.text(id));
      if (id < MAX_KEPT_TEXTS) texts[id] = cell;
      out.append(cell);
    };
  }

  #stringCell(text: string): Uint8Array {
    return this.#cell(this.#options.escapeFormulas && FORMULA.test(text) ? `'${text}` : text);
  }

  #cell(value: string): Uint8Array {
    const { quote, escape, comment, separator, quoteAll, escapeQuotes, emptyValue, lineSep } = this.#options;
    const text = this.#trimmed(value);
    if (text === '') return encoder.encode(emptyValue);
    const hasQuote = quote !== '' && text.includes(quote);
    const mustQuote =
      quoteAll ||
      text.includes(separator) ||
      text.includes('\n') ||
      text.includes('\r') ||
      text.includes(lineSep) ||
      (comment !== '' && text.startsWith(comment)) ||
      (hasQuote && (escapeQuotes || text.startsWith(quote)));
    if (!mustQuote || quote === '') return encoder.encode(text);
    const escaped = escape === quote || escape === '' ? text : text.replaceAll(escape, () => escape + escape);
    return encoder.encode(quote + escaped.replaceAll(quote, () => escape + quote) + quote);
  }

  #trimmed(text: string): string {
    let start = 0;
    let end = text.length;
    if (this.#options.trimsLeading) while (start < end && text.charCodeAt(start) <= 0x20) start++;
    if (this.#options.trimsTrailing) while (end > start && text.charCodeAt(end - 1) <= 0x20) end--;
    return text.slice(start, end);
  }
}

/** 1 for blanks, control characters, and the bytes of `characters`. */
function bytesOf(characters: string): Uint8Array {
  const isSpecial = new Uint8Array(256).fill(1, 0, 0x21);
  for (const byte of encoder.encode(characters)) isSpecial[byte] = 1;
  return isSpecial;
}
