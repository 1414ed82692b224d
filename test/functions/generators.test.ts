/** The examples of the generators, and what they make of rows. Spark's answers are in test/spark (generator-*) and test/sql. */
import { describe, expect, test } from 'vitest';
import { functions as F } from '../../src/index.ts';
import { allFunctions } from '../../src/functions/registry.ts';
import { createTestSession } from '../../src/testing/index.ts';

const session = createTestSession();

describe('the example of', () => {
  test.for(allFunctions().generators.map(({ name, doc }) => [name, doc] as const))(
    '%s prints what its page says',
    async ([, doc]) => {
      const [row] = await session.sql(`SELECT ${doc.example}`).collect();
      expect(Object.values(row ?? {}).join(' ')).toBe(doc.result);
    },
  );
});

describe('a generator', () => {
  const rows = session.createDataFrame(
    [
      [1n, ['a', 'b']],
      [2n, []],
    ],
    'id BIGINT, words ARRAY<STRING>',
  );

  test('makes rows in the order of its input', async () => {
    expect(await rows.select('id', F.posexplode('words').as('at', 'word')).collect()).toEqual([
      { id: 1n, at: 0, word: 'a' },
      { id: 1n, at: 1, word: 'b' },
    ]);
  });

  test('of many rows is worked off in steps and loses none', async () => {
    const many = session.range(20_000n).select('id', F.explode(F.expr('array(id, id + 1, id + 2)')).as('x'));
    expect(await many.agg(F.count('*').as('n'), F.sum('x').as('s')).collect()).toEqual([
      { n: 60_000n, s: 600_030_000n },
    ]);
  });

  test('stands beside others, the first one outermost, and over the result of an aggregate', async () => {
    const both = rows.select(F.explode('words').as('a'), F.explode('words').as('b'));
    expect(await both.toJSON().collect()).toEqual(['aa', 'ab', 'ba', 'bb'].map(([a, b]) => JSON.stringify({ a, b })));
    const sets = rows.groupBy('id').agg(F.count('*').as('n'), F.explode(F.first('words')).as('word'));
    expect(await sets.where('n = 1').select('word').toJSON().collect()).toEqual(['{"word":"a"}', '{"word":"b"}']);
  });

  test('is refused inside an expression, in a filter, beside another over aggregates and with wrong names', () => {
    const conditions = [
      () => rows.select(F.expr('upper(explode(words))')),
      () => rows.where(F.expr("explode(words) = 'a'")),
      () => rows.agg(F.explode(F.first('words')), F.posexplode(F.first('words'))),
      () => rows.select(F.explode('words').as('a', 'b')),
      () => rows.select(F.upper(F.lit('x')).as('a', 'b')),
      () => rows.select(F.stack(F.lit(2), F.lit('a'), F.lit(1))),
      () => rows.select(F.json_tuple('id', 'a')),
    ].map((build) => {
      try {
        return build().columns.join();
      } catch (error) {
        return (error as { readonly condition?: string }).condition;
      }
    });
    expect(conditions).toEqual([
      'UNSUPPORTED_GENERATOR.NESTED_IN_EXPRESSIONS',
      'UNSUPPORTED_GENERATOR.OUTSIDE_SELECT',
      'UNSUPPORTED_GENERATOR.MULTI_GENERATOR',
      'UDTF_ALIAS_NUMBER_MISMATCH',
      'MULTI_ALIAS_WITHOUT_GENERATOR',
      'DATATYPE_MISMATCH.STACK_COLUMN_DIFF_TYPES',
      'DATATYPE_MISMATCH.NON_STRING_TYPE',
    ]);
  });
});
