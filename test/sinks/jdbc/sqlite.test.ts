/** SQLite: the sink contract, the jdbc contract, what is peculiar to it. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterAll, expect, test } from 'vitest';
import { jdbcSinkProvider } from '../../../src/sinks/jdbc/jdbc-sink.ts';
import { DOUBLE, field, STRING, struct } from '../../../src/types/data-type.ts';
import { COMMON_ROWS, describeJdbcContract } from '../../contract/jdbc-contract.ts';
import { batchOf, describeSinkContract, ID_NAME, identity, openSink, streamOf } from '../../contract/sink-contract.ts';

const folder = mkdtempSync(join(tmpdir(), 'millrace-sqlite-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
let fileNumber = 0;
const newFile = () => join(folder, `db${fileNumber++}.sqlite`);

function textOf(value: unknown): string | null {
  if (value === null) return null;
  return value instanceof Uint8Array ? Buffer.from(value).toString('hex') : `${value as string | number | bigint}`;
}

function queryOf(file: string): (sql: string) => Promise<(string | null)[][]> {
  return async (sql) => {
    const database = new DatabaseSync(file);
    try {
      const statement = database.prepare(sql);
      statement.setReadBigInts(true);
      return statement.all().map((row) => Object.values(row).map(textOf));
    } finally {
      database.close();
    }
  };
}

describeSinkContract('jdbc:sqlite', {
  provider: jdbcSinkProvider,
  destination: async () => {
    const file = newFile();
    return {
      options: { path: `jdbc:sqlite:${file}`, dbtable: 't' },
      rows: async () => (await queryOf(file)('SELECT id, name FROM t')).map(([id, name]) => `${id}:${name}`),
      dispose: async () => {},
    };
  },
});

const file = newFile();
describeJdbcContract('SQLite', () => ({
  url: `jdbc:sqlite:${file}`,
  query: queryOf(file),
  execute: async (sql) => {
    const database = new DatabaseSync(file);
    database.exec(sql);
    database.close();
  },
  quote: (name) => `"${name.replaceAll('"', '""')}"`,
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
    ts: ['2024-02-29T23:59:59.999001Z', '1970-01-01T00:00:00.000000Z', null],
    tn: ['1969-12-31T23:59:59.998999', '1970-01-01T00:00:00.000000', null],
    ar: ['[1,null,9007199254740993]', '[]', null],
    ma: ['{"k":1}', '{}', null],
    sr: ['{"a":1,"b":"x\\"y"}', '{}', null],
  },
}));

test('SQLite keeps NaN and infinities apart from NULL', async () => {
  const path = newFile();
  const schema = struct([field('d', DOUBLE), field('n', STRING)]);
  const sink = await openSink(jdbcSinkProvider, {
    schema,
    options: { path: `jdbc:sqlite:${path}`, dbtable: 't' },
    mode: 'update',
    keyColumns: ['d'],
  });
  const batch = (name: string) =>
    batchOf(
      schema,
      [Number.NaN, Infinity, -Infinity, null].map((d) => [d, name]),
    );
  await sink.addBatch(identity(0), streamOf(batch('a')));
  await sink.addBatch(identity(1), streamOf(batch('b')));
  await sink.close();
  expect(await queryOf(path)('SELECT d, n FROM t ORDER BY typeof(d), d')).toEqual([
    [null, 'b'],
    ['-Infinity', 'b'],
    ['Infinity', 'b'],
    ['NaN', 'b'],
  ]);
});

test('a database locked by another process is waited for', async () => {
  const path = newFile();
  const blocker = new DatabaseSync(path);
  blocker.exec('CREATE TABLE t (id BIGINT, name TEXT)');
  const pauses: number[] = [];
  const sink = await openSink(jdbcSinkProvider, {
    schema: ID_NAME,
    options: { path: `jdbc:sqlite:${path}`, dbtable: 't' },
    sleep: async (ms) => {
      pauses.push(ms);
      if (pauses.length === 1) blocker.exec('COMMIT');
    },
  });
  blocker.exec('BEGIN EXCLUSIVE');
  await sink.addBatch(identity(0), streamOf(batchOf(ID_NAME, [[1n, 'a']])));
  await sink.close();
  blocker.close();
  expect(pauses).toEqual([50]);
  expect(await queryOf(path)('SELECT id, name FROM t')).toEqual([['1', 'a']]);
});

test('a database file that cannot be opened is a typed error', async () => {
  const opening = openSink(jdbcSinkProvider, {
    schema: ID_NAME,
    options: { path: `jdbc:sqlite:${join(folder, 'absent', 'x.db')}`, dbtable: 't' },
  });
  await expect(opening).rejects.toMatchObject({ condition: 'EXTERNAL_SYSTEM_REFUSED' });
});
