/** The small version of `npm run torture:sinks`. */
import { randomInt } from 'node:crypto';
import { rmSync } from 'node:fs';
import { afterAll, expect, test } from 'vitest';
import { newMemoryFolder } from '../memory-folder.ts';
import { runSinksTorture } from './sinks-torture.ts';

const seed = Number(process.env['MILLRACE_TEST_SEED'] ?? randomInt(1_000_000));
const folder = newMemoryFolder();
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test(`S3 and databases with calls that fail and answers that are lost, under a process that is killed (MILLRACE_TEST_SEED=${seed}), hold every row once`, async () => {
  const plan = { numBatches: 10, rowsPerBatch: 20, numKills: 1, s3Faults: 0.1, databaseFaults: 0.005, seed };
  const { sinks, numS3Faults, numDatabaseFaults } = await runSinksTorture(plan, folder);
  expect(sinks.map(({ lost, twice }) => [lost, twice])).toEqual(sinks.map(() => [0, 0]));
  expect(Math.min(...sinks.map(({ numRows }) => numRows))).toBeGreaterThanOrEqual(200);
  expect(numS3Faults + numDatabaseFaults).toBeGreaterThan(0);
}, 600_000);
