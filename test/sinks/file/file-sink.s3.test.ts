/** File sinks on S3: the sink contract, and many runs that write the same batch at once. */
import { CreateBucketCommand, S3Client } from '@aws-sdk/client-s3';
import { beforeAll, describe, expect, test } from 'vitest';
import { findSinkProvider } from '../../../src/sinks/registry.ts';
import { openObjectStore } from '../../../src/storage/registry.ts';
import { batchOf, describeSinkContract, ID_NAME, identity, openSink, streamOf } from '../../contract/sink-contract.ts';
import { privateAccount, s3Endpoint } from '../../servers/urls.ts';
import { committedKeys, committedLines, idNameOf } from './read-committed.ts';

const bucket = `sinks-${privateAccount().accessKeyId}`;
const s3Options = () => ({
  's3.endpointUrl': s3Endpoint(),
  's3.region': 'us-east-1',
  's3.accessKeyId': 'test',
  's3.secretAccessKey': 'canary-secret',
});
const storeOf = (path: string) =>
  openObjectStore(path, new Map(Object.entries(s3Options()).map(([name, value]) => [name.toLowerCase(), value])));

beforeAll(async () => {
  const client = new S3Client({
    endpoint: s3Endpoint(),
    region: 'us-east-1',
    forcePathStyle: true,
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
  });
  await client.send(new CreateBucketCommand({ Bucket: bucket }));
  client.destroy();
});

let prefixNumber = 0;
const newPath = () => `s3://${bucket}/out ${prefixNumber++}`;

describeSinkContract('json files on S3', {
  provider: findSinkProvider('json'),
  destination: async () => {
    const path = newPath();
    const store = storeOf(path);
    return {
      options: { path, ...s3Options() },
      rows: async () => (await committedLines(store, path)).map(idNameOf),
      dispose: () => store.close(),
    };
  },
});

describe('file sink on S3', () => {
  test('of runs that write the same batches at once each batch is committed once', async () => {
    const path = newPath();
    const sinks = await Promise.all(
      [0, 1, 2].map(() => openSink(findSinkProvider('json'), { schema: ID_NAME, options: { path, ...s3Options() } })),
    );
    for (let batchId = 0; batchId < 12; batchId++) {
      const row = batchOf(ID_NAME, [[BigInt(batchId), 'x']]);
      await Promise.all(sinks.map((sink) => sink.addBatch(identity(batchId), streamOf(row))));
    }
    for (const sink of sinks) await sink.close();
    const store = storeOf(path);
    expect(await committedKeys(store, path)).toHaveLength(12);
    expect((await committedLines(store, path)).length).toBe(12);
    await store.close();
  });
});
