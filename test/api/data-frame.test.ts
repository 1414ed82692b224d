/** DataFrames over rows in memory: actions, rows and their types. */
import { describe, expect, expectTypeOf, it } from 'vitest';
import { functions as F } from '../../src/index.ts';
import { createTestSession } from '../../src/testing/index.ts';

const lines: string[] = [];
const session = createTestSession({ printLine: (line) => void lines.push(line) });
const people = session.createDataFrame(
  [
    { id: 1, name: 'Ann' },
    { id: 2, name: null },
    { id: 3, name: 'Bo' },
  ],
  'id INT, name STRING',
);

describe('actions', () => {
  it('collect, take, first and head give rows in order', async () => {
    expect(await people.collect()).toEqual([
      { id: 1, name: 'Ann' },
      { id: 2, name: null },
      { id: 3, name: 'Bo' },
    ]);
    expect(await people.take(1)).toEqual([{ id: 1, name: 'Ann' }]);
    expect(await people.where(F.col('id').gt(9)).first()).toBeUndefined();
  });

  it('count and isEmpty look at the rows', async () => {
    expect(await people.count()).toBe(3n);
    expect(await people.limit(0).isEmpty()).toBe(true);
  });

  it('foreach visits the rows one after the other', async () => {
    const ids: unknown[] = [];
    await people.foreach(async (row) => void ids.push(row.id));
    expect(ids).toEqual([1, 2, 3]);
  });

  it('show prints a table, toJSON leaves out nulls', async () => {
    lines.length = 0;
    await people.limit(1).show();
    expect(lines.join('\n')).toContain('|  1| Ann|');
    expect(await people.toJSON().collect()).toEqual(['{"id":1,"name":"Ann"}', '{"id":2}', '{"id":3,"name":"Bo"}']);
  });

  it('columns, schema text and plans need no action', () => {
    lines.length = 0;
    people.printSchema();
    expect(people.columns).toEqual(['id', 'name']);
    expect(lines.join('\n')).toContain('|-- name: string (nullable = true)');
    expect(people.select('id').explainString('extended')).toContain('== Optimized Logical Plan ==');
  });
});

describe('transformations', () => {
  it('add, replace, rename and drop columns', () => {
    const changed = people.withColumn('next', F.col('id').plus(1)).withColumnRenamed('name', 'who').drop('id');
    expect(changed.columns).toEqual(['who', 'next']);
  });

  it('union by position, unionByName by name', async () => {
    const other = session.createDataFrame([{ name: 'Cy', id: 4 }], 'name STRING, id INT');
    expect(await people.unionByName(other).where(F.col('id').eq(4)).collect()).toEqual([{ id: 4, name: 'Cy' }]);
  });

  it('range, orderBy and distinct', async () => {
    const doubled = session.range(3).union(session.range(3)).distinct().orderBy(F.col('id').desc());
    expect(await doubled.collect()).toEqual([{ id: 2n }, { id: 1n }, { id: 0n }]);
  });

  it('a temp view is found by any spelling of its name and replaced by the next', async () => {
    people.createOrReplaceTempView('People');
    people.limit(1).createOrReplaceTempView('people');
    expect(await session.table('PEOPLE').count()).toBe(1n);
  });
});

describe('row types', () => {
  it('follow from a schema written as a literal', () => {
    expectTypeOf(people.collect()).resolves.toEqualTypeOf<{ id: number | null; name: string | null }[]>();
    const longs = session.createDataFrame([], 'n BIGINT NOT NULL');
    expectTypeOf(longs.collect()).resolves.toEqualTypeOf<{ n: bigint }[]>();
  });

  it('know the names of the columns', () => {
    // @ts-expect-error -- a misspelt column does not compile
    expect(() => people.select('nme')).toThrow('UNRESOLVED_COLUMN');
  });
});
