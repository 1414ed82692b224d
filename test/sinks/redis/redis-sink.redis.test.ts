/** The Redis sink on a real Redis: the contract with each data type, what keys and values look like, large batches, lost answers. */
import { Redis } from 'ioredis';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { SinkRequest } from '../../contract/sink-contract.ts';
import { MillraceSession } from '../../../src/index.ts';
import { redisSinkProvider } from '../../../src/sinks/redis/redis-sink.ts';
import * as T from '../../../src/types/data-type.ts';
import {
  ID_NAME,
  batchOf,
  conditionOf,
  describeSinkContract,
  identity,
  openSink,
  streamOf,
} from '../../contract/sink-contract.ts';
import { startTcpProxy } from '../../servers/tcp-proxy.ts';
import { redisUrl } from '../../servers/urls.ts';

const space = `redis-sink-${process.pid}`;
let redis: Redis;
let numKeys = 0;
let key = '';

beforeAll(() => {
  redis = new Redis(redisUrl());
});
afterAll(async () => {
  const keys = await redis.keys(`${space}*`);
  if (keys.length > 0) await redis.unlink(keys);
  redis.disconnect();
});
const newKey = (): string => `${space}:${numKeys++}`;
beforeEach(() => {
  key = newKey();
});

async function hashes(prefix: string): Promise<Record<string, Record<string, string>>> {
  const found: Record<string, Record<string, string>> = {};
  for (const name of (await redis.keys(`${prefix}:*`)).toSorted())
    found[name.slice(prefix.length + 1)] = await redis.hgetall(name);
  return found;
}

async function entries(name: string): Promise<Record<string, string>[]> {
  return (await redis.xrange(name, '-', '+')).map(([, fields]) =>
    Object.fromEntries(fields.flatMap((field, i) => (i % 2 === 0 ? [[field, fields[i + 1] ?? '']] : []))),
  );
}

const idName = ({ id, name }: { readonly id?: string | number; readonly name?: string }): string =>
  `${id}:${name ?? null}`;

describe.each([
  ['hash', { keyColumn: 'id' }, async (name: string) => Object.values(await hashes(name)).map(idName)],
  ['stream', {}, async (name: string) => (await entries(name)).map(idName)],
  [
    'sortedSet',
    { scoreColumn: 'id' },
    async (name: string) =>
      (await redis.zrange(name, '0', '-1')).map((member) =>
        idName(JSON.parse(member) as { id: number; name?: string }),
      ),
  ],
] as const)('with %s', (dataType, options, rows) => {
  describeSinkContract(`redis ${dataType}`, {
    provider: redisSinkProvider,
    destination: async () => {
      const name = newKey();
      return {
        options: { path: redisUrl(), dataType, key: name, ...options },
        rows: () => rows(name),
        dispose: async () => {},
      };
    },
  });
});

async function write(
  request: Partial<SinkRequest>,
  ...batches: readonly (readonly (readonly [bigint, string | null])[])[]
) {
  const { options, ...rest } = request;
  const sink = await openSink(redisSinkProvider, {
    schema: ID_NAME,
    ...rest,
    options: { path: redisUrl(), key, keyColumn: 'id', ...options },
  });
  for (const [batchId, rows] of batches.entries())
    await sink.addBatch(identity(batchId), streamOf(batchOf(ID_NAME, rows)));
  await sink.close();
}

test('a row replaces the hash of its key, null removes a field', async () => {
  await write(
    { mode: 'update' },
    [
      [1n, 'a'],
      [2n, 'b'],
    ],
    [[1n, null]],
    [[2n, 'é"']],
  );
  expect(await hashes(key)).toEqual({ 1: { id: '1' }, 2: { id: '2', name: 'é"' } });
});

test('a complete result replaces the one before', async () => {
  await write(
    { mode: 'complete' },
    [
      [1n, 'a'],
      [2n, 'b'],
    ],
    [
      [2n, 'c'],
      [3n, 'd'],
    ],
  );
  expect(await hashes(key)).toEqual({ 2: { id: '2', name: 'c' }, 3: { id: '3', name: 'd' } });
  key = newKey();
  const board = {
    mode: 'complete',
    options: { dataType: 'sortedSet', scoreColumn: 'id', memberColumn: 'name' },
  } as const;
  await write(
    board,
    [
      [1n, 'a'],
      [2n, 'b'],
    ],
    [[9n, 'b']],
  );
  expect(await redis.zrange(key, '0', '-1', 'WITHSCORES')).toEqual(['b', '9']);
});

