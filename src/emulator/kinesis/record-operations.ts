/** Operations on records: puts with AWS's limits and partial failures, iterators of all five types, GetRecords. */
import { hash } from 'node:crypto';
import { type EmulatedShard } from './emulated-shard.ts';
import type { EmulatedStream } from './emulated-stream.ts';
import { type Input, optionalNumber, optionalText, optionalTimeMs, requiredList, requiredText } from './input.ts';
import { json, type Operation, type OperationContext, streamOfArn, usableStream } from './operation.ts';
import { invalidArgument, KinesisServiceError, throughputExceeded, validationError } from './service-error.ts';
import { childShardJson } from './shard-json.ts';

const MAX_PUT_RECORDS = 500;
const MAX_PUT_BYTES = 10 * 1024 * 1024;
const MAX_GET_RECORDS = 10_000;
const MAX_GET_BYTES = 10 * 1024 * 1024;
const MAX_KEY_CHARS = 256;
const ITERATOR_LIFE_MS = 300_000;
const BASE64 = /^[A-Za-z0-9+/]*={0,2}$/;

interface CheckedRecord {
  readonly shard: EmulatedShard;
  readonly partitionKey: string;
  readonly dataBase64: string;
  readonly sizeBytes: number;
}

/** The shard and the size of a record, or the error that refuses the whole call. */
function checkedRecord(stream: EmulatedStream, input: Input): CheckedRecord {
  const partitionKey = requiredText(input, 'PartitionKey');
  if (partitionKey.length > MAX_KEY_CHARS)
    throw validationError(
      `1 validation error detected: Value at 'partitionKey' failed to satisfy constraint: Member must have length less than or equal to ${MAX_KEY_CHARS}`,
    );
  const dataBase64 = optionalText(input, 'Data');
  if (dataBase64 === undefined)
    throw validationError(
      `1 validation error detected: Value at 'data' failed to satisfy constraint: Member must not be null`,
    );
  if (dataBase64.length % 4 !== 0 || !BASE64.test(dataBase64))
    throw new KinesisServiceError('SerializationException', 'Data is not base64');
  const padding = dataBase64.endsWith('==') ? 2 : dataBase64.endsWith('=') ? 1 : 0;
  const sizeBytes = (dataBase64.length / 4) * 3 - padding + Buffer.byteLength(partitionKey);
  if (sizeBytes > stream.maxRecordBytes)
    throw validationError(
      `1 validation error detected: Value at 'data' failed to satisfy constraint: Member must have length less than or equal to ${stream.maxRecordBytes}`,
    );
  return { shard: stream.route(hashKey(input, partitionKey)), partitionKey, dataBase64, sizeBytes };
}

function hashKey(input: Input, partitionKey: string): string {
  const explicit = optionalText(input, 'ExplicitHashKey');
  if (explicit === undefined) return hash('md5', partitionKey, 'hex');
  if (!/^(?:0|[1-9]\d{0,38})$/.test(explicit) || BigInt(explicit) >= 1n << 128n)
    throw invalidArgument(
      `Invalid ExplicitHashKey. ExplicitHashKey must be in the range: [0, 2^128-1]. Specified value was ${explicit}`,
    );
  return BigInt(explicit).toString(16).padStart(32, '0');
}

/** Whether the shard's write quota takes the record; takes it if so. */
function admits({ shard, sizeBytes }: CheckedRecord, { nowMs, hasLimits }: OperationContext): boolean {
  if (!hasLimits) return true;
  if (!shard.writeRecords.allows(1, nowMs) || !shard.writeBytes.allows(sizeBytes, nowMs)) return false;
  shard.writeRecords.use(1);
  shard.writeBytes.use(sizeBytes);
  return true;
}

function store(record: CheckedRecord, nowMs: number): string {
  const { shard, partitionKey, dataBase64, sizeBytes } = record;
  return shard.append({ partitionKey, dataBase64, sizeBytes, arrivalMs: nowMs });
}

function tooFast({ shard }: CheckedRecord, stream: EmulatedStream): string {
  const { name, account } = stream.identity;
  return `Rate exceeded for shard ${shard.shardId} in stream ${name} under account ${account}.`;
}

