/** A shard that is being read, and the entry of an offset after some or all of what was read of it. */
import { placeOf } from './aggregated-record.ts';
import type { KinesisRecord } from './kinesis-api.ts';
import type { ShardEntry } from './kinesis-offset.ts';
import type { PrefetchBuffer } from './prefetch-buffer.ts';
import type { ShardLoad } from './shard-load.ts';
import type { ShardReader } from './shard-reader.ts';

export interface LiveShard {
  readonly reader: ShardReader;
  readonly buffer: PrefetchBuffer;
  readonly load: ShardLoad;
  /** The place up to which records are skipped: reading began inside an aggregate. */
  skipThrough: string | undefined;
  /** The number of the first and the place of the last record fetched since the shard was opened here. */
  firstSequence: string | undefined;
  lastPlace: string | undefined;
  fetching: Promise<void> | undefined;
  /** When the tip was last seen. */
  tipSeenMs: number;
  /** Nothing more is wanted: the frozen end has been reached. */
  isFrozen: boolean;
}

/** The entry after `numTaken` of the buffered records. */
export function advanced(
  entry: ShardEntry,
  records: readonly KinesisRecord[],
  numTaken: number,
  live: LiveShard,
): ShardEntry {
  const last = records[numTaken - 1];
  const state = live.reader.hasEnded && numTaken === records.length ? 'ended' : 'open';
  return withLast(entry, records[0]?.sequenceNumber, last === undefined ? undefined : placeOf(last), state);
}

/** The entry after all that was fetched, whether or not it is still buffered. */
export function wholeEntry(entry: ShardEntry, live: LiveShard): ShardEntry {
  return withLast(entry, live.firstSequence, live.lastPlace, live.reader.hasEnded ? 'ended' : 'open');
}

function withLast(
  entry: ShardEntry,
  first: string | undefined,
  last: string | undefined,
  state: ShardEntry['state'],
): ShardEntry {
  if (first === undefined || last === undefined) return { ...entry, state };
  const start =
    entry.last === undefined ? ({ type: 'AT_SEQUENCE_NUMBER', sequenceNumber: first } as const) : entry.start;
  return { ...entry, state, start, last };
}
