/**
 * What the CSV decoder wants of the kernel: lines of plain values, cut at a separator that is part of no number, time or word. Values in
 * another than their usual form are converted as everywhere else in CSV.
 */
import type { KernelInstance } from '../../kernels/kernel-instance.ts';
import type { LinesColumn } from '../../kernels/lines-kernel.ts';
import type { DataType } from '../../types/data-type.ts';
import type { ColumnBuffer } from '../column-buffer.ts';
import type { DecodedRows } from '../decoded-rows.ts';
import type { CsvReadOptions } from './csv-options.ts';
import type { CsvConverter } from './csv-values.ts';
import { present } from '../../errors/assert.ts';
import { KIND_DATE, KIND_DOUBLE, KIND_FLOAT, KIND_OTHER, KIND_TIMESTAMP } from '../../kernels/kernel-layout.ts';
import { KernelRows, kernelKind, maxDigitsOf } from '../kernel-rows.ts';
import { utf8Text } from '../utf8.ts';
import { isUtc } from '../written-kind.ts';

/** Characters that no number, time or word contains. */
const SEPARATORS = new Set(',;\t|\u0001~^#!&$%*@');
const LOCAL_TIME = /^\d{4}-\d\d-\d\d[ T]\d\d:\d\d:(\d\d)(\.\d{1,6})?$/;

/** How the decoder of a file sees its lines. */
export interface CsvLayout {
  readonly rows: DecodedRows;
  readonly options: CsvReadOptions;
  /** The columns wanted: the place of each in a line, -1 for none, and how its texts are converted. */
  readonly wanted: readonly { readonly place: number; readonly convert: CsvConverter }[];
  /** Values of a whole line. */
  readonly numFields: number;
  /** Whether only some of the columns are wanted, so that lines may have too few or too many values. */
  readonly isPruned: boolean;
  /** The bytes that are decoded now. */
  readonly bytes: () => Uint8Array;
}

/** The kernel's decoder; undefined when the options or the number of columns are not for it. */
export function csvKernelRows(kernels: KernelInstance, layout: CsvLayout): KernelRows | undefined {
  const { rows, options, wanted, numFields, isPruned, bytes } = layout;
  if (!isForKernel(options, numFields)) return undefined;
  const fields = new Int32Array(numFields).fill(-1);
  wanted.forEach(({ place }, i) => {
    if (place >= 0) fields[place] = i;
  });
  const separator = options.separator.charCodeAt(0);
  const csv = {
    separator,
    quote: codeOf(options.quote),
    escape: codeOf(options.escape),
    fields,
    isExact: !isPruned,
  };
  return KernelRows.create(kernels, {
    rows,
    csv,
    columns: rows.columns.map((column) => linesColumn(column.type, options)),
    buffers: rows.columns,
    convert: (index, position, row) => {
      const text = valueText(bytes(), position, separator);
      const value = present(wanted[index], 'a wanted column per column').convert(text);
      if (value === undefined) return false;
      const column = present(rows.columns[index], 'a buffer per column');
      column.set(row, value);
      if (column.type.kind === 'timestamp') noteMinute(column, text, value as bigint);
      return true;
    },
  });
}

/** The code of an option of one character; undefined when it is empty. */
function codeOf(text: string): number | undefined {
  return text === '' ? undefined : text.charCodeAt(0);
}

/** True when a line without quotes is cut by its separator alone. */
function isForKernel(options: CsvReadOptions, numFields: number): boolean {
  const { separator, quote, escape, comment, lineSep, multiLine, trimsLeading, trimsTrailing, nullValue } = options;
  return (
    SEPARATORS.has(separator) &&
    quote !== separator &&
    (codeOf(quote) ?? 0) < 128 &&
    (codeOf(escape) ?? 0) < 128 &&
    comment === '' &&
    lineSep === undefined &&
    !multiLine &&
    !trimsLeading &&
    !trimsTrailing &&
    nullValue === '' &&
    options.maxCharsPerColumn === Infinity &&
    options.maxColumns >= numFields
  );
}

function linesColumn(type: DataType, options: CsvReadOptions): LinesColumn {
  const kind = kernelKind(type);
  const isOther =
    (kind === KIND_TIMESTAMP && options.timestampFormat !== undefined) ||
    (kind === KIND_DATE && options.dateFormat !== undefined) ||
    ((kind === KIND_DOUBLE || kind === KIND_FLOAT) && namesNumber(options));
  return {
    kind: isOther ? KIND_OTHER : kind,
    name: undefined,
    maxDigits: maxDigitsOf(type),
    isUtc: isUtc(options.timeZone),
  };
}

/** Whether a text that stands for no finite number looks like one. */
function namesNumber({ nanValue, positiveInf, negativeInf }: CsvReadOptions): boolean {
  return [nanValue, positiveInf, negativeInf].some((text) => /^-?\d/.test(text));
}

function valueText(bytes: Uint8Array, position: number, separator: number): string {
  let end = position;
  while (bytes[end] !== separator && bytes[end] !== 0x0a && bytes[end] !== 0x0d) end++;
  return utf8Text(bytes, position, end);
}

/** Leaves in the buffer what the minute of a local time is, so that the kernel reads the next ones itself. */
function noteMinute(column: ColumnBuffer, text: string, micros: bigint): void {
  const match = LOCAL_TIME.exec(text);
  if (match === null) return;
  const [, seconds = '', fraction = ''] = match;
  const utcMs = Date.parse(`${text.slice(0, 10)}T${text.slice(11, 16)}:00Z`);
  const withinMinute = BigInt(seconds) * 1_000_000n + BigInt(fraction.slice(1).padEnd(6, '0'));
  if (Number.isNaN(utcMs)) return;
  column.minuteUtcMs = utcMs;
  column.minuteLocalMs = Number((micros - withinMinute) / 1000n);
}
