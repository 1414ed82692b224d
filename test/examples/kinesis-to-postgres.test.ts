/** examples/kinesis-to-postgres.ts against a real Kinesis emulator, Redis and PostgreSQL, run twice on one checkpoint. */
import { randomUUID } from 'node:crypto';
import {
  CreateStreamCommand,
  DescribeStreamSummaryCommand,
  KinesisClient,
  PutRecordsCommand,
} from '@aws-sdk/client-kinesis';
import { NodeHttpHandler } from '@smithy/node-http-handler';
import pg from 'pg';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { kinesisEndpoint, postgresUrl, privateAccount, redisUrl } from '../servers/urls.ts';
import { runExample } from './run-example.ts';

const account = privateAccount();
const stream = `example-${randomUUID().slice(0, 8)}`;
const schema = `example_${randomUUID().slice(0, 8)}`;
const kinesis = new KinesisClient({
  endpoint: kinesisEndpoint(),
  region: 'us-east-1',
  credentials: account,
  requestHandler: new NodeHttpHandler(),
});
const database = new pg.Client({ connectionString: postgresUrl() });

beforeAll(async () => {
  await database.connect();
  await database.query(`create schema ${schema}`);
  await kinesis.send(new CreateStreamCommand({ StreamName: stream, ShardCount: 2 }));
  for (;;) {
    const { StreamDescriptionSummary } = await kinesis.send(new DescribeStreamSummaryCommand({ StreamName: stream }));
    if (StreamDescriptionSummary?.StreamStatus === 'ACTIVE') return;
  }
});

afterAll(async () => {
  await database.query(`drop schema ${schema} cascade`);
  await database.end();
  kinesis.destroy();
});

async function put(...events: readonly { readonly time: string; readonly action: string }[]): Promise<void> {
  const Records = events.map((event) => ({ PartitionKey: event.action, Data: Buffer.from(JSON.stringify(event)) }));
  await kinesis.send(new PutRecordsCommand({ StreamName: stream, Records }));
}

async function run(): Promise<unknown[]> {
  const url = new URL(postgresUrl());
  url.searchParams.set('currentSchema', schema);
  const result = await runExample('kinesis-to-postgres', {
    KINESIS_ENDPOINT: kinesisEndpoint(),
    KINESIS_STREAM: stream,
    AWS_ACCESS_KEY_ID: account.accessKeyId,
    AWS_SECRET_ACCESS_KEY: account.secretAccessKey,
    JDBC_URL: `jdbc:${url.href}`,
    CHECKPOINT: `${redisUrl()}?prefix=${schema}`,
    UNTIL_IDLE: '1',
  });
  expect(result.stderr).not.toMatch(/error:|MillraceError/);
  expect(result.exitCode).toBe(0);
  const { rows } = await database.query(
    `select action, window_start, count from ${schema}.action_counts order by 1, 2`,
  );
  return rows.map(({ action, window_start, count }: Record<string, unknown>) => [
    action,
    (window_start as Date).toISOString(),
    count,
  ]);
}

it('counts events per action and hour, and goes on from its checkpoint', async () => {
  await put(
    { time: '2026-01-01T10:05:00Z', action: 'buy' },
    { time: '2026-01-01T10:30:00Z', action: 'buy' },
    { time: '2026-01-01T11:00:00Z', action: 'view' },
  );
  expect(await run()).toEqual([
    ['buy', '2026-01-01T10:00:00.000Z', '2'],
    ['view', '2026-01-01T11:00:00.000Z', '1'],
  ]);
  await put({ time: '2026-01-01T11:20:00Z', action: 'view' }, { time: '2026-01-01T11:21:00Z', action: 'buy' });
  expect(await run()).toEqual([
    ['buy', '2026-01-01T10:00:00.000Z', '2'],
    ['buy', '2026-01-01T11:00:00.000Z', '1'],
    ['view', '2026-01-01T11:00:00.000Z', '2'],
  ]);
});
