/**
 * The one place that loads kafkajs. It gives out a cluster handle that fetches exact offset ranges, and producers.
 *
 * The consumer of kafkajs is bound to a consumer group, begins where the group says and hides control records, so it cannot say "these
 * offsets of this partition, and where the log ends". Its own layer below that (the `Cluster`, made by the client under a private symbol)
 * can; this file is the only one that knows of it. IF another version of kafkajs lacks it THEN DRIVER_UNSUITABLE.
 */
import { readFile } from 'node:fs/promises';
import type { Admin, Kafka, KafkaConfig, Producer } from 'kafkajs';
import { MillraceError } from '../../errors/millrace-error.ts';
import { loadDriver } from '../load-driver.ts';
import { registerKafkaCodecs } from './kafka-codecs.ts';
import type { KafkaConnection, KafkaTls, PemSource } from './kafka-connection.ts';
import { passNegativeTimeoutWarning } from './negative-timeout.ts';

/** A record as kafkajs decodes it. */
export interface RawRecord {
  readonly offset: string;
  readonly key: Buffer | null;
  readonly value: Buffer | null;
  /** Milliseconds since 1970, as text. */
  readonly timestamp: string;
  readonly headers?: Readonly<Record<string, Buffer | readonly Buffer[] | null | undefined>>;
  readonly isControlRecord: boolean;
  readonly batchContext: {
    readonly firstOffset: string;
    readonly lastOffsetDelta: number;
    readonly producerId: string;
    readonly inTransaction: boolean;
    readonly timestampType: number;
  };
}

/** What a fetch of one partition gives. */
export interface RawPartition {
  readonly partition: number;
  readonly highWatermark: string;
  readonly lastStableOffset?: string;
  readonly abortedTransactions?: readonly { readonly producerId: string; readonly firstOffset: string }[];
  readonly messages: readonly RawRecord[];
}

interface PartitionRequest {
  readonly topic: string;
  readonly partitions: readonly object[];
}

/** A broker: two calls of it. */
export interface RawBroker {
  fetch(request: {
    readonly replicaId: -1;
    readonly isolationLevel: 0 | 1;
    readonly maxWaitTime: number;
    readonly minBytes: number;
    readonly maxBytes: number;
    readonly topics: readonly PartitionRequest[];
  }): Promise<{
    readonly clientSideThrottleTime?: number;
    readonly responses: readonly { readonly topicName: string; readonly partitions: readonly RawPartition[] }[];
  }>;
  listOffsets(request: { readonly isolationLevel: 0 | 1; readonly topics: readonly PartitionRequest[] }): Promise<{
    readonly responses: readonly {
      readonly topic: string;
      readonly partitions: readonly { readonly partition: number; readonly offset: string }[];
    }[];
  }>;
}

export interface TopicMetadata {
  readonly topicMetadata: readonly {
    readonly topic: string;
    readonly isInternal?: boolean;
    readonly partitionMetadata: readonly { readonly partitionId: number; readonly leader: number }[];
  }[];
}

/** The layer of kafkajs that knows brokers and leaders. */
export interface RawCluster {
  connect(): Promise<void>;
  disconnect(): Promise<void>;
  /** Of these topics, of all when none is named. */
  metadata(request: { readonly topics: readonly string[] }): Promise<TopicMetadata | null>;
  findBroker(request: { readonly nodeId: string }): Promise<RawBroker>;
}

export interface ProducerSettings {
  readonly isIdempotent: boolean;
  readonly transactionalId: string | undefined;
  readonly transactionTimeoutMs: number | undefined;
}

/** What can be made on a Kafka. */
export interface KafkaDriver {
  cluster(readsCommitted: boolean): RawCluster;
  producer(settings: ProducerSettings): Producer;
  /** The offsets and their metadata that a group has committed for a topic. */
  groupOffsets(
    groupId: string,
    topic: string,
  ): Promise<readonly { readonly partition: number; readonly offset: string; readonly metadata: string | null }[]>;
  /** How many partitions a topic has. */
  numPartitions(topic: string): Promise<number>;
}

const CREATE_CLUSTER = 'private:Kafka:createCluster';

