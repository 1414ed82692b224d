/** The manifest of a file sink over many batches: cost per commit, what Spark's reader sees, small files that are merged, crashes on the way. */
import { Buffer } from 'node:buffer';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test, vi } from 'vitest';
import type { Sink } from '../../../src/sinks/sink.ts';
import { findFormat } from '../../../src/formats/registry.ts';
import { MillraceSession } from '../../../src/index.ts';
import { createFileSink } from '../../../src/sinks/file/file-sink.ts';
import { findSinkProvider } from '../../../src/sinks/registry.ts';
import * as T from '../../../src/types/data-type.ts';
import { batchOf, ID_NAME, identity, openSink, sinkContext, streamOf } from '../../contract/sink-contract.ts';
import { MemoryObjectStore, StoreCrash } from './memory-object-store.ts';

// These take long on a busy machine.
vi.setConfig({ testTimeout: 300_000 });

const root = mkdtempSync(join(tmpdir(), 'millrace-compaction-'));
afterAll(() => rmSync(root, { recursive: true, force: true }));

const row = (id: number) => batchOf(ID_NAME, [[BigInt(id), `n${id}`]]);

function openOn(store: MemoryObjectStore, options: Readonly<Record<string, string>> = {}): Sink {
  const context = sinkContext({ schema: ID_NAME, options: { path: '/memory', ...options } });
  return createFileSink(findFormat('json'), context, () => store);
}

/** The keys of committed files as Spark 4 finds them: interval from the last two compacted entries, then entry by entry. */
function filesForSpark({ content }: MemoryObjectStore): string[] {
  const names = [...content.keys()].filter((key) => key.startsWith('_spark_metadata/'));
  const ids = names.map((name) => Number.parseInt(name.slice('_spark_metadata/'.length), 10));
  const compacted = names
    .filter((name) => name.endsWith('.compact'))
    .map((name) => Number.parseInt(name.slice('_spark_metadata/'.length), 10))
    .toSorted((a, b) => b - a);
  const latest = Math.max(-1, ...ids);
  const [last, before] = compacted;
  const interval = last === undefined ? 10 : before === undefined ? divisorOf(last + 1) : last - before;
  const lines: string[] = [];
  for (let id = Math.max(0, Math.floor((latest + 1) / interval) * interval - 1); id <= latest; id++) {
    const bytes = content.get(`_spark_metadata/${id}${(id + 1) % interval === 0 ? '.compact' : ''}`);
    if (bytes === undefined) throw new Error(`Spark misses entry ${id} at interval ${interval}, latest ${latest}`);
    lines.push(...Buffer.from(bytes).toString().split('\n').slice(1));
  }
  return lines
    .filter((line) => line !== '')
    .map((line) => decodeURIComponent((JSON.parse(line) as { path: string }).path).replace('file:///memory/', ''));
}

/** CompactibleFileStreamLog.deriveCompactInterval for the default of ten. */
function divisorOf(count: number): number {
  if (count <= 10) return count;
  if (10 >= count / 2) return count;
  for (let divisor = 10; divisor <= count / 2; divisor++) if (count % divisor === 0) return divisor;
  return count;
}

const idsOf = ({ content }: MemoryObjectStore, keys: readonly string[]): number[] =>
  keys
    .flatMap((key) => {
      const bytes = content.get(key);
      if (bytes === undefined) throw new Error(`${key} is not there`);
      return Buffer.from(bytes).toString().split('\n');
    })
    .filter((line) => line !== '')
    .map((line) => (JSON.parse(line) as { id: number }).id)
    .toSorted((a, b) => a - b);

/** The files a reader finds that looks into the folder itself: `*.json`. */
const visibleFiles = ({ content }: MemoryObjectStore): string[] =>
  [...content.keys()].filter((key) => /^[^/]+\.json$/.test(key));

const upTo = (count: number): number[] => Array.from({ length: count }, (_, i) => i);

