/** Functions written in SQL: their calls, what they may be named, and what is refused. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { MillraceError, MillraceSession } from '../../src/index.ts';

let warehouse: string;
let session: MillraceSession;

function newSession(): MillraceSession {
  return MillraceSession.builder().config('spark.sql.warehouse.dir', warehouse).create();
}

function rows(text: string): Promise<unknown[]> {
  return session.sql(text).collect();
}

function conditionOf(text: string): string {
  try {
    session.sql(text);
  } catch (error) {
    if (error instanceof MillraceError) return error.condition;
  }
  return 'none';
}

beforeEach(() => {
  warehouse = mkdtempSync(join(tmpdir(), 'functions-'));
  session = newSession();
  session.sql('CREATE TEMP VIEW t AS VALUES (0, 1), (0, 2), (1, 2) AS t(a, b)');
});

afterEach(async () => {
  await session.stop();
  rmSync(warehouse, { recursive: true, force: true });
});

describe('a function written in SQL', () => {
  it('is called by its name, alone or with its database, and gives its name to columns', async () => {
    session.sql('CREATE FUNCTION area(x DOUBLE, y DOUBLE DEFAULT 2) RETURNS DOUBLE COMMENT "of a field" RETURN x * y');
    const answer = session.sql('SELECT area(3), default.area(1.5, 2) + 1 FROM t LIMIT 1');
    expect(answer.columns).toEqual(['spark_catalog.default.area(3)', '(spark_catalog.default.area(1.5, 2) + 1)']);
    expect(await session.sql('SELECT area(3) AS x, area(y => 3, x => a + 1) AS y FROM t').collect()).toEqual([
      { x: 6, y: 3 },
      { x: 6, y: 3 },
      { x: 6, y: 6 },
    ]);
  });

  it('sees its arguments and never the columns of the query that calls it', async () => {
    session.sql('CREATE TEMPORARY FUNCTION total(x INT) RETURNS BIGINT RETURN (SELECT sum(b) FROM t WHERE a = x)');
    session.sql('CREATE TEMPORARY FUNCTION more(x INT) RETURN x + length(string(x))');
    session.sql(
      'CREATE TEMPORARY FUNCTION all_larger(xs ARRAY<INT>, x INT) RETURN transform(xs, i -> i + all_larger.x)',
    );
    expect(await rows('SELECT x, total(x + 0) AS s, more(x) AS m FROM VALUES (0), (1), (5) AS v(x)')).toEqual([
      { x: 0, s: 3n, m: 1 },
      { x: 1, s: 2n, m: 2 },
      { x: 5, s: null, m: 6 },
    ]);
    expect(await rows('SELECT all_larger(array(1, 2), i) AS r FROM VALUES (10) AS v(i)')).toEqual([{ r: [11, 12] }]);
    expect(conditionOf('CREATE TEMPORARY FUNCTION wrong(x INT) RETURN x + a')).toBe(
      'UNRESOLVED_COLUMN.WITHOUT_SUGGESTION',
    );
  });

  it('stands wherever an expression may: over aggregates, in conditions, groups and orders', async () => {
    session.sql('CREATE FUNCTION plus(x INT, y INT) RETURNS INT RETURN x + y');
    expect(
      await rows(`SELECT plus(a, 1) AS k, plus(int(sum(b)), int(count(*))) AS v, max(plus(b, b)) AS m FROM t
        WHERE plus(a, b) > 0 GROUP BY plus(a, 1) HAVING plus(int(sum(b)), 0) > 0 ORDER BY 1 DESC`),
    ).toEqual([
      { k: 2, v: 3, m: 4 },
      { k: 1, v: 5, m: 4 },
    ]);
  });

  it('may make rows', async () => {
    session.sql(
      'CREATE FUNCTION pair(x INT, y STRING DEFAULT "z") RETURNS TABLE(n BIGINT, s STRING) RETURN SELECT x, y',
    );
    session.sql('CREATE FUNCTION of(x INT) RETURNS TABLE RETURN SELECT b, b * 2 AS twice FROM t WHERE a = x');
    expect(await rows('SELECT * FROM pair(1)')).toEqual([{ n: 1n, s: 'z' }]);
    expect(await rows('SELECT v.x, twice FROM VALUES (1), (0) AS v(x), LATERAL of(v.x) ORDER BY twice')).toEqual([
      { x: 0, twice: 2 },
      { x: 1, twice: 4 },
      { x: 0, twice: 4 },
    ]);
    expect(
      await rows('SELECT v.x, twice FROM VALUES (1), (7) AS v(x) LEFT JOIN LATERAL of(v.x) AS o ORDER BY v.x'),
    ).toEqual([
      { x: 1, twice: 4 },
      { x: 7, twice: null },
    ]);
  });

  it('calls others, and is found by the next session unless it is temporary', async () => {
    session.sql('CREATE FUNCTION one(x INT) RETURNS INT RETURN x + 1');
    session.sql('CREATE FUNCTION two(x INT) RETURNS INT RETURN one(one(x))');
    session.sql('CREATE TEMPORARY FUNCTION mine() RETURN 1');
    const next = newSession();
    expect(await next.sql('SELECT two(5) AS n').collect()).toEqual([{ n: 7 }]);
    expect(await next.sql('SHOW USER FUNCTIONS').collect()).toEqual([
      { function: 'spark_catalog.default.one' },
      { function: 'spark_catalog.default.two' },
    ]);
    next.sql('DROP FUNCTION one');
    expect(() => next.sql('SELECT two(5)')).toThrow(/UNRESOLVED_ROUTINE/);
    await next.stop();
    expect(await rows('SELECT mine() AS n')).toEqual([{ n: 1 }]);
    session.sql('DROP TEMPORARY FUNCTION mine');
    expect(conditionOf('SELECT mine()')).toBe('UNRESOLVED_ROUTINE');
  });

  it('works on streams', async () => {
    session.sql('CREATE TEMPORARY FUNCTION shout(s STRING) RETURNS STRING RETURN upper(s) || "!"');
    const input = session.memoryStream('action STRING');
    input.toDF().createOrReplaceTempView('logs');
    const query = await session
      .sql('SELECT shout(action) AS a, count(*) AS n FROM logs GROUP BY shout(action)')
      .writeStream.format('memory')
      .queryName('shouts')
      .outputMode('complete')
      .start();
    input.addData({ action: 'open' }, { action: 'open' });
    await query.processAllAvailable();
    expect(await session.table('shouts').collect()).toEqual([{ a: 'OPEN!', n: 2n }]);
    await query.stop();
  });

  it('is refused when it is not in order', () => {
    session.sql('CREATE FUNCTION f(x INT) RETURNS INT RETURN x');
    const cases: Readonly<Record<string, string>> = {
      'CREATE FUNCTION f(x INT) RETURN 1': 'ROUTINE_ALREADY_EXISTS',
      'CREATE FUNCTION IF NOT EXISTS f(x INT) RETURN 1': 'none',
      'CREATE FUNCTION nosuch.g(x INT) RETURN 1': 'SCHEMA_NOT_FOUND',
      'SELECT f()': 'WRONG_NUM_ARGS.WITHOUT_SUGGESTION',
      'SELECT f(1, 2)': 'WRONG_NUM_ARGS.WITHOUT_SUGGESTION',
      'SELECT f(array(1))': 'DATATYPE_MISMATCH.CAST_WITHOUT_SUGGESTION',
      'SELECT * FROM f(1)': 'UNRESOLVABLE_TABLE_VALUED_FUNCTION',
      'CREATE FUNCTION g(x INT, X INT) RETURN 1': 'DUPLICATE_ROUTINE_PARAMETER_NAMES',
      'CREATE FUNCTION g(x INT NOT NULL) RETURN 1': 'USER_DEFINED_FUNCTIONS.NOT_NULL_ON_FUNCTION_PARAMETERS',
      'CREATE FUNCTION g(x INT DEFAULT 1, y INT) RETURN 1':
        'USER_DEFINED_FUNCTIONS.NOT_A_VALID_DEFAULT_PARAMETER_POSITION',
      'CREATE FUNCTION g(x INT DEFAULT (SELECT 1)) RETURN 1': 'USER_DEFINED_FUNCTIONS.NOT_A_VALID_DEFAULT_EXPRESSION',
      'CREATE FUNCTION g(x INT) RETURN sum(x)': 'USER_DEFINED_FUNCTIONS.CANNOT_CONTAIN_COMPLEX_FUNCTIONS',
      'CREATE FUNCTION g() RETURNS TABLE(a INT, A INT) RETURN SELECT 1, 2': 'DUPLICATE_ROUTINE_RETURNS_COLUMNS',
      'CREATE FUNCTION g() RETURNS TABLE(a INT) RETURN SELECT 1, 2':
        'USER_DEFINED_FUNCTIONS.RETURN_COLUMN_COUNT_MISMATCH',
      'CREATE FUNCTION g() RETURNS TABLE(a INT) RETURN 1': 'USER_DEFINED_FUNCTIONS.SQL_TABLE_UDF_BODY_MUST_BE_A_QUERY',
      'CREATE FUNCTION g() RETURNS INT RETURN (SELECT 1, 2)':
        'INVALID_SUBQUERY_EXPRESSION.SCALAR_SUBQUERY_RETURN_MORE_THAN_ONE_OUTPUT_COLUMN',
      'DROP FUNCTION g': 'ROUTINE_NOT_FOUND',
      'DROP FUNCTION IF EXISTS g': 'none',
      'DROP TEMPORARY FUNCTION f': 'ROUTINE_NOT_FOUND',
    };
    const found = Object.keys(cases).map((text) => [text, conditionOf(text)]);
    expect(Object.fromEntries(found)).toEqual(cases);
  });
});
