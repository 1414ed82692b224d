/**
 * Decodes CSV into column batches. Two ways for a line: the kernel for runs of plain ones, and what is written here for any line, which is
 * also the kernel's twin: lines are cut first (quoted values may hold line ends only with option `multiLine`), then values, then
 * types. When fewer columns are wanted than the schema has, records with too few or too many values pass, as in Spark.
 */
import type { ColumnBatch } from '../../types/column-batch.ts';
import type { KernelInstance } from '../../kernels/kernel-instance.ts';
import type { Value } from '../../types/vector.ts';
import type { DecodeRequest, Decoder } from '../format.ts';
import type { CsvReadOptions } from './csv-options.ts';
import type { CsvConverter } from './csv-values.ts';
import { present } from '../../errors/assert.ts';
import { MillraceError } from '../../errors/millrace-error.ts';
import { DecodedRows } from '../decoded-rows.ts';
import { LineBuffer } from '../record-splitter.ts';
import { timeParsers } from '../text-values.ts';
import type { KernelRows } from '../kernel-rows.ts';
import { isValidUtf8, utf8Text } from '../utf8.ts';
import { type CsvLayout, csvKernelRows } from './csv-kernel-rows.ts';
import { type CsvToken, CsvTokenizer } from './csv-tokenizer.ts';
import { csvConverter } from './csv-values.ts';

/** Lines the kernel left one after the other, after which it is not asked again for a block. */
const MAX_VAIN = 64;
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
  readonly #lines: LineBuffer;
  readonly #kernel: KernelRows | undefined;
  readonly #names: readonly string[];
  readonly #wanted: readonly WantedValue[];
  readonly #isPruned: boolean;
  #isFirst = true;
  #needsHeader: boolean;

  /** Without `kernels` everything is done here. */
  constructor(request: DecodeRequest, options: CsvReadOptions, kernels?: KernelInstance) {
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
    const kernel = kernels === undefined ? undefined : csvKernelRows(kernels, this.#layout());
    this.#kernel = kernel;
    this.#lines = new LineBuffer(kernel === undefined ? undefined : () => kernel.input());
  }

  #layout(): CsvLayout {
    return {
      rows: this.#rows,
      options: this.#options,
      wanted: this.#wanted,
      numFields: this.#names.length,
      isPruned: this.#isPruned,
      bytes: () => this.#lines.bytes,
    };
  }

  push(block: Uint8Array): ColumnBatch[] {
    const batches: ColumnBatch[] = [];
    this.#lines.add(block);
    if (this.#options.multiLine || this.#options.lineSep !== undefined) return batches;
    this.#decodeTo(this.#lines.endOfLastLine(), batches);
    this.#lines.giveBack();
    return batches;
  }

  finish(): ColumnBatch[] {
    const batches: ColumnBatch[] = [];
    if (this.#kernel !== undefined) this.#lines.endLine();
    this.#decodeTo(this.#lines.end, batches);
    this.#lines.giveBack();
    this.#rows.flush(batches);
    return batches;
  }

  #decodeTo(end: number, batches: ColumnBatch[]): void {
    const { bytes, start } = this.#lines;
    if (end <= start) return;
    if (this.#kernel !== undefined && isValidUtf8(bytes, start, end)) {
      this.#decodeUsual(this.#kernel, end, batches);
      return;
    }
    this.#rows.startBlock(batches);
    this.#decodeText(utf8Text(bytes, start, end), batches);
    this.#lines.consume(end);
  }

  #decodeText(text: string, batches: ColumnBatch[]): void {
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

  /** Decodes valid UTF-8 up to `end`, behind a line feed, by the kernel and line by line where that stops. */
  #decodeUsual(kernel: KernelRows, end: number, batches: ColumnBatch[]): void {
    const { bytes, start } = this.#lines;
    this.#rows.startBlock(batches);
    kernel.attach(bytes);
    let position = this.#isFirst && startsWithMark(bytes, start, end) ? start + 3 : start;
    this.#isFirst = false;
    for (let numVain = 0; position < end && numVain < MAX_VAIN;) {
      this.#rows.makeRoom(batches);
      const before = position;
      if (!this.#needsHeader) position = kernel.decode(position, end);
      if (position >= end) break;
      numVain = position === before ? numVain + 1 : 0;
      if (this.#rows.isFull) continue;
      let lineEnd = position;
      while (bytes[lineEnd] !== 0x0a && bytes[lineEnd] !== 0x0d) lineEnd++;
      const text = utf8Text(bytes, position, lineEnd);
      this.#line(text, 0, text.length, batches);
      position = lineEnd + 1;
    }
    if (position < end) this.#decodeText(utf8Text(bytes, position, end), batches);
    this.#lines.consume(end);
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

function startsWithMark(bytes: Uint8Array, start: number, end: number): boolean {
  return end - start >= 3 && bytes[start] === 0xef && bytes[start + 1] === 0xbb && bytes[start + 2] === 0xbf;
}

function isBlank(text: string, start: number, end: number): boolean {
  for (let i = start; i < end; i++) if (text.charCodeAt(i) > 0x20) return false;
  return true;
}
