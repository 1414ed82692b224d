/**
 * Decodes CSV into column batches: lines are cut first (quoted values may hold line ends only with option `multiLine`), then values, then
 * types. When fewer columns are wanted than the schema has, records with too few or too many values pass, as in Spark.
 */
import type { ColumnBatch } from '../../types/column-batch.ts';
import type { Value } from '../../types/vector.ts';
import type { DecodeRequest, Decoder } from '../format.ts';
import type { CsvReadOptions } from './csv-options.ts';
import type { CsvConverter } from './csv-values.ts';
import { present } from '../../errors/assert.ts';
import { MillraceError } from '../../errors/millrace-error.ts';
import { DecodedRows } from '../decoded-rows.ts';
import { LineBuffer } from '../record-splitter.ts';
import { timeParsers } from '../text-values.ts';
import { utf8Text } from '../utf8.ts';
import { type CsvToken, CsvTokenizer } from './csv-tokenizer.ts';
import { csvConverter } from './csv-values.ts';

const LINE_END = /\r\n?|\n/g;

interface WantedValue {
  /** Place in the record; -1 for the corrupt column. */
  readonly place: number;
  readonly convert: CsvConverter;
}

export class CsvDecoder implements Decoder {
  readonly #options: CsvReadOptions;
  readonly #rows: DecodedRows;
  readonly #tokens: CsvTokenizer;
  readonly #lines = new LineBuffer();
  readonly #names: readonly string[];
  readonly #wanted: readonly WantedValue[];
  readonly #isPruned: boolean;
  #isFirst = true;
  #needsHeader: boolean;

  constructor(request: DecodeRequest, options: CsvReadOptions) {
    this.#options = options;
    this.#rows = new DecodedRows(request, options);
    this.#tokens = new CsvTokenizer(options);
    this.#needsHeader = options.header;
    const fields = request.schema.fields.filter((field) => field.name !== options.corruptColumn);
    this.#names = fields.map((field) => field.name);
    const times = timeParsers(options);
    const converters = fields.map((field) => csvConverter(field.name, field.dataType, options, times));
    this.#wanted = request.columns.map((name) => {
      const place = this.#names.indexOf(name);
      return { place, convert: place < 0 ? () => undefined : present(converters[place], 'a converter per field') };
    });
    this.#isPruned = this.#wanted.filter(({ place }) => place >= 0).length < fields.length;
  }

  push(block: Uint8Array): ColumnBatch[] {
    const batches: ColumnBatch[] = [];
    this.#lines.add(block);
    if (this.#options.multiLine || this.#options.lineSep !== undefined) return batches;
    this.#decodeTo(this.#lines.endOfLastLine(), batches);
    return batches;
  }

  finish(): ColumnBatch[] {
    const batches: ColumnBatch[] = [];
    this.#decodeTo(this.#lines.end, batches);
    this.#rows.flush(batches);
    return batches;
  }

  #decodeTo(end: number, batches: ColumnBatch[]): void {
    const { bytes, start } = this.#lines;
    if (end <= start) return;
    const text = utf8Text(bytes, start, end);
    this.#lines.consume(end);
    this.#rows.startBlock(batches);
    const from = this.#isFirst && text.startsWith('\ufeff') ? 1 : 0;
    this.#isFirst = false;
    if (this.#options.multiLine) this.#decodeDocument(text, from, batches);
    else if (this.#options.lineSep === undefined) this.#decodeLines(text, from, batches);
    else
      for (let at = from; at < text.length;) {
        const found = text.indexOf(this.#options.lineSep, at);
        const lineEnd = found < 0 ? text.length : found;
        this.#line(text, at, lineEnd, batches);
        at = lineEnd + this.#options.lineSep.length;
      }
  }

  #decodeLines(text: string, from: number, batches: ColumnBatch[]): void {
    if (!text.includes('\r')) {
      for (let at = from; at < text.length;) {
        const found = text.indexOf('\n', at);
        const lineEnd = found < 0 ? text.length : found;
        this.#line(text, at, lineEnd, batches);
        at = lineEnd + 1;
      }
      return;
    }
    let at = from;
    for (const match of text.matchAll(LINE_END)) {
      this.#line(text, at, match.index, batches);
      at = match.index + match[0].length;
    }
    this.#line(text, at, text.length, batches);
  }

  #line(text: string, start: number, end: number, batches: ColumnBatch[]): void {
    const { comment } = this.#options;
    if (isBlank(text, start, end) || (comment !== '' && text.startsWith(comment, start))) return;
    this.#tokens.reset(text, start, end);
    this.#record(this.#tokens.record(false), () => text.slice(start, end), batches);
  }

  #decodeDocument(text: string, from: number, batches: ColumnBatch[]): void {
    const { comment } = this.#options;
    for (let at = from; at < text.length; at = this.#tokens.position) {
      this.#tokens.reset(text, at, text.length);
      const start = at;
      const tokens = this.#tokens.record(true);
      const isEmpty = tokens.length === 1 && tokens[0] === undefined;
      if (isEmpty || (comment !== '' && text.startsWith(comment, start))) continue;
      this.#record(tokens, () => text.slice(start, this.#tokens.position).replace(/\r?\n$|\r$/, ''), batches);
    }
  }

  #record(tokens: readonly CsvToken[], text: () => string, batches: ColumnBatch[]): void {
    if (this.#needsHeader) {
      this.#needsHeader = false;
      if (!this.#options.enforceSchema) this.#checkHeader(tokens);
      return;
    }
    if (this.#tokens.isTooLong) return this.#rows.addRecord({ rows: undefined, isMalformed: true }, text, batches);
    let isMalformed = !this.#isPruned && tokens.length !== this.#names.length;
    const { nullValue, emptyValue } = this.#options;
    const row: (Value | null)[] = [];
    for (const { place, convert } of this.#wanted) {
      const token = place < 0 ? undefined : tokens[place];
      const value = token === '' ? emptyValue : (token ?? nullValue);
      if (place < 0 || value === nullValue) {
        row.push(null);
        continue;
      }
      const converted = convert(value);
      if (converted === undefined) isMalformed = true;
      row.push(converted ?? null);
    }
    this.#rows.addRecord({ rows: [row], isMalformed }, text, batches);
  }

  /** With `enforceSchema` off the header must name the columns, in any letter case. */
  #checkHeader(tokens: readonly CsvToken[]): void {
    const isSame =
      tokens.length === this.#names.length &&
      tokens.every((token, i) => token?.toLowerCase() === this.#names[i]?.toLowerCase());
    if (isSame) return;
    throw new MillraceError('CSV_HEADER_MISMATCH', {
      expected: this.#names.join(', '),
      found: tokens.map((token) => token ?? '').join(', '),
    });
  }
}

function isBlank(text: string, start: number, end: number): boolean {
  for (let i = start; i < end; i++) if (text.charCodeAt(i) > 0x20) return false;
  return true;
}
