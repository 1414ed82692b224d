/**
 * The decoders of assembly/json-lines.ts and csv-lines.ts, as TypeScript sees them: give them the columns, then input, then let them
 * decode, and read what they found from the memory's views. One per thread; their TypeScript twins are the generated decoder of
 * formats/json and the decoder of formats/csv.
 */
import type { StringDictionary } from '../types/string-dictionary.ts';
import type { KernelInstance } from './kernel-instance.ts';
import { assert } from '../errors/assert.ts';
import {
  COLUMN_BYTES,
  COLUMN_IS_UTC,
  COLUMN_KIND,
  COLUMN_MAX_DIGITS,
  COLUMN_MINUTES,
  COLUMN_NUM_NULLS,
  COLUMN_SPANS,
  COLUMN_VALIDITY,
  COLUMN_VALUES,
  JOB_COLUMNS,
  JOB_DEFERRED,
  JOB_DEFERRED_LIMIT,
  JOB_END,
  JOB_ESCAPE,
  JOB_FIELDS,
  JOB_IS_EXACT,
  JOB_NAMES,
  JOB_NODES,
  JOB_NUM_COLUMNS,
  JOB_NUM_DEFERRED,
  JOB_NUM_FIELDS,
  JOB_NUM_NODES,
  JOB_NUM_ROWS,
  JOB_POSITION,
  JOB_QUOTE,
  JOB_ROW_LIMIT,
  JOB_SEPARATOR,
  JOB_STARTS,
  JOB_STATUS,
  JOB_TEXTS,
  JOB_TEXTS_END,
  MAX_NODES,
  MINUTE_BYTES,
  MINUTE_LOCAL_MICROS,
  MINUTE_UTC_MICROS,
  NAME_BYTES,
  NODE_BYTES,
  NODE_COLUMN,
  NODE_NEXT,
  NOTE_BYTES,
  NUM_MINUTES,
  STATUS_MISFIT,
} from './kernel-layout.ts';
import { StringCache } from './string-cache.ts';

/** More columns, or longer names in all, are not for the kernel. */
const MAX_COLUMNS = 64;
const MAX_NAME_BYTES = 16_384;
/** Input taken at a time: a block of a file and the rest of a line before it. */
const INPUT_BYTES = 272 << 10;
/** Loads go over the end of the input; callers see a part of these bytes. */
const PADDING = 64;
export const INPUT_PADDING = 32;
const OUTPUT_BYTES = 1 << 20;
const MAX_ROWS = 4096;
const MAX_DEFERRED = 4096;
/** Lines with more values are not for the kernel. */
const MAX_FIELDS = 4096;
/** Stands for a character that there is not. */
const NO_CODE = 256;
const TEXT_BYTES = 256 << 10;
const JOB_BYTES = 128;
/** Value, span and validity of a row of a column. */
const ROW_BYTES = 17;
const NO_NAME = 0xffff_ffff | 0;
const UNKNOWN_TIME = -(2n ** 63n);

/** A column wanted from the records. */
export interface LinesColumn {
  /** One of the KIND_ constants. */
  readonly kind: number;
  /** The UTF-8 name in JSON records; undefined for a column that is never in the input. */
  readonly name: Uint8Array | undefined;
  readonly maxDigits: number;
  /** Whether times without zone are UTC. */
  readonly isUtc: boolean;
}

/** Lines of CSV. */
export interface CsvLines {
  /** Code of the separator: a character below 128 that no number, time or boolean contains. */
  readonly separator: number;
  /** Code of the quote; undefined for none. */
  readonly quote: number | undefined;
  /** Code of the escape in quoted values; undefined for none. */
  readonly escape: number | undefined;
  /** The column of each value of a line, -1 where it is not wanted. */
  readonly fields: Int32Array;
  /** Whether lines with more or fewer values are for the caller. */
  readonly isExact: boolean;
}

/** A value the kernel skipped. */
export interface DeferredValue {
  readonly row: number;
  readonly column: number;
  /** Where it is in the input. */
  readonly position: number;
}

