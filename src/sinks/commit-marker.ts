/**
 * The rules of the marker an exactly-once sink commits together with the rows: what a repeated, foreign, fenced or lost batch means.
 * Pure; every sink with a marker (JDBC, files, memory) asks here before it writes.
 *
 * IF no marker THEN write; IF its epoch is higher than ours THEN fenced; IF it is of a later batch THEN the checkpoint has lost batches;
 * IF it is of this batch THEN skip when the digests agree, else the checkpoint has lost acknowledged writes; IF it is of an earlier batch
 * than the last one the checkpoint has committed THEN the sink has lost batches; ELSE write.
 */
import type { ColumnBatch } from '../types/column-batch.ts';
import type { BatchIdentity, SinkContext } from './sink.ts';
import { MillraceError } from '../errors/millrace-error.ts';

/** What a sink remembers of the last batch it has committed for a query. */
export interface CommitMarker {
  readonly batchId: number;
  readonly offsetDigest: string;
  readonly epoch: number;
}

/** What the errors name. */
export interface CommitPlace {
  readonly sink: string;
  readonly queryId: string;
  readonly location: string;
}

/** The names errors of this sink print; `sink` is its description. */
export function commitPlace(context: SinkContext, sink: string): CommitPlace {
  const location = context.options.get('checkpointlocation');
  return { sink, queryId: context.queryId, location: location === undefined ? '(default)' : withoutUserInfo(location) };
}

/** Whether the batch is to be written or is there already; throws when marker and checkpoint contradict each other. */
export function decideCommit(
  marker: CommitMarker | undefined,
  identity: BatchIdentity,
  place: CommitPlace,
): 'write' | 'skip' {
  if (marker === undefined) return 'write';
  const { batchId, offsetDigest, epoch, lastCommittedBatchId } = identity;
  if (marker.epoch > epoch)
    throw new MillraceError('CHECKPOINT_FENCED', {
      newerEpoch: String(marker.epoch),
      epoch: String(epoch),
      location: place.location,
      batchId: String(batchId),
    });
  if (marker.batchId > batchId || marker.batchId > lastCommittedBatchId + 1)
    throw new MillraceError('CHECKPOINT_MISSING', {
      sink: place.sink,
      batchId: String(marker.batchId),
      queryId: place.queryId,
      location: place.location,
      checkpointBatchId: String(lastCommittedBatchId),
    });
  if (marker.batchId === batchId) {
    if (marker.offsetDigest === offsetDigest) return 'skip';
    throw new MillraceError('CHECKPOINT_REGRESSED', {
      batchId: String(batchId),
      queryId: place.queryId,
      sink: place.sink,
      committedDigest: marker.offsetDigest,
      offsetDigest,
    });
  }
  if (marker.batchId < lastCommittedBatchId)
    throw new MillraceError('SINK_REGRESSED', {
      sink: place.sink,
      batchId: String(marker.batchId),
      queryId: place.queryId,
      checkpointBatchId: String(lastCommittedBatchId),
    });
  return 'write';
}

/** The marker of a batch that has been committed. */
export function markerOf(identity: BatchIdentity): CommitMarker {
  return { batchId: identity.batchId, offsetDigest: identity.offsetDigest, epoch: identity.epoch };
}

/**
 * Reads the rows of a batch to their end without keeping them and counts them. A batch that is skipped is drained too: stateful
 * operators compute the state of the next batch while their rows are read.
 */
export async function drainRows(batches: AsyncIterable<ColumnBatch>): Promise<number> {
  let numRows = 0;
  for await (const batch of batches) numRows += batch.numRows;
  return numRows;
}

/** All column batches of a micro-batch; empty ones are left out. */
export async function collectBatches(batches: AsyncIterable<ColumnBatch>): Promise<ColumnBatch[]> {
  const collected: ColumnBatch[] = [];
  for await (const batch of batches) if (batch.numRows > 0) collected.push(batch);
  return collected;
}

/** The number of rows of several batches. */
export function countRows(batches: readonly ColumnBatch[]): number {
  return batches.reduce((sum, batch) => sum + batch.numRows, 0);
}

/** A URL without user name and password, for messages. */
function withoutUserInfo(url: string): string {
  return url.replace(/(:\/\/)[^/@]*@/, '$1').replaceAll(/([?&](?:password|user)=)[^&]*/gi, '$1…');
}
