/**
 * The port to Kinesis: the calls the source needs, for one stream. Drivers translate and classify, nothing more: no retries, no waiting,
 * no state. A driver bounds every call by a deadline of its own, because a hung connection must not hang a query. They reject with
 * KinesisCallError.
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
  /** Where a user record was inside an aggregate of the producer library. */
  readonly part?: { readonly index: number; readonly isLast: boolean };
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

/** One event of a subscription. */
export interface SubscriptionEvent {
  readonly records: readonly KinesisRecord[];
  /** Where to subscribe again; moves even without records. Undefined: the shard is closed and these were its last records. */
  readonly continuation: string | undefined;
  readonly millisBehindLatest: number;
}

/** A running subscription; ends by itself after five minutes, with the shard, or when another one takes over. */
export interface Subscription {
  readonly events: AsyncIterable<SubscriptionEvent>;
  cancel(): void;
}

/** A consumer of enhanced fan-out. */
export interface ConsumerDescription {
  readonly arn: string;
  readonly isActive: boolean;
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
  /** Starts pushing the records of a shard to a registered consumer. */
  subscribeToShard(consumerArn: string, shardId: string, position: IteratorPosition): Promise<Subscription>;
  /** Undefined: there is no consumer of that name. */
  describeConsumer(streamArn: string, consumerName: string): Promise<ConsumerDescription | undefined>;
  registerConsumer(streamArn: string, consumerName: string): Promise<void>;
  deregisterConsumer(consumerArn: string): Promise<void>;
  /** The server's clock as of the last answer, whole seconds rounded down; undefined before the first. */
  serverTimeMs(): number | undefined;
  close(): void;
}
