/**
 * What users get wrong, against the real servers: credentials nobody knows, places that are not there, tables that do not fit, values that are
 * large or empty. Each is a typed error that names the place and no secret, or the value arrives as it is.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Redis } from 'ioredis';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { MillraceError } from '../../src/errors/millrace-error.ts';
import { MillraceSession } from '../../src/index.ts';
import { startS3FaultProxy } from '../servers/s3-fault-proxy.ts';
import { createBucket, s3Options } from '../servers/s3-bucket.ts';
import { mysqlUrl, postgresUrl, redisUrl, s3Endpoint } from '../servers/urls.ts';

const SECRET = 'canary-secret';
const PREFIX = `bad${process.pid}`;
const folder = mkdtempSync(path.join(tmpdir(), 'millrace-bad-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

let session: MillraceSession;
let redis: Redis;
let bucket: string;
beforeAll(async () => {
  redis = new Redis(redisUrl());
  await redis.acl('SETUSER', PREFIX, 'on', '>right', '~*', '+@all');
  bucket = await createBucket('bad');
});
afterAll(async () => {
  await redis.acl('DELUSER', PREFIX);
  redis.disconnect();
});
beforeEach(() => {
  session = MillraceSession.builder().create();
});
afterEach(() => session.stop());

/** The URL with another user, password or database. */
function changed(url: string, change: { readonly user?: string; readonly database?: string }): string {
  const address = new URL(url);
  if (change.user !== undefined) {
    address.username = change.user;
    address.password = SECRET;
  }
  if (change.database !== undefined) address.pathname = `/${change.database}`;
  return address.href;
}
const jdbcOf = (url: string): string => `jdbc:${url.replace(/^postgres:/, 'postgresql:')}`;
const rowsOf = (schema: string, ...rows: readonly Record<string, unknown>[]) => session.createDataFrame(rows, schema);

/** The error of a call, which must be typed and hold no secret. */
async function errorOf(call: Promise<unknown>): Promise<MillraceError> {
  const error = await call.then(
    () => undefined,
    (caught: unknown) => caught,
  );
  if (!(error instanceof MillraceError)) throw new Error(`no typed error: ${String(error)}`, { cause: error });
  expect(`${error.message} ${JSON.stringify(error.parameters)}`).not.toContain(SECRET);
  return error;
}

describe('credentials nobody knows', () => {
  test.each([
    ['PostgreSQL', () => jdbcOf(changed(postgresUrl(), { user: 'nobody' }))],
    ['MariaDB', () => jdbcOf(changed(mysqlUrl(), { user: 'nobody' }))],
  ])('%s refuses a write and a read', async (_, url) => {
    const write = rowsOf('id INT', { id: 1 })
      .write.mode('append')
      .option('dbtable', 'never')
      .format('jdbc')
      .save(url());
    expect((await errorOf(write)).condition).toBe('EXTERNAL_SYSTEM_REFUSED');
    const read = async () => await session.read.jdbc(url(), 'never').collect();
    expect((await errorOf(read())).condition).toBe('EXTERNAL_SYSTEM_REFUSED');
  });

  test('Redis refuses a sink and a checkpoint', async () => {
    const url = changed(redisUrl(), { user: PREFIX });
    const stream = () => session.readStream.format('rate').load().writeStream;
    const sink = stream()
      .format('redis')
      .option('key', 'k')
      .option('dataType', 'stream')
      .option('checkpointLocation', path.join(folder, 'redis'))
      .start(url);
    expect((await errorOf(sink.then((query) => query.awaitTermination()))).condition).toBe('EXTERNAL_SYSTEM_REFUSED');
    const checkpoint = stream().format('noop').option('checkpointLocation', url).start();
    expect((await errorOf(checkpoint.then((query) => query.awaitTermination()))).condition).toBe(
      'EXTERNAL_SYSTEM_REFUSED',
    );
  });

  test('S3 refuses a write and a read', async () => {
    const proxy = await startS3FaultProxy(s3Endpoint());
    proxy.rule = () => ({ status: 403, code: 'InvalidAccessKeyId' });
    const options = { ...s3Options(proxy.endpoint), 's3.secretAccessKey': SECRET };
    const place = `s3://${bucket}/refused`;
    const write = rowsOf('id INT', { id: 1 }).write.options(options).json(place);
    expect((await errorOf(write)).condition).toBe('EXTERNAL_SYSTEM_REFUSED');
    const read = async () => await session.read.schema('id INT').options(options).json(place).collect();
    expect((await errorOf(read())).condition).toBe('EXTERNAL_SYSTEM_REFUSED');
    await proxy.close();
  });
});

describe('places that are not there', () => {
  test.each([
    ['PostgreSQL', () => jdbcOf(changed(postgresUrl(), { database: 'no_such_database' }))],
    ['MariaDB', () => jdbcOf(changed(mysqlUrl(), { database: 'no_such_database' }))],
  ])('a database of %s', async (_, url) => {
    const write = rowsOf('id INT', { id: 1 }).write.mode('append').option('dbtable', 't').format('jdbc').save(url());
    expect((await errorOf(write)).message).toContain('no_such_database');
  });

  test.each([
    ['PostgreSQL', () => jdbcOf(postgresUrl())],
    ['MariaDB', () => jdbcOf(mysqlUrl())],
  ])('a table of %s that is read', async (_, url) => {
    const read = async () => await session.read.jdbc(url(), 'no_such_table').collect();
    expect((await errorOf(read())).message).toContain('no_such_table');
  });

  test('a bucket that is written to and read', async () => {
    const options = s3Options(s3Endpoint());
    const place = `s3://no-such-bucket-${process.pid}/x`;
    const write = rowsOf('id INT', { id: 1 }).write.options(options).json(place);
    expect((await errorOf(write)).condition).toBe('PATH_NOT_FOUND');
    const read = async () => await session.read.schema('id INT').options(options).json(place).collect();
    expect((await errorOf(read())).condition).toBe('PATH_NOT_FOUND');
  });
});

describe.each([
  ['PostgreSQL', () => jdbcOf(postgresUrl())],
  ['MariaDB', () => jdbcOf(mysqlUrl())],
])('a table of %s', (_, url) => {
  const save = (table: string, schema: string, row: Record<string, unknown>): Promise<void> =>
    rowsOf(schema, row).write.mode('append').option('dbtable', `${PREFIX}_${table}`).format('jdbc').save(url());

  test('that does not have the columns is refused and stays as it is', async () => {
    await save('columns', 'id INT, name STRING', { id: 1, name: 'a' });
    const error = await errorOf(save('columns', 'id INT, other STRING', { id: 2, other: 'b' }));
    expect(error.condition).toBe('INCOMPATIBLE_SINK_TABLE');
    expect(await session.read.jdbc(url(), `${PREFIX}_columns`).collect()).toEqual([{ id: 1, name: 'a' }]);
  });

  test('takes a text of 1 MB and an empty one', async () => {
    const text = 'ä'.repeat(524_288);
    await save('large', 'id INT, name STRING', { id: 1, name: text });
    await save('large', 'id INT, name STRING', { id: 2, name: '' });
    const rows = await session.read.jdbc(url(), `${PREFIX}_large`).orderBy('id').collect();
    expect(rows.map(({ name }) => name)).toEqual([text, '']);
  });
});
