/**
 * The server process: `node test/servers/main.ts <variable>…` starts the named servers, prints one JSON line with their addresses and
 * keeps them until its standard input closes, which happens however its parent ends. Then it stops them and removes their folder. Kept
 * apart from vitest so that servers never outlive a run, not even a killed one.
 */
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { startKinesisLocal } from '../../src/emulator/kinesis-local.ts';
import { type ComposeService, startWithDocker } from './docker.ts';
import { startKafka } from './kafka.ts';
import { startLocalstack } from './localstack.ts';
import { MARIADB, startMariadb } from './mariadb.ts';
import { type Program, missingServer } from './obtain.ts';
import { POSTGRES, startPostgres } from './postgres.ts';
import { REDIS, startRedis } from './redis.ts';
import { startS3 } from './s3.ts';
import { stopAllServerProcesses, type TestServer } from './server-process.ts';
import type { ServerVariable } from './urls.ts';

const root = mkdtempSync(path.join(tmpdir(), 'millrace-servers-'));
chmodSync(root, 0o711); // servers that do not run as root must reach their folder below it
const started: Pick<TestServer, 'stop'>[] = [];

const STARTERS: Readonly<Record<ServerVariable, () => Promise<string>>> = {
  MILLRACE_TEST_REDIS: () =>
    startOrDocker(REDIS, startRedis(path.join(root, 'redis')), {
      service: 'redis',
      portVariable: 'MILLRACE_REDIS_PORT',
      url: (port) => `redis://127.0.0.1:${port}/0`,
    }),
  MILLRACE_TEST_PG: () =>
    startOrDocker(POSTGRES, startPostgres(path.join(root, 'postgres')), {
      service: 'postgres',
      portVariable: 'MILLRACE_POSTGRES_PORT',
      url: (port) => `postgresql://millrace:millrace@127.0.0.1:${port}/millrace`,
    }),
  MILLRACE_TEST_MYSQL: () =>
    startOrDocker(MARIADB, startMariadb(path.join(root, 'mariadb')), {
      service: 'mysql',
      portVariable: 'MILLRACE_MYSQL_PORT',
      url: (port) => `mysql://millrace:millrace@127.0.0.1:${port}/millrace`,
    }),
  MILLRACE_TEST_KAFKA: () => keep(startKafka(path.join(root, 'kafka'))),
  MILLRACE_TEST_S3: () => keep(startS3()),
  MILLRACE_TEST_AWS: () => keep(startLocalstack()),
  MILLRACE_TEST_KINESIS: async () => {
    const kinesis = await startKinesisLocal();
    started.push(kinesis);
    return kinesis.endpoint;
  },
};

async function keep(starting: Promise<TestServer>): Promise<string> {
  const server = await starting;
  started.push(server);
  return server.url;
}

async function startOrDocker(
  program: Program,
  starting: Promise<TestServer | undefined>,
  service: ComposeService,
): Promise<string> {
  const server = (await starting) ?? (await startWithDocker(service));
  if (server === undefined) throw missingServer(program);
  return await keep(Promise.resolve(server));
}

let ending: Promise<never> | undefined;

async function end(): Promise<never> {
  await Promise.allSettled(started.map((server) => server.stop()));
  await stopAllServerProcesses();
  rmSync(root, { recursive: true, force: true });
  process.exit(0);
}

const endOnce = (): void => void (ending ??= end());
process.stdin.on('end', endOnce).on('close', endOnce).on('error', endOnce).resume();
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, endOnce);

const wanted = process.argv.slice(2).filter((name): name is ServerVariable => name in STARTERS);
const results = await Promise.allSettled(wanted.map(async (name) => [name, await STARTERS[name]()] as const));
const errors = results.flatMap((result) =>
  result.status === 'rejected' ? [String((result.reason as Error).message)] : [],
);
const addresses = Object.fromEntries(
  results.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : [])),
);
process.stdout.write(`${JSON.stringify(errors.length > 0 ? { error: errors.join('\n\n') } : { addresses })}\n`);