export class LinesKernel {
  readonly kernels: KernelInstance;
  readonly texts: StringCache;
  /** Rows the last `decode` found. */
  numRows = 0;
  numDeferred = 0;
  /** Whether the last `decode` ended at a record it cannot read. */
  isMisfit = false;
  readonly #job: number;
  readonly #columns: number;
  readonly #names: number;
  readonly #nameBytes: number;
  readonly #nodes: number;
  readonly #input: number;
  readonly #output: number;
  readonly #starts: number;
  readonly #deferred: number;
  readonly #texts: number;
  readonly #misses: number;
  readonly #fields: number;
  #current: readonly LinesColumn[] = [];
  #csv: CsvLines | undefined;
  #maxRows = MAX_ROWS;

  constructor(kernels: KernelInstance) {
    this.kernels = kernels;
    this.#job = kernels.reserve(JOB_BYTES);
    this.#columns = kernels.reserve(MAX_COLUMNS * COLUMN_BYTES);
    this.#names = kernels.reserve(MAX_COLUMNS * NAME_BYTES);
    this.#nameBytes = kernels.reserve(MAX_NAME_BYTES);
    this.#nodes = kernels.reserve(MAX_NODES * NODE_BYTES);
    this.#starts = kernels.reserve(MAX_ROWS * 4);
    this.#misses = kernels.reserve(MAX_ROWS * 4);
    this.#fields = kernels.reserve(MAX_FIELDS * 4);
    this.#deferred = kernels.reserve(MAX_DEFERRED * NOTE_BYTES);
    this.#input = kernels.reserve(INPUT_BYTES + PADDING);
    this.#texts = kernels.reserve(TEXT_BYTES);
    this.#output = kernels.reserve(OUTPUT_BYTES);
    this.texts = new StringCache(kernels);
  }

  /** Whether records with these columns are for the kernel at all. */
  static accepts(columns: readonly LinesColumn[], csv?: CsvLines): boolean {
    if (csv !== undefined && csv.fields.length > MAX_FIELDS) return false;
    const sizeBytes = columns.reduce((sum, { name }) => sum + (name?.length ?? 0), 0);
    return columns.length <= MAX_COLUMNS && sizeBytes <= MAX_NAME_BYTES;
  }

  get maxInputBytes(): number {
    return INPUT_BYTES;
  }

  /** Makes `columns` the ones to decode, unless they are: from lines of CSV, or from JSON records. */
  use(columns: readonly LinesColumn[], csv?: CsvLines): void {
    if (columns === this.#current) return;
    assert(LinesKernel.accepts(columns, csv), 'the kernel accepts the columns');
    this.#current = columns;
    this.#csv = csv;
    this.#maxRows = Math.min(
      MAX_ROWS,
      Math.floor(OUTPUT_BYTES / (ROW_BYTES * Math.max(1, columns.length) + 1) / 8) * 8,
    );
    this.#writeJob(columns.length);
    this.#writeColumns(columns);
    if (csv === undefined) this.#resetNodes();
    else this.#writeCsv(csv);
  }

