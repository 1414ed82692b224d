/** The jdbc source against real PostgreSQL and MariaDB, and SQLite. */
import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { createConnection } from 'mysql2/promise';
import pg from 'pg';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { MillraceSession } from '../../../src/index.ts';
import { mysqlUrl, postgresUrl } from '../../servers/urls.ts';
import { describeJdbcRead, SCHEMA } from './jdbc-read.ts';

const suffix = randomUUID().slice(0, 8);
const schema = `read_${suffix}`;
const folder = mkdtempSync(path.join(tmpdir(), 'millrace-jdbc-'));
const table = (name: string) => `${name}_${suffix}`;

const postgres = new pg.Client({ connectionString: postgresUrl() });
const postgresJdbc = () => {
  const url = new URL(postgresUrl());
  url.searchParams.set('currentSchema', schema);
  return `jdbc:${url.href}`;
};

beforeAll(async () => {
  await postgres.connect();
  await postgres.query(`create schema ${schema}; set search_path to ${schema}`);
});
afterAll(async () => {
  await postgres.query(`drop schema ${schema} cascade`);
  await postgres.end();
  rmSync(folder, { recursive: true, force: true });
});

describeJdbcRead('PostgreSQL', { url: postgresJdbc, table });
describeJdbcRead('MariaDB', { url: () => `jdbc:${mysqlUrl()}`, table });
describeJdbcRead(
  'SQLite',
  { url: () => `jdbc:sqlite:${path.join(folder, 'read.db')}`, table },
  { customSchema: SCHEMA },
);

it('takes types of SQLite from their declarations, and of expressions from the first value', async () => {
  const file = path.join(folder, 'kinds.db');
  const database = new DatabaseSync(file);
  database.exec(
    'create table kinds (i INTEGER, f REAL, d DECIMAL(9, 2), t TIMESTAMP, x TEXT, b BLOB, a DATE, o BOOLEAN)',
  );
  database.exec(
    "insert into kinds values (9223372036854775807, 1.5, '12.345', '2024-01-01 00:00:00', 'x', x'00ff', '2024-01-02', 1)",
  );
  database.close();
  const session = MillraceSession.builder().create();
  const rows = await session.read
    .jdbc(`jdbc:sqlite:${file}`, '(SELECT *, i - 1 AS less, upper(x) AS up FROM kinds)')
    .collect();
  expect(rows[0]).toMatchObject({
    i: 9_223_372_036_854_775_807n,
    f: 1.5,
    x: 'x',
    a: '2024-01-02',
    o: true,
    less: 9_223_372_036_854_775_806n,
    up: 'X',
  });
  expect(String(rows[0]?.['d'])).toBe('12.35');
  await session.stop();
});

it('reads types of PostgreSQL that the sink does not make', async () => {
  await postgres.query(
    `create table kinds_more (n numeric, a int[], t text[], u uuid, j jsonb, d date, z timestamptz, b bytea, e timestamp)`,
  );
  await postgres.query(
    `insert into kinds_more values (1.5, '{1,null,3}', '{"a,b","c\\"d",null}', '6f2c5f6e-0000-4000-8000-000000000000', '{"k": 1}',
     '0044-03-15 BC', '2024-01-01 00:00:00+02', '\\x00ff', '2024-01-01 12:00:00.123456')`,
  );
  const session = MillraceSession.builder().create();
  const [row = {}] = await session.read.jdbc(postgresJdbc(), 'kinds_more').collect();
  expect(String(row['n'])).toBe('1.500000000000000000');
  expect(row).toMatchObject({
    a: [1, null, 3],
    t: ['a,b', 'c"d', null],
    u: '6f2c5f6e-0000-4000-8000-000000000000',
    j: '{"k": 1}',
    d: '-0043-03-15',
  });
  expect((row['z'] as Date).toISOString()).toBe('2023-12-31T22:00:00.000Z');
  await postgres.query(`insert into kinds_more (n) values ('NaN')`);
  await expect(session.read.jdbc(postgresJdbc(), 'kinds_more').collect()).rejects.toMatchObject({
    condition: 'VALUE_NOT_READABLE',
    parameters: { value: 'NaN', column: 'n' },
  });
  await session.stop();
});

it('reads types of MariaDB that the sink does not make', async () => {
  const connection = await createConnection(mysqlUrl());
  const name = `kinds_more_${suffix}`;
  await connection.query(
    `create table ${name} (u bigint unsigned, i int unsigned, t tinyint, b bit(1), y decimal(10,2), j json, e enum('x','y'), v varbinary(4))`,
  );
  await connection.query(
    `insert into ${name} values (18446744073709551615, 4294967295, -5, b'1', 12.5, '{"k":1}', 'y', x'00ff')`,
  );
  const session = MillraceSession.builder().create();
  const [row = {}] = await session.read.jdbc(`jdbc:${mysqlUrl()}`, name).collect();
  expect(String(row['u'])).toBe('18446744073709551615');
  expect(String(row['y'])).toBe('12.50');
  expect(row).toMatchObject({ i: 4_294_967_295n, t: -5, b: true, j: '{"k":1}', e: 'y' });
  await session.stop();
  await connection.query(`drop table ${name}`);
  await connection.end();
});
