/** Work 2 on DuckDB: count, sum, max per user and minute as one batch query; the windows the watermark of the streams has passed. */
import { LOGS, connection, finish } from './program.mjs';

await finish(async () => {
  const reader = await connection.runAndReadAll(`
    WITH windows AS (
      SELECT user, date_trunc('minute', time) AS minute, count(*) AS events, sum(bytes)::BIGINT AS total, max(bytes) AS biggest, max(time) AS latest
      FROM ${LOGS} GROUP BY ALL)
    SELECT count(*), sum(events), sum(total), sum(biggest), sum(substring(user, 5)::BIGINT * total),
      sum((epoch(minute)::BIGINT - 1767225600) * events)
    FROM windows
    WHERE minute + INTERVAL 1 MINUTE <= (SELECT max(latest) FROM windows) - INTERVAL 10 MINUTE`);
  return { answer: reader.getRows()[0].map(String) };
});
