/**
 * The Kinesis port on `@aws-sdk/client-kinesis`, the only file that loads it. The SDK's own retries are off: the source retries, because
 * it must count throttles and not stop at a fixed number of them.
 */
import type * as kinesisSdk from '@aws-sdk/client-kinesis';
import { MillraceError } from '../../errors/millrace-error.ts';
import type {
  GetRecordsAnswer,
  IteratorPosition,
  KinesisApi,
  KinesisFailure,
  ShardDescription,
  StreamSummary,
} from './kinesis-api.ts';
import { parseGetRecordsBody } from './get-records-body.ts';
import { KinesisCallError } from './kinesis-api.ts';

type KinesisSdk = typeof kinesisSdk;

/** Where the stream is and who asks. */
export interface KinesisConnection {
  readonly streamName: string;
  readonly region: string;
  /** Undefined: AWS's endpoint of the region. */
  readonly endpointUrl: string | undefined;
  /** Undefined: the SDK's default chain (environment, profile, instance role). */
  readonly credentials:
    | { readonly accessKeyId: string; readonly secretAccessKey: string; readonly sessionToken?: string }
    | undefined;
}

/** What the driver needs from outside. */
export interface KinesisApiClock {
  readonly sleep: (ms: number, signal?: AbortSignal) => Promise<void>;
}

/** A GetRecords answer has up to 10 MB; local emulators need seconds for that. */
const CALL_DEADLINE_MS = 30_000;

/** Loads the SDK and makes a driver for one stream; opens no connection yet. */
export async function createSdkKinesisApi(connection: KinesisConnection, clock: KinesisApiClock): Promise<KinesisApi> {
  const { sdk, client } = await loadKinesisClient(connection);
  return new SdkKinesisApi(sdk, client, connection, clock);
}

/** The SDK and a client without retries of its own, over HTTP/1.1 where the endpoint is not encrypted. */
export async function loadKinesisClient(
  connection: Omit<KinesisConnection, 'streamName'>,
): Promise<{ readonly sdk: KinesisSdk; readonly client: kinesisSdk.KinesisClient }> {
  let sdk: KinesisSdk;
  try {
    sdk = await import('@aws-sdk/client-kinesis');
  } catch (cause) {
    throw new MillraceError(
      'MISSING_DRIVER',
      { feature: 'The source kinesis', package: '@aws-sdk/client-kinesis' },
      { cause },
    );
  }
  const config: kinesisSdk.KinesisClientConfig = { region: connection.region, maxAttempts: 1 };
  if (connection.credentials !== undefined) config.credentials = connection.credentials;
  if (connection.endpointUrl !== undefined) config.endpoint = connection.endpointUrl;
  if (connection.endpointUrl?.startsWith('http://') === true) {
    // The SDK's HTTP/2 client does not work with every emulator and costs 40 ms a call.
    const { NodeHttpHandler } = await import('@smithy/node-http-handler');
    config.requestHandler = new NodeHttpHandler({ httpAgent: { maxSockets: 64, keepAlive: true } });
  }
  return { sdk, client: new sdk.KinesisClient(config) };
}

class SdkKinesisApi implements KinesisApi {
  readonly endpoint: string;
  readonly #sdk: KinesisSdk;
  readonly #client: kinesisSdk.KinesisClient;
  readonly #clock: KinesisApiClock;
  readonly #streamName: string;
  #serverTimeMs: number | undefined;

  constructor(
    sdk: KinesisSdk,
    client: kinesisSdk.KinesisClient,
    connection: KinesisConnection,
    clock: KinesisApiClock,
  ) {
    this.#sdk = sdk;
    this.#client = client;
    this.#clock = clock;
    this.#streamName = connection.streamName;
    this.endpoint = connection.endpointUrl ?? `https://kinesis.${connection.region}.amazonaws.com`;
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
    const command = new this.#sdk.DescribeStreamSummaryCommand({ StreamName: this.#streamName });
    const answer = await this.#bounded((abortSignal) => this.#client.send(command, { abortSignal }));
    const summary = answer.StreamDescriptionSummary;
    return {
      streamName: summary?.StreamName ?? this.#streamName,
      streamArn: summary?.StreamARN ?? '',
      createdMs: summary?.StreamCreationTimestamp?.getTime() ?? 0,
      retentionHours: summary?.RetentionPeriodHours ?? 24,
    };
  }

