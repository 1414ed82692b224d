/** The Redis checkpoint: the contract of all stores, its keys, and servers that evict, forget, fill up, die or lose connections. */
import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, connect, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { Redis } from 'ioredis';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { RedisCheckpoint } from '../../src/checkpoint/redis-checkpoint.ts';
import { parseRedisUrl } from '../../src/storage/redis.ts';
import { describeCheckpointContract } from '../contract/checkpoint-contract.ts';
import { startRedis } from '../servers/redis.ts';
import type { TestServer } from '../servers/server-process.ts';
import { redisUrl } from '../servers/urls.ts';
import { expectedCounts, noProgress, runQuery } from './small-query.ts';

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const text = (content: Uint8Array | undefined): string | undefined =>
  content === undefined ? undefined : new TextDecoder().decode(content);

function open(url: string, name: string, maxAttempts = 10): RedisCheckpoint {
  return new RedisCheckpoint({
    address: parseRedisUrl(url),
    name,
    sleep: (ms) => pause(ms),
    random: Math.random,
    maxAttempts,
  });
}

describeCheckpointContract('the Redis checkpoint', {
  fresh: () => {
    const name = `test-${randomUUID()}`;
    return Promise.resolve(() => open(redisUrl(), name));
  },
});

describe('the keys of a Redis checkpoint', () => {
  const name = `keys-${randomUUID()}`;
  const admin = (): Redis => new Redis(redisUrl());

  it('share one hash slot, have no time to live, and head tells people where the query is', async () => {
    const store = open(redisUrl(), name);
    await store.acquire();
    await store.create('metadata', bytes('{"formatVersion":1,"id":"6f2c","planFingerprint":""}'));
    await store.write('state/0/default/1.1.snapshot.0', new Uint8Array(2_500_000));
    await store.create('offsets/7', bytes('v1'));
    await store.create('commits/7', bytes('v1'));
    const redis = admin();
    const keys = await redis.keys(`mr:{${name}}:*`);
    expect(keys).toHaveLength(2 + 4 + 3);
    for (const key of keys) expect(await redis.ttl(key)).toBe(-1);
    for (const key of keys.filter((key) => key.includes('#')))
      expect(await redis.strlen(key)).toBeLessThanOrEqual(1 << 20);
    expect(await redis.hgetall(`mr:{${name}}:head`)).toMatchObject({
      format: '1',
      epoch: '1',
      batch: '7',
      committed: '7',
      queryId: '6f2c',
      digest: expect.stringMatching(/^[0-9a-f]{64}$/),
    });
    redis.disconnect();
    await store.close();
  });

  it('left by a run that died before its entry was complete are removed by the next', async () => {
    const redis = admin();
    const store = open(redisUrl(), name);
    await store.acquire();
    const chunk = `mr:{${name}}:e:state/0/default/9.2.delta.0#00.0`;
    await redis.set(chunk, 'half');
    await redis.zadd(`mr:{${name}}:staged`, 0, chunk);
    await open(redisUrl(), name).acquire();
    expect(await redis.exists(chunk)).toBe(0);
    expect(await redis.zcard(`mr:{${name}}:staged`)).toBe(0);
    redis.disconnect();
  });

  it.each([
    ['removed', async (redis: Redis, key: string) => redis.del(key)],
    ['cut short', async (redis: Redis, key: string) => redis.set(key, (await value(redis, key)).subarray(0, -1))],
    ['overwritten', async (redis: Redis, key: string) => redis.set(key, 'something else')],
    ['changed in one bit', async (redis: Redis, key: string) => redis.setrange(key, 30, '!')],
    [
      'copied from another',
      async (redis: Redis, key: string) => redis.copy(key.replace(/offsets.*/, 'metadata'), key, 'REPLACE'),
    ],
  ])('that were %s are corrupt', async (_, damage) => {
    const own = `damage-${randomUUID()}`;
    const store = open(redisUrl(), own);
    await store.acquire();
    await store.create('metadata', bytes('{"id":"a"}'));
    await store.create('offsets/0', bytes('v1\n{"batch":0}'));
    const redis = admin();
    await damage(redis, `mr:{${own}}:e:offsets/0`);
    await expect(store.read('offsets/0')).rejects.toMatchObject({
      condition: 'CHECKPOINT_CORRUPT',
      parameters: { name: 'offsets/0' },
    });
    redis.disconnect();
  });

  it('of a missing chunk are named', async () => {
    const own = `chunk-${randomUUID()}`;
    const store = open(redisUrl(), own);
    await store.acquire();
    await store.write('state/0/default/1.1.delta.0', new Uint8Array(3_000_000));
    const redis = admin();
    await redis.del((await redis.keys(`mr:{${own}}:*#*.1`))[0] ?? '');
    await expect(store.read('state/0/default/1.1.delta.0')).rejects.toMatchObject({
      condition: 'CHECKPOINT_CORRUPT',
      parameters: { found: '1', expected: '3 chunks' },
    });
    redis.disconnect();
  });
});

