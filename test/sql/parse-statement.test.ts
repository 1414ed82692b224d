/** `session.sql`: statements, parameters, streams, and what is refused. Answers of queries are compared with Spark's in golden.spark.test.ts. */
import { beforeEach, describe, expect, test } from 'vitest';

import { MillraceError, MillraceSession } from '../../src/index.ts';
import type { DataFrame, SqlArguments } from '../../src/index.ts';

let session: MillraceSession;

beforeEach(() => {
  session = MillraceSession.builder().config('spark.sql.session.timeZone', 'UTC').create();
  session
    .createDataFrame(
      [
        { a: 1, b: 'x' },
        { a: 2, b: null },
      ],
      'a INT, b STRING',
    )
    .createOrReplaceTempView('t');
});

async function rowsOf(text: string, args?: SqlArguments): Promise<string[]> {
  return session.sql(text, args).toJSON().collect();
}

function errorOf(run: () => DataFrame): MillraceError {
  try {
    run();
  } catch (error) {
    if (error instanceof MillraceError) return error;
    throw error;
  }
  throw new Error('nothing was thrown');
}

function conditionOf(text: string): string {
  return errorOf(() => session.sql(text)).condition;
}

describe('parameters', () => {
  test('are values and never SQL', async () => {
    expect(await rowsOf('SELECT :p AS p', { p: "x' OR 1 = 1 --" })).toEqual([`{"p":"x' OR 1 = 1 --"}`]);
    expect(await rowsOf('SELECT a FROM t WHERE b = ? OR a = ?', ['x', 7])).toEqual(['{"a":1}']);
  });

  test('may limit the rows', async () => {
    expect(await rowsOf('SELECT a FROM t ORDER BY a LIMIT :n', { n: 1 })).toEqual(['{"a":1}']);
  });
});

describe('views', () => {
  test('keep the relations they were written over', async () => {
    session.sql('CREATE TEMP VIEW v AS SELECT a FROM t');
    session.sql('CREATE OR REPLACE TEMP VIEW t AS SELECT 9 AS a');
    expect(await rowsOf('SELECT * FROM v')).toEqual(['{"a":1}', '{"a":2}']);
    expect(await session.table('v').count()).toBe(2n);
  });

  test('of a wrong query are not made', () => {
    expect(conditionOf('CREATE TEMP VIEW v AS SELECT nope FROM t')).toBe('UNRESOLVED_COLUMN.WITH_SUGGESTION');
    expect(conditionOf('SELECT * FROM v')).toBe('TABLE_OR_VIEW_NOT_FOUND');
  });

  test('are not replaced unless asked', () => {
    expect(conditionOf('CREATE TEMP VIEW T AS SELECT 1')).toBe('TEMP_TABLE_OR_VIEW_ALREADY_EXISTS');
  });

  test('are dropped', () => {
    session.sql('DROP VIEW t');
    expect(conditionOf('SELECT * FROM t')).toBe('TABLE_OR_VIEW_NOT_FOUND');
  });
});

describe('settings', () => {
  test('are set for the queries that follow', async () => {
    session.sql('SET spark.sql.ansi.enabled = false');
    expect(await rowsOf("SELECT CAST('x' AS INT) IS NULL AS n")).toEqual(['{"n":true}']);
    session.sql('RESET spark.sql.ansi.enabled');
    await expect(rowsOf("SELECT CAST('x' AS INT)")).rejects.toMatchObject({ condition: 'CAST_INVALID_INPUT' });
  });

  test('decide the zone of timestamp literals', async () => {
    session.sql("SET TIME ZONE 'Europe/Berlin'");
    expect(await rowsOf("SELECT unix_timestamp(TIMESTAMP '1970-01-01 01:00:00') AS s")).toEqual(['{"s":0}']);
  });
});

describe('explain', () => {
  test('shows the plan of a query', async () => {
    const [row] = await session.sql('EXPLAIN EXTENDED SELECT a FROM t GROUP BY a HAVING a > 1 ORDER BY 1').collect();
    expect(row?.['plan']).toContain("'Select ['a], GROUP BY ['a], HAVING ['>('a, 1)], ORDER BY [1 ASC]");
  });
});

describe('streams', () => {
  test('are queried with a watermark and windows', async () => {
    const input = session.memoryStream('time TIMESTAMP, action STRING');
    input.toDF().createOrReplaceTempView('logs');
    const df = session.sql(`
      SELECT window.start AS start, action, count(*) AS n
      FROM STREAM logs WATERMARK time DELAY OF INTERVAL 10 SECONDS AS l
      WHERE l.action <> 'noise'
      GROUP BY window(time, '1 minute'), action`);
    expect(df.isStreaming).toBe(true);
    const query = await df.writeStream.format('memory').queryName('counts').outputMode('update').start();
    input.addData(['2024-01-01T00:00:01Z', 'buy'], ['2024-01-01T00:00:59Z', 'buy'], ['2024-01-01T00:00:59Z', 'noise']);
    await query.processAllAvailable();
    await query.stop();
    expect(await rowsOf('SELECT action, n FROM counts')).toEqual(['{"action":"buy","n":2}']);
    await session.stop();
  });

  test('STREAM over a bounded relation is refused', () => {
    expect(conditionOf('SELECT * FROM STREAM t')).toBe('UNSUPPORTED_FEATURE');
    expect(conditionOf('SELECT * FROM STREAM(t)')).toBe('UNSUPPORTED_FEATURE');
  });
});