/** Loads kafkajs and describes the cluster to it; connects to nothing. */
export async function loadKafkaDriver(connection: KafkaConnection): Promise<KafkaDriver> {
  const kafkajs = await importKafkajs();
  registerKafkaCodecs(kafkajs);
  passNegativeTimeoutWarning();
  const kafka = new kafkajs.Kafka(await clientConfig(connection));
  return {
    cluster: (readsCommitted) => createCluster(kafka, readsCommitted),
    producer: (settings) =>
      kafka.producer({
        allowAutoTopicCreation: true,
        idempotent: settings.isIdempotent,
        createPartitioner: kafkajs.Partitioners.DefaultPartitioner,
        ...(settings.transactionalId === undefined
          ? {}
          : { transactionalId: settings.transactionalId, maxInFlightRequests: 1 }),
        ...(settings.transactionTimeoutMs === undefined ? {} : { transactionTimeout: settings.transactionTimeoutMs }),
      }),
    groupOffsets: (groupId, topic) =>
      withAdmin(kafka, async (admin) => {
        const [found] = await admin.fetchOffsets({ groupId, topics: [topic] });
        return found?.partitions ?? [];
      }),
    numPartitions: (topic) =>
      withAdmin(kafka, async (admin) => {
        const { topics } = await admin.fetchTopicMetadata({ topics: [topic] });
        return topics[0]?.partitions.length ?? 0;
      }),
  };
}

async function withAdmin<Result>(kafka: Kafka, work: (admin: Admin) => Promise<Result>): Promise<Result> {
  const admin = kafka.admin();
  await admin.connect();
  try {
    return await work(admin);
  } finally {
    await admin.disconnect();
  }
}

async function importKafkajs(): Promise<typeof import('kafkajs')> {
  const module: object = await loadDriver<object>('kafka', 'kafkajs', () => import('kafkajs'));
  // A CommonJS package: as it is, or under `default`, depending on who resolves it.
  return (Reflect.get(module, 'default') ?? module) as typeof import('kafkajs');
}

async function clientConfig(connection: KafkaConnection): Promise<KafkaConfig> {
  const { sasl } = connection;
  return {
    brokers: [...connection.brokers],
    clientId: connection.clientId,
    connectionTimeout: connection.connectTimeoutMs,
    requestTimeout: connection.requestTimeoutMs,
    ...(connection.tls === undefined ? {} : { ssl: await tlsConfig(connection.tls) }),
    ...(sasl === undefined ? {} : { sasl: { ...sasl } as NonNullable<KafkaConfig['sasl']> }),
    // Failures are thrown, counted and repeated by us; what kafkajs would print says nothing more.
    logLevel: 0,
    logCreator: () => () => {},
    retry: { retries: 5, initialRetryTime: 100, maxRetryTime: 2000 },
  };
}

async function tlsConfig(tls: KafkaTls): Promise<NonNullable<KafkaConfig['ssl']>> {
  const [ca, cert, key] = await Promise.all([tls.authorities, tls.certificate, tls.key].map(pemText));
  return {
    ...(ca === undefined ? {} : { ca: [ca] }),
    ...(cert === undefined ? {} : { cert }),
    ...(key === undefined ? {} : { key }),
    ...(tls.passphrase === undefined ? {} : { passphrase: tls.passphrase }),
    ...(tls.checksHostName ? {} : { checkServerIdentity: () => undefined }),
  };
}

async function pemText(source: PemSource | undefined): Promise<string | undefined> {
  if (source === undefined) return undefined;
  return 'text' in source ? source.text.replaceAll(String.raw`\n`, '\n') : await readFile(source.file, 'utf8');
}

/** The cluster object of a client; a client that cannot make one is DRIVER_UNSUITABLE. */
export function createCluster(kafka: object, readsCommitted: boolean): RawCluster {
  const symbol = Object.getOwnPropertySymbols(kafka).find(({ description }) => description === CREATE_CLUSTER);
  const create = symbol === undefined ? undefined : (Reflect.get(kafka, symbol) as unknown);
  if (typeof create !== 'function')
    throw new MillraceError('DRIVER_UNSUITABLE', {
      package: 'kafkajs',
      reason: `it has no ${CREATE_CLUSTER}`,
      wanted: '2.2.4',
    });
  const options = { metadataMaxAge: 300_000, allowAutoTopicCreation: false, isolationLevel: readsCommitted ? 1 : 0 };
  return Reflect.apply(create, kafka, [options]) as RawCluster;
}
