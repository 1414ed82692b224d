/** The delivery sink: buffering by size and age, prefixes, transforms, conversion, errors, backups; the contract of exactly-once sinks. */
import { mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { afterAll, describe, expect, test } from 'vitest';
import type { ObjectStore } from '../../../src/storage/object-store.ts';
import type { ColumnBatch } from '../../../src/types/column-batch.ts';
import type { Row } from '../../../src/types/row-codec.ts';
import type { SinkRequest } from '../../contract/sink-contract.ts';
import { MillraceSession } from '../../../src/index.ts';
import { createDeliverySink, deliverySinkProvider } from '../../../src/sinks/delivery/delivery-sink.ts';
import * as T from '../../../src/types/data-type.ts';
import {
  ID_NAME,
  batchOf,
  conditionOf,
  describeSinkContract,
  identity,
  openSink,
  sinkContext,
  streamOf,
} from '../../contract/sink-contract.ts';
import { idNameOf } from '../file/read-committed.ts';

const root = mkdtempSync(join(tmpdir(), 'millrace-delivery-'));
afterAll(() => rmSync(root, { recursive: true, force: true }));
let folderNumber = 0;
const newFolder = (): string => join(root, `out-${folderNumber++}`);

function filesOf(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1))
    .filter((name) => !name.startsWith('_millrace'))
    .toSorted();
}

const linesOf = (folder: string, pattern = /./): string[] =>
  filesOf(folder)
    .filter((name) => pattern.test(name))
    .flatMap((name) => readFileSync(join(folder, name), 'utf8').split('\n'))
    .filter((line) => line !== '');

describeSinkContract('delivery', {
  provider: deliverySinkProvider,
  destination: async () => {
    const folder = newFolder();
    return {
      options: { path: folder, bufferSize: '1 b' },
      rows: async () => linesOf(folder, /part-/).map(idNameOf),
      dispose: async () => {},
    };
  },
});

const EVENTS = T.struct([T.field('id', T.LONG), T.field('customer', T.STRING)]);
const event = (id: number, customer: string | null): ColumnBatch => batchOf(EVENTS, [[BigInt(id), customer]]);
const NOON_MS = Date.UTC(2026, 0, 31, 12, 5);

async function deliver(
  options: Readonly<Record<string, string>>,
  batches: readonly ColumnBatch[],
  request: Partial<SinkRequest> = {},
): Promise<void> {
  const schema = batches[0]?.schema ?? EVENTS;
  const sink = await openSink(deliverySinkProvider, { schema, nowMs: () => NOON_MS, ...request, options });
  for (const [batchId, batch] of batches.entries()) await sink.addBatch(identity(batchId), streamOf(batch));
  await sink.close();
}

