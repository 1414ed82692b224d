/**
 * How much of what is there goes into a batch, and in which pieces it is read: Spark's arithmetic for `maxOffsetsPerTrigger`,
 * `minPartitions` and `maxRecordsPerPartition`. Pure.
 */
import type { TopicPartition } from '../../storage/kafka/kafka-cluster.ts';
import { KafkaOffset } from './kafka-offset.ts';

/** Offsets `start` to before `end` of a partition. */
export interface KafkaRange extends TopicPartition {
  readonly start: number;
  readonly end: number;
}

/** How many offsets lie between; partitions that went back count nothing. */
export function numNewOffsets(from: KafkaOffset, to: KafkaOffset): number {
  let sum = 0;
  for (const [place, end] of to.entries()) sum += Math.max(0, end - (from.get(place) ?? 0));
  return sum;
}

/** The end of a batch of at most `limit` offsets: each partition gives in proportion to what it has, at least one. */
export function limitOffsets(from: KafkaOffset, latest: KafkaOffset, limit: number): KafkaOffset {
  const total = numNewOffsets(from, latest);
  if (total <= limit) return latest;
  return KafkaOffset.of(
    [...latest.entries()].map(([place, end]) => {
      const begin = from.get(place) ?? 0;
      const size = end - begin;
      if (size <= 0) return [place, end] as const;
      const share = limit * (size / total);
      const taken = share < 1 ? Math.ceil(share) : Math.floor(share);
      return [place, Math.min(begin + taken, end)] as const;
    }),
  );
}

/** Cuts ranges so that there are at least about `minPartitions`, none longer than `maxRecords`. */
export function splitRanges(
  ranges: readonly KafkaRange[],
  minPartitions: number,
  maxRecords: number,
): readonly KafkaRange[] {
  const bounded = ranges.flatMap((range) => cut(range, Math.ceil((range.end - range.start) / maxRecords)));
  if (bounded.length >= minPartitions) return bounded;
  const total = bounded.reduce((sum, { start, end }) => sum + end - start, 0);
  return bounded.flatMap((range) => {
    const size = range.end - range.start;
    return cut(range, Math.min(size, Math.max(1, Math.round((minPartitions * size) / total))));
  });
}

function cut(range: KafkaRange, numParts: number): KafkaRange[] {
  const size = range.end - range.start;
  if (numParts <= 1) return [range];
  return Array.from({ length: numParts }, (_, i) => ({
    ...range,
    start: range.start + Math.floor((size * i) / numParts),
    end: range.start + Math.floor((size * (i + 1)) / numParts),
  }));
}