  /** Takes the bytes `[start, end)`, at most `maxInputBytes`, which must end with a line feed. */
  load(bytes: Uint8Array, start: number, end: number): void {
    assert(end - start <= INPUT_BYTES && bytes[end - 1] === 0x0a, 'input is cut behind a line');
    this.kernels.bytes.set(bytes.subarray(start, end), this.#input);
    this.kernels.setWord(this.#job + JOB_END, this.#input + end - start);
  }

  /**
   * The memory for input, to be filled by the caller, and behind it INPUT_PADDING bytes that are read and mean nothing; the caller's own until
   * any other decoder of the thread is used.
   */
  input(): Uint8Array<ArrayBuffer> {
    return this.kernels.bytes.subarray(this.#input, this.#input + INPUT_BYTES + INPUT_PADDING);
  }

  /** Whether these bytes are a result of `input`. */
  isInput(bytes: Uint8Array): boolean {
    return bytes.buffer === this.kernels.bytes.buffer && bytes.byteOffset === this.#input;
  }

  /** Takes what the caller has put into `input`, up to `end`, which must be behind a line feed. */
  loadInPlace(end: number): void {
    assert(end <= INPUT_BYTES && this.kernels.bytes[this.#input + end - 1] === 0x0a, 'input is cut behind a line');
    this.kernels.setWord(this.#job + JOB_END, this.#input + end);
  }

  /** Decodes records from `position` of the loaded input, at most `maxRows`; answers the position behind the last one. */
  decode(position: number, maxRows: number): number {
    const { kernels } = this;
    const job = this.#job;
    const limit = Math.min(maxRows, this.#maxRows);
    kernels.setWord(job + JOB_POSITION, this.#input + position);
    kernels.setWord(job + JOB_ROW_LIMIT, limit);
    kernels.setWord(job + JOB_TEXTS, this.#texts);
    for (let i = 0; i < this.#current.length; i++) {
      const column = this.#columns + i * COLUMN_BYTES;
      if (kernels.word(column + COLUMN_NUM_NULLS) > 0) {
        kernels.setWord(column + COLUMN_NUM_NULLS, 0);
        const validity = kernels.word(column + COLUMN_VALIDITY);
        kernels.bytes.fill(1, validity, validity + this.#maxRows);
      }
    }
    const { exports } = kernels;
    const end = this.#csv === undefined ? exports.decodeJsonLines(job) : exports.decodeCsvLines(job);
    this.numRows = kernels.word(job + JOB_NUM_ROWS);
    this.numDeferred = kernels.word(job + JOB_NUM_DEFERRED);
    this.isMisfit = kernels.word(job + JOB_STATUS) === STATUS_MISFIT;
    return end - this.#input;
  }

  /** Where the record of a row of the last `decode` starts. */
  startOf(row: number): number {
    return this.kernels.word(this.#starts + row * 4) - this.#input;
  }

  /** The values left to the caller, in order of their rows. */
  deferred(i: number): DeferredValue {
    const note = this.#deferred + i * NOTE_BYTES;
    return {
      row: this.kernels.word(note),
      column: this.kernels.word(note + 4),
      position: this.kernels.word(note + 8) - this.#input,
    };
  }

  /** The address of a column's values: ints, longs, doubles or bytes as its kind says; of strings, once found, their ids. */
  valuesOf(index: number): number {
    return this.kernels.word(this.#columns + index * COLUMN_BYTES + COLUMN_VALUES);
  }

  /** The address of a column's validity bytes. */
  validityOf(index: number): number {
    return this.kernels.word(this.#columns + index * COLUMN_BYTES + COLUMN_VALIDITY);
  }

  numNullsOf(index: number): number {
    return this.kernels.word(this.#columns + index * COLUMN_BYTES + COLUMN_NUM_NULLS);
  }

  /** Fills the ids of a string column's rows; texts that are new come into the dictionary. */
  findTexts(index: number, dictionary: StringDictionary): void {
    const { kernels, texts } = this;
    const spans = kernels.word(this.#columns + index * COLUMN_BYTES + COLUMN_SPANS);
    const column = { spans, ids: this.valuesOf(index) };
    const owner = texts.ownerOf(dictionary);
    const numMisses = texts.find(owner, column, this.numRows, this.#misses);
    if (numMisses === 0) return;
    const { bytes, words } = kernels;
    for (let miss = this.#misses >> 2; miss < (this.#misses >> 2) + numMisses; miss++) {
      const row = words[miss] as number;
      const start = words[(spans >> 2) + row * 2] as number;
      const length = words[(spans >> 2) + row * 2 + 1] as number;
      words[(column.ids >> 2) + row] = dictionary.internBytes(bytes, start, start + length);
    }
    texts.remember(owner, column, this.#misses, numMisses);
  }

  /** Says what a minute read in a column is as local time, if the minute with these microseconds as UTC is still known. */
  learnLocalMinute(index: number, utcMicros: bigint, localMicros: bigint): void {
    const { longs } = this.kernels;
    const minutes = this.#columns + index * COLUMN_BYTES + COLUMN_MINUTES;
    for (let entry = minutes; entry < minutes + NUM_MINUTES * MINUTE_BYTES; entry += MINUTE_BYTES)
      if (longs[(entry + MINUTE_UTC_MICROS) >> 3] === utcMicros)
        longs[(entry + MINUTE_LOCAL_MICROS) >> 3] = localMicros;
  }

  #writeJob(numColumns: number): void {
    const { kernels } = this;
    const job = this.#job;
    kernels.setWord(job + JOB_NUM_COLUMNS, numColumns);
    kernels.setWord(job + JOB_COLUMNS, this.#columns);
    kernels.setWord(job + JOB_NAMES, this.#names);
    kernels.setWord(job + JOB_NODES, this.#nodes);
    kernels.setWord(job + JOB_STARTS, this.#starts);
    kernels.setWord(job + JOB_DEFERRED, this.#deferred);
    kernels.setWord(job + JOB_DEFERRED_LIMIT, MAX_DEFERRED);
    kernels.setWord(job + JOB_TEXTS_END, this.#texts + TEXT_BYTES);
  }

  #writeCsv({ separator, quote, escape, fields, isExact }: CsvLines): void {
    const { kernels } = this;
    const job = this.#job;
    kernels.setWord(job + JOB_SEPARATOR, separator);
    kernels.setWord(job + JOB_QUOTE, quote ?? NO_CODE);
    kernels.setWord(job + JOB_ESCAPE, escape ?? NO_CODE);
    kernels.setWord(job + JOB_IS_EXACT, isExact ? 1 : 0);
    kernels.setWord(job + JOB_NUM_FIELDS, fields.length);
    kernels.setWord(job + JOB_FIELDS, this.#fields);
    kernels.words.set(fields, this.#fields >> 2);
  }

  #writeColumns(columns: readonly LinesColumn[]): void {
    const { kernels } = this;
    let nameStart = this.#nameBytes;
    let output = this.#output;
    columns.forEach(({ kind, name, maxDigits, isUtc }, i) => {
      const column = this.#columns + i * COLUMN_BYTES;
      kernels.bytes.fill(0, column, column + COLUMN_BYTES);
      kernels.setWord(column + COLUMN_KIND, kind);
      kernels.setWord(column + COLUMN_VALUES, output);
      kernels.setWord(column + COLUMN_SPANS, output + this.#maxRows * 8);
      kernels.setWord(column + COLUMN_VALIDITY, output + this.#maxRows * 16);
      kernels.bytes.fill(1, output + this.#maxRows * 16, output + this.#maxRows * ROW_BYTES);
      output += this.#maxRows * ROW_BYTES;
      kernels.setWord(column + COLUMN_MAX_DIGITS, maxDigits);
      kernels.setWord(column + COLUMN_IS_UTC, isUtc ? 1 : 0);
      const minutes = column + COLUMN_MINUTES;
      for (let entry = minutes; entry < minutes + NUM_MINUTES * MINUTE_BYTES; entry += MINUTE_BYTES)
        kernels.longs[(entry + MINUTE_UTC_MICROS) >> 3] = UNKNOWN_TIME;
      kernels.setWord(this.#names + i * NAME_BYTES, nameStart);
      kernels.setWord(this.#names + i * NAME_BYTES + 4, name?.length ?? NO_NAME);
      kernels.bytes.set(name ?? [], nameStart);
      nameStart += name?.length ?? 0;
    });
  }

  /** Only the start and the end of a record are known, and nothing of what comes between. */
  #resetNodes(): void {
    const { kernels } = this;
    const end = this.#nodes + NODE_BYTES;
    kernels.bytes.fill(0, this.#nodes, end + NODE_BYTES);
    for (const node of [this.#nodes, end]) {
      kernels.setWord(node + NODE_COLUMN, -1);
      kernels.setWord(node + NODE_NEXT, end);
    }
    kernels.setWord(this.#job + JOB_NUM_NODES, 2);
  }
}

const kernelOf = new WeakMap<KernelInstance, LinesKernel>();

/** The decoder of an instance. */
export function linesKernel(kernels: KernelInstance): LinesKernel {
  const known = kernelOf.get(kernels);
  if (known !== undefined) return known;
  const kernel = new LinesKernel(kernels);
  kernelOf.set(kernels, kernel);
  return kernel;
}
