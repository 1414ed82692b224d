/**
 * Decodes JSON Lines into column batches. Three ways for a record, fastest first: the kernel for runs of usual records (without kernels the
 * decoder generated for their shape), the byte reader for any plain record, the record parser for all else. All agree wherever they apply; only the last one
 * decides that a record is malformed. Row order is the order of the input; a bad record never hides others.
 */
import type { ColumnBatch } from '../../types/column-batch.ts';
import type { DecodeRequest, Decoder } from '../format.ts';
import type { GeneratedDecoder } from './json-codegen.ts';
import type { JsonReadOptions } from './json-options.ts';
import type { RecordSplitter } from '../record-splitter.ts';
import type { KernelInstance } from '../../kernels/kernel-instance.ts';
import { JsonByteReader } from './json-byte-reader.ts';
import { type KernelRows } from '../kernel-rows.ts';
import { kernelRowsOf } from './json-kernel-rows.ts';
import { wantedColumns } from './json-wanted.ts';
import { JsonRecordParser } from './json-record-parser.ts';
import { DecodedRows } from '../decoded-rows.ts';
import { generateDecoder } from './json-codegen.ts';
import { learnShape } from './json-shape.ts';
import { lenientUtf8Text, isValidUtf8, utf8Text } from '../utf8.ts';
import { LineBuffer, SeparatorSplitter } from '../record-splitter.ts';

/** What a decoder may use. */
export interface JsonDecoderTools {
  /** The kernels; undefined for their TypeScript twins. */
  readonly kernels: KernelInstance | undefined;
  /** False leaves generated code out, as on hosts that forbid it. */
  readonly mayGenerate: boolean;
}

/** How often a decoder is generated anew when records stop fitting. */
const MAX_SHAPES = 8;
/** Records that did not fit among the last ones before a new shape is learnt. */
const MAX_MISFITS = 200;

/** A decoder for lines ended by LF, CR LF or CR, or by the option `lineSep`. */
export class JsonLinesDecoder implements Decoder {
  readonly #rows: DecodedRows;
  readonly #parser: JsonRecordParser;
  readonly #reader: JsonByteReader;
  readonly #lines: LineBuffer;
  readonly #splitter: RecordSplitter | undefined;
  readonly #run = { row: 0 };
  readonly #mayGenerate: boolean;
  /** Limits narrower than usual are known to the record parser alone. */
  readonly #isLimited: boolean;
  readonly #kernel: KernelRows | undefined;
  #generated: GeneratedDecoder | undefined;
  #numShapes = 0;
  #numMisfits = 0;
  #isFirst = true;

  constructor(request: DecodeRequest, options: JsonReadOptions, { kernels, mayGenerate }: JsonDecoderTools) {
    this.#rows = new DecodedRows(request, options);
    this.#parser = new JsonRecordParser(this.#rows.schema, options);
    this.#reader = new JsonByteReader(wantedColumns(this.#rows, this.#parser, options), this.#parser, options.timeZone);
    this.#splitter = options.lineSep === undefined ? undefined : new SeparatorSplitter(options.lineSep);
    this.#mayGenerate = mayGenerate;
    this.#isLimited = hasNarrowLimits(options);
    this.#kernel =
      kernels === undefined || this.#isLimited ? undefined : kernelRowsOf(kernels, this.#rows, this.#reader, options);
    const kernel = this.#kernel;
    this.#lines = new LineBuffer(kernel === undefined ? undefined : () => kernel.input());
  }