describe('buffering', () => {
  test('what is below the size waits for the interval, then goes as one object', async () => {
    const folder = newFolder();
    let nowMs = NOON_MS;
    const sleep = (_: number, signal?: AbortSignal): Promise<void> =>
      new Promise((resolve) => signal?.addEventListener('abort', () => resolve()));
    const request = { schema: EVENTS, nowMs: () => nowMs, sleep, options: { path: folder, bufferInterval: '60' } };
    const sink = await openSink(deliverySinkProvider, request);
    await sink.addBatch(identity(0), streamOf(event(1, 'a')));
    nowMs += 59_000;
    await sink.addBatch(identity(1), streamOf(event(2, 'b')));
    expect(filesOf(folder)).toEqual([]);
    nowMs += 1000;
    await sink.addBatch(identity(2), streamOf(event(3, 'c')));
    expect(filesOf(folder)).toHaveLength(1);
    expect(linesOf(folder)).toEqual(['{"id":1,"customer":"a"}', '{"id":2,"customer":"b"}', '{"id":3,"customer":"c"}']);
    await sink.close();
  });

  test('what is old enough goes although no batch comes', async () => {
    const folder = newFolder();
    let nowMs = NOON_MS;
    const waits: (() => void)[] = [];
    const sleep = (ms: number): Promise<void> =>
      new Promise((resolve) => {
        waits.push(() => {
          nowMs += ms;
          resolve();
        });
      });
    const request = {
      schema: EVENTS,
      nowMs: () => nowMs,
      sleep,
      options: { path: folder, bufferInterval: '2 minutes' },
    };
    const sink = await openSink(deliverySinkProvider, request);
    await sink.addBatch(identity(0), streamOf(event(1, 'a')));
    expect(filesOf(folder)).toEqual([]);
    waits.shift()?.();
    await expect.poll(() => filesOf(folder).length, { timeout: 15_000 }).toBe(1);
    expect(nowMs).toBe(NOON_MS + 120_000);
    await sink.close();
  });

  test('a stop delivers the rest, unless it is to wait for the next start', async () => {
    const folder = newFolder();
    await deliver({ path: folder, flushOnStop: 'false' }, [event(1, 'a')]);
    expect(filesOf(folder)).toEqual([]);
    const sink = await openSink(deliverySinkProvider, { schema: EVENTS, options: { path: folder } });
    await sink.addBatch(identity(1, { epoch: 2 }), streamOf(event(2, 'b')));
    await sink.close();
    expect(linesOf(folder)).toHaveLength(2);
  });

  test('the buffer is empty and small after many deliveries', async () => {
    const folder = newFolder();
    await deliver(
      { path: folder, bufferSize: '1 b' },
      Array.from({ length: 12 }, (_, i) => event(i, 'a')),
    );
    const own = readdirSync(join(folder, '_millrace/delivery'), { recursive: true, withFileTypes: true }).filter(
      (entry) => entry.isFile(),
    );
    expect(own.length).toBeLessThanOrEqual(4);
    expect(linesOf(folder)).toHaveLength(12);
  });

  test('whatever write it is stopped at, every record is delivered once', async () => {
    const batches = [event(1, 'a'), event(2, 'b'), event(3, null)];
    for (let stopAt = 0; ; stopAt++) {
      const folder = newFolder();
      let numWrites = 0;
      let isStopped = false;
      const stopping = (store: ObjectStore): ObjectStore => {
        const guarded = <R>(work: () => Promise<R>): Promise<R> => {
          if (isStopped || numWrites++ === stopAt) {
            isStopped = true;
            throw new Error('stopped');
          }
          return work();
        };
        return {
          description: store.description,
          list: (prefix) => store.list(prefix),
          read: (key) => store.read(key),
          readBlocks: (key, size, from) => store.readBlocks(key, size, from),
          readRange: (key, from, to) => store.readRange(key, from, to),
          write: (key, bytes) => guarded(() => store.write(key, bytes)),
          writeIfAbsent: (key, bytes) => guarded(() => store.writeIfAbsent(key, bytes)),
          delete: (keys) => guarded(() => store.delete(keys)),
          close: () => store.close(),
        };
      };
      const options = { path: folder, bufferSize: '1 b', prefix: 'c=!{partitionKeyFromQuery:customer}/' };
      let batchId = 0;
      for (let epoch = 1; batchId < batches.length; epoch++) {
        const context = sinkContext({ schema: EVENTS, options, nowMs: () => NOON_MS });
        const sink = createDeliverySink(context, epoch === 1 ? stopping : (store) => store);
        try {
          await sink.open();
          for (; batchId < batches.length; batchId++)
            await sink.addBatch(identity(batchId, { epoch }), streamOf(batches[batchId] ?? event(0, null)));
          await sink.close();
        } catch {
          // The run has ended; the next one goes on with the same batch.
        }
      }
      expect(linesOf(folder, /part-/)).toEqual(['{"id":1,"customer":"a"}', '{"id":2,"customer":"b"}']);
      expect(linesOf(folder, /^errors/)).toHaveLength(1);
      if (!isStopped) break;
    }
  }, 60_000);
});

