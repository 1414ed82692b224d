/**
 * The query dies before every write of the protocol in turn and is started again, every checkpoint with every sink; a second crash, at a
 * point that differs every time, hits the restart. When the input is exhausted, the sink equals the oracle's answer.
 */
import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it, vi } from 'vitest';
import { createEnvironment, systemParts } from '../../src/api/default-environment.ts';
import { present } from '../../src/errors/assert.ts';
import { MillraceSession } from '../../src/index.ts';
import { CrashSwitch, isSimulatedCrash } from './crash-switch.ts';
import { crashingEnvironment } from './crashing-environment.ts';
import { seededRandom } from './input-files.ts';
import { recoveryInput } from './recovery-input.ts';
import { type RecoveryRun, startRecoveryQuery } from './recovery-query.ts';
import { dropTarget, newTarget, type SinkKind } from './sink-targets.ts';
import { newCheckpoint, type CheckpointKind } from './checkpoints.ts';

// These take long on a busy machine.
vi.setConfig({ testTimeout: 600_000 });

const NUM_FILES = 5;
const SEED = 20260101;

const input = recoveryInput({ numFiles: NUM_FILES, rowsPerFile: 24, seed: SEED });
const { answer } = input;

/** One set of worker threads for all runs: threads hold nothing of a query that is gone. */
const pool = present(createEnvironment(systemParts()).workers, 'ordinary sessions have workers');
afterAll(() => pool.close());

/** Runs to the end of the input or to the crash; true when it got to the end. */
async function runUntilCrash(run: RecoveryRun, crash: CrashSwitch, numWorkers: number): Promise<boolean> {
  const environment = { ...crashingEnvironment(crash), workers: { ...pool, close: () => Promise.resolve() } };
  const session = MillraceSession.builder().master(`local[${numWorkers}]`).environment(environment).create();
  try {
    const query = await startRecoveryQuery(session, run);
    await query.awaitTermination();
    return true;
  } catch (error) {
    if (crash.isDown && isSimulatedCrash(error)) return false;
    throw error;
  }
}

async function crashPoint(
  kinds: {
    readonly checkpoint: CheckpointKind;
    readonly sink: SinkKind;
    readonly mode: 'append' | 'update';
    /** Of the first run and of those after it. */
    readonly numWorkers?: readonly [number, number];
  },
  crashAt: number,
): Promise<boolean> {
  const [before, after] = kinds.numWorkers ?? [1, 1];
  const name = `w${before}_${kinds.checkpoint}_${kinds.sink}_${kinds.mode}_${crashAt}_${process.pid}`.toLowerCase();
  const place = join(input.folder, name);
  mkdirSync(place);
  const { mode } = kinds;
  const checkpoint = newCheckpoint(kinds.checkpoint, place, name);
  const run = {
    input: input.path,
    checkpoint: checkpoint.location,
    mode,
    sink: newTarget(kinds.sink, place, name),
  };
  try {
    const first = new CrashSwitch();
    first.crashAt = crashAt;
    const survived = await runUntilCrash(run, first, before);
    const second = new CrashSwitch();
    second.crashAt = 1 + Math.floor(seededRandom(SEED + crashAt)() * 60);
    if (!survived) await runUntilCrash(run, second, after);
    const third = new CrashSwitch();
    const where = `crash before write ${crashAt} (${first.writes.at(-1)}), then before write ${second.crashAt} (${second.writes.at(-1)})`;
    expect(await runUntilCrash(run, third, after), where).toBe(true);
    await input.expectRightEnd(run, where);
    return survived;
  } finally {
    await Promise.all([dropTarget(run.sink), checkpoint.drop()]);
    rmSync(place, { recursive: true, force: true });
  }
}

describe('the input of the recovery tests', () => {
  it('has late rows, closed windows and open ones', () => {
    expect(answer.lateRows.reduce((sum, n) => sum + n)).toBeGreaterThan(3);
    expect(answer.closedWindows.length).toBeGreaterThan(8);
    expect(answer.closedWindows.length).toBeLessThan(answer.finalTable.length);
  });
});

describe.each([
  { checkpoint: 'disk', sink: 'SQLite', mode: 'update' },
  { checkpoint: 'disk', sink: 'SQLite', mode: 'append' },
  { checkpoint: 'disk', sink: 'PostgreSQL', mode: 'update' },
  { checkpoint: 'disk', sink: 'PostgreSQL', mode: 'append' },
  { checkpoint: 'disk', sink: 'files', mode: 'append' },
  { checkpoint: 'Redis', sink: 'SQLite', mode: 'update' },
  { checkpoint: 'Redis', sink: 'SQLite', mode: 'append' },
  { checkpoint: 'Redis', sink: 'PostgreSQL', mode: 'update' },
  { checkpoint: 'Redis', sink: 'PostgreSQL', mode: 'append' },
  { checkpoint: 'Redis', sink: 'files', mode: 'append' },
] as const)('a crash before any write with checkpoint on $checkpoint, $sink in $mode mode', (kinds) => {
  it('loses nothing and writes nothing twice', async () => {
    let crashAt = 1;
    while (!(await crashPoint(kinds, crashAt))) crashAt++;
    process.stdout.write(`${crashAt - 1} crash points: ${kinds.checkpoint}, ${kinds.sink}, ${kinds.mode}\n`);
    expect(crashAt).toBeGreaterThan(kinds.checkpoint === 'disk' ? 150 : 40);
  });
});

describe.each([
  { checkpoint: 'disk', sink: 'SQLite', mode: 'update', numWorkers: [2, 2] },
  { checkpoint: 'disk', sink: 'SQLite', mode: 'append', numWorkers: [2, 3] },
  { checkpoint: 'Redis', sink: 'SQLite', mode: 'append', numWorkers: [3, 1] },
] as const)('a crash with $numWorkers worker threads, checkpoint on $checkpoint, $mode mode', (kinds) => {
  it('loses nothing and writes nothing twice', async () => {
    // Every seventh write: the protocol is the same, only who keeps the state differs.
    let crashAt = 1;
    while (!(await crashPoint(kinds, crashAt))) crashAt += 7;
    expect(crashAt).toBeGreaterThan(kinds.checkpoint === 'disk' ? 150 : 40);
  });
});
