/** State versions as snapshots and deltas: what is written when, read back, refused. */
import { describe, expect, it } from 'vitest';
import { MemoryCheckpoint } from '../../src/checkpoint/memory-checkpoint.ts';
import { ChangelogStateStore } from '../../src/state/changelog-state-store.ts';
import { decodeStateChunk } from '../../src/state/state-chunk.ts';
import type { StateCommit } from '../../src/state/state-store.ts';
import type { StateSchema } from '../../src/state/state-table.ts';
import { array, field, INTEGER, LONG, STRING, struct } from '../../src/types/data-type.ts';
import { hashRows } from '../../src/types/hash.ts';
import { vectorOf } from '../../src/types/vector-builder.ts';

const byUser: StateSchema = { keys: struct([field('user', STRING)]), values: struct([field('n', LONG)]) };

async function acquired(): Promise<MemoryCheckpoint> {
  const checkpoint = new MemoryCheckpoint();
  await checkpoint.acquire();
  return checkpoint;
}

function storeOn(entries: MemoryCheckpoint, schema = byUser, nowMs = (): number => 0): ChangelogStateStore {
  return new ChangelogStateStore({ entries, operatorId: 0, storeName: 'default', schema, epoch: 1, nowMs });
}

function put(store: ChangelogStateStore, users: readonly string[], n = 1n): Int32Array {
  const slots = new Int32Array(users.length);
  store.table.lookup([vectorOf(STRING, users)], users.length, slots);
  for (const slot of slots) store.table.values[0]?.set(slot, n);
  store.table.markUpdated(slots, slots.length);
  return slots;
}

const namesOf = (commit: StateCommit): string[] =>
  commit.files.map((file) => file.name.replace('state/0/default/', ''));

