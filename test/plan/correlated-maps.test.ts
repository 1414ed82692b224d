import { expect, test } from 'vitest';

import { MillraceSession } from '../../src/index.ts';

const session = MillraceSession.builder().create();
session.sql(
  "CREATE TEMP VIEW o AS SELECT * FROM VALUES (1, map('a', 1, 'b', 2)), (2, map('b', 2, 'a', 1)), (3, NULL) AS o(id, m)",
);
session.sql('CREATE TEMP VIEW i AS SELECT * FROM VALUES (1), (2), (2) AS i(v)');

test('a subquery may read a map of the row around it, whatever the order of its entries', async () => {
  const df = session.sql("SELECT id, (SELECT count(*) FROM i WHERE v = o.m['b']) AS n FROM o ORDER BY id");
  expect(await df.collect()).toEqual([
    { id: 1, n: 2n },
    { id: 2, n: 2n },
    { id: 3, n: 0n },
  ]);
});

test('a LATERAL query gives its rows once for each row with the same map', async () => {
  const df = session.sql("SELECT id, v FROM o, LATERAL (SELECT v FROM i WHERE v > o.m['a']) ORDER BY id");
  expect(await df.collect()).toEqual([
    { id: 1, v: 2 },
    { id: 1, v: 2 },
    { id: 2, v: 2 },
    { id: 2, v: 2 },
  ]);
});
