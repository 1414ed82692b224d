/**
 * The Kafka torture test: a query copies a topic to another in transactions while its process and the broker are killed with SIGKILL at
 * random moments. At the end Kafka's own client, reading committed records, must find every record once, in the order of its partition.
 */
import { randomUUID } from 'node:crypto';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { KafkaTopic } from '../source/kafka/kafka-topic.ts';
import { startKafka } from '../servers/kafka.ts';
import { seededRandom } from './input-files.ts';
import { endOf, killAfter, startProgram } from './program-process.ts';
import type { KafkaTortureProgram } from './kafka-torture-program.ts';

export interface KafkaTorturePlan {
  readonly numRecords: number;
  readonly numPartitions: number;
  /** Of the query's process. */
  readonly numKills: number;
  /** Of the broker, during some of the runs. */
  readonly numBrokerKills: number;
  readonly seed: number;
}

export interface KafkaTortureResult {
  readonly seconds: number;
  readonly numRead: number;
  /** Records of aborted transactions and of markers: offsets of the result that no reader of committed records sees. */
  readonly numUnseenOffsets: number;
  /** Offsets of the result before the last run, which is not killed. */
  readonly numOffsetsBeforeEnd: number;
  readonly lost: number;
  readonly twice: number;
  readonly outOfOrder: number;
}

const PROGRAM = fileURLToPath(new URL('kafka-torture-program.ts', import.meta.url));
const MAX_RUN_MS = 4000;
const SEND_RECORDS = 1000;

/** Runs the plan in an empty folder. */
export async function runKafkaTorture(plan: KafkaTorturePlan, folder: string): Promise<KafkaTortureResult> {
  const startMs = performance.now();
  const random = seededRandom(plan.seed);
  const { numRecords, numPartitions, numKills, numBrokerKills } = plan;
  let server = await startKafka(path.join(folder, 'broker'));
  try {
    const [from, to] = [`from-${randomUUID()}`, `to-${randomUUID()}`];
    const input = await KafkaTopic.create(server.url, { name: from, numPartitions });
    const output = await KafkaTopic.create(server.url, { name: to, numPartitions });
    const program: KafkaTortureProgram = {
      broker: server.url,
      from,
      to,
      checkpoint: path.join(folder, 'checkpoint'),
      maxOffsetsPerTrigger: Math.max(100, Math.ceil(numRecords / 60)),
      untilEnd: false,
    };
    let numSent = 0;
    for (let run = 0; run < numKills; run++) {
      const until = Math.round((numRecords * (run + 1)) / numKills);
      for (; numSent < until; numSent += SEND_RECORDS)
        await sendSome(input, Math.min(SEND_RECORDS, until - numSent), numSent);
      numSent = until;
      const running = startProgram(PROGRAM, program);
      await Promise.race([running.ready, running.ended]);
      const isBrokerKilled =
        Math.floor(((run + 1) * numBrokerKills) / numKills) > Math.floor((run * numBrokerKills) / numKills);
      if (isBrokerKilled) {
        await new Promise((resolve) => setTimeout(resolve, random() * MAX_RUN_MS));
        await server.stop('SIGKILL');
        server = await startKafka(path.join(folder, 'broker'), { port: server.port });
      }
      await killAfter(running, random() * MAX_RUN_MS);
    }
    const numBeforeEnd = await numOffsets(output);
    await endOf(startProgram(PROGRAM, { ...program, untilEnd: true }));
    const wanted = (await input.admin.fetchTopicOffsets(from)).flatMap(({ partition, high }) =>
      Array.from({ length: Number(high) }, (_, offset) => `${partition}:${offset}`),
    );
    const numEnd = await numOffsets(output);
    const values = await readCommitted(output, numPartitions);
    const found = new Set(values);
    await Promise.all([input.close(), output.close()]);
    return {
      seconds: Math.round((performance.now() - startMs) / 1000),
      numRead: wanted.length,
      numUnseenOffsets: numEnd - values.length,
      numOffsetsBeforeEnd: numBeforeEnd,
      lost: wanted.filter((place) => !found.has(place)).length,
      twice: values.length - found.size,
      outOfOrder: countOutOfOrder(values),
    };
  } finally {
    await server.stop();
  }
}

async function sendSome(topic: KafkaTopic, count: number, first: number): Promise<void> {
  const messages = Array.from({ length: count }, (_, i) => ({ key: `k${(first + i) % 100}`, value: `v${first + i}` }));
  await topic.producer.send({ topic: topic.name, acks: -1, messages });
}

async function numOffsets(topic: KafkaTopic): Promise<number> {
  const ends = await topic.admin.fetchTopicOffsets(topic.name);
  return ends.reduce((sum, { high }) => sum + Number(high), 0);
}

/** The committed records of a topic, read by the consumer of kafkajs up to a record that is put at the end of each partition. */
async function readCommitted(topic: KafkaTopic, numPartitions: number): Promise<readonly string[]> {
  const end = `end-${randomUUID()}`;
  for (let partition = 0; partition < numPartitions; partition++) await topic.send([end], partition);
  const consumer = topic.kafka.consumer({ groupId: end, readUncommitted: false });
  const values: string[] = [];
  const ended = new Set<number>();
  await consumer.connect();
  await consumer.subscribe({ topic: topic.name, fromBeginning: true });
  await new Promise<void>((resolve, reject) => {
    const eachMessage = async (read: {
      readonly partition: number;
      readonly message: { readonly value: Buffer | null };
    }): Promise<void> => {
      const value = String(read.message.value);
      if (value !== end) values.push(value);
      else if (ended.add(read.partition).size === numPartitions) resolve();
    };
    consumer.run({ eachMessage }).catch(reject);
  });
  await consumer.disconnect();
  return values;
}

/** Records behind a later one of their partition. */
function countOutOfOrder(values: readonly string[]): number {
  const newest = new Map<string, number>();
  let count = 0;
  for (const value of values) {
    const [partition = '', offset = ''] = value.split(':');
    if (Number(offset) <= (newest.get(partition) ?? -1)) count++;
    newest.set(partition, Number(offset));
  }
  return count;
}
