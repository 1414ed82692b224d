/** The S3 object store: the contract on a real endpoint, and a file source over a bucket. */
import { CreateBucketCommand, S3Client } from '@aws-sdk/client-s3';
import { beforeAll, expect, test } from 'vitest';
import type { StoreOptions } from '../../src/storage/registry.ts';
import { fileSourceProvider } from '../../src/source/file/file-source-provider.ts';
import { openObjectStore } from '../../src/storage/registry.ts';
import { parseSchema } from '../../src/types/schema.ts';
import { memorySourceLog, nextOffset, readRange, sourceContext } from '../contract/source-contract.ts';
import { testStorageContract } from '../contract/storage-contract.ts';
import { privateAccount, s3Endpoint } from '../servers/urls.ts';

const bucket = `store-${privateAccount().accessKeyId}`;
let options: StoreOptions = new Map();
let numPlaces = 0;

beforeAll(async () => {
  options = new Map([
    ['s3.endpointurl', s3Endpoint()],
    ['s3.accesskeyid', 'test'],
    ['s3.secretaccesskey', 'test'],
  ]);
  const credentials = { accessKeyId: 'test', secretAccessKey: 'test' };
  const client = new S3Client({ endpoint: s3Endpoint(), region: 'us-east-1', forcePathStyle: true, credentials });
  await client.send(new CreateBucketCommand({ Bucket: bucket }));
});

testStorageContract('s3', async () => openObjectStore(`s3://${bucket}/place-${numPlaces++}`, options));

test('more keys than one page are listed and deleted', async () => {
  const store = openObjectStore(`s3a://${bucket}/many`, options);
  const keys = Array.from({ length: 1100 }, (_, i) => `k${String(i).padStart(4, '0')}`);
  for (let start = 0; start < keys.length; start += 100)
    await Promise.all(keys.slice(start, start + 100).map((key) => store.write(key, new Uint8Array(1))));
  const listed: string[] = [];
  for await (const entry of store.list('')) listed.push(entry.key);
  expect(listed).toEqual(keys);
  await store.delete(keys);
  for await (const entry of store.list('')) expect(entry).toBeUndefined();
});

test('a bucket that does not exist is named', async () => {
  const store = openObjectStore('s3://no-such-bucket-here/x', options);
  await expect(store.write('a', new Uint8Array(1))).rejects.toMatchObject({ condition: 'PATH_NOT_FOUND' });
  await expect(store.write('a', new Uint8Array(1))).rejects.toThrow(/no-such-bucket-here/);
});

test('files in a bucket are a stream', async () => {
  const store = openObjectStore(`s3://${bucket}/logs`, options);
  await store.write('day=1/a.json', new TextEncoder().encode('{"a":1}\n{"a":2}\n'));
  const log = memorySourceLog();
  const make = () => {
    const provider = fileSourceProvider('json');
    const context = {
      options: new Map([...options, ['path', `s3a://${bucket}/log*`]]),
      schema: parseSchema('a BIGINT, day INT'),
      log,
    };
    const source = provider?.create(sourceContext(context));
    if (source === undefined) throw new Error('no json source');
    return source;
  };
  const source = make();
  await source.open();
  const end = await nextOffset(source, undefined);
  expect(await readRange(source, undefined, end)).toEqual([
    [1n, 1],
    [2n, 1],
  ]);
  await source.close();
  await store.write('day=2/b.json', new TextEncoder().encode('{"a":3}\n'));
  const again = make();
  await again.open();
  const next = await nextOffset(again, end);
  expect(await readRange(again, end, next)).toEqual([[3n, 2]]);
  await again.close();
});
