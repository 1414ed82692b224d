/** Work 1 on DuckDB: count per action and hour, as one batch query. */
import { LOGS, connection, finish } from './program.mjs';

await finish(async () => {
  const reader = await connection.runAndReadAll(`
    SELECT action, strftime(hour, '%Y-%m-%dT%H:%M:%S.000Z'), strftime(hour + INTERVAL 1 HOUR, '%Y-%m-%dT%H:%M:%S.000Z'), n
    FROM (SELECT action, date_trunc('hour', time) AS hour, count(*) AS n FROM ${LOGS} GROUP BY ALL)`);
  const answer = reader
    .getRows()
    .map(
      ([action, start, end, count]) =>
        `{"action":"${action}","window":{"start":"${start}","end":"${end}"},"count":${count}}`,
    );
  return { answer: answer.toSorted() };
});
