/**
 * Decodes runs of usual lines with a kernel: copies what it found into the columns, gives dictionary ids to new texts, and has the format
 * convert the values the kernel skipped. Where a value turns out to be malformed the run ends before its line.
 */
import type { KernelInstance } from '../kernels/kernel-instance.ts';
import type { CsvLines, LinesColumn } from '../kernels/lines-kernel.ts';
import type { DataType } from '../types/data-type.ts';
import type { ColumnBuffer } from './column-buffer.ts';
import type { DecodedRows } from './decoded-rows.ts';
import { present } from '../errors/assert.ts';
import {
  KIND_BOOLEAN,
  KIND_DATE,
  KIND_DOUBLE,
  KIND_FLOAT,
  KIND_INTEGER,
  KIND_LONG,
  KIND_OTHER,
  KIND_STRING,
  KIND_TIMESTAMP,
} from '../kernels/kernel-layout.ts';
import { LinesKernel, linesKernel } from '../kernels/lines-kernel.ts';

const MAX_DIGITS: Readonly<Record<string, number>> = { byte: 2, short: 4, integer: 9, long: 18 };
const NO_BYTES = new Uint8Array(0);

/** What a format wants of the kernel. */
export interface KernelTask {
  readonly rows: DecodedRows;
  readonly columns: readonly LinesColumn[];
  /** Where the values of each column go. */
  readonly buffers: readonly ColumnBuffer[];
  /** Given for lines of CSV, absent for JSON. */
  readonly csv?: CsvLines;
  /**
   * Converts the value of a column that begins at `position` of the attached bytes into a row; false when it is malformed. For a time
   * without zone it may leave in the buffer what its minute is.
   */
  readonly convert: (column: number, position: number, row: number) => boolean;
}

export class KernelRows {
  readonly #kernel: LinesKernel;
  readonly #task: KernelTask;
  #bytes: Uint8Array = NO_BYTES;
  /** The part of the bytes that the kernel has. */
  #start = 0;
  #end = 0;
  #isInPlace = false;

  private constructor(kernel: LinesKernel, task: KernelTask) {
    this.#kernel = kernel;
    this.#task = task;
  }

  /** The decoder, or undefined when the columns are too many for the kernel. */
  static create(kernels: KernelInstance, task: KernelTask): KernelRows | undefined {
    return LinesKernel.accepts(task.columns, task.csv) ? new KernelRows(linesKernel(kernels), task) : undefined;
  }

  /** The kernel's own memory for input, with padding: bytes attached there are not copied. */
  input(): Uint8Array<ArrayBuffer> {
    return this.#kernel.input();
  }

  /** The bytes to read from; call it whenever they have changed. */
  attach(bytes: Uint8Array): void {
    this.#bytes = bytes;
    this.#start = this.#end = 0;
    this.#isInPlace = this.#kernel.isInput(bytes);
  }

