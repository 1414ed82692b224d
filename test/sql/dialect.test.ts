/** Parts of the dialect that Spark's own SQL tests reach and the goldens do not. Expected values are Spark's. */
import { expect, test } from 'vitest';

import { MillraceError, MillraceSession } from '../../src/index.ts';

const session = MillraceSession.builder().config('spark.sql.session.timeZone', 'America/Los_Angeles').create();

async function rowsOf(text: string, within = session): Promise<unknown[][]> {
  return (await within.sql(text).collect()).map((row) => Object.values(row));
}

async function conditionOf(text: string): Promise<string> {
  try {
    await session.sql(text).collect();
  } catch (error) {
    if (error instanceof MillraceError) return error.condition;
    throw error;
  }
  return 'none';
}

const TABLE = 'VALUES (1, 4), (2, 3), (CAST(NULL AS INT), 5) AS t(a, b)';

test('ORDER BY ALL takes a direction and a place for nulls', async () => {
  const rows = async (suffix: string): Promise<unknown> =>
    (await rowsOf(`SELECT a, b FROM ${TABLE} ORDER BY ALL ${suffix}`)).map(([a]) => a);
  expect(await rows('')).toEqual([null, 1, 2]);
  expect(await rows('DESC')).toEqual([2, 1, null]);
  expect(await rows('DESC NULLS FIRST')).toEqual([null, 2, 1]);
  expect(await rows('ASC NULLS LAST')).toEqual([1, 2, null]);
});

test('operands of commutative operators may change places between GROUP BY and what is grouped', async () => {
  const grouped = `FROM ${TABLE} WHERE a IS NOT NULL GROUP BY a + b + 1, b * 2`;
  expect(await rowsOf(`SELECT 1 + b + a, 2 * b ${grouped} ORDER BY 2 * b`)).toEqual([
    [6, 6],
    [6, 8],
  ]);
  expect(await rowsOf(`SELECT count(*) ${grouped} HAVING 2 * b > 6`)).toEqual([[1n]]);
  expect(await conditionOf(`SELECT a - b FROM ${TABLE} GROUP BY b - a`)).toBe('MISSING_AGGREGATION');
});

test('a SELECT behind a pipe may group, and DROP may name the relation', async () => {
  expect(await rowsOf('SELECT 1 AS x, 2 AS y |> SELECT x, sum(y) AS s GROUP BY x')).toEqual([[1, 2n]]);
  expect(await rowsOf('SELECT 1 AS x, 2 AS y |> AS u |> DROP u.x')).toEqual([[2]]);
  expect(await rowsOf('SELECT 1 AS x |> SELECT ALL x')).toEqual([[1]]);
});

test('! is NOT behind IS', async () => {
  expect(await rowsOf('SELECT 1 IS ! NULL, false IS ! TRUE')).toEqual([[true, true]]);
});

test('units of dates stand without quotes', async () => {
  expect(await rowsOf("SELECT timediff(HOUR, TIMESTAMP'2024-01-01 00:00:00', TIMESTAMP'2024-01-02 01:00:00')")).toEqual(
    [[25n]],
  );
  for (const call of ["timediff('HOUR', now(), now())", "dateadd('DAY', 1, now())", "timestampadd('DAY', 1, now())"])
    expect(await conditionOf(`SELECT ${call}`)).toBe('INVALID_PARAMETER_VALUE.DATETIME_UNIT');
});

test('two calls that draw values in a row draw different ones', async () => {
  expect(await rowsOf('SELECT uuid() <> uuid(), rand() <> rand(), rand(3) = rand(3)')).toEqual([[true, true, true]]);
});

test('the user is that of the process', async () => {
  const [[user, isSame] = []] = await rowsOf('SELECT current_user(), current_user() = user()');
  expect(user).toMatch(/./);
  expect(isSame).toBe(true);
});