  async listShards(): Promise<readonly ShardDescription[]> {
    const shards: ShardDescription[] = [];
    let nextToken: string | undefined;
    do {
      const page = nextToken === undefined ? { StreamName: this.#streamName } : { NextToken: nextToken };
      const command = new this.#sdk.ListShardsCommand(page);
      const answer = await this.#bounded((abortSignal) => this.#client.send(command, { abortSignal }));
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
      StreamName: this.#streamName,
      ShardId: shardId,
      ShardIteratorType: position.type,
      ...('sequenceNumber' in position ? { StartingSequenceNumber: position.sequenceNumber } : {}),
      ...('timestampMs' in position ? { Timestamp: new Date(position.timestampMs) } : {}),
    });
    const answer = await this.#bounded((abortSignal) => this.#client.send(command, { abortSignal }));
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
    const decoded = await this.#bounded((abortSignal) => this.#client.send(command, { abortSignal }));
    return answer ?? decodedAnswer(decoded);
  }

  close(): void {
    this.#client.destroy();
  }

  /** Runs a call under the deadline; the SDK's own timeouts do not break every hung call. */
  async #bounded<T>(send: (signal: AbortSignal) => Promise<T>): Promise<T> {
    const call = new AbortController();
    const timer = new AbortController();
    const deadline = this.#clock.sleep(CALL_DEADLINE_MS, timer.signal).then(
      () => undefined,
      () => undefined,
    );
    try {
      const sent = send(call.signal).then((answer) => ({ answer }));
      const first = await Promise.race([sent, deadline]);
      if (first !== undefined) return first.answer;
      sent.catch(() => undefined);
      call.abort();
    } catch (error) {
      throw new KinesisCallError(failureOf(error), reasonOf(error), error);
    } finally {
      timer.abort();
    }
    throw new KinesisCallError('unreachable', `no answer within ${CALL_DEADLINE_MS} ms`, undefined);
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
    records: (answer.Records ?? []).map((record) => ({
      data: record.Data ?? new Uint8Array(0),
      partitionKey: record.PartitionKey ?? '',
      sequenceNumber: record.SequenceNumber ?? '',
      arrivalMs: record.ApproximateArrivalTimestamp?.getTime() ?? 0,
    })),
    nextIterator: answer.NextShardIterator,
    millisBehindLatest: answer.MillisBehindLatest ?? 0,
  };
}

interface SdkError {
  readonly name?: string;
  readonly message?: string;
  readonly code?: string;
  readonly $metadata?: { readonly httpStatusCode?: number };
}

const FAILURES: Readonly<Record<string, KinesisFailure>> = {
  ProvisionedThroughputExceededException: 'throttled',
  LimitExceededException: 'throttled',
  KMSThrottlingException: 'throttled',
  ThrottlingException: 'throttled',
  Throttling: 'throttled',
  TooManyRequestsException: 'throttled',
  ExpiredIteratorException: 'expired-iterator',
  ResourceNotFoundException: 'not-found',
  AccessDeniedException: 'denied',
  CredentialsProviderError: 'denied',
  ExpiredTokenException: 'denied',
  IncompleteSignature: 'denied',
  InvalidClientTokenId: 'denied',
  InvalidSignatureException: 'denied',
  MissingAuthenticationTokenException: 'denied',
  UnrecognizedClientException: 'denied',
  InvalidArgumentException: 'invalid',
  ValidationException: 'invalid',
  TimeoutError: 'unreachable',
  AbortError: 'unreachable',
};

function failureOf(error: unknown): KinesisFailure {
  const { name, code, $metadata } = error as SdkError;
  const known = FAILURES[name ?? ''];
  if (known !== undefined) return known;
  const status = $metadata?.httpStatusCode ?? 0;
  if (status >= 500) return 'server-error';
  if (status === 403 || status === 401) return 'denied';
  if (status === 429) return 'throttled';
  // A network failure has a code of Node and no status.
  return status === 0 && code !== undefined ? 'unreachable' : 'other';
}

function reasonOf(error: unknown): string {
  const { name, message, code } = error as SdkError;
  const text = message === undefined || message === '' ? '' : `: ${message}`;
  return `${name === undefined || name === 'Error' ? (code ?? 'Error') : name}${text}`;
}
