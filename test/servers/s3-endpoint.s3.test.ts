/** What any S3 endpoint given to the tests (moto, LocalStack, a real one) must do for an exactly-once sink to be tested on it. */
import {
  AbortMultipartUploadCommand,
  CompleteMultipartUploadCommand,
  CreateBucketCommand,
  CreateMultipartUploadCommand,
  GetObjectCommand,
  HeadObjectCommand,
  ListMultipartUploadsCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  S3Client,
  UploadPartCommand,
} from '@aws-sdk/client-s3';
import { beforeAll, expect, test } from 'vitest';
import { privateAccount, s3Endpoint } from './urls.ts';

const Bucket = `endpoint-${privateAccount().accessKeyId}`;
let client: S3Client;

beforeAll(async () => {
  const credentials = { accessKeyId: 'test', secretAccessKey: 'test' };
  client = new S3Client({
    endpoint: s3Endpoint(),
    region: 'us-east-1',
    forcePathStyle: true,
    credentials,
    maxAttempts: 1,
  });
  await client.send(new CreateBucketCommand({ Bucket }));
});

async function begin(Key: string): Promise<{
  UploadId: string | undefined;
  parts: (body: string) => Promise<{ ETag: string | undefined; PartNumber: number }[]>;
}> {
  const { UploadId } = await client.send(new CreateMultipartUploadCommand({ Bucket, Key }));
  const parts = async (Body: string): Promise<{ ETag: string | undefined; PartNumber: number }[]> => {
    const { ETag } = await client.send(new UploadPartCommand({ Bucket, Key, UploadId, PartNumber: 1, Body }));
    return [{ ETag, PartNumber: 1 }];
  };
  return { UploadId, parts };
}

const preconditionFailed = { $metadata: { httpStatusCode: 412 } };

test('a conditional put of an existing key is refused and leaves the object as it was', async () => {
  await client.send(new PutObjectCommand({ Bucket, Key: 'once', Body: 'first', IfNoneMatch: '*' }));
  const again = client.send(new PutObjectCommand({ Bucket, Key: 'once', Body: 'second', IfNoneMatch: '*' }));
  await expect(again).rejects.toMatchObject(preconditionFailed);
  const { Body } = await client.send(new GetObjectCommand({ Bucket, Key: 'once' }));
  expect(await Body?.transformToString()).toBe('first');
});

test('one of eight concurrent conditional puts wins', async () => {
  const puts = Array.from({ length: 8 }, (_, i) =>
    client.send(new PutObjectCommand({ Bucket, Key: 'race', Body: `b${i}`, IfNoneMatch: '*' })),
  );
  const results = await Promise.allSettled(puts);
  expect(results.filter((result) => result.status === 'fulfilled')).toHaveLength(1);
});

test('a multipart object is invisible until complete and completes conditionally', async () => {
  const first = await begin('parts');
  const Parts = await first.parts('tail');
  await expect(client.send(new HeadObjectCommand({ Bucket, Key: 'parts' }))).rejects.toMatchObject({
    $metadata: { httpStatusCode: 404 },
  });
  const complete = { Bucket, Key: 'parts', IfNoneMatch: '*' };
  await client.send(
    new CompleteMultipartUploadCommand({ ...complete, UploadId: first.UploadId, MultipartUpload: { Parts } }),
  );
  const second = await begin('parts');
  const late = { ...complete, UploadId: second.UploadId, MultipartUpload: { Parts: await second.parts('other') } };
  await expect(client.send(new CompleteMultipartUploadCommand(late))).rejects.toMatchObject(preconditionFailed);
});

test('an aborted upload leaves nothing behind', async () => {
  const upload = await begin('aborted');
  await upload.parts('some');
  await client.send(new AbortMultipartUploadCommand({ Bucket, Key: 'aborted', UploadId: upload.UploadId }));
  const { Uploads = [] } = await client.send(new ListMultipartUploadsCommand({ Bucket, Prefix: 'aborted' }));
  expect(Uploads.filter(({ Key }) => Key === 'aborted')).toEqual([]);
  await expect(client.send(new HeadObjectCommand({ Bucket, Key: 'aborted' }))).rejects.toMatchObject({
    $metadata: { httpStatusCode: 404 },
  });
});

test('keys of partitioned files are listed as they were written', async () => {
  const keys = ['p/_temporary/0', 'p/dt=2024-01-01 00%3A00/α+&=.json'];
  for (const Key of keys) await client.send(new PutObjectCommand({ Bucket, Key, Body: Key }));
  const { Contents = [] } = await client.send(new ListObjectsV2Command({ Bucket, Prefix: 'p/' }));
  expect(Contents.map(({ Key }) => Key)).toEqual(keys);
});
