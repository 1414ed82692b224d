/**
 * The contract of formats whose files are read by place, not from the beginning: Parquet keeps what is where at the end. The bytes are
 * handed in; formats themselves do no input or output.
 */
import type { ColumnBatch } from '../types/column-batch.ts';
import type { StructType } from '../types/data-type.ts';
import type { ScanFilter } from '../types/scan-filter.ts';
import type { BasicFormat, DecodeRequest, FormatOptions } from './format.ts';

/** A file whose bytes can be read in any order. */
export interface RandomAccessFile {
  /** What errors name. */
  readonly description: string;
  readonly sizeBytes: number;
  readonly modifiedMs: number;
  /** The bytes from `from` to before `to`, which lie in the file; kept by the caller as long as it likes. */
  read(from: number, to: number): Promise<Uint8Array>;
}

export interface FileReadRequest extends DecodeRequest {
  /** Only the rows that belong to this part of the file: parts without gap or overlap have every row once. */
  readonly range?: { readonly from: number; readonly to: number };
  /** Rows that do not pass may be left out. */
  readonly filters?: readonly ScanFilter[];
  /** Called before each batch with the place of its first row in the file, by formats that count rows. */
  readonly onFirstRow?: (row: number) => void;
}

export interface PlacedFormat extends BasicFormat {
  readonly access: 'placed';
  /** Checks options and schema now; throws typed errors. */
  checkRead(request: DecodeRequest): void;
  readFile(file: RandomAccessFile, request: FileReadRequest): AsyncIterable<ColumnBatch>;
  /** The schema of one file. */
  inferFile(file: RandomAccessFile, options: FormatOptions): Promise<StructType>;
  /** Whether the schemas of all files are to be merged; else one file speaks for all. */
  mergesSchemas(options: FormatOptions): boolean;
}
