/**
 * The machine loses power at every file operation of the checkpoint: what was not synced is gone, torn, or there by chance, while the sink
 * keeps what it has committed. A second loss hits the restart.
 */
import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { MillraceSession } from '../../src/index.ts';
import { Crash, SimFileSystem } from '../checkpoint/sim-file-system.ts';
import { linesOf, referenceAnswer } from '../oracle/reference.ts';
import { CrashSwitch } from './crash-switch.ts';
import { crashingEnvironment } from './crashing-environment.ts';
import { makeEvents, seededRandom, writeInput } from './input-files.ts';
import { newMemoryFolder } from './memory-folder.ts';
import { DELAY_MS, type RecoveryRun, startRecoveryQuery, WINDOW_MS } from './recovery-query.ts';
import { newTarget, readTarget } from './sink-targets.ts';

// These take long on a busy machine.
vi.setConfig({ testTimeout: 600_000 });

const NUM_FILES = 3;
const events = makeEvents(NUM_FILES, 24, 3);
const answer = referenceAnswer(events, { windowMs: WINDOW_MS, delayMs: DELAY_MS });
let folder: string;

beforeAll(() => {
  folder = newMemoryFolder();
  writeInput(join(folder, 'input'), events);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

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
      const place = join(folder, `${mode}-${lossAt}`);
      mkdirSync(place);
      const run = {
        input: join(folder, 'input'),
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
      const content = await readTarget(run.sink);
      const right = linesOf(mode === 'append' ? answer.closedWindows : answer.finalTable);
      expect(content.lines, `power lost at ${lossAt}`).toEqual(right);
      expect(content.lastBatchId).toBe(NUM_FILES);
      rmSync(place, { recursive: true });
    }
    process.stdout.write(`${lossAt - 1} losses of power: ${mode}\n`);
    expect(lossAt).toBeGreaterThan(100);
  },
);
