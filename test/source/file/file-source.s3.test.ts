/** The file source over S3, under the contract of all sources. */
import { beforeAll } from 'vitest';
import { fileSourceProvider } from '../../../src/source/file/file-source-provider.ts';
import { parseSchema } from '../../../src/types/schema.ts';
import { memorySourceLog, sourceContext, testSourceContract } from '../../contract/source-contract.ts';
import { createBucket, openS3, s3Options } from '../../servers/s3-bucket.ts';
import { s3Endpoint } from '../../servers/urls.ts';

let bucket: string;
let numPlaces = 0;

beforeAll(async () => {
  bucket = await createBucket('source');
});

testSourceContract('files on S3', async () => {
  const place = `s3://${bucket}/contract-${numPlaces++}`;
  const store = openS3(place);
  const log = memorySourceLog();
  const options = new Map(
    Object.entries({ path: place, ...s3Options(s3Endpoint()) }).map(([name, value]) => [name.toLowerCase(), value]),
  );
  const schema = parseSchema('a BIGINT, b STRING');
  let numFiles = 0;
  return {
    create: () => fileSourceProvider('json').create(sourceContext({ options, schema, isStreaming: true, log })),
    addRows: async () => {
      const n = numFiles++;
      const text = `{"a":${n},"b":"x"}\n{"a":${n + 100},"b":"y"}\n`;
      await store.write(`f${n}.json`, new TextEncoder().encode(text));
    },
    close: () => store.close(),
  };
});
