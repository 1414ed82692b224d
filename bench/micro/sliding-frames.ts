/**
 * How fast aggregates over sliding frames are, by the number of rows in a frame. Prints microseconds per row, the least of
 * three. Run with `node bench/micro/sliding-frames.ts`.
 */
import { performance } from 'node:perf_hooks';
import { MillraceSession } from '../../src/index.ts';

const ROWS = 20_000;
const session = MillraceSession.builder().create();
session.sql(`CREATE TEMP VIEW t AS SELECT id, CAST(id * 7919 % 1000 AS INT) AS v, id * 0.5D AS d FROM range(${ROWS})`);

for (const call of ['sum(v)', 'min(d)', 'sum(d)'])
  for (const size of [4, 64, 1024]) {
    const query = `SELECT max(x) FROM (SELECT ${call} OVER (ORDER BY id ROWS BETWEEN ${size - 1} PRECEDING AND CURRENT ROW) AS x FROM t)`;
    let least = Number.POSITIVE_INFINITY;
    for (let i = 0; i < 3; i++) {
      const start = performance.now();
      await session.sql(query).collect();
      least = Math.min(least, performance.now() - start);
    }
    process.stdout.write(`${call} over ${size} rows: ${((least * 1000) / ROWS).toFixed(2)} µs per row\n`);
  }
