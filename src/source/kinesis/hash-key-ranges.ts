/** Unpacks aggregates; the hash keys of the shard, which decide what of an aggregate is the shard's, are asked for when first needed. */
import { deaggregate, isAggregate } from './aggregated-record.ts';
import type { KinesisRecord, ShardDescription } from './kinesis-api.ts';
import type { KinesisCalls } from './kinesis-calls.ts';

type HashKeyRange = ShardDescription['hashKeyRange'];

export class HashKeyRanges {
  readonly #calls: KinesisCalls;
  readonly #known = new Map<string, HashKeyRange>();

  constructor(calls: KinesisCalls) {
    this.#calls = calls;
  }

  /** Records of a shard with aggregates replaced by their user records. */
  async unpacked(shardId: string, records: readonly KinesisRecord[]): Promise<readonly KinesisRecord[]> {
    if (!records.some((record) => isAggregate(record.data))) return records;
    const range = await this.#rangeOf(shardId);
    return records.flatMap((record) => deaggregate(record, range));
  }

  /** Undefined when the stream has forgotten the shard. */
  async #rangeOf(shardId: string): Promise<HashKeyRange | undefined> {
    const known = this.#known.get(shardId);
    if (known !== undefined) return known;
    for (const shard of await this.#calls.retried('ListShards', () => this.#calls.api.listShards()))
      this.#known.set(shard.shardId, shard.hashKeyRange);
    return this.#known.get(shardId);
  }
}
