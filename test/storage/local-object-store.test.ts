/** The local object store: the contract, and what only folders have. */
import { mkdtemp, readdir, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { LocalObjectStore } from '../../src/storage/local-object-store.ts';
import { localPath, openObjectStore } from '../../src/storage/registry.ts';
import { testStorageContract } from '../contract/storage-contract.ts';

let folder = '';
let numPlaces = 0;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'millrace-store-'));
});
afterAll(() => rm(folder, { recursive: true }));

const freshPlace = (): string => join(folder, `place-${numPlaces++}`);

testStorageContract('local', async () => new LocalObjectStore(freshPlace()));

test('temporary files of writes are neither listed nor left behind', async () => {
  const place = freshPlace();
  const store = new LocalObjectStore(place);
  await store.write('a', new Uint8Array(10));
  await store.writeIfAbsent('a', new Uint8Array(10));
  await writeFile(join(place, 'b.0.millrace-tmp'), 'left by a crash');
  const keys: string[] = [];
  for await (const entry of store.list('')) keys.push(entry.key);
  expect(keys).toEqual(['a']);
  expect((await readdir(place)).toSorted()).toEqual(['a', 'b.0.millrace-tmp']);
});

test('links are followed unless the store is told not to', async () => {
  const place = freshPlace();
  const store = new LocalObjectStore(place);
  await store.write('real', new TextEncoder().encode('content'));
  await symlink(join(place, 'real'), join(place, 'link'));
  expect(await store.read('link')).toHaveLength(7);
  const strict = new LocalObjectStore(place, { followLinks: false });
  const read = async (): Promise<void> => {
    for await (const block of strict.readBlocks('link', 10)) expect(block).toBeUndefined();
  };
  await expect(read()).rejects.toMatchObject({ condition: 'STORAGE_IO' });
});

test('a place that is a file fails with the reason', async () => {
  const place = freshPlace();
  await writeFile(place, 'a file');
  const store = new LocalObjectStore(place);
  await expect(store.write('a/b', new Uint8Array(1))).rejects.toMatchObject({ condition: 'STORAGE_IO' });
});

test('URIs of files and unknown schemes are told apart', async () => {
  expect(localPath('file:/a/b c')).toBe('/a/b c');
  expect(localPath('file:///a/b%20c')).toBe('/a/b%20c');
  expect(openObjectStore('file:/data').description).toBe('file:/data');
  expect(openObjectStore('/data').description).toBe('file:/data');
  expect(openObjectStore('s3a://bucket/logs/').description).toBe('s3://bucket/logs');
  expect(() => openObjectStore('hdfs://host/x')).toThrow(/UNSUPPORTED_FEATURE/);
  expect(() => openObjectStore('s3://')).toThrow(/INVALID_OPTION/);
});
