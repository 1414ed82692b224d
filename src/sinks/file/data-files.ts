/**
 * The data files of one write: encodes rows per folder, cuts files at maxRecordsPerFile or MAX_FILE_BYTES, compresses. Small writes are kept
 * until `finish`, so that a query that fails leaves no file; files that are full are written at once, which bounds memory.
 */
import type { BasicFormat, Encoder, FormatOptions } from '../../formats/format.ts';
import type { FileCodec } from '../../formats/file-codec.ts';
import type { ObjectStore } from '../../storage/object-store.ts';
import type { ColumnBatch } from '../../types/column-batch.ts';
import type { CommittedFile } from './committed-file.ts';
import type { PartitionLayout } from './partition-paths.ts';
import { compressFile } from '../../formats/file-codec.ts';
import { sliceBatch } from '../../types/vector-ops.ts';

const MAX_FILE_BYTES = 64 * 1024 * 1024;

export interface DataFileRequest {
  readonly store: ObjectStore;
  readonly format: BasicFormat;
  readonly formatOptions: FormatOptions;
  readonly layout: PartitionLayout;
  readonly timeZone: string;
  /** Of the whole file. */
  readonly codec: FileCodec;
  /** Behind the name, as `json.gz`. */
  readonly extension: string;
  /** Infinity: no limit. */
  readonly maxRecordsPerFile: number;
  /** Whether a write without rows leaves a file without rows: saves do, as in Spark; batches of a stream do not. */
  readonly writesEmptyFile: boolean;
  /** The file name of the n-th file of a folder, without extension. */
  readonly fileName: (fileNumber: number) => string;
}

interface OpenFile {
  readonly folder: string;
  readonly fileNumber: number;
  readonly encoder: Encoder;
  readonly chunks: Uint8Array[];
  numRows: number;
  sizeBytes: number;
}

export class DataFiles {
  readonly #request: DataFileRequest;
  readonly #open = new Map<string, OpenFile>();
  readonly #written: CommittedFile[] = [];
  numRows = 0;

  constructor(request: DataFileRequest) {
    this.#request = request;
  }

  async add(batch: ColumnBatch): Promise<void> {
    this.numRows += batch.numRows;
    for (const [folder, rows] of this.#request.layout.split(batch)) await this.#addTo(folder, rows);
  }

  /** Writes what is left; all files, in a fixed order. */
  async finish(): Promise<readonly CommittedFile[]> {
    if (this.numRows === 0 && this.#request.writesEmptyFile) this.#open.set('', this.#newFile('', 0));
    for (const file of this.#open.values()) await this.#write(file);
    return this.#written.toSorted((a, b) => (a.key < b.key ? -1 : 1));
  }

  async #addTo(folder: string, rows: ColumnBatch): Promise<void> {
    const { maxRecordsPerFile } = this.#request;
    let start = 0;
    while (start < rows.numRows) {
      let file = this.#open.get(folder) ?? this.#newFile(folder, 0);
      if (file.numRows >= maxRecordsPerFile || file.sizeBytes >= MAX_FILE_BYTES) {
        await this.#write(file);
        file = this.#newFile(folder, file.fileNumber + 1);
      }
      this.#open.set(folder, file);
      const end = Math.min(rows.numRows, start + maxRecordsPerFile - file.numRows);
      const chunk = file.encoder.encode(start === 0 && end === rows.numRows ? rows : sliceBatch(rows, start, end));
      file.chunks.push(chunk);
      file.sizeBytes += chunk.length;
      file.numRows += end - start;
      start = end;
    }
  }

  #newFile(folder: string, fileNumber: number): OpenFile {
    const { format, formatOptions, layout, timeZone } = this.#request;
    const encoder = format.createEncoder(layout.dataSchema, formatOptions, timeZone);
    const header = encoder.header();
    return { folder, fileNumber, encoder, chunks: [header], numRows: 0, sizeBytes: header.length };
  }

  async #write(file: OpenFile): Promise<void> {
    const { store, codec, extension, fileName } = this.#request;
    const plain = Buffer.concat([...file.chunks, file.encoder.footer()]);
    const bytes = compressFile(codec, plain);
    const name = `${fileName(file.fileNumber)}.${extension}`;
    const key = file.folder === '' ? name : `${file.folder}/${name}`;
    await store.write(key, bytes);
    this.#written.push({ key, sizeBytes: bytes.length });
  }
}
