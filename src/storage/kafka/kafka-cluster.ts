/**
 * Topics, offsets and records of a Kafka cluster by exact position: what the kafka source needs and nothing of how it batches. Every call
 * is repeated with back-off while brokers are away or leaders move, until `timeoutMs`; then it is a typed error that names the brokers.
 */
import { MillraceError } from '../../errors/millrace-error.ts';
import type { KafkaConnection } from './kafka-connection.ts';
import {
  loadKafkaDriver,
  type RawBroker,
  type RawCluster,
  type RawPartition,
  type TopicMetadata,
} from './kafka-driver.ts';
import { kafkaAt, kafkaFailure } from './kafka-failure.ts';
import { systemRefused, systemUnavailable } from '../system-failure.ts';
import { nextOffsetAfter, visibleRecords, type KafkaRecord } from './kafka-records.ts';

/** The time, sleep and chance a cluster is given. */
export interface KafkaEnvironment {
  readonly nowMs: () => number;
  readonly sleep: (ms: number, signal?: AbortSignal) => Promise<void>;
  readonly random: () => number;
}

export interface TopicPartition {
  readonly topic: string;
  readonly partition: number;
}

/** Where to look up an offset: a time in ms since 1970, or one of the two ends. */
export const LATEST = -1;
export const EARLIEST = -2;

export interface OffsetQuery extends TopicPartition {
  readonly timestampMs: number;
}

/** Records from an offset on. */
export interface FetchedRecords {
  /** Those a reader may see, in order; may be empty although `nextOffset` is further. */
  readonly records: readonly KafkaRecord[];
  /** Where to go on. */
  readonly nextOffset: number;
  /** The end of what a reader may see now. */
  readonly logEnd: number;
}

/** Settings beside the connection. */
export interface ClusterSettings {
  readonly readsCommitted: boolean;
  /** How long a call is repeated. */
  readonly timeoutMs: number;
}

const FIRST_PAUSE_MS = 50;
const LONGEST_PAUSE_MS = 2000;
const MAX_RESPONSE_BYTES = 50 << 20;
/** A longer wait at the broker would hold up the end of a query. */
const LONGEST_WAIT_MS = 500;

export class KafkaCluster {
  readonly #connection: KafkaConnection;
  readonly #environment: KafkaEnvironment;
  readonly #settings: ClusterSettings;
  /** Node ids by topic and partition. */
  #leaders = new Map<string, Map<number, string>>();
  #cluster: RawCluster | undefined;
  /** A second set of connections: a broker answers the calls of one connection one after the other, waiting ones too. */
  #waiting: RawCluster | undefined;
  #wait: { readonly key: string; readonly done: Promise<void> } | undefined;
  #isClosed = false;

  constructor(connection: KafkaConnection, settings: ClusterSettings, environment: KafkaEnvironment) {
    this.#connection = connection;
    this.#settings = settings;
    this.#environment = environment;
  }

  /** The addresses, for messages. */
  get address(): string {
    return this.#connection.brokers.join(',');
  }

