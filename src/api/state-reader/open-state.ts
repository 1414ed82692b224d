/**
 * Opens a checkpoint to look into it, beside the query that may be writing it: nothing is acquired, nothing is written. Gives the commits,
 * the description of the plan and the tables of any retained batch.
 */
import type { CheckpointStore } from '../../checkpoint/checkpoint-store.ts';
import type { CommitEntry } from '../../checkpoint/commit-log.ts';
import type { OperatorDescription, StoreDescription } from '../../checkpoint/plan-description.ts';
import type { SourceContext } from '../../source/source.ts';
import type { StateCommit } from '../../state/state-store.ts';
import type { StateSchema, StateTable } from '../../state/state-table.ts';
import type { StructType } from '../../types/data-type.ts';
import { CommitLog } from '../../checkpoint/commit-log.ts';
import { OffsetLog } from '../../checkpoint/offset-log.ts';
import { openCheckpoint } from '../../checkpoint/open-checkpoint.ts';
import { readPlanDescription } from '../../checkpoint/plan-description.ts';
import { MillraceError } from '../../errors/millrace-error.ts';
import { ChangelogStateStore } from '../../state/changelog-state-store.ts';
import { struct } from '../../types/data-type.ts';
import { parseType } from '../../types/schema.ts';

/** Runs `work` on the checkpoint and closes it. */
export async function withCheckpoint<T>(
  location: string,
  { sleep, random, nowMs }: Pick<SourceContext, 'sleep' | 'random' | 'nowMs'>,
  work: (checkpoint: CheckpointStore) => Promise<T>,
): Promise<T> {
  const checkpoint = await openCheckpoint(location, { sleep: (ms) => sleep(ms), random, nowMs });
  try {
    return await work(checkpoint);
  } finally {
    await checkpoint.close();
  }
}

/** The stateful operators of the query, none where it had no state. */
export async function operatorsOf(checkpoint: CheckpointStore): Promise<readonly OperatorDescription[]> {
  return (await readPlanDescription(checkpoint))?.operators ?? [];
}

/** The commit of a batch, of the last one when it is undefined; STDS_COMMITTED_BATCH_UNAVAILABLE when there is none. */
export async function commitOf(checkpoint: CheckpointStore, batchId: number | undefined): Promise<CommitEntry> {
  const log = new CommitLog(checkpoint);
  const commit = batchId === undefined ? await log.latest() : await log.get(batchId);
  if (commit !== undefined) return commit;
  throw new MillraceError('STDS_COMMITTED_BATCH_UNAVAILABLE', { checkpointLocation: checkpoint.location });
}

/** Spark's number of partitions, `spark.sql.shuffle.partitions` as frozen with the batch. */
export async function numPartitionsOf(checkpoint: CheckpointStore, batchId: number): Promise<number> {
  const conf = (await new OffsetLog(checkpoint).get(batchId))?.conf;
  return Number(conf?.['spark.sql.shuffle.partitions'] ?? 200);
}

export function schemaOfStore({ keys, values, numBucketKeys }: StoreDescription): StateSchema {
  const schema = { keys: structOf(keys), values: structOf(values) };
  return numBucketKeys === undefined ? schema : { ...schema, numBucketKeys };
}

function structOf(text: string): StructType {
  const type = parseType(text);
  return type.kind === 'struct' ? type : struct([]);
}

export interface StoreOfOperator {
  readonly checkpoint: CheckpointStore;
  readonly operatorId: number;
  readonly store: StoreDescription;
}

/** The state a commit left in a store. */
export async function tableOf(of: StoreOfOperator, commit: CommitEntry): Promise<StateTable> {
  const store = stateStoreOf(of);
  await store.load(commit.stateFiles[`${of.operatorId}/${of.store.storeName}`]);
  return store.table;
}

/** What a batch changed in a store: the rows it set and the keys it removed. */
export async function changesOf(
  of: StoreOfOperator,
  commit: CommitEntry,
): Promise<{ readonly updated: StateTable; readonly removed: StateTable }> {
  const state: StateCommit | undefined = commit.stateFiles[`${of.operatorId}/${of.store.storeName}`];
  const updated = stateStoreOf(of);
  const version = commit.batchId + 1;
  const removed = await updated.loadChanges(
    state?.version === version ? state : { version, numRowsTotal: 0, files: [] },
  );
  return { updated: updated.table, removed };
}

function stateStoreOf({ checkpoint, operatorId, store }: StoreOfOperator): ChangelogStateStore {
  const schema = schemaOfStore(store);
  const options = { entries: checkpoint, operatorId, storeName: store.storeName, schema };
  return new ChangelogStateStore({ ...options, epoch: 0, nowMs: () => 0 });
}
