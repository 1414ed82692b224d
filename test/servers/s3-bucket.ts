/** A bucket of a test file's own on the S3 of the tests, and the options to reach it. */
import { CreateBucketCommand, S3Client } from '@aws-sdk/client-s3';
import type { ObjectStore } from '../../src/storage/object-store.ts';
import { openObjectStore } from '../../src/storage/registry.ts';
import { privateAccount, s3Endpoint } from './urls.ts';

/** The options of sources and sinks for an S3 of the tests. */
export function s3Options(endpoint: string): Readonly<Record<string, string>> {
  return {
    's3.endpointUrl': endpoint,
    's3.region': 'us-east-1',
    's3.accessKeyId': 'test',
    's3.secretAccessKey': 'test',
  };
}

/** Makes a bucket; its name begins with `kind`. */
export async function createBucket(kind: string, endpoint = s3Endpoint()): Promise<string> {
  const bucket = `${kind}-${privateAccount().accessKeyId}`;
  const credentials = { accessKeyId: 'test', secretAccessKey: 'test' };
  const client = new S3Client({ endpoint, region: 'us-east-1', forcePathStyle: true, credentials });
  await client.send(new CreateBucketCommand({ Bucket: bucket }));
  client.destroy();
  return bucket;
}

/** The place below a URI, read without the sink under test. */
export function openS3(uri: string, endpoint = s3Endpoint()): ObjectStore {
  return openObjectStore(
    uri,
    new Map(Object.entries(s3Options(endpoint)).map(([name, value]) => [name.toLowerCase(), value])),
  );
}