async function value(redis: Redis, key: string): Promise<Buffer> {
  return (await redis.getBuffer(key)) ?? Buffer.alloc(0);
}

describe('a Redis of its own', () => {
  const name = 'own';
  let folder: string;
  let server: TestServer;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'millrace-redis-'));
    server = await started(folder, ['--appendfsync', 'always']);
  });

  afterAll(async () => {
    await server.stop();
    await rm(folder, { recursive: true, force: true });
  });

  afterEach(async () => {
    await withAdmin(server.url, async (redis) => {
      await redis.config('SET', 'maxmemory-policy', 'noeviction');
      await redis.config('SET', 'maxmemory', '0');
      await redis.config('SET', 'appendfsync', 'always');
      await redis.flushall();
    });
  });

  it('that syncs every write gives no warning', async () => {
    const store = open(server.url, name);
    await store.acquire();
    expect(store.warnings).toEqual([]);
  });

  it('that syncs now and then gives a warning naming the settings', async () => {
    await withAdmin(server.url, (redis) => redis.config('SET', 'appendfsync', 'everysec'));
    const store = open(server.url, name);
    await store.acquire();
    expect(store.warnings).toEqual([
      expect.stringMatching(/appendfsync everysec.*Use appendonly yes and appendfsync always/),
    ]);
  });

  it.each(['allkeys-lru', 'volatile-lru'])('that may evict keys (%s) is refused', async (policy) => {
    await withAdmin(server.url, (redis) => redis.config('SET', 'maxmemory-policy', policy));
    await expect(open(server.url, name).acquire()).rejects.toMatchObject({
      condition: 'REDIS_MAY_EVICT',
      parameters: { policy },
      hint: expect.stringContaining('CONFIG SET maxmemory-policy noeviction'),
    });
  });

  it('that does not let CONFIG be used is asked by INFO', async () => {
    await withAdmin(server.url, (redis) => redis.acl('SETUSER', 'guest', 'on', '>pw', '~*', '+@all', '-config'));
    const url = server.url.replace('redis://', 'redis://guest:pw@');
    const store = open(url, name);
    expect(await store.acquire()).toBe(1);
    expect(store.warnings).toEqual([expect.stringContaining('appendfsync unknown')]);
    await withAdmin(server.url, (redis) => redis.config('SET', 'maxmemory-policy', 'allkeys-lru'));
    await expect(open(url, name).acquire()).rejects.toMatchObject({ condition: 'REDIS_MAY_EVICT' });
  });

  it('that was emptied under a running query stops it', async () => {
    const store = open(server.url, name);
    await store.acquire();
    await store.create('offsets/0', bytes('v1'));
    await withAdmin(server.url, (redis) => redis.flushall());
    const lost = { condition: 'CHECKPOINT_CORRUPT', parameters: { name: 'head', expected: 'epoch 1' } };
    await expect(store.create('commits/0', bytes('v1'))).rejects.toMatchObject(lost);
    await expect(store.read('offsets/0')).rejects.toMatchObject(lost);
    await expect(store.write('state/0/default/1.1.delta.0', bytes('x'))).rejects.toMatchObject(lost);
  });

  it('that lost only the head is not taken for a fresh one', async () => {
    const store = open(server.url, name);
    await store.acquire();
    await store.create('offsets/0', bytes('v1'));
    await withAdmin(server.url, (redis) => redis.del(`mr:{${name}}:head`));
    await expect(open(server.url, name).acquire()).rejects.toMatchObject({ condition: 'CHECKPOINT_CORRUPT' });
  });

  it('that forgot an acknowledged write is noticed by the next write', async () => {
    const store = open(server.url, name);
    await store.acquire();
    await store.create('offsets/0', bytes('v1'));
    await withAdmin(server.url, async (redis) => {
      const before = await redis.hgetall(`mr:{${name}}:head`);
      await store.write('state/0/default/1.1.delta.0', bytes('x'));
      await redis.del(`mr:{${name}}:e:state/0/default/1.1.delta.0`);
      await redis.zrem(`mr:{${name}}:index`, 'state/0/default/1.1.delta.0');
      await redis.hset(`mr:{${name}}:head`, before);
    });
    await expect(store.create('commits/0', bytes('v1'))).rejects.toMatchObject({
      condition: 'CHECKPOINT_CORRUPT',
      parameters: { expected: '2 writes', found: expect.stringContaining('1: the server has lost some') },
    });
  });

  it('that is full says so and goes on once it has memory', async () => {
    const store = open(server.url, name);
    await store.acquire();
    await withAdmin(server.url, (redis) => redis.config('SET', 'maxmemory', '1mb'));
    await expect(store.create('offsets/0', bytes('v1'))).rejects.toMatchObject({ condition: 'STORAGE_FULL' });
    await withAdmin(server.url, (redis) => redis.config('SET', 'maxmemory', '0'));
    await store.create('offsets/0', bytes('v1'));
    expect(text(await store.read('offsets/0'))).toBe('v1');
  });

  it('that is killed and comes back is found again with everything acknowledged', async () => {
    const store = open(server.url, name, 30);
    await store.acquire();
    await store.create('offsets/0', bytes('v1'));
    const port = Number(new URL(server.url).port);
    await server.stop();
    const write = store.create('commits/0', bytes('v1 commit'));
    server = await started(folder, ['--appendfsync', 'always'], port);
    await write;
    expect(text(await store.read('offsets/0'))).toBe('v1');
    expect(text(await store.read('commits/0'))).toBe('v1 commit');
  });

  it('that is killed again and again under a query loses and repeats nothing', async () => {
    const port = Number(new URL(server.url).port);
    const progress = noProgress();
    for (let numBatches = 5; numBatches <= 25; numBatches += 5) {
      const run = runQuery(open(server.url, name, 40), numBatches, progress);
      await pause(Math.random() * 20);
      await server.stop('SIGKILL');
      server = await started(folder, ['--appendfsync', 'always'], port);
      expect(await run).toEqual(expectedCounts(numBatches));
    }
    expect([...progress.results.keys()]).toEqual(Array.from({ length: 25 }, (_, i) => i));
  });
});