  /** Connects; a cluster that is not there or refuses is a typed error. */
  async connect(): Promise<void> {
    const driver = await loadKafkaDriver(this.#connection);
    const { readsCommitted } = this.#settings;
    this.#cluster = driver.cluster(readsCommitted);
    this.#waiting = driver.cluster(readsCommitted);
    await this.#retried('the connection', () => this.#opened().connect());
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    await Promise.allSettled([this.#cluster?.disconnect(), this.#waiting?.disconnect()]);
  }

  /** Names of all topics that are not Kafka's own. */
  async topics(): Promise<readonly string[]> {
    const { topicMetadata } = await this.#retried('the list of topics', () => this.#metadata([]));
    return topicMetadata.filter(({ isInternal }) => isInternal !== true).map(({ topic }) => topic);
  }

  /** The partitions of these topics as they are now; a topic that does not exist has none. */
  async partitionsOf(topics: readonly string[]): Promise<readonly TopicPartition[]> {
    const found = await Promise.all(topics.map((topic) => this.#partitionsOfTopic(topic)));
    return found.flat();
  }

  /** The offset of each query, -1 where no record has the time or a later one. */
  async listOffsets(queries: readonly OffsetQuery[]): Promise<readonly number[]> {
    if (queries.length === 0) return [];
    return await this.#retried('the list of offsets', async () => {
      const found = new Map<string, number>();
      const byLeader = await this.#byLeader(queries);
      await Promise.all(
        [...byLeader].map(async ([nodeId, ofLeader]) => {
          const broker = await this.#broker(nodeId);
          const topics = byTopic(ofLeader, ({ partition, timestampMs }) => ({ partition, timestamp: timestampMs }));
          const { responses } = await broker.listOffsets({ isolationLevel: this.#isolationLevel, topics });
          for (const { topic, partitions } of responses)
            for (const { partition, offset } of partitions) found.set(keyOf({ topic, partition }), Number(offset));
        }),
      );
      return queries.map((query) => found.get(keyOf(query)) ?? -1);
    });
  }

  /** Records of a partition from `offset` on, at most about `maxBytes`; undefined when the log does not have that offset. */
  async fetch(place: TopicPartition, offset: number, maxBytes: number): Promise<FetchedRecords | undefined> {
    const first = await this.#fetchOnce(place, offset, maxBytes);
    const isEmpty = first !== undefined && first.nextOffset === offset && first.logEnd > offset;
    if (!isEmpty) return first;
    // Nothing although the log goes on: a broker that holds back, or offsets whose records are all gone. The latter stays so.
    const second = await this.#fetchOnce(place, offset, maxBytes);
    if (second === undefined || second.nextOffset > offset) return second;
    return { ...second, nextOffset: Math.min(first.logEnd, second.logEnd) };
  }

  /** Resolves when one of the partitions has a record at its position or after, at the latest after `timeoutMs` or half a second. */
  async waitForRecords(
    positions: readonly (TopicPartition & { readonly offset: number })[],
    timeoutMs: number,
    signal: AbortSignal,
  ): Promise<void> {
    const key = positions.map((position) => `${keyOf(position)}@${position.offset}`).join(' ');
    const waitMs = Math.min(timeoutMs, LONGEST_WAIT_MS);
    if (this.#wait?.key !== key) {
      const done = this.#waitAtBrokers(positions, waitMs).finally(() => (this.#wait = undefined));
      this.#wait = { key, done };
    }
    const aborted = new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
    if (!signal.aborted) await Promise.race([this.#wait.done, aborted]);
  }

  async #waitAtBrokers(
    positions: readonly (TopicPartition & { readonly offset: number })[],
    maxWaitTime: number,
  ): Promise<void> {
    try {
      const byLeader = await this.#byLeader(positions);
      const cluster = this.#waiting ?? this.#opened();
      await cluster.connect();
      const waits = [...byLeader].map(async ([nodeId, ofLeader]) => {
        const broker = await cluster.findBroker({ nodeId });
        const topics = byTopic(ofLeader, ({ partition, offset }) => ({
          partition,
          fetchOffset: String(offset),
          maxBytes: 1,
        }));
        await broker.fetch({ ...this.#fetchSettings(maxWaitTime, 1), topics });
      });
      await Promise.race(waits);
    } catch {
      // Whatever it was, the next latestOffset meets it too and says so.
      await this.#environment.sleep(Math.min(maxWaitTime, FIRST_PAUSE_MS));
    }
  }

  async #fetchOnce(place: TopicPartition, offset: number, maxBytes: number): Promise<FetchedRecords | undefined> {
    return await this.#retried(`records of ${place.topic}-${place.partition}`, async () => {
      try {
        const { partition, throttleMs } = await this.#fetchPartition(place, offset, maxBytes);
        if (throttleMs > 0) await this.#environment.sleep(throttleMs);
        const logEnd = this.#settings.readsCommitted ? partition.lastStableOffset : partition.highWatermark;
        return {
          records: visibleRecords(partition, offset),
          nextOffset: nextOffsetAfter(partition, offset),
          logEnd: Number(logEnd ?? partition.highWatermark),
        };
      } catch (error) {
        if (kafkaFailure(error) === 'out-of-range') return undefined;
        throw error;
      }
    });
  }

  async #fetchPartition(
    place: TopicPartition,
    offset: number,
    maxBytes: number,
  ): Promise<{ readonly partition: RawPartition; readonly throttleMs: number }> {
    const broker = await this.#broker(await this.#leaderOf(place));
    const { clientSideThrottleTime, responses } = await broker.fetch({
      ...this.#fetchSettings(0, maxBytes),
      topics: [
        { topic: place.topic, partitions: [{ partition: place.partition, fetchOffset: String(offset), maxBytes }] },
      ],
    });
    const partition = responses[0]?.partitions[0];
    if (partition === undefined)
      throw new MillraceError('KAFKA_RECORD_CORRUPT', { reason: `an answer without ${keyOf(place)}` });
    return { partition, throttleMs: clientSideThrottleTime ?? 0 };
  }

  #fetchSettings(maxWaitTime: number, maxBytes: number) {
    return {
      replicaId: -1,
      isolationLevel: this.#isolationLevel,
      maxWaitTime,
      minBytes: 1,
      maxBytes: Math.min(maxBytes, MAX_RESPONSE_BYTES),
    } as const;
  }

  get #isolationLevel(): 0 | 1 {
    return this.#settings.readsCommitted ? 1 : 0;
  }

  async #partitionsOfTopic(topic: string): Promise<readonly TopicPartition[]> {
    try {
      const { topicMetadata } = await this.#retried(`the partitions of ${topic}`, () => this.#metadata([topic]));
      const partitions = topicMetadata.find((found) => found.topic === topic)?.partitionMetadata ?? [];
      this.#leaders.set(topic, new Map(partitions.map(({ partitionId, leader }) => [partitionId, String(leader)])));
      return partitions
        .map(({ partitionId }) => ({ topic, partition: partitionId }))
        .toSorted((a, b) => a.partition - b.partition);
    } catch (error) {
      const cause = error instanceof MillraceError ? error.cause : error;
      if (kafkaFailure(cause) !== 'no-topic') throw error;
      this.#leaders.delete(topic);
      return [];
    }
  }

  async #byLeader<Item extends TopicPartition>(items: readonly Item[]): Promise<Map<string, Item[]>> {
    const groups = new Map<string, Item[]>();
    for (const item of items) {
      const nodeId = await this.#leaderOf(item);
      const group = groups.get(nodeId);
      if (group === undefined) groups.set(nodeId, [item]);
      else group.push(item);
    }
    return groups;
  }