const putRecord: Operation = (input, context) => {
  const stream = usableStream(input, context);
  const record = checkedRecord(stream, input);
  if (!admits(record, context)) throw throughputExceeded(tooFast(record, stream));
  const sequenceNumber = store(record, context.nowMs);
  record.shard.notify();
  return json({ ShardId: record.shard.shardId, SequenceNumber: sequenceNumber, EncryptionType: 'NONE' });
};

const putRecords: Operation = (input, context) => {
  const stream = usableStream(input, context);
  const inputs = requiredList(input, 'Records') as readonly Input[];
  if (inputs.length === 0 || inputs.length > MAX_PUT_RECORDS)
    throw validationError(
      `1 validation error detected: Value at 'records' failed to satisfy constraint: Member must have length between 1 and ${MAX_PUT_RECORDS}`,
    );
  const records = inputs.map((one) => checkedRecord(stream, one));
  if (records.reduce((sum, record) => sum + record.sizeBytes, 0) > MAX_PUT_BYTES)
    throw invalidArgument('Records size exceeds 10 MB limit');
  const accepted: Input[] = [];
  const touched = new Set<EmulatedShard>();
  const results = records.map((record, i) => {
    if (!admits(record, context))
      return { ErrorCode: 'ProvisionedThroughputExceededException', ErrorMessage: tooFast(record, stream) };
    accepted.push(inputs[i] ?? {});
    touched.add(record.shard);
    return { SequenceNumber: store(record, context.nowMs), ShardId: record.shard.shardId };
  });
  for (const shard of touched) shard.notify();
  const body = { FailedRecordCount: records.length - accepted.length, Records: results, EncryptionType: 'NONE' };
  return { kind: 'json', body, accepted: { ...input, Records: accepted } };
};

/** Where a reader of a shard stands, as counters: what an iterator or a starting position means. */
export function startingCounter(stream: EmulatedStream, shard: EmulatedShard, position: Input): number {
  const type = requiredText(position, 'Type');
  switch (type) {
    case 'TRIM_HORIZON':
      return shard.horizonCounter;
    case 'LATEST':
      return shard.nextCounter;
    case 'AT_TIMESTAMP': {
      const timeMs = optionalTimeMs(position, 'Timestamp');
      if (timeMs === undefined)
        throw invalidArgument('Must specify timestamp parameter for iterator of type AT_TIMESTAMP.');
      return shard.counterAtTime(timeMs);
    }
    case 'AT_SEQUENCE_NUMBER':
    case 'AFTER_SEQUENCE_NUMBER': {
      const sequenceNumber = optionalText(position, 'SequenceNumber');
      if (sequenceNumber === undefined)
        throw invalidArgument(
          `Must either specify (1) AT_SEQUENCE_NUMBER or AFTER_SEQUENCE_NUMBER and StartingSequenceNumber or (2) TRIM_HORIZON or LATEST and no StartingSequenceNumber. Request specified ${type} and no StartingSequenceNumber.`,
        );
      const counter = shard.counterOf(sequenceNumber);
      if (counter === undefined)
        throw invalidArgument(
          `StartingSequenceNumber ${sequenceNumber} used in GetShardIterator on shard ${shard.shardId} in stream ${stream.identity.name} under account ${stream.identity.account} is invalid because it did not come from this stream.`,
        );
      return Math.max(shard.horizonCounter, type === 'AT_SEQUENCE_NUMBER' ? counter : counter + 1);
    }
    default:
      throw validationError(`1 validation error detected: Value '${type}' at 'shardIteratorType'`);
  }
}

const getShardIterator: Operation = (input, context) => {
  const stream = usableStream(input, context);
  const shard = stream.shard(requiredText(input, 'ShardId'), context.nowMs);
  const position: Input = {
    Type: requiredText(input, 'ShardIteratorType'),
    SequenceNumber: input['StartingSequenceNumber'],
    Timestamp: input['Timestamp'],
  };
  const timeMs = optionalTimeMs(input, 'Timestamp');
  if (timeMs !== undefined && timeMs > context.nowMs + 1000) throw invalidArgument('Timestamp in the future');
  return json({ ShardIterator: writeIterator(stream, shard, startingCounter(stream, shard, position), context.nowMs) });
};

