/**
 * The Kinesis port on the SDK: translates, nothing more. Answers with records are decoded by get-records-body.ts instead of the SDK's
 * decoder.
 */
import type * as kinesisSdk from '@aws-sdk/client-kinesis';
import {
  boundedCall,
  type KinesisClientClock,
  type KinesisSdk,
  loadKinesisClient,
} from '../../storage/kinesis/kinesis-client.ts';
import { endpointOf, type KinesisConnection } from '../../storage/kinesis/kinesis-connection.ts';
import { KinesisCallError } from '../../storage/kinesis/kinesis-failure.ts';
import { type StreamReference, streamInput } from '../../storage/kinesis/stream-reference.ts';
import type {
  ConsumerDescription,
  GetRecordsAnswer,
  IteratorPosition,
  KinesisApi,
  KinesisRecord,
  ShardDescription,
  StreamSummary,
  Subscription,
  SubscriptionEvent,
} from './kinesis-api.ts';
import { parseGetRecordsBody } from './get-records-body.ts';

/** Loads the SDK and makes a driver for one stream; opens no connection yet. */
export async function createSdkKinesisApi(
  stream: StreamReference,
  connection: KinesisConnection,
  clock: KinesisClientClock,
): Promise<KinesisApi> {
  const { sdk, client } = await loadKinesisClient(connection, 'The source kinesis', clock.nowMs);
  return new SdkKinesisApi(sdk, client, { stream, endpoint: endpointOf(connection), clock });
}

interface DriverParts {
  readonly stream: StreamReference;
  readonly endpoint: string;
  readonly clock: KinesisClientClock;
}

class SdkKinesisApi implements KinesisApi {
  readonly endpoint: string;
  readonly #sdk: KinesisSdk;
  readonly #client: kinesisSdk.KinesisClient;
  readonly #clock: KinesisClientClock;
  readonly #reference: StreamReference;
  readonly #stream: ReturnType<typeof streamInput>;
  #serverTimeMs: number | undefined;

  constructor(sdk: KinesisSdk, client: kinesisSdk.KinesisClient, { stream, endpoint, clock }: DriverParts) {
    this.#sdk = sdk;
    this.#client = client;
    this.#clock = clock;
    this.#reference = stream;
    this.#stream = streamInput(stream);
    this.endpoint = endpoint;
    client.middlewareStack.add(
      (next) => async (args) => {
        const result = await next(args);
        const { headers } = result.response as { readonly headers?: Readonly<Record<string, string>> };
        const date = Date.parse(headers?.['date'] ?? '');
        if (!Number.isNaN(date)) this.#serverTimeMs = date;
        return result;
      },
      { step: 'deserialize', priority: 'low', name: 'millraceServerTime' },
    );
  }

  serverTimeMs(): number | undefined {
    return this.#serverTimeMs;
  }

  async describeStreamSummary(): Promise<StreamSummary> {
    const command = new this.#sdk.DescribeStreamSummaryCommand({ ...this.#stream });
    const answer = await boundedCall(this.#clock, (abortSignal) => this.#client.send(command, { abortSignal }));
    const summary = answer.StreamDescriptionSummary;
    return {
      streamName: summary?.StreamName ?? this.#reference.name,
      streamArn: summary?.StreamARN ?? '',
      createdMs: summary?.StreamCreationTimestamp?.getTime() ?? 0,
      retentionHours: summary?.RetentionPeriodHours ?? 24,
    };
  }

  async listShards(): Promise<readonly ShardDescription[]> {
    const shards: ShardDescription[] = [];
    let nextToken: string | undefined;
    do {
      const page = nextToken === undefined ? { ...this.#stream } : { NextToken: nextToken };
      const command = new this.#sdk.ListShardsCommand(page);
      const answer = await boundedCall(this.#clock, (abortSignal) => this.#client.send(command, { abortSignal }));
      for (const shard of answer.Shards ?? []) {
        shards.push({
          shardId: shard.ShardId ?? '',
          parents: [shard.ParentShardId, shard.AdjacentParentShardId].filter((id) => id !== undefined),
          isClosed: shard.SequenceNumberRange?.EndingSequenceNumber !== undefined,
          hashKeyRange: {
            start: BigInt(shard.HashKeyRange?.StartingHashKey ?? 0),
            end: BigInt(shard.HashKeyRange?.EndingHashKey ?? 0),
          },
        });
      }
      nextToken = answer.NextToken;
    } while (nextToken !== undefined);
    return shards;
  }

  async getShardIterator(shardId: string, position: IteratorPosition): Promise<string> {
    const command = new this.#sdk.GetShardIteratorCommand({
      ...this.#stream,
      ShardId: shardId,
      ShardIteratorType: position.type,
      ...('sequenceNumber' in position ? { StartingSequenceNumber: position.sequenceNumber } : {}),
      ...('timestampMs' in position ? { Timestamp: new Date(position.timestampMs) } : {}),
    });
    const answer = await boundedCall(this.#clock, (abortSignal) => this.#client.send(command, { abortSignal }));
    return answer.ShardIterator ?? '';
  }

  async getRecords(iterator: string, maxRecords: number): Promise<GetRecordsAnswer> {
    const command = new this.#sdk.GetRecordsCommand({ ShardIterator: iterator, Limit: maxRecords });
    let answer: GetRecordsAnswer | undefined;
    // Between the SDK's decoder and the network: takes the body and leaves an empty one.
    command.middlewareStack.add(
      (next) => async (args) => {
        const result = await next(args);
        const response = result.response as HttpAnswer;
        if (response.statusCode === 200 && (response.headers['content-type'] ?? '').includes('json')) {
          answer = parseGetRecordsBody(await readBody(response.body));
          response.body = EMPTY_BODY;
        }
        return result;
      },
      { step: 'deserialize', priority: 'low', name: 'millraceGetRecordsBody' },
    );
    const decoded = await boundedCall(this.#clock, (abortSignal) => this.#client.send(command, { abortSignal }));
    return answer ?? decodedAnswer(decoded);
  }

  async subscribeToShard(consumerArn: string, shardId: string, position: IteratorPosition): Promise<Subscription> {
    const command = new this.#sdk.SubscribeToShardCommand({
      ConsumerARN: consumerArn,
      ShardId: shardId,
      StartingPosition: {
        Type: position.type,
        ...('sequenceNumber' in position ? { SequenceNumber: position.sequenceNumber } : {}),
        ...('timestampMs' in position ? { Timestamp: new Date(position.timestampMs) } : {}),
      },
    });
    let body: HttpAnswer['body'] | undefined;
    // The SDK's stream of events does not end its connection when its reader leaves; the body does.
    command.middlewareStack.add(
      (next) => async (args) => {
        const result = await next(args);
        body = (result.response as HttpAnswer).body;
        return result;
      },
      { step: 'deserialize', priority: 'low', name: 'millraceSubscriptionBody' },
    );
    const call = new AbortController();
    const answer = await boundedCall(this.#clock, (abortSignal) => {
      abortSignal.addEventListener('abort', () => call.abort(), { once: true });
      return this.#client.send(command, { abortSignal: call.signal });
    });
    return {
      events: subscriptionEvents(answer.EventStream),
      cancel: () => {
        call.abort();
        endBody(body);
      },
    };
  }

