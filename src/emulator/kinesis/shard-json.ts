/** A shard as ListShards and DescribeStream show it, and as GetRecords shows children. */
import type { EmulatedShard } from './emulated-shard.ts';

export function shardJson(shard: EmulatedShard): object {
  const { endingSequenceNumber } = shard;
  const [parent, adjacent] = shard.origin.parents;
  return {
    ShardId: shard.shardId,
    ...(parent === undefined ? {} : { ParentShardId: parent }),
    ...(adjacent === undefined ? {} : { AdjacentParentShardId: adjacent }),
    HashKeyRange: hashKeyRange(shard),
    SequenceNumberRange: {
      StartingSequenceNumber: shard.startingSequenceNumber,
      ...(endingSequenceNumber === undefined ? {} : { EndingSequenceNumber: endingSequenceNumber }),
    },
  };
}

export function childShardJson(shard: EmulatedShard): object {
  return { ShardId: shard.shardId, ParentShards: shard.origin.parents, HashKeyRange: hashKeyRange(shard) };
}

function hashKeyRange(shard: EmulatedShard): object {
  return {
    StartingHashKey: String(BigInt(`0x${shard.origin.startKey}`)),
    EndingHashKey: String(BigInt(`0x${shard.origin.endKey}`)),
  };
}