test('keys live as long as ttl says, a stream keeps about maxLength entries', async () => {
  await write({ options: { ttl: '100s' } }, [[1n, 'a']]);
  expect(await redis.pttl(`${key}:1`)).toBeGreaterThan(90_000);
  const rows = Array.from({ length: 500 }, (_, i): [bigint, string] => [BigInt(i), 'x']);
  key = newKey();
  await write({ options: { dataType: 'stream', maxLength: '100', ttl: '100s' } }, rows, rows);
  expect(await redis.xlen(key)).toBeLessThan(300);
  expect((await entries(key)).at(-1)).toEqual({ id: '499', name: 'x' });
  expect(await redis.pttl(key)).toBeGreaterThan(90_000);
});

test('values are texts as Spark casts them, bytes are bytes, a window is two fields', async () => {
  const window = T.struct([T.field('start', T.TIMESTAMP), T.field('end', T.TIMESTAMP)]);
  const schema = T.struct([
    T.field('window', window),
    T.field('x', T.DOUBLE),
    T.field('raw', T.BINARY),
    T.field('list', T.array(T.INTEGER)),
  ]);
  const options = { path: redisUrl(), key };
  const sink = await openSink(redisSinkProvider, { schema, options, mode: 'update', keyColumns: ['window'] });
  const minute = 60_000_000n;
  await sink.addBatch(
    identity(0),
    streamOf(batchOf(schema, [[[0n, minute], 1e20, Uint8Array.of(0, 255, 10), [1, null]]])),
  );
  await sink.close();
  const name = `${key}:1970-01-01 00:00:00:1970-01-01 00:01:00`;
  expect(await redis.hgetall(name)).toMatchObject({
    window_start: '1970-01-01 00:00:00',
    window_end: '1970-01-01 00:01:00',
    x: '1.0E20',
    list: '[1,null]',
  });
  expect(await redis.hgetBuffer(name, 'raw')).toEqual(Buffer.of(0, 255, 10));
});

const LARGE = Array.from({ length: 60 }, (_, i): [bigint, string] => [BigInt(i), String(i).repeat(60_000)]);

test('a large batch is staged and appears at once, in its order', async () => {
  await write({ options: { dataType: 'stream' } }, LARGE);
  expect((await entries(key)).map(({ id }) => id)).toEqual(LARGE.map(([id]) => String(id)));
  expect(await redis.keys('millrace:*:stage:*')).toEqual([]);
});

test('a batch that fails while it is staged leaves nothing in sight', async () => {
  async function* failing() {
    yield batchOf(ID_NAME, LARGE);
    throw new Error('gone');
  }
  const options = { path: redisUrl(), key, keyColumn: 'id' };
  const sink = await openSink(redisSinkProvider, { schema: ID_NAME, options, queryId: 'failing' });
  await expect(sink.addBatch(identity(0), failing())).rejects.toThrow('gone');
  expect(await hashes(key)).toEqual({});
  const staged = await redis.keys('millrace:{failing}:*:stage:*');
  expect(staged.length).toBeGreaterThan(0);
  for (const one of staged) expect(await redis.pttl(one)).toBeGreaterThan(0);
  await sink.addBatch(identity(0), streamOf(batchOf(ID_NAME, LARGE)));
  await sink.close();
  expect(Object.keys(await hashes(key))).toHaveLength(60);
  expect(await redis.keys('millrace:{failing}:*:stage:*')).toEqual([]);
});

test.each(['lost', 'answered-lost'] as const)('a commit that is %s is made once', async (how) => {
  const { hostname, port, pathname } = new URL(redisUrl());
  const proxy = await startTcpProxy({ host: hostname, port: Number(port) });
  const options = { path: `redis://127.0.0.1:${proxy.port}${pathname}`, dataType: 'stream', key };
  const sink = await openSink(redisSinkProvider, { schema: ID_NAME, options });
  await sink.addBatch(identity(0), streamOf(batchOf(ID_NAME, [[1n, 'a']])));
  proxy.breakAt(/EVAL/i, how);
  await sink.addBatch(identity(1), streamOf(batchOf(ID_NAME, [[2n, 'b']])));
  await sink.close();
  await proxy.close();
  expect(proxy.numBroken).toBe(1);
  expect((await entries(key)).map(idName)).toEqual(['1:a', '2:b']);
});

