/**
 * The 256 buckets that keys of state fall into, and ranges of them: what a partition of a store holds, and for what an entry is valid.
 * A key's bucket is the low byte of its Murmur3 hash; whoever sends rows to partitions uses `bucketsOf` too.
 */
import type { Vector } from '../types/vector.ts';
import { hashRows } from '../types/hash.ts';

export const NUM_BUCKETS = 256;

/** Buckets from `from`, inclusive, to `to`, exclusive. */
export interface BucketRange {
  readonly from: number;
  readonly to: number;
}

export const ALL_BUCKETS: BucketRange = { from: 0, to: NUM_BUCKETS };

/** The bucket of each row's key. */
export function bucketsOf(keyColumns: readonly Vector[], numRows: number): Uint8Array {
  const hashes = hashRows(keyColumns, numRows);
  const buckets = new Uint8Array(numRows);
  for (let i = 0; i < numRows; i++) buckets[i] = hashes[i] as number;
  return buckets;
}

/** The buckets in both ranges, undefined when there are none. */
export function intersection(a: BucketRange, b: BucketRange): BucketRange | undefined {
  const from = Math.max(a.from, b.from);
  const to = Math.min(a.to, b.to);
  return from < to ? { from, to } : undefined;
}

export function isWhole({ from, to }: BucketRange): boolean {
  return from === 0 && to === NUM_BUCKETS;
}

/** Cuts the buckets into `numParts` ranges of nearly equal size, none empty. */
export function splitBuckets(numParts: number): BucketRange[] {
  const count = Math.max(1, Math.min(NUM_BUCKETS, numParts));
  return Array.from({ length: count }, (_, i) => ({
    from: Math.floor((i * NUM_BUCKETS) / count),
    to: Math.floor(((i + 1) * NUM_BUCKETS) / count),
  }));
}
