/** Topics of their own for tests on the shared broker: making them, writing to them, changing them. */
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { Kafka, logLevel, Partitioners, type Admin, type Message, type Producer } from 'kafkajs';

const MAX_ATTEMPTS = 300;
const PAUSE_MS = 50;

/** A topic that one test has for itself, on `broker`. */
export class KafkaTopic {
  readonly name: string;
  readonly broker: string;
  readonly admin: Admin;
  readonly producer: Producer;
  readonly kafka: Kafka;

  private constructor(broker: string, name: string) {
    this.broker = broker;
    this.name = name;
    this.kafka = new Kafka({ brokers: [broker], logLevel: logLevel.NOTHING });
    this.admin = this.kafka.admin();
    this.producer = this.kafka.producer({
      allowAutoTopicCreation: false,
      createPartitioner: Partitioners.DefaultPartitioner,
    });
  }

  static async create(
    broker: string,
    settings: {
      readonly numPartitions?: number;
      readonly name?: string;
      readonly configs?: Readonly<Record<string, string>>;
    } = {},
  ): Promise<KafkaTopic> {
    const topic = new KafkaTopic(broker, settings.name ?? `t-${randomUUID()}`);
    await Promise.all([topic.admin.connect(), topic.producer.connect()]);
    const configEntries = Object.entries(settings.configs ?? {}).map(([name, value]) => ({ name, value }));
    const numPartitions = settings.numPartitions ?? 1;
    // kafkajs' own wait fails when the broker has not heard of the topic yet.
    await topic.admin.createTopics({
      waitForLeaders: false,
      topics: [{ topic: topic.name, numPartitions, configEntries }],
    });
    await topic.#hasLeaders(numPartitions);
    return topic;
  }

  /** Waits until the broker knows so many partitions and their leaders. */
  async #hasLeaders(numPartitions: number): Promise<void> {
    for (let attempt = 1; ; attempt++) {
      try {
        const { topics } = await this.admin.fetchTopicMetadata({ topics: [this.name] });
        const partitions = topics[0]?.partitions ?? [];
        if (partitions.length >= numPartitions && partitions.every(({ leader }) => leader >= 0)) return;
      } catch (error) {
        const { type } = error as { readonly type?: unknown };
        if (type !== 'UNKNOWN_TOPIC_OR_PARTITION' && type !== 'LEADER_NOT_AVAILABLE') throw error;
      }
      if (attempt === MAX_ATTEMPTS) throw new Error(`topic ${this.name} has no leaders`);
      await sleep(PAUSE_MS);
    }
  }

  /** Appends records to a partition. */
  async send(values: readonly (string | null)[], partition = 0, more: Partial<Message> = {}): Promise<void> {
    await this.producer.send({
      topic: this.name,
      acks: -1,
      messages: values.map((value) => ({ value, partition, ...more })),
    });
  }

  /** Gives the topic more partitions. The producer connects anew: kafkajs drops records for partitions it has not heard of. */
  async growTo(count: number): Promise<void> {
    await this.admin.createPartitions({ topicPartitions: [{ topic: this.name, count }] });
    await this.#hasLeaders(count);
    await this.producer.disconnect();
    await this.producer.connect();
  }

  /** Deletes the records of a partition before `offset`. */
  async deleteBefore(offset: number, partition = 0): Promise<void> {
    // kafkajs finds the leader only of topics it has asked about.
    await this.admin.fetchTopicOffsets(this.name);
    await this.admin.deleteTopicRecords({ topic: this.name, partitions: [{ partition, offset: String(offset) }] });
  }

  async close(): Promise<void> {
    await this.admin.deleteTopics({ topics: [this.name] }).catch(() => {});
    await Promise.all([this.admin.disconnect(), this.producer.disconnect()]);
  }
}