describe('the manifest over many batches', () => {
  test('Spark finds every committed file after every batch and every restart, while old entries go', async () => {
    const store = new MemoryObjectStore();
    let sink = openOn(store);
    for (let batchId = 0; batchId < 350; batchId++) {
      if (batchId % 47 === 0) sink = openOn(store);
      await sink.addBatch(identity(batchId), streamOf(row(batchId)));
      expect(filesForSpark(store)).toHaveLength(batchId + 1);
    }
    expect(idsOf(store, filesForSpark(store))).toEqual(upTo(350));
    const names = [...store.content.keys()];
    expect(names.filter((key) => key.endsWith('.compact')).length).toBeLessThanOrEqual(3);
    expect(names.filter((key) => key.startsWith('_millrace/')).length).toBeLessThan(40);
    expect(names.filter((key) => key.startsWith('_spark_metadata/')).length).toBeLessThan(300);
  });

  test('what a commit reads and writes does not grow with the batches before it', async () => {
    const store = new MemoryObjectStore();
    const sink = openOn(store);
    const costs: { calls: number; written: number; read: number }[] = [];
    for (let batchId = 0; batchId < 2560; batchId++) {
      await sink.addBatch(identity(batchId), streamOf(row(batchId)));
      if (![319, 639, 1279, 2559].includes(batchId)) continue;
      costs.push({ calls: store.numCalls, written: store.writtenBytes, read: store.readBytes });
      Object.assign(store, { numCalls: 0, writtenBytes: 0, readBytes: 0 });
    }
    const perBatch = costs.map(({ calls, written, read }, i) => {
      const batches = [320, 320, 640, 1280][i] ?? 1;
      return { calls: calls / batches, written: written / batches, read: read / batches };
    });
    const [, second, , last] = perBatch;
    expect(last?.calls).toBeLessThan((second?.calls ?? 0) * 1.5);
    expect(last?.written).toBeLessThan((second?.written ?? 0) * 1.5);
    expect(last?.read).toBeLessThan((second?.read ?? 0) * 1.5);
  });

  test('files older than the retention leave the manifest when it is compacted', async () => {
    const store = new MemoryObjectStore();
    let nowMs = 1_000_000;
    const context = sinkContext({
      schema: ID_NAME,
      options: { path: '/memory', retention: '1 hour' },
      nowMs: () => nowMs,
    });
    const sink = createFileSink(findFormat('json'), context, () => store);
    for (let batchId = 0; batchId < 20; batchId++) {
      await sink.addBatch(identity(batchId), streamOf(row(batchId)));
      nowMs += 600_000;
    }
    expect(idsOf(store, filesForSpark(store))).toEqual([13, 14, 15, 16, 17, 18, 19]);
  });
});