  async describeConsumer(streamArn: string, consumerName: string): Promise<ConsumerDescription | undefined> {
    const command = new this.#sdk.DescribeStreamConsumerCommand({ StreamARN: streamArn, ConsumerName: consumerName });
    try {
      const answer = await boundedCall(this.#clock, (abortSignal) => this.#client.send(command, { abortSignal }));
      const { ConsumerARN = '', ConsumerStatus } = answer.ConsumerDescription ?? {};
      return { arn: ConsumerARN, isActive: ConsumerStatus === 'ACTIVE' };
    } catch (error) {
      if (error instanceof KinesisCallError && error.failure === 'not-found') return undefined;
      throw error;
    }
  }

  async registerConsumer(streamArn: string, consumerName: string): Promise<void> {
    const command = new this.#sdk.RegisterStreamConsumerCommand({ StreamARN: streamArn, ConsumerName: consumerName });
    await boundedCall(this.#clock, (abortSignal) => this.#client.send(command, { abortSignal }));
  }

  async deregisterConsumer(consumerArn: string): Promise<void> {
    const command = new this.#sdk.DeregisterStreamConsumerCommand({ ConsumerARN: consumerArn });
    await boundedCall(this.#clock, (abortSignal) => this.#client.send(command, { abortSignal }));
  }

  close(): void {
    this.#client.destroy();
  }
}

/** What the SDK's handlers give for a call. */
interface HttpAnswer {
  readonly statusCode: number;
  readonly headers: Readonly<Record<string, string>>;
  body: AsyncIterable<Uint8Array> | Uint8Array;
}

const EMPTY_BODY = Buffer.from('{}');

async function readBody(body: HttpAnswer['body']): Promise<Buffer> {
  if (body instanceof Uint8Array) return Buffer.from(body);
  const chunks: Uint8Array[] = [];
  for await (const chunk of body) chunks.push(chunk);
  return Buffer.concat(chunks);
}

/** An answer the SDK has decoded, should it ever come in another encoding than JSON. */
function decodedAnswer(answer: kinesisSdk.GetRecordsCommandOutput): GetRecordsAnswer {
  return {
    records: (answer.Records ?? []).map(decodedRecord),
    nextIterator: answer.NextShardIterator,
    millisBehindLatest: answer.MillisBehindLatest ?? 0,
  };
}

function decodedRecord(record: kinesisSdk._Record): KinesisRecord {
  const { buffer, byteOffset, byteLength } = record.Data ?? EMPTY_BODY;
  return {
    // A Buffer, as polling gives it.
    data: Buffer.from(buffer, byteOffset, byteLength),
    partitionKey: record.PartitionKey ?? '',
    sequenceNumber: record.SequenceNumber ?? '',
    arrivalMs: record.ApproximateArrivalTimestamp?.getTime() ?? 0,
  };
}

async function* subscriptionEvents(
  events: AsyncIterable<kinesisSdk.SubscribeToShardEventStream> | undefined,
): AsyncGenerator<SubscriptionEvent> {
  for await (const { SubscribeToShardEvent: event } of events ?? []) {
    if (event === undefined) continue;
    yield {
      records: (event.Records ?? []).map(decodedRecord),
      continuation: (event.ChildShards ?? []).length > 0 ? undefined : event.ContinuationSequenceNumber,
      millisBehindLatest: event.MillisBehindLatest ?? 0,
    };
  }
}

/** Ends the connection, or in HTTP/2 the stream, that carries a body. */
function endBody(body: HttpAnswer['body'] | undefined): void {
  if (body === undefined || body instanceof Uint8Array) return;
  const ending = body as { readonly destroy?: () => unknown; readonly return?: (value: undefined) => unknown };
  if (ending.destroy !== undefined) ending.destroy();
  else ending.return?.(undefined);
}
