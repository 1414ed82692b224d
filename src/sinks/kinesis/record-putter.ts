/**
 * Puts records into one stream: calls of at most 500 records and 5 MB, of which only the records that were not taken are put again, until
 * all are taken. Throttles and errors of the server are waited for without end; a server that cannot be reached is given up after
 * `clientNumRetries` attempts. Nothing is dropped.
 *
 * A pack that landed in another shard than it was made for (the stream was split or merged meanwhile) holds rows that readers of that
 * shard ignore; those rows, and only those, are put again.
 */
import { MillraceError } from '../../errors/millrace-error.ts';
import { boundedCall, type LoadedKinesis } from '../../storage/kinesis/kinesis-client.ts';
import { endpointOf } from '../../storage/kinesis/kinesis-connection.ts';
import { KinesisCallError } from '../../storage/kinesis/kinesis-failure.ts';
import { streamInput } from '../../storage/kinesis/stream-reference.ts';
import type { KinesisSinkOptions } from './kinesis-sink-options.ts';
import { hashKeyOf, type PutEntry, singleEntry, type UserRecord } from './put-entry.ts';
import { type OpenShard, ShardMap } from './shard-map.ts';

const MAX_CALL_RECORDS = 500;
const MAX_CALL_BYTES = 5 * 1024 * 1024;
/** Error codes of single records that pass by themselves. */
const PASSING = new Set([
  'ProvisionedThroughputExceededException',
  'InternalFailure',
  'KMSThrottlingException',
  'LimitExceededException',
]);

export interface PutterClock {
  readonly sleep: (ms: number, signal?: AbortSignal) => Promise<void>;
  readonly random: () => number;
}

export class RecordPutter {
  readonly #kinesis: LoadedKinesis;
  readonly #options: KinesisSinkOptions;
  readonly #clock: PutterClock;
  #waiting: PutEntry[] = [];
  #waitingBytes = 0;
  readonly #calls = new Set<Promise<void>>();
  #failure: unknown;
  #map: ShardMap | undefined;

  constructor(kinesis: LoadedKinesis, options: KinesisSinkOptions, clock: PutterClock) {
    this.#kinesis = kinesis;
    this.#options = options;
    this.#clock = clock;
  }

  /** Puts an entry with the next call; waits while as many calls are under way as are allowed. */
  async put(entry: PutEntry): Promise<void> {
    const isFull = this.#waiting.length === MAX_CALL_RECORDS || this.#waitingBytes + entry.sizeBytes > MAX_CALL_BYTES;
    if (isFull) await this.#send();
    this.#waiting.push(entry);
    this.#waitingBytes += entry.sizeBytes;
  }

