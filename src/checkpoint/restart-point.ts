/**
 * Reads both logs at the start of a run and says where the query goes on:
 *
 *   IF the last planned batch is the last committed one     THEN the next batch is new
 *   IF the last planned batch is one above it               THEN that batch is run again, exactly as logged
 *   OTHERWISE entries are missing                           → CHECKPOINT_CORRUPT; nothing is guessed
 *
 * Older entries do not matter: a loss of power may bring back some that were deleted.
 */
import type { CheckpointStore } from './checkpoint-store.ts';
import type { CommitEntry } from './commit-log.ts';
import { CommitLog } from './commit-log.ts';
import { corruptEntry } from './log-text.ts';
import type { LoggedOffsetEntry } from './offset-log.ts';
import { OffsetLog } from './offset-log.ts';

/** Where a query goes on. Both undefined: it has never run. */
export interface RestartPoint {
  /** The last finished batch: its state is to be loaded, its offsets are where the next batch starts. */
  readonly committed: { readonly commit: CommitEntry; readonly offsets: LoggedOffsetEntry } | undefined;
  /** The batch in flight when the last run ended, to be run again with exactly this entry. */
  readonly replay: LoggedOffsetEntry | undefined;
}

/** Finds the restart point of an acquired checkpoint; CHECKPOINT_CORRUPT when the logs do not fit together. */
export async function findRestartPoint(store: CheckpointStore): Promise<RestartPoint> {
  const offsetLog = new OffsetLog(store);
  const commitLog = new CommitLog(store);
  const lastPlanned = (await offsetLog.batchIds()).at(-1) ?? -1;
  const lastFinished = (await commitLog.batchIds()).at(-1) ?? -1;
  if (lastFinished > lastPlanned) throw missing(store, `offsets/${lastFinished}`);
  if (lastPlanned > lastFinished + 1) throw missing(store, `commits/${lastPlanned - 1}`);
  const commit = await commitLog.get(lastFinished);
  const offsets = commit === undefined ? undefined : await offsetLog.get(lastFinished);
  const replay = lastPlanned > lastFinished ? await offsetLog.get(lastPlanned) : undefined;
  if (commit === undefined) return { committed: undefined, replay };
  if (offsets === undefined) throw missing(store, `offsets/${lastFinished}`);
  if (commit.offsetDigest !== offsets.digest)
    throw corruptEntry(store, `offsets/${lastFinished}`, {
      expected: `digest ${commit.offsetDigest} as in commits/${lastFinished}`,
      found: offsets.digest,
    });
  return { committed: { commit, offsets }, replay };
}

function missing(store: CheckpointStore, name: string): Error {
  return corruptEntry(store, name, { expected: 'an entry of the log', found: 'nothing' });
}
