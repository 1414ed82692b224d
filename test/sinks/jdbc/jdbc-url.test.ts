/** JDBC URLs, options, table names and drivers, without a database. */
import { describe, expect, test } from 'vitest';
import { jdbcOptions } from '../../../src/sinks/jdbc/jdbc-options.ts';
import { loadDriver } from '../../../src/storage/load-driver.ts';
import { jdbcSinkProvider } from '../../../src/sinks/jdbc/jdbc-sink.ts';
import { parseColumnTypes, tableLayout } from '../../../src/sinks/jdbc/table-layout.ts';
import { parseTableName } from '../../../src/storage/jdbc/table-name.ts';
import * as T from '../../../src/types/data-type.ts';
import { conditionOf, ID_NAME, openSink, sinkContext } from '../../contract/sink-contract.ts';

const read = (path: string, more: Readonly<Record<string, string>> = {}) =>
  jdbcOptions(new Map(Object.entries({ path, dbtable: 't', ...more })));

describe('jdbc urls', () => {
  test.each([
    ['jdbc:postgresql://127.0.0.1:5432/app', 'PostgreSQL', 'postgresql://127.0.0.1:5432/app'],
    ['jdbc:postgresql://u:p%40w@[::1]/app', 'PostgreSQL', 'postgresql://[::1]/app'],
    ['jdbc:mysql://u@db/app?useSSL=false', 'MySQL', 'mysql://db/app'],
    ['jdbc:mariadb://db:3307/', 'MySQL', 'mariadb://db:3307/'],
    ['jdbc:sqlite:/tmp/x y.db', 'SQLite', 'sqlite:/tmp/x y.db'],
  ])('%s is %s at %s', (url, product, description) => {
    const { dialect, address } = read(url);
    expect([dialect.name, address.description]).toEqual([product, description]);
  });

  test('user and password come from options, then parameters, then the authority', () => {
    const url = 'jdbc:postgresql://a:b@h/db?user=c&password=d';
    expect(read(url).address.target).toMatchObject({ user: 'c', password: 'd' });
    expect(read(url, { user: 'e', password: 'f' }).address.target).toMatchObject({ user: 'e', password: 'f' });
    expect(read('jdbc:postgresql://a%3A:b%2F@h/db').address.target).toMatchObject({ user: 'a:', password: 'b/' });
  });

  test.each(['jdbc:oracle:thin:@x', 'postgresql://h/db', 'jdbc:postgresql:db', 'jdbc:sqlite:', 'jdbc:mysql://a,b/db'])(
    '%s is an invalid option',
    (url) => {
      expect(() => read(url)).toThrow(/\[INVALID_OPTION\].*url.*\(redacted\)/);
    },
  );

  test.each(['allowMultiQueries', 'allowLoadLocalInfile', 'autoDeserialize', 'socketFactory'])(
    'the URL parameter %s is refused',
    (name) => {
      expect(() => read(`jdbc:mysql://h/db?${name}=true`)).toThrow('[UNKNOWN_OPTION]');
    },
  );

  test('the description has no user and no password', () => {
    const url = 'jdbc:postgresql://someone:canary@h:1/db?password=canary';
    const sink = jdbcSinkProvider.create(sinkContext({ schema: ID_NAME, options: { path: url, dbtable: 'public.t' } }));
    expect(sink.description).toBe('JDBC[postgresql://h:1/db, public.t]');
  });

  test('wrong options are typed errors', async () => {
    const open = (options: Readonly<Record<string, string>>) =>
      conditionOf(openSink(jdbcSinkProvider, { schema: ID_NAME, options }));
    expect(await open({ path: 'jdbc:sqlite::memory:' })).toBe('MISSING_OPTION');
    expect(await open({ path: 'jdbc:sqlite::memory:', dbtabel: 't' })).toBe('UNKNOWN_OPTION');
    expect(await open({ path: 'jdbc:sqlite::memory:', dbtable: 't', isolationLevel: 'NONE' })).toBe('INVALID_OPTION');
    expect(await open({ path: 'jdbc:sqlite::memory:', dbtable: 't', batchsize: '0' })).toBe('INVALID_OPTION');
    expect(await open({ path: 'jdbc:sqlite::memory:', dbtable: 't', driver: 'org.sqlite.JDBC' })).toBe('no error');
  });
});

describe('table names and layouts', () => {
  test.each([
    ['counts', ['counts']],
    ['public.Counts', ['public', 'Counts']],
    ['"my.schema"."a""b"', ['my.schema', 'a"b']],
    ['`x.y`.`a``b`', ['x.y', 'a`b']],
    ['a"; drop table x;--', ['a"; drop table x;--']],
  ])('%s has the parts %j', (text, parts) => {
    expect(parseTableName(text)).toEqual(parts);
  });

  test.each(['', 'a.', '.a', 'a..b', 'a.b.c.d'])('%j is no table name', (text) => {
    expect(() => parseTableName(text)).toThrow('[INVALID_OPTION]');
  });

  test('column types are parsed, anything else is refused', () => {
    expect([...parseColumnTypes('a CHAR(64), `b c` DECIMAL(10, 2), "d""e" double precision')]).toEqual([
      ['a', 'CHAR(64)'],
      ['b c', 'DECIMAL(10, 2)'],
      ['d"e', 'double precision'],
    ]);
    for (const text of ['a', 'a INT)', "a INT '", 'a INT; b INT'])
      expect(() => parseColumnTypes(text)).toThrow('[INVALID_OPTION]');
  });

  test('a window becomes two columns, both keys; other structs become JSON', () => {
    const window = T.struct([T.field('start', T.TIMESTAMP), T.field('end', T.TIMESTAMP)]);
    const schema = T.struct([T.field('window', window), T.field('s', T.struct([T.field('start', T.INTEGER)]))]);
    const columns = tableLayout({ schema, keyColumns: ['window'], declaredTypes: new Map() });
    expect(columns.map((column) => [column.name, column.isKey, column.isJson])).toEqual([
      ['window_start', true, false],
      ['window_end', true, false],
      ['s', false, true],
    ]);
    const twice = T.struct([...schema.fields, T.field('window_end', T.LONG)]);
    expect(() => tableLayout({ schema: twice, keyColumns: [], declaredTypes: new Map() })).toThrow(
      '[COLUMN_ALREADY_EXISTS]',
    );
  });
});

test('a driver that is not installed is MISSING_DRIVER with the command that helps', async () => {
  const absent: string = 'millrace-no-such-driver';
  await expect(loadDriver('jdbc:postgresql', 'pg', () => import(absent))).rejects.toMatchObject({
    condition: 'MISSING_DRIVER',
    hint: 'npm i pg',
  });
});
