/** A golden checkpoint of a small query, damaged entry by entry: a restart names the entry or comes to the same result, never to another. */
import { copyFile, cp, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DiskCheckpoint } from '../../src/checkpoint/disk-checkpoint.ts';
import { MillraceError } from '../../src/errors/millrace-error.ts';
import { expectedCounts, noProgress, runQuery } from './small-query.ts';

const NUM_BATCHES = 8;
let folder: string;
let golden: string;
let names: string[];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'millrace-golden-'));
  golden = join(folder, 'golden');
  await runQuery(checkpoint(golden), NUM_BATCHES, noProgress());
  const all = await readdir(golden, { recursive: true, withFileTypes: true });
  names = all
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(golden.length + 1));
  names = names.filter((name) => !name.startsWith('epochs/'));
});

afterAll(() => rm(folder, { recursive: true, force: true }));

function checkpoint(path: string): DiskCheckpoint {
  return new DiskCheckpoint({ folder: path, random: Math.random });
}

/** Restarts on a damaged copy and runs two batches more. */
async function restartDamaged(
  damage: (copy: string) => Promise<void>,
): Promise<MillraceError | Record<string, bigint>> {
  const copy = join(folder, 'copy');
  await rm(copy, { recursive: true, force: true });
  await cp(golden, copy, { recursive: true });
  await damage(copy);
  try {
    return await runQuery(checkpoint(copy), NUM_BATCHES + 2, noProgress());
  } catch (error) {
    if (error instanceof MillraceError) return error;
    throw error;
  }
}

/** The entries a restart has to read: what it does not need may be damaged without harm to the result. */
function neededEntries(): string[] {
  const last = NUM_BATCHES - 1;
  return names.filter((name) => name === 'metadata' || name.endsWith(`s/${last}`) || isNeededState(name));
}

function isNeededState(name: string): boolean {
  return name.startsWith('state/') && neededState.has(name);
}

const neededState = new Set<string>();

beforeAll(async () => {
  const commit = await readFile(join(golden, `commits/${NUM_BATCHES - 1}`), 'utf8');
  for (const match of commit.matchAll(/"name":"([^"]+)"/g)) neededState.add(match[1] ?? '');
});

describe('a damaged entry of a checkpoint', { timeout: 90_000 }, () => {
  it('is in a checkpoint that runs on when nothing is damaged', async () => {
    expect(neededEntries().length).toBe(3 + neededState.size);
    expect(neededState.size).toBeGreaterThanOrEqual(2);
    expect(await restartDamaged(() => Promise.resolve())).toEqual(expectedCounts(NUM_BATCHES + 2));
  });

  it('that was cut is named, wherever it was cut', async () => {
    for (const name of neededEntries()) {
      const content = await readFile(join(golden, name));
      for (let i = 0; i < 8; i++) {
        const length = Math.floor((content.length * i) / 8);
        const outcome = await restartDamaged((copy) => writeFile(join(copy, name), content.subarray(0, length)));
        expect(outcome, `${name} cut at ${length}`).toMatchObject({
          condition: 'CHECKPOINT_CORRUPT',
          parameters: { name },
        });
      }
    }
  });

  it('with one bit changed is named, whichever bit it is', async () => {
    for (const name of neededEntries()) {
      const content = await readFile(join(golden, name));
      for (let i = 0; i < 12; i++) {
        const at = Math.floor((content.length * (i + 0.5)) / 12);
        const damaged = Uint8Array.from(content);
        damaged[at] = (damaged[at] ?? 0) ^ (1 << (i & 7));
        const outcome = await restartDamaged((copy) => writeFile(join(copy, name), damaged));
        expect(outcome, `${name}, byte ${at}`).toMatchObject({ condition: 'CHECKPOINT_CORRUPT', parameters: { name } });
      }
    }
  });

  it('that has the content of another is named', async () => {
    for (const name of neededEntries())
      for (const other of names) {
        if (other === name) continue;
        const outcome = await restartDamaged((copy) => copyFile(join(golden, other), join(copy, name)));
        expect(outcome, `${name} from ${other}`).toMatchObject({
          condition: 'CHECKPOINT_CORRUPT',
          parameters: { name },
        });
      }
  });

  it('that is gone stops the query, or its batch is run again with the same result', async () => {
    for (const name of names) {
      const outcome = await restartDamaged((copy) => rm(join(copy, name)));
      if (name === 'metadata')
        expect(outcome).toMatchObject({ condition: 'STREAMING_CHECKPOINT_MISSING_METADATA_FILE' });
      else if (isNeededState(name))
        expect(outcome).toMatchObject({ condition: 'CHECKPOINT_STATE_MISSING', parameters: { name, batchId: '7' } });
      else if (name === `offsets/${NUM_BATCHES - 1}`)
        expect(outcome, name).toMatchObject({ condition: 'CHECKPOINT_CORRUPT' });
      else expect(outcome, name).toEqual(expectedCounts(NUM_BATCHES + 2));
    }
  });

  it('of all commits gone stops the query', async () => {
    const outcome = await restartDamaged((copy) => rm(join(copy, 'commits'), { recursive: true }));
    expect(outcome).toMatchObject({ condition: 'CHECKPOINT_CORRUPT' });
  });
});
