/** A Kafka broker for the run of a benchmark, and topics filled with the lines of files, each once. */
import { readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { Kafka, logLevel } from 'kafkajs';
import type { RunningServers } from '../../test/servers/start-servers.ts';
import { startServers } from '../../test/servers/start-servers.ts';

const RECORDS_PER_REQUEST = 5000;
let broker: Promise<RunningServers> | undefined;
const filled = new Map<string, Promise<void>>();

/** What the parameters of a case say about its topic. */
export interface TopicParameters {
  /** A folder with files of lines, each a record. */
  readonly folder: string;
  readonly numPartitions: number;
}

/** Addresses of the broker, started on first use, and the topic with the lines. */
export async function kafkaTopic({
  folder,
  numPartitions,
}: TopicParameters): Promise<{ readonly brokers: string; readonly topic: string }> {
  broker ??= startServers(['MILLRACE_TEST_KAFKA']);
  const brokers = (await broker).addresses.MILLRACE_TEST_KAFKA ?? '';
  const topic = `${path.basename(folder)}-${numPartitions}`;
  if (!filled.has(topic)) filled.set(topic, fill(brokers, topic, { folder, numPartitions }));
  await filled.get(topic);
  return { brokers, topic };
}

/** Ends the broker, if there is one. */
export async function stopKafka(): Promise<void> {
  if (broker !== undefined) await (await broker).stop();
}

async function fill(brokers: string, topic: string, { folder, numPartitions }: TopicParameters): Promise<void> {
  const kafka = new Kafka({ brokers: brokers.split(','), logLevel: logLevel.NOTHING });
  const admin = kafka.admin();
  await admin.connect();
  await admin.createTopics({ topics: [{ topic, numPartitions }], waitForLeaders: true });
  await admin.disconnect();
  const producer = kafka.producer();
  await producer.connect();
  let number = 0;
  for (const file of readdirSync(folder).toSorted()) {
    const lines = readFileSync(path.join(folder, file), 'utf8').trimEnd().split('\n');
    for (let from = 0; from < lines.length; from += RECORDS_PER_REQUEST) {
      const messages = lines.slice(from, from + RECORDS_PER_REQUEST).map((value) => ({
        value,
        partition: number++ % numPartitions,
      }));
      await producer.send({ topic, messages });
    }
  }
  await producer.disconnect();
}
