/**
 * Reads one shard by GetRecords: keeps the iterator, obeys the quota, backs off. Where it stands and whether there is a gap is
 * shard-position.ts' affair; buffering is its caller's.
 */
import { KinesisCallError } from '../../storage/kinesis/kinesis-failure.ts';
import type { GetRecordsAnswer, KinesisRecord } from './kinesis-api.ts';
import type { FailureCount, KinesisCalls } from './kinesis-calls.ts';
import { ShardPosition, type ShardPositionOptions } from './shard-position.ts';
import type { ShardReader } from './shard-reader.ts';
import { acquireBucket, releaseBucket, type TokenBucket } from './token-bucket.ts';

/** An iterator may be void after a restart of the server; a fresh one that is refused as well is a real refusal. */
const MAX_REFUSED_ITERATORS = 3;

const NO_RECORDS: readonly KinesisRecord[] = [];

export class ShardCursor implements ShardReader {
  readonly shardId: string;
  hasEnded = false;
  isAtTip = false;
  millisBehindLatest = 0;
  readonly #calls: KinesisCalls;
  readonly #position: ShardPosition;
  readonly #bucketName: string;
  readonly #bucket: TokenBucket;
  #iterator: string | undefined;
  readonly #failures: FailureCount = { numFailures: 0, numUnreachable: 0 };
  #notBeforeMs = 0;
  /** Iterators refused in a row although they had not expired. */
  #numRefused = 0;

  constructor(calls: KinesisCalls, options: ShardPositionOptions) {
    this.shardId = options.shardId;
    this.#calls = calls;
    this.#position = new ShardPosition(calls, options);
    this.#bucketName = `${calls.api.endpoint} ${calls.streamName} ${options.shardId}`;
    this.#bucket = acquireBucket(this.#bucketName, calls.options.fetchIntervalMs, calls.clock.nowMs());
  }

  isBackingOff(): boolean {
    return this.#notBeforeMs > this.#calls.clock.nowMs();
  }

  async pin(): Promise<void> {
    this.#iterator ??= await this.#calls.retried('GetShardIterator', () => this.#openIterator());
  }

  async fetch(maxRecords: number): Promise<readonly KinesisRecord[]> {
    if (this.hasEnded) return NO_RECORDS;
    const { clock, api } = this.#calls;
    this.isAtTip = false;
    const nowMs = clock.nowMs();
    const waitMs = Math.max(this.#notBeforeMs - nowMs, this.#bucket.take(nowMs));
    if (waitMs > 0) await this.#calls.pause(waitMs);
    if (this.#calls.isClosed) return NO_RECORDS;
    let answer: GetRecordsAnswer;
    try {
      this.#iterator ??= await this.#openIterator();
      answer = await api.getRecords(this.#iterator, maxRecords);
    } catch (error) {
      await this.#recover(error);
      return NO_RECORDS;
    }
    this.#bucket.answered(sizeOf(answer.records), clock.nowMs());
    this.#failures.numFailures = 0;
    this.#failures.numUnreachable = 0;
    this.#numRefused = 0;
    this.#iterator = answer.nextIterator;
    this.hasEnded = answer.nextIterator === undefined;
    this.millisBehindLatest = answer.millisBehindLatest;
    this.isAtTip = answer.millisBehindLatest === 0;
    return this.#position.checked(answer.records, this.isAtTip);
  }

  close(): void {
    releaseBucket(this.#bucketName);
  }

  #openIterator(): Promise<string> {
    return this.#position.open((position) => this.#calls.api.getShardIterator(this.shardId, position));
  }

  /** Prepares the next attempt, or throws when there is none. */
  async #recover(error: unknown): Promise<void> {
    const failure = error instanceof KinesisCallError ? error.failure : undefined;
    const { clock } = this.#calls;
    const isRefused = failure === 'not-found' || failure === 'invalid';
    if (isRefused && this.#iterator === undefined) {
      this.hasEnded = !(await this.#position.refused(error as KinesisCallError));
      return;
    }
    if (failure === 'expired-iterator' || (isRefused && this.#numRefused++ < MAX_REFUSED_ITERATORS)) {
      this.#iterator = undefined;
      this.#calls.numRetries++;
      return;
    }
    if (failure === 'throttled') this.#bucket.slowDown();
    this.#notBeforeMs = clock.nowMs() + this.#calls.delayAfter(error, `reading shard ${this.shardId}`, this.#failures);
  }
}

function sizeOf(records: readonly KinesisRecord[]): number {
  let sizeBytes = 0;
  for (const record of records) sizeBytes += record.data.length + record.partitionKey.length;
  return sizeBytes;
}