  /**
   * Decodes records from `position` to `end`, which is behind a line feed, while there is room for rows. Answers where it stopped: before
   * `end` and with room left, at a record that needs another way.
   */
  decode(position: number, end: number): number {
    const kernel = this.#kernel;
    const { rows, columns, csv } = this.#task;
    kernel.use(columns, csv);
    let p = position;
    while (p < end && !rows.isFull) {
      if ((p < this.#start || p >= this.#end) && !this.#load(p, end)) return p;
      const next = kernel.decode(p - this.#start, rows.capacity - rows.numRows);
      const numRows = this.#take(rows.numRows);
      rows.numRows += numRows;
      if (numRows < kernel.numRows) return this.#start + kernel.startOf(numRows);
      p = this.#start + next;
      if (kernel.isMisfit) return p;
    }
    return p;
  }

  /** Gives the kernel as many whole lines as it takes; false when the first one is too long. */
  #load(position: number, end: number): boolean {
    if (this.#isInPlace) {
      this.#kernel.loadInPlace(end);
      this.#start = 0;
      this.#end = end;
      return true;
    }
    const limit = Math.min(end, position + this.#kernel.maxInputBytes);
    const lastLineEnd = limit === end ? end : this.#bytes.subarray(position, limit).lastIndexOf(0x0a) + 1 + position;
    if (lastLineEnd <= position) return false;
    this.#kernel.load(this.#bytes, position, lastLineEnd);
    this.#start = position;
    this.#end = lastLineEnd;
    return true;
  }

  /** Copies the rows the kernel found behind row `first` of the batch; answers how many of them are good. */
  #take(first: number): number {
    const { numRows, numDeferred } = this.#kernel;
    if (numRows === 0) return 0;
    for (let i = 0; i < this.#task.columns.length; i++) this.#copyColumn(i, first, numRows);
    for (let i = 0; i < numDeferred; i++) {
      const { row, column, position } = this.#kernel.deferred(i);
      if (!this.#task.convert(column, this.#start + position, first + row)) return row;
      if (this.#task.columns[column]?.kind === KIND_TIMESTAMP) this.#learnLocalMinute(column);
    }
    return numRows;
  }

  #copyColumn(index: number, first: number, numRows: number): void {
    const kernel = this.#kernel;
    const { kind } = present(this.#task.columns[index], 'a kind per column');
    const column = present(this.#task.buffers[index], 'a buffer per column');
    if (kind === KIND_STRING) kernel.findTexts(index, column.dictionary);
    const { kernels } = kernel;
    const numNulls = kernel.numNullsOf(index);
    if (numNulls > 0) {
      const validity = kernel.validityOf(index);
      column.validity.set(kernels.bytes.subarray(validity, validity + numRows), first);
      column.hasNulls = true;
    } else if (column.hasNulls) column.validity.fill(1, first, first + numRows);
    const values = kernel.valuesOf(index);
    switch (kind) {
      case KIND_BOOLEAN:
        column.booleans.set(kernels.bytes.subarray(values, values + numRows), first);
        break;
      case KIND_INTEGER:
      case KIND_DATE:
      case KIND_STRING:
        column.ints.set(kernels.words.subarray(values >> 2, (values >> 2) + numRows), first);
        break;
      case KIND_LONG:
      case KIND_TIMESTAMP:
        column.longs.set(kernels.longs.subarray(values >> 3, (values >> 3) + numRows), first);
        break;
      case KIND_DOUBLE:
      case KIND_FLOAT:
        column.doubles.set(kernels.doubles.subarray(values >> 3, (values >> 3) + numRows), first);
        break;
      default:
        for (let row = first; numNulls > 0 && row < first + numRows; row++)
          if (column.validity[row] === 0) column.setNull(row);
    }
  }

  /** Tells the kernel what the format has found out about the zone. */
  #learnLocalMinute(index: number): void {
    const { minuteUtcMs, minuteLocalMs } = present(this.#task.buffers[index], 'a buffer per column');
    if (Number.isNaN(minuteUtcMs) || Number.isNaN(minuteLocalMs)) return;
    this.#kernel.learnLocalMinute(index, BigInt(minuteUtcMs) * 1000n, BigInt(minuteLocalMs) * 1000n);
  }
}

/** The most digits of a whole number of a type that the kernel may read. */
export function maxDigitsOf(type: DataType): number {
  return MAX_DIGITS[type.kind] ?? 0;
}

/** What the kernel makes of the values of a type in their usual form; KIND_OTHER when it leaves them all to the caller. */
export function kernelKind({ kind }: DataType): number {
  switch (kind) {
    case 'boolean':
      return KIND_BOOLEAN;
    case 'byte':
    case 'short':
    case 'integer':
      return KIND_INTEGER;
    case 'long':
      return KIND_LONG;
    case 'double':
      return KIND_DOUBLE;
    case 'float':
      return KIND_FLOAT;
    case 'string':
      return KIND_STRING;
    case 'timestamp':
      return KIND_TIMESTAMP;
    case 'date':
      return KIND_DATE;
    default:
      return KIND_OTHER;
  }
}
