/** Servers that are empty, or not there: the query does not start, and says what is missing and where. */
import { createServer, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startRedis } from '../servers/redis.ts';
import type { TestServer } from '../servers/server-process.ts';
import { failureOf, impatientEnvironment } from './in-process-runs.ts';
import { recoveryInput } from './recovery-input.ts';
import type { RecoveryRun } from './recovery-query.ts';
import { dropTarget, newTarget, readTarget } from './sink-targets.ts';

const input = recoveryInput({ numFiles: 3, rowsPerFile: 24, seed: 17 });
let redis: TestServer | undefined;

beforeAll(async () => {
  redis = await startRedis(join(input.folder, 'redis'));
});
afterAll(() => redis?.stop('SIGKILL'));

async function emptyRedis(url: string): Promise<void> {
  const client = new Redis(url);
  await client.flushall();
  client.disconnect();
}

/** A port nobody listens on. */
async function closedPort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => {
    server.close(resolve);
  });
  return port;
}

describe('a Redis emptied between two runs', () => {
  it.each([
    { sink: 'SQLite', condition: 'CHECKPOINT_MISSING' },
    { sink: 'PostgreSQL', condition: 'CHECKPOINT_MISSING' },
    { sink: 'files', condition: 'CHECKPOINT_FOREIGN' },
  ] as const)('does not make a query with a $sink sink begin again', async ({ sink, condition }) => {
    const url = redis?.url ?? '';
    const name = `flushed_${sink.toLowerCase()}_${process.pid}`;
    const target = newTarget(sink, input.folder, name);
    const run: RecoveryRun = {
      input: input.path,
      checkpoint: `${url}?prefix=${name}`,
      mode: 'append',
      sink: target,
    };
    try {
      expect(await failureOf(run)).toBeUndefined();
      const before = await readTarget(target);
      expect(before.lines.length).toBeGreaterThan(3);
      await emptyRedis(url);
      const failure = await failureOf(run);
      expect(failure?.condition, failure?.message).toBe(condition);
      expect(await readTarget(target)).toEqual(before);
    } finally {
      await dropTarget(target);
    }
  });

  it('lets a query begin again whose table was dropped as well', async () => {
    const url = redis?.url ?? '';
    const target = newTarget('PostgreSQL', input.folder, `dropped_${process.pid}`);
    const run: RecoveryRun = {
      input: input.path,
      checkpoint: `${url}?prefix=dropped`,
      mode: 'append',
      sink: target,
    };
    try {
      expect(await failureOf(run)).toBeUndefined();
      const before = await readTarget(target);
      await emptyRedis(url);
      await dropTarget(target);
      expect(await failureOf(run)).toBeUndefined();
      expect(await failureOf(run)).toBeUndefined();
      expect(await readTarget(target)).toEqual(before);
    } finally {
      await dropTarget(target);
    }
  });
});

describe('a server that is not there', () => {
  it('for the checkpoint is named with host and port after several attempts', async () => {
    const port = await closedPort();
    const run: RecoveryRun = {
      input: input.path,
      checkpoint: `redis://user:canary@127.0.0.1:${port}/0`,
      mode: 'append',
      sink: newTarget('SQLite', input.folder, 'unreachable'),
    };
    const failure = await failureOf(run, impatientEnvironment());
    expect(failure).toMatchObject({ condition: 'EXTERNAL_SYSTEM_UNAVAILABLE', parameters: { system: 'Redis' } });
    expect(failure?.message).toContain(`127.0.0.1:${port}`);
    expect(Number(failure?.parameters['attempts'])).toBeGreaterThan(3);
    expect(failure?.message).not.toContain('canary');
  });

  it('for the sink is named with host and port after several attempts', async () => {
    const port = await closedPort();
    const run: RecoveryRun = {
      input: input.path,
      checkpoint: join(input.folder, 'checkpoint-unreachable'),
      mode: 'append',
      sink: { kind: 'jdbc', url: `jdbc:postgresql://user:canary@127.0.0.1:${port}/test`, table: 't', markerTable: 'm' },
    };
    const failure = await failureOf(run, impatientEnvironment());
    expect(failure).toMatchObject({ condition: 'EXTERNAL_SYSTEM_UNAVAILABLE', parameters: { system: 'PostgreSQL' } });
    expect(failure?.message).toContain(`127.0.0.1:${port}`);
    expect(Number(failure?.parameters['attempts'])).toBeGreaterThan(3);
    expect(failure?.message).not.toContain('canary');
  });
});
