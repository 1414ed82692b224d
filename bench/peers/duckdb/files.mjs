/** Work 3 on DuckDB: filter and project into one JSON or CSV file, as one batch query. */
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { LOGS, connection, finish, parameters } from './program.mjs';

await finish(async () => {
  const outputFolder = mkdtempSync(path.join(tmpdir(), 'duckdb-bench-files-'));
  const format = parameters.format === 'json' ? 'FORMAT json' : 'FORMAT csv, HEADER false';
  await connection.run(`
    COPY (SELECT user, upper(action) AS action, bytes * 2 + 1 AS size, strftime(time, '%Y-%m-%dT%H:%M:%S.%gZ') AS time
      FROM ${LOGS} WHERE ok AND action <> 'view')
    TO '${path.join(outputFolder, `result.${parameters.format}`)}' (${format})`);
  return { outputFolder };
});
