/** What Spark refuses in queries of its dialect, by condition; the same queries are golden ones where Spark answers them. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { MillraceError, MillraceSession } from '../../src/index.ts';

const warehouse = mkdtempSync(path.join(tmpdir(), 'spark-rules-'));
afterAll(() => rmSync(warehouse, { recursive: true, force: true }));

const session = MillraceSession.builder()
  .config('spark.sql.warehouse.dir', warehouse)
  .config('spark.sql.session.timeZone', 'UTC')
  .config('spark.sql.timeType.enabled', 'true')
  .create();

async function conditionOf(sql: string, on = session): Promise<string> {
  try {
    await on.sql(sql).collect();
    return 'answers';
  } catch (error) {
    if (error instanceof MillraceError) return error.condition;
    throw error;
  }
}

async function valuesOf(sql: string, on = session): Promise<unknown[]> {
  return (await on.sql(sql).collect()).map((row) => Object.values(row));
}

const T = 'VALUES (1, 2), (3, 4) AS t(a, b)';

describe('a query of Spark’s dialect', () => {
  test.for([
    ["SELECT to_time('x', 'HH:mm')", 'CANNOT_PARSE_TIME'],
    ["SELECT time_trunc('DAY', TIME'12:00')", 'INVALID_PARAMETER_VALUE.TIME_UNIT'],
    ["SELECT CAST('1:00' AS TIME(10))", 'UNSUPPORTED_TIME_PRECISION'],
    ["SELECT 1 AS IDENTIFIER('a.b')", 'IDENTIFIER_TOO_MANY_NAME_PARTS'],
    [`SELECT * FROM ${T} NATURAL JOIN LATERAL (SELECT a)`, 'INCOMPATIBLE_JOIN_TYPES'],
    [`SELECT * FROM ${T} JOIN LATERAL (SELECT a) USING (a)`, 'UNSUPPORTED_FEATURE.LATERAL_JOIN_USING'],
    [
      `SELECT * FROM ${T}, LATERAL (SELECT a + rand(0))`,
      'UNSUPPORTED_SUBQUERY_EXPRESSION_CATEGORY.NON_DETERMINISTIC_LATERAL_SUBQUERIES',
    ],
    [
      `SELECT * FROM ${T} JOIN LATERAL (SELECT a AS c) ON a + rand(0) = c`,
      'UNSUPPORTED_SUBQUERY_EXPRESSION_CATEGORY.LATERAL_JOIN_CONDITION_NON_DETERMINISTIC',
    ],
    [
      `SELECT a FROM ${T} ORDER BY EXISTS (SELECT 1)`,
      'UNSUPPORTED_SUBQUERY_EXPRESSION_CATEGORY.UNSUPPORTED_IN_EXISTS_SUBQUERY',
    ],
    [`SELECT (SELECT sum(t.a)) FROM ${T}`, 'UNSUPPORTED_SUBQUERY_EXPRESSION_CATEGORY.CORRELATED_REFERENCE'],
    [
      'WITH RECURSIVE r(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM r GROUP BY n) SELECT * FROM r',
      'INVALID_RECURSIVE_REFERENCE.PLACE',
    ],
    [
      'WITH RECURSIVE r(n) AS (SELECT 1 UNION ALL SELECT CAST(n + 1 AS BIGINT) FROM r WHERE n < 3) SELECT * FROM r',
      'CANNOT_MERGE_INCOMPATIBLE_DATA_TYPE',
    ],
    [
      `SELECT a FROM ${T} RIGHT JOIN VALUES (2) AS u(c) EXACT NEAREST 1 BY DISTANCE c`,
      'NEAREST_BY_JOIN.UNSUPPORTED_JOIN_TYPE',
    ],
    [
      `SELECT a FROM ${T} JOIN VALUES (2) AS u(c) EXACT NEAREST 0 BY DISTANCE c`,
      'NEAREST_BY_JOIN.NUM_RESULTS_OUT_OF_RANGE',
    ],
    [`${T} |> PIVOT (sum(b) FOR a IN (1)) UNPIVOT (v FOR k IN (\`1\`))`, 'NOT_ALLOWED_IN_FROM.UNPIVOT_WITH_PIVOT'],
    [`SELECT * FROM ${T} GROUP BY a, 2`, 'STAR_GROUP_BY_POS'],
  ])('%s is %s', async ([sql = '', condition]) => {
    expect(await conditionOf(sql)).toBe(condition);
  });

  test('may not use TIME unless it is switched on', async () => {
    const other = MillraceSession.builder().create();
    expect(await conditionOf("SELECT TIME'12:00'", other)).toBe('UNSUPPORTED_TIME_TYPE');
    expect(await conditionOf("SELECT hour(CAST('1:00' AS TIME))", other)).toBe('UNSUPPORTED_TIME_TYPE');
  });

  test('takes names in backquotes as patterns of columns where that is switched on', async () => {
    const other = MillraceSession.builder().config('spark.sql.parser.quotedRegexColumnNames', 'true').create();
    expect(await valuesOf(`SELECT \`(a)?+.+\`, t.\`A|B\`, sum(\`(b)\`) OVER () FROM ${T} WHERE a = 1`, other)).toEqual([
      [2, 1, 2n],
    ]);
    expect(await conditionOf(`SELECT \`(a\` FROM ${T}`, other)).toBe('INVALID_PARAMETER_VALUE.PATTERN');
  });

  test('keeps all digits behind the point of decimals where none may be lost', async () => {
    const other = MillraceSession.builder().config('spark.sql.decimalOperations.allowPrecisionLoss', 'false').create();
    const { schema } = other.sql('SELECT 10.300000000000000000 * 3.000000000000000000 AS a, 1e35BD / 0.1 AS b');
    expect(schema.fields.map(({ dataType }) => dataType)).toEqual([
      { kind: 'decimal', precision: 38, scale: 36 },
      { kind: 'decimal', precision: 38, scale: 3 },
    ]);
  });

  test('has calendar intervals and HAVING as WHERE where settings of older versions say so', async () => {
    const other = MillraceSession.builder()
      .config('spark.sql.legacy.interval.enabled', 'true')
      .config('spark.sql.legacy.parser.havingWithoutGroupByAsWhere', 'true')
      .create();
    expect(
      await valuesOf("SELECT CAST(INTERVAL '1 2:03' DAY TO MINUTE AS STRING), CAST(INTERVAL 2 YEAR AS STRING)", other),
    ).toEqual([['1 days 2 hours 3 minutes', '2 years']]);
    expect(await valuesOf(`SELECT a FROM ${T} HAVING a > 1`, other)).toEqual([[3]]);
  });

  test('names items of its list only as the settings allow', async () => {
    const other = MillraceSession.builder()
      .config('spark.sql.groupByAliases', 'false')
      .config('spark.sql.groupByOrdinal', 'false')
      .config('spark.sql.orderByOrdinal', 'false')
      .create();
    expect(await conditionOf(`SELECT a AS k, count(*) FROM ${T} GROUP BY k`, other)).toBe(
      'UNRESOLVED_COLUMN.WITH_SUGGESTION',
    );
    expect(await valuesOf(`SELECT sum(a) FROM ${T} GROUP BY -1`, other)).toEqual([[4n]]);
    expect(await valuesOf(`SELECT a FROM ${T} ORDER BY 5, a DESC`, other)).toEqual([[3], [1]]);
  });
});

describe('variables', () => {
  test('are set by queries, keep their type and may not be set twice', async () => {
    const own = MillraceSession.builder().create();
    for (const sql of ['DECLARE a INT = 1', "DECLARE b STRING = 'x'"]) await own.sql(sql).collect();
    await own.sql('SET VAR (a, b) = (SELECT 2.0, 7)').collect();
    expect(await valuesOf('SELECT a, b, typeof(a)', own)).toEqual([[2, '7', 'int']]);
    await own.sql('SET VAR a = (SELECT 1 WHERE false)').collect();
    expect(await valuesOf('SELECT a', own)).toEqual([[null]]);
    expect(await conditionOf('SET VAR (a, b) = (VALUES (1, 2), (3, 4))', own)).toBe('ROW_SUBQUERY_TOO_MANY_ROWS');
    expect(await conditionOf('SET VAR (a, a) = (SELECT 1, 2)', own)).toBe('DUPLICATE_ASSIGNMENTS');
    expect(own.sql('SELECT a + 1').columns).toEqual(['(variablereference(system.session.a=CAST(NULL AS INT)) + 1)']);
  });
});

describe('TRUNCATE TABLE', () => {
  test('takes the rows of a table, and no view', async () => {
    await session.sql('CREATE OR REPLACE TEMPORARY VIEW one AS SELECT 1 AS a').collect();
    await session.sql('CREATE TABLE truncated (a INT) USING parquet').collect();
    try {
      await session.sql('INSERT INTO truncated VALUES (1), (2)').collect();
      await session.sql('TRUNCATE TABLE truncated').collect();
      expect(await valuesOf('SELECT * FROM truncated')).toEqual([]);
      await session.sql('INSERT INTO truncated VALUES (3)').collect();
      expect(await valuesOf('SELECT * FROM truncated')).toEqual([[3]]);
      await session.sql('CREATE VIEW truncated_view AS SELECT 1 AS a').collect();
      expect(await conditionOf('TRUNCATE TABLE truncated_view')).toBe('EXPECT_TABLE_NOT_VIEW.NO_ALTERNATIVE');
    } finally {
      await session.sql('DROP VIEW IF EXISTS truncated_view').collect();
      await session.sql('DROP TABLE truncated').collect();
    }
  });
});

describe('TIME', () => {
  test('comes back from files of Parquet, JSON and CSV and from rows', async () => {
    const rows = session.createDataFrame([{ t: '12:34:56.789' }, { t: null }], 't TIME(3)');
    expect(await rows.collect()).toEqual([{ t: '12:34:56.789' }, { t: null }]);
    for (const format of ['parquet', 'json', 'csv']) {
      await session.sql(`CREATE TABLE times_${format} (t TIME(3), n INT) USING ${format}`).collect();
      try {
        await session.sql(`INSERT INTO times_${format} VALUES (TIME'12:34:56.789', 1), (TIME'00:00', 2)`).collect();
        expect(await valuesOf(`SELECT t FROM times_${format} WHERE t > TIME'10:00'`), format).toEqual([
          ['12:34:56.789'],
        ]);
      } finally {
        await session.sql(`DROP TABLE times_${format}`).collect();
      }
    }
  });
});
