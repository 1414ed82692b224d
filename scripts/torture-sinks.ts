/**
 * `npm run torture:sinks [-- --batches 600 --rows 200 --kills 12 --seed 7]`: the torture test of sinks at full size, on servers of its own;
 * writes its result to docs/sinks-torture.md and ends with 1 when a row was lost or came twice.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { runSinksTorture, type SinksTorturePlan, type SinksTortureResult } from '../test/recovery/sinks-torture.ts';
import { startServers } from '../test/servers/start-servers.ts';

const { values } = parseArgs({
  options: {
    batches: { type: 'string', default: '600' },
    rows: { type: 'string', default: '200' },
    kills: { type: 'string', default: '12' },
    seed: { type: 'string', default: '1' },
  },
});
const plan: SinksTorturePlan = {
  numBatches: Number(values.batches),
  rowsPerBatch: Number(values.rows),
  numKills: Number(values.kills),
  s3Faults: 0.2,
  databaseFaults: 0.03,
  seed: Number(values.seed),
};
const servers = await startServers(['MILLRACE_TEST_S3', 'MILLRACE_TEST_PG', 'MILLRACE_TEST_MYSQL']);
Object.assign(process.env, servers.addresses);
const folder = mkdtempSync(path.join(tmpdir(), 'millrace-torture-'));
try {
  const result = await runSinksTorture(plan, folder);
  const text = page(plan, result);
  writeFileSync('docs/sinks-torture.md', text);
  process.stdout.write(text);
  process.exitCode = result.sinks.every(({ lost, twice }) => lost + twice === 0) ? 0 : 1;
} finally {
  rmSync(folder, { recursive: true, force: true });
  await servers.stop();
}

function page(
  { rowsPerBatch, numKills, s3Faults, databaseFaults, seed }: SinksTorturePlan,
  result: SinksTortureResult,
): string {
  const number = (value: number): string => value.toLocaleString('en');
  const rows = result.sinks.map(
    ({ name, numRows, lost, twice }) => `| ${name} | ${number(numRows)} | ${lost} | ${twice} |`,
  );
  return `# Torture test of sinks

\`npm run torture:sinks\` writes numbered rows, ${rowsPerBatch} a batch, into four sinks at once. ${s3Faults * 100} % of the calls of S3 are throttled, refused or
lost, before or after they are done; ${databaseFaults * 100} % of the packets to the databases break the connection, before or after the server has
them; the process is killed ${numKills} times with SIGKILL. A small version is part of \`npm test\`.

Last result, written by the command (seed ${seed}): ${number(result.numS3Faults)} of ${number(result.numS3Calls)} calls of S3 failed, ${number(result.numDatabaseFaults)} connections broke, ${result.seconds} seconds.

| Sink | Rows | Lost | Twice |
|---|---|---|---|
${rows.join('\n')}
`;
}
