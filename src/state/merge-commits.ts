/**
 * Makes one commit of those that the partitions of a store wrote for the same version, so that it can be loaded with any partitioning.
 * It only arranges names; nothing is read or written.
 */
import type { StateCommit, StateFile } from './state-store.ts';
import { assert } from '../errors/assert.ts';
import { ALL_BUCKETS } from './bucket-range.ts';

/** The commits of disjoint bucket ranges as one, entries they share listed once. The order of each commit's entries is kept. */
export function mergeCommits(commits: readonly StateCommit[]): StateCommit {
  const [first, ...others] = commits;
  assert(first !== undefined, 'there is at least one commit to merge');
  return others.reduce((merged, commit) => {
    assert(commit.version === merged.version, 'partitions commit the same version');
    const changes = [...(merged.changes ?? []), ...(commit.changes ?? [])];
    const expired = mergeExpired(merged.expired, commit.expired);
    return {
      version: merged.version,
      numRowsTotal: merged.numRowsTotal + commit.numRowsTotal,
      rowsByRange: [...rowsByRange(merged), ...rowsByRange(commit)].toSorted((a, b) => a[0] - b[0]),
      files: mergeFiles(merged.files, commit.files),
      ...((merged.changes ?? commit.changes) !== undefined && { changes }),
      ...(expired !== undefined && { expired }),
    };
  }, first);
}

function mergeExpired(left: StateCommit['expired'], right: StateCommit['expired']): StateCommit['expired'] {
  if (left === undefined || right === undefined) return left ?? right;
  assert(left.upToMicros === right.upToMicros, 'partitions of a version expire up to the same time');
  return { ...left, files: mergeFiles(left.files, right.files) };
}

/** The rows of each bucket range a commit knows the number of. */
export function rowsByRange(commit: StateCommit): readonly (readonly [number, number, number])[] {
  return commit.rowsByRange ?? [[ALL_BUCKETS.from, ALL_BUCKETS.to, commit.numRowsTotal]];
}

/**
 * Both lists in one, each in its order. An entry in both becomes one if its ranges touch and the order allows it; else it stays listed
 * twice, which loads the same.
 */
function mergeFiles(left: readonly StateFile[], right: readonly StateFile[]): StateFile[] {
  const merged: StateFile[] = [];
  let next = 0;
  for (const file of right) {
    const at = left.findIndex((other, i) => i >= next && other.name === file.name && joined(other, file) !== undefined);
    if (at < 0) {
      merged.push(file);
      continue;
    }
    merged.push(...left.slice(next, at), joined(left[at] as StateFile, file) ?? file);
    next = at + 1;
  }
  return [...merged, ...left.slice(next)];
}

function joined(a: StateFile, b: StateFile): StateFile | undefined {
  const [aFrom, aTo] = a.buckets ?? [ALL_BUCKETS.from, ALL_BUCKETS.to];
  const [bFrom, bTo] = b.buckets ?? [ALL_BUCKETS.from, ALL_BUCKETS.to];
  if (aTo !== bFrom && bTo !== aFrom) return undefined;
  if (a.expired?.[1] !== b.expired?.[1]) return undefined;
  return withBuckets(a, Math.min(aFrom, bFrom), Math.max(aTo, bTo));
}

/** The entry as listed for a range of buckets. */
export function withBuckets(file: StateFile, from: number, to: number): StateFile {
  const { buckets: _, ...rest } = file;
  const isWhole = from === ALL_BUCKETS.from && to === ALL_BUCKETS.to;
  return isWhole ? rest : { ...rest, buckets: [from, to] };
}
