/** State whose rows leave by their time: what commits write instead of keys, and that every version loads as it was, however it was cut. */
import { describe, expect, it } from 'vitest';
import { CommitLog } from '../../src/checkpoint/commit-log.ts';
import { MemoryCheckpoint } from '../../src/checkpoint/memory-checkpoint.ts';
import type { BucketRange } from '../../src/state/bucket-range.ts';
import { ALL_BUCKETS, splitBuckets } from '../../src/state/bucket-range.ts';
import { ChangelogStateStore } from '../../src/state/changelog-state-store.ts';
import { mergeCommits } from '../../src/state/merge-commits.ts';
import { keyBuckets } from '../../src/state/slot-buckets.ts';
import type { StateCommit } from '../../src/state/state-store.ts';
import type { StateSchema, StateTable } from '../../src/state/state-table.ts';
import { field, LONG, STRING, struct, TIMESTAMP } from '../../src/types/data-type.ts';
import { vectorOf } from '../../src/types/vector-builder.ts';
import { gatherVector } from '../../src/types/vector-ops.ts';

const window = struct([field('start', TIMESTAMP), field('end', TIMESTAMP)]);
const schema: StateSchema = {
  keys: struct([field('user', STRING), field('window', window)]),
  values: struct([field('n', LONG)]),
  timeKey: 1,
};
const SECOND = 1_000_000n;

interface Key {
  readonly user: string;
  /** The end of the window in seconds; null is none. */
  readonly end: number | null;
}

const textOf = ({ user, end }: Key): string => `${user}@${end}`;

function vectorsOf(keys: readonly Key[]): ReturnType<typeof vectorOf>[] {
  const windows = keys.map(({ end }) => (end === null ? null : [BigInt(end - 60) * SECOND, BigInt(end) * SECOND]));
  return [
    vectorOf(
      STRING,
      keys.map(({ user }) => user),
    ),
    vectorOf(window, windows),
  ];
}

function storeOn(checkpoint: MemoryCheckpoint, buckets = ALL_BUCKETS, minRewriteRows = 64): ChangelogStateStore {
  const common = { entries: checkpoint, operatorId: 0, storeName: 'default', schema, epoch: 1, nowMs: () => 0 };
  return new ChangelogStateStore({ ...common, buckets, minRewriteRows });
}

/** Puts keys in, those of the buckets of a store. */
function put(store: ChangelogStateStore, range: BucketRange, keys: readonly Key[], n: bigint): void {
  const vectors = vectorsOf(keys);
  const buckets = keyBuckets(schema, vectors, keys.length);
  const rows = Int32Array.from(keys.keys()).filter(
    (row) => (buckets[row] ?? 0) >= range.from && (buckets[row] ?? 0) < range.to,
  );
  const slots = new Int32Array(rows.length);
  const own = vectors.map((vector) => gatherVector(vector, rows, rows.length));
  store.table.lookup(own, rows.length, slots);
  for (const slot of slots) store.table.values[0]?.set(slot, n);
  store.table.markUpdated(slots, slots.length);
}

function rowsOf(table: StateTable): Map<string, bigint> {
  const rows = new Map<string, bigint>();
  for (const slot of table.liveSlots()) rows.set(keyAt(table, slot), table.values[0]?.get(slot) as bigint);
  return rows;
}

function keyAt(table: StateTable, slot: number): string {
  const bounds = table.keys[1]?.get(slot) as readonly bigint[] | null;
  return `${String(table.keys[0]?.get(slot))}@${bounds === null ? null : Number((bounds[1] ?? 0n) / SECOND)}`;
}

/** Lets all rows up to a time leave. */
function expire(table: StateTable, upTo: number): void {
  const slots = table.liveSlots().filter((slot) => {
    const bounds = table.keys[1]?.get(slot) as readonly bigint[] | null;
    return bounds !== null && (bounds[1] ?? 0n) <= BigInt(upTo) * SECOND;
  });
  table.expire(slots, BigInt(upTo) * SECOND);
}

const sorted = (rows: ReadonlyMap<string, bigint>): (readonly [string, bigint])[] =>
  [...rows].toSorted(([a], [b]) => (a < b ? -1 : 1));

function generator(seed: number): (limit: number) => number {
  let state = seed;
  return (limit) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * limit);
  };
}

