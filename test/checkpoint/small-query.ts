/**
 * The protocol of a query's batches over a checkpoint, as the engine runs it, with a state of counts per user: what crash and corruption
 * tests drive. Batch N counts the users `N % 3` and `everyone`.
 */
import type { CheckpointStore } from '../../src/checkpoint/checkpoint-store.ts';
import { type CommitEntry, CommitLog } from '../../src/checkpoint/commit-log.ts';
import { OffsetLog } from '../../src/checkpoint/offset-log.ts';
import { readQueryMetadata, writeQueryMetadata } from '../../src/checkpoint/query-metadata.ts';
import { findRecoveryPoint } from '../../src/engine/recovery.ts';
import { ChangelogStateStore } from '../../src/state/changelog-state-store.ts';
import { field, LONG, STRING, struct } from '../../src/types/data-type.ts';
import { vectorOf } from '../../src/types/vector-builder.ts';

const SCHEMA = { keys: struct([field('user', STRING)]), values: struct([field('n', LONG)]) };

/** What a run has seen, kept up to date while it runs so that it can be read after a crash. */
export interface Progress {
  /** The highest batch whose commit was acknowledged. */
  lastCommitted: number;
  /** The digest under which each batch was acknowledged as planned. */
  readonly digests: Map<number, string>;
  /** The counts by user after each batch, as the sink got them. */
  readonly results: Map<number, Record<string, bigint>>;
}

export function noProgress(): Progress {
  return { lastCommitted: -1, digests: new Map(), results: new Map() };
}

/** Starts or restarts the query and runs until batch `numBatches - 1` is committed. Returns the final counts. */
export async function runQuery(
  store: CheckpointStore,
  numBatches: number,
  progress: Progress,
): Promise<Record<string, bigint>> {
  const epoch = await store.acquire();
  if ((await readQueryMetadata(store)) === undefined)
    await writeQueryMetadata(store, { id: 'a', planFingerprint: 'count by user' });
  const offsets = new OffsetLog(store);
  const commits = new CommitLog(store);
  const recovery = await findRecoveryPoint(store, offsets, commits);
  const state = new ChangelogStateStore({
    entries: store,
    operatorId: 0,
    storeName: 'default',
    schema: SCHEMA,
    epoch,
    nowMs: () => 0,
    minDeltasForSnapshot: 2,
  });
  await state.load(recovery.previous?.commit.stateFiles['0/default']);
  for (let { batchId } = recovery; batchId < numBatches; batchId++) {
    const entry = { batchId, batchWatermarkMs: 0, batchTimestampMs: epoch, conf: {}, offsets: [batchId] };
    const { logged, durable } =
      recovery.toRepeat?.batchId === batchId
        ? { logged: recovery.toRepeat, durable: Promise.resolve() }
        : offsets.begin(entry);
    const { digest } = logged;
    const work = async (): Promise<CommitEntry> => {
      count(state, [`user-${batchId % 3}`, 'everyone']);
      const stateFiles = { '0/default': await state.commit(batchId + 1) };
      const commit = { batchId, nextBatchWatermarkMs: 0, offsetDigest: digest, epoch, stateFiles };
      await commits.prepare(commit);
      return commit;
    };
    // The work begins while the plan is on its way to the disk; what comes of it is seen after that.
    const worked = await settled(durable, work());
    progress.digests.set(batchId, digest);
    progress.results.set(batchId, countsOf(state));
    await commits.add(worked);
    progress.lastCommitted = batchId;
    await commits.purge({ minBatchesToRetain: 2, epoch });
  }
  return countsOf(state);
}

/** The result of a work once the plan is durable too; fails when one of them does, after both are over. */
async function settled<T>(durable: Promise<void>, work: Promise<T>): Promise<T> {
  const [planned, worked] = await Promise.allSettled([durable, work]);
  if (planned.status === 'rejected') throw planned.reason;
  if (worked.status === 'rejected') throw worked.reason;
  return worked.value;
}

/** The counts after so many batches, recomputed from the input. */
export function expectedCounts(numBatches: number): Record<string, bigint> {
  const counts: Record<string, bigint> = {};
  for (let batchId = 0; batchId < numBatches; batchId++)
    for (const user of [`user-${batchId % 3}`, 'everyone']) counts[user] = (counts[user] ?? 0n) + 1n;
  return counts;
}

function count(state: ChangelogStateStore, users: readonly string[]): void {
  const slots = new Int32Array(users.length);
  state.table.lookup([vectorOf(STRING, users)], users.length, slots);
  const column = state.table.values[0];
  for (const slot of slots) column?.set(slot, ((column.get(slot) as bigint | null) ?? 0n) + 1n);
  state.table.markUpdated(slots, slots.length);
}

function countsOf(state: ChangelogStateStore): Record<string, bigint> {
  const { table } = state;
  return Object.fromEntries(
    [...table.liveSlots()].map((slot) => [table.keys[0]?.get(slot) as string, table.values[0]?.get(slot) as bigint]),
  );
}
