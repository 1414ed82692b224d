/** examples/s3-to-jdbc.ts against a real S3 server and MariaDB, with new files between two runs. */
import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { CreateBucketCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import mysql from 'mysql2/promise';
import { expect, it } from 'vitest';
import { mysqlUrl, privateAccount, s3Endpoint } from '../servers/urls.ts';
import { runExample } from './run-example.ts';

const account = privateAccount();

it('counts the files of a bucket into a table, new files on the next run', async () => {
  const bucket = `logs-${randomUUID().slice(0, 8)}`;
  const work = await mkdtemp(path.join(tmpdir(), 'millrace-example-'));
  const s3 = new S3Client({ endpoint: s3Endpoint(), region: 'us-east-1', credentials: account, forcePathStyle: true });
  const server = await mysql.createConnection(mysqlUrl());
  const database = `example_${randomUUID().slice(0, 8)}`;
  await server.query(`create database ${database}`);
  await server.changeUser({ database });
  const put = async (key: string, ...lines: readonly object[]): Promise<void> => {
    const Body = lines.map((line) => `${JSON.stringify(line)}\n`).join('');
    await s3.send(new PutObjectCommand({ Bucket: bucket, Key: `actions/${key}`, Body }));
  };
  const run = async (): Promise<unknown> => {
    const url = new URL(mysqlUrl());
    url.pathname = `/${database}`;
    const result = await runExample('s3-to-jdbc', {
      S3_ENDPOINT: s3Endpoint(),
      S3_PATH: `s3://${bucket}/actions`,
      AWS_ACCESS_KEY_ID: account.accessKeyId,
      AWS_SECRET_ACCESS_KEY: account.secretAccessKey,
      JDBC_URL: `jdbc:${url.href}`,
      CHECKPOINT: path.join(work, 'checkpoint'),
    });
    expect(result.stderr).not.toMatch(/error:|MillraceError/);
    expect(result.exitCode).toBe(0);
    const [rows] = await server.query(`select action, count from action_counts order by action, window_start`);
    return (rows as mysql.RowDataPacket[]).map((row) => [row['action'], Number(row['count'])]);
  };
  try {
    await s3.send(new CreateBucketCommand({ Bucket: bucket }));
    await put(
      '1.json',
      { time: '2026-01-01T10:05:00Z', action: 'buy' },
      { time: '2026-01-01T10:06:00Z', action: 'view' },
    );
    await put('2.json', { time: '2026-01-01T10:07:00Z', action: 'buy' });
    expect(await run()).toEqual([
      ['buy', 2],
      ['view', 1],
    ]);
    await put(
      '3.json',
      { time: '2026-01-01T10:08:00Z', action: 'view' },
      { time: '2026-01-01T12:00:00Z', action: 'view' },
    );
    expect(await run()).toEqual([
      ['buy', 2],
      ['view', 2],
      ['view', 1],
    ]);
  } finally {
    await server.query(`drop database ${database}`);
    await server.end();
    s3.destroy();
    await rm(work, { recursive: true, force: true });
  }
});
