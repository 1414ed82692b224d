/** The buffer of a shard, the comparison of sequence numbers, and the read quota. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { KinesisRecord } from '../../../src/source/kinesis/kinesis-api.ts';
import { PrefetchBuffer } from '../../../src/source/kinesis/prefetch-buffer.ts';
import { compareSequenceNumbers } from '../../../src/source/kinesis/sequence-number.ts';
import { acquireBucket, releaseBucket, TokenBucket } from '../../../src/source/kinesis/token-bucket.ts';

function record(sequenceNumber: string): KinesisRecord {
  return { data: new Uint8Array(10), partitionKey: 'k', sequenceNumber, arrivalMs: 0 };
}

const numbers = (records: readonly KinesisRecord[] | undefined): string[] | undefined =>
  records?.map(({ sequenceNumber }) => sequenceNumber);

function bufferOf(before: string | undefined, ...sequenceNumbers: readonly string[]): PrefetchBuffer {
  const buffer = new PrefetchBuffer(before);
  buffer.append(sequenceNumbers.map(record));
  return buffer;
}

test('sequence numbers compare as the numbers they are', () => {
  fc.assert(
    fc.property(fc.bigInt(0n, 2n ** 190n), fc.bigInt(0n, 2n ** 190n), (left, right) => {
      const order = compareSequenceNumbers(String(left), String(right));
      expect(Math.sign(order)).toBe(left < right ? -1 : left > right ? 1 : 0);
    }),
  );
});

test('records after a number are given only when the buffer reaches back to it', () => {
  const buffer = bufferOf('9', '10', '11', '100');
  expect(numbers(buffer.after('9'))).toEqual(['10', '11', '100']);
  expect(numbers(buffer.after('11'))).toEqual(['100']);
  expect(buffer.after('8')).toBeUndefined();
  expect(buffer.after(undefined)).toBeUndefined();
});

test('a range is given only when it is here as a whole', () => {
  const buffer = bufferOf('9', '10', '11', '100');
  expect(numbers(buffer.range({ before: '9' }, '11'))).toEqual(['10', '11']);
  expect(numbers(buffer.range({ first: '11' }, '100'))).toEqual(['11', '100']);
  expect(buffer.range({ before: '8' }, '11')).toBeUndefined();
  expect(buffer.range({ before: '9' }, '101')).toBeUndefined();
});

test('dropping and forgetting free the memory and move the edge', () => {
  const buffer = bufferOf(undefined, '10', '11', '100');
  const wholeBytes = buffer.sizeBytes;
  buffer.dropThrough('11');
  expect(buffer.sizeBytes).toBe(wholeBytes / 3);
  expect(numbers(buffer.after('11'))).toEqual(['100']);
  buffer.forget();
  expect(buffer.sizeBytes).toBe(0);
  expect(numbers(buffer.after('100'))).toEqual([]);
  expect(buffer.range({ first: '10' }, '100')).toBeUndefined();
});

test('five calls may be made at once, then one per interval', () => {
  const bucket = new TokenBucket(200, 0);
  expect(Array.from({ length: 7 }, () => bucket.take(0))).toEqual([0, 0, 0, 0, 0, 200, 400]);
  expect(bucket.take(10_000)).toBe(0);
});

test('readers of one shard share its quota until the last has gone', () => {
  const bucket = acquireBucket('shared', 200, 0);
  expect(acquireBucket('shared', 200, 0)).toBe(bucket);
  releaseBucket('shared');
  expect(acquireBucket('shared', 200, 0)).toBe(bucket);
  releaseBucket('shared');
  releaseBucket('shared');
  expect(acquireBucket('shared', 200, 0)).not.toBe(bucket);
  releaseBucket('shared');
});
