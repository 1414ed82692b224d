/**
 * The file operations a disk checkpoint is made of, one by one, so that a test can stop the world between any two of them or lose what
 * was not synced. disk-file-system.ts is the real one. Failures are errors with a `code` as Node's (`ENOSPC`, `EIO`, `EACCES`).
 */
export interface CheckpointFile {
  /** Writes all of the bytes at the end. */
  write(bytes: Uint8Array): Promise<void>;
  /** Makes what was written durable (fsync). */
  sync(): Promise<void>;
  close(): Promise<void>;
}

export interface CheckpointFileSystem {
  /** Creates a file that must not exist (`EEXIST`). */
  createFile(path: string): Promise<CheckpointFile>;
  /** The whole content; fails with `ENOENT`. */
  readFile(path: string): Promise<Uint8Array>;
  /** A second name for a file; fails with `EEXIST`. Atomic. */
  link(existing: string, added: string): Promise<void>;
  /** Moves a file, replacing what has the name. Atomic. */
  rename(from: string, to: string): Promise<void>;
  /** Removes a name; fails with `ENOENT`. */
  unlink(path: string): Promise<void>;
  /** Names in a directory, those of directories with a `/` behind; fails with `ENOENT`. */
  readDirectory(path: string): Promise<readonly string[]>;
  /** Creates one directory; fails with `EEXIST` or, without its parent, `ENOENT`. */
  makeDirectory(path: string): Promise<void>;
  /** Makes the names in a directory durable. */
  syncDirectory(path: string): Promise<void>;
}
