/** Queries far larger than people write: an answer or a typed error, and nothing that grows with the square of the text. */
import { expect, test } from 'vitest';

import { MillraceError, MillraceSession } from '../../src/index.ts';

const session = MillraceSession.builder().config('spark.sql.session.timeZone', 'UTC').create();

const listOf = (count: number, item: (i: number) => string, separator = ', '): string =>
  Array.from({ length: count }, (_, i) => item(i)).join(separator);

async function valueOf(text: string): Promise<unknown> {
  const [row] = await session.sql(text).collect();
  return Object.values(row ?? {})[0];
}

test('an IN list of many values is looked up in a set', async () => {
  const numbers = listOf(10_000, (i) => String(i * 3));
  expect(await valueOf(`SELECT count(*) FROM range(100000) WHERE id IN (${numbers})`)).toBe(10_000n);
});

test('a long IN list follows the rules of a short one', async () => {
  const texts = listOf(30, (i) => `'k${i}'`);
  const test = (value: string, list: string): string =>
    `SELECT any_value(v IN (${list})) FROM (SELECT CAST(${value} AS STRING) AS v FROM range(3))`;
  expect(await valueOf(test("'k29'", texts))).toBe(true);
  expect(await valueOf(test("'x'", texts))).toBe(false);
  expect(await valueOf(test('NULL', texts))).toBe(null);
  expect(await valueOf(test("'x'", `${texts}, NULL`))).toBe(null);
  expect(await valueOf(test("'k0'", `NULL, ${texts}`))).toBe(true);
});

test('numbers of a long IN list are compared as one type', async () => {
  const numbers = listOf(30, (i) => `${i}.0`);
  expect(await valueOf(`SELECT count(*) FROM range(100) WHERE id IN (${numbers})`)).toBe(30n);
  const doubles = `double('NaN'), -0.0D, ${listOf(30, (i) => `${i + 5}D`)}`;
  expect(await valueOf(`SELECT count(*) FROM VALUES (double('NaN')), (0D), (1D) AS t(v) WHERE v IN (${doubles})`)).toBe(
    2n,
  );
});

test('a value of a long IN list that fails does so when a row is compared with it', async () => {
  const list = `${listOf(30, String)}, 1 div 0`;
  await expect(valueOf(`SELECT count(*) FROM range(40) WHERE id IN (${list})`)).rejects.toThrow('DIVIDE_BY_ZERO');
});

test('a CASE of many branches and a condition of many parts are interpreted', async () => {
  const branches = listOf(3000, (i) => `WHEN id = ${i} THEN ${i * 2}`, ' ');
  expect(await valueOf(`SELECT sum(CASE ${branches} END) FROM range(10)`)).toBe(90n);
  const conditions = listOf(3000, (i) => `id <> ${i * 2}`, ' AND ');
  expect(await valueOf(`SELECT count(*) FROM range(1000) WHERE ${conditions}`)).toBe(500n);
});

test('a CUBE of many columns has a group per set', async () => {
  const columns = listOf(11, (i) => `c${i}`);
  const text = `SELECT count(*) FROM (SELECT 1 FROM (SELECT ${listOf(11, (i) => `${i} AS c${i}`)}) GROUP BY CUBE (${columns}))`;
  expect(await valueOf(text)).toBe(2048n);
});

test.for([
  [
    'joins',
    `SELECT count(*) FROM range(2) t0 ${listOf(300, (i) => `JOIN range(2) t${i + 1} ON t${i + 1}.id = t${i}.id`, ' ')}`,
  ],
  [
    'names',
    `WITH c0 AS (SELECT 1)${listOf(3000, (i) => `, c${i + 1} AS (SELECT * FROM c${i})`, '')} SELECT * FROM c3000`,
  ],
])('a plan of very many %s is answered or refused by a typed error', async ([, text = '']) => {
  try {
    expect(await session.sql(text).collect()).toHaveLength(1);
  } catch (error) {
    expect(error).toBeInstanceOf(MillraceError);
    expect(error).toMatchObject({ condition: 'FAILED_TO_PARSE_TOO_COMPLEX' });
  }
});

test.for([
  ["repeat('a', 100000) RLIKE '(a+)+b'", false],
  ["regexp_replace(repeat('a', 30000), '(a*)*c', '') = repeat('a', 30000)", true],
  ["repeat('a', 20000) LIKE repeat('%a', 50) || '%b'", false],
  ["regexp_count(repeat('a', 20000), '(a|a)*$') > 0", true],
])('%s does not backtrack', async ([condition, expected]) => {
  expect(await valueOf(`SELECT ${condition}`)).toBe(expected);
});
