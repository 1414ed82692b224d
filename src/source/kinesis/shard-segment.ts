/**
 * The ranges of a batch, shard by shard: planning them from two offsets, and reading one again when it is not buffered. A range that
 * cannot be read completely any more is data loss, never a shorter range.
 */
import { placeOf } from './aggregated-record.ts';
import type { HashKeyRanges } from './hash-key-ranges.ts';
import type { KinesisRecord } from './kinesis-api.ts';
import type { KinesisCalls } from './kinesis-calls.ts';
import type { KinesisOffset } from './kinesis-offset.ts';
import { comparePlaces, sequenceNumberOf } from './sequence-number.ts';
import { ShardCursor } from './shard-cursor.ts';
import { orderedGroups } from './shard-lineage.ts';

/** Records of one shard, both ends known. */
export interface ShardSegment {
  readonly shardId: string;
  /** The number of the first record, or the place before it. */
  readonly from: { readonly first?: string; readonly before?: string };
  /** The place of the last record. */
  readonly last: string;
}

/** The tip, seen this often in a row without the record that must be there: the record is gone. */
const MAX_TIP_ANSWERS = 5;

/** The ranges between two offsets, grouped so that a group read in order keeps the order of keys across splits and merges. */
export function planSegments(start: KinesisOffset | undefined, end: KinesisOffset): ShardSegment[][] {
  const segments = new Map<string, ShardSegment>();
  const active = new Set<string>();
  for (const [shardId, entry] of Object.entries(end.shards)) {
    const before = start?.shards[shardId];
    if (before?.state !== 'ended') active.add(shardId);
    const { last } = entry;
    if (last === undefined || last === before?.last) continue;
    const from =
      before?.last === undefined
        ? { first: 'sequenceNumber' in entry.start ? entry.start.sequenceNumber : last }
        : { before: before.last };
    segments.set(shardId, { shardId, from, last });
  }
  return orderedGroups([...segments.keys()], active, end.shards).map((group) =>
    group.map((shardId) => segments.get(shardId)).filter((segment) => segment !== undefined),
  );
}

/** Reads a range from the stream, up to exactly its last record. */
export async function* readSegment(
  calls: KinesisCalls,
  segment: ShardSegment,
  { retentionHours, ranges }: { readonly retentionHours: number; readonly ranges: HashKeyRanges },
): AsyncGenerator<readonly KinesisRecord[]> {
  const { shardId, last, from } = segment;
  const { before } = from;
  const start = sequenceNumberOf(before ?? from.first ?? last);
  // Inside an aggregate the whole record is read again; what came before is skipped.
  const type = before === undefined || before !== start ? 'AT_SEQUENCE_NUMBER' : 'AFTER_SEQUENCE_NUMBER';
  const cursor = new ShardCursor(calls, { shardId, retentionHours, position: { type, sequenceNumber: start } });
  try {
    let numTipAnswers = 0;
    for (;;) {
      const fetched = await ranges.unpacked(shardId, await cursor.fetch(calls.options.numRecordsPerFetch));
      const records =
        before === undefined ? fetched : fetched.filter((record) => comparePlaces(placeOf(record), before) > 0);
      const beyond = records.findIndex((record) => comparePlaces(placeOf(record), last) > 0);
      const wanted = beyond < 0 ? records : records.slice(0, beyond);
      if (wanted.length > 0) yield wanted;
      const end = wanted.at(-1);
      if (end !== undefined && placeOf(end) === last) return;
      numTipAnswers = cursor.isAtTip && records.length === 0 ? numTipAnswers + 1 : 0;
      if (beyond < 0 && !cursor.hasEnded && numTipAnswers < MAX_TIP_ANSWERS) continue;
      calls.reportDataLoss(
        shardId,
        end?.sequenceNumber ?? start,
        retentionHours,
        `record ${sequenceNumberOf(last)}, the last of a logged batch, is not there`,
      );
      return;
    }
  } finally {
    cursor.close();
  }
}