  async #leaderOf({ topic, partition }: TopicPartition): Promise<string> {
    if (!this.#leaders.has(topic)) await this.#partitionsOfTopic(topic);
    const leader = this.#leaders.get(topic)?.get(partition);
    if (leader === undefined)
      throw new KafkaSignal('UNKNOWN_TOPIC_OR_PARTITION', `there is no partition ${partition} of ${topic}`);
    return leader;
  }

  /** kafkajs gives null when all brokers are away. */
  async #metadata(topics: readonly string[]): Promise<TopicMetadata> {
    const metadata = await this.#opened().metadata({ topics });
    if (metadata === null) throw new KafkaSignal('NoBrokerAvailable', 'no broker answers');
    return metadata;
  }

  #broker(nodeId: string): Promise<RawBroker> {
    return this.#opened().findBroker({ nodeId });
  }

  #opened(): RawCluster {
    if (this.#cluster === undefined)
      throw new MillraceError('STREAM_PRODUCER_FAILED', { stream: this.address, reason: 'it is not connected' });
    return this.#cluster;
  }

  /** Runs a call until it succeeds, fails for good, or the time is over. */
  async #retried<T>(action: string, call: () => Promise<T>): Promise<T> {
    const { nowMs, sleep, random } = this.#environment;
    const deadlineMs = nowMs() + this.#settings.timeoutMs;
    for (let attempt = 1; ; attempt++) {
      try {
        return await call();
      } catch (error) {
        if (error instanceof MillraceError) throw error;
        const failure = kafkaFailure(error);
        if (failure === 'no-topic' || failure === 'out-of-range') throw error;
        if (failure === 'final') throw this.#refused(error, action);
        if (nowMs() >= deadlineMs || this.#isClosed) throw this.#unavailable(error, attempt);
        // Another broker may lead by now.
        this.#leaders = new Map();
        const ceilingMs = Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** attempt);
        await sleep(ceilingMs * (0.5 + random() / 2));
      }
    }
  }

  #refused(cause: unknown, action: string): MillraceError {
    return systemRefused(kafkaAt(this.address), action, cause);
  }

  #unavailable(cause: unknown, attempts: number): MillraceError {
    return systemUnavailable(kafkaAt(this.address), attempts, cause);
  }
}

/** What kafkajs would have said; kafka-failure.ts reads it like its errors. */
class KafkaSignal extends Error {
  readonly type: string;

  constructor(type: 'UNKNOWN_TOPIC_OR_PARTITION' | 'NoBrokerAvailable', message: string) {
    super(message);
    this.type = type;
  }
}

/** `topic-partition`, as Kafka prints it. */
export function keyOf({ topic, partition }: TopicPartition): string {
  return `${topic}-${partition}`;
}

function byTopic<Item extends TopicPartition>(
  items: readonly Item[],
  entry: (item: Item) => object,
): { readonly topic: string; readonly partitions: object[] }[] {
  const topics = new Map<string, object[]>();
  for (const item of items) topics.set(item.topic, [...(topics.get(item.topic) ?? []), entry(item)]);
  return [...topics].map(([topic, partitions]) => ({ topic, partitions }));
}
