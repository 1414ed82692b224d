/**
 * How fast a shard is written, by the arrival times of its records, and by which partition keys: a shard near AWS's write limits is hot.
 * Works on windows of ten seconds of arrival time, so a backlog read at full speed is judged by when it was written.
 */
import type { KinesisRecord } from './kinesis-api.ts';

/** A shard that was written at 80 % of a limit or more. */
export interface HotShard {
  readonly shardId: string;
  readonly recordsPerSecond: number;
  readonly bytesPerSecond: number;
  /** The partition keys that make it hot, largest share of the records first. */
  readonly keys: readonly { readonly partitionKey: string; readonly share: number }[];
}

const WINDOW_MS = 10_000;
const RECORDS_PER_SECOND = 1000;
const BYTES_PER_SECOND = 1024 * 1024;
const HOT_SHARE = 0.8;
/** Keys counted at the same time; a key with more than one record in so many is always among them. */
const NUM_COUNTED = 32;
const NUM_SHOWN = 3;
const LEAST_SHOWN_SHARE = 0.05;

export class ShardLoad {
  readonly #shardId: string;
  #window = -1;
  #numRecords = 0;
  #numUserRecords = 0;
  #sizeBytes = 0;
  #counts = new Map<string, number>();
  #hot: HotShard | undefined;

  constructor(shardId: string) {
    this.#shardId = shardId;
  }

  /** Records as they were read, aggregates unpacked. */
  add(records: readonly KinesisRecord[]): void {
    for (const { arrivalMs, data, partitionKey, part } of records) {
      const window = Math.floor(arrivalMs / WINDOW_MS);
      if (window !== this.#window) this.#finish(window);
      // Limits count the records of Kinesis, not those inside.
      if (part === undefined || part.isLast) this.#numRecords++;
      this.#numUserRecords++;
      this.#sizeBytes += data.length + partitionKey.length;
      this.#count(partitionKey);
    }
  }

  /** The hottest window since the last call, if there was a hot one. */
  takeHot(): HotShard | undefined {
    const hot = this.#hot;
    this.#hot = undefined;
    return hot;
  }

  /** Misra and Gries: when there is no room for a key, all counts lose one. */
  #count(partitionKey: string): void {
    const count = this.#counts.get(partitionKey);
    if (count !== undefined || this.#counts.size < NUM_COUNTED) {
      this.#counts.set(partitionKey, (count ?? 0) + 1);
      return;
    }
    for (const [key, others] of this.#counts) {
      if (others === 1) this.#counts.delete(key);
      else this.#counts.set(key, others - 1);
    }
  }

  #finish(next: number): void {
    const recordsPerSecond = (this.#numRecords * 1000) / WINDOW_MS;
    const bytesPerSecond = (this.#sizeBytes * 1000) / WINDOW_MS;
    const loads = [recordsPerSecond / RECORDS_PER_SECOND, bytesPerSecond / BYTES_PER_SECOND];
    if (Math.max(...loads) >= HOT_SHARE && recordsPerSecond >= (this.#hot?.recordsPerSecond ?? 0)) {
      const keys = [...this.#counts]
        .map(([partitionKey, count]) => ({ partitionKey, share: round(count / this.#numUserRecords) }))
        .filter(({ share }) => share >= LEAST_SHOWN_SHARE)
        .toSorted((a, b) => b.share - a.share)
        .slice(0, NUM_SHOWN);
      this.#hot = {
        shardId: this.#shardId,
        recordsPerSecond: Math.round(recordsPerSecond),
        bytesPerSecond: Math.round(bytesPerSecond),
        keys,
      };
    }
    this.#window = next;
    this.#numRecords = 0;
    this.#numUserRecords = 0;
    this.#sizeBytes = 0;
    this.#counts = new Map();
  }
}

function round(share: number): number {
  return Math.round(share * 100) / 100;
}
