/** A filter below a select list, done in one step. */
import { describe, expect, it } from 'vitest';
import { MillraceSession } from '../../src/index.ts';

const session = MillraceSession.builder().appName('filter-project').getOrCreate();

async function rowsOf(sql: string): Promise<string[]> {
  return (await session.sql(sql).toJSON().collect()).map(String);
}

const TEXTS = `VALUES ('1', 1), ('x', 2), (NULL, 3), ('40', NULL), ('5', 5) AS t(s, n)`;

describe('a select list over a filter', () => {
  it('is computed for the rows that pass alone: others cannot fail', async () => {
    expect(await rowsOf(`SELECT int(s) + 1 AS a, n * 2 AS b FROM (${TEXTS}) WHERE s != 'x'`)).toEqual([
      '{"a":2,"b":2}',
      '{"a":41}',
      '{"a":6,"b":10}',
    ]);
    await expect(rowsOf(`SELECT int(s) FROM (${TEXTS}) WHERE n IS NOT NULL`)).rejects.toThrow(/CAST_INVALID_INPUT/);
  });

  it('divides by what the filter lets pass', async () => {
    expect(await rowsOf('SELECT 10 div (id - 2) AS q FROM range(5) WHERE id != 2')).toEqual([
      '{"q":-5}',
      '{"q":-10}',
      '{"q":10}',
      '{"q":5}',
    ]);
  });

  it('puts out constants, columns and texts as often as rows pass', async () => {
    expect(
      await rowsOf(`SELECT 7 AS c, s, CASE WHEN n > 1 THEN 'many' ELSE 'one' END AS t FROM (${TEXTS}) WHERE n < 3`),
    ).toEqual(['{"c":7,"s":"1","t":"one"}', '{"c":7,"s":"x","t":"many"}']);
  });

  it('is computed when all rows pass, and not at all when none does', async () => {
    expect(await rowsOf('SELECT id * 2 AS d FROM range(3) WHERE id >= 0')).toEqual(['{"d":0}', '{"d":2}', '{"d":4}']);
    expect(await rowsOf('SELECT id * 2 AS d FROM range(3) WHERE id > 9')).toEqual([]);
  });

  it('asks a random condition once per row', async () => {
    const rows = await rowsOf('SELECT id FROM range(2000) WHERE rand(3) < 0.5');
    expect(rows.length).toBeGreaterThan(800);
    expect(rows.length).toBeLessThan(1200);
  });

  it('shows both steps in explain', () => {
    const text = session.sql(`SELECT n + 1 AS m FROM (${TEXTS}) WHERE n > 1`).explainString();
    expect(text).toMatch(/Project[^\n]*\n[^\n]*Filter/);
  });
});
