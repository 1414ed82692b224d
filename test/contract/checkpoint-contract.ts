/**
 * The behaviour every checkpoint store has, whatever it is made of. A store's test file calls `describeCheckpointContract` with a driver.
 */
import { describe, expect, it } from 'vitest';
import { CommitLog } from '../../src/checkpoint/commit-log.ts';
import type { CheckpointStore } from '../../src/checkpoint/checkpoint-store.ts';
import { OffsetLog } from '../../src/checkpoint/offset-log.ts';
import { readQueryMetadata, writeQueryMetadata } from '../../src/checkpoint/query-metadata.ts';
import { ChangelogStateStore } from '../../src/state/changelog-state-store.ts';
import { field, LONG, STRING, struct } from '../../src/types/data-type.ts';
import { vectorOf } from '../../src/types/vector-builder.ts';

/** Makes checkpoints for the suite. */
export interface CheckpointDriver {
  /** A function that opens one and the same fresh checkpoint as often as it is called. */
  fresh(): Promise<() => CheckpointStore>;
}

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const text = (content: Uint8Array | undefined): string | undefined =>
  content === undefined ? undefined : new TextDecoder().decode(content);

async function acquired(driver: CheckpointDriver): Promise<CheckpointStore> {
  const open = await driver.fresh();
  const store = open();
  await store.acquire();
  return store;
}

/** Registers the suite. */
export function describeCheckpointContract(name: string, driver: CheckpointDriver): void {
  describe(`${name} keeps the contract of a checkpoint store`, () => {
    describeEntries(driver);
    describeFencing(driver);
    describeLogs(driver);
    describeState(driver);
  });
}

function describeEntries(driver: CheckpointDriver): void {
  it('an entry never written is undefined', async () => {
    const store = await acquired(driver);
    expect(await store.read('offsets/0')).toBeUndefined();
    expect(await store.list('offsets/')).toEqual([]);
  });

  it('a created entry is read back by this run and the next', async () => {
    const open = await driver.fresh();
    const store = open();
    await store.acquire();
    await store.create('metadata', bytes('{"id":"a"}'));
    await store.create('offsets/0', bytes('v1\n{}\n-'));
    expect(text(await store.read('offsets/0'))).toBe('v1\n{}\n-');
    await store.close();
    const next = open();
    await next.acquire();
    expect(text(await next.read('offsets/0'))).toBe('v1\n{}\n-');
    expect(text(await next.read('metadata'))).toBe('{"id":"a"}');
  });

  it('creating an entry twice fails and leaves the first alone', async () => {
    const store = await acquired(driver);
    for (const name of ['offsets/3', 'commits/3']) {
      await store.create(name, bytes('first'));
      await expect(store.create(name, bytes('second'))).rejects.toMatchObject({
        condition: 'CONCURRENT_STREAM_LOG_UPDATE',
        parameters: { batchId: '3' },
      });
      await expect(store.create(name, bytes('first'))).rejects.toMatchObject({
        condition: 'CONCURRENT_STREAM_LOG_UPDATE',
      });
      expect(text(await store.read(name))).toBe('first');
    }
  });

  it('written entries can be replaced', async () => {
    const store = await acquired(driver);
    await store.write('state/0/default/1.1.delta.0', bytes('first'));
    await store.write('state/0/default/1.1.delta.0', bytes('second'));
    expect(text(await store.read('state/0/default/1.1.delta.0'))).toBe('second');
  });

  it('entries of any size and content come back as they were', async () => {
    const store = await acquired(driver);
    for (const size of [0, 1, 1000, (1 << 20) - 1, 1 << 20, (1 << 20) + 1, 5_000_000]) {
      const content = Uint8Array.from({ length: size }, (_, i) => (i * 31 + (i >> 8)) & 255);
      await store.write(`state/0/default/${size}.1.snapshot.0`, content);
      const read = await store.read(`state/0/default/${size}.1.snapshot.0`);
      expect(read?.length).toBe(size);
      expect(Buffer.compare(read ?? new Uint8Array(0), content)).toBe(0);
    }
  });

  it('lists the names that start with a prefix', async () => {
    const store = await acquired(driver);
    await store.create('offsets/1', bytes('a'));
    await store.create('offsets/10', bytes('b'));
    await store.create('commits/1', bytes('c'));
    await store.write('state/0/left/1.1.delta.0', bytes('d'));
    await store.write('state/10/left/1.1.delta.0', bytes('e'));
    expect([...(await store.list('offsets/'))].toSorted()).toEqual(['offsets/1', 'offsets/10']);
    expect([...(await store.list('offsets/10'))]).toEqual(['offsets/10']);
    expect([...(await store.list('state/'))].toSorted()).toEqual([
      'state/0/left/1.1.delta.0',
      'state/10/left/1.1.delta.0',
    ]);
    expect([...(await store.list('state/1'))]).toEqual(['state/10/left/1.1.delta.0']);
  });

  it('deleted entries are gone, absent ones are no error, and the name is free again', async () => {
    const store = await acquired(driver);
    await store.create('offsets/0', bytes('a'));
    await store.write('state/0/default/1.1.delta.0', new Uint8Array(3_000_000));
    await store.delete(['offsets/0', 'offsets/7', 'state/0/default/1.1.delta.0']);
    expect(await store.read('offsets/0')).toBeUndefined();
    expect(await store.list('')).not.toContain('state/0/default/1.1.delta.0');
    await store.create('offsets/0', bytes('b'));
    expect(text(await store.read('offsets/0'))).toBe('b');
  });

  it('writes under way at the same time all arrive', async () => {
    const store = await acquired(driver);
    const names = Array.from({ length: 8 }, (_, i) => `state/${i}/default/1.1.delta.0`);
    await Promise.all(names.map((name) => store.write(name, bytes(name))));
    await store.create('commits/0', bytes('done'));
    for (const name of names) expect(text(await store.read(name))).toBe(name);
  });
}

