/** PostgreSQL: the sink contract, the jdbc contracts, what is peculiar to it. */
import { Client } from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { jdbcSinkProvider } from '../../../src/sinks/jdbc/jdbc-sink.ts';
import * as T from '../../../src/types/data-type.ts';
import { ALL_TYPES, COMMON_ROWS, describeJdbcContract } from '../../contract/jdbc-contract.ts';
import { describeJdbcServerContract } from '../../contract/jdbc-server-contract.ts';
import { batchOf, describeSinkContract, ID_NAME, identity, openSink, streamOf } from '../../contract/sink-contract.ts';
import { postgresUrl } from '../../servers/urls.ts';

let client: Client;
const types = { getTypeParser: () => (value: string | Buffer) => value };

async function newClient(): Promise<Client> {
  const made = new Client({ connectionString: postgresUrl(), types });
  made.on('error', () => {});
  await made.connect();
  return made;
}
beforeAll(async () => {
  client = await newClient();
  await client.query("SET TIME ZONE 'UTC'");
});
afterAll(() => client.end());

/** The test server lets everybody in, so a wrong password is a good canary. */
function jdbcUrl(port?: number): string {
  const url = new URL(postgresUrl());
  url.password = 'canary';
  if (port !== undefined) url.port = String(port);
  return `jdbc:${url.href.replace(/^postgres(ql)?:/, 'postgresql:')}`;
}

const query = async (sql: string): Promise<(string | null)[][]> =>
  (await client.query<(string | null)[]>({ text: sql, rowMode: 'array' })).rows;

let tableNumber = 0;
const newTable = () => `p${Date.now()}_${tableNumber++}`;

describeSinkContract('jdbc:postgresql', {
  provider: jdbcSinkProvider,
  destination: async () => {
    const table = newTable();
    return {
      options: { path: jdbcUrl(), dbtable: `public.${table}`, commitTable: `${table}_commits` },
      rows: async () => (await query(`SELECT id, name FROM ${table}`)).map(([id, name]) => `${id}:${name}`),
      dispose: async () => void (await query(`DROP TABLE ${table}`)),
    };
  },
});

const extraRow = [
  true,
  0,
  0,
  0,
  1n,
  Number.NaN,
  -Infinity,
  0n,
  'NULL',
  Uint8Array.of(),
  4_000_000,
  400_000_000_000_000_000n,
  -70_000_000_000_000_000n,
  [],
  [],
  [null, null],
];

describeJdbcContract('PostgreSQL', () => ({
  url: jdbcUrl(),
  query,
  execute: async (sql) => void (await query(sql)),
  quote: (name) => `"${name.replaceAll('"', '""')}"`,
  typeRows: [...COMMON_ROWS, extraRow],
  typeTexts: {
    bo: ['t', 't', 'f', null],
    by: ['-128', '0', '127', null],
    sh: ['32767', '0', '-32768', null],
    nt: ['-2147483648', '0', '2147483647', null],
    lo: ['9223372036854775807', '1', '-9223372036854775808', null],
    fl: ['1.5', 'NaN', '-0.25', null],
    do: ['0.1', '-Infinity', '1.7976931348623157e+308', null],
    de: ['-12345678901234567890.123456789012345678', '0.000000000000000000', '0.000000000000000005', null],
    st: ['a "q" \\ \' {x,NULL} \n日本😀', 'NULL', '', null],
    bi: ['\\x00ff5c22', '\\x', '\\x', null],
    da: ['0001-01-01', '12921-08-18', '2024-02-29', null],
    ts: ['2024-02-29 23:59:59.999001+00', '14645-06-30 15:06:40+00', '1970-01-01 00:00:00+00', null],
    tn: ['1969-12-31 23:59:59.998999', '0250-10-15 19:33:20 BC', '1970-01-01 00:00:00', null],
    ar: ['[1,null,9007199254740993]', '[]', '[]', null],
    ma: ['{"k":1}', '{}', '{}', null],
    sr: ['{"a":1,"b":"x\\"y"}', '{}', '{}', null],
  },
}));

