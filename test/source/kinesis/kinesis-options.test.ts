/** Options of the Kinesis source: spellings, defaults, starting positions, refusals. Nothing is opened. */
import { expect, test } from 'vitest';
import { KINESIS_OPTION_NAMES, readKinesisOptions } from '../../../src/source/kinesis/kinesis-options.ts';
import { kinesisSourceProvider } from '../../../src/source/kinesis/kinesis-source.ts';
import { findSourceProvider } from '../../../src/source/registry.ts';
import { checkOptionNames } from '../../../src/types/options.ts';

const LOCAL = { 'kinesis.streamname': 'actions', 'kinesis.endpointurl': 'http://127.0.0.1:4568' };

function read(options: Readonly<Record<string, string>>, isStreaming = true): ReturnType<typeof readKinesisOptions> {
  return readKinesisOptions(new Map(Object.entries({ ...LOCAL, ...options })), isStreaming);
}

test('defaults are those of the AWS connector, except that data loss fails the query', () => {
  expect(read({})).toMatchObject({
    failOnDataLoss: true,
    maxFetchRecordsPerShard: 100_000,
    numRecordsPerFetch: 10_000,
    fetchIntervalMs: 200,
    describeShardIntervalMs: 1000,
    numRetries: 5,
    retryIntervalMs: 1000,
    maxRetryIntervalMs: 10_000,
    startingPosition: { kind: 'everywhere', position: { type: 'LATEST' } },
  });
});

test('the prefix may be left out, and wins when both are given', () => {
  const bare = new Map([
    ['streamname', 'other'],
    ['region', 'eu-west-1'],
  ]);
  expect(readKinesisOptions(bare, true)).toMatchObject({
    streams: [{ name: 'other' }],
    connection: { region: 'eu-west-1', httpVersion: '2' },
  });
  bare.set('kinesis.streamname', 'actions');
  expect(readKinesisOptions(bare, true).streams.map(({ name }) => name)).toEqual(['actions']);
});

test('both spellings of every option are known names', () => {
  checkOptionNames('kinesis', new Map([['kinesis.getrecords.fetchintervalms', '1']]), KINESIS_OPTION_NAMES);
  checkOptionNames('kinesis', new Map([['getrecords.fetchintervalms', '1']]), KINESIS_OPTION_NAMES);
  expect(() => checkOptionNames('kinesis', new Map([['kinesis.streamNam', 'x']]), KINESIS_OPTION_NAMES)).toThrow(
    expect.objectContaining({ condition: 'UNKNOWN_OPTION', message: expect.stringContaining('kinesis.streamName') }),
  );
});

test('the region is taken from the endpoint', () => {
  const endpoint = (url: string): Record<string, string> => ({ 'kinesis.endpointurl': url });
  expect(read(endpoint('https://kinesis.eu-central-1.amazonaws.com')).connection.region).toBe('eu-central-1');
  expect(read(endpoint('https://vpce-1.kinesis.us-west-2.amazonaws.com')).connection.region).toBe('us-west-2');
  expect(read({}).connection.region).toBe('us-east-1');
});

test.each([
  ['TRIM_HORIZON', { type: 'TRIM_HORIZON' }],
  ['earliest', { type: 'TRIM_HORIZON' }],
  ['latest', { type: 'LATEST' }],
  ['AT_TIMESTAMP 2026-01-31T08:00:00Z', { type: 'AT_TIMESTAMP', timestampMs: Date.UTC(2026, 0, 31, 8) }],
  ['at_timestamp 2026-01-31T08:00:00+02:00', { type: 'AT_TIMESTAMP', timestampMs: Date.UTC(2026, 0, 31, 6) }],
  ['AT_TIMESTAMP 1769846400', { type: 'AT_TIMESTAMP', timestampMs: 1_769_846_400_000 }],
  ['AT_TIMESTAMP 1769846400123', { type: 'AT_TIMESTAMP', timestampMs: 1_769_846_400_123 }],
])('startingPosition %s is understood', (text, position) => {
  expect(read({ 'kinesis.startingposition': text }).startingPosition).toEqual({ kind: 'everywhere', position });
});

test('a position per shard is read as the AWS connector writes it', () => {
  const text = JSON.stringify({
    metadata: { streamName: 'actions', batchId: '7' },
    'shardId-1': { iteratorType: 'AFTER_SEQUENCE_NUMBER', iteratorPosition: '496' },
    'shardId-2': { iteratorType: 'SHARD_END', iteratorPosition: '' },
    'shardId-3': { iteratorType: 'AT_TIMESTAMP', iteratorPosition: '1769846400123' },
  });
  expect(read({ 'kinesis.startingposition': text }).startingPosition).toEqual({
    kind: 'per-shard',
    positions: new Map<string, unknown>([
      ['shardId-1', { type: 'AFTER_SEQUENCE_NUMBER', sequenceNumber: '496' }],
      ['shardId-2', 'SHARD_END'],
      ['shardId-3', { type: 'AT_TIMESTAMP', timestampMs: 1_769_846_400_123 }],
    ]),
  });
});

