/** The contract between reading ahead and how a shard is read: polling (shard-cursor.ts) or a subscription (shard-subscription.ts). */
import type { KinesisRecord } from './kinesis-api.ts';

export interface ShardReader {
  readonly shardId: string;
  /** All records of a closed shard have been given. */
  readonly hasEnded: boolean;
  /** What was given last reached the newest record. */
  readonly isAtTip: boolean;
  readonly millisBehindLatest: number;
  /** True while a failed attempt keeps it from calling. */
  isBackingOff(): boolean;
  /** Settles where LATEST is now. */
  pin(): Promise<void>;
  /**
   * The next records, in order, about `maxRecords` at most; none after a failure that will be repeated by the next fetch, or when none
   * came within a moment. Not to be called again before it has resolved.
   */
  fetch(maxRecords: number): Promise<readonly KinesisRecord[]>;
  close(): void;
}
