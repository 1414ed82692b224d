/**
 * The format `text`: one column `value`, a row per line or, with option `wholetext`, per file. Invalid UTF-8 becomes U+FFFD.
 */
import type { ColumnBatch } from '../../types/column-batch.ts';
import type { DecodeRequest, Decoder, Encoder, Format, FormatOptions } from '../format.ts';
import { MillraceError } from '../../errors/millrace-error.ts';
import { STRING, type StructType, field, struct } from '../../types/data-type.ts';
import { checkOptionNames, optionBoolean } from '../../types/options.ts';
import { encodingOf, transcoded, transcodedEncoder } from '../charset.ts';
import { ByteWriter } from '../byte-writer.ts';
import { DecodedRows } from '../decoded-rows.ts';
import { lineSeparator, refuseUnsupported } from '../json/json-options.ts';
import { LineBuffer, LineSplitter, type RecordSplitter, SeparatorSplitter } from '../record-splitter.ts';
import { utf8Text } from '../utf8.ts';

const OPTION_NAMES: readonly string[] = ['compression', 'encoding', 'lineSep', 'wholetext'];
const EMPTY = new Uint8Array(0);

export const textFormat: Format = {
  name: 'text',
  extension: 'txt',
  optionNames: OPTION_NAMES,
  fixedSchema: struct([field('value', STRING)]),
  isCutAtLines: (options) =>
    optionBoolean('text', options, 'wholetext') !== true &&
    lineSeparator('text', options) === undefined &&
    encodingOf(options) === undefined,
  createDecoder: (request) => transcoded(request.options, new TextDecoderOfLines(request)),
  createEncoder: (schema, options) => transcodedEncoder(options, new TextLinesEncoder(schema, options)),
};

class TextDecoderOfLines implements Decoder {
  readonly #rows: DecodedRows;
  readonly #lines = new LineBuffer();
  /** Undefined: the whole file is one value. */
  readonly #splitter: RecordSplitter | undefined;

  constructor(request: DecodeRequest) {
    checkTextOptions(request.options);
    checkTextSchema(request.schema);
    const lineSep = lineSeparator('text', request.options);
    const isWhole = optionBoolean('text', request.options, 'wholetext') ?? false;
    this.#splitter = isWhole ? undefined : lineSep === undefined ? new LineSplitter() : new SeparatorSplitter(lineSep);
    this.#rows = new DecodedRows(request, { mode: 'PERMISSIVE', corruptColumn: '' });
  }

  push(block: Uint8Array): ColumnBatch[] {
    this.#lines.add(block);
    return this.#decode(false);
  }

  finish(): ColumnBatch[] {
    const batches = this.#decode(true);
    if (this.#splitter === undefined) this.#add(this.#lines.start, this.#lines.end, batches);
    this.#rows.flush(batches);
    return batches;
  }

  #decode(isLast: boolean): ColumnBatch[] {
    const batches: ColumnBatch[] = [];
    const splitter = this.#splitter;
    if (splitter === undefined) return batches;
    const lines = this.#lines;
    this.#rows.startBlock(batches);
    for (;;) {
      const end = splitter.endOfRecord(lines.bytes, lines.start, lines.end, isLast);
      if (end < 0) return batches;
      this.#add(lines.start, end, batches);
      lines.consume(Math.min(lines.end, end + splitter.separatorBytes(lines.bytes, end, lines.end)));
      if (lines.start >= lines.end) return batches;
    }
  }

  #add(start: number, end: number, batches: ColumnBatch[]): void {
    const value = this.#rows.columns.length === 0 ? [] : [utf8Text(this.#lines.bytes, start, end)];
    this.#rows.addRecord({ rows: [value], isMalformed: false }, () => '', batches);
  }
}

class TextLinesEncoder implements Encoder {
  readonly #out = new ByteWriter();
  readonly #lineSep: Uint8Array;

  constructor(schema: StructType, options: FormatOptions) {
    checkTextOptions(options);
    checkTextSchema(schema);
    this.#lineSep = new TextEncoder().encode(lineSeparator('text', options) ?? '\n');
  }

  header(): Uint8Array {
    return EMPTY;
  }

  footer(): Uint8Array {
    return EMPTY;
  }

  encode(batch: ColumnBatch): Uint8Array {
    const [column] = batch.columns;
    for (let row = 0; row < batch.numRows; row++) {
      const isNull = column?.validity !== undefined && column.validity[row] === 0;
      if (column?.layout === 'string' && !isNull) this.#out.append(column.dictionary.bytes(column.ids[row] as number));
      this.#out.append(this.#lineSep);
    }
    return this.#out.take();
  }
}

function checkTextOptions(options: FormatOptions): void {
  checkOptionNames('text', options, OPTION_NAMES);
  refuseUnsupported('text', options);
}

function checkTextSchema(schema: StructType): void {
  const [column] = schema.fields;
  if (schema.fields.length === 1 && column?.dataType.kind === 'string') return;
  const found = schema.fields.map((one) => `${one.name} ${one.dataType.kind}`).join(', ');
  throw new MillraceError('UNSUPPORTED_FEATURE', {
    feature: `A schema other than one STRING column (${found}) for text files`,
  });
}
