/**
 * Where the leases of a group of workers are kept. One rule makes everything safe: a lease is written only by who knows its latest version.
 * A store knows nothing of time; that a lease has expired is judged by watching its version stand still.
 */
import type { IteratorPosition } from '../kinesis-api.ts';

/** The right to read a shard, and how far it has been read. */
export interface Lease {
  readonly shardId: string;
  /** Rises with every write. */
  readonly version: number;
  /** The worker that reads the shard; undefined: nobody. */
  readonly owner: string | undefined;
  /** Rises when the owner changes: what an earlier owner still writes is recognised by it. */
  readonly token: number;
  readonly state: 'open' | 'ended';
  /** Shards that must be ended before. */
  readonly parents: readonly string[];
  readonly start: IteratorPosition;
  /** The place up to which batches are committed. */
  readonly last: string | undefined;
  /** A batch under way: records up to this place may come twice when its worker is lost. */
  readonly pending: { readonly last: string; readonly numRecords: number } | undefined;
  /** A worker with too few shards that asks the owner for this one. */
  readonly wantedBy: string | undefined;
}

export interface LeaseStore {
  /** Where it is, without credentials. */
  readonly location: string;
  list(): Promise<readonly Lease[]>;
  /**
   * Writes a lease if the stored one has the version before (0: there is none); false when it has not. A false answer to a repeated
   * command may be the echo of one's own success: callers read again and compare.
   */
  write(lease: Lease): Promise<boolean>;
  close(): Promise<void>;
}