describe('ChangelogStateStore', () => {
  it('writes what changed, and the table anew once enough of it did', async () => {
    const store = storeOn(await acquired());
    await store.load(undefined);
    const everybody = Array.from({ length: 5000 }, (_, i) => `user-${i}`);
    put(store, everybody);
    expect(namesOf(await store.commit(1))).toEqual(['1.1.delta.0']);
    put(store, ['user-1']);
    expect(namesOf(await store.commit(2))).toEqual(['1.1.delta.0', '2.1.delta.0']);
    put(store, everybody, 7n);
    expect(namesOf(await store.commit(3))).toEqual(['1.1.delta.0', '2.1.delta.0', '3.1.delta.0']);
    put(store, everybody, 8n);
    const commit = await store.commit(4);
    expect(namesOf(commit)).toEqual(['4.1.snapshot.0']);
    expect(commit.changes?.map(({ name }) => name)).toEqual(['state/0/default/4.1.delta.0']);
  });

  it('never writes a large table at once: a few buckets of it at a time, and few entries stay', async () => {
    const schema = { keys: struct([field('id', LONG)]), values: struct([field('n', LONG)]) };
    const checkpoint = await acquired();
    const written: number[] = [];
    const store = new ChangelogStateStore({
      entries: {
        location: checkpoint.location,
        read: (name) => checkpoint.read(name),
        write: (name, bytes) => checkpoint.write(name, bytes).then(() => void written.push(bytes.length)),
      },
      operatorId: 0,
      storeName: 'default',
      schema,
      epoch: 1,
      nowMs: () => 0,
    });
    await store.load(undefined);
    const touch = (ids: readonly bigint[]): void => {
      const slots = new Int32Array(ids.length);
      store.table.lookup([vectorOf(LONG, ids)], ids.length, slots);
      for (const slot of slots)
        store.table.values[0]?.set(slot, ((store.table.values[0]?.get(slot) ?? 0n) as bigint) + 1n);
      store.table.markUpdated(slots, slots.length);
    };
    touch(Array.from({ length: 200_000 }, (_, i) => BigInt(i)));
    let commit = await store.commit(1);
    const tableBytes = written.reduce((total, bytes) => total + bytes, 0);
    for (let version = 2; version <= 80; version++) {
      written.length = 0;
      touch(Array.from({ length: 4000 }, (_, i) => BigInt((i * 7919 + version * 104_729) % 200_000)));
      commit = await store.commit(version);
      expect(written.reduce((total, bytes) => total + bytes, 0)).toBeLessThan(tableBytes / 2);
      expect(commit.files.length).toBeLessThan(40);
    }
    const restored = storeOn(checkpoint, schema);
    await restored.load(commit);
    const sum = (of: ChangelogStateStore): number =>
      of.table.liveSlots().reduce((total, slot) => total + Number(of.table.values[0]?.get(slot)), 0);
    expect([restored.table.size, sum(restored)]).toEqual([200_000, sum(store)]);
  });

  it('merges small deltas, so that many commits of few rows leave few entries', async () => {
    const store = storeOn(await acquired());
    await store.load(undefined);
    put(
      store,
      Array.from({ length: 5000 }, (_, i) => `user-${i}`),
    );
    let commit = await store.commit(1);
    let most = 0;
    for (let version = 2; version <= 400; version++) {
      put(store, [`user-${version % 7}`]);
      commit = await store.commit(version);
      most = Math.max(most, commit.files.length);
      expect(commit.changes).toHaveLength(1);
    }
    expect(most).toBeLessThanOrEqual(1 + 3 * 9);
    expect(namesOf(commit)).toContain('100.1.merged.0');
  });

  it('writes nothing for a version without changes', async () => {
    const checkpoint = await acquired();
    const store = storeOn(checkpoint);
    await store.load(undefined);
    expect(await store.commit(1)).toEqual({ version: 1, numRowsTotal: 0, files: [] });
    put(store, ['a']);
    const { files } = await store.commit(2);
    expect(await store.commit(3)).toEqual({ version: 3, numRowsTotal: 1, files });
    expect(files).toHaveLength(1);
    expect(await checkpoint.list('state/')).toHaveLength(1);
  });

  it('cuts large state into entries of a few megabytes and reads them back', async () => {
    const names = ['a', 'b', 'c', 'd'];
    const schema = { keys: struct([field('id', LONG)]), values: struct(names.map((name) => field(name, LONG))) };
    const checkpoint = await acquired();
    const store = storeOn(checkpoint, schema);
    await store.load(undefined);
    const ids = Array.from({ length: 150_000 }, (_, i) => BigInt(i));
    const slots = new Int32Array(ids.length);
    store.table.lookup([vectorOf(LONG, ids)], ids.length, slots);
    for (const slot of slots) store.table.values[0]?.set(slot, BigInt(slot) * 3n);
    const commit = await store.commit(1);
    expect(commit.files.length).toBeGreaterThan(1);
    for (const file of commit.files) expect(file.sizeBytes).toBeLessThan(5 << 20);
    const restored = storeOn(checkpoint, schema);
    await restored.load(commit);
    expect(restored.table.size).toBe(ids.length);
    restored.table.find([vectorOf(LONG, ids)], ids.length, slots);
    for (let i = 0; i < ids.length; i += 997) {
      expect(restored.table.values[0]?.get(slots[i] ?? -1)).toBe(BigInt(i) * 3n);
      expect(restored.table.values[3]?.get(slots[i] ?? -1)).toBeNull();
    }
  });

  it('keeps values of any type', async () => {
    const pair = struct([field('x', STRING), field('y', LONG)]);
    const schema = {
      keys: struct([field('id', LONG)]),
      values: struct([field('list', array(INTEGER)), field('pair', pair)]),
    };
    const checkpoint = await acquired();
    const store = storeOn(checkpoint, schema);
    await store.load(undefined);
    const slots = new Int32Array(2);
    store.table.lookup([vectorOf(LONG, [1n, 2n])], 2, slots);
    store.table.values[0]?.set(slots[0] ?? -1, [1, null, 3]);
    store.table.values[1]?.set(slots[1] ?? -1, ['a', null]);
    const restored = storeOn(checkpoint, schema);
    await restored.load(await store.commit(1));
    restored.table.find([vectorOf(LONG, [1n, 2n])], 2, slots);
    expect([...slots].map((slot) => restored.table.values.map((column) => column.get(slot)))).toEqual([
      [[1, null, 3], null],
      [null, ['a', null]],
    ]);
  });

  it('groups rows by the bucket of their key', async () => {
    const checkpoint = await acquired();
    const store = storeOn(checkpoint);
    await store.load(undefined);
    put(
      store,
      Array.from({ length: 1000 }, (_, i) => `user-${i}`),
    );
    const [file] = (await store.commit(1)).files;
    const bytes = await checkpoint.read(file?.name ?? '');
    const chunk = decodeStateChunk(bytes ?? new Uint8Array(0), byUser, { name: 'n', location: 'l' });
    const buckets = [...hashRows(chunk.updated.columns.slice(0, 1), 1000)].map((hash) => hash & 255);
    expect(buckets).toEqual(buckets.toSorted((a, b) => a - b));
    expect(new Set(buckets).size).toBeGreaterThan(200);
  });

  it("tells Spark's numbers of the last commit", async () => {
    let now = 0;
    const store = storeOn(await acquired(), byUser, () => (now += 4));
    await store.load(undefined);
    const slots = put(store, ['a', 'b', 'c']);
    await store.commit(1);
    expect(store.metrics).toMatchObject({ numRowsTotal: 3, numRowsUpdated: 3, numRowsRemoved: 0, commitTimeMs: 4 });
    put(store, ['b', 'b']);
    store.table.remove(slots[0] ?? -1);
    await store.commit(2);
    expect(store.metrics).toMatchObject({ numRowsTotal: 2, numRowsUpdated: 1, numRowsRemoved: 1 });
    expect(store.metrics.memoryUsedBytes).toBe(store.table.sizeBytes);
    expect(store.metrics.memoryUsedBytes).toBeGreaterThan(0);
  });

  it('keeps the changes when a commit fails, so that it can be tried again', async () => {
    const checkpoint = await acquired();
    const failing = { isFull: true };
    const store = new ChangelogStateStore({
      entries: {
        location: checkpoint.location,
        read: (name) => checkpoint.read(name),
        write: (name, bytes) => (failing.isFull ? Promise.reject(new Error('full')) : checkpoint.write(name, bytes)),
      },
      operatorId: 0,
      storeName: 'default',
      schema: byUser,
      epoch: 1,
      nowMs: () => 0,
    });
    await store.load(undefined);
    put(store, ['a']);
    await expect(store.commit(1)).rejects.toThrow('full');
    failing.isFull = false;
    const commit = await store.commit(1);
    const restored = storeOn(checkpoint);
    await restored.load(commit);
    expect(restored.table.size).toBe(1);
  });

  it('refuses state of another schema and shows both', async () => {
    const checkpoint = await acquired();
    const store = storeOn(checkpoint);
    await store.load(undefined);
    put(store, ['a']);
    const commit = await store.commit(1);
    const otherKeys = storeOn(checkpoint, { ...byUser, keys: struct([field('user', LONG)]) });
    await expect(otherKeys.load(commit)).rejects.toMatchObject({
      condition: 'STATE_STORE_KEY_SCHEMA_NOT_COMPATIBLE',
      parameters: { storedKeySchema: 'STRUCT<user: STRING>', newKeySchema: 'STRUCT<user: BIGINT>' },
    });
    const otherValues = storeOn(checkpoint, { ...byUser, values: struct([field('n', LONG), field('m', LONG)]) });
    await expect(otherValues.load(commit)).rejects.toMatchObject({
      condition: 'STATE_STORE_VALUE_SCHEMA_NOT_COMPATIBLE',
      parameters: { storedValueSchema: 'STRUCT<n: BIGINT>', newValueSchema: 'STRUCT<n: BIGINT, m: BIGINT>' },
    });
    const notNull = storeOn(checkpoint, { keys: struct([field('user', STRING, false)]), values: byUser.values });
    await notNull.load(commit);
    expect(notNull.table.size).toBe(1);
  });

  it('refuses entries that are missing or not those of the commit', async () => {
    const checkpoint = await acquired();
    const store = storeOn(checkpoint);
    await store.load(undefined);
    put(store, ['a']);
    const commit = await store.commit(1);
    const [file] = commit.files;
    const name = file?.name ?? '';
    const content = (await checkpoint.read(name)) ?? new Uint8Array(0);
    await checkpoint.write(
      name,
      content.map((byte, i) => (i === 20 ? byte ^ 4 : byte)),
    );
    await expect(storeOn(checkpoint).load(commit)).rejects.toMatchObject({
      condition: 'CHECKPOINT_CORRUPT',
      parameters: { name },
    });
    await checkpoint.delete([name]);
    await expect(storeOn(checkpoint).load(commit)).rejects.toMatchObject({
      condition: 'CHECKPOINT_STATE_MISSING',
      parameters: { name, batchId: '0' },
    });
  });
});
