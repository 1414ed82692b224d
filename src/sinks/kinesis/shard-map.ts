/** Which open shard owns which hash keys, as of the last list; for packing rows of one shard together. */
import { assert } from '../../errors/assert.ts';

export interface OpenShard {
  readonly shardId: string;
  /** Hash keys, both ends included. */
  readonly start: bigint;
  readonly end: bigint;
}

export class ShardMap {
  readonly #shards: readonly OpenShard[];

  constructor(shards: readonly OpenShard[]) {
    this.#shards = shards.toSorted((a, b) => (a.start < b.start ? -1 : 1));
  }

  /** The shard that owns a hash key. */
  route(hashKey: bigint): OpenShard {
    let low = 0;
    let high = this.#shards.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if ((this.#shards[middle]?.start ?? 0n) <= hashKey) low = middle;
      else high = middle - 1;
    }
    const shard = this.#shards[low];
    assert(shard !== undefined, 'a stream has an open shard');
    return shard;
  }

  find(shardId: string): OpenShard | undefined {
    return this.#shards.find((shard) => shard.shardId === shardId);
  }
}