test('a batch read starts at the horizon and cannot start at LATEST', () => {
  expect(read({}, false).startingPosition).toEqual({ kind: 'everywhere', position: { type: 'TRIM_HORIZON' } });
  expect(() => read({ 'kinesis.startingposition': 'LATEST' }, false)).toThrow(
    expect.objectContaining({ condition: 'INVALID_OPTION' }),
  );
});

test.each([
  { 'kinesis.startingposition': 'OLDEST' },
  { 'kinesis.startingposition': 'AT_TIMESTAMP yesterday' },
  { 'kinesis.startingposition': 'AT_TIMESTAMP 2026-01-31T08:00:00' },
  { 'kinesis.startingposition': '{"shardId-1": {"iteratorType": "AFTER_SEQUENCE_NUMBER", "iteratorPosition": "x"}}' },
  { 'kinesis.startingposition': '{"shardId-1"' },
  { 'kinesis.maxfetchtimepershardsec': '0' },
  { 'kinesis.getrecords.numberofrecordsperfetch': '10001' },
  { 'kinesis.endpointurl': 'not a url' },
  { 'kinesis.consumertype': 'Carrier pigeon' },
  { 'kinesis.streamname': 'a,b,a' },
  { 'kinesis.streamarn': 'arn:aws:sqs:eu-west-1:123456789012:a' },
  { 'kinesis.stsrolearn': 'reader' },
])('the options %o are refused', (options) => {
  expect(() => read(options)).toThrow(expect.objectContaining({ condition: 'INVALID_OPTION' }));
});

test('enhanced fan-out needs a consumer name, and registers and deregisters it by default', () => {
  const options = { 'kinesis.consumertype': 'subscribetoshard' };
  expect(() => read(options)).toThrow(
    expect.objectContaining({ condition: 'MISSING_OPTION', parameters: { option: 'consumerName', format: 'kinesis' } }),
  );
  expect(read({ ...options, 'kinesis.consumername': 'me' }).fanOut).toEqual({
    consumerName: 'me',
    lifecycle: 'managed',
  });
  expect(read({ ...options, 'kinesis.consumername': 'me' }, false).fanOut).toBeUndefined();
  expect(read({ 'kinesis.consumername': 'me' }).fanOut).toBeUndefined();
});

test('several streams are named with commas, or by ARN, which also says the region', () => {
  expect(read({ 'kinesis.streamname': 'a, b' }).streams.map(({ name }) => name)).toEqual(['a', 'b']);
  const arn = 'arn:aws:kinesis:eu-west-3:123456789012:stream/other';
  const options = new Map([['kinesis.streamarn', arn]]);
  const { streams, connection } = readKinesisOptions(options, true);
  expect(streams).toEqual([{ name: 'other', arn, region: 'eu-west-3' }]);
  expect(connection.region).toBe('eu-west-3');
  expect(kinesisSourceProvider.describe(options)).toBe('Kinesis[other]');
});

test('a role is read with its session, and no emulator gets credentials beside a module', () => {
  const arn = 'arn:aws:iam::123456789012:role/reader';
  expect(read({ 'kinesis.stsrolearn': arn, 'kinesis.stsexternalid': 'x' }).connection.role).toEqual({
    arn,
    sessionName: 'millrace',
    externalId: 'x',
    endpointUrl: undefined,
  });
  expect(read({ 'kinesis.credentialproviderclass': './me.js' }).connection).toMatchObject({
    credentials: undefined,
    credentialsModule: { path: './me.js', parameter: undefined },
  });
});

test('a missing stream name and half of the credentials are missing options', () => {
  expect(() => readKinesisOptions(new Map([['region', 'eu-west-1']]), true)).toThrow(
    expect.objectContaining({ condition: 'MISSING_OPTION', parameters: { option: 'streamName', format: 'kinesis' } }),
  );
  expect(() => read({ 'kinesis.awsaccesskeyid': 'AKIA' })).toThrow(
    expect.objectContaining({ condition: 'MISSING_OPTION', parameters: { option: 'awsSecretKey', format: 'kinesis' } }),
  );
});

test('the description names the stream and no secret', () => {
  const options = new Map(Object.entries({ ...LOCAL, 'kinesis.awssecretkey': 'canary' }));
  expect(kinesisSourceProvider.describe(options)).toBe('Kinesis[actions]');
});

test('the name of the AWS connector is an alias', () => {
  expect(findSourceProvider('aws-kinesis')).toBe(kinesisSourceProvider);
});