  /** Resolves when everything put so far has been taken. */
  async flush(): Promise<void> {
    await this.#send();
    await Promise.all(this.#calls);
    this.#throwFailure();
  }

  /** Open shards, asked for when first needed and after a surprise. */
  async shardMap(): Promise<ShardMap> {
    this.#map ??= await this.#listShards();
    return this.#map;
  }

  async #send(): Promise<void> {
    while (this.#calls.size >= this.#options.maxConnections) await Promise.race(this.#calls);
    this.#throwFailure();
    if (this.#waiting.length === 0) return;
    const entries = this.#waiting;
    this.#waiting = [];
    this.#waitingBytes = 0;
    const call: Promise<void> = this.#putAll(entries)
      .catch((error: unknown) => void (this.#failure ??= error))
      .finally(() => this.#calls.delete(call));
    this.#calls.add(call);
  }

  #throwFailure(): void {
    if (this.#failure !== undefined) throw this.#failure;
  }

  async #putAll(entries: readonly PutEntry[]): Promise<void> {
    let left = entries;
    let numFailures = 0;
    let numUnreachable = 0;
    while (left.length > 0) {
      try {
        const before = left.length;
        left = await this.#putOnce(left);
        numUnreachable = 0;
        numFailures = left.length < before ? 0 : numFailures + 1;
      } catch (error) {
        if (!(error instanceof KinesisCallError)) throw error;
        if (error.failure === 'unreachable' && ++numUnreachable > this.#options.numRetries)
          throw this.#unavailable(error, numUnreachable);
        if (!['unreachable', 'throttled', 'server-error'].includes(error.failure)) throw this.#refused(error);
        numFailures++;
      }
      if (left.length > 0) await this.#pause(numFailures);
    }
  }

  /** One call; gives the entries that are still to be put. */
  async #putOnce(entries: readonly PutEntry[]): Promise<readonly PutEntry[]> {
    const { sdk, client } = this.#kinesis;
    const command = new sdk.PutRecordsCommand({
      ...streamInput(this.#options.stream),
      Records: entries.map(({ data, partitionKey, explicitHashKey }) => ({
        Data: data,
        PartitionKey: partitionKey,
        ...(explicitHashKey === undefined ? {} : { ExplicitHashKey: explicitHashKey }),
      })),
    });
    const { Records = [] } = await boundedCall(this.#clock, (abortSignal) => client.send(command, { abortSignal }));
    const left: PutEntry[] = [];
    for (const [i, entry] of entries.entries()) {
      const { ErrorCode, ErrorMessage = '', ShardId = '' } = Records[i] ?? { ErrorCode: 'InternalFailure' };
      if (ErrorCode === undefined) left.push(...(await this.#misplaced(entry, ShardId)));
      else if (PASSING.has(ErrorCode)) left.push(entry);
      else throw new KinesisCallError('other', `${ErrorCode}: ${ErrorMessage}`, undefined);
    }
    return left;
  }

  /** The rows of a pack that readers of the shard it landed in ignore. */
  async #misplaced({ packed }: PutEntry, shardId: string): Promise<PutEntry[]> {
    if (packed === undefined || packed.shardId === shardId) return [];
    if (this.#map?.find(shardId) === undefined) this.#map = undefined;
    const shard = (await this.shardMap()).find(shardId);
    const isElsewhere = (record: UserRecord): boolean => {
      const key = hashKeyOf(record);
      return shard === undefined || key < shard.start || key > shard.end;
    };
    return packed.records.filter(isElsewhere).map(singleEntry);
  }

  async #listShards(): Promise<ShardMap> {
    const { sdk, client } = this.#kinesis;
    const shards: OpenShard[] = [];
    let nextToken: string | undefined;
    for (let numFailures = 0; ;) {
      const page = nextToken === undefined ? streamInput(this.#options.stream) : { NextToken: nextToken };
      try {
        const answer = await boundedCall(this.#clock, (abortSignal) =>
          client.send(new sdk.ListShardsCommand(page), { abortSignal }),
        );
        for (const { ShardId = '', HashKeyRange, SequenceNumberRange } of answer.Shards ?? []) {
          if (SequenceNumberRange?.EndingSequenceNumber !== undefined) continue;
          const { StartingHashKey = '0', EndingHashKey = '0' } = HashKeyRange ?? {};
          shards.push({ shardId: ShardId, start: BigInt(StartingHashKey), end: BigInt(EndingHashKey) });
        }
        nextToken = answer.NextToken;
        if (nextToken === undefined) return new ShardMap(shards);
      } catch (error) {
        if (!(error instanceof KinesisCallError)) throw error;
        if (!['unreachable', 'throttled', 'server-error'].includes(error.failure)) throw this.#refused(error);
        if (++numFailures > this.#options.numRetries && error.failure === 'unreachable')
          throw this.#unavailable(error, numFailures);
        await this.#pause(numFailures);
      }
    }
  }

  async #pause(numFailures: number): Promise<void> {
    const { retryIntervalMs, maxRetryIntervalMs } = this.#options;
    const ceilingMs = Math.min(maxRetryIntervalMs, retryIntervalMs * 2 ** numFailures);
    await this.#clock.sleep((0.5 + this.#clock.random() / 2) * ceilingMs);
  }

  #refused(error: KinesisCallError): MillraceError {
    const { stream, connection } = this.#options;
    const endpoint = endpointOf(connection);
    if (error.failure === 'not-found')
      return new MillraceError('KINESIS_STREAM_NOT_FOUND', { stream: stream.name, endpoint, reason: error.message });
    return new MillraceError(
      'EXTERNAL_SYSTEM_REFUSED',
      { system: `Kinesis stream ${stream.name}`, address: endpoint, action: 'PutRecords', reason: error.message },
      { cause: error },
    );
  }

  #unavailable(error: KinesisCallError, attempts: number): MillraceError {
    const { stream, connection } = this.#options;
    return new MillraceError(
      'EXTERNAL_SYSTEM_UNAVAILABLE',
      {
        system: `Kinesis stream ${stream.name}`,
        address: endpointOf(connection),
        attempts: String(attempts),
        reason: error.message,
      },
      { cause: error },
    );
  }
}