describe('a Redis that does not answer', () => {
  it('is tried some times and then named without the password', async () => {
    const store = open('redis://user:topsecret@127.0.0.1:1/0', 'none', 3);
    const failure = await store.acquire().catch((error: unknown) => error as Error);
    expect(failure).toMatchObject({
      condition: 'EXTERNAL_SYSTEM_UNAVAILABLE',
      retry: 'backoff',
      parameters: { address: '127.0.0.1:1', attempts: '3' },
    });
    expect(JSON.stringify(failure) + (failure as Error).message + store.location).not.toContain('topsecret');
  });

  it('because the password is wrong is not tried again', async () => {
    await withAdmin(redisUrl(), (redis) => redis.acl('SETUSER', 'checkpoint-guest', 'on', '>right', '~*', '+@all'));
    const url = redisUrl().replace('redis://', 'redis://checkpoint-guest:wrong@');
    await expect(open(url, 'none').acquire()).rejects.toMatchObject({ condition: 'EXTERNAL_SYSTEM_REFUSED' });
  });
});

describe('a connection that breaks', () => {
  let proxy: CuttingProxy;

  beforeAll(async () => {
    const { hostname, port } = new URL(redisUrl());
    proxy = await CuttingProxy.start(hostname, Number(port));
  });

  afterAll(() => proxy.stop());

  it.each(['request', 'reply'] as const)('at any %s of a write leaves the entry written exactly once', async (side) => {
    const name = `cut-${side}-${randomUUID()}`;
    const store = open(proxy.url, name);
    await store.acquire();
    for (let i = 0; i < 10; i++) {
      proxy.cutNext = side;
      await store.create(`offsets/${i}`, bytes(`batch ${i}`));
      proxy.cutNext = side;
      await store.write(`state/0/default/${i}.1.delta.0`, new Uint8Array(1_500_000).fill(i));
    }
    expect(proxy.numCuts).toBeGreaterThanOrEqual(20);
    for (let i = 0; i < 10; i++) {
      expect(text(await store.read(`offsets/${i}`))).toBe(`batch ${i}`);
      expect((await store.read(`state/0/default/${i}.1.delta.0`))?.[1_400_000]).toBe(i);
      await expect(store.create(`offsets/${i}`, bytes(`batch ${i}`))).rejects.toMatchObject({
        condition: 'CONCURRENT_STREAM_LOG_UPDATE',
      });
    }
    const redis = new Redis(redisUrl());
    expect(await redis.hget(`mr:{${name}}:head`, 'seq')).toBe('20');
    redis.disconnect();
    proxy.numCuts = 0;
  });

  it('under writes that run side by side leaves every one written', async () => {
    const store = open(proxy.url, `cut-many-${randomUUID()}`);
    await store.acquire();
    for (let round = 0; round < 5; round++) {
      proxy.cutNext = 'request';
      const names = Array.from({ length: 6 }, (_, i) => `state/${i}/default/${round}.1.delta.0`);
      await Promise.all(names.map((name) => store.write(name, bytes(name))));
      await store.create(`commits/${round}`, bytes('done'));
      for (const name of names) expect(text(await store.read(name))).toBe(name);
    }
  });
});

