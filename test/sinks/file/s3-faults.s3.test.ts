/** File and delivery sinks on an S3 that refuses a third of all calls, or does them and loses the answer: every row is there once. */
import { CreateBucketCommand, S3Client } from '@aws-sdk/client-s3';
import { afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { SinkProvider } from '../../../src/sinks/sink.ts';
import type { S3Fault } from '../../servers/s3-fault-proxy.ts';
import { findSinkProvider } from '../../../src/sinks/registry.ts';
import { openObjectStore } from '../../../src/storage/registry.ts';
import { ID_NAME, batchOf, identity, openSink, streamOf } from '../../contract/sink-contract.ts';
import { type S3FaultProxy, startS3FaultProxy } from '../../servers/s3-fault-proxy.ts';
import { privateAccount, s3Endpoint } from '../../servers/urls.ts';
import { committedKeys, committedLines, idNameOf } from './read-committed.ts';

const bucket = `faults-${privateAccount().accessKeyId}`;
const NUM_BATCHES = 8;
const FAULTS: readonly S3Fault[] = [
  { status: 503, code: 'SlowDown' },
  { status: 409, code: 'ConditionalRequestConflict' },
  { status: 500, code: 'InternalError' },
  'lost',
  'answer lost',
];
let proxy: S3FaultProxy;

const optionsOf = (endpoint: string): Record<string, string> => ({
  's3.endpointUrl': endpoint,
  's3.region': 'us-east-1',
  's3.accessKeyId': 'test',
  's3.secretAccessKey': 'test',
});

beforeAll(async () => {
  const credentials = { accessKeyId: 'test', secretAccessKey: 'test' };
  const client = new S3Client({ endpoint: s3Endpoint(), region: 'us-east-1', forcePathStyle: true, credentials });
  await client.send(new CreateBucketCommand({ Bucket: bucket }));
  client.destroy();
});

beforeEach(async () => {
  proxy = await startS3FaultProxy(s3Endpoint());
});
afterEach(() => proxy.close());

/** A third of the calls fail, drawn from `seed`, but never the same call more than three times in a row. */
function failAtRandom(seed: number): void {
  let state = seed;
  const inRow = new Map<string, number>();
  proxy.rule = ({ method, url }) => {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648;
    const call = `${method} ${url}`;
    const failed = inRow.get(call) ?? 0;
    if (state % 3 !== 0 || failed >= 3) {
      inRow.set(call, 0);
      return undefined;
    }
    inRow.set(call, failed + 1);
    return FAULTS[Math.floor(state / 3) % FAULTS.length];
  };
}

/** Writes the batches, each by a new run that repeats the one before as after a crash. */
async function write(provider: SinkProvider, options: Readonly<Record<string, string>>): Promise<void> {
  for (let batchId = 0; batchId < NUM_BATCHES; batchId++) {
    const sink = await openSink(provider, { schema: ID_NAME, options: { ...options, ...optionsOf(proxy.endpoint) } });
    for (const id of batchId === 0 ? [0] : [batchId - 1, batchId])
      await sink.addBatch({ ...identity(id), epoch: batchId + 1 }, streamOf(batchOf(ID_NAME, [[BigInt(id), 'x']])));
    await sink.close();
  }
}

const ALL = Array.from({ length: NUM_BATCHES }, (_, id) => `${id}:x`);
const storeOf = (path: string) =>
  openObjectStore(
    path,
    new Map(Object.entries(optionsOf(s3Endpoint())).map(([name, value]) => [name.toLowerCase(), value])),
  );

describe.each([1, 2])('with the faults of seed %i', (seed) => {
  test('the file sink commits every batch once', async () => {
    const path = `s3://${bucket}/files-${seed}`;
    failAtRandom(seed);
    await write(findSinkProvider('json'), { path });
    const store = storeOf(path);
    expect((await committedLines(store, path)).map(idNameOf)).toEqual(ALL);
    expect(new Set(await committedKeys(store, path)).size).toBe(NUM_BATCHES);
    await store.close();
  });

  test('the delivery sink delivers every record once', async () => {
    const path = `s3://${bucket}/delivered-${seed}`;
    failAtRandom(seed);
    await write(findSinkProvider('delivery'), { path, bufferSize: '1 b' });
    const store = storeOf(path);
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
