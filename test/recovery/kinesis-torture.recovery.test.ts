/** The small version of `npm run torture:kinesis`. */
import { randomInt } from 'node:crypto';
import { rmSync } from 'node:fs';
import { afterAll, expect, test } from 'vitest';
import { runKinesisTorture } from './kinesis-torture.ts';
import { newMemoryFolder } from '../memory-folder.ts';

const seed = Number(process.env['MILLRACE_TEST_SEED'] ?? randomInt(1_000_000));
const folder = newMemoryFolder();
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test(`a reader killed again and again over a stream that is split and merged, with faulty calls (MILLRACE_TEST_SEED=${seed}), loses nothing, writes nothing twice and keeps the order of keys`, async () => {
  const result = await runKinesisTorture(
    {
      numRecords: 20_000,
      numSplits: 3,
      numMerges: 3,
      numKills: 2,
      numShards: 2,
      faults: { throttleRate: 0.3, errorRate: 0.05, lostAnswerRate: 0.01, expireIteratorsEvery: 20 },
      seed,
    },
    folder,
  );
  expect(result).toMatchObject({
    lostInFiles: 0,
    twiceInFiles: 0,
    lostInDatabase: 0,
    twiceInDatabase: 0,
    outOfOrder: 0,
    numReshardsStopped: 3,
    numReshardsRunning: 3,
  });
}, 600_000);