describe('select', () => {
  test.for([
    ['SELECT a FROM t GROUP BY 2', 'GROUP_BY_POS_OUT_OF_RANGE'],
    ['SELECT sum(a) FROM t GROUP BY 1', 'GROUP_BY_POS_AGGREGATE'],
    ['SELECT sum(a) AS s FROM t GROUP BY s', 'GROUP_BY_AGGREGATE'],
    ['SELECT a FROM t ORDER BY 2', 'ORDER_BY_POS_OUT_OF_RANGE'],
    ['WITH q AS (SELECT 1), q AS (SELECT 2) SELECT 3', 'DUPLICATED_CTE_NAMES'],
    ['VALUES (1), (2, 3)', 'INVALID_INLINE_TABLE.NUM_COLUMNS_MISMATCH'],
    ['SELECT * FROM (SELECT 1) AS q(a, b)', 'ASSIGNMENT_ARITY_MISMATCH'],
    ['SELECT * FROM no_such_function(1)', 'UNRESOLVABLE_TABLE_VALUED_FUNCTION'],
    ["SELECT a FROM t LIMIT 'x'", 'INVALID_LIMIT_LIKE_EXPRESSION.DATA_TYPE'],
    ['SELECT a FROM t LIMIT a', 'INVALID_LIMIT_LIKE_EXPRESSION.IS_UNFOLDABLE'],
  ])('%s is %s', ([text, condition]) => {
    expect(conditionOf(text ?? '')).toBe(condition);
  });

  test('a random item is sorted by the value that is shown', async () => {
    const rows = await session.sql('SELECT rand() AS r FROM range(50) ORDER BY r').collect();
    const values = rows.map((row) => Number(row['r']));
    expect(values).toEqual(values.toSorted((x, y) => x - y));
  });
});

describe('texts made to be costly', () => {
  test.for([
    ['queries in queries as values', `SELECT ${'(SELECT '.repeat(10_000)}1${')'.repeat(10_000)}`],
    ['queries in FROM', `SELECT * FROM ${'(SELECT * FROM '.repeat(10_000)}t${')'.repeat(10_000)}`],
    ['EXISTS in EXISTS', `SELECT 1 WHERE ${'EXISTS (SELECT 1 WHERE '.repeat(500)}true${')'.repeat(500)}`],
    [
      'aliases that double themselves',
      `SELECT 1 AS a0, ${Array.from({ length: 60 }, (_, i) => `a${i} + a${i} AS a${i + 1}`).join(', ')}`,
    ],
  ])('%s are FAILED_TO_PARSE_TOO_COMPLEX', ([, text = '']) => {
    expect(errorOf(() => session.sql(text)).condition).toBe('FAILED_TO_PARSE_TOO_COMPLEX');
  });

  test('a chain of set operations, pipes and names of WITH is read', () => {
    const chain = Array.from(
      { length: 500 },
      (_, i) => `c${i} AS (SELECT * FROM ${i === 0 ? '(SELECT 1 AS a)' : `c${i - 1}`})`,
    );
    session.sql(`WITH ${chain.join(', ')} SELECT * FROM c499`);
    session.sql(Array.from({ length: 500 }, () => 'SELECT 1 AS a').join(' EXCEPT '));
    session.sql(`SELECT 1 AS a ${'|> WHERE a > 0 '.repeat(300)}`);
  });
});

describe('what plans have no node for', () => {
  test.for([
    'SELECT TRANSFORM(a) USING "cat" FROM t',
    'SELECT * FROM t TABLESAMPLE (1M)',
    'MERGE INTO t USING u ON true WHEN MATCHED THEN DELETE',
    'UPDATE t SET a = 1',
    'ALTER TABLE t ADD COLUMN b INT',
    'CREATE TABLE x LIKE t',
    'CREATE FUNCTION f AS "x"',
    'CREATE TABLE x (a INT DEFAULT 1) USING json',
    'FROM t INSERT INTO u SELECT a',
    'INSERT OVERWRITE DIRECTORY "d" SELECT 1',
    'DESCRIBE EXTENDED t',
    'CREATE MATERIALIZED VIEW v AS SELECT 1',
  ])('%s is refused by name and place', (text) => {
    const error = errorOf(() => session.sql(text));
    expect(error.condition).toBe('UNSUPPORTED_FEATURE');
    expect(error.hint).toContain('== SQL ==');
  });
});
