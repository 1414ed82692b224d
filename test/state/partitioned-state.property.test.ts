/** State cut into ranges of buckets: whatever the partitionings of successive runs, every run loads what the one before committed. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CommitLog } from '../../src/checkpoint/commit-log.ts';
import { MemoryCheckpoint, MemoryCheckpointContent } from '../../src/checkpoint/memory-checkpoint.ts';
import type { BucketRange } from '../../src/state/bucket-range.ts';
import { ALL_BUCKETS, bucketsOf, splitBuckets } from '../../src/state/bucket-range.ts';
import { ChangelogStateStore } from '../../src/state/changelog-state-store.ts';
import { mergeCommits } from '../../src/state/merge-commits.ts';
import type { StateCommit } from '../../src/state/state-store.ts';
import type { StateSchema } from '../../src/state/state-table.ts';
import { field, LONG, STRING, struct } from '../../src/types/data-type.ts';
import { vectorOf } from '../../src/types/vector-builder.ts';

const SCHEMA: StateSchema = { keys: struct([field('user', STRING)]), values: struct([field('n', LONG)]) };

type Store = ChangelogStateStore;
type Change = readonly [user: number, n: bigint | undefined];

function storeOn(entries: MemoryCheckpoint, epoch: number, buckets: BucketRange, minRewriteRows = 16_384): Store {
  const options = { entries, operatorId: 0, storeName: 'default', schema: SCHEMA, nowMs: () => 0 };
  return new ChangelogStateStore({ ...options, epoch, buckets, minDeltasForSnapshot: 3, minRewriteRows });
}

/** Sets or removes keys in the store that has their bucket. */
function apply(stores: readonly (readonly [BucketRange, Store])[], changes: readonly Change[]): void {
  for (const [user, n] of changes) {
    const key = [vectorOf(STRING, [`user-${user}`])];
    const bucket = bucketsOf(key, 1)[0] ?? 0;
    const store = stores.find(([{ from, to }]) => bucket >= from && bucket < to)?.[1];
    const slots = new Int32Array(1);
    if (n === undefined) {
      store?.table.find(key, 1, slots);
      if ((slots[0] ?? -1) >= 0) store?.table.remove(slots[0] ?? -1);
      continue;
    }
    store?.table.lookup(key, 1, slots);
    store?.table.values[0]?.set(slots[0] ?? -1, n);
    store?.table.markUpdated(slots, 1);
  }
}

function contentOf(stores: readonly Store[]): Map<unknown, unknown> {
  const content = new Map<unknown, unknown>();
  for (const { table } of stores)
    for (const slot of table.liveSlots()) content.set(table.keys[0]?.get(slot), table.values[0]?.get(slot));
  return content;
}

const change = fc.tuple(fc.integer({ min: 0, max: 300 }), fc.option(fc.bigInt(0n, 99n), { nil: undefined }));
const run = fc.record({
  numParts: fc.integer({ min: 1, max: 5 }),
  batches: fc.array(fc.array(change, { maxLength: 60, size: 'max' }), { minLength: 1, maxLength: 5 }),
});

