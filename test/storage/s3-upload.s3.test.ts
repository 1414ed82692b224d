/** Large objects on S3: uploaded in parts, whole or not at all, whatever breaks; uploads that were left behind go. */
import { createHash } from 'node:crypto';
import {
  CreateBucketCommand,
  CreateMultipartUploadCommand,
  ListMultipartUploadsCommand,
  S3Client,
  UploadPartCommand,
} from '@aws-sdk/client-s3';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { S3ObjectStore } from '../../src/storage/s3-object-store.ts';
import { type S3FaultProxy, startS3FaultProxy } from '../servers/s3-fault-proxy.ts';
import { privateAccount, s3Endpoint } from '../servers/urls.ts';

const bucket = `uploads-${privateAccount().accessKeyId}`;
const LARGE = Buffer.alloc((16 << 20) + 5, 'millrace');
const HOUR_MS = 3_600_000;
let client: S3Client;
let proxy: S3FaultProxy;
let store: S3ObjectStore;
let numPlaces = 0;

beforeAll(async () => {
  const credentials = { accessKeyId: 'test', secretAccessKey: 'test' };
  client = new S3Client({ endpoint: s3Endpoint(), region: 'us-east-1', forcePathStyle: true, credentials });
  await client.send(new CreateBucketCommand({ Bucket: bucket }));
});
afterAll(() => client.destroy());

beforeEach(async () => {
  proxy = await startS3FaultProxy(s3Endpoint());
  const options = new Map([
    ['s3.endpointurl', proxy.endpoint],
    ['s3.accesskeyid', 'test'],
    ['s3.secretaccesskey', 'test'],
  ]);
  const context = { sleep: async () => {}, random: () => 0.5 };
  store = new S3ObjectStore(`s3://${bucket}/place-${numPlaces++}`, options, context);
});
afterEach(async () => {
  await store.close();
  await proxy.close();
});

const digestOf = (bytes: Uint8Array | undefined): string =>
  createHash('sha256')
    .update(bytes ?? '')
    .digest('hex');
const uploads = async (): Promise<readonly (string | undefined)[]> =>
  ((await client.send(new ListMultipartUploadsCommand({ Bucket: bucket }))).Uploads ?? []).map(({ Key }) => Key);
const isPart = (url: string): boolean => url.includes('partNumber=');

/** Lets the faults happen at the first calls that `matches`, one after the other. */
function failAt(
  matches: (method: string, url: string) => boolean,
  ...faults: readonly ReturnType<S3FaultProxy['rule']>[]
): void {
  const left = [...faults];
  proxy.rule = ({ method, url }) => (matches(method, url) ? left.shift() : undefined);
}

test('an object beyond the size of one request is put together from parts', async () => {
  await store.write('large', LARGE);
  expect(proxy.calls.filter(({ url }) => isPart(url))).toHaveLength(3);
  expect(digestOf(await store.read('large'))).toBe(digestOf(LARGE));
  expect(await uploads()).toEqual([]);
});

test('parts that are throttled, lost or answered in vain are sent again', async () => {
  failAt((_, url) => isPart(url), { status: 503, code: 'SlowDown' }, 'lost', 'answer lost', {
    status: 409,
    code: 'OperationAborted',
  });
  await store.write('large', LARGE);
  expect(digestOf(await store.read('large'))).toBe(digestOf(LARGE));
  expect(await uploads()).toEqual([]);
});

test('an upload whose completion was answered in vain is known by its object', async () => {
  const isCompletion = (method: string, url: string): boolean => method === 'POST' && url.includes('uploadId=');
  // A server that has completed an upload does not know it any more; this one still does.
  failAt(isCompletion, 'answer lost', { status: 404, code: 'NoSuchUpload' });
  await store.write('large', LARGE);
  expect(proxy.calls.filter(({ url }) => isPart(url))).toHaveLength(3);
  expect(digestOf(await store.read('large'))).toBe(digestOf(LARGE));
});

test('an upload that somebody has aborted is made again', async () => {
  failAt((method, url) => method === 'POST' && url.includes('uploadId='), { status: 404, code: 'NoSuchUpload' });
  await store.write('large', LARGE);
  expect(proxy.calls.filter(({ url }) => isPart(url))).toHaveLength(6);
  expect(digestOf(await store.read('large'))).toBe(digestOf(LARGE));
  expect(await uploads()).toEqual([]);
});

test('an upload that fails for good leaves neither object nor parts', async () => {
  failAt((_, url) => isPart(url), { status: 403, code: 'AccessDenied' });
  await expect(store.write('large', LARGE)).rejects.toMatchObject({ condition: 'EXTERNAL_SYSTEM_REFUSED' });
  expect(await store.read('large')).toBeUndefined();
  expect(await uploads()).toEqual([]);
});

async function leaveUpload(key: string): Promise<void> {
  const place = { Bucket: bucket, Key: `place-${numPlaces - 1}/${key}` };
  const { UploadId } = await client.send(new CreateMultipartUploadCommand(place));
  await client.send(new UploadPartCommand({ ...place, UploadId, PartNumber: 1, Body: 'half' }));
}

test('what a killed run has left of an object goes when the object is written again', async () => {
  await leaveUpload('large');
  await leaveUpload('large-too');
  await store.write('large', LARGE);
  expect(await uploads()).toEqual([`place-${numPlaces - 1}/large-too`]);
  expect(await store.abortOldUploads(Date.now() + 25 * HOUR_MS)).toBe(1);
});

test('uploads are left alone for a day, and for ever where they may not be listed', async () => {
  await leaveUpload('other');
  const { Uploads = [] } = await client.send(new ListMultipartUploadsCommand({ Bucket: bucket }));
  const begunMs = Uploads[0]?.Initiated?.getTime() ?? Number.NaN;
  expect(await store.abortOldUploads(begunMs + HOUR_MS)).toBe(0);
  failAt((method, url) => method === 'GET' && url.includes('uploads'), { status: 403, code: 'AccessDenied' });
  expect(await store.abortOldUploads(begunMs + 25 * HOUR_MS)).toBe(0);
  expect(await store.abortOldUploads(begunMs + 25 * HOUR_MS)).toBe(1);
  expect(await uploads()).toEqual([]);
});
