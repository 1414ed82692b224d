import { describe, expect, test } from 'vitest';
import { MillraceError, MillraceSession, functions as F } from '../../src/index.ts';

function session(): MillraceSession {
  return MillraceSession.builder().config('spark.sql.session.timeZone', 'UTC').create();
}

async function failureOf(action: () => Promise<unknown>): Promise<MillraceError> {
  try {
    await action();
  } catch (error) {
    if (error instanceof MillraceError) return error;
    throw error;
  }
  throw new TypeError('nothing failed');
}

const sumAndCount = {
  init: () => ({ sum: 0, n: 0 }),
  update: (buffer: { sum: number; n: number }, value: unknown) =>
    value === null ? buffer : { sum: buffer.sum + Number(value), n: buffer.n + 1 },
  merge: (a: { sum: number; n: number }, b: { sum: number; n: number }) => ({ sum: a.sum + b.sum, n: a.n + b.n }),
  finish: (buffer: { sum: number; n: number }) => (buffer.n === 0 ? null : buffer.sum / buffer.n),
};
const AVERAGE = { bufferType: 'sum DOUBLE, n INT', returnType: 'DOUBLE' } as const;

describe('functions of one row', () => {
  test('are called with the values of rows, nulls included, and give values of their type', async () => {
    const s = session();
    const plusOne = F.udf((x: number | null) => (x === null ? -1 : x + 1), 'INT');
    const df = s.createDataFrame([{ a: 1 }, { a: null }], 'a INT');
    expect(await df.select(plusOne('a').as('b')).collect()).toEqual([{ b: 2 }, { b: -1 }]);
  });

  test('get and give nested values and dates as rows hold them', async () => {
    const s = session();
    s.udf.register(
      'swap',
      (pair: { x: number; y: string }) => ({ y: [pair.y, String(pair.x)], x: new Map([[pair.y, pair.x]]) }),
      'y ARRAY<STRING>, x MAP<STRING, INT>',
    );
    const rows = await s.sql("SELECT swap(named_struct('x', 1, 'y', 'a')) AS r").collect();
    expect(rows).toEqual([{ r: { y: ['a', '1'], x: new Map([['a', 1]]) } }]);
  });

  test('are found by name in SQL, in expr and in conditions, in any letter case', async () => {
    const s = session();
    s.udf.register('isOdd', (x: bigint) => x % 2n === 1n, 'BOOLEAN');
    expect(await s.sql('SELECT id FROM range(5) WHERE ISODD(id)').collect()).toEqual([{ id: 1n }, { id: 3n }]);
    expect(await s.range(0, 2).select(F.expr('isOdd(id + 1)').as('x')).collect()).toEqual([{ x: true }, { x: false }]);
    expect(s.sql('SELECT isOdd(id) FROM range(1)').columns).toEqual(['isOdd(id)']);
  });

  test('do not hide built-in functions and are unknown to other sessions', async () => {
    const s = session();
    s.udf.register('upper', () => 'mine', 'STRING');
    expect(await s.sql("SELECT upper('a') AS x").collect()).toEqual([{ x: 'A' }]);
    s.udf.register('only_here', () => 1, 'INT');
    expect((await failureOf(async () => session().sql('SELECT only_here()').collect())).condition).toBe(
      'UNRESOLVED_ROUTINE',
    );
  });

  test('that throw are FAILED_EXECUTE_UDF with name, types and reason', async () => {
    const s = session();
    s.udf.register(
      'bad',
      () => {
        throw new TypeError('no luck');
      },
      'INT',
    );
    const error = await failureOf(() => s.sql("SELECT bad(1, 'a')").collect());
    expect(error.condition).toBe('FAILED_EXECUTE_UDF');
    expect(error.parameters).toEqual({
      functionName: '`bad`',
      signature: 'int, string',
      result: 'int',
      reason: 'TypeError: no luck',
    });
    expect(error.cause).toBeInstanceOf(TypeError);
  });

  test('that give a wrong value or a promise are FAILED_EXECUTE_UDF too', async () => {
    const s = session();
    s.udf.register('text', () => 'x', 'INT');
    s.udf.register('late', () => Promise.resolve(1), 'INT');
    expect((await failureOf(() => s.sql('SELECT text()').collect())).condition).toBe('FAILED_EXECUTE_UDF');
    expect((await failureOf(() => s.sql('SELECT late()').collect())).parameters).toMatchObject({
      reason: 'it returned a promise; a function that does is made with options, as udf(fn, type, {})',
    });
  });

  test('that are not deterministic are called for every row', async () => {
    const s = session();
    let calls = 0;
    const next = F.udf(() => ++calls, 'INT').asNondeterministic();
    const rows = await s
      .createDataFrame([{ t: 'a' }, { t: 'a' }], 't STRING')
      .select(next('t').as('n'))
      .collect();
    expect(rows).toEqual([{ n: 1 }, { n: 2 }]);
  });

  test('run in a stream, and beside worker threads in the process of the session', async () => {
    const s = MillraceSession.builder().master('local[2]').create();
    s.udf.register('twice', (x: number) => x * 2, 'INT');
    const input = s.memoryStream('a INT');
    input.addData({ a: 1 }, { a: 2 });
    const query = await input
      .toDF()
      .select(F.expr('twice(a)').as('b'))
      .writeStream.format('memory')
      .queryName('doubled')
      .start();
    await query.processAllAvailable();
    await query.stop();
    expect(await s.sql('SELECT b FROM doubled ORDER BY b').collect()).toEqual([{ b: 2 }, { b: 4 }]);
    await s.stop();
  });
});

