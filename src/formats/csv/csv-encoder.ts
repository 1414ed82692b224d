/**
 * Encodes column batches as CSV, as Spark's CSV writer: which values are quoted, how quotes are escaped, how nulls and empty strings
 * differ. Texts of strings are made once per distinct value.
 */
import type { ColumnBatch } from '../../types/column-batch.ts';
import type { StructType } from '../../types/data-type.ts';
import type { StringDictionary } from '../../types/string-dictionary.ts';
import type { Vector } from '../../types/vector.ts';
import type { Encoder, FormatOptions } from '../format.ts';
import { MillraceError } from '../../errors/millrace-error.ts';
import { sqlName } from '../../types/data-type.ts';
import { decimalText, javaDouble, javaFloat } from '../../types/number-text.ts';
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
  readonly #texts = new WeakMap<StringDictionary, (Uint8Array | undefined)[]>();

  constructor(schema: StructType, options: FormatOptions, timeZone: string) {
    this.#schema = schema;
    this.#options = csvWriteOptions(options, timeZone);
    this.#times = timeWriters(this.#options);
    this.#separator = encoder.encode(this.#options.separator);
    this.#lineSep = encoder.encode(this.#options.lineSep);
    const { nullValue, quoteAll, quote } = this.#options;
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
    return this.#options.quoteAll || /[\d.+\-a-zA-Z]/.test(this.#options.separator) ? this.#quotable(write) : write;
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
      const text = dictionary.text(id);
      const cell = this.#cell(this.#options.escapeFormulas && FORMULA.test(text) ? `'${text}` : text);
      if (id < MAX_KEPT_TEXTS) texts[id] = cell;
      out.append(cell);
    };
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
