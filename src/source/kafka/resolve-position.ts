/** From a position in the options (ends, offsets, timestamps) to the offset of each partition, by asking the cluster. */
import { MillraceError } from '../../errors/millrace-error.ts';
import { EARLIEST, type KafkaCluster, keyOf, LATEST, type TopicPartition } from '../../storage/kafka/kafka-cluster.ts';
import { KafkaOffset, printPartitions } from './kafka-offset.ts';
import type { KafkaPosition } from './kafka-source-options.ts';

/** What decides beside the position itself. */
export interface PositionRules {
  readonly side: 'starting' | 'ending';
  /** Where no record has the timestamp or a later one. */
  readonly beyondTimestamps: 'error' | 'latest';
}

/** The offset of every partition at `position`; partitions named in it must be those there are. */
export async function resolvePosition(
  cluster: KafkaCluster,
  partitions: readonly TopicPartition[],
  position: KafkaPosition,
  rules: PositionRules,
): Promise<KafkaOffset> {
  const wanted = wantedOf(partitions, position, rules);
  const isTime = position.by === 'timestamp';
  const asked = wanted.filter(({ number }) => isTime || number < 0);
  const found = await cluster.listOffsets(asked.map((one) => ({ ...one, timestampMs: one.number })));
  const byPlace = new Map(asked.map((one, i) => [keyOf(one), found[i] ?? -1]));
  const beyond = asked.filter((one) => isTime && byPlace.get(keyOf(one)) === -1);
  if (beyond.length > 0) {
    const [first] = beyond;
    if (rules.side === 'starting' && rules.beyondTimestamps === 'error' && first !== undefined)
      throw new MillraceError('KAFKA_NO_OFFSET_FOR_TIMESTAMP', {
        topicPartition: keyOf(first),
        timestampMs: String(first.number),
      });
    const ends = await cluster.listOffsets(beyond.map((one) => ({ ...one, timestampMs: LATEST })));
    for (const [i, one] of beyond.entries()) byPlace.set(keyOf(one), ends[i] ?? 0);
  }
  return KafkaOffset.of(wanted.map((one) => [one, byPlace.get(keyOf(one)) ?? one.number] as const));
}

/** The first offsets there are. */
export function earliestOffsets(cluster: KafkaCluster, partitions: readonly TopicPartition[]): Promise<KafkaOffset> {
  return offsetsAt(cluster, partitions, EARLIEST);
}

/** The offsets after the last records. */
export function latestOffsets(cluster: KafkaCluster, partitions: readonly TopicPartition[]): Promise<KafkaOffset> {
  return offsetsAt(cluster, partitions, LATEST);
}

async function offsetsAt(
  cluster: KafkaCluster,
  partitions: readonly TopicPartition[],
  timestampMs: number,
): Promise<KafkaOffset> {
  const offsets = await cluster.listOffsets(partitions.map((place) => ({ ...place, timestampMs })));
  return KafkaOffset.of(partitions.map((place, i) => [place, offsets[i] ?? 0] as const));
}

function wantedOf(
  partitions: readonly TopicPartition[],
  position: KafkaPosition,
  rules: PositionRules,
): readonly (TopicPartition & { readonly number: number })[] {
  if ('all' in position) return partitions.map((place) => ({ ...place, number: position.all }));
  const specified = position.each.map(([place]) => place);
  const assigned = new Set(partitions.map(keyOf));
  const isSame = specified.length === assigned.size && specified.every((place) => assigned.has(keyOf(place)));
  if (!isSame) {
    const parameters = {
      specifiedPartitions: printPartitions(specified),
      assignedPartitions: printPartitions(partitions),
    };
    if (position.by === 'offset') throw new MillraceError('KAFKA_START_OFFSET_DOES_NOT_MATCH_ASSIGNED', parameters);
    throw new MillraceError('KAFKA_TIMESTAMP_OFFSET_DOES_NOT_MATCH_ASSIGNED', { position: rules.side, ...parameters });
  }
  return position.each.map(([place, number]) => ({ ...place, number }));
}
