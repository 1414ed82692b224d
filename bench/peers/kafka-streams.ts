/** Kafka Streams 4.1 from Maven Central, two threads, exactly once, state as it keeps it by default. Needs a JDK 17 and Maven. */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Engine } from '../harness/work.ts';
import { requireJava } from './python.ts';

const VERSION = '4.1.0';
const POM = `<project xmlns="http://maven.apache.org/POM/4.0.0"><modelVersion>4.0.0</modelVersion>
<groupId>millrace</groupId><artifactId>bench-kafka-streams</artifactId><version>1</version><packaging>pom</packaging><dependencies>
<dependency><groupId>org.apache.kafka</groupId><artifactId>kafka-streams</artifactId><version>${VERSION}</version></dependency>
<dependency><groupId>com.fasterxml.jackson.core</groupId><artifactId>jackson-databind</artifactId><version>2.19.0</version></dependency>
<dependency><groupId>org.slf4j</groupId><artifactId>slf4j-nop</artifactId><version>1.7.36</version></dependency>
</dependencies></project>
`;
const folder = path.resolve('.cache', `kafka-streams-${VERSION}`);

export const kafkaStreams: Engine = {
  name: 'kafka-streams',
  programs: ['kafka'],
  install() {
    requireJava();
    if (existsSync(folder)) return;
    process.stderr.write(`fetching Kafka Streams ${VERSION} into ${folder}\n`);
    const partial = `${folder}.${process.pid}`;
    mkdirSync(partial, { recursive: true });
    const pom = path.join(partial, 'pom.xml');
    writeFileSync(pom, POM);
    const copy = ['dependency:copy-dependencies', '-DincludeScope=runtime', `-DoutputDirectory=${partial}`];
    const { status } = spawnSync('mvn', ['-q', '-B', '-f', pom, ...copy], { stdio: ['ignore', 2, 2] });
    rmSync(pom);
    if (status !== 0) throw new Error('Kafka Streams could not be fetched; this peer needs Maven');
    renameSync(partial, folder);
  },
  // Java compiles a program of one file when it starts it, which is no part of the time.
  command: () => [
    'java',
    '-cp',
    path.join(folder, '*'),
    fileURLToPath(new URL('kafka-streams/CountByAction.java', import.meta.url)),
  ],
};