function describeFencing(driver: CheckpointDriver): void {
  it('every acquire raises the epoch', async () => {
    const open = await driver.fresh();
    expect(await open().acquire()).toBe(1);
    expect(await open().acquire()).toBe(2);
    expect(await open().acquire()).toBe(3);
  });

  it('a run that was taken over can write nothing more', async () => {
    const open = await driver.fresh();
    const older = open();
    const newer = open();
    await older.acquire();
    await older.create('metadata', bytes('{}'));
    await older.create('offsets/0', bytes('a'));
    await newer.acquire();
    const fenced = { condition: 'CHECKPOINT_FENCED', parameters: { epoch: '1', newerEpoch: '2', batchId: '0' } };
    await expect(older.create('commits/0', bytes('b'))).rejects.toMatchObject(fenced);
    await expect(older.write('state/0/default/1.1.delta.0', bytes('c'))).rejects.toMatchObject({
      condition: 'CHECKPOINT_FENCED',
    });
    await newer.create('commits/0', bytes('d'));
    expect(text(await newer.read('commits/0'))).toBe('d');
  });

  it('of runs that acquire at the same time exactly one can write', async () => {
    const open = await driver.fresh();
    const stores = Array.from({ length: 4 }, () => open());
    const epochs = await Promise.all(stores.map((store) => store.acquire()));
    expect(new Set(epochs).size).toBe(4);
    const results = await Promise.allSettled(stores.map((store, i) => store.create('offsets/0', bytes(`run ${i}`))));
    expect(results.filter((result) => result.status === 'fulfilled')).toHaveLength(1);
    const winner = epochs.indexOf(Math.max(...epochs));
    expect(results[winner]?.status).toBe('fulfilled');
  });
}

function describeLogs(driver: CheckpointDriver): void {
  const entry = {
    batchWatermarkMs: 0,
    batchTimestampMs: 1_700_000_000_000,
    conf: { 'spark.sql.session.timeZone': 'UTC', a: 'b' },
  };

  it('the offset log gives back what was added, and its latest batch', async () => {
    const log = new OffsetLog(await acquired(driver));
    expect(await log.latest()).toBeUndefined();
    const offsets = [{ shard: '12345678901234567890', z: 1, a: [true, null] }, null, 7];
    for (let batchId = 0; batchId <= 10; batchId++) await log.add({ ...entry, batchId, offsets });
    const latest = await log.latest();
    expect(latest).toMatchObject({ ...entry, batchId: 10, offsets });
    expect(await log.get(3)).toEqual({ ...latest, batchId: 3 });
    expect(await log.get(11)).toBeUndefined();
  });

  it('a batch is logged once only', async () => {
    const log = new OffsetLog(await acquired(driver));
    await log.add({ ...entry, batchId: 0, offsets: [1] });
    await expect(log.add({ ...entry, batchId: 0, offsets: [2] })).rejects.toMatchObject({
      condition: 'CONCURRENT_STREAM_LOG_UPDATE',
    });
    expect((await log.get(0))?.offsets).toEqual([1]);
  });

  it('metadata is missing only as long as nothing is logged', async () => {
    const store = await acquired(driver);
    expect(await readQueryMetadata(store)).toBeUndefined();
    await writeQueryMetadata(store, { id: '6f2c', planFingerprint: 'Aggregate(action)' });
    expect(await readQueryMetadata(store)).toEqual({
      id: '6f2c',
      formatVersion: 1,
      planFingerprint: 'Aggregate(action)',
    });
    await store.create('offsets/0', bytes('v1'));
    await store.delete(['metadata']);
    await expect(readQueryMetadata(store)).rejects.toMatchObject({
      condition: 'STREAMING_CHECKPOINT_MISSING_METADATA_FILE',
    });
  });
}

