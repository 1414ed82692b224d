/** File and delivery sinks on an S3 that refuses a third of all calls, or does them and loses the answer: every row is there once. */
import { afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { SinkProvider } from '../../../src/sinks/sink.ts';
import { findSinkProvider } from '../../../src/sinks/registry.ts';
import { ID_NAME, batchOf, identity, openSink, streamOf } from '../../contract/sink-contract.ts';
import { seededRandom } from '../../recovery/input-files.ts';
import { createBucket, openS3, s3Options } from '../../servers/s3-bucket.ts';
import { type S3FaultProxy, randomS3Faults, startS3FaultProxy } from '../../servers/s3-fault-proxy.ts';
import { s3Endpoint } from '../../servers/urls.ts';
import { committedKeys, committedLines, idNameOf } from './read-committed.ts';

const NUM_BATCHES = 8;
let bucket: string;
let proxy: S3FaultProxy;

beforeAll(async () => {
  bucket = await createBucket('faults');
});
beforeEach(async () => {
  proxy = await startS3FaultProxy(s3Endpoint());
});
afterEach(() => proxy.close());

/** Writes the batches, each by a new run that repeats the one before as after a crash. */
async function write(provider: SinkProvider, options: Readonly<Record<string, string>>): Promise<void> {
  for (let batchId = 0; batchId < NUM_BATCHES; batchId++) {
    const sink = await openSink(provider, { schema: ID_NAME, options: { ...options, ...s3Options(proxy.endpoint) } });
    for (const id of batchId === 0 ? [0] : [batchId - 1, batchId])
      await sink.addBatch({ ...identity(id), epoch: batchId + 1 }, streamOf(batchOf(ID_NAME, [[BigInt(id), 'x']])));
    await sink.close();
  }
}

const ALL = Array.from({ length: NUM_BATCHES }, (_, id) => `${id}:x`);

describe.each([1, 2])('with the faults of seed %i', (seed) => {
  test('the file sink commits every batch once', async () => {
    const path = `s3://${bucket}/files-${seed}`;
    proxy.rule = randomS3Faults(seededRandom(seed), 1 / 3);
    await write(findSinkProvider('json'), { path });
    const store = openS3(path);
    expect((await committedLines(store, path)).map(idNameOf)).toEqual(ALL);
    expect(new Set(await committedKeys(store, path)).size).toBe(NUM_BATCHES);
    await store.close();
  });

  test('the delivery sink delivers every record once', async () => {
    const path = `s3://${bucket}/delivered-${seed}`;
    proxy.rule = randomS3Faults(seededRandom(seed), 1 / 3);
    await write(findSinkProvider('delivery'), { path, bufferSize: '1 b' });
    const store = openS3(path);
    const found: string[] = [];
    for await (const { key } of store.list(''))
      if (key.includes('part-')) {
        const text = new TextDecoder().decode(await store.read(key));
        found.push(...text.split('\n').filter((line) => line !== ''));
      }
    expect(found.map(idNameOf).toSorted()).toEqual(ALL.toSorted());
    await store.close();
  });
});
