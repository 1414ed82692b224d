/** Functions of users over rows: the same over bounded rows and over streams, with errors that name the function. */
import { describe, expect, expectTypeOf, it } from 'vitest';
import { MillraceError, functions as F } from '../../src/index.ts';
import type { DataFrame } from '../../src/index.ts';
import { addData, checkAnswer, createTestSession, expectError, testStream } from '../../src/testing/index.ts';

const session = createTestSession();
const SCHEMA = 'user STRING, n BIGINT';
const ROWS = [
  { user: 'a', n: 1 },
  { user: 'b', n: 2 },
  { user: null, n: null },
];
const frame = session.createDataFrame(ROWS, SCHEMA);

describe('functions over rows', () => {
  it('map makes a row of each row', async () => {
    const mapped = frame.map(
      (row) => ({ name: row.user?.toUpperCase() ?? '-', next: (row.n ?? 0n) + 1n }),
      'name STRING, next BIGINT',
    );
    expectTypeOf(mapped.collect()).resolves.toEqualTypeOf<{ name: string | null; next: bigint | null }[]>();
    expect(await mapped.collect()).toEqual([
      { name: 'A', next: 2n },
      { name: 'B', next: 3n },
      { name: '-', next: 1n },
    ]);
  });

  it('flatMap makes any number of rows, mapPartitions of many rows at once', async () => {
    const repeated = frame.flatMap(
      (row) => Array.from({ length: Number(row.n ?? 0) }, () => ({ user: row.user })),
      'user STRING',
    );
    expect(await repeated.collect()).toEqual([{ user: 'a' }, { user: 'b' }, { user: 'b' }]);
    const sums = frame.mapPartitions(function* (rows) {
      let sum = 0n;
      for (const { n } of rows) sum += n ?? 0n;
      yield { sum };
    }, 'sum BIGINT');
    expect(await sums.collect()).toEqual([{ sum: 3n }]);
  });

  it('filter keeps rows by a function and passes them on unchanged', async () => {
    const filtered = frame.filter((row) => row.n !== null).filter(F.col('n').gt(1));
    expect(await filtered.collect()).toEqual([{ user: 'b', n: 2n }]);
    expect(await frame.filter(() => false).collect()).toEqual([]);
    expect(await frame.filter(() => true).count()).toBe(3n);
  });

  it('run on streams', async () => {
    const input = session.memoryStream(SCHEMA);
    const doubled = input
      .toDF()
      .filter((row) => row.n !== null)
      .map((row) => ({ user: row.user, n: (row.n ?? 0n) * 2n }), SCHEMA);
    await testStream(
      doubled,
      'append',
      addData(input, ['a', 1], ['b', null]),
      checkAnswer(['a', 2n]),
      addData(input, ['c', 5]),
      checkAnswer(['a', 2n], ['c', 10n]),
    );
  });

  it('keep the watermark of a filtered stream, so that a window may follow', async () => {
    const input = session.memoryStream('time TIMESTAMP, n BIGINT');
    const counts = input
      .toDF()
      .withWatermark('time', '0 seconds')
      .filter((row) => row.n !== 0n)
      .groupBy(F.window('time', '10 seconds'))
      .count()
      .select('count');
    await testStream(
      counts,
      'append',
      addData(input, ['2026-01-01T00:00:01Z', 1], ['2026-01-01T00:00:02Z', 0]),
      addData(input, ['2026-01-01T00:00:20Z', 1]),
      checkAnswer([1n]),
    );
  });

  it('take rows as objects or in column order, and refuse what is no row', async () => {
    expect(
      await frame
        .limit(1)
        .map(() => ['x'] as never, 'name STRING')
        .collect(),
    ).toEqual([{ name: 'x' }]);
    await expect(frame.map(() => 7 as never, 'name STRING').collect()).rejects.toMatchObject({
      condition: 'INVALID_ROW_VALUE',
    });
    const bad = frame.map(() => ({ n: 'seven' }) as never, 'n BIGINT').collect();
    await expect(bad).rejects.toMatchObject({ condition: 'INVALID_ROW_VALUE', parameters: { columnName: '`n`' } });
  });

  it('that throw end the query with an error that names them', async () => {
    const failing = frame.map((): { n: bigint } => {
      throw new RangeError('no more');
    }, 'n BIGINT');
    const error = await failing.collect().catch((cause: unknown) => cause);
    expect(error).toBeInstanceOf(MillraceError);
    expect(error).toMatchObject({
      condition: 'USER_FUNCTION_ERROR',
      parameters: { function: 'map', reason: 'RangeError: no more' },
      cause: expect.any(RangeError) as RangeError,
    });
    const input = session.memoryStream(SCHEMA);
    const stream = input.toDF().filter((row): boolean => {
      throw new Error(`bad ${row.user}`);
    });
    await testStream(stream, 'append', addData(input, ['a', 1]), expectError('USER_FUNCTION_ERROR'));
  });

  it('are seen in the plans', () => {
    const plans = frame
      .filter(() => true)
      .map((row) => row, SCHEMA)
      .explainString(true);
    for (const line of ["'MapPartitions map", 'TypedFilter', 'a function over rows, on the coordinator'])
      expect(plans).toContain(line);
  });

  it('see all columns, though only some are used later', async () => {
    const wide: DataFrame = session.createDataFrame([{ a: 1, b: 2, c: 3 }], 'a INT, b INT, c INT');
    const row: unknown[] = [];
    await wide
      .filter((one) => row.push(one) > 0)
      .select('a')
      .collect();
    expect(row).toEqual([{ a: 1, b: 2, c: 3 }]);
  });
});
