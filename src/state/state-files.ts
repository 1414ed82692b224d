/**
 * Lists of state entries and the buckets they count for: which a store needs, what is left of them once a range of buckets was written
 * anew, and which range that should be next. Names and numbers only.
 */
import type { BucketRange } from './bucket-range.ts';
import type { StateCommit, StateFile } from './state-store.ts';
import { ALL_BUCKETS, intersection, NUM_BUCKETS } from './bucket-range.ts';
import { rowsByRange, withBuckets } from './merge-commits.ts';

/** The buckets an entry is listed for. */
export function rangeOf({ buckets }: StateFile): BucketRange {
  return buckets === undefined ? ALL_BUCKETS : { from: buckets[0], to: buckets[1] };
}

/** The entries with rows in some buckets, listed for those. */
export function filesWithin(files: readonly StateFile[], within: BucketRange): StateFile[] {
  return files.flatMap((file) => {
    const range = intersection(rangeOf(file), within);
    return range === undefined ? [] : [withBuckets(file, range.from, range.to)];
  });
}

/** The entries without what lies in some buckets; an entry on both sides of them is listed twice. */
export function filesWithout(files: readonly StateFile[], { from, to }: BucketRange): StateFile[] {
  return files.flatMap((file) => {
    const range = rangeOf(file);
    if (range.to <= from || range.from >= to) return [file];
    const left = range.from < from ? [withBuckets(file, range.from, from)] : [];
    return range.to > to ? [...left, withBuckets(file, to, range.to)] : left;
  });
}

/** How many rows a commit has in some buckets, when it says so: its ranges must not cross the ends of these. */
export function knownRows(commit: StateCommit, within: BucketRange): number | undefined {
  let total = 0;
  let numBuckets = 0;
  for (const [from, to, rows] of rowsByRange(commit)) {
    const common = intersection({ from, to }, within);
    if (common === undefined) continue;
    if (common.from !== from || common.to !== to) return undefined;
    total += rows;
    numBuckets += to - from;
  }
  return numBuckets === within.to - within.from ? total : undefined;
}

/** The next `width` buckets of `within` to be written anew: they start at the one that lies in most entries. */
export function rangeToRewrite(files: readonly StateFile[], within: BucketRange, width: number): BucketRange {
  const changes = new Int32Array(NUM_BUCKETS + 1);
  for (const file of files) {
    const { from, to } = rangeOf(file);
    changes[from] = (changes[from] as number) + 1;
    changes[to] = (changes[to] as number) - 1;
  }
  let from = within.from;
  let most = 0;
  for (let bucket = 0, covering = 0; bucket < within.to; bucket++) {
    covering += changes[bucket] as number;
    if (bucket < within.from || covering <= most) continue;
    most = covering;
    from = bucket;
  }
  return { from, to: Math.min(from + width, within.to) };
}
