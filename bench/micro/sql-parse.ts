/** Milliseconds to parse a query of 20 lines after warming up, and to analyze it: `node bench/micro/sql-parse.ts [repetitions]`. */
import { MillraceSession } from '../../src/index.ts';
import { parseStatement } from '../../src/sql/parse-statement.ts';

const repetitions = Number(process.argv[2] ?? 2000);

const QUERY = `WITH recent AS (
  SELECT user_id, action, amount, window(time, '1 hour') AS w
  FROM logs
  WHERE time >= TIMESTAMP '2026-01-01 00:00:00' AND action IN ('buy', 'sell', 'view')
), totals AS (
  SELECT user_id, w, count(*) AS n, sum(CASE WHEN action = 'buy' THEN amount ELSE 0 END) AS bought
  FROM recent
  GROUP BY user_id, w
  HAVING count(*) > 3
)
SELECT t.user_id,
       t.w.start AS hour,
       t.n,
       t.bought / nullif(t.n, 0) AS per_action,
       row_number() OVER (PARTITION BY t.w ORDER BY t.bought DESC, t.user_id) AS place,
       coalesce(u.name, 'nobody') AS name
FROM totals t
LEFT JOIN users u ON u.id = t.user_id AND u.country <> 'none'
WHERE t.bought BETWEEN 10 AND 1000000 OR EXISTS (SELECT 1 FROM users v WHERE v.id = t.user_id)
ORDER BY hour, place
LIMIT 100`;

const session = MillraceSession.builder().create();
session.sql("CREATE TEMP VIEW logs AS SELECT now() AS time, 1 AS user_id, 'buy' AS action, 2.5D AS amount");
session.sql("CREATE TEMP VIEW users AS SELECT 1 AS id, 'ann' AS name, 'x' AS country");
const view = session.sql('SELECT 1 AS a');
const catalog = {
  relation: () => view.queryExecution.parsed,
  notFound: () => new Error('not found'),
};

/** The middle of many runs. */
function medianMs(work: () => unknown): number {
  for (let i = 0; i < 300; i++) work();
  const times = Array.from({ length: repetitions }, () => {
    const before = performance.now();
    work();
    return performance.now() - before;
  });
  return times.toSorted((a, b) => a - b)[Math.floor(times.length / 2)] ?? Number.NaN;
}

const parseMs = medianMs(() => parseStatement(QUERY, { timeZone: 'UTC' }, catalog));
const sqlMs = medianMs(() => session.sql(QUERY));
process.stdout.write(
  `lines ${QUERY.split('\n').length}, parse ${parseMs.toFixed(3)} ms, parse and analyze ${sqlMs.toFixed(3)} ms\n`,
);
process.exit(0);
