/** INTERSECT, EXCEPT and samples: their rows, their types and what is refused. Spark's verdicts over streams are in test/spark/matrix.json. */
import { describe, expect, it } from 'vitest';
import { createTestSession } from '../../src/testing/index.ts';
import { toDdl } from '../../src/types/schema.ts';
import { conditionOf } from './condition-of.ts';

const session = createTestSession();
const left = session.createDataFrame([{ a: 1 }, { a: 1 }, { a: null }, { a: null }, { a: 3 }], 'a INT');
const right = session.createDataFrame([{ b: 1n }, { b: null }, { b: 4n }], 'b BIGINT');

describe('a set operation', () => {
  it('takes nulls for equal and puts out each row once', async () => {
    expect(await left.intersect(right).collect()).toEqual([{ a: 1n }, { a: null }]);
    expect(await left.except(right).collect()).toEqual([{ a: 3n }]);
  });

  it('over all rows counts them', async () => {
    expect(await left.intersectAll(left).count()).toBe(5n);
    expect(await left.intersectAll(right).collect()).toEqual([{ a: 1n }, { a: null }]);
    expect(await left.exceptAll(right).collect()).toEqual([{ a: 1n }, { a: null }, { a: 3n }]);
  });

  it('has the columns of the left side in a type that holds both', () => {
    expect(toDdl(left.except(right).schema)).toBe('a BIGINT');
    expect(conditionOf(() => left.intersect(right.select('b', 'b')))).toBe('NUM_COLUMNS_MISMATCH');
  });
});

describe('a sample', () => {
  it('draws about the fraction of the rows', async () => {
    const rows = await session.range(1000n).sample(0.3, 5).collect();
    expect(rows.length).toBeGreaterThan(200);
    expect(rows.length).toBeLessThan(400);
  });
});
