/**
 * Which shards there are and which may be read: pure functions over the entries of an offset and the stream's list of shards. A shard is
 * read only when its parents are ended, so records of one key stay in order across splits and merges. New shards start at TRIM_HORIZON,
 * whatever the query's starting position: everything in them came after the query had begun.
 */
import type { IteratorPosition, ShardDescription } from './kinesis-api.ts';
import type { ShardEntry } from './kinesis-offset.ts';
import type { StartingPosition } from './starting-position.ts';

export type ShardEntries = Readonly<Record<string, ShardEntry>>;

/** The entries of a query that begins now. LATEST becomes the time `pinMs`; shards that are closed by then are over. */
export function initialEntries(
  shards: readonly ShardDescription[],
  starting: StartingPosition,
  pinMs: number,
): ShardEntries {
  const known = new Set(shards.map((shard) => shard.shardId));
  return Object.fromEntries(
    shards.map((shard) => {
      const position = startOf(shard, starting);
      const isLatest = position !== 'SHARD_END' && position.type === 'LATEST';
      const hasEnded = position === 'SHARD_END' || (isLatest && shard.isClosed);
      const pinned: IteratorPosition = { type: 'AT_TIMESTAMP', timestampMs: pinMs };
      const entry: ShardEntry = {
        state: hasEnded ? 'ended' : 'open',
        start: position === 'SHARD_END' || isLatest ? pinned : position,
        parents: shard.parents.filter((parent) => known.has(parent)),
      };
      return [shard.shardId, entry] as const;
    }),
  );
}

/** Whether a query that begins at `starting` takes this shard at LATEST. */
export function isAtLatest(shardId: string, starting: StartingPosition): boolean {
  const position = starting.kind === 'everywhere' ? starting.position : starting.positions.get(shardId);
  return position !== undefined && position !== 'SHARD_END' && position.type === 'LATEST';
}

function startOf(shard: ShardDescription, starting: StartingPosition): IteratorPosition | 'SHARD_END' {
  if (starting.kind === 'everywhere') return starting.position;
  return starting.positions.get(shard.shardId) ?? { type: 'TRIM_HORIZON' };
}

/** Entries for shards of the list that are not known yet, and the parents of theirs that nobody has read or can read any more. */
export function discoverShards(
  entries: ShardEntries,
  shards: readonly ShardDescription[],
): { readonly added: ShardEntries; readonly lostParents: readonly string[] } {
  const listed = new Set(shards.map((shard) => shard.shardId));
  const added: Record<string, ShardEntry> = {};
  const lostParents: string[] = [];
  for (const shard of shards) {
    if (entries[shard.shardId] !== undefined) continue;
    const parents = shard.parents.filter((parent) => entries[parent] !== undefined || listed.has(parent));
    lostParents.push(...shard.parents.filter((parent) => !parents.includes(parent)));
    added[shard.shardId] = { state: 'open', start: { type: 'TRIM_HORIZON' }, parents };
  }
  return { added, lostParents };
}

/** The shards whose parents are all ended and that are not ended themselves. */
export function readableShards(entries: ShardEntries): string[] {
  return Object.keys(entries).filter((shardId) => {
    const entry = entries[shardId];
    return entry?.state === 'open' && entry.parents.every((parent) => entries[parent]?.state !== 'open');
  });
}

/** Entries that wait for nobody: speed instead of order. */
export function withoutParents(entries: ShardEntries): ShardEntries {
  return Object.fromEntries(Object.entries(entries).map(([shardId, entry]) => [shardId, { ...entry, parents: [] }]));
}

/** Entries without those that are over and that the stream has forgotten: nobody can have them as a parent any more. */
export function withoutForgotten(entries: ShardEntries, listed: ReadonlySet<string>): ShardEntries {
  const kept = Object.entries(entries).filter(([shardId, entry]) => entry.state === 'open' || listed.has(shardId));
  if (kept.length === Object.keys(entries).length) return entries;
  const ids = new Set(kept.map(([shardId]) => shardId));
  return Object.fromEntries(
    kept.map(([shardId, entry]) => [shardId, { ...entry, parents: entry.parents.filter((parent) => ids.has(parent)) }]),
  );
}

/**
 * The given shards in groups that must each be read in order, parents first; different groups are independent. `entries` supplies the
 * parents; shards in between that are not given still link their parents and children.
 */
export function orderedGroups(
  shardIds: readonly string[],
  linking: ReadonlySet<string>,
  entries: ShardEntries,
): string[][] {
  const group = new Map<string, Set<string>>();
  for (const shardId of linking) group.set(shardId, new Set([shardId]));
  for (const shardId of linking) {
    for (const parent of entries[shardId]?.parents ?? []) {
      const left = group.get(shardId);
      const right = group.get(parent);
      if (left === undefined || right === undefined || left === right) continue;
      for (const member of right) group.set(member, left.add(member));
    }
  }
  const depths = new Map<string, number>();
  const depthOf = (shardId: string): number => {
    const known = depths.get(shardId);
    if (known !== undefined) return known;
    const depth = Math.max(0, ...(entries[shardId]?.parents ?? []).map((parent) => depthOf(parent) + 1));
    depths.set(shardId, depth);
    return depth;
  };
  const wanted = new Set(shardIds);
  return [...new Set(group.values())]
    .map((members) =>
      [...members]
        .filter((shardId) => wanted.has(shardId))
        .toSorted((a, b) => depthOf(a) - depthOf(b) || (a < b ? -1 : 1)),
    )
    .filter((members) => members.length > 0);
}
