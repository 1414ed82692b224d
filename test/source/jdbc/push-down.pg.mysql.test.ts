/** Conditions that go down to the database: it leaves out what they exclude, and every answer is that of a read without them. */
import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { createConnection } from 'mysql2/promise';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { MillraceSession } from '../../../src/index.ts';
import { mysqlUrl, postgresUrl } from '../../servers/urls.ts';

const table = `pushed_${randomUUID().slice(0, 8)}`;
const folder = mkdtempSync(path.join(tmpdir(), 'millrace-push-'));
const file = path.join(folder, 'push.db');
const ROWS = [
  "(1, 1.5, 'a', 'ab', '2024-01-31', '2024-01-31 10:00:00.5')",
  "(2, -0.5, 'A', 'ab ', '2024-02-01', '2024-02-01 00:00:00')",
  "(3, 0, 'it''s', 'x', '1969-12-31', '1969-12-31 23:59:59.999999')",
  String.raw`(4, 1e300, 'ä日', '', NULL, NULL)`,
  '(NULL, NULL, NULL, NULL, NULL, NULL)',
];
const CREATE = (double: string, time: string): string =>
  `CREATE TABLE ${table} (i BIGINT, d ${double}, s VARCHAR(20), c CHAR(4), da DATE, ts ${time})`;
const INSERT = `INSERT INTO ${table} VALUES ${ROWS.join(', ')}`;
const postgres = new pg.Client({ connectionString: postgresUrl() });
const session = MillraceSession.builder().config('spark.sql.session.timeZone', 'UTC').getOrCreate();

async function onMysql(...statements: readonly string[]): Promise<void> {
  const connection = await createConnection(mysqlUrl());
  for (const statement of statements) await connection.query(statement);
  await connection.end();
}

beforeAll(async () => {
  await postgres.connect();
  await postgres.query(CREATE('DOUBLE PRECISION', 'TIMESTAMP'));
  await postgres.query(INSERT);
  await onMysql(CREATE('DOUBLE', 'DATETIME(6)'), INSERT);
  const database = new DatabaseSync(file);
  database.exec(CREATE('DOUBLE', 'TIMESTAMP'));
  database.exec(INSERT);
  database.close();
});
afterAll(async () => {
  await session.stop();
  await postgres.query(`DROP TABLE ${table}`);
  await postgres.end();
  await onMysql(`DROP TABLE ${table}`);
  rmSync(folder, { recursive: true, force: true });
});

const CONDITIONS = [
  'i = 2',
  'i > 1 AND i <= 3',
  'i IN (1, 4, 9)',
  'i IS NULL',
  'i IS NOT NULL AND d < 0',
  'd = 1.5D',
  'd >= 1e300D',
  "s = 'a'",
  "s IN ('A', 'it''s', 'ä日')",
  "s > 'a'",
  "c = 'ab'",
  "c = 'ab '",
  "c = ''",
  String.raw`s = 'back\\slash'`,
  "da = DATE'2024-01-31'",
  "da < DATE'1970-01-01'",
  "ts >= TIMESTAMP'2024-01-31 10:00:00.5'",
  "ts < TIMESTAMP'1970-01-01'",
  'ts IS NULL',
];

describe.each([
  ['PostgreSQL', () => `jdbc:${postgresUrl()}`],
  ['MariaDB', () => `jdbc:${mysqlUrl()}`],
  ['SQLite', () => `jdbc:sqlite:${file}`],
])('on %s', (_, url) => {
  test.each(CONDITIONS)('%s gives the rows of a read without push-down', async (condition) => {
    const read = (pushes: boolean) =>
      session.read
        .option('pushDownPredicate', pushes)
        .jdbc(url(), table)
        .filter(condition)
        .select('i', 's')
        .toJSON()
        .collect();
    expect((await read(true)).toSorted()).toEqual((await read(false)).toSorted());
  });
});

/** How many of the rows the database gives reach the query: a partition's rows are counted before the filter. */
test('rows that are excluded do not leave the database', async () => {
  const name = `${table}_n`;
  await postgres.query(`CREATE TABLE ${name} (i INT, n NUMERIC)`);
  // NaN is no DECIMAL: reading its row fails.
  await postgres.query(`INSERT INTO ${name} VALUES (1, 1.5), (2, 'NaN')`);
  const rows = (pushes: boolean) =>
    session.read.option('pushDownPredicate', pushes).jdbc(`jdbc:${postgresUrl()}`, name).filter('i = 1').collect();
  await expect(rows(false)).rejects.toMatchObject({ condition: 'VALUE_NOT_READABLE' });
  expect(await rows(true)).toHaveLength(1);
  await postgres.query(`DROP TABLE ${name}`);
});

test('partitions and conditions hold together', async () => {
  const options = { partitionColumn: 'i', lowerBound: 0, upperBound: 4, numPartitions: 3 };
  const rows = session.read.options(options).jdbc(`jdbc:${postgresUrl()}`, table).filter('i IS NULL OR i >= 0');
  expect(await rows.count()).toBe(5n);
  expect(await rows.filter('i IS NULL').count()).toBe(1n);
  expect(await rows.filter('i >= 2').count()).toBe(3n);
});