const SCHEMA = { keys: struct([field('user', STRING)]), values: struct([field('n', LONG)]) };

function describeState(driver: CheckpointDriver): void {
  it('state, logs and purge work together over many batches and a restart', async () => {
    const open = await driver.fresh();
    const store = open();
    const epoch = await store.acquire();
    await store.create('metadata', bytes('{}'));
    const offsets = new OffsetLog(store);
    const commits = new CommitLog(store);
    const state = stateOf(store, epoch);
    await state.load(undefined);
    for (let batchId = 0; batchId < 25; batchId++) {
      const { digest } = await offsets.add({
        batchId,
        batchWatermarkMs: 0,
        batchTimestampMs: 1,
        conf: {},
        offsets: [batchId],
      });
      count(state, [`user-${batchId % 7}`, 'everyone']);
      const stateFiles = { '0/default': await state.commit(batchId + 1) };
      await commits.add({ batchId, nextBatchWatermarkMs: batchId, offsetDigest: digest, epoch, stateFiles });
      await commits.purge({ minBatchesToRetain: 3, epoch });
    }
    expect(await commits.batchIds()).toEqual([22, 23, 24]);
    expect(await offsets.batchIds()).toEqual([22, 23, 24]);
    const needed = new Set<string>();
    for (const batchId of await commits.batchIds()) {
      const state = (await commits.get(batchId))?.stateFiles['0/default'];
      for (const file of [...(state?.files ?? []), ...(state?.changes ?? [])]) needed.add(file.name);
    }
    expect([...(await store.list('state/'))].toSorted()).toEqual([...needed].toSorted());

    const next = open();
    const nextEpoch = await next.acquire();
    const committed = await new CommitLog(next).latest();
    expect(committed).toMatchObject({ batchId: 24, nextBatchWatermarkMs: 24, epoch });
    expect(committed?.offsetDigest).toBe((await new OffsetLog(next).latest())?.digest);
    const restored = stateOf(next, nextEpoch);
    await restored.load(committed?.stateFiles['0/default']);
    expect(counts(restored)).toEqual(counts(state));
    expect(counts(restored)).toMatchObject({ everyone: 25n, 'user-0': 4n });
  });

  it('what a crashed run left in state is removed, what commits name is kept', async () => {
    const open = await driver.fresh();
    const store = open();
    const epoch = await store.acquire();
    await store.create('metadata', bytes('{}'));
    const state = stateOf(store, epoch);
    await state.load(undefined);
    count(state, ['a']);
    const commit = await state.commit(1);
    const stateFiles = { '0/default': commit };
    await new CommitLog(store).add({ batchId: 0, nextBatchWatermarkMs: 0, offsetDigest: 'd', epoch, stateFiles });
    count(state, ['b']);
    await state.commit(2);
    const next = open();
    await new CommitLog(next).purge({ epoch: await next.acquire() });
    expect(await next.list('state/')).toEqual(commit.files.map((file) => file.name));
  });
}

function stateOf(store: CheckpointStore, epoch: number): ChangelogStateStore {
  return new ChangelogStateStore({
    entries: store,
    operatorId: 0,
    storeName: 'default',
    schema: SCHEMA,
    epoch,
    nowMs: () => 0,
  });
}

function count(state: ChangelogStateStore, users: readonly string[]): void {
  const { table } = state;
  const slots = new Int32Array(users.length);
  table.lookup([vectorOf(STRING, users)], users.length, slots);
  const column = table.values[0];
  for (const slot of slots) column?.set(slot, ((column.get(slot) as bigint | null) ?? 0n) + 1n);
  table.markUpdated(slots, slots.length);
}

function counts(state: ChangelogStateStore): Record<string, bigint> {
  const { table } = state;
  return Object.fromEntries(
    [...table.liveSlots()].map((slot) => [table.keys[0]?.get(slot) as string, table.values[0]?.get(slot) as bigint]),
  );
}