/** An iterator is a place and the time it was given out. */
function writeIterator(stream: EmulatedStream, shard: EmulatedShard, counter: number, nowMs: number): string {
  const fields = [stream.arn, stream.identity.createdMs, shard.shardId, counter, nowMs];
  return Buffer.from(fields.join(' ')).toString('base64');
}

const getRecords: Operation = (input, context) => {
  const { nowMs, hasLimits } = context;
  const limit = optionalNumber(input, 'Limit', 1, MAX_GET_RECORDS) ?? MAX_GET_RECORDS;
  const { stream, shard, counter, issuedMs } = readIterator(requiredText(input, 'ShardIterator'), context);
  if (nowMs - issuedMs > ITERATOR_LIFE_MS)
    throw new KinesisServiceError(
      'ExpiredIteratorException',
      `Iterator expired. The iterator was created at time ${new Date(issuedMs).toISOString()} while right now it is ${new Date(nowMs).toISOString()} which is further in the future than the tolerated delay of ${ITERATOR_LIFE_MS} milliseconds.`,
    );
  if (hasLimits) {
    if (!shard.readCalls.allows(1, nowMs) || !shard.readBytes.allows(1, nowMs))
      throw throughputExceeded(
        `Rate exceeded for shard ${shard.shardId} in stream ${stream.identity.name} under account ${stream.identity.account}.`,
      );
    shard.readCalls.use(1);
  }
  const { records, sizeBytes, next } = recordsFrom(
    shard,
    Math.max(counter, shard.horizonCounter),
    limit,
    MAX_GET_BYTES,
  );
  if (hasLimits) shard.readBytes.use(sizeBytes);
  const hasEnded = !shard.isOpen && next >= shard.nextCounter;
  const rest = JSON.stringify({
    MillisBehindLatest: shard.millisBehind(next, nowMs),
    ...(hasEnded
      ? { ChildShards: shard.children.map(childShardJson) }
      : { NextShardIterator: writeIterator(stream, shard, next, nowMs) }),
  });
  return json(`{"Records":[${records.join(',')}],${rest.slice(1)}`);
};

/** Records in JSON from a counter on, at least one if there is one. */
export function recordsFrom(
  shard: EmulatedShard,
  from: number,
  maxRecords: number,
  maxBytes: number,
): { readonly records: readonly string[]; readonly sizeBytes: number; readonly next: number } {
  const records: string[] = [];
  let sizeBytes = 0;
  let next = from;
  for (let record = shard.recordAt(next); record !== undefined && records.length < maxRecords;) {
    if (records.length > 0 && sizeBytes + record.sizeBytes > maxBytes) break;
    sizeBytes += record.sizeBytes;
    records.push(
      `{"SequenceNumber":"${shard.sequenceNumberAt(next)}","ApproximateArrivalTimestamp":${record.arrivalMs / 1000},"Data":"${record.dataBase64}","PartitionKey":${JSON.stringify(record.partitionKey)}}`,
    );
    record = shard.recordAt(++next);
  }
  return { records, sizeBytes, next };
}

interface ReadPosition {
  readonly stream: EmulatedStream;
  readonly shard: EmulatedShard;
  readonly counter: number;
  readonly issuedMs: number;
}

function readIterator(token: string, context: OperationContext): ReadPosition {
  const [arn = '', createdMs = '', shardId = '', counter = '', issuedMs = ''] = Buffer.from(token, 'base64')
    .toString()
    .split(' ');
  if (!/^\d+$/.test(counter) || !/^\d+$/.test(issuedMs)) throw invalidArgument('Invalid ShardIterator.');
  const stream = streamOfArn(arn, context);
  if (String(stream.identity.createdMs) !== createdMs) throw invalidArgument('Invalid ShardIterator.');
  const shard = stream.shard(shardId, context.nowMs);
  return { stream, shard, counter: Number(counter), issuedMs: Number(issuedMs) };
}

/** By AWS's names of the actions. */
export const RECORD_OPERATIONS: Readonly<Record<string, Operation>> = {
  PutRecord: putRecord,
  PutRecords: putRecords,
  GetShardIterator: getShardIterator,
  GetRecords: getRecords,
};
