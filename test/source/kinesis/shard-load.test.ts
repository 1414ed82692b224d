/** Which shards count as hot, and whose keys it is. */
import { expect, test } from 'vitest';
import type { KinesisRecord } from '../../../src/source/kinesis/kinesis-api.ts';
import { ShardLoad } from '../../../src/source/kinesis/shard-load.ts';

const record = (arrivalMs: number, partitionKey: string, sizeBytes = 10): KinesisRecord => ({
  data: new Uint8Array(sizeBytes),
  partitionKey,
  sequenceNumber: '1',
  arrivalMs,
});

/** Ten seconds with `perSecond` records a second, every other one under the key `big`, then one record of the next window. */
function loadOf(perSecond: number, sizeBytes?: number): ShardLoad {
  const load = new ShardLoad('shard-1');
  const records = Array.from({ length: perSecond * 10 }, (_, i) =>
    record(Math.floor((i * 1000) / perSecond), i % 2 === 0 ? 'big' : `key-${i % 997}`, sizeBytes),
  );
  load.add([...records, record(10_000, 'next')]);
  return load;
}

test('a shard with 800 records a second or more is hot, and its largest key is named', () => {
  const load = loadOf(900);
  const hot = load.takeHot();
  expect(hot).toMatchObject({ shardId: 'shard-1', recordsPerSecond: 900 });
  expect(hot?.keys[0]?.partitionKey).toBe('big');
  expect(hot?.keys[0]?.share).toBeGreaterThan(0.4);
  expect(hot?.keys).toHaveLength(1);
  expect(load.takeHot()).toBeUndefined();
});

test('a shard with 0.8 MB a second is hot, whatever the number of records', () => {
  expect(loadOf(10, 90_000).takeHot()).toMatchObject({ recordsPerSecond: 10 });
  expect(loadOf(10, 50_000).takeHot()).toBeUndefined();
});

test('user records of one aggregate count as one record', () => {
  const load = new ShardLoad('shard-1');
  const packed = Array.from({ length: 20_000 }, (_, i): KinesisRecord => {
    return { ...record(Math.floor(i / 2), 'k'), part: { index: i % 100, isLast: i % 100 === 99 } };
  });
  load.add([...packed, record(10_000, 'k')]);
  expect(load.takeHot()).toBeUndefined();
});