describe('prefixes', () => {
  test('time is that of arrival in the zone, keys are columns, and values cannot leave the root', async () => {
    const folder = newFolder();
    await deliver(
      {
        path: folder,
        prefix: 'd/!{timestamp:yyyy-MM-dd}/h=!{timestamp:HH}/c=!{partitionKeyFromQuery:customer}/',
        customTimeZone: 'Asia/Tokyo',
      },
      [event(1, 'a'), event(2, '../../x'), event(3, '..'), event(4, 'a')],
    );
    expect(filesOf(folder).map((name) => name.replace(/part-.*/, ''))).toEqual([
      'd/2026-01-31/h=21/c=%2E%2E/',
      'd/2026-01-31/h=21/c=..%2F..%2Fx/',
      'd/2026-01-31/h=21/c=a/',
    ]);
    expect(linesOf(folder, /c=a/)).toHaveLength(2);
  });

  test('a record without its key goes to the errors with the reason', async () => {
    const folder = newFolder();
    await deliver(
      { path: folder, prefix: '!{partitionKeyFromQuery:customer}/', errorPrefix: 'bad/!{firehose:error-output-type}/' },
      [event(1, null), event(2, 'b')],
    );
    expect(linesOf(folder, /^b\//)).toEqual(['{"id":2,"customer":"b"}']);
    const [line = '{}'] = linesOf(folder, /^bad\/dynamic-partitioning-failed\//);
    const record = JSON.parse(line) as { errorMessage: string; rawData: string };
    expect(record.errorMessage).toBe('The partition key customer is null or empty');
    expect(Buffer.from(record.rawData, 'base64').toString()).toBe('{"id":1}');
  });

  test.each([
    { prefix: '!{unknown:x}/' },
    { prefix: '!{timestamp:yyyy' },
    { prefix: '../x/' },
    { prefix: '/x/' },
    { errorPrefix: '!{partitionKeyFromQuery:customer}/' },
    { bufferSize: '129' },
    { bufferSize: 'much' },
    { bufferInterval: '901' },
    { recordColumn: 'customer' },
  ])('%o is refused', async (options) => {
    expect(await conditionOf(deliver({ path: newFolder(), ...options }, [event(1, 'a')]))).toBe('INVALID_OPTION');
  });
});

describe('records on their way', () => {
  test('a transform changes, multiplies, drops and refuses records', async () => {
    const folder = newFolder();
    const handle = (record: Row): Row | Row[] | null => {
      const id = Number(record['id']);
      if (id === 1) return { ...record, customer: 'changed' };
      if (id === 2) return [record, record];
      if (id === 3) return null;
      if (id === 4) throw new Error('no good');
      return { id: 'x' };
    };
    await deliver(
      { path: folder },
      [1, 2, 3, 4, 5].map((id) => event(id, 'c')),
      { handle },
    );
    expect(linesOf(folder, /part-/)).toEqual([
      '{"id":1,"customer":"changed"}',
      '{"id":2,"customer":"c"}',
      '{"id":2,"customer":"c"}',
    ]);
    const failed = linesOf(folder, /^errors\/processing-failed\/2026\/01\/31\/12\//).map(
      (line) => JSON.parse(line) as { errorMessage: string },
    );
    expect(failed).toHaveLength(2);
    expect(failed[0]?.errorMessage).toBe('no good');
  });

  test('JSON records become Parquet of a declared schema, what does not fit goes to the errors', async () => {
    const folder = newFolder();
    const texts = ['{"a":1,"b":"x"}', '{"a":"no number"}', 'no json', '', '{"a":2,\n"b":null}'];
    const schema = T.struct([T.field('data', T.BINARY)]);
    const batch = batchOf(
      schema,
      texts.map((text) => [new TextEncoder().encode(text)]),
    );
    await deliver(
      { path: folder, fileFormat: 'parquet', recordColumn: 'data', outputSchema: 'a INT, b STRING', prefix: 'rows/' },
      [batch],
    );
    expect(filesOf(folder).filter((name) => name.endsWith('.snappy.parquet'))).toHaveLength(1);
    expect(linesOf(folder, /^errors\/format-conversion-failed\//)).toHaveLength(3);
    const session = MillraceSession.builder().getOrCreate();
    const rows = await session.read.parquet(join(folder, 'rows')).collect();
    await session.stop();
    expect(rows).toEqual([
      { a: 1, b: 'x' },
      { a: 2, b: null },
    ]);
  });

  test('what came in is backed up as it was', async () => {
    const folder = newFolder();
    const backup = newFolder();
    await deliver({ path: folder, backupPath: backup, compression: 'gzip' }, [event(1, 'a')], { handle: () => null });
    expect(filesOf(folder)).toEqual([]);
    const [name = ''] = filesOf(backup);
    expect(name).toMatch(/^2026\/01\/31\/12\/.*\.json\.gz$/);
    expect(gunzipSync(readFileSync(join(backup, name))).toString()).toBe('{"id":1,"customer":"a"}\n');
  });
});

test('a query delivers what a stream brings', async () => {
  const folder = newFolder();
  const session = MillraceSession.builder().getOrCreate();
  const input = session.memoryStream('id INT, kind STRING');
  input.addData([1, 'a'], [2, 'b'], [3, 'a']);
  const query = await input
    .toDF()
    .writeStream.format('firehose')
    .transformRecords((record) => ({ ...record, id: Number(record['id']) * 10 }))
    .option('checkpointLocation', newFolder())
    .options({ prefix: 'kind=!{partitionKeyFromQuery:kind}/', bufferSize: '1 b', compression: 'none' })
    .start(folder);
  await query.processAllAvailable();
  await query.stop();
  await session.stop();
  expect(linesOf(folder, /kind=a/).toSorted()).toEqual(['{"id":10,"kind":"a"}', '{"id":30,"kind":"a"}']);
  expect(linesOf(folder, /kind=b/)).toEqual(['{"id":20,"kind":"b"}']);
});

test('a buffer that another query has filled is refused', async () => {
  const folder = newFolder();
  await deliver({ path: folder }, [batchOf(ID_NAME, [[1n, 'a']])]);
  expect(await conditionOf(deliver({ path: folder }, [batchOf(ID_NAME, [[1n, 'a']])], { queryId: 'another' }))).toBe(
    'CHECKPOINT_FOREIGN',
  );
});