describeJdbcServerContract('PostgreSQL', () => ({
  url: jdbcUrl,
  address: { host: new URL(postgresUrl()).hostname, port: Number(new URL(postgresUrl()).port) },
  query,
  session: async () => {
    const session = await newClient();
    return { execute: async (sql) => void (await session.query(sql)), close: () => session.end() };
  },
  killOthersSql:
    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid() AND application_name = 'millrace'",
}));

describe('PostgreSQL', () => {
  test('column types of an existing table are respected: json, numeric, varchar limits', async () => {
    const table = newTable();
    await query(`CREATE TABLE ${table} (id NUMERIC(12, 2), name VARCHAR(3), tags JSONB, code CHAR(4), at TIMESTAMP)`);
    const schema = T.struct([
      ...ID_NAME.fields,
      T.field('tags', T.array(T.STRING)),
      T.field('code', T.STRING),
      T.field('at', T.TIMESTAMP),
    ]);
    const sink = await openSink(jdbcSinkProvider, {
      schema,
      options: { path: jdbcUrl(), dbtable: table },
      queryId: table,
    });
    await sink.addBatch(identity(0), streamOf(batchOf(schema, [[1n, 'abc', ['x', null], 'ab', 0n]])));
    expect(await query(`SELECT * FROM ${table}`)).toEqual([
      ['1.00', 'abc', '["x", null]', 'ab  ', '1970-01-01 00:00:00'],
    ]);
    const tooLong = sink.addBatch(identity(1), streamOf(batchOf(schema, [[1n, 'abcd', null, null, null]])));
    await expect(tooLong).rejects.toMatchObject({ condition: 'EXTERNAL_SYSTEM_REFUSED' });
    await sink.close();
  });

  test('NUL in a text is refused with the column', async () => {
    const sink = await openSink(jdbcSinkProvider, {
      schema: ID_NAME,
      options: { path: jdbcUrl(), dbtable: newTable() },
      queryId: newTable(),
    });
    await expect(sink.addBatch(identity(0), streamOf(batchOf(ID_NAME, [[1n, 'a\0b']])))).rejects.toMatchObject({
      condition: 'VALUE_NOT_STORABLE',
      parameters: { column: 'name', value: '"a\\u0000b"' },
    });
    await sink.close();
  });

  test('a table without a fitting unique index is updated by delete and insert', async () => {
    const table = newTable();
    await query(`CREATE TABLE ${table} (id BIGINT UNIQUE, name TEXT)`);
    const sink = await openSink(jdbcSinkProvider, {
      schema: ID_NAME,
      options: { path: jdbcUrl(), dbtable: table },
      mode: 'update',
      keyColumns: ['id'],
      queryId: table,
    });
    for (const batchId of [0, 1])
      await sink.addBatch(
        identity(batchId),
        streamOf(
          batchOf(ID_NAME, [
            [null, `n${batchId}`],
            [1n, `a${batchId}`],
          ]),
        ),
      );
    await sink.close();
    expect((await query(`SELECT id, name FROM ${table} ORDER BY 1`)).map((row) => row.join())).toEqual(['1,a1', ',n1']);
  });

  test('a new table for updates has a unique index in which nulls are equal', async () => {
    const table = newTable();
    const sink = await openSink(jdbcSinkProvider, {
      schema: ALL_TYPES,
      options: { path: jdbcUrl(), dbtable: table },
      mode: 'update',
      keyColumns: ['lo', 'st'],
    });
    await sink.close();
    const [[definition = ''] = []] = await query(`SELECT indexdef FROM pg_indexes WHERE tablename = '${table}'`);
    expect(definition).toMatch(/UNIQUE .*\(lo, st\) NULLS NOT DISTINCT/);
  });
});
