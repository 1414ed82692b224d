/** What the JSON decoder wants of the kernel: its wanted columns by name, and values the kernel skips read by the byte reader. */
import type { KernelInstance } from '../../kernels/kernel-instance.ts';
import type { LinesColumn } from '../../kernels/lines-kernel.ts';
import type { DecodedRows } from '../decoded-rows.ts';
import type { JsonByteReader, WantedColumn } from './json-byte-reader.ts';
import type { JsonReadOptions } from './json-options.ts';
import { KIND_DATE, KIND_OTHER, KIND_TIMESTAMP } from '../../kernels/kernel-layout.ts';
import { KernelRows, kernelKind, maxDigitsOf } from '../kernel-rows.ts';
import { isUtc } from '../written-kind.ts';

/** The kernel's decoder, or undefined when the columns are too many for it. */
export function kernelRowsOf(
  kernels: KernelInstance,
  rows: DecodedRows,
  reader: JsonByteReader,
  options: JsonReadOptions,
): KernelRows | undefined {
  return KernelRows.create(kernels, {
    rows,
    columns: reader.wanted.map((wanted) => linesColumn(wanted, options)),
    buffers: reader.wanted.map(({ column }) => column),
    convert: (column, position, row) => reader.read(column, position, row) >= 0,
  });
}

function linesColumn({ column, kind, name }: WantedColumn, options: JsonReadOptions): LinesColumn {
  const known = kernelKind(column.type);
  const isOther =
    (known === KIND_TIMESTAMP && kind === 'other') || (known === KIND_DATE && options.dateFormat !== undefined);
  return {
    kind: isOther ? KIND_OTHER : known,
    name,
    maxDigits: maxDigitsOf(column.type),
    isUtc: isUtc(options.timeZone),
  };
}
