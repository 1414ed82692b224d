/**
 * Which batch comes next, from the two logs. The offset log holds what batches read, written before any work; the commit log what is
 * finished.
 *
 *   IF the offset log is empty, start with batch 0 and empty state.
 *   ELSE let N be its last batch.
 *     IF N is committed, go on with batch N+1: sources start at the ends of N, state is the version N wrote, the watermark is the one N's
 *       commit carries, and rows late for N+1 are judged by the watermark N ran with.
 *     IF N is not committed, run N again exactly as logged: same ends, same timestamp, same watermark. Sources start at the ends of N-1,
 *       state is the version N-1 wrote. N-1 must be committed and still be in both logs.
 *   A commit without its offsets, or a hole, is a damaged checkpoint: stop, never guess.
 */
import type { CheckpointStore } from '../checkpoint/checkpoint-store.ts';
import type { CommitEntry, CommitLog } from '../checkpoint/commit-log.ts';
import type { LoggedOffsetEntry, OffsetLog } from '../checkpoint/offset-log.ts';
import { MillraceError } from '../errors/millrace-error.ts';

/** Where a query goes on. */
export interface RecoveryPoint {
  /** The batch to be run next. */
  readonly batchId: number;
  /** The last finished batch's entries; undefined at the very start. */
  readonly previous: { readonly offsets: LoggedOffsetEntry; readonly commit: CommitEntry } | undefined;
  /** The logged entry of `batchId` when it was begun but not committed. */
  readonly toRepeat: LoggedOffsetEntry | undefined;
}

/** Reads the logs of an acquired checkpoint. */
export async function findRecoveryPoint(
  checkpoint: CheckpointStore,
  offsetLog: OffsetLog,
  commitLog: CommitLog,
): Promise<RecoveryPoint> {
  const latest = await offsetLog.latest();
  const committed = await commitLog.latest();
  if (latest === undefined) {
    if (committed === undefined) return { batchId: 0, previous: undefined, toRepeat: undefined };
    throw hole(checkpoint, `offsets/${committed.batchId}`, `the offsets of committed batch ${committed.batchId}`);
  }
  const { batchId } = latest;
  if (committed !== undefined && committed.batchId > batchId) {
    throw hole(checkpoint, `offsets/${committed.batchId}`, `the offsets of committed batch ${committed.batchId}`);
  }
  if (committed?.batchId === batchId) {
    checkDigest(checkpoint, latest, committed);
    return { batchId: batchId + 1, previous: { offsets: latest, commit: committed }, toRepeat: undefined };
  }
  if (batchId === 0) return { batchId, previous: undefined, toRepeat: latest };
  if (committed?.batchId !== batchId - 1)
    throw hole(checkpoint, `commits/${batchId - 1}`, `the commit of batch ${batchId - 1}`);
  const offsets = await offsetLog.get(batchId - 1);
  if (offsets === undefined) throw hole(checkpoint, `offsets/${batchId - 1}`, `the offsets of batch ${batchId - 1}`);
  checkDigest(checkpoint, offsets, committed);
  return { batchId, previous: { offsets, commit: committed }, toRepeat: latest };
}

function checkDigest(checkpoint: CheckpointStore, offsets: LoggedOffsetEntry, commit: CommitEntry): void {
  if (offsets.digest === commit.offsetDigest) return;
  throw new MillraceError('CHECKPOINT_CORRUPT', {
    name: `offsets/${offsets.batchId}`,
    location: checkpoint.location,
    expected: `the entry with digest ${commit.offsetDigest}, as its commit says`,
    found: `one with digest ${offsets.digest}`,
  });
}

function hole(checkpoint: CheckpointStore, name: string, expected: string): MillraceError {
  return new MillraceError('CHECKPOINT_CORRUPT', { name, location: checkpoint.location, expected, found: 'nothing' });
}
