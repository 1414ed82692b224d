/** A small query on a simulated disk, stopped at every file operation, with and without loss of what was not synced. */
import { describe, expect, it } from 'vitest';
import { DiskCheckpoint } from '../../src/checkpoint/disk-checkpoint.ts';
import { Crash, SimFileSystem } from './sim-file-system.ts';
import { expectedCounts, noProgress, type Progress, runQuery } from './small-query.ts';

const NUM_BATCHES = 4;

function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state ^ (state >>> 15), 0x2c1b3c6d) + 0x6d2b79f5) | 0;
    return ((state ^ (state >>> 12)) >>> 0) / 2 ** 32;
  };
}

function checkpoint(files: SimFileSystem, random: () => number): DiskCheckpoint {
  return new DiskCheckpoint({ folder: '/data/checkpoint', random, fileSystem: files });
}

/** Runs until the end or the crash; true when it got to the end. */
async function runUntilCrash(
  files: SimFileSystem,
  crashAt: number,
  progress: Progress,
  random: () => number,
): Promise<boolean> {
  files.crashAt = crashAt;
  try {
    expect(await runQuery(checkpoint(files, random), NUM_BATCHES, progress)).toEqual(expectedCounts(NUM_BATCHES));
    return true;
  } catch (error) {
    if (isCrash(error)) return false;
    throw error;
  }
}

function isCrash(error: unknown): boolean {
  return error instanceof Crash || (error instanceof Error && error.cause instanceof Crash);
}

/** Crashes at each operation in turn, recovers (with a second crash on the way), and compares with what was acknowledged. */
async function crashEverywhere(
  afterCrash: (files: SimFileSystem, random: () => number) => void,
  seed: number,
): Promise<number> {
  for (let crashAt = 1; ; crashAt++) {
    const random = seeded(seed * 10_007 + crashAt);
    const files = new SimFileSystem();
    await files.makeDirectory('/data');
    await files.syncDirectory('/');
    files.restart();
    const before = noProgress();
    if (await runUntilCrash(files, crashAt, before, random)) return crashAt;
    afterCrash(files, random);
    const during = noProgress();
    if (!(await runUntilCrash(files, 1 + Math.floor(random() * 60), during, random))) afterCrash(files, random);
    files.restart();
    const after = noProgress();
    const result = await runQuery(checkpoint(files, random), NUM_BATCHES, after);
    const place = `crash at ${crashAt}, seed ${seed}`;
    expect(result, place).toEqual(expectedCounts(NUM_BATCHES));
    expectNothingForgotten([before, during, after], place);
  }
}

/** Acknowledged commits are not run again, and a batch has one plan and one result over all runs. */
function expectNothingForgotten(runs: readonly Progress[], place: string): void {
  let lastCommitted = -1;
  const digests = new Map<number, string>();
  for (const run of runs) {
    for (const [batchId, digest] of run.digests) {
      expect(batchId, place).toBeGreaterThan(lastCommitted);
      expect(digest, place).toBe(digests.get(batchId) ?? digest);
      digests.set(batchId, digest);
    }
    for (const [batchId, result] of run.results) expect(result, place).toEqual(expectedCounts(batchId + 1));
    lastCommitted = Math.max(lastCommitted, run.lastCommitted);
  }
}

describe('a crash at any file operation of a run', () => {
  it('of the process leaves the last committed version loadable and every batch with one plan', async () => {
    const numPoints = await crashEverywhere((files) => files.restart(), 1);
    expect(numPoints).toBeGreaterThan(100);
  });

  it.each([1, 2, 3, 4, 5])(
    'of the machine, with what was not synced lost or torn, does so too (seed %i)',
    async (seed) => {
      await crashEverywhere((files, random) => files.losePower(random), seed);
    },
  );
});
