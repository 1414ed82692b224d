/**
 * The port to Kinesis: the four calls the source needs, for one stream. Drivers translate and classify, nothing more: no retries, no
 * waiting, no state. A driver bounds every call by a deadline of its own, because a hung connection must not hang a query.
 */

/** Where reading of a shard starts. */
export type IteratorPosition =
  | { readonly type: 'TRIM_HORIZON' }
  | { readonly type: 'LATEST' }
  | { readonly type: 'AT_TIMESTAMP'; readonly timestampMs: number }
  | { readonly type: 'AT_SEQUENCE_NUMBER'; readonly sequenceNumber: string }
  | { readonly type: 'AFTER_SEQUENCE_NUMBER'; readonly sequenceNumber: string };

export interface KinesisRecord {
  readonly data: Uint8Array;
  readonly partitionKey: string;
  /** A decimal number of up to 56 digits; compared by compareSequenceNumbers, never as a number. */
  readonly sequenceNumber: string;
  readonly arrivalMs: number;
}

export interface ShardDescription {
  readonly shardId: string;
  /** None, one (split) or two (merge). A parent may be gone from the stream's list already. */
  readonly parents: readonly string[];
  /** A closed shard takes no new records; that says nothing about whether its records have been read. */
  readonly isClosed: boolean;
  /** The hash keys the shard owns, both ends included; decimal numbers of 128 bits. */
  readonly hashKeyRange: { readonly start: bigint; readonly end: bigint };
}

export interface StreamSummary {
  readonly streamName: string;
  readonly streamArn: string;
  readonly createdMs: number;
  readonly retentionHours: number;
}

export interface GetRecordsAnswer {
  readonly records: readonly KinesisRecord[];
  /** Undefined: the shard is closed and these were its last records. */
  readonly nextIterator: string | undefined;
  /** 0 at the tip. An answer without records and with a value above 0 is not the end. */
  readonly millisBehindLatest: number;
}

export interface KinesisApi {
  /** What errors print: the stream's endpoint, without credentials. */
  readonly endpoint: string;
  describeStreamSummary(): Promise<StreamSummary>;
  /** All shards the stream still knows, closed ones included. */
  listShards(): Promise<readonly ShardDescription[]>;
  /** A token that lives five minutes; never logged. */
  getShardIterator(shardId: string, position: IteratorPosition): Promise<string>;
  getRecords(iterator: string, maxRecords: number): Promise<GetRecordsAnswer>;
  /** The server's clock as of the last answer, whole seconds rounded down; undefined before the first. */
  serverTimeMs(): number | undefined;
  close(): void;
}

/** Why a call failed, as far as the source must tell apart. */
export type KinesisFailure =
  | 'throttled'
  | 'server-error'
  | 'unreachable'
  | 'expired-iterator'
  | 'not-found'
  | 'denied'
  | 'invalid'
  | 'other';

/** What drivers reject with; the source turns it into a MillraceError or tries again. */
export class KinesisCallError extends Error {
  override readonly name = 'KinesisCallError';
  readonly failure: KinesisFailure;

  constructor(failure: KinesisFailure, reason: string, cause: unknown) {
    super(reason, { cause });
    this.failure = failure;
  }
}