/** Passes bytes on to Redis and, when told, breaks the connection before a script's request or reply gets through. */
class CuttingProxy {
  cutNext: 'request' | 'reply' | undefined;
  numCuts = 0;
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();

  static async start(host: string, port: number): Promise<CuttingProxy> {
    const proxy = new CuttingProxy(host, port);
    await new Promise<void>((resolve) => proxy.#server.listen(0, '127.0.0.1', resolve));
    return proxy;
  }

  private constructor(host: string, port: number) {
    this.#server = createServer((client) => {
      const upstream = connect(port, host);
      let cutsReply = false;
      const cut = (): void => {
        this.numCuts++;
        client.destroy();
        upstream.destroy();
      };
      client.on('data', (content) => {
        const isScript = content.includes('EVAL');
        if (isScript && this.cutNext === 'request') {
          this.cutNext = undefined;
          cut();
          return;
        }
        if (isScript && this.cutNext === 'reply') {
          this.cutNext = undefined;
          cutsReply = true;
        }
        upstream.write(content);
      });
      upstream.on('data', (content) => (cutsReply ? cut() : client.write(content)));
      for (const socket of [client, upstream]) {
        this.#sockets.add(socket);
        socket.on('error', () => socket.destroy());
        socket.on('close', () => {
          client.destroy();
          upstream.destroy();
        });
      }
    });
  }

  get url(): string {
    const address = this.#server.address();
    return `redis://127.0.0.1:${typeof address === 'object' && address !== null ? address.port : 0}/0`;
  }

  async stop(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}

async function started(folder: string, settings: readonly string[], port?: number): Promise<TestServer> {
  const server = await startRedis(folder, { settings, ...(port === undefined ? {} : { port }) });
  if (server === undefined) throw new Error('redis-server is needed for this test');
  return server;
}

async function withAdmin(url: string, use: (redis: Redis) => Promise<unknown>): Promise<void> {
  const redis = new Redis(url);
  try {
    await use(redis);
  } finally {
    redis.disconnect();
  }
}
