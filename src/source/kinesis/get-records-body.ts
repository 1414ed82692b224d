/**
 * The JSON body of a GetRecords answer. The SDK's own decoder walks schemas and checks every payload with a regular expression, which
 * takes most of the time of a full read; this one does just what the source needs. Anything else about the protocol stays with the SDK.
 */
import type { GetRecordsAnswer } from './kinesis-api.ts';

interface WireRecord {
  readonly Data?: string;
  readonly PartitionKey?: string;
  readonly SequenceNumber?: string;
  /** Seconds since 1970 with a fraction, or an ISO time from some emulators. */
  readonly ApproximateArrivalTimestamp?: number | string;
}

interface WireAnswer {
  readonly Records?: readonly WireRecord[];
  readonly NextShardIterator?: string | null;
  readonly MillisBehindLatest?: number;
}

/** Decodes a body that was received with status 200. */
export function parseGetRecordsBody(body: Buffer): GetRecordsAnswer {
  const answer = JSON.parse(body.toString('utf8')) as WireAnswer;
  return {
    records: (answer.Records ?? []).map((record) => ({
      data: Buffer.from(record.Data ?? '', 'base64'),
      partitionKey: record.PartitionKey ?? '',
      sequenceNumber: record.SequenceNumber ?? '',
      arrivalMs: arrivalMs(record.ApproximateArrivalTimestamp),
    })),
    nextIterator: answer.NextShardIterator ?? undefined,
    millisBehindLatest: answer.MillisBehindLatest ?? 0,
  };
}

function arrivalMs(time: number | string | undefined): number {
  if (typeof time === 'number') return Math.round(time * 1000);
  return time === undefined ? 0 : Date.parse(time);
}
