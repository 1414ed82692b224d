/**
 * The machine loses power at every file operation of the checkpoint: what was not synced is gone, torn, or there by chance, while the sink
 * keeps what it has committed. A second loss hits the restart.
 */
import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it, vi } from 'vitest';
import { MillraceSession } from '../../src/index.ts';
import { Crash, SimFileSystem } from '../checkpoint/sim-file-system.ts';
import { CrashSwitch } from './crash-switch.ts';
import { crashingEnvironment } from './crashing-environment.ts';
import { seededRandom } from './input-files.ts';
import { recoveryInput } from './recovery-input.ts';
import { type RecoveryRun, startRecoveryQuery } from './recovery-query.ts';
import { newTarget } from './sink-targets.ts';

// These take long on a busy machine.
vi.setConfig({ testTimeout: 600_000 });

const input = recoveryInput({ numFiles: 3, rowsPerFile: 24, seed: 3 });

function isPowerLoss(error: unknown): boolean {
  return error instanceof Crash || (error instanceof Error && isPowerLoss(error.cause));
}

/** Runs to the end or until the power is gone; true when it got to the end. */
async function runUntilLoss(run: RecoveryRun, fileSystem: SimFileSystem): Promise<boolean> {
  const environment = crashingEnvironment(new CrashSwitch(), { fileSystem });
  try {
    const query = await startRecoveryQuery(MillraceSession.builder().environment(environment).create(), run);
    await query.awaitTermination();
    return true;
  } catch (error) {
    if (isPowerLoss(error)) return false;
    throw error;
  }
}

it.each(['update', 'append'] as const)(
  'a loss of power at any file operation loses nothing and writes nothing twice in %s mode',
  async (mode) => {
    let lossAt = 0;
    for (let isDone = false; !isDone;) {
      lossAt++;
      const place = join(input.folder, `${mode}-${lossAt}`);
      mkdirSync(place);
      const run = {
        input: input.path,
        checkpoint: '/checkpoint',
        mode,
        sink: newTarget('SQLite', place, 'rows'),
      };
      const random = seededRandom(lossAt);
      const disk = new SimFileSystem();
      disk.crashAt = lossAt;
      isDone = await runUntilLoss(run, disk);
      if (!isDone) {
        disk.losePower(random);
        disk.crashAt = 1 + Math.floor(random() * 80);
        if (!(await runUntilLoss(run, disk))) disk.losePower(random);
        disk.restart();
        expect(await runUntilLoss(run, disk), `power lost at ${lossAt}`).toBe(true);
      }
      await input.expectRightEnd(run, `power lost at ${lossAt}`);
      rmSync(place, { recursive: true });
    }
    process.stdout.write(`${lossAt - 1} losses of power: ${mode}\n`);
    expect(lossAt).toBeGreaterThan(100);
  },
);