test('a key that holds something else is refused before anything is written', async () => {
  await redis.set(`${key}:2`, 'mine');
  expect(
    await conditionOf(
      write({}, [
        [1n, 'a'],
        [2n, 'b'],
      ]),
    ),
  ).toBe('INCOMPATIBLE_SINK_TABLE');
  expect(await redis.keys(`${key}:*`)).toEqual([`${key}:2`]);
  await redis.set(key, 'mine');
  expect(await conditionOf(write({ options: { dataType: 'stream' } }, [[1n, 'a']]))).toBe('INCOMPATIBLE_SINK_TABLE');
  expect(await redis.get(key)).toBe('mine');
});

test('a score that is null or no number is refused', async () => {
  const options = { dataType: 'sortedSet', scoreColumn: 'name', memberColumn: 'id' };
  expect(await conditionOf(write({ options }, [[1n, null]]))).toBe('INCOMPATIBLE_SINK_TABLE');
  expect(await conditionOf(write({ options }, [[1n, 'x']]))).toBe('INCOMPATIBLE_SINK_TABLE');
  expect(await redis.exists(key)).toBe(0);
});

test.each([
  [{ key: '' }, 'MISSING_OPTION'],
  [{ keyColumn: 'nope' }, 'UNRESOLVED_COLUMN_AMONG_FIELD_NAMES'],
  [{ dataType: 'sortedSet' }, 'MISSING_OPTION'],
  [{ dataType: 'list' }, 'INVALID_OPTION'],
  [{ ttl: '0s' }, 'INVALID_OPTION'],
  [{ maxLength: '0' }, 'INVALID_OPTION'],
  [{ path: 'http://localhost' }, 'INVALID_OPTION'],
  [{ path: 'redis://127.0.0.1:1/0' }, 'EXTERNAL_SYSTEM_UNAVAILABLE'],
])('options %o are refused', async (options, condition) => {
  expect(await conditionOf(write({ options }))).toBe(condition);
});

test('hashes need a key column unless the query groups', async () => {
  const options = { path: redisUrl(), key };
  expect(await conditionOf(openSink(redisSinkProvider, { schema: ID_NAME, options }))).toBe('MISSING_OPTION');
});

test('a save adds, replaces, or minds what is there', async () => {
  const session = MillraceSession.builder().getOrCreate();
  const save = (id: number, mode: string, dataType: string) =>
    session
      .createDataFrame([{ id, name: 'x' }], 'id INT, name STRING')
      .write.format('redis')
      .options({ dataType, key, keyColumn: 'id', url: redisUrl() })
      .mode(mode)
      .save();
  for (const dataType of ['hash', 'stream']) {
    key = newKey();
    const found = async () =>
      (dataType === 'hash' ? Object.values(await hashes(key)) : await entries(key)).map(({ id }) => id);
    await save(1, 'errorifexists', dataType);
    await save(2, 'append', dataType);
    expect(await found()).toEqual(['1', '2']);
    expect(await conditionOf(save(3, 'errorifexists', dataType))).toBe('PATH_ALREADY_EXISTS');
    await save(3, 'ignore', dataType);
    expect(await found()).toEqual(['1', '2']);
    await save(4, 'overwrite', dataType);
    expect(await found()).toEqual(['4']);
  }
  await session.stop();
});

test('a query keeps the counts of its groups in hashes', async () => {
  const session = MillraceSession.builder().getOrCreate();
  const actions = session.memoryStream('action STRING');
  const query = await actions
    .toDF()
    .groupBy('action')
    .count()
    .writeStream.outputMode('update')
    .format('redis')
    .option('key', key)
    .option('checkpointLocation', `${redisUrl()}?prefix=${key}-checkpoint`)
    .start(redisUrl());
  for (const names of [['open', 'close', 'open'], ['open']]) {
    actions.addData(...names.map((action) => ({ action })));
    await query.processAllAvailable();
  }
  await query.stop();
  await session.stop();
  expect(await hashes(key)).toEqual({
    close: { action: 'close', count: '1' },
    open: { action: 'open', count: '3' },
  });
});
