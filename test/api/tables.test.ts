/** Tables, views and the catalog: statements, the DataFrame API, and what the next session finds. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';

import type { MillraceError } from '../../src/index.ts';
import { MillraceSession } from '../../src/index.ts';
import { createTestSession } from '../../src/testing/index.ts';

let warehouse: string;
let session: MillraceSession;

function newSession(): MillraceSession {
  return MillraceSession.builder()
    .config('spark.sql.session.timeZone', 'UTC')
    .config('spark.sql.warehouse.dir', warehouse)
    .config('spark.sql.sources.default', 'json')
    .create();
}

function rows(text: string): Promise<unknown[]> {
  return session.sql(text).collect();
}

function conditionOf(text: string): string {
  try {
    session.sql(text);
  } catch (error) {
    return (error as MillraceError).condition;
  }
  return 'none';
}

beforeEach(() => {
  warehouse = mkdtempSync(join(tmpdir(), 'warehouse-'));
  session = newSession();
});

afterEach(async () => {
  await session.stop();
  rmSync(warehouse, { recursive: true, force: true });
});

describe('tables', () => {
  test('are made, filled and found by the next session', async () => {
    session.sql('CREATE TABLE people (id INT, name STRING) USING json');
    session.sql("INSERT INTO people VALUES (1, 'ann'), (2, 'bob')");
    session.sql("INSERT INTO people (name, id) SELECT 'cid', 3");
    expect(await rows('SELECT * FROM people ORDER BY id')).toEqual([
      { id: 1, name: 'ann' },
      { id: 2, name: 'bob' },
      { id: 3, name: 'cid' },
    ]);
    const next = newSession();
    expect(await next.sql('SELECT count(*) AS n FROM default.people').collect()).toEqual([{ n: 3n }]);
    expect(await next.table('spark_catalog.default.people').count()).toBe(3n);
    await next.stop();
  });

  test('of two sessions at a time are found by both, and none is lost', async () => {
    const other = newSession();
    session.sql('CREATE TABLE ours (id INT) USING json');
    other.sql('CREATE TABLE theirs (id INT) USING json');
    session.sql('CREATE TABLE ours_too (id INT) USING json');
    const names = (from: MillraceSession) => from.catalog.listTables().map(({ name }) => name);
    expect(names(session)).toEqual(['ours', 'ours_too', 'theirs']);
    expect(names(other)).toEqual(names(session));
    other.sql('DROP TABLE ours');
    expect(conditionOf('SELECT * FROM ours')).toBe('TABLE_OR_VIEW_NOT_FOUND');
    await other.stop();
  });

  test('are changed although a process ended while it wrote the catalog', async () => {
    writeFileSync(join(warehouse, 'millrace-catalog.json.tmp'), '{"version"');
    session.sql('CREATE TABLE t (id INT) USING json');
    const next = newSession();
    expect(next.catalog.listTables()).toHaveLength(1);
    await next.stop();
  });

  test('hold what a query gives, and are replaced by OVERWRITE', async () => {
    session.sql('CREATE TABLE squares AS SELECT id, id * id AS square FROM range(4)');
    expect(await rows('SELECT sum(square) AS s FROM squares')).toEqual([{ s: 14n }]);
    session.sql('INSERT OVERWRITE squares SELECT 7, 49');
    expect(await rows('SELECT * FROM squares')).toEqual([{ id: 7n, square: 49n }]);
    session.sql('CREATE OR REPLACE TABLE squares (a STRING) USING csv');
    expect(session.table('squares').columns).toEqual(['a']);
  });

  test('of a place keep their files when they are dropped', async () => {
    const place = join(warehouse, 'place');
    session.sql(`CREATE TABLE kept USING json LOCATION '${place}' AS SELECT 1 AS a`);
    expect(await rows('SELECT * FROM kept')).toEqual([{ a: 1 }]);
    session.sql('DROP TABLE kept');
    expect(conditionOf('SELECT * FROM kept')).toBe('TABLE_OR_VIEW_NOT_FOUND');
    session.sql(`CREATE TABLE kept (a INT) USING json LOCATION '${place}'`);
    expect(await rows('SELECT * FROM kept')).toEqual([{ a: 1 }]);
  });

  test('are written by DataFrames', async () => {
    const frame = session.sql('SELECT 1 AS a, "x" AS b');
    await frame.write.format('json').saveAsTable('t');
    await frame.write.mode('append').saveAsTable('t');
    await session.sql('SELECT 2, "y"').write.insertInto('t');
    expect(await session.read.table('t').orderBy('a').collect()).toEqual([
      { a: 1, b: 'x' },
      { a: 1, b: 'x' },
      { a: 2, b: 'y' },
    ]);
    await expect(frame.write.saveAsTable('t')).rejects.toMatchObject({ condition: 'TABLE_OR_VIEW_ALREADY_EXISTS' });
  });

  test('are refused what does not fit', async () => {
    session.sql('CREATE TABLE t (a INT, b INT) USING json');
    expect(conditionOf('CREATE TABLE t (a INT) USING json')).toBe('TABLE_OR_VIEW_ALREADY_EXISTS');
    expect(conditionOf('CREATE TABLE IF NOT EXISTS t (a INT) USING json')).toBe('none');
    expect(conditionOf('INSERT INTO t VALUES (1)')).toBe('INSERT_COLUMN_ARITY_MISMATCH.NOT_ENOUGH_DATA_COLUMNS');
    expect(conditionOf('INSERT INTO t VALUES (1, 2, 3)')).toBe('INSERT_COLUMN_ARITY_MISMATCH.TOO_MANY_DATA_COLUMNS');
    expect(conditionOf('INSERT INTO t (a, nosuch) VALUES (1, 2)')).toBe('UNRESOLVED_COLUMN.WITH_SUGGESTION');
    expect(conditionOf('INSERT INTO nosuch VALUES (1)')).toBe('TABLE_OR_VIEW_NOT_FOUND');
    expect(conditionOf('DROP TABLE nosuch')).toBe('TABLE_OR_VIEW_NOT_FOUND');
    expect(conditionOf('DROP TABLE IF EXISTS nosuch')).toBe('none');
    expect(conditionOf('DROP VIEW t')).toBe('WRONG_COMMAND_FOR_OBJECT_TYPE');
    expect(conditionOf('CREATE TABLE nosuch.t (a INT) USING json')).toBe('SCHEMA_NOT_FOUND');
    expect(conditionOf('CREATE TABLE u (a INT, A INT) USING json')).toBe('COLUMN_ALREADY_EXISTS');
    await expect(rows("INSERT INTO t VALUES (1, 'x')")).rejects.toMatchObject({ condition: 'CAST_INVALID_INPUT' });
  });

  test('in folders are filled and shown by partition', async () => {
    session.sql('CREATE TABLE t (day DATE, a INT, kind STRING, b INT) USING json PARTITIONED BY (kind, day)');
    expect(session.table('t').columns).toEqual(['a', 'b', 'kind', 'day']);
    session.sql("INSERT INTO t PARTITION (kind = 'x', day = '2026-01-03') SELECT 5, 6");
    session.sql("INSERT INTO t PARTITION (kind = 'y/z', day) (b, day) SELECT 5, DATE'2026-01-04'");
    session.sql("INSERT INTO t PARTITION (kind = null, day = '2026-01-03') VALUES (8, 6)");
    expect(await rows('SELECT a, b, kind, string(day) AS day FROM t ORDER BY a')).toEqual([
      { a: null, b: 5, kind: 'y/z', day: '2026-01-04' },
      { a: 5, b: 6, kind: 'x', day: '2026-01-03' },
      { a: 8, b: 6, kind: null, day: '2026-01-03' },
    ]);
    expect(await rows('SHOW PARTITIONS t')).toEqual([
      { partition: 'kind=__HIVE_DEFAULT_PARTITION__/day=2026-01-03' },
      { partition: 'kind=x/day=2026-01-03' },
      { partition: 'kind=y%2Fz/day=2026-01-04' },
    ]);
    expect(await rows("SHOW PARTITIONS t PARTITION (kind = 'x')")).toEqual([{ partition: 'kind=x/day=2026-01-03' }]);
  });

  test('in folders have only the partitions replaced that OVERWRITE names', async () => {
    session.sql('CREATE TABLE t (a INT, kind STRING, day DATE) USING json PARTITIONED BY (kind, day)');
    session.sql(
      "INSERT INTO t VALUES (1, 'x', DATE'2026-01-03'), (2, 'x', DATE'2026-01-04'), (3, 'y', DATE'2026-01-03')",
    );
    session.sql("INSERT OVERWRITE t PARTITION (kind = 'x', day) SELECT 9, DATE'2026-05-05'");
    expect(await rows('SELECT a FROM t ORDER BY a')).toEqual([{ a: 3 }, { a: 9 }]);
    session.sql("INSERT OVERWRITE t PARTITION (kind = 'x', day = '2026-05-05') SELECT 9 WHERE false");
    expect(await rows('SELECT a FROM t ORDER BY a')).toEqual([{ a: 3 }]);
    expect(await rows('MSCK REPAIR TABLE t')).toEqual([]);
    expect(await rows('ALTER TABLE t RECOVER PARTITIONS')).toEqual([]);
  });

  test('in folders refuse partitions that are none', () => {
    session.sql('CREATE TABLE t (a INT, b INT, kind STRING, day DATE) USING json PARTITIONED BY (kind, day)');
    session.sql('CREATE TABLE u (a INT) USING json');
    const into = "INSERT INTO t PARTITION (kind = 'x', day = '2026-01-03') SELECT";
    expect(conditionOf(`${into} 5`)).toBe('INSERT_PARTITION_COLUMN_ARITY_MISMATCH');
    expect(conditionOf(`${into} 5, 6, 7`)).toBe('INSERT_PARTITION_COLUMN_ARITY_MISMATCH');
    expect(conditionOf("INSERT INTO t PARTITION (kind = 'x', a = 1) SELECT 5, 6")).toBe('PARTITIONS_NOT_FOUND');
    expect(conditionOf("INSERT INTO t PARTITION (kind = 'x', KIND = 'y') SELECT 5, 6")).toBe('DUPLICATE_KEY');
    expect(conditionOf("INSERT INTO t PARTITION (day = '2026-01-03', kind) SELECT 5, 6, 'x'")).toBe(
      '_LEGACY_ERROR_TEMP_1147',
    );
    expect(conditionOf('INSERT INTO u PARTITION (a = 1) SELECT 1')).toBe('PARTITIONS_NOT_FOUND');
    expect(conditionOf("SHOW PARTITIONS t PARTITION (a = 'x')")).toBe('PARTITIONS_NOT_FOUND');
    expect(conditionOf('SHOW PARTITIONS u')).toBe('INVALID_PARTITION_OPERATION.PARTITION_SCHEMA_IS_EMPTY');
    expect(conditionOf('ALTER TABLE t RENAME TO v')).toBe('UNSUPPORTED_FEATURE');
  });

  test('may be in databases', async () => {
    session.sql('CREATE DATABASE sales COMMENT "of last year"');
    session.sql('CREATE TABLE sales.orders AS SELECT 5 AS n');
    session.sql('USE sales');
    expect(await session.sql('SELECT current_database() AS d').collect()).toEqual([{ d: 'sales' }]);
    expect(await rows('SELECT * FROM orders')).toEqual([{ n: 5 }]);
    expect(session.catalog.currentDatabase()).toBe('sales');
    expect(await rows('SHOW TABLES')).toEqual([{ namespace: 'sales', tableName: 'orders', isTemporary: false }]);
    expect(await rows('SHOW DATABASES')).toEqual([{ namespace: 'default' }, { namespace: 'sales' }]);
    expect(conditionOf('CREATE SCHEMA sales')).toBe('SCHEMA_ALREADY_EXISTS');
    expect(conditionOf('DROP DATABASE sales')).toBe('SCHEMA_NOT_EMPTY');
    session.sql('DROP DATABASE sales CASCADE');
    expect(conditionOf('USE sales')).toBe('SCHEMA_NOT_FOUND');
    expect(session.catalog.currentDatabase()).toBe('default');
  });
});

describe('views', () => {
  test('in the catalog are read anew by the next session', async () => {
    await rows('CREATE TABLE t AS SELECT 1 AS a UNION ALL SELECT 2');
    session.sql('CREATE VIEW big (b) AS SELECT a FROM t WHERE a > 1');
    const next = newSession();
    expect(await next.sql('SELECT b FROM big').collect()).toEqual([{ b: 2 }]);
    await next.stop();
    expect(conditionOf('CREATE VIEW big AS SELECT 1')).toBe('TABLE_OR_VIEW_ALREADY_EXISTS');
    expect(conditionOf('DROP TABLE big')).toBe('WRONG_COMMAND_FOR_OBJECT_TYPE');
    session.sql('CREATE OR REPLACE VIEW big AS SELECT 9 AS c');
    expect(await rows('SELECT * FROM big')).toEqual([{ c: 9 }]);
    session.sql('DROP VIEW big');
    expect(conditionOf('SELECT * FROM big')).toBe('TABLE_OR_VIEW_NOT_FOUND');
  });

  test('that read themselves are refused', () => {
    session.sql('CREATE VIEW a AS SELECT 1 AS x');
    session.sql('CREATE VIEW b AS SELECT * FROM a');
    session.sql('CREATE OR REPLACE VIEW a AS SELECT * FROM b');
    expect(conditionOf('SELECT * FROM a')).toBe('VIEW_EXCEED_MAX_NESTED_DEPTH');
  });

  test('may be global and temporary', async () => {
    session.sql('CREATE GLOBAL TEMP VIEW g AS SELECT 3 AS x');
    expect(await rows('SELECT x FROM global_temp.g')).toEqual([{ x: 3 }]);
    expect(conditionOf('CREATE GLOBAL TEMP VIEW g AS SELECT 3 AS x')).toBe('TEMP_TABLE_OR_VIEW_ALREADY_EXISTS');
    expect(session.catalog.dropGlobalTempView('g')).toBe(true);
  });

  test('may read files', async () => {
    writeFileSync(join(warehouse, 'in.json'), '{"a":1}\n{"a":2}\n');
    session.sql(`CREATE TEMPORARY VIEW files (a INT) USING json OPTIONS (path '${join(warehouse, 'in.json')}')`);
    expect(await rows('SELECT sum(a) AS s FROM files')).toEqual([{ s: 3n }]);
  });
});

describe('session.catalog', () => {
  test('lists what there is', () => {
    session.sql('CREATE TABLE t (a INT NOT NULL, b STRING) USING json');
    session.sql('CREATE TEMP VIEW v AS SELECT 1 AS x');
    const { catalog } = session;
    expect(catalog.listTables().map(({ name, tableType }) => [name, tableType])).toEqual([
      ['t', 'MANAGED'],
      ['v', 'TEMPORARY'],
    ]);
    expect(catalog.listColumns('t').map(({ name, dataType }) => [name, dataType])).toEqual([
      ['a', 'int'],
      ['b', 'string'],
    ]);
    expect([catalog.tableExists('t'), catalog.tableExists('nosuch')]).toEqual([true, false]);
    expect([catalog.functionExists('upper'), catalog.functionExists('nosuch')]).toEqual([true, false]);
    expect(catalog.listFunctions('row_*')).toEqual([{ name: 'row_number' }]);
    expect([catalog.dropTempView('v'), catalog.dropTempView('v')]).toEqual([true, false]);
    expect(catalog.listDatabases()).toEqual([{ name: 'default' }]);
    expect(() => catalog.setCurrentDatabase('nosuch')).toThrow('SCHEMA_NOT_FOUND');
  });

  test('names a file that is broken', () => {
    writeFileSync(join(warehouse, 'millrace-catalog.json'), '{"version":1');
    expect(conditionOf('SELECT * FROM t')).toBe('CATALOG_FILE_INVALID');
    expect(readFileSync(join(warehouse, 'millrace-catalog.json'), 'utf8')).toBe('{"version":1');
  });
});

describe('other statements', () => {
  test('describe tables, columns and functions', async () => {
    session.sql("CREATE TABLE t (a INT, b STRING) USING json OPTIONS (multiLine 'true') PARTITIONED BY (b)");
    expect(await rows('SHOW COLUMNS IN t')).toEqual([{ col_name: 'a' }, { col_name: 'b' }]);
    expect(await rows("SHOW FUNCTIONS LIKE 'dense_*'")).toEqual([{ function: 'dense_rank' }]);
    const [{ createtab_stmt: text }] = (await rows('SHOW CREATE TABLE t')) as [{ createtab_stmt: string }];
    expect(text).toContain("USING json\nPARTITIONED BY (b)\nOPTIONS (\n  'multiline' = 'true')");
    const [{ function_desc: first }] = (await rows('DESCRIBE FUNCTION upper')) as [{ function_desc: string }];
    expect(first).toBe('Function: upper');
    expect(conditionOf('DESCRIBE FUNCTION nosuch')).toBe('UNRESOLVED_ROUTINE');
    expect(await rows('DESCRIBE DATABASE default')).toHaveLength(2);
    expect(await rows('CACHE TABLE t')).toEqual([]);
    expect(await rows('CLEAR CACHE')).toEqual([]);
  });

  test('hold variables', async () => {
    session.sql('DECLARE VARIABLE n INT DEFAULT 3 + 1');
    expect(await rows('SELECT n + 1 AS x, session.n AS y')).toEqual([{ x: 5, y: 4 }]);
    session.sql('SET VAR n = n * 10');
    expect(await rows('SELECT id FROM range(100) WHERE id = n')).toEqual([{ id: 40n }]);
    expect(await rows('SELECT id AS n, n AS m FROM range(1)')).toEqual([{ n: 0n, m: 0n }]);
    expect(conditionOf('DECLARE n INT')).toBe('VARIABLE_ALREADY_EXISTS');
    expect(conditionOf('SET VAR nosuch = 1')).toBe('UNRESOLVED_VARIABLE');
    session.sql('DROP TEMPORARY VARIABLE n');
    expect(conditionOf('SELECT n')).toBe('UNRESOLVED_COLUMN.WITHOUT_SUGGESTION');
  });

  test('run texts', async () => {
    expect(await rows("EXECUTE IMMEDIATE 'SELECT ? + ? AS s' USING 1, 2")).toEqual([{ s: 3 }]);
    expect(await rows("EXECUTE IMMEDIATE 'SELECT :a AS s' USING 5 AS a")).toEqual([{ s: 5 }]);
    expect(conditionOf(`EXECUTE IMMEDIATE "EXECUTE IMMEDIATE 'SELECT 1'"`)).toBe('NESTED_EXECUTE_IMMEDIATE');
    expect(conditionOf('EXECUTE IMMEDIATE 1')).toBe('INVALID_EXPR_TYPE_FOR_QUERY_EXECUTE_IMMEDIATE');
  });
});

describe('streaming tables', () => {
  test('are filled from streams', async () => {
    session.conf.set('spark.sql.streaming.checkpointLocation', join(warehouse, 'checkpoints'));
    session.sql('CREATE TABLE source (a INT) USING json');
    session.sql('INSERT INTO source VALUES (1), (2)');
    await session.sql('CREATE STREAMING TABLE doubled USING json AS SELECT a * 2 AS b FROM STREAM source').collect();
    for (const query of session.streams.active) {
      await query.processAllAvailable();
      await query.stop();
    }
    expect(await rows('SELECT * FROM doubled ORDER BY b')).toEqual([{ b: 2 }, { b: 4 }]);
  });

  test('are begun by toTable', async () => {
    const input = session.memoryStream('a INT');
    input.addData({ a: 7 });
    const query = await input
      .toDF()
      .writeStream.option('checkpointLocation', join(warehouse, 'c'))
      .format('json')
      .toTable('sevens');
    await query.processAllAvailable();
    await query.stop();
    expect(await rows('SELECT * FROM sevens')).toEqual([{ a: 7 }]);
  });
});

describe('a statement that fails', () => {
  test('and whose answer nobody reads is reported, the next one runs', async () => {
    const lines: string[] = [];
    const quiet = createTestSession(
      { printError: (line) => lines.push(line) },
      { 'spark.sql.warehouse.dir': warehouse },
    );
    quiet.sql('CREATE TABLE numbers (n INT) USING json');
    quiet.sql("INSERT INTO numbers VALUES (CAST('x' AS INT))");
    quiet.sql('INSERT INTO numbers VALUES (1)');
    expect(await quiet.table('numbers').collect()).toEqual([{ n: 1 }]);
    expect(lines).toEqual([expect.stringContaining('A statement failed: [CAST_INVALID_INPUT]')]);
    await expect(quiet.sql("INSERT INTO numbers VALUES (CAST('y' AS INT))").collect()).rejects.toMatchObject({
      condition: 'CAST_INVALID_INPUT',
    });
    expect(lines).toHaveLength(1);
    await quiet.stop();
  });
});
