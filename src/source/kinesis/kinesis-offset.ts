/**
 * The position in a stream as it is kept in the offset log:
 * `{"streamName": …, "streamArn": …, "createdMs": …, "shards": {"<shardId>": {"state": "open" | "ended", "sequenceNumber": …, "subSequenceNumber": …,
 * "start": …, "parents": […]}}}`.
 *
 * An entry says: the shard was read from `start` up to and including `sequenceNumber` (absent: nothing yet); with `subSequenceNumber` only
 * up to that user record of an aggregate. `ended` means drained, not closed: every record was in a batch. `parents` are the shards that must be ended before this one is read. When the first record is
 * known, `start` becomes its sequence number, so that a replay of the batch reads exactly the same.
 */
import { assert } from '../../errors/assert.ts';
import type { JsonValue, SourceOffset } from '../source.ts';
import type { IteratorPosition } from './kinesis-api.ts';
import { placeAt, sequenceNumberOf, subSequenceOf } from './sequence-number.ts';

export interface ShardEntry {
  readonly state: 'open' | 'ended';
  /** The place of the last record read. */
  readonly last?: string;
  readonly start: IteratorPosition;
  readonly parents: readonly string[];
}

/** An entry as it is written. */
interface LoggedEntry extends Omit<ShardEntry, 'last'> {
  readonly sequenceNumber?: string;
  readonly subSequenceNumber?: number;
}

const NO_ENTRY: ShardEntry = { state: 'open', start: { type: 'TRIM_HORIZON' }, parents: [] };

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
    .map((shardId) => {
      const { last, ...entry } = offset.shards[shardId] ?? NO_ENTRY;
      if (last === undefined) return [shardId, entry] as const;
      const subSequenceNumber = subSequenceOf(last);
      const numbers = {
        sequenceNumber: sequenceNumberOf(last),
        ...(subSequenceNumber === undefined ? {} : { subSequenceNumber }),
      };
      return [shardId, { ...entry, ...numbers }] as const;
    });
  return { ...offset, shards: Object.fromEntries(shards) as unknown as JsonValue };
}

export function offsetFromJson(json: SourceOffset): KinesisOffset {
  const offset = json as unknown as KinesisOffset & { readonly shards: Readonly<Record<string, LoggedEntry>> };
  assert(
    typeof offset.streamArn === 'string' && typeof offset.shards === 'object',
    'an offset of the kinesis source has a stream and shards',
  );
  const shards = Object.entries(offset.shards).map(([shardId, logged]) => {
    const { sequenceNumber, subSequenceNumber, ...entry } = logged;
    return [
      shardId,
      sequenceNumber === undefined ? entry : { ...entry, last: placeAt(sequenceNumber, subSequenceNumber) },
    ];
  });
  return { ...offset, shards: Object.fromEntries(shards) as KinesisOffset['shards'] };
}

/** Where reading goes on after an entry; inside an aggregate, at it. */
export function resumePosition({ last, start }: ShardEntry): IteratorPosition {
  if (last === undefined) return start;
  const sequenceNumber = sequenceNumberOf(last);
  return { type: last === sequenceNumber ? 'AFTER_SEQUENCE_NUMBER' : 'AT_SEQUENCE_NUMBER', sequenceNumber };
}
