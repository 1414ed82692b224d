/** The databases of the tests take transactions, from a client that knows only their address. */
import { createConnection } from 'mysql2/promise';
import { Client } from 'pg';
import { expect, test } from 'vitest';
import { mysqlUrl, postgresUrl } from './urls.ts';

test('PostgreSQL rolls a transaction back', async () => {
  const client = new Client(postgresUrl());
  await client.connect();
  await client.query('CREATE TEMPORARY TABLE rolled_back (id BIGINT PRIMARY KEY)');
  await client.query('BEGIN');
  await client.query('INSERT INTO rolled_back VALUES (1)');
  await client.query('ROLLBACK');
  expect((await client.query('SELECT * FROM rolled_back')).rows).toEqual([]);
  await client.end();
});

test('MariaDB rolls a transaction back', async () => {
  const connection = await createConnection(mysqlUrl());
  await connection.query('CREATE TEMPORARY TABLE rolled_back (id BIGINT PRIMARY KEY)');
  await connection.beginTransaction();
  await connection.query('INSERT INTO rolled_back VALUES (1)');
  await connection.rollback();
  const [rows] = await connection.query('SELECT * FROM rolled_back');
  expect(rows).toEqual([]);
  await connection.end();
});
