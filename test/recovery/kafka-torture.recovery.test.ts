/** The small version of `npm run torture:kafka`. */
import { randomInt } from 'node:crypto';
import { rmSync } from 'node:fs';
import { afterAll, expect, test } from 'vitest';
import { runKafkaTorture } from './kafka-torture.ts';
import { newMemoryFolder } from '../memory-folder.ts';

const seed = Number(process.env['MILLRACE_TEST_SEED'] ?? randomInt(1_000_000));
const folder = newMemoryFolder();
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test(`a query between two topics, killed again and again with the broker (MILLRACE_TEST_SEED=${seed}), loses nothing and commits nothing twice`, async () => {
  const plan = { numRecords: 3000, numPartitions: 3, numKills: 2, numBrokerKills: 1, seed };
  expect(await runKafkaTorture(plan, folder)).toMatchObject({ lost: 0, twice: 0, outOfOrder: 0 });
}, 600_000);
