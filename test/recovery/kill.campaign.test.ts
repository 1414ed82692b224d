/**
 * The long campaign, `npm run test:recovery`: at least 500 kills over every checkpoint with every sink. MILLRACE_TEST_SEED repeats a run,
 * MILLRACE_TEST_KILLS sets the kills per combination. What a run printed is in docs/recovery.md.
 */
import { randomInt } from 'node:crypto';
import { rmSync } from 'node:fs';
import { afterAll, describe, expect, it } from 'vitest';
import { runKillPlan, type KillCounts } from './kill-runs.ts';
import { newMemoryFolder } from '../memory-folder.ts';

const KILLS_PER_PLAN = Number(process.env['MILLRACE_TEST_KILLS'] ?? 50);
const seed = Number(process.env['MILLRACE_TEST_SEED'] ?? randomInt(1_000_000));
const folder = newMemoryFolder();
const total = { numKills: 0, numKillsBeforeFirstBatch: 0, numComparisons: 0, numRows: 0 };

afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
  say('in all', total);
});

function say(what: string, counts: KillCounts): void {
  process.stdout.write(
    `${what}: ${counts.numKills} kills, ${counts.numKillsBeforeFirstBatch} of them before a run's first batch, ` +
      `${counts.numComparisons} queries compared, ${counts.numRows} rows (seed ${seed})\n`,
  );
}

describe.concurrent.each(
  (['disk', 'Redis'] as const).flatMap((checkpoint, i) => [
    { planNumber: 5 * i, checkpoint, sink: 'SQLite', mode: 'update' } as const,
    { planNumber: 5 * i + 1, checkpoint, sink: 'SQLite', mode: 'append' } as const,
    { planNumber: 5 * i + 2, checkpoint, sink: 'PostgreSQL', mode: 'update' } as const,
    { planNumber: 5 * i + 3, checkpoint, sink: 'PostgreSQL', mode: 'append' } as const,
    { planNumber: 5 * i + 4, checkpoint, sink: 'files', mode: 'append' } as const,
  ]),
)('checkpoint on $checkpoint, $sink in $mode mode', ({ planNumber, ...kinds }) => {
  it('loses nothing and writes nothing twice', async () => {
    const plan = { ...kinds, numKills: KILLS_PER_PLAN, numFiles: 60, rowsPerFile: 300, seed: seed + 1000 * planNumber };
    const counts = await runKillPlan(plan, folder);
    say(`checkpoint on ${kinds.checkpoint}, ${kinds.sink}, ${kinds.mode}`, counts);
    for (const name of ['numKills', 'numKillsBeforeFirstBatch', 'numComparisons', 'numRows'] as const)
      total[name] += counts[name];
    expect(counts.numKills).toBe(KILLS_PER_PLAN);
  });
});
