/** SIGTERM: the batch in flight is finished and committed, exit code 0, and the next run goes on behind it. */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import { seededRandom } from './input-files.ts';
import { startQueryProcess } from './query-process.ts';
import { recoveryInput } from './recovery-input.ts';
import type { RecoveryRun } from './recovery-query.ts';
import { newTarget, readTarget } from './sink-targets.ts';

// These take long on a busy machine.
vi.setConfig({ testTimeout: 600_000 });

/** More than the runs can take before they stop: a process goes on until the signal reaches it. */
const NUM_FILES = 160;
const NUM_STOPS = 8;
const input = recoveryInput({ numFiles: NUM_FILES, rowsPerFile: 40, seed: 7 });

const logged = (checkpoint: string, log: string): number =>
  Math.max(
    -1,
    ...readdirSync(join(checkpoint, log))
      .filter((name) => /^\d+$/.test(name))
      .map(Number),
  );

describe('a stopped process', () => {
  it('commits the batch in flight, exits with 0, and no batch is run twice', async () => {
    const target = newTarget('SQLite', input.folder, 'stopped');
    const checkpoint = join(input.folder, 'checkpoint');
    const run: RecoveryRun = { input: input.path, checkpoint, mode: 'update', sink: target };
    const random = seededRandom(7);
    const batches: number[] = [];
    for (let stop = 0; stop < NUM_STOPS; stop++) {
      const child = startQueryProcess({ ...run, isEndless: true });
      await child.untilBatches(1 + Math.floor(random() * 4));
      const sentMs = performance.now();
      child.kill('SIGTERM');
      expect(await child.ended, child.errorText).toEqual({ code: 0, signal: null });
      expect(performance.now() - sentMs).toBeLessThan(30_000);
      expect(logged(checkpoint, 'offsets')).toBe(logged(checkpoint, 'commits'));
      expect((await readTarget(target)).lastBatchId).toBe(child.batches.at(-1));
      batches.push(...child.batches);
    }
    const last = startQueryProcess(run);
    expect(await last.ended, last.errorText).toEqual({ code: 0, signal: null });
    batches.push(...last.batches);
    expect(batches).toEqual(Array.from({ length: NUM_FILES + 1 }, (_, i) => i));
    await input.expectRightEnd(run);
  });

  it('that is stopped before its first batch leaves a checkpoint to go on with', async () => {
    const target = newTarget('files', input.folder, 'early');
    const run: RecoveryRun = {
      input: input.path,
      checkpoint: join(input.folder, 'checkpoint-early'),
      mode: 'append',
      sink: target,
    };
    const child = startQueryProcess({ ...run, isEndless: true });
    await child.ready;
    child.kill('SIGTERM');
    expect(await child.ended, child.errorText).toEqual({ code: 0, signal: null });
    const last = startQueryProcess(run);
    expect(await last.ended, last.errorText).toEqual({ code: 0, signal: null });
    await input.expectRightEnd(run);
  });
});
