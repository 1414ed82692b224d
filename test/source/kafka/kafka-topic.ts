/** Topics of their own for tests on the shared broker: making them, writing to them, changing them. */
import { randomUUID } from 'node:crypto';
import { Kafka, logLevel, Partitioners, type Admin, type Message, type Producer } from 'kafkajs';

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
    await topic.admin.createTopics({
      waitForLeaders: true,
      topics: [{ topic: topic.name, numPartitions: settings.numPartitions ?? 1, configEntries }],
    });
    return topic;
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
