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

/** Cuts buckets, by default all, into `numParts` ranges of nearly equal size, none empty. */
export function splitBuckets(numParts: number, { from, to }: BucketRange = ALL_BUCKETS): BucketRange[] {
  const numBuckets = to - from;
  const count = Math.max(1, Math.min(numBuckets, numParts));
  return Array.from({ length: count }, (_, i) => ({
    from: from + Math.floor((i * numBuckets) / count),
    to: from + Math.floor(((i + 1) * numBuckets) / count),
  }));
}

/** The number of the range each bucket lies in; 0 for those in none. */
export function ownersOfBuckets(ranges: readonly BucketRange[]): Uint8Array {
  const owners = new Uint8Array(NUM_BUCKETS);
  ranges.forEach(({ from, to }, owner) => owners.fill(owner, from, to));
  return owners;
}

/** The rows of each owner, ascending; `buckets` are those of the rows. */
export function rowsByOwner(buckets: Uint8Array, owners: Uint8Array, numOwners: number): Int32Array[] {
  const counts = new Int32Array(numOwners);
  for (let row = 0; row < buckets.length; row++) {
    const owner = owners[buckets[row] as number] as number;
    counts[owner] = (counts[owner] as number) + 1;
  }
  const rows = Array.from(counts, (count) => new Int32Array(count));
  counts.fill(0);
  for (let row = 0; row < buckets.length; row++) {
    const owner = owners[buckets[row] as number] as number;
    const at = counts[owner] as number;
    (rows[owner] as Int32Array)[at] = row;
    counts[owner] = at + 1;
  }
  return rows;
}