describe('functions of many rows', () => {
  test('aggregate by group, in SQL and in the DataFrame API', async () => {
    const s = session();
    s.udf.register('my_avg', sumAndCount, AVERAGE);
    const rows = [
      { k: 'a', v: 1 },
      { k: 'a', v: 2 },
      { k: 'b', v: null },
    ];
    const df = s.createDataFrame(rows, 'k STRING, v INT');
    df.createOrReplaceTempView('t');
    const wanted = [
      { k: 'a', m: 1.5 },
      { k: 'b', m: null },
    ];
    expect(await s.sql('SELECT k, my_avg(v) AS m FROM t GROUP BY k ORDER BY k').collect()).toEqual(wanted);
    const average = F.udaf(sumAndCount, AVERAGE);
    expect(await df.groupBy('k').agg(average('v').as('m')).orderBy('k').collect()).toEqual(wanted);
  });

  test('need the type of what they keep', () => {
    const { udf } = session() as unknown as {
      readonly udf: { register(name: string, parts: object, type: string): unknown };
    };
    expect(() => udf.register('x', sumAndCount, 'DOUBLE')).toThrow(
      expect.objectContaining({ condition: 'INVALID_UDF_IMPLEMENTATION' }),
    );
  });
});

describe('functions that make rows', () => {
  test('stand in FROM, in LATERAL VIEW and in a select list', async () => {
    const s = session();
    s.udf.registerTable(
      'spans',
      function* (n: number) {
        for (let i = 0; i < n; i++) yield [i, `${i}-${i + 1}`];
      },
      'i INT, span STRING',
    );
    const wanted = [
      { i: 0, span: '0-1' },
      { i: 1, span: '1-2' },
    ];
    expect(await s.sql('SELECT * FROM spans(2)').collect()).toEqual(wanted);
    expect(await s.sql('SELECT spans(2)').collect()).toEqual(wanted);
    expect(await s.sql('SELECT n, i FROM VALUES (1), (2) AS t(n) LATERAL VIEW spans(n) v AS i, s').collect()).toEqual([
      { n: 1, i: 0 },
      { n: 2, i: 0 },
      { n: 2, i: 1 },
    ]);
  });

  test('that do not exist are refused by name', async () => {
    expect((await failureOf(async () => session().sql('SELECT * FROM no_such(1)').collect())).condition).toBe(
      'UNRESOLVABLE_TABLE_VALUED_FUNCTION',
    );
  });
});
