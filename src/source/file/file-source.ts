/**
 * Files as a table: each batch is the files that appeared since the last one, oldest first. The files of a batch are logged before its
 * offset `{"logOffset":n}` is handed out (seen-files.ts), so a batch read again is the same. Bytes become columns in a format; this file
 * knows nothing about their content.
 */
import { resolve } from 'node:path';
import type { ColumnBatch } from '../../types/column-batch.ts';
import type { FileFormat } from '../../formats/registry.ts';
import type { DecodeRequest } from '../../formats/format.ts';
import type { InputPartition, OffsetRequest, Source, SourceContext, SourceMetrics, SourceOffset } from '../source.ts';
import type { FileEntry } from './file-listing.ts';
import type { FileOptions } from './file-options.ts';
import { present } from '../../errors/assert.ts';
import { MillraceError } from '../../errors/millrace-error.ts';
import { codecOfName } from '../../formats/file-codec.ts';
import { DictionaryPool } from '../../formats/dictionary-pool.ts';
import { columnBatch } from '../../types/column-batch.ts';
import { mayMatch } from '../../types/scan-filter.ts';
import { type StructType, field, struct } from '../../types/data-type.ts';
import { constantVector } from '../../types/vector-ops.ts';
import { SourceCleaner } from './clean-source.ts';
import { FileListing, isMergedFile } from './file-listing.ts';
import { METADATA_COLUMN, metadataSchema, metadataVector } from './file-metadata.ts';
import { fileOptions, formatOptions } from './file-options.ts';
import type { FileRange } from './file-range.ts';
import { rangesOf } from './file-range.ts';
import { partitionFolders, partitionValue } from './partition-values.ts';
import { readFile } from './read-file.ts';
import { SeenFiles } from './seen-files.ts';

/** Files of lines are cut into parts, which are read on their own: so many of all files together that threads end at about one time. */
const NUM_PARTS = 64;
const MIN_PART_BYTES = 4 << 20;
const MAX_PART_BYTES = 32 << 20;

/** What a partition's payload says. */
interface FilePayload extends FileRange {
  readonly key: string;
  readonly modifiedMs: number;
}

export class FileSource implements Source {
  readonly description: string;
  readonly reportsLatestOffset = false;
  readonly schema: StructType;
  readonly #format: FileFormat;
  readonly #context: SourceContext;
  readonly #options: FileOptions;
  readonly #seen: SeenFiles;
  readonly #cleaner: SourceCleaner;
  /** The last offset whose files are cleaned. */
  #cleanedTo: number | undefined;
  readonly #dictionaries = new DictionaryPool();
  readonly #isCut: boolean;
  /** The size of a part, where it does not hang on how much there is. */
  readonly #partBytes: number | undefined;
  #listing: FileListing | undefined;
  /** The only files to take, once frozen. */
  #frozen: readonly FileEntry[] | undefined;
  #metrics: SourceMetrics = {};

  constructor(format: FileFormat, context: SourceContext, schema: StructType, partBytes?: number) {
    this.#format = format;
    this.#context = context;
    this.schema = schema;
    this.#options = fileOptions(format, context.options, context.timeZone, context.isStreaming);
    const isCut = format.access === 'placed' || format.isCutAtLines?.(formatOptions(context.options)) === true;
    this.#isCut = isCut;
    this.#partBytes = partBytes;
    this.#cleaner = new SourceCleaner(this.#options, context.options, context);
    this.#seen = new SeenFiles(this.#options, context.log);
    this.description = describeFiles(context.options);
    // A wrong option or schema fails now, not with the first file.
    const request = this.#request([]);
    if (format.access === 'placed') format.checkRead(request);
    else format.createDecoder(request);
  }

  async open(): Promise<void> {
    this.#listing = await FileListing.open(this.#options, this.#context.options, this.#context);
    await this.#seen.restore();
  }

  async latestOffset({ start, mode }: OffsetRequest): Promise<SourceOffset | undefined> {
    const known = logOffset(start);
    this.#seen.checkReaches(known);
    // Files were logged but the batch never was: it is next.
    if (this.#seen.lastOffset > known) return { logOffset: this.#seen.lastOffset };
    const files = await this.#newFiles();
    this.#refuseMerged(files);
    const taken = mode === 'once' ? files : this.#withinLimits(files);
    this.#metrics = {
      numFilesOutstanding: String(files.length - taken.length),
      numBytesOutstanding: String(totalBytes(files) - totalBytes(taken)),
    };
    return taken.length === 0 ? undefined : { logOffset: await this.#seen.append(taken) };
  }

  /** A file sink that merges its files (`compactFiles`) gives a stream that has read the small ones the same rows again. */
  #refuseMerged(files: readonly FileEntry[]): void {
    if (!this.#context.isStreaming || this.#seen.size === 0) return;
    const merged = files.find(({ key }) => isMergedFile(key));
    if (merged === undefined) return;
    const feature = `Reading ${this.#pathOf(merged.key)} as a stream: it has rows of merged files (option compactFiles of the sink), some of which have been read; it`;
    throw new MillraceError('UNSUPPORTED_FEATURE', { feature });
  }

  async prepareForAvailableNow(): Promise<void> {
    this.#frozen = await this.#opened().list();
  }

  async planInput(start: SourceOffset | undefined, end: SourceOffset): Promise<readonly InputPartition[]> {
    this.#seen.checkReaches(logOffset(end));
    const files = await this.#seen.between(logOffset(start), logOffset(end));
    const wanted = files.filter(({ key }) => this.#mayHoldRows(key));
    const share = Math.ceil(totalBytes(wanted) / NUM_PARTS);
    return wanted.flatMap(({ key, sizeBytes, modifiedMs }) =>
      rangesOf(sizeBytes, this.#partBytesOf(key, share)).map((range) => ({
        description: this.#pathOf(key),
        payload: { key, modifiedMs, ...range },
        sizeBytes: range.to - range.from,
      })),
    );
  }

