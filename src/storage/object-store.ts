/**
 * A place for named blobs: a local folder or an S3 bucket prefix. Keys are relative, separated by `/`, without `.` or `..` parts.
 * No renames: S3 has none. Used by file sources, file sinks and the disk checkpoint.
 */
export interface ObjectEntry {
  readonly key: string;
  readonly sizeBytes: number;
  readonly modifiedMs: number;
  /** Changes when the content changes; the ETag on S3. */
  readonly version: string;
}

export interface ObjectStore {
  /** What errors and progress print, as `file:/data/in` or `s3://logs/in`; holds no secret. */
  readonly description: string;
  /** All entries whose key starts with `prefix`, in key order. An empty or absent place has none. */
  list(prefix: string): AsyncIterable<ObjectEntry>;
  /** The whole content, or undefined when there is no such key. */
  read(key: string): Promise<Uint8Array | undefined>;
  /**
   * The content from byte `from` (0) on in blocks of up to `blockBytes`, nothing when it ends before; throws PATH_NOT_FOUND when there is no such key. A block is
   * valid until the next one is asked for.
   */
  readBlocks(key: string, blockBytes: number, from?: number): AsyncIterable<Uint8Array>;
  /** The bytes from `from` to before `to`, fewer when the content ends before; throws PATH_NOT_FOUND when there is no such key. */
  readRange(key: string, from: number, to: number): Promise<Uint8Array>;
  /** Writes or replaces; durable when the promise resolves. */
  write(key: string, bytes: Uint8Array): Promise<void>;
  /** Writes only if the key is absent, durable and atomic; false when it is there already (content unchanged). */
  writeIfAbsent(key: string, bytes: Uint8Array): Promise<boolean>;
  /** Removes keys; absent ones are not an error. */
  delete(keys: readonly string[]): Promise<void>;
  /**
   * Removes what writes that were begun a day ago or earlier and never finished have left out of sight, where a store keeps such (uploads in parts);
   * answers how many. Best effort, never fails.
   */
  abortOldUploads?(nowMs: number): Promise<number>;
  /** Whether the place itself exists, where it can be absent (a folder); an S3 prefix always exists. */
  rootExists?(): Promise<boolean>;
  close(): Promise<void>;
}
