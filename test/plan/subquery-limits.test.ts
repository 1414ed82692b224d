/** What subqueries, recursive queries and other clauses refuse, beside the goldens. */
import { expect, test } from 'vitest';

import { MillraceSession } from '../../src/index.ts';

const session = MillraceSession.builder().config('spark.sql.session.timeZone', 'UTC').create();

test('a recursion without an end is stopped by its depth', async () => {
  const text = 'WITH RECURSIVE r AS (SELECT 1 AS n UNION ALL SELECT n + 1 FROM r) SELECT * FROM r';
  await expect(session.sql(text).collect()).rejects.toMatchObject({ condition: 'RECURSION_LEVEL_LIMIT_EXCEEDED' });
});

test('a recursion that doubles its rows is stopped by their number', async () => {
  const text =
    'WITH RECURSIVE r AS (SELECT 1 AS n UNION ALL SELECT n + 1 FROM r, (VALUES (1), (2), (3), (4)) AS x) SELECT count(*) FROM r';
  await expect(session.sql(text).collect()).rejects.toMatchObject({ condition: 'RECURSION_ROW_LIMIT_EXCEEDED' });
});

test('outer columns in a full outer join of a subquery are refused', () => {
  const text =
    'SELECT (SELECT max(b) FROM (SELECT 1 AS a) FULL JOIN (SELECT 2 AS b) ON a = b + x) FROM (SELECT 3 AS x)';
  const query = session.sql(text);
  expect(() => query.explainString()).toThrow('UNSUPPORTED_FEATURE');
});

test('other nodes that cannot be computed for many rows at once are refused', () => {
  const text =
    'SELECT (SELECT count(*) FROM (SELECT window(t, "1 hour") AS w FROM (SELECT x AS t))) FROM (SELECT now() AS x)';
  const query = session.sql(text);
  expect(() => query.explainString()).toThrow('CORRELATED_COLUMN_IS_NOT_ALLOWED_IN_PREDICATE');
  expect(() => query.explainString()).toThrow(
    'UNSUPPORTED_SUBQUERY_EXPRESSION_CATEGORY.CORRELATED_COLUMN_IS_NOT_ALLOWED_IN_PREDICATE',
  );
});

test.for([
  ['SELECT count(*) FROM range(3) GROUP BY row_number() OVER (ORDER BY id)', 'UNSUPPORTED_EXPR_FOR_OPERATOR'],
  ['SELECT 1 LIMIT CAST(NULL AS INT)', 'INVALID_LIMIT_LIKE_EXPRESSION.IS_NULL'],
  [
    'SELECT * FROM (SELECT 1 AS a, 2 AS b, 3 AS c) UNPIVOT ((x, y) FOR n IN ((a, b, c)))',
    'UNPIVOT_VALUE_SIZE_MISMATCH',
  ],
])('%s is %s', ([text = '', condition]) => {
  expect(() => session.sql(text)).toThrow(condition);
});