  push(block: Uint8Array): ColumnBatch[] {
    const batches: ColumnBatch[] = [];
    this.#lines.add(block);
    const end = this.#splitter === undefined ? this.#lines.endOfLastLine() : this.#lines.end;
    if (this.#splitter === undefined) this.#decodeLines(end, batches);
    else this.#decodeSeparated(this.#splitter, end, false, batches);
    this.#lines.giveBack();
    return batches;
  }

  finish(): ColumnBatch[] {
    const batches: ColumnBatch[] = [];
    if (this.#splitter !== undefined) this.#decodeSeparated(this.#splitter, this.#lines.end, true, batches);
    else {
      this.#lines.endLine();
      this.#decodeLines(this.#lines.end, batches);
    }
    this.#lines.giveBack();
    this.#rows.flush(batches);
    return batches;
  }

  /** Decodes the lines from the start of the buffer to `end`, which is behind a line feed. */
  #decodeLines(end: number, batches: ColumnBatch[]): void {
    const lines = this.#lines;
    if (end <= lines.start) return;
    this.#reader.attach(lines.bytes, lines.view);
    this.#kernel?.attach(lines.bytes);
    this.#skipByteOrderMark();
    this.#rows.startBlock(batches, this.#kernel === undefined);
    let position = lines.start;
    const isValid = isValidUtf8(lines.bytes, position, end);
    while (position < end) {
      this.#rows.makeRoom(batches);
      if (isValid && !this.#isLimited) position = this.#decodeUsual(position, end);
      if (position >= end) break;
      if (this.#rows.isFull) continue;
      position = this.#decodeOne(position, end, isValid, batches);
    }
    lines.consume(end);
  }

  /** Runs the kernel, or the generated decoder in its place, as far as it goes. */
  #decodeUsual(position: number, end: number): number {
    if (this.#kernel !== undefined) return this.#kernel.decode(position, end);
    const { bytes, view } = this.#lines;
    if (this.#generated === undefined || this.#numMisfits > MAX_MISFITS) this.#learn(position);
    if (this.#generated === undefined) return position;
    this.#run.row = this.#rows.numRows;
    const next = this.#generated(bytes, view, position, end, this.#rows.capacity, this.#run);
    const decoded = this.#run.row - this.#rows.numRows;
    this.#rows.numRows = this.#run.row;
    this.#numMisfits = Math.max(0, this.#numMisfits - (decoded >>> 1)) + 1;
    return next;
  }

  #learn(position: number): void {
    if (!this.#mayGenerate || this.#numShapes >= MAX_SHAPES) return;
    this.#numMisfits = 0;
    const shape = learnShape(this.#lines.bytes, position, this.#reader);
    if (shape === undefined) return;
    this.#numShapes++;
    this.#generated = generateDecoder(shape, this.#reader) ?? this.#generated;
  }

  /** Decodes one line by the byte reader or the record parser. */
  #decodeOne(position: number, end: number, isValid: boolean, batches: ColumnBatch[]): number {
    const { bytes } = this.#lines;
    const first = bytes[position];
    if (first === 0x0a || first === 0x0d) return position + 1;
    const isPlain = isValid || isValidUtf8(bytes, position, lineEnd(bytes, position, end));
    const next = isPlain && !this.#isLimited ? this.#reader.record(position, this.#rows.numRows, -1) : -1;
    if (next >= 0) {
      this.#rows.numRows++;
      return next;
    }
    const recordEnd = lineEnd(bytes, position, end);
    this.#parse(position, recordEnd, batches);
    return recordEnd + 1;
  }

  #decodeSeparated(splitter: RecordSplitter, end: number, isLast: boolean, batches: ColumnBatch[]): void {
    const lines = this.#lines;
    this.#reader.attach(lines.bytes, lines.view);
    if (isLast || end - lines.start >= 3) this.#skipByteOrderMark();
    this.#rows.startBlock(batches, true);
    for (;;) {
      const recordEnd = splitter.endOfRecord(lines.bytes, lines.start, end, isLast);
      if (recordEnd < 0) return;
      this.#rows.makeRoom(batches);
      const isPlain = isValidUtf8(lines.bytes, lines.start, recordEnd);
      if (isPlain && !this.#isLimited && this.#reader.record(lines.start, this.#rows.numRows, recordEnd) === recordEnd)
        this.#rows.numRows++;
      else this.#parse(lines.start, recordEnd, batches);
      lines.consume(Math.min(end, recordEnd + splitter.separatorBytes(lines.bytes, recordEnd, end)));
      if (lines.start >= end) return;
    }
  }

  #parse(start: number, end: number, batches: ColumnBatch[]): void {
    const { bytes } = this.#lines;
    const record = this.#parser.parse(lenientUtf8Text(bytes, start, end), !isValidUtf8(bytes, start, end));
    this.#rows.addRecord(record, () => utf8Text(bytes, start, end), batches);
  }

  #skipByteOrderMark(): void {
    const { bytes, start, end } = this.#lines;
    if (
      this.#isFirst &&
      end - start >= 3 &&
      bytes[start] === 0xef &&
      bytes[start + 1] === 0xbb &&
      bytes[start + 2] === 0xbf
    )
      this.#lines.consume(start + 3);
    this.#isFirst = false;
  }
}

/** True when a record that the fast ways read may be beyond a limit of the options. */
function hasNarrowLimits({ maxNestingDepth, maxNumLen, maxStringLen }: JsonReadOptions): boolean {
  return maxNestingDepth < 1000 || maxNumLen < 1000 || maxStringLen < 0x7fff_ffff;
}

/** A decoder for option `multiLine`: the whole file is one record, an object or an array of objects. */
export class JsonDocumentDecoder implements Decoder {
  readonly #rows: DecodedRows;
  readonly #parser: JsonRecordParser;
  readonly #lines = new LineBuffer();

  constructor(request: DecodeRequest, options: JsonReadOptions) {
    this.#rows = new DecodedRows(request, options);
    this.#parser = new JsonRecordParser(this.#rows.schema, options);
  }

  push(block: Uint8Array): ColumnBatch[] {
    this.#lines.add(block);
    return [];
  }

  finish(): ColumnBatch[] {
    const { bytes, start, end } = this.#lines;
    const batches: ColumnBatch[] = [];
    this.#rows.startBlock(batches, true);
    const record = this.#parser.parse(lenientUtf8Text(bytes, start, end), !isValidUtf8(bytes, start, end));
    this.#rows.addRecord(record, () => utf8Text(bytes, start, end), batches);
    this.#rows.flush(batches);
    return batches;
  }
}

/** The end of the line at `position`: its first LF or CR. */
function lineEnd(bytes: Uint8Array, position: number, end: number): number {
  let p = position;
  while (p < end && bytes[p] !== 0x0a && bytes[p] !== 0x0d) p++;
  return p;
}
