/**
 * The durable place of one query: metadata, offset log, commit log and state entries, on disk or in Redis. Entries are named as in
 * Spark's checkpoint folder: `metadata`, `offsets/N`, `commits/N`, `state/<operator>/<name>`. This is the contract; disk-checkpoint.ts
 * and redis-checkpoint.ts keep it, offset-log.ts and commit-log.ts give the entries their meaning.
 *
 * The store checks integrity itself: an entry that is torn, changed or foreign is `CHECKPOINT_CORRUPT`, never absent. It never deletes
 * or resets anything on its own.
 */
export interface CheckpointStore {
  /** What errors print, as `file:/ckpt` or `redis://host:6379/0 prefix name`; holds no secret. */
  readonly location: string;
  /** What weakens the promise of durability, for people; known after `acquire`. Empty when nothing does. */
  readonly warnings: readonly string[];
  /**
   * Takes over the checkpoint: raises the epoch and returns it. Call once before anything else; afterwards writes of older epochs fail
   * with CHECKPOINT_FENCED.
   */
  acquire(): Promise<number>;
  /** The content of an entry, or undefined when it was never written. */
  read(name: string): Promise<Uint8Array | undefined>;
  /** The names that start with `prefix`, in any order. */
  list(prefix: string): Promise<readonly string[]>;
  /**
   * Writes an entry that must not exist yet, durably and atomically. An existing one is CONCURRENT_STREAM_LOG_UPDATE for `offsets/`
   * and `commits/`, and is left alone. For `commits/N` everything written before it is durable before it appears.
   */
  create(name: string, bytes: Uint8Array): Promise<void>;
  /**
   * Does what can be done for a `create` of this name and these bytes before it is called, as far as nobody sees it: what was written
   * before is durable then. Whether a `create` follows is open. Absent where there is nothing to gain.
   */
  prepare?(name: string, bytes: Uint8Array): Promise<void>;
  /**
   * Writes or replaces an entry nobody refers to yet (state files of a batch in flight). Durable at the latest with the next `create`. When
   * it resolves, the bytes are the caller's again.
   */
  write(name: string, bytes: Uint8Array): Promise<void>;
  /** Removes entries; absent ones are not an error. Only for entries no retained commit refers to. */
  delete(names: readonly string[]): Promise<void>;
  close(): Promise<void>;
}
