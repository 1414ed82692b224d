/** MySQL and MariaDB: the sink contract, the jdbc contracts, what is peculiar to them. */
import { createConnection, type Connection } from 'mysql2/promise';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { jdbcSinkProvider } from '../../../src/sinks/jdbc/jdbc-sink.ts';
import { BINARY, DOUBLE, FLOAT, STRING, field, struct } from '../../../src/types/data-type.ts';
import { COMMON_ROWS, describeJdbcContract } from '../../contract/jdbc-contract.ts';
import { describeJdbcServerContract } from '../../contract/jdbc-server-contract.ts';
import { batchOf, describeSinkContract, ID_NAME, identity, openSink, streamOf } from '../../contract/sink-contract.ts';
import { mysqlUrl } from '../../servers/urls.ts';

let connection: Connection;

async function newConnection(): Promise<Connection> {
  return createConnection({
    uri: mysqlUrl(),
    dateStrings: true,
    supportBigNumbers: true,
    bigNumberStrings: true,
    charset: 'utf8mb4_bin',
  });
}
beforeAll(async () => {
  connection = await newConnection();
});
afterAll(() => connection.end());

function jdbcUrl(port?: number): string {
  const url = new URL(mysqlUrl());
  if (port !== undefined) url.port = String(port);
  return `jdbc:${url.href}`;
}

function textOf(value: unknown): string | null {
  if (value === null) return null;
  return value instanceof Uint8Array ? Buffer.from(value).toString('hex') : `${value as string | number}`;
}

async function query(sql: string): Promise<(string | null)[][]> {
  const [rows] = await connection.query({ sql, rowsAsArray: true });
  return Array.isArray(rows) ? (rows as unknown as unknown[][]).map((row) => row.map(textOf)) : [];
}

let tableNumber = 0;
const newTable = () => `m${Date.now()}_${tableNumber++}`;

describeSinkContract('jdbc:mysql', {
  provider: jdbcSinkProvider,
  destination: async () => {
    const table = newTable();
    return {
      options: { path: jdbcUrl(), dbtable: table, commitTable: `${table}_commits` },
      rows: async () => (await query(`SELECT id, name FROM ${table}`)).map(([id, name]) => `${id}:${name}`),
      dispose: async () => void (await query(`DROP TABLE ${table}`)),
    };
  },
});

describeJdbcContract('MySQL', () => ({
  url: jdbcUrl(),
  query,
  execute: async (sql) => void (await query(sql)),
  quote: (name) => `\`${name.replaceAll('`', '``')}\``,
  typeRows: COMMON_ROWS,
  typeTexts: {
    bo: ['1', '0', null],
    by: ['-128', '127', null],
    sh: ['32767', '-32768', null],
    nt: ['-2147483648', '2147483647', null],
    lo: ['9223372036854775807', '-9223372036854775808', null],
    fl: ['1.5', '-0.25', null],
    do: ['0.1', '1.7976931348623157e+308', null],
    de: ['-12345678901234567890.123456789012345678', '0.000000000000000005', null],
    st: ['a "q" \\ \' {x,NULL} \n日本😀', '', null],
    bi: ['00ff5c22', '', null],
    da: ['0001-01-01', '2024-02-29', null],
    ts: ['2024-02-29 23:59:59.999001', '1970-01-01 00:00:00.000000', null],
    tn: ['1969-12-31 23:59:59.998999', '1970-01-01 00:00:00.000000', null],
    ar: ['[1,null,9007199254740993]', '[]', null],
    ma: ['{"k":1}', '{}', null],
    sr: ['{"a":1,"b":"x\\"y"}', '{}', null],
  },
}));

describeJdbcServerContract('MySQL', () => ({
  url: jdbcUrl,
  address: { host: new URL(mysqlUrl()).hostname, port: Number(new URL(mysqlUrl()).port || 3306) },
  query,
  session: async () => {
    const session = await newConnection();
    return { execute: async (sql) => void (await session.query(sql)), close: () => session.end() };
  },
  killOthersSql: `BEGIN NOT ATOMIC
    FOR c IN (SELECT id FROM information_schema.processlist WHERE id <> CONNECTION_ID() AND user <> 'system user')
    DO KILL c.id; END FOR; END`,
}));

describe('MySQL', () => {
  test.each([Number.NaN, Infinity])('%s is refused with the column', async (value) => {
    const schema = struct([field('d', DOUBLE)]);
    const sink = await openSink(jdbcSinkProvider, {
      schema,
      options: { path: jdbcUrl(), dbtable: newTable() },
      queryId: newTable(),
    });
    await expect(sink.addBatch(identity(0), streamOf(batchOf(schema, [[value]])))).rejects.toMatchObject({
      condition: 'VALUE_NOT_STORABLE',
      parameters: { column: 'd', value: String(value) },
    });
    await sink.close();
  });

  test('any text and any number arrive as they are, whatever looks like SQL in them', async () => {
    const schema = struct([field('st', STRING), field('bi', BINARY), field('do', DOUBLE), field('fl', FLOAT)]);
    const texts = [
      String.fromCharCode(...Array.from({ length: 256 }, (_, i) => i)),
      "'); DROP TABLE students; --",
      '\\',
      "\\'",
      '\u2028\u00a0😀\0\u001a',
      '?',
      'x'.repeat(1_200_000),
    ];
    const numbers = [5e-324, 1.7976931348623157e308, 0.1, -7, 1e21, 123_456_789_012_345_680, 2.2250738585072014e-308];
    const floats = numbers.map((value) => (Number.isFinite(Math.fround(value)) ? Math.fround(value) : 0.25));
    const rows = texts.map((text, i) => [text, new TextEncoder().encode(text), numbers[i] ?? null, floats[i] ?? null]);
    const table = newTable();
    const options = { path: jdbcUrl(), dbtable: table };
    const sink = await openSink(jdbcSinkProvider, { schema, options, queryId: newTable() });
    await sink.addBatch(identity(0), streamOf(batchOf(schema, rows)));
    await sink.close();
    const [found] = await connection.execute({ sql: `SELECT st, bi, \`do\` FROM ${table}`, rowsAsArray: true });
    const back = found as unknown as (readonly [string, Buffer, number])[];
    expect(back.map(([text]) => text)).toEqual(texts);
    expect(back.map(([, bytes]) => bytes.toString())).toEqual(texts);
    expect(back.map(([, , number]) => number)).toEqual(numbers);
    await query(`DROP TABLE ${table}`);
  });

  test('a text too long for the column is an error, not cut', async () => {
    const sink = await openSink(jdbcSinkProvider, {
      schema: ID_NAME,
      options: { path: jdbcUrl(), dbtable: newTable(), createTableColumnTypes: 'name VARCHAR(3)' },
      queryId: newTable(),
    });
    await expect(sink.addBatch(identity(0), streamOf(batchOf(ID_NAME, [[1n, 'abcd']])))).rejects.toMatchObject({
      condition: 'EXTERNAL_SYSTEM_REFUSED',
    });
    await sink.close();
  });
});