test('TIMESTAMP may mean a time without a zone', async () => {
  const local = MillraceSession.builder().config('spark.sql.timestampType', 'TIMESTAMP_NTZ').create();
  const { schema } = local.sql("SELECT TIMESTAMP'2024-01-01 00:00:00' AS a, to_timestamp('2024-01-01') AS b");
  expect(schema.fields.map(({ dataType }) => dataType.kind)).toEqual(['timestamp_ntz', 'timestamp_ntz']);
  expect(
    await rowsOf("SELECT make_timestamp(2024, 1, 2, 3, 4, 5) = TIMESTAMP_NTZ'2024-01-02 03:04:05'", local),
  ).toEqual([[true]]);
  const wrong = MillraceSession.builder().config('spark.sql.timestampType', 'TIMESTAMP').create();
  expect(() => wrong.sql('SELECT 1')).toThrow('spark.sql.timestampType');
});

test('the time zone may be an interval', async () => {
  const other = MillraceSession.builder().create();
  expect(await rowsOf("SET TIME ZONE INTERVAL '-08:30' HOUR TO MINUTE", other)).toEqual([
    ['spark.sql.session.timeZone', '-08:30'],
  ]);
  expect(await conditionOf('SET TIME ZONE INTERVAL 19 HOURS')).toBe(
    'INVALID_INTERVAL_FORMAT.TIMEZONE_INTERVAL_OUT_OF_RANGE',
  );
});

test('buckets of days begin at midnight of the local clock', async () => {
  const bucket = (size: string, time: string): string =>
    `SELECT CAST(time_bucket(INTERVAL ${size}, TIMESTAMP'${time}') AS STRING)`;
  expect(await rowsOf(bucket("'1' DAY", '2024-03-10 12:00:00'))).toEqual([['2024-03-10 00:00:00']]);
  expect(await rowsOf(bucket("'1' DAY", '2024-11-03 12:00:00'))).toEqual([['2024-11-03 00:00:00']]);
  expect(await rowsOf(bucket("'2' MONTH", '2024-04-03 12:00:00'))).toEqual([['2024-03-01 00:00:00']]);
});

test.for([
  ["time_bucket(INTERVAL '0' SECOND, now())", 'DATATYPE_MISMATCH.VALUE_OUT_OF_RANGE'],
  ["time_bucket(INTERVAL '-1' MONTH, now())", 'DATATYPE_MISMATCH.VALUE_OUT_OF_RANGE'],
  ["time_bucket(INTERVAL '1' DAY, DATE'2024-01-01')", 'DATATYPE_MISMATCH.UNEXPECTED_INPUT_TYPE'],
  [
    "time_bucket(INTERVAL '1' DAY, now(), TIMESTAMP_NTZ'2024-01-01 00:00:00')",
    'DATATYPE_MISMATCH.UNEXPECTED_INPUT_TYPE',
  ],
  ["time_bucket(INTERVAL '1' DAY * a, now())", 'DATATYPE_MISMATCH.NON_FOLDABLE_INPUT'],
  ["time_bucket(INTERVAL '1' DAY, now(), now() - INTERVAL '1' DAY * a)", 'DATATYPE_MISMATCH.NON_FOLDABLE_INPUT'],
  ["mask('aB', 'XY')", 'DATATYPE_MISMATCH.INPUT_SIZE_NOT_ONE'],
  ["mask('aB', CAST(a AS STRING))", 'DATATYPE_MISMATCH.NON_FOLDABLE_INPUT'],
  ['percentile(a, array(0.25, NULL))', 'DATATYPE_MISMATCH.UNEXPECTED_INPUT_TYPE'],
  ['transform(array(1), x -> x, y -> y)', 'WRONG_NUM_ARGS.WITHOUT_SUGGESTION'],
  ['mode(DISTINCT a)', 'INVALID_WITHIN_GROUP_EXPRESSION.DISTINCT_UNSUPPORTED'],
  ['mode(a) WITHIN GROUP (ORDER BY b)', 'INVALID_WITHIN_GROUP_EXPRESSION.WRONG_NUM_ORDERINGS'],
  ['mode()', 'INVALID_WITHIN_GROUP_EXPRESSION.WITHIN_GROUP_MISSING'],
  ['percentile_cont(0.5)', 'INVALID_WITHIN_GROUP_EXPRESSION.WITHIN_GROUP_MISSING'],
  ['median(a) OVER (ORDER BY b)', 'INVALID_WINDOW_SPEC_FOR_AGGREGATION_FUNC'],
])('%s is %s', async ([expression = '', condition]) => {
  expect(await conditionOf(`SELECT ${expression} FROM ${TABLE}`)).toBe(condition);
});