describe('state whose rows leave by their time', () => {
  it('writes nothing for them, and names no entry that holds no others', async () => {
    const checkpoint = new MemoryCheckpoint();
    await checkpoint.acquire();
    const store = storeOn(checkpoint, ALL_BUCKETS, 16_384);
    await store.load(undefined);
    const log = new CommitLog(checkpoint);
    const logged = async (version: number): Promise<StateCommit> => {
      const commit = await store.commit(version);
      const entry = { nextBatchWatermarkMs: 0, offsetDigest: '', epoch: 1, stateFiles: { '0/default': commit } };
      await log.add({ batchId: version - 1, ...entry });
      await log.purge({ minBatchesToRetain: 1, epoch: 1 });
      return commit;
    };
    const minute = (end: number): Key[] => Array.from({ length: 3000 }, (_, i) => ({ user: `user-${i}`, end }));
    put(store, ALL_BUCKETS, minute(60), 1n);
    await logged(1);
    put(store, ALL_BUCKETS, minute(120), 1n);
    const second = await logged(2);
    const written = await checkpoint.list('state/');
    expire(store.table, 60);
    const third = await logged(3);
    expect(await checkpoint.list('state/')).toEqual(written);
    expect(third.files).toEqual(second.files.filter(({ name }) => name.includes('/2.1.delta')));
    expect([third.numRowsTotal, third.changes, third.expired?.upToMicros]).toEqual([3000, [], '60000000']);
    expect(store.metrics.numRowsRemoved).toBe(3000);
    const removed = await storeOn(checkpoint).loadChanges(third);
    expect(removed.size).toBe(3000);
    await logged(4);
    expect(await checkpoint.list('state/')).toEqual(written.filter((name) => name.includes('/2.1.delta')));
  });

  it.each([1, 2, 3])('loads every version as it was, in any number of parts (seed %i)', async (seed) => {
    const random = generator(seed);
    const checkpoint = new MemoryCheckpoint();
    await checkpoint.acquire();
    const ranges = splitBuckets(1 + (seed % 2));
    const stores = ranges.map((range) => storeOn(checkpoint, range));
    for (const store of stores) await store.load(undefined);
    const oracle = new Map<string, bigint>();
    const ends = new Map<string, number | null>();
    let upTo = 0;
    for (let version = 1; version <= 25; version++) {
      const before = new Set(oracle.keys());
      const keys = Array.from({ length: 1 + random(400) }, () => ({
        user: `user-${random(50)}`,
        end: random(30) === 0 ? null : upTo + 60 * (1 + random(random(20) === 0 ? 40 : 4)),
      }));
      for (const [i, store] of stores.entries()) put(store, ranges[i] ?? ALL_BUCKETS, keys, BigInt(version));
      for (const key of keys) {
        oracle.set(textOf(key), BigInt(version));
        ends.set(textOf(key), key.end);
      }
      const gone = new Set<string>();
      if (random(3) > 0) {
        upTo += 60 * random(3);
        for (const store of stores) expire(store.table, upTo);
        for (const key of oracle.keys()) if ((ends.get(key) ?? Infinity) <= upTo) gone.add(key);
      }
      const [some] = oracle.keys();
      if (random(4) === 0 && some !== undefined && !gone.has(some)) {
        gone.add(some);
        for (const { table } of stores)
          for (const slot of table.liveSlots()) if (keyAt(table, slot) === some) table.remove(slot);
      }
      for (const key of gone) oracle.delete(key);
      const commits: StateCommit[] = [];
      for (const store of stores) commits.push(await store.commit(version));
      const commit = mergeCommits(commits);
      for (const parts of [1, 3]) {
        const loaded = splitBuckets(parts).map((range) => storeOn(checkpoint, range));
        for (const store of loaded) await store.load(commit);
        const rows = new Map(loaded.flatMap(({ table }) => [...rowsOf(table)]));
        expect(sorted(rows)).toEqual(sorted(oracle));
      }
      const removed = rowsOf(await storeOn(checkpoint).loadChanges(commit)).keys();
      const wasThere = [...gone].filter((key) => before.has(key));
      expect([...removed].filter((key) => before.has(key)).toSorted()).toEqual(wasThere.toSorted());
      expect(commit.files.length).toBeLessThan(60);
    }
  });
});
