/**
 * The file sinks `json`, `csv` and `text`: a folder or an S3 prefix that Spark can read. Append only, exactly once.
 *
 * A micro-batch: register the epoch, ask what is committed (commit-marker.ts), write data files under names that follow from query, batch
 * and offset digest, so that a repetition writes the same files again, then create the manifest entry: the commit (manifest-log.ts).
 * Guarantee: a reader that honours `_spark_metadata` (Spark, Millrace) sees committed files only. A reader that lists the folder itself may
 * see files of a batch a moment before its commit, and files of a batch that never was when the checkpoint was lost.
 *
 * A batch write has no manifest: files under fresh names, then what overwrite replaces (all, or the folders written to) is deleted, then
 * `_SUCCESS`.
 */
import type { BasicFormat } from '../../formats/format.ts';
import type { ObjectStore } from '../../storage/object-store.ts';
import type { ColumnBatch } from '../../types/column-batch.ts';
import type { BatchIdentity, Sink, SinkContext, SinkProvider, SinkResult } from '../sink.ts';
import { randomUUID } from 'node:crypto';
import { MillraceError } from '../../errors/millrace-error.ts';
import { findFormat } from '../../formats/registry.ts';
import { defaultRetryContext } from '../../storage/retry-context.ts';
import { openObjectStore } from '../../storage/registry.ts';
import { commitPlace, decideCommit, drainRows } from '../commit-marker.ts';
import { DataFiles } from './data-files.ts';
import { FILE_SINK_OPTION_NAMES, fileSinkOptions, type FileSinkOptions } from './file-sink-options.ts';
import { FileMerger } from './file-merger.ts';
import type { CommittedFile } from './committed-file.ts';
import { batchName8, batchTag, ManifestLog, uriPath } from './manifest-log.ts';
import { PartitionLayout } from './partition-paths.ts';

/** The sink for files of a format. */
export function fileSinkProvider(formatName: string): SinkProvider {
  const format = findFormat(formatName);
  return {
    name: format.name,
    optionNames: [...format.optionNames, ...FILE_SINK_OPTION_NAMES],
    outputModes: ['append'],
    guarantee: 'exactly-once',
    create: (context) => createFileSink(format, context),
  };
}

/** The sink of a format. `wrap` comes between it and the place it writes to, for tests that stop it at any write. */
export function createFileSink(
  format: BasicFormat,
  context: SinkContext,
  wrap: (store: ObjectStore) => ObjectStore = (store) => store,
): Sink {
  return new FileSink(format, context, wrap);
}

class FileSink implements Sink {
  readonly description: string;
  readonly #context: SinkContext;
  readonly #format: BasicFormat;
  readonly #options: FileSinkOptions;
  readonly #store: ObjectStore;
  readonly #layout: PartitionLayout;
  readonly #log: ManifestLog;

