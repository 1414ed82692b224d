/** One record to put: a row, or several rows of one shard packed together. */
import { createHash } from 'node:crypto';

/** A row as a record. */
export interface UserRecord {
  readonly data: Uint8Array;
  readonly partitionKey: string;
  /** Decides about the shard instead of the partition key; a decimal number of 128 bits. */
  readonly explicitHashKey: string | undefined;
}

export interface PutEntry {
  readonly data: Uint8Array;
  readonly partitionKey: string;
  readonly explicitHashKey: string | undefined;
  /** What AWS counts: payload and partition key. */
  readonly sizeBytes: number;
  /** What was packed together, and the shard it was meant for; undefined for a single row. */
  readonly packed: { readonly shardId: string; readonly records: readonly UserRecord[] } | undefined;
}

export function singleEntry(record: UserRecord): PutEntry {
  const sizeBytes = record.data.length + Buffer.byteLength(record.partitionKey);
  return { ...record, sizeBytes, packed: undefined };
}

/** The 128-bit number that decides about the shard. */
export function hashKeyOf({ partitionKey, explicitHashKey }: UserRecord): bigint {
  if (explicitHashKey !== undefined) return BigInt(explicitHashKey);
  return BigInt(`0x${createHash('md5').update(partitionKey, 'utf8').digest('hex')}`);
}
