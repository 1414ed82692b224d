/**
 * What a commit of 100,000 changed keys out of a million costs, and loading them again, on disk without fsync and in memory. Prints
 * milliseconds of processor time. Run with `node bench/micro/state-commit.ts`.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { CheckpointStore } from '../../src/checkpoint/checkpoint-store.ts';
import { DiskCheckpoint } from '../../src/checkpoint/disk-checkpoint.ts';
import { diskFileSystem } from '../../src/checkpoint/disk-file-system.ts';
import { MemoryCheckpoint } from '../../src/checkpoint/memory-checkpoint.ts';
import { ChangelogStateStore } from '../../src/state/changelog-state-store.ts';
import type { StateCommit } from '../../src/state/state-store.ts';
import { field, LONG, STRING, struct, TIMESTAMP } from '../../src/types/data-type.ts';
import { StringDictionary } from '../../src/types/string-dictionary.ts';
import type { Vector } from '../../src/types/vector.ts';

const NUM_KEYS = 1_000_000;
const NUM_CHANGED = 100_000;
const WINDOW = struct([field('start', TIMESTAMP), field('end', TIMESTAMP)]);
const SCHEMA = { keys: struct([field('user', STRING), field('window', WINDOW)]), values: struct([field('n', LONG)]) };

function keys(): Vector[] {
  const dictionary = new StringDictionary();
  const ids = Int32Array.from({ length: NUM_KEYS }, (_, i) => dictionary.intern(`user-${i % 50_000}`));
  const starts = BigInt64Array.from({ length: NUM_KEYS }, (_, i) => BigInt(Math.floor(i / 50_000)) * 3_600_000_000n);
  const ends = starts.map((start) => start + 3_600_000_000n);
  const times = (values: BigInt64Array): Vector => ({
    layout: 'long',
    type: TIMESTAMP,
    length: NUM_KEYS,
    validity: undefined,
    values,
  });
  return [
    { layout: 'string', type: STRING, length: NUM_KEYS, validity: undefined, ids, dictionary },
    { layout: 'struct', type: WINDOW, length: NUM_KEYS, validity: undefined, children: [times(starts), times(ends)] },
  ];
}

async function measured<T>(name: string, work: () => Promise<T>): Promise<T> {
  const started = process.cpuUsage();
  const result = await work();
  const { user, system } = process.cpuUsage(started);
  console.log(`${name.padEnd(36)} ${((user + system) / 1000).toFixed(0)} ms`);
  return result;
}

async function run(name: string, checkpoint: CheckpointStore): Promise<void> {
  const epoch = await checkpoint.acquire();
  const options = { entries: checkpoint, operatorId: 0, storeName: 'default', schema: SCHEMA, epoch, nowMs: Date.now };
  const store = new ChangelogStateStore(options);
  await store.load(undefined);
  const slots = new Int32Array(NUM_KEYS);
  store.table.lookup(keys(), NUM_KEYS, slots);
  const column = store.table.values[0];
  if (column !== undefined) column.validity.fill(1, 0, NUM_KEYS);
  let commit: StateCommit = await measured(`${name}: snapshot of ${NUM_KEYS}`, () => store.commit(1));
  const changed = slots.filter((_, i) => i % (NUM_KEYS / NUM_CHANGED) === 0);
  for (let version = 2; version <= 7; version++) {
    store.table.markUpdated(changed, changed.length);
    commit = await measured(`${name}: delta of ${NUM_CHANGED}`, () => store.commit(version));
  }
  const bytes = commit.files.reduce((total, file) => total + file.sizeBytes, 0);
  console.log(`${name}: ${commit.files.length} entries, ${(bytes / 2 ** 20).toFixed(1)} MB`);
  await measured(`${name}: load`, () => new ChangelogStateStore(options).load(commit));
}

const folder = mkdtempSync(join(tmpdir(), 'millrace-bench-'));
const unsynced = {
  ...diskFileSystem,
  createFile: async (path: string) => ({ ...(await diskFileSystem.createFile(path)), sync: () => Promise.resolve() }),
};
await run('memory', new MemoryCheckpoint());
await run('disk', new DiskCheckpoint({ folder, random: Math.random, fileSystem: unsynced }));
rmSync(folder, { recursive: true });
