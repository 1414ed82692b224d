/**
 * Offsets of the kafka source as Spark writes them: `{"topic":{"0":23,"1":7}}`, for each partition the offset that comes next. Pure.
 */
import { MillraceError } from '../../errors/millrace-error.ts';
import type { TopicPartition } from '../../storage/kafka/kafka-cluster.ts';
import type { JsonValue } from '../source.ts';

/** Next offsets by topic and partition. */
export class KafkaOffset {
  readonly #topics = new Map<string, Map<number, number>>();

  static of(entries: Iterable<readonly [TopicPartition, number]>): KafkaOffset {
    const offset = new KafkaOffset();
    for (const [{ topic, partition }, next] of entries) {
      const ofTopic = offset.#topics.get(topic) ?? new Map<number, number>();
      offset.#topics.set(topic, ofTopic.set(partition, next));
    }
    return offset;
  }

  get({ topic, partition }: TopicPartition): number | undefined {
    return this.#topics.get(topic)?.get(partition);
  }

  partitions(): TopicPartition[] {
    return [...this.entries()].map(([place]) => place);
  }

  /** By topic name, then by partition. */
  *entries(): Generator<readonly [TopicPartition, number]> {
    for (const topic of [...this.#topics.keys()].toSorted()) {
      const ofTopic = [...(this.#topics.get(topic) ?? [])].toSorted(([a], [b]) => a - b);
      for (const [partition, next] of ofTopic) yield [{ topic, partition }, next];
    }
  }

  toJson(): { readonly [topic: string]: { readonly [partition: string]: number } } {
    const json: Record<string, Record<string, number>> = {};
    for (const [{ topic, partition }, next] of this.entries()) (json[topic] ??= {})[String(partition)] = next;
    return json;
  }
}

/** The offset of a checkpoint; one of another source is a typed error. */
export function offsetFromJson(json: JsonValue): KafkaOffset {
  const entries = readPerPartition(json);
  if (entries === undefined)
    throw new MillraceError('CHECKPOINT_CORRUPT', {
      name: 'offsets',
      location: 'the offset of a kafka source',
      expected: '{"topic":{"partition":offset}}',
      found: JSON.stringify(json),
    });
  return KafkaOffset.of(entries);
}

/** The numbers of `{"topic":{"0":23}}`; undefined when it is anything else. */
export function readPerPartition(json: JsonValue): (readonly [TopicPartition, number])[] | undefined {
  if (!isObject(json)) return undefined;
  const entries: (readonly [TopicPartition, number])[] = [];
  for (const [topic, partitions] of Object.entries(json)) {
    if (!isObject(partitions)) return undefined;
    for (const [partition, number] of Object.entries(partitions)) {
      if (!/^\d+$/.test(partition) || !Number.isSafeInteger(number)) return undefined;
      entries.push([{ topic, partition: Number(partition) }, Number(number)]);
    }
  }
  return entries;
}

/** Partitions as Spark prints sets of them. */
export function printPartitions(partitions: readonly TopicPartition[]): string {
  return partitions.map(({ topic, partition }) => `${topic}-${partition}`).join(', ');
}

function isObject(json: JsonValue): json is { readonly [key: string]: JsonValue } {
  return typeof json === 'object' && json !== null && !Array.isArray(json);
}