  async *read(partition: InputPartition, wanted: readonly string[]): AsyncIterable<ColumnBatch> {
    const file = partition.payload as unknown as FilePayload;
    const folders = this.#folders(file.key);
    const columns = wanted.filter((name) => name !== METADATA_COLUMN || this.#hasColumn(name));
    const decoded = columns.filter((name) => !folders.has(name));
    const onShort = (missingBytes: number): never => {
      throw this.#changed(file, missingBytes);
    };
    const { maxDecompressedBytes } = this.#options;
    const place = {
      store: this.#opened().store,
      key: file.key,
      range: file,
      modifiedMs: file.modifiedMs,
      maxDecompressedBytes,
      onShort,
    };
    let row = 0;
    const request = { ...this.#request(decoded, folders), onFirstRow: (first: number): void => void (row = first) };
    try {
      for await (const batch of readFile(this.#format, place, request)) {
        const full = this.#withFolders(batch, columns, folders);
        yield columns.length === wanted.length ? full : this.#withMetadata(full, wanted, file, row);
      }
    } catch (error) {
      if (!this.#isIgnored(error)) throw readError(error, partition.description);
    }
  }

  async commit(end: SourceOffset): Promise<void> {
    const offset = logOffset(end);
    if (this.#cleaner.isActive && this.#context.isStreaming) {
      // After a restart only the batch that is committed is known to be ours to clean.
      const files = await this.#seen.between(Math.max(this.#cleanedTo ?? offset - 1, -1), offset).catch(() => []);
      await this.#cleaner.clean(this.#opened().store, files);
      this.#cleanedTo = offset;
    }
    this.#seen.forgetUpTo(offset);
  }

  async waitForData(start: SourceOffset | undefined, timeoutMs: number, signal: AbortSignal): Promise<void> {
    const endMs = this.#context.nowMs() + timeoutMs;
    while (!signal.aborted) {
      if (this.#seen.lastOffset > logOffset(start) || (await this.#newFiles()).length > 0) return;
      const leftMs = endMs - this.#context.nowMs();
      if (leftMs <= 0) return;
      await this.#context.sleep(Math.min(leftMs, this.#options.pollIntervalMs), signal);
    }
  }

  metrics(): SourceMetrics {
    return this.#metrics;
  }

  async close(): Promise<void> {
    await this.#cleaner.close();
    await this.#listing?.store.close();
    this.#listing = undefined;
  }

  #opened(): FileListing {
    return present(this.#listing, 'a file source is opened before it is used');
  }

  /** The columns the folders of a file give; those a schema does not name are not asked for. */
  #folders(key: string): ReturnType<typeof partitionFolders> {
    return partitionFolders(this.#opened().folderPath(key));
  }

  #pathOf(key: string): string {
    return `${this.#opened().store.description}/${key}`;
  }

  /** Files not taken yet in the order they are to be read: by modification time, then path. */
  async #newFiles(): Promise<FileEntry[]> {
    const files = this.#frozen ?? (await this.#opened().list());
    const fresh = files.filter((file) => this.#seen.isNew(file));
    const direction = this.#options.latestFirst ? -1 : 1;
    // Whatever their age: what is too old is told by the files that were read.
    return fresh.sort((a, b) => (a.modifiedMs - b.modifiedMs || (a.key < b.key ? -1 : 1)) * direction);
  }

  /** The first files within the limits of a batch, at least one. */
  #withinLimits(files: readonly FileEntry[]): readonly FileEntry[] {
    const { maxFilesPerTrigger, maxBytesPerTrigger } = this.#options;
    if (!this.#context.isStreaming) return files;
    if (maxFilesPerTrigger !== undefined) return files.slice(0, maxFilesPerTrigger);
    if (maxBytesPerTrigger === undefined) return files;
    let sizeBytes = 0;
    const end = files.findIndex((file, i) => (sizeBytes += file.sizeBytes) > maxBytesPerTrigger && i > 0);
    return end < 0 ? files : files.slice(0, end);
  }

  #request(
    columns: readonly string[],
    folders: ReadonlyMap<string, string | undefined> = new Map(),
  ): DecodeRequest & Pick<SourceContext, 'filters'> {
    const { options, timeZone, filters = [] } = this.#context;
    const { schema } = this;
    const dictionaries = this.#dictionaries;
    // A column of folders or `_metadata` is not in the file, where it would count as null.
    const ofFile = filters.filter(({ column }) => !folders.has(column) && this.#hasColumn(column));
    return { schema, columns, options: formatOptions(options), timeZone, dictionaries, filters: ofFile };
  }

  /** False when the folders of a file say that none of its rows is wanted. */
  #mayHoldRows(key: string): boolean {
    const { filters = [], timeZone } = this.#context;
    if (filters.length === 0) return true;
    const folders = this.#folders(key);
    return filters.every((filter) => {
      const field = this.schema.fields.find(({ name }) => name === filter.column);
      if (field === undefined || !folders.has(field.name)) return true;
      const value = partitionValue(folders.get(field.name), field.dataType, timeZone) ?? undefined;
      const hasValues = value !== undefined;
      return mayMatch(filter, { min: value, max: value, hasNulls: !hasValues, hasValues });
    });
  }

  /** Only what is not compressed as a whole can be cut. */
  #partBytesOf(key: string, share: number): number {
    const isPlaced = this.#format.access === 'placed';
    if (!this.#isCut || (!isPlaced && codecOfName(key) !== 'none')) return Infinity;
    if (this.#partBytes !== undefined) return this.#partBytes;
    return isPlaced ? MAX_PART_BYTES : Math.min(MAX_PART_BYTES, Math.max(MIN_PART_BYTES, share));
  }

  #isIgnored(error: unknown): boolean {
    if (!(error instanceof MillraceError)) return false;
    const { ignoreCorruptFiles, ignoreMissingFiles } = this.#options;
    if (error.condition === 'PATH_NOT_FOUND') return ignoreMissingFiles;
    return (
      ignoreCorruptFiles && (error.condition.startsWith('FAILED_READ_FILE.') || error.condition === 'DATA_CORRUPT')
    );
  }

  /** Adds the columns that folders give. */
  #withFolders(
    batch: ColumnBatch,
    columns: readonly string[],
    folders: ReadonlyMap<string, string | undefined>,
  ): ColumnBatch {
    if (batch.schema.fields.length === columns.length) return batch;
    const fields = columns.map((name) =>
      present(
        this.schema.fields.find((field) => field.name === name),
        'a wanted column is in the schema',
      ),
    );
    const vectors = fields.map(({ name, dataType }) => {
      const decoded = batch.columns[batch.schema.fields.findIndex((field) => field.name === name)];
      return (
        decoded ??
        constantVector(dataType, partitionValue(folders.get(name), dataType, this.#context.timeZone), batch.numRows)
      );
    });
    return columnBatch(struct(fields), vectors, batch.numRows);
  }

  /** Adds the column `_metadata` where it is wanted. */
  #withMetadata(batch: ColumnBatch, wanted: readonly string[], file: FilePayload, firstRow: number): ColumnBatch {
    const type = metadataSchema(this.#format);
    const vector = metadataVector(type, { ...file, path: this.#pathOf(file.key) }, firstRow, batch.numRows);
    const at = wanted.indexOf(METADATA_COLUMN);
    const fields = batch.schema.fields.toSpliced(at, 0, field(METADATA_COLUMN, type, false));
    return columnBatch(struct(fields), batch.columns.toSpliced(at, 0, vector), batch.numRows);
  }

  #hasColumn(name: string): boolean {
    return this.schema.fields.some((one) => one.name === name);
  }

  #changed(file: FilePayload, missingBytes: number): MillraceError {
    return new MillraceError('FILE_CHANGED', {
      path: this.#pathOf(file.key),
      expectedBytes: String(file.sizeBytes),
      foundBytes: String(file.sizeBytes - missingBytes),
    });
  }
}

/** What progress and explain print of a file source. */
export function describeFiles(options: ReadonlyMap<string, string>): string {
  const path = options.get('path') ?? '';
  return `FileStreamSource[${/^[a-z][a-z0-9+.-]*:/i.test(path) || path === '' ? path : `file:${resolve(path)}`}]`;
}

function readError(error: unknown, path: string): unknown {
  if (!(error instanceof MillraceError) || error.condition !== 'PATH_NOT_FOUND') return error;
  return new MillraceError('FAILED_READ_FILE.FILE_NOT_EXIST', { path }, { cause: error });
}

function logOffset(offset: SourceOffset | undefined): number {
  if (offset === undefined || offset === null) return -1;
  const value =
    typeof offset === 'object' && !Array.isArray(offset) ? (offset as { logOffset?: unknown }).logOffset : undefined;
  if (typeof value === 'number' && Number.isInteger(value)) return value;
  throw new MillraceError('CHECKPOINT_CORRUPT', {
    name: 'offset',
    location: 'the offset log',
    expected: '{"logOffset":n}',
    found: JSON.stringify(offset),
  });
}

function totalBytes(files: readonly FileEntry[]): number {
  return files.reduce((sum, file) => sum + file.sizeBytes, 0);
}
