/** Records packed by the Kinesis Producer Library. */
import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import { deaggregate } from '../../../src/source/kinesis/aggregated-record.ts';
import type { KinesisRecord } from '../../../src/source/kinesis/kinesis-api.ts';
import { aggregate } from './aggregate.ts';

function record(data: Uint8Array): KinesisRecord {
  return { data, partitionKey: 'outer', sequenceNumber: '1', arrivalMs: 5 };
}

const texts = (records: readonly KinesisRecord[]): string[] =>
  records.map(({ partitionKey, data }) => `${partitionKey}=${new TextDecoder().decode(data)}`);

const USERS = [
  { key: 'a', data: 'one' },
  { key: 'b', data: 'x'.repeat(300) },
  { key: 'a', data: '' },
];

test('user records come out in order with their own keys', () => {
  const users = deaggregate(record(aggregate(USERS)), undefined);
  expect(texts(users)).toEqual(['a=one', `b=${'x'.repeat(300)}`, 'a=']);
  expect(users.every((user) => user.sequenceNumber === '1' && user.arrivalMs === 5)).toBe(true);
});

test('user records whose key belongs to another shard are dropped', () => {
  const hash = BigInt(`0x${createHash('md5').update('a').digest('hex')}`);
  const users = deaggregate(record(aggregate(USERS)), { start: hash, end: hash });
  expect(texts(users)).toEqual(['a=one', 'a=']);
});

test('an explicit hash key decides about the shard', () => {
  const data = aggregate([
    { key: 'a', hashKey: '7', data: 'in' },
    { key: 'a', hashKey: '8', data: 'out' },
  ]);
  expect(texts(deaggregate(record(data), { start: 0n, end: 7n }))).toEqual(['a=in']);
});

test('an ordinary record, a wrong digest and a malformed message stay as they are', () => {
  const intact = aggregate(USERS);
  const damaged = Uint8Array.from(intact);
  damaged[10] = (damaged[10] ?? 0) ^ 1;
  const body = Buffer.from([0x1a, 0x7f, 0x00]);
  const malformed = Buffer.concat([
    Buffer.from([0xf3, 0x89, 0x9a, 0xc2]),
    body,
    createHash('md5').update(body).digest(),
  ]);
  for (const data of [new TextEncoder().encode('hello'), damaged, malformed, Uint8Array.of(0xf3, 0x89, 0x9a, 0xc2)]) {
    const [only, ...others] = deaggregate(record(data), undefined);
    expect(only?.data).toBe(data);
    expect(others).toEqual([]);
  }
});
