/** A throwaway Redis with an append-only file, as a checkpoint store needs it. Also for tests that need one of their own. */
import { mkdirSync } from 'node:fs';
import { Redis } from 'ioredis';
import { type Program, obtainBinary } from './obtain.ts';
import { type TestServer, startServerProcess } from './server-process.ts';

/** The Redis program. */
export const REDIS: Program = {
  name: 'Redis',
  binary: 'redis-server',
  debianPackages: ['redis-server'],
  variable: 'MILLRACE_TEST_REDIS',
};

/**
 * Starts Redis on `folder`; `settings` are appended to its command line. A second start on the same folder and port goes on with the
 * same keys. Undefined when the program cannot be had.
 */
export async function startRedis(
  folder: string,
  options: { readonly port?: number; readonly settings?: readonly string[] } = {},
): Promise<TestServer | undefined> {
  const command = await obtainBinary(REDIS);
  if (command === undefined) return undefined;
  mkdirSync(folder, { recursive: true });
  return await startServerProcess({
    name: REDIS.name,
    command,
    port: options.port,
    args: (port) => {
      const place = ['--bind', '127.0.0.1', '--port', String(port), '--dir', folder, '--daemonize', 'no'];
      const durability = [
        '--save',
        '',
        '--appendonly',
        'yes',
        '--appendfsync',
        'everysec',
        '--maxmemory-policy',
        'noeviction',
      ];
      return [...place, ...durability, ...(options.settings ?? [])];
    },
    url: (port) => `redis://127.0.0.1:${port}/0`,
    ping: pingRedis,
  });
}

/** Rejects when no Redis answers at `url`. */
async function pingRedis(url: string): Promise<void> {
  const redis = new Redis(url, { lazyConnect: true, retryStrategy: () => null, maxRetriesPerRequest: 0 });
  redis.on('error', () => {});
  try {
    await redis.connect();
    await redis.ping();
  } finally {
    redis.disconnect();
  }
}
