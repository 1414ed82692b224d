/** What the DuckDB programs have in common: parameters and the folder of the package in the last arguments, two threads, one result line. */
import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';

const [folder, text] = process.argv.slice(-2);
const { DuckDBInstance } = createRequire(path.join(folder, 'package.json'))('@duckdb/node-api');

export const parameters = JSON.parse(text);
const instance = await DuckDBInstance.create(':memory:', { threads: '2' });
export const connection = await instance.connect();
await connection.run("SET TimeZone = 'UTC'");
const version = (await connection.runAndReadAll('SELECT version()')).getRows()[0][0];

/** The columns of the log files as a table expression. */
export const LOGS = `read_json('${parameters.folder}/*.json', format = 'newline_delimited',
  columns = {time: 'TIMESTAMP', action: 'VARCHAR', user: 'VARCHAR', bytes: 'BIGINT', ok: 'BOOLEAN'})`;

/** Runs and times the query, prints the result. */
export async function finish(work) {
  const startMs = performance.now();
  const result = await work();
  const seconds = (performance.now() - startMs) / 1000;
  // `maxRSS` counts what started this process too.
  const status = existsSync('/proc/self/status') ? readFileSync('/proc/self/status', 'utf8') : '';
  const peakKb = /^VmHWM:\s+(\d+) kB$/m.exec(status)?.[1];
  const peakMemoryMb = Math.round(Number(peakKb ?? process.resourceUsage().maxRSS) / 1024);
  console.log(JSON.stringify({ version: `duckdb ${version}`, seconds, ...result, numbers: { peakMemoryMb } }));
}
