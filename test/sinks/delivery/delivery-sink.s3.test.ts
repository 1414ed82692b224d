/** The delivery sink on S3: the contract of exactly-once sinks, and what Firehose does there: prefixes, Parquet, backup, error records. */
import { gunzipSync } from 'node:zlib';
import { beforeAll, expect, test } from 'vitest';
import { MillraceSession } from '../../../src/index.ts';
import { deliverySinkProvider } from '../../../src/sinks/delivery/delivery-sink.ts';
import { STRING, field, struct } from '../../../src/types/data-type.ts';
import { batchOf, describeSinkContract, identity, openSink, streamOf } from '../../contract/sink-contract.ts';
import { createBucket, openS3, s3Options } from '../../servers/s3-bucket.ts';
import { s3Endpoint } from '../../servers/urls.ts';
import { idNameOf } from '../file/read-committed.ts';

const NOON_MS = Date.UTC(2026, 0, 31, 12, 5);
let numPlaces = 0;
let bucket: string;

beforeAll(async () => {
  bucket = await createBucket('delivery');
});

/** The objects below a path that are not the sink's own, with their bytes. */
async function objectsOf(path: string): Promise<Map<string, Uint8Array>> {
  const store = openS3(path);
  const found = new Map<string, Uint8Array>();
  for await (const { key } of store.list(''))
    if (!key.startsWith('_millrace/')) found.set(key, (await store.read(key)) ?? new Uint8Array());
  await store.close();
  return found;
}

const textOf = (bytes: Uint8Array | undefined): string => new TextDecoder().decode(bytes);

describeSinkContract('delivery on S3', {
  provider: deliverySinkProvider,
  destination: async () => {
    const path = `s3://${bucket}/contract-${numPlaces++}`;
    return {
      options: { path, bufferSize: '1 b', ...s3Options(s3Endpoint()) },
      rows: async () =>
        [...(await objectsOf(path))].flatMap(([key, bytes]) =>
          key.includes('part-')
            ? textOf(bytes)
                .split('\n')
                .filter((line) => line !== '')
                .map(idNameOf)
            : [],
        ),
      dispose: async () => {},
    };
  },
});

test('records become Parquet under prefixes of time and keys, originals are backed up, what fails goes to the errors', async () => {
  const path = `s3://${bucket}/firehose`;
  const schema = struct([field('customer', STRING), field('record', STRING)]);
  const sink = await openSink(deliverySinkProvider, {
    schema,
    nowMs: () => NOON_MS,
    options: {
      path,
      backupPath: `s3://${bucket}/backup`,
      bufferSize: '1 MB',
      fileFormat: 'parquet',
      recordColumn: 'record',
      outputSchema: 'id BIGINT, customer STRING',
      prefix: 'customer=!{partitionKeyFromQuery:customer}/!{timestamp:yyyy/MM/dd}/',
      errorPrefix: 'errors/!{firehose:error-output-type}/',
      ...s3Options(s3Endpoint()),
    },
  });
  const rows = [
    ['a', '{"id":1,"customer":"a"}'],
    ['../b', '{"id":2,"customer":"../b"}'],
    ['a', '{"id":3,"customer":"a"}'],
    ['a', 'no JSON'],
  ];
  await sink.addBatch(identity(0), streamOf(batchOf(schema, rows)));
  await sink.close();

  const objects = await objectsOf(path);
  const parquet = [...objects.keys()].filter((key) => key.endsWith('.parquet')).toSorted();
  expect(parquet.map((key) => key.slice(0, key.indexOf('part-')))).toEqual([
    'customer=..%2Fb/2026/01/31/',
    'customer=a/2026/01/31/',
  ]);
  const errors = [...objects].filter(([key]) => key.startsWith('errors/'));
  expect(errors).toHaveLength(1);
  const { rawData } = JSON.parse(textOf(errors[0]?.[1])) as { rawData: string };
  expect(Buffer.from(rawData, 'base64').toString()).toContain('no JSON');
  const [backup] = (await objectsOf(`s3://${bucket}/backup`)).values();
  expect(
    textOf(gunzipSync(backup ?? ''))
      .trim()
      .split('\n'),
  ).toHaveLength(4);

  const session = MillraceSession.builder().getOrCreate();
  const table = session.read
    .options(s3Options(s3Endpoint()))
    .option('recursiveFileLookup', true)
    .parquet(`${path}/customer=a`);
  expect(await table.orderBy('id').collect()).toEqual([
    { id: 1n, customer: 'a' },
    { id: 3n, customer: 'a' },
  ]);
  await session.stop();
});
