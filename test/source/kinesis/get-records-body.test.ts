/** The wire form of GetRecords answers. */
import { expect, test } from 'vitest';
import { parseGetRecordsBody } from '../../../src/source/kinesis/get-records-body.ts';

test('records, iterator and distance are taken from the body', () => {
  const body = {
    Records: [
      {
        Data: Buffer.from('häus').toString('base64'),
        PartitionKey: 'ключ',
        SequenceNumber: '49668899999999999999999999999999999999999999999999999999',
        ApproximateArrivalTimestamp: 1_795_261_452.743,
        EncryptionType: 'NONE',
      },
      { Data: '', PartitionKey: 'k', SequenceNumber: '5', ApproximateArrivalTimestamp: '2026-11-21T11:44:12.743Z' },
    ],
    NextShardIterator: 'AAA=',
    MillisBehindLatest: 12,
    ChildShards: [],
  };
  expect(parseGetRecordsBody(Buffer.from(JSON.stringify(body)))).toEqual({
    records: [
      {
        data: Buffer.from('häus'),
        partitionKey: 'ключ',
        sequenceNumber: '49668899999999999999999999999999999999999999999999999999',
        arrivalMs: 1_795_261_452_743,
      },
      {
        data: Buffer.alloc(0),
        partitionKey: 'k',
        sequenceNumber: '5',
        arrivalMs: Date.UTC(2026, 10, 21, 11, 44, 12, 743),
      },
    ],
    nextIterator: 'AAA=',
    millisBehindLatest: 12,
  });
});

test('a closed shard has no next iterator, absent or null', () => {
  for (const body of ['{"Records":[],"MillisBehindLatest":0}', '{"Records":[],"NextShardIterator":null}'])
    expect(parseGetRecordsBody(Buffer.from(body))).toEqual({
      records: [],
      nextIterator: undefined,
      millisBehindLatest: 0,
    });
});