describe('compactFiles', () => {
  const options = { compactFiles: '4' };

  test('keeps few files and few lines, each row once for readers of the manifest, never twice for those of the folder', async () => {
    const store = new MemoryObjectStore();
    const sink = openOn(store, options);
    let numBatches = 0;
    store.onChange = () => {
      const visible = idsOf(store, visibleFiles(store));
      expect(new Set(visible).size).toBe(visible.length);
      if (numBatches > 0) expect(idsOf(store, filesForSpark(store)).slice(0, numBatches)).toEqual(upTo(numBatches));
    };
    for (let batchId = 0; batchId < 200; batchId++) {
      await sink.addBatch(identity(batchId), streamOf(row(batchId)));
      numBatches++;
    }
    expect(visibleFiles(store).length).toBeLessThan(45);
    expect(filesForSpark(store).length).toBeLessThan(45);
  });

  test('a crash before any change leaves the rows as they are, and the batch can be written again', async () => {
    const start = new MemoryObjectStore();
    const first = openOn(start, options);
    for (let batchId = 0; batchId < 29; batchId++) await first.addBatch(identity(batchId), streamOf(row(batchId)));
    for (let crashAt = 1; ; crashAt++) {
      const store = new MemoryObjectStore(start.content);
      const before = openOn(store, options);
      // Batch 29 publishes what batch 19 has merged, merges again, and batches up to 39 clean up.
      store.onChange = () => {
        const visible = idsOf(store, visibleFiles(store));
        expect(new Set(visible).size).toBe(visible.length);
        const committed = idsOf(store, filesForSpark(store));
        expect(committed).toEqual(upTo(committed.length));
      };
      store.changesLeft = crashAt;
      let numDone = 29;
      try {
        for (; numDone < 40; numDone++) await before.addBatch(identity(numDone), streamOf(row(numDone)));
      } catch (error) {
        expect(error).toBeInstanceOf(StoreCrash);
      }
      const isOver = store.changesLeft > 0;
      store.onChange = () => {};
      store.changesLeft = Infinity;
      const after = openOn(store, options);
      for (let batchId = numDone; batchId < 41; batchId++)
        await after.addBatch(identity(batchId, { epoch: 2 }), streamOf(row(batchId)));
      expect(idsOf(store, filesForSpark(store))).toEqual(upTo(41));
      expect(idsOf(store, visibleFiles(store)).length).toBeGreaterThan(20);
      if (isOver) break;
    }
  });

  test.each([
    ['json', {}],
    ['json', { compression: 'gzip' }],
    ['json', { compression: 'snappy' }],
    ['json', { compression: 'deflate' }],
    ['json', { compression: 'zstd' }],
    ['csv', { header: 'true' }],
    ['csv', { header: 'true', compression: 'gzip' }],
    ['parquet', {}],
    ['avro', {}],
  ] as const)('%s with %j is read back whole, in folders too', async (format, formatOptions) => {
    const folder = join(root, `${format}-${Object.values(formatOptions).join('-')}`);
    const schema = T.struct([T.field('p', T.STRING), T.field('id', T.LONG), T.field('name', T.STRING)]);
    const sink = await openSink(findSinkProvider(format), {
      schema,
      partitionColumns: ['p'],
      options: { path: folder, compactFiles: '3', ...formatOptions },
    });
    for (let batchId = 0; batchId < 35; batchId++) {
      const batch = batchOf(schema, [
        ['a/b', BigInt(batchId), 'x,"y'],
        [null, BigInt(batchId + 100), null],
      ]);
      await sink.addBatch(identity(batchId), streamOf(batch));
      if (![19, 29, 34].includes(batchId)) continue;
      const session = MillraceSession.builder().create();
      const rows = await session.read
        .format(format)
        .schema('id BIGINT, name STRING, p STRING')
        .options('header' in formatOptions ? { header: 'true' } : {})
        .load(folder)
        .orderBy('id')
        .collect();
      await session.stop();
      expect(rows.map(({ id }) => Number(id))).toEqual([
        ...upTo(batchId + 1),
        ...upTo(batchId + 1).map((id) => id + 100),
      ]);
      expect(rows[0]).toEqual({ id: 0n, name: 'x,"y', p: 'a/b' });
      expect(rows.at(-1)?.p).toBeNull();
    }
    await sink.close();
  });

  test('a stream that has read small files is told, not given their rows again', async () => {
    const folder = join(root, 'stream');
    const sink = await openSink(findSinkProvider('json'), { schema: ID_NAME, options: { path: folder, ...options } });
    const write = async (from: number, to: number): Promise<void> => {
      for (let batchId = from; batchId < to; batchId++) await sink.addBatch(identity(batchId), streamOf(row(batchId)));
    };
    await write(0, 5);
    const session = MillraceSession.builder().create();
    const ids: unknown[] = [];
    const query = await session.readStream
      .schema('id BIGINT, name STRING')
      .json(folder)
      .writeStream.foreachBatch(async (batch) => void ids.push(...(await batch.collect()).map(({ id }) => Number(id))))
      .option('checkpointLocation', join(root, 'stream-checkpoint'))
      .start();
    await query.processAllAvailable();
    await write(5, 20);
    await expect(query.processAllAvailable()).rejects.toMatchObject({ condition: 'UNSUPPORTED_FEATURE' });
    expect(new Set(ids).size).toBe(ids.length);
    await session.stop();
  });
});
