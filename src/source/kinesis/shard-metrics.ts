/** What the progress says of shards: where each stands and how far it is behind, and which ones are written near AWS's limits. */
import type { SourceMetrics } from '../source.ts';
import type { KinesisOffset } from './kinesis-offset.ts';
import type { ShardPrefetcher } from './shard-prefetcher.ts';

/** Shards that progress describes one by one: those that are most behind. */
const MAX_SHARDS_SHOWN = 20;

/** The numbers of a batch that ends at `end`; hot shards are those since the last call. */
export function shardMetrics(prefetcher: ShardPrefetcher, end: KinesisOffset): SourceMetrics {
  const hotShards = prefetcher.takeHotShards();
  const shards = prefetcher.shardsBehind().slice(0, MAX_SHARDS_SHOWN);
  return {
    ...(hotShards.length === 0 ? {} : { hotShards: JSON.stringify(hotShards) }),
    shards: JSON.stringify(
      Object.fromEntries(
        shards.map(({ shardId, millisBehindLatest }) => {
          const sequenceNumber = end.shards[shardId]?.last ?? null;
          return [shardId, { sequenceNumber, millisBehindLatest }] as const;
        }),
      ),
    ),
    millisBehindLatest: String(prefetcher.maxMillisBehindLatest),
  };
}
