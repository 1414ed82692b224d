/** Two processes on one checkpoint: each batch is committed once, by one of them; the other ends with a typed error. */
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { describe, expect, it, vi } from 'vitest';
import { newCheckpoint, type CheckpointKind, type TestCheckpoint } from './checkpoints.ts';
import { startQueryProcess } from './query-process.ts';
import { recoveryInput } from './recovery-input.ts';
import type { RecoveryRun } from './recovery-query.ts';
import { dropTarget, newTarget, type SinkKind } from './sink-targets.ts';

// These take long on a busy machine.
vi.setConfig({ testTimeout: 600_000 });

const NUM_FILES = 40;
const FENCED = /^(CHECKPOINT_FENCED|CONCURRENT_STREAM_LOG_UPDATE)$/;
const input = recoveryInput({ numFiles: NUM_FILES, rowsPerFile: 40, seed: 11 });

interface Duel {
  readonly run: RecoveryRun;
  readonly checkpoint: TestCheckpoint;
}

function newDuel(kinds: { readonly checkpoint: CheckpointKind; readonly sink: SinkKind }, name: string): Duel {
  const checkpoint = newCheckpoint(kinds.checkpoint, join(input.folder, name), `${name}_${process.pid}`);
  const sink = newTarget(kinds.sink, input.folder, `${name}_${process.pid}`);
  return { checkpoint, run: { input: input.path, checkpoint: checkpoint.location, mode: 'append', sink } };
}

async function endOf({ run, checkpoint }: Duel): Promise<void> {
  await Promise.all([dropTarget(run.sink), checkpoint.drop()]);
}

/** Brings the query to its end and compares. */
async function expectRightEnd(run: RecoveryRun): Promise<void> {
  const last = startQueryProcess(run);
  expect(await last.ended, last.errorText).toEqual({ code: 0, signal: null });
  await input.expectRightEnd(run);
}

const COMBINATIONS = [
  { checkpoint: 'disk', sink: 'SQLite' },
  { checkpoint: 'Redis', sink: 'PostgreSQL' },
  { checkpoint: 'disk', sink: 'files' },
] as const;

describe.each(COMBINATIONS)('two processes on one $checkpoint checkpoint with $sink', (kinds) => {
  it('that race commit each batch once; the loser says that it was fenced off', async () => {
    const duel = newDuel(kinds, `race_${kinds.checkpoint}_${kinds.sink}`.toLowerCase());
    try {
      const both = [startQueryProcess(duel.run), startQueryProcess(duel.run)];
      const ends = await Promise.all(both.map((child) => child.ended));
      const losers = both.filter((_, i) => ends[i]?.code !== 0);
      expect(losers.length, both.map((child) => child.errorText).join('\n')).toBeLessThanOrEqual(1);
      for (const loser of losers) expect(loser.condition, loser.errorText).toMatch(FENCED);
      const batches = both.flatMap((child) => child.batches);
      expect(batches.length).toBe(new Set(batches).size);
      await expectRightEnd(duel.run);
    } finally {
      await endOf(duel);
    }
  });

  it('leave a process that was asleep while another took over without a say', async () => {
    const duel = newDuel(kinds, `zombie_${kinds.checkpoint}_${kinds.sink}`.toLowerCase());
    try {
      const sleeper = startQueryProcess({ ...duel.run, isEndless: true });
      await sleeper.untilBatches(3);
      sleeper.kill('SIGSTOP');
      const successor = startQueryProcess({ ...duel.run, isEndless: true });
      // A transaction the sleeper left open holds the marker; the successor then waits for it, as it should.
      await successor.ready;
      await Promise.race([successor.untilBatches(1), delay(10_000)]);
      sleeper.kill('SIGCONT');
      const { code } = await sleeper.ended;
      expect(code, sleeper.errorText).toBe(1);
      expect(sleeper.condition, sleeper.errorText).toMatch(FENCED);
      await successor.untilBatches(3);
      successor.kill('SIGTERM');
      expect(await successor.ended, successor.errorText).toEqual({ code: 0, signal: null });
      await expectRightEnd(duel.run);
    } finally {
      await endOf(duel);
    }
  });
});
