/**
 * A throwaway Kafka: one broker (KRaft) from the jars of Maven Central, fetched once into `.cache/`. Also for tests that stop and start one
 * of their own: the same folder and port go on with the same topics.
 */
import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';
import { Kafka, logLevel } from 'kafkajs';
import { CACHE_FOLDER, type Program, missingServer, obtainBinary } from './obtain.ts';
import { type TestServer, freePort, startServerProcess } from './server-process.ts';

const run = promisify(execFile);

const VERSION = '4.1.0';
const CLUSTER_ID = 'bWlsbHJhY2UtdGVzdHMtMQ';

/** Java runs the broker; Maven gets it. */
const JAVA: Program = {
  name: 'Kafka',
  binary: 'java',
  debianPackages: ['default-jre-headless'],
  variable: 'MILLRACE_TEST_KAFKA',
};
const MAVEN: Program = { ...JAVA, binary: 'mvn', debianPackages: ['maven'] };

const JVM_SETTINGS = [
  '-Xms64m',
  '-Xmx384m',
  '-XX:+UseSerialGC',
  '-XX:TieredStopAtLevel=1',
  '-XX:+PerfDisableSharedMem',
];

/** Starts a broker on `folder`; `settings` are lines of its server.properties that win over ours. */
export async function startKafka(
  folder: string,
  options: { readonly port?: number; readonly settings?: readonly string[] } = {},
): Promise<TestServer> {
  const java = await obtainBinary(JAVA);
  if (java === undefined) throw missingServer(JAVA);
  const jars = await obtainJars();
  mkdirSync(folder, { recursive: true });
  const port = options.port ?? (await freePort());
  const properties = path.join(folder, 'server.properties');
  writeFileSync(
    properties,
    [...brokerSettings(folder, port, await freePort()), ...(options.settings ?? [])].join('\n'),
  );
  const classPath = ['-cp', path.join(jars, '*')];
  if (!existsSync(path.join(folder, 'logs', 'meta.properties')))
    await run(java, [
      ...JVM_SETTINGS,
      ...classPath,
      'kafka.tools.StorageTool',
      'format',
      '-t',
      CLUSTER_ID,
      '-c',
      properties,
    ]);
  return await startServerProcess({
    name: 'Kafka',
    command: java,
    port,
    args: () => [...JVM_SETTINGS, ...classPath, 'kafka.Kafka', properties],
    url: () => `127.0.0.1:${port}`,
    ping: pingKafka,
    startTimeoutMs: 120_000,
  });
}

function brokerSettings(folder: string, port: number, controllerPort: number): readonly string[] {
  return [
    'process.roles=broker,controller',
    'node.id=1',
    `controller.quorum.voters=1@127.0.0.1:${controllerPort}`,
    `listeners=PLAINTEXT://127.0.0.1:${port},CONTROLLER://127.0.0.1:${controllerPort}`,
    `advertised.listeners=PLAINTEXT://127.0.0.1:${port}`,
    'controller.listener.names=CONTROLLER',
    'listener.security.protocol.map=PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT',
    'inter.broker.listener.name=PLAINTEXT',
    `log.dirs=${path.join(folder, 'logs')}`,
    'num.partitions=1',
    'offsets.topic.replication.factor=1',
    'offsets.topic.num.partitions=2',
    'transaction.state.log.replication.factor=1',
    'transaction.state.log.min.isr=1',
    'transaction.state.log.num.partitions=2',
    'group.initial.rebalance.delay.ms=0',
    'auto.create.topics.enable=false',
    // Records of 1970 stay.
    'log.retention.ms=-1',
    'log.retention.check.interval.ms=500',
    'log.initial.task.delay.ms=100',
  ];
}

/** The folder with the broker's jars; it appears under its name only when complete. */
async function obtainJars(): Promise<string> {
  const folder = path.join(CACHE_FOLDER, `kafka-${VERSION}`);
  if (existsSync(folder)) return folder;
  const maven = await obtainBinary(MAVEN);
  if (maven === undefined) throw missingServer(MAVEN);
  const partial = `${folder}.${process.pid}`;
  mkdirSync(partial, { recursive: true });
  const pom = path.join(partial, 'pom.xml');
  writeFileSync(pom, POM);
  try {
    const copy = ['dependency:copy-dependencies', '-DincludeScope=runtime', `-DoutputDirectory=${partial}`];
    await run(maven, ['-q', '-B', '-f', pom, ...copy], { maxBuffer: 64 << 20 });
    rmSync(pom);
    renameSync(partial, folder);
  } catch (cause) {
    rmSync(partial, { recursive: true, force: true });
    if (!existsSync(folder))
      throw new Error(`Cannot fetch Kafka ${VERSION} with Maven: ${(cause as Error).message}`, { cause });
  }
  return folder;
}

const POM = `<project xmlns="http://maven.apache.org/POM/4.0.0"><modelVersion>4.0.0</modelVersion>
<groupId>millrace</groupId><artifactId>test-kafka</artifactId><version>1</version><packaging>pom</packaging><dependencies>
<dependency><groupId>org.apache.kafka</groupId><artifactId>kafka_2.13</artifactId><version>${VERSION}</version></dependency>
<dependency><groupId>org.slf4j</groupId><artifactId>slf4j-nop</artifactId><version>1.7.36</version></dependency>
</dependencies></project>
`;

/** Rejects when no broker answers at `address`. */
async function pingKafka(address: string): Promise<void> {
  const kafka = new Kafka({ brokers: [address], logLevel: logLevel.NOTHING, retry: { retries: 0 } });
  const admin = kafka.admin();
  try {
    await admin.connect();
    await admin.describeCluster();
  } finally {
    await admin.disconnect();
  }
}
