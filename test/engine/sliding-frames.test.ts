import { describe, expect, test } from 'vitest';
import { MillraceSession } from '../../src/index.ts';

const session = MillraceSession.builder().config('spark.sql.session.timeZone', 'UTC').create();
const NUM_ROWS = 300;

interface Row {
  readonly id: bigint;
  readonly v: number | null;
  readonly d: number | null;
  readonly s: string;
}

session.range(0, NUM_ROWS).createOrReplaceTempView('ids');
session.sql(
  `CREATE TEMP VIEW rows AS SELECT id, nullif(CAST(id * 7919 % 101 AS INT) - 50, 0) AS v,
     CASE WHEN id % 37 = 5 THEN double('NaN') ELSE (id * 7919 % 101 - 50) * 0.1D END AS d, concat('s', id * 31 % 17) AS s FROM ids`,
);

const frames: readonly (readonly [string, number, number])[] = [
  ['ROWS BETWEEN 7 PRECEDING AND CURRENT ROW', -7, 0],
  ['ROWS BETWEEN 20 PRECEDING AND 33 FOLLOWING', -20, 33],
  ['ROWS BETWEEN 5 FOLLOWING AND 12 FOLLOWING', 5, 12],
  ['ROWS BETWEEN 200 PRECEDING AND 100 PRECEDING', -200, -100],
];

/** The rows of each frame, in the order of ids. */
function framesOf(rows: readonly Row[], lower: number, upper: number): (readonly Row[])[] {
  return rows.map((_, i) => rows.slice(Math.max(0, i + lower), Math.max(0, i + upper + 1)));
}

async function over(frame: string, call: string): Promise<unknown[]> {
  const rows = await session.sql(`SELECT ${call} OVER (ORDER BY id ${frame}) AS x FROM rows ORDER BY id`).collect();
  return rows.map((row) => (row as { readonly x: unknown }).x);
}

const numbersOf = (rows: readonly Row[], name: 'v' | 'd'): number[] =>
  rows.map((row) => row[name]).filter((value) => value !== null);

describe('sliding frames give what adding row by row gives', () => {
  const all = async (): Promise<readonly Row[]> =>
    (await session.sql('SELECT * FROM rows ORDER BY id').collect()) as unknown as readonly Row[];
  const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);

  test.for(frames)('%s', async ([frame, lower, upper]) => {
    const expected = framesOf(await all(), lower, upper);
    const when = <T>(make: (values: number[], rows: readonly Row[]) => T, name: 'v' | 'd' = 'v'): (T | null)[] =>
      expected.map((rows) => {
        const values = numbersOf(rows, name);
        return values.length === 0 ? null : make(values, rows);
      });
    expect(await over(frame, 'sum(v)')).toEqual(when((values) => BigInt(sum(values))));
    expect(await over(frame, 'avg(v)')).toEqual(when((values) => sum(values) / values.length));
    expect(await over(frame, 'sum(d)')).toEqual(when((values) => sum(values), 'd'));
    expect(await over(frame, 'min(v)')).toEqual(when((values) => Math.min(...values)));
    expect(await over(frame, 'max(d)')).toEqual(
      when((values) => (values.some(Number.isNaN) ? Number.NaN : Math.max(...values)), 'd'),
    );
    expect(await over(frame, 'count(v)')).toEqual(expected.map((rows) => BigInt(numbersOf(rows, 'v').length)));
    expect(await over(frame, 'min(s)')).toEqual(expected.map((rows) => rows.map(({ s }) => s).toSorted()[0] ?? null));
    expect(await over(frame, 'collect_list(s)')).toEqual(expected.map((rows) => rows.map(({ s }) => s)));
    expect(await over(frame, 'max_by(id, s)')).toEqual(
      expected.map(
        (rows) =>
          rows.reduce((best: Row | null, row) => (best === null || row.s >= best.s ? row : best), null)?.id ?? null,
      ),
    );
  });

  test('in frames of ranges, with peers', async () => {
    const rows = await session
      .sql(
        `SELECT sum(v) OVER (ORDER BY k RANGE BETWEEN 3 PRECEDING AND 5 FOLLOWING) AS x
         FROM (SELECT CAST(id DIV 4 AS INT) AS k, id AS v FROM ids) ORDER BY v`,
      )
      .collect();
    const ids = Array.from({ length: NUM_ROWS }, (_, i) => i);
    const expected = ids.map((id) => {
      const k = Math.floor(id / 4);
      return BigInt(sum(ids.filter((other) => Math.floor(other / 4) >= k - 3 && Math.floor(other / 4) <= k + 5)));
    });
    expect(rows.map((row) => (row as { readonly x: unknown }).x)).toEqual(expected);
  });

  test('and overflow where that does', async () => {
    const query = (first: string): string =>
      `SELECT sum(v) OVER (ORDER BY id ROWS BETWEEN 9 PRECEDING AND CURRENT ROW) AS x
       FROM (SELECT id, CASE id WHEN 50 THEN ${first} WHEN 51 THEN 1L WHEN 52 THEN -1L ELSE 0L END AS v FROM ids)`;
    await expect(session.sql(query('9223372036854775807L')).collect()).rejects.toMatchObject({
      condition: 'ARITHMETIC_OVERFLOW',
    });
    expect(await session.sql(query('9223372036854775806L')).collect()).toHaveLength(NUM_ROWS);
  });
});
