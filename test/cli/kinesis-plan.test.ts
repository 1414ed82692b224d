/** Capacity advice for Kinesis: arithmetic, words and refusals. */
import { expect, test } from 'vitest';
import { planText, readLoad } from '../../src/cli/commands/kinesis-plan.ts';
import { faultsOf } from '../../src/cli/commands/kinesis-serve.ts';
import { parseByteRate, parseCountRate, planCapacity } from '../../src/cli/kinesis/capacity-plan.ts';

const plan = (options: { in: string; out?: string; records: string; fanOut?: string; average?: string }) =>
  planCapacity(readLoad({ average: '0.5', ...options }));

test('the largest of writing, records and reading decides about the shards', () => {
  expect(plan({ in: '5MB/s', out: '9MB/s', records: '4000/s' })).toMatchObject({
    numShards: 5,
    shardsByLimit: { write: 5, read: 5, records: 4 },
    limit: 'write',
    numShardsRecommended: 7,
  });
  expect(plan({ in: '1MB/s', records: '4500/s' })).toMatchObject({ numShards: 5, limit: 'records' });
  expect(plan({ in: '1MB/s', out: '9MB/s', records: '10/s' })).toMatchObject({ numShards: 5, limit: 'read' });
  expect(plan({ in: '1B/s', records: '1/s' })).toMatchObject({ numShards: 1, numShardsRecommended: 1 });
});

test('consumers by fan-out do not share the reading limit', () => {
  expect(plan({ in: '2MB/s', out: '9MB/s', records: '100/s', fanOut: '4' }).shardsByLimit.read).toBe(2);
});

test('a load that is mostly idle is cheaper on demand, a steady one provisioned', () => {
  expect(plan({ in: '20MB/s', records: '10000/s', average: '0.01' }).mode).toBe('on-demand');
  expect(plan({ in: '20MB/s', records: '10000/s', average: '1' }).mode).toBe('provisioned');
});

test('small records are told of aggregation', () => {
  expect(plan({ in: '100KB/s', records: '5000/s' }).notes[0]).toContain('kinesis.aggregationEnabled) needs 1 shards');
});

test('rates are read with and without units', () => {
  expect(['5MB/s', '800 KB/s', '1.5GiB', '10'].map(parseByteRate)).toEqual([5_242_880, 819_200, 1_610_612_736, 10]);
  expect(['4000/s', '4k/s', '7'].map(parseCountRate)).toEqual([4000, 4000, 7]);
  expect([parseByteRate('fast'), parseCountRate('-1')]).toEqual([undefined, undefined]);
});

test.each([
  { in: 'fast', records: '1/s' },
  { in: '1MB/s', records: 'many' },
  { in: '1MB/s', records: '1/s', average: '2' },
])('the options %o are refused', (options) => {
  expect(() => plan(options)).toThrow(expect.objectContaining({ condition: 'INVALID_OPTION' }));
});

test('the text names shards, mode and prices of both modes', () => {
  expect(planText(plan({ in: '5MB/s', out: '9MB/s', records: '4000/s' }))).toMatch(
    /shards needed {7}5 \(writing 5, records 4, reading 5; write decides\)[^]*provisioned {9}about \$[\d.]+ a month with 7 shards[^]*on-demand/,
  );
});

test('faults of the embedded Kinesis are shares and counts', () => {
  const options = { shards: '1', stream: 's', engine: 'embedded', limits: true };
  expect(faultsOf({ ...options, throttle: '0.3', expireEvery: '100' })).toEqual({
    throttleRate: 0.3,
    expireIteratorsEvery: 100,
  });
  expect(() => faultsOf({ ...options, errors: '1' })).toThrow(expect.objectContaining({ condition: 'INVALID_OPTION' }));
});
