/** A real process killed with SIGKILL at random moments, also while it recovers, until the input is exhausted. */
import { randomInt } from 'node:crypto';
import { rmSync } from 'node:fs';
import { afterAll, describe, expect, it, vi } from 'vitest';
import { runKillPlan } from './kill-runs.ts';
import { newMemoryFolder } from '../memory-folder.ts';

// These take long on a busy machine.
vi.setConfig({ testTimeout: 600_000 });

const KILLS_PER_PLAN = 9;
const seed = Number(process.env['MILLRACE_TEST_SEED'] ?? randomInt(1_000_000));
const folder = newMemoryFolder();

afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe.concurrent.each([
  { planNumber: 0, checkpoint: 'disk', sink: 'SQLite', mode: 'update' },
  { planNumber: 1, checkpoint: 'disk', sink: 'PostgreSQL', mode: 'append' },
  { planNumber: 2, checkpoint: 'disk', sink: 'files', mode: 'append' },
  { planNumber: 3, checkpoint: 'Redis', sink: 'SQLite', mode: 'append' },
  { planNumber: 4, checkpoint: 'Redis', sink: 'PostgreSQL', mode: 'update' },
  { planNumber: 5, checkpoint: 'Redis', sink: 'files', mode: 'append' },
] as const)(
  `a process killed again and again (MILLRACE_TEST_SEED=${seed}), checkpoint on $checkpoint, $sink in $mode mode`,
  ({ planNumber, ...kinds }) => {
    it('loses nothing and writes nothing twice', async () => {
      const plan = {
        ...kinds,
        numKills: KILLS_PER_PLAN,
        numFiles: 40,
        rowsPerFile: 40,
        seed: seed + 1000 * planNumber,
      };
      const counts = await runKillPlan(plan, folder);
      expect(counts.numKills).toBe(KILLS_PER_PLAN);
      process.stdout.write(
        `${counts.numKills} kills (${counts.numKillsBeforeFirstBatch} before a first batch), ` +
          `${counts.numComparisons} comparisons: ${kinds.checkpoint}, ${kinds.sink}, ${kinds.mode}\n`,
      );
    });
  },
);
