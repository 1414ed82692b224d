/** What joins resolve to: columns of both sides, merged columns, and what is refused. */
import { describe, expect, it } from 'vitest';
import { functions as F } from '../../src/index.ts';
import type { DataFrame } from '../../src/index.ts';
import { createTestSession } from '../../src/testing/index.ts';
import { toDdl } from '../../src/types/schema.ts';
import { refused } from './condition-of.ts';

const session = createTestSession();
const users = session.createDataFrame([], 'id INT NOT NULL, name STRING') as unknown as DataFrame;
const orders = session.createDataFrame([], 'id INT NOT NULL, total BIGINT') as unknown as DataFrame;

describe('a join', () => {
  it('puts out the columns of both sides, those without a partner nullable', () => {
    const ddl = (how: string): string =>
      toDdl(users.alias('u').join(orders.alias('o'), F.expr('u.id = o.id'), how).schema);
    expect(ddl('inner')).toBe('id INT NOT NULL,name STRING,id INT NOT NULL,total BIGINT');
    expect(ddl('left_outer')).toBe('id INT NOT NULL,name STRING,id INT,total BIGINT');
    expect(ddl('right')).toBe('id INT,name STRING,id INT NOT NULL,total BIGINT');
    expect(ddl('full')).toBe('id INT,name STRING,id INT,total BIGINT');
    expect(ddl('left_anti')).toBe('id INT NOT NULL,name STRING');
  });

  it('over names puts them out once, from the side that always has a row', () => {
    expect(users.join(orders, 'id').columns).toEqual(['id', 'name', 'total']);
    expect(users.join(orders, ['id'], 'full').columns).toEqual(['id', 'name', 'total']);
    expect(users.join(orders, 'id', 'leftsemi').columns).toEqual(['id', 'name']);
  });

  it('may read one table twice, told apart by aliases', () => {
    const twice = users.alias('a').join(users.alias('b'), F.expr('a.id = b.id'));
    expect(twice.select('a.name', 'b.id').columns).toEqual(['name', 'id']);
    expect(refused(() => twice.select('name')).condition).toBe('AMBIGUOUS_REFERENCE');
  });

  it('is printed by explain with type and condition', () => {
    const text = users.alias('u').join(orders.alias('o'), F.expr('u.id = o.id'), 'left').explainString(true);
    expect(text).toContain('Join LeftOuter, (id = id)');
    expect(text).toContain('HashJoin LeftOuter, keys=[id = id]');
  });

  it('of SQL is the same plan', () => {
    users.createOrReplaceTempView('users');
    orders.createOrReplaceTempView('orders');
    expect(session.sql('SELECT * FROM users LEFT JOIN orders USING (id)').columns).toEqual(['id', 'name', 'total']);
    expect(session.sql('SELECT name FROM users u, orders o WHERE u.id = o.id').explainString()).toContain('HashJoin');
  });
});

describe('a join is refused', () => {
  it('of a type that does not exist', () => {
    expect(refused(() => users.join(orders, 'id', 'sideways')).condition).toBe('UNSUPPORTED_JOIN_TYPE');
  });

  it('over a name one side has not, with the names it has', () => {
    const error = refused(() => users.join(orders, 'name'));
    expect(error.condition).toBe('UNRESOLVED_USING_COLUMN_FOR_JOIN');
    expect(error.parameters).toMatchObject({ colName: '`name`', side: 'right', suggestion: '`id`, `total`' });
  });

  it('with a condition that is no truth value', () => {
    const error = refused(() => users.join(orders, F.expr('name')));
    expect(error.condition).toBe('JOIN_CONDITION_IS_NOT_BOOLEAN_TYPE');
  });

  it('with a column that both sides have', () => {
    expect(refused(() => users.join(orders, F.expr('id = id'))).condition).toBe('AMBIGUOUS_REFERENCE');
  });
});
