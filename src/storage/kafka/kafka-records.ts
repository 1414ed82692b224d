/**
 * What a reader sees of a fetched piece of a partition's log, and where it goes on. Control records and those of aborted transactions are
 * not seen but count as read: compaction, markers and aborts leave offsets without records.
 */
import type { RawPartition, RawRecord } from './kafka-driver.ts';

/** A record for users. */
export interface KafkaRecord {
  readonly offset: number;
  readonly key: Uint8Array | null;
  readonly value: Uint8Array | null;
  readonly timestampMs: number;
  /** 0: set by the producer; 1: by the broker. */
  readonly timestampType: number;
  readonly headers: readonly (readonly [string, Uint8Array | null])[];
}

/** A marker of an aborted transaction: version 0, type 0. */
const ABORT_MARKER = Buffer.from([0, 0, 0, 0]);

/** The records from `offset` on that a reader may see. */
export function visibleRecords(partition: RawPartition, offset: number): KafkaRecord[] {
  const isAborted = abortedFilter(partition);
  const records: KafkaRecord[] = [];
  for (const raw of partition.messages) {
    const hidden = isAborted(raw) || raw.isControlRecord;
    if (!hidden && Number(raw.offset) >= offset) records.push(recordOf(raw));
  }
  return records;
}

/** Where to read on after this piece: past the last batch in it, even if its last records are gone. */
export function nextOffsetAfter(partition: RawPartition, offset: number): number {
  const last = partition.messages.at(-1);
  if (last === undefined) return offset;
  const batch = last.batchContext as RawRecord['batchContext'] | undefined;
  const batchEnd = batch === undefined ? 0 : Number(batch.firstOffset) + batch.lastOffsetDelta + 1;
  return Math.max(offset, Number(last.offset) + 1, batchEnd);
}

/**
 * IF a record's offset reaches the first offset of the next aborted transaction THEN that producer is in one, until its abort marker.
 * Must be asked for every record, in order.
 */
function abortedFilter({ abortedTransactions = [] }: RawPartition): (raw: RawRecord) => boolean {
  const coming = abortedTransactions.toSorted((a, b) => Number(a.firstOffset) - Number(b.firstOffset));
  const aborting = new Set<string>();
  return (raw) => {
    while (coming[0] !== undefined && Number(raw.offset) >= Number(coming[0].firstOffset))
      aborting.add(coming.shift()?.producerId ?? '');
    if (aborting.size === 0) return false;
    const { producerId, inTransaction } = raw.batchContext;
    if (raw.isControlRecord) {
      if (raw.key !== null && ABORT_MARKER.equals(raw.key)) aborting.delete(producerId);
      return true;
    }
    return inTransaction && aborting.has(producerId);
  };
}

function recordOf(raw: RawRecord): KafkaRecord {
  return {
    offset: Number(raw.offset),
    key: raw.key,
    value: raw.value,
    timestampMs: Number(raw.timestamp),
    timestampType: (raw.batchContext as RawRecord['batchContext'] | undefined)?.timestampType ?? 0,
    headers: Object.entries(raw.headers ?? {}).flatMap(([name, value]) =>
      (Array.isArray(value) ? (value as readonly Buffer[]) : [value as Buffer | null | undefined]).map(
        (one) => [name, one ?? null] as const,
      ),
    ),
  };
}