describe('State in ranges of buckets', () => {
  it('written by any number of partitions loads with any other', async () => {
    let numPieces = 0;
    let numMerged = 0;
    await fc.assert(
      fc.asyncProperty(fc.array(run, { minLength: 1, maxLength: 5 }), async (runs) => {
        const content = new MemoryCheckpointContent();
        const expected = new Map<unknown, unknown>();
        let commit: StateCommit | undefined;
        let batchId = 0;
        for (const { numParts, batches } of runs) {
          const checkpoint = new MemoryCheckpoint(content);
          const epoch = await checkpoint.acquire();
          const log = new CommitLog(checkpoint);
          const parts = splitBuckets(numParts).map((range) => [range, storeOn(checkpoint, epoch, range, 3)] as const);
          for (const [, store] of parts) await store.load(commit);
          expect(contentOf(parts.map(([, store]) => store))).toEqual(expected);
          for (const changes of batches) {
            apply(parts, changes);
            for (const [user, n] of changes)
              if (n === undefined) expected.delete(`user-${user}`);
              else expected.set(`user-${user}`, n);
            commit = mergeCommits(await Promise.all(parts.map(([, store]) => store.commit(batchId + 1))));
            expect(commit.numRowsTotal).toBe(expected.size);
            numPieces += commit.files.filter(({ name, buckets }) => name.includes('snapshot') && buckets).length;
            numMerged += commit.files.filter(({ name }) => name.includes('merged')).length;
            const entry = { batchId, nextBatchWatermarkMs: 0, offsetDigest: 'd', epoch };
            await log.add({ ...entry, stateFiles: { '0/default': commit } });
            await log.purge({ minBatchesToRetain: 1, epoch });
            batchId++;
          }
        }
        const whole = storeOn(new MemoryCheckpoint(content), 99, ALL_BUCKETS);
        await whole.load(commit);
        expect(contentOf([whole])).toEqual(expected);
      }),
      { numRuns: 60 },
    );
    expect(numPieces).toBeGreaterThan(500);
    expect(numMerged).toBeGreaterThan(100);
  });

  it('is loaded without the entries of other buckets', async () => {
    const checkpoint = new MemoryCheckpoint();
    await checkpoint.acquire();
    const parts = splitBuckets(2).map((range) => [range, storeOn(checkpoint, 1, range)] as const);
    for (const [, store] of parts) await store.load(undefined);
    apply(
      parts,
      Array.from({ length: 500 }, (_, i) => [i, 1n]),
    );
    const commit = mergeCommits(await Promise.all(parts.map(([, store]) => store.commit(1))));
    expect(commit.files.map(({ name, buckets }) => [name, buckets])).toEqual([
      ['state/0/default/1.1.128-256.delta.0', [128, 256]],
      ['state/0/default/1.1.0-128.delta.0', [0, 128]],
    ]);
    await checkpoint.delete(['state/0/default/1.1.0-128.delta.0']);
    const quarter = storeOn(checkpoint, 2, { from: 128, to: 192 });
    await quarter.load(commit);
    expect(quarter.table.size).toBeGreaterThan(80);
    expect(quarter.table.size).toBeLessThan(170);
    await expect(storeOn(checkpoint, 2, { from: 127, to: 128 }).load(commit)).rejects.toMatchObject({
      condition: 'CHECKPOINT_STATE_MISSING',
    });
  });

  it('lacks no row unnoticed when the ranges fit', async () => {
    const checkpoint = new MemoryCheckpoint();
    await checkpoint.acquire();
    const parts = splitBuckets(4).map((range) => [range, storeOn(checkpoint, 1, range)] as const);
    for (const [, store] of parts) await store.load(undefined);
    apply(
      parts,
      Array.from({ length: 500 }, (_, i) => [i, 1n]),
    );
    const commit = mergeCommits(await Promise.all(parts.map(([, store]) => store.commit(1))));
    const files = commit.files.filter(({ name }) => !name.includes('.64-128.'));
    await expect(storeOn(checkpoint, 2, { from: 0, to: 128 }).load({ ...commit, files })).rejects.toMatchObject({
      condition: 'CHECKPOINT_CORRUPT',
    });
    await expect(storeOn(checkpoint, 2, ALL_BUCKETS).load({ ...commit, files })).rejects.toMatchObject({
      condition: 'CHECKPOINT_CORRUPT',
    });
  });

  it('refuses keys of buckets the store does not have', async () => {
    const checkpoint = new MemoryCheckpoint();
    await checkpoint.acquire();
    const store = storeOn(checkpoint, 1, { from: 0, to: 128 });
    await store.load(undefined);
    apply(
      [[ALL_BUCKETS, store]],
      [1, 2, 3, 4, 5, 6, 7, 8, 9].map((user) => [user, 1n]),
    );
    await expect(store.commit(1)).rejects.toThrow('a store of some buckets gets the keys of those only');
  });
});