test('functions over ordered groups keep their text over windows', () => {
  const text = `SELECT percentile_disc(0.5) WITHIN GROUP (ORDER BY a) OVER (PARTITION BY b) FROM ${TABLE}`;
  expect(session.sql(text).columns[0]).toMatch(/^percentile_disc\(0\.5\) WITHIN GROUP \(ORDER BY a\) OVER \(PARTITION/);
});

test('regular expressions: the position cuts the text, an empty match is none, an empty pattern splits characters', async () => {
  const text = String.raw`SELECT regexp_replace('healthy, wealthy', '\\w+thy', 'x', 2), regexp_replace('aa', '^a', 'x', 2),
    regexp_substr('ab', ''), regexp_substr('ab', 'b'), regexp_instr('abc', 'c', 0)`;
  expect(await rowsOf(text)).toEqual([['hx, x', 'ax', null, 'b', 3]]);
  expect(await rowsOf("SELECT split('abc', '', 2), split('abc', ''), split('', '')")).toEqual([
    [['a', 'bc'], ['a', 'b', 'c'], ['']],
  ]);
});

test('several variables are declared at once, and set to their default again', async () => {
  const other = MillraceSession.builder().create();
  await rowsOf('DECLARE VARIABLE v1, v2 INT DEFAULT 3', other);
  await rowsOf('SET VAR v1 = 5, v2 = 6', other);
  await rowsOf('SET VAR v1 = DEFAULT', other);
  expect(await rowsOf('SELECT v1, v2', other)).toEqual([[3, 6]]);
  await rowsOf('DROP TEMPORARY VARIABLE v1', other);
  expect(() => other.sql('DROP TEMPORARY VARIABLE v1')).toThrow('VARIABLE_NOT_FOUND');
  expect(() => other.sql('DECLARE VARIABLE v3, v2 INT')).toThrow('VARIABLE_ALREADY_EXISTS');
  expect(() => other.sql("DECLARE VARIABLE v4 INT DEFAULT 'a'")).toThrow('CAST_INVALID_INPUT');
});

test('range takes constants that can be whole numbers', async () => {
  expect(await rowsOf('SELECT count(*) FROM range(6 + cos(3))')).toEqual([[5n]]);
  expect(await rowsOf("SELECT max(id) FROM range(0, '10', 3.7D)")).toEqual([[9n]]);
});

test.for([
  ['range()', 'WRONG_NUM_ARGS.WITHOUT_SUGGESTION'],
  ['range(1, NULL)', 'UNEXPECTED_INPUT_TYPE'],
  ['range(array(1))', 'UNEXPECTED_INPUT_TYPE'],
  ['range(0, 5, 0)', 'FAILED_FUNCTION_CALL'],
])('FROM %s is %s', async ([call = '', condition]) => {
  expect(await conditionOf(`SELECT * FROM ${call}`)).toBe(condition);
});

test('times may be words', async () => {
  const text = `SELECT DATE'epoch', DATE'tomorrow' - DATE'yesterday' = INTERVAL '2' DAY, TIMESTAMP'today' <= TIMESTAMP'now',
    TIMESTAMP'epoch' = timestamp_seconds(0), CAST(TIMESTAMP_NTZ'epoch' AS STRING)`;
  expect(await rowsOf(text)).toEqual([['1970-01-01', true, true, true, '1970-01-01 00:00:00']]);
});

test('defaults are shown in the type they have', () => {
  expect(session.sql("SELECT lpad(X'01', 2), rpad('a', 2)").columns).toEqual([
    "lpad(X'01', 2, X'00')",
    'rpad(a, 2,  )',
  ]);
  const bucket = "time_bucket(INTERVAL '1' MONTH, TIMESTAMP_NTZ '2024-03-15 00:00:00'";
  expect(session.sql(`SELECT ${bucket})`).columns).toEqual([`${bucket}, TIMESTAMP_NTZ '1970-01-01 00:00:00')`]);
});

test('variances add up in the order of Spark', async () => {
  const text = 'SELECT var_pop(v) FROM VALUES (470), (170), (430), (300) AS t(v)';
  expect(await rowsOf(text)).toEqual([[13868.750000000002]]);
});
