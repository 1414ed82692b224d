/** Which shards may be read when, and in which order the ranges of a batch are read. */
import { expect, test } from 'vitest';
import type { ShardDescription } from '../../../src/source/kinesis/kinesis-api.ts';
import type { KinesisOffset, ShardEntry } from '../../../src/source/kinesis/kinesis-offset.ts';
import {
  discoverShards,
  initialEntries,
  readableShards,
  type ShardEntries,
  withoutForgotten,
} from '../../../src/source/kinesis/shard-lineage.ts';
import { planSegments } from '../../../src/source/kinesis/shard-segment.ts';

const ALL_KEYS = { start: 0n, end: 2n ** 128n - 1n };

function shard(shardId: string, parents: readonly string[] = [], isClosed = false): ShardDescription {
  return { shardId, parents, isClosed, hashKeyRange: ALL_KEYS };
}

function entry(state: ShardEntry['state'], parents: readonly string[] = [], last?: string): ShardEntry {
  const start = { type: 'AT_SEQUENCE_NUMBER', sequenceNumber: '1' } as const;
  return { state, start, parents, ...(last === undefined ? {} : { last }) };
}

function offset(shards: ShardEntries): KinesisOffset {
  return { streamName: 's', streamArn: 'arn', createdMs: 1, shards };
}

test('from TRIM_HORIZON closed shards are open to be read, and parents the stream has forgotten are no obstacle', () => {
  const entries = initialEntries(
    [shard('p', ['gone'], true), shard('c', ['p'])],
    { kind: 'everywhere', position: { type: 'TRIM_HORIZON' } },
    0,
  );
  expect(entries).toEqual({
    p: { state: 'open', start: { type: 'TRIM_HORIZON' }, parents: [] },
    c: { state: 'open', start: { type: 'TRIM_HORIZON' }, parents: ['p'] },
  });
  expect(readableShards(entries)).toEqual(['p']);
});

test('from LATEST closed shards are over and open ones have a time to come back to', () => {
  const latest = { kind: 'everywhere', position: { type: 'LATEST' } } as const;
  const entries = initialEntries([shard('p', [], true), shard('c', ['p'])], latest, 5000);
  expect(entries['p']?.state).toBe('ended');
  expect(entries['c']).toEqual({
    state: 'open',
    start: { type: 'AT_TIMESTAMP', timestampMs: 5000 },
    parents: ['p'],
  });
  expect(readableShards(entries)).toEqual(['c']);
});

test('a merge child waits for both parents', () => {
  const child = { c: entry('open', ['a', 'b']) };
  expect(readableShards({ a: entry('ended'), b: entry('open'), ...child })).toEqual(['b']);
  expect(readableShards({ a: entry('ended'), b: entry('ended'), ...child })).toEqual(['c']);
});

test('shards found later start at TRIM_HORIZON behind their parents', () => {
  const { added, lostParents } = discoverShards({ a: entry('open') }, [
    shard('a'),
    shard('b', ['a']),
    shard('c', ['b']),
  ]);
  expect(added).toEqual({
    b: { state: 'open', start: { type: 'TRIM_HORIZON' }, parents: ['a'] },
    c: { state: 'open', start: { type: 'TRIM_HORIZON' }, parents: ['b'] },
  });
  expect(lostParents).toEqual([]);
});

test('a parent that was never read and is gone from the stream is reported', () => {
  expect(discoverShards({ a: entry('ended') }, [shard('c', ['b'])]).lostParents).toEqual(['b']);
});

test('entries of ended shards go when the stream forgets them, open ones stay', () => {
  const entries = { a: entry('ended'), b: entry('open', ['a']), c: entry('open') };
  const kept = withoutForgotten(entries, new Set(['c']));
  expect(kept).toEqual({ b: entry('open', []), c: entry('open') });
});

test('independent shards are independent ranges', () => {
  const start = offset({ a: entry('open', [], '3'), b: entry('open', [], '4') });
  const end = offset({ a: entry('open', [], '7'), b: entry('open', [], '4'), c: entry('open', [], '9') });
  expect(planSegments(start, end)).toEqual([
    [{ shardId: 'a', from: { before: '3' }, last: '7' }],
    [{ shardId: 'c', from: { first: '1' }, last: '9' }],
  ]);
});

test('parents come before children in one range, also when the shard between them had no records', () => {
  const end = offset({
    z: entry('ended', [], '5'),
    m: entry('ended', ['z']),
    a: entry('open', ['m'], '8'),
  });
  expect(planSegments(undefined, end).map((group) => group.map((segment) => segment.shardId))).toEqual([['z', 'a']]);
});

test('children of a parent that ended in an earlier batch are independent of each other', () => {
  const start = offset({ p: entry('ended', [], '5') });
  const end = offset({ p: entry('ended', [], '5'), a: entry('open', ['p'], '7'), b: entry('open', ['p'], '8') });
  expect(planSegments(start, end)).toHaveLength(2);
});
