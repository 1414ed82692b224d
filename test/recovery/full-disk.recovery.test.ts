/** A full disk under checkpoint or sink: the query ends with a typed error, and once there is space it goes on to the right answer. */
import { execFileSync } from 'node:child_process';
import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import type { CheckpointFileSystem } from '../../src/checkpoint/checkpoint-file-system.ts';
import { diskFileSystem } from '../../src/checkpoint/disk-file-system.ts';
import { CrashSwitch } from './crash-switch.ts';
import { crashingEnvironment } from './crashing-environment.ts';
import { failureOf } from './in-process-runs.ts';
import { recoveryInput } from './recovery-input.ts';
import type { RecoveryRun } from './recovery-query.ts';
import { newTarget } from './sink-targets.ts';

// These take long on a busy machine.
vi.setConfig({ testTimeout: 600_000 });

const input = recoveryInput({ numFiles: 5, rowsPerFile: 24, seed: 13 });

/** The real file system on which nothing can be added after so many writes. */
function fullAfter(numWrites: number): CheckpointFileSystem {
  let left = numWrites;
  const spend = (path: string): void => {
    if (left-- <= 0) throw Object.assign(new Error(`ENOSPC: no space left on device, '${path}'`), { code: 'ENOSPC' });
  };
  return {
    ...diskFileSystem,
    createFile: async (path) => {
      spend(path);
      const file = await diskFileSystem.createFile(path);
      return {
        ...file,
        write: async (bytes) => {
          spend(path);
          await file.write(bytes);
        },
      };
    },
    makeDirectory: async (path) => {
      spend(path);
      await diskFileSystem.makeDirectory(path);
    },
  };
}

/** Whether this process may mount file systems; where it may not, the simulated full disk above has to do. */
function canMount(): boolean {
  const place = join(input.folder, 'mount-probe');
  mkdirSync(place);
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=64k', 'tmpfs', place], { stdio: 'ignore' });
    execFileSync('umount', [place], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

describe('a query on a full disk', () => {
  it('ends with STORAGE_FULL at whichever write of the checkpoint, and goes on once there is space', async () => {
    let numWrites = 0;
    for (; ; numWrites++) {
      const place = join(input.folder, `full-${numWrites}`);
      mkdirSync(place);
      const sink = newTarget('SQLite', place, 'rows');
      const run: RecoveryRun = {
        input: input.path,
        checkpoint: join(place, 'checkpoint'),
        mode: 'update',
        sink,
      };
      const environment = crashingEnvironment(new CrashSwitch(), { fileSystem: fullAfter(numWrites) });
      const failure = await failureOf(run, environment);
      if (failure === undefined) break;
      expect(failure, `full after ${numWrites} writes`).toMatchObject({ condition: 'STORAGE_FULL' });
      expect(failure.message).toContain(run.checkpoint);
      expect(await failureOf(run)).toBeUndefined();
      await input.expectRightEnd(run, `full after ${numWrites} writes`);
      rmSync(place, { recursive: true });
    }
    expect(numWrites).toBeGreaterThan(40);
  });

  it.each([
    { full: 'the checkpoint', size: '64k', condition: 'STORAGE_FULL' },
    { full: 'the folder of the file sink', size: '64k', condition: 'STORAGE_FULL' },
    { full: 'the SQLite database', size: '20k', condition: 'EXTERNAL_SYSTEM_REFUSED' },
  ])('that holds $full says so and goes on once there is space', async ({ full, size, condition }) => {
    const small = join(input.folder, `small ${full}`);
    const isMounted = canMountOnce();
    mkdirSync(small);
    if (isMounted) execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${size}`, 'tmpfs', small]);
    try {
      const roomy = join(input.folder, `roomy ${full}`);
      mkdirSync(roomy);
      const sink = full.includes('SQLite')
        ? newTarget('SQLite', small, 'rows')
        : newTarget('files', full.includes('file sink') ? small : roomy, 'rows');
      const checkpoint = join(full.includes('checkpoint') ? small : roomy, 'checkpoint');
      const run: RecoveryRun = { input: input.path, checkpoint, mode: 'append', sink };
      if (isMounted) {
        const failure = await failureOf(run);
        expect(failure?.condition, failure?.message).toBe(condition);
        expect(failure?.message).toMatch(/full|space/i);
        expect(failure?.message).toContain(small);
        execFileSync('mount', ['-o', 'remount,size=8m', small]);
      }
      expect(await failureOf(run)).toBeUndefined();
      await input.expectRightEnd(run);
    } finally {
      if (isMounted) execFileSync('umount', [small]);
    }
  });
});

let isMountable: boolean | undefined;

function canMountOnce(): boolean {
  isMountable ??= canMount();
  return isMountable;
}
