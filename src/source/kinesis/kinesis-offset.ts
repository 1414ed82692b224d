/**
 * The position in a stream as it is kept in the offset log:
 * `{"streamName": …, "streamArn": …, "createdMs": …, "shards": {"<shardId>": {"state": "open" | "ended", "sequenceNumber": …, "start": …, "parents": […]}}}`.
 *
 * An entry says: the shard was read from `start` up to and including `sequenceNumber` (absent: nothing yet). `ended` means drained, not
 * closed: every record was in a batch. `parents` are the shards that must be ended before this one is read. When the first record is
 * known, `start` becomes its sequence number, so that a replay of the batch reads exactly the same.
 */
import { assert } from '../../errors/assert.ts';
import type { JsonValue, SourceOffset } from '../source.ts';
import type { IteratorPosition } from './kinesis-api.ts';

export interface ShardEntry {
  readonly state: 'open' | 'ended';
  readonly sequenceNumber?: string;
  readonly start: IteratorPosition;
  readonly parents: readonly string[];
}

export interface KinesisOffset {
  readonly streamName: string;
  readonly streamArn: string;
  readonly createdMs: number;
  readonly shards: Readonly<Record<string, ShardEntry>>;
}

/** The offset as JSON, shards in order of their ids. */
export function offsetToJson(offset: KinesisOffset): SourceOffset {
  const shards = Object.keys(offset.shards)
    .toSorted()
    .map((shardId) => [shardId, offset.shards[shardId]] as const);
  return { ...offset, shards: Object.fromEntries(shards) as unknown as JsonValue };
}

export function offsetFromJson(json: SourceOffset): KinesisOffset {
  const offset = json as unknown as KinesisOffset;
  assert(
    typeof offset.streamArn === 'string' && typeof offset.shards === 'object',
    'an offset of the kinesis source has a stream and shards',
  );
  return offset;
}

/** Where reading goes on after an entry. */
export function resumePosition(entry: ShardEntry): IteratorPosition {
  return entry.sequenceNumber === undefined
    ? entry.start
    : { type: 'AFTER_SEQUENCE_NUMBER', sequenceNumber: entry.sequenceNumber };
}
