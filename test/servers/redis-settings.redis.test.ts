/** The Redis of the tests is one that a checkpoint may be kept in. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Redis } from 'ioredis';
import { expect, test } from 'vitest';
import { startRedis } from './redis.ts';
import { redisUrl } from './urls.ts';

test('the shared Redis never evicts and writes an append-only file', async () => {
  const redis = new Redis(redisUrl());
  expect(await redis.config('GET', 'maxmemory-policy')).toEqual(['maxmemory-policy', 'noeviction']);
  expect(await redis.config('GET', 'appendonly')).toEqual(['appendonly', 'yes']);
  redis.disconnect();
});

test('a Redis of its own keeps its keys over a restart', async () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'millrace-own-redis-'));
  const settings = ['--appendfsync', 'always'];
  const first = await startRedis(folder, { settings });
  const writer = new Redis(first?.url ?? '');
  await writer.set('kept', 'yes');
  writer.disconnect();
  await first?.stop('SIGKILL');
  const second = await startRedis(folder, { settings });
  const reader = new Redis(second?.url ?? '');
  expect(await reader.get('kept')).toBe('yes');
  reader.disconnect();
  await second?.stop();
  rmSync(folder, { recursive: true, force: true });
});