  constructor(format: BasicFormat, context: SinkContext, wrap: (store: ObjectStore) => ObjectStore) {
    this.#format = format;
    this.#context = context;
    this.#options = fileSinkOptions(format, context.options);
    this.#store = wrap(
      openObjectStore(this.#options.path, context.options, { ...defaultRetryContext, sleep: context.sleep }),
    );
    this.description = `FileSink[${this.#store.description}]`;
    this.#layout = new PartitionLayout(context.schema, context.partitionColumns, context.timeZone);
    const { queryId, nowMs } = context;
    const { retentionMs } = this.#options;
    const uri = rootUri(this.#store.description);
    this.#log = new ManifestLog(this.#store, { rootUri: uri, queryId, nowMs, retentionMs, merger: this.#merger() });
  }

  async open(): Promise<void> {
    this.#format.createEncoder(this.#layout.dataSchema, this.#options.formatOptions, this.#context.timeZone);
    if (this.#context.mode !== 'batch') await this.#store.abortOldUploads?.(this.#context.nowMs());
  }

  async addBatch(identity: BatchIdentity, batches: AsyncIterable<ColumnBatch>): Promise<SinkResult> {
    if (this.#context.mode === 'batch') return this.#save(batches);
    const { batchId, offsetDigest } = identity;
    const marker = await this.#log.beginBatch(identity.epoch);
    if (decideCommit(marker, identity, commitPlace(this.#context, this.description)) === 'skip')
      return { numOutputRows: await drainRows(batches) };
    const tag = batchTag(this.#context.queryId, offsetDigest);
    const files = this.#dataFiles(
      (fileNumber) => `part-00000-${tag}-${batchName8(batchId)}.c${String(fileNumber).padStart(3, '0')}`,
    );
    for await (const batch of batches) await files.add(batch);
    await this.#log.commit(identity, await files.finish(), this.description);
    return { numOutputRows: files.numRows };
  }

  async close(): Promise<void> {
    await this.#store.close();
  }

  async #save(batches: AsyncIterable<ColumnBatch>): Promise<SinkResult> {
    const { saveMode } = this.#context;
    const old: string[] = [];
    for await (const { key } of this.#store.list('')) old.push(key);
    const exists = old.length > 0 || (await this.#store.rootExists?.()) === true;
    if (exists && saveMode === 'errorifexists')
      throw new MillraceError('PATH_ALREADY_EXISTS', { outputPath: this.#store.description });
    if (exists && saveMode === 'ignore') return { numOutputRows: 0 };
    if (saveMode === 'append' && old.some((key) => key.startsWith('_spark_metadata/')))
      throw new MillraceError('UNSUPPORTED_FEATURE', {
        feature: `A batch append to ${this.#store.description}, which a streaming query writes: readers would not see its files; it`,
      });
    const id = randomUUID();
    // Spark's names differ by this one character.
    const separator = this.#context.partitionColumns.length > 0 ? '.' : '-';
    const files = this.#dataFiles(
      (fileNumber) => `part-00000-${id}${separator}c${String(fileNumber).padStart(3, '0')}`,
    );
    for await (const batch of batches) await files.add(batch);
    const written = await files.finish();
    if (saveMode === 'overwrite') await this.#store.delete(this.#replaced(old, written));
    await this.#store.write('_SUCCESS', new Uint8Array(0));
    return { numOutputRows: files.numRows };
  }

  /** The files an overwrite removes: those of the folders it is for, with dynamic partitions only where something was written. */
  #replaced(old: readonly string[], written: readonly CommittedFile[]): readonly string[] {
    const { partitionColumns, replacedFolders = [] } = this.#context;
    const ofFolders = old.filter((key) => replacedFolders.every((folder) => key.split('/').includes(folder)));
    if (this.#options.partitionOverwriteMode !== 'dynamic' || partitionColumns.length === 0) return ofFolders;
    const folders = new Set(written.map(({ key }) => folderOf(key)));
    return ofFolders.filter((key) => folders.has(folderOf(key)));
  }

  #merger(): FileMerger | undefined {
    const { compactFiles, compactFileBytes, ...options } = this.#options;
    if (compactFiles === 0) return undefined;
    const format = this.#format;
    const { dataSchema: schema } = this.#layout;
    const { timeZone } = this.#context;
    const limits = { minFiles: Math.max(2, compactFiles), maxBytes: compactFileBytes };
    return new FileMerger(this.#store, { ...options, ...limits, format, schema, timeZone });
  }

  #dataFiles(fileName: (fileNumber: number) => string): DataFiles {
    const { formatOptions, codec, extension, maxRecordsPerFile } = this.#options;
    return new DataFiles({
      store: this.#store,
      format: this.#format,
      formatOptions,
      layout: this.#layout,
      timeZone: this.#context.timeZone,
      codec,
      extension,
      maxRecordsPerFile,
      writesEmptyFile: this.#context.mode === 'batch',
      fileName,
    });
  }
}

function folderOf(key: string): string {
  return key.slice(0, Math.max(0, key.lastIndexOf('/')));
}

/** `file:/data/out` → `file:///data/out` with the characters encoded that a URI cannot hold. */
function rootUri(description: string): string {
  return uriPath(description.replace(/^file:\/(?!\/)/, 'file:///'));
}
