/**
 * What all calls of one source share: counters, jittered back-off, and the translation of failures into typed errors that name stream and
 * endpoint. Throttles and errors of the server pass by themselves and are retried without end; a server that cannot be reached is given
 * up after `clientNumRetries` attempts in a row.
 */
import { MillraceError } from '../../errors/millrace-error.ts';
import { KinesisCallError } from '../../storage/kinesis/kinesis-failure.ts';
import type { KinesisApi } from './kinesis-api.ts';
import type { KinesisOptions } from './kinesis-options.ts';

export interface KinesisClock {
  readonly nowMs: () => number;
  readonly sleep: (ms: number, signal?: AbortSignal) => Promise<void>;
  readonly random: () => number;
}

/** How often the attempts of one call or one shard failed in a row. */
export interface FailureCount {
  numFailures: number;
  numUnreachable: number;
}

/** Attempts of calls outside a shard's polling after which an error of the server is final. */
const MAX_SERVER_ERRORS = 20;

export class KinesisCalls {
  readonly api: KinesisApi;
  readonly streamName: string;
  readonly options: KinesisOptions;
  readonly clock: KinesisClock;
  readonly #closing = new AbortController();
  /** Answers "too many requests" since the last reset. */
  numThrottled = 0;
  /** Other failed attempts that were repeated. */
  numRetries = 0;
  /** Ranges that could not be read, with failOnDataLoss=false. */
  numDataLosses = 0;

  constructor(api: KinesisApi, streamName: string, options: KinesisOptions, clock: KinesisClock) {
    this.api = api;
    this.streamName = streamName;
    this.options = options;
    this.clock = clock;
  }

  /** True once the source is closed: nobody waits for anything any more. */
  get isClosed(): boolean {
    return this.#closing.signal.aborted;
  }

  /** Ends all waiting. */
  close(): void {
    this.#closing.abort();
    this.api.close();
  }

  /** Waits, but not beyond the closing of the source. */
  async pause(ms: number): Promise<void> {
    const { signal } = this.#closing;
    await this.clock.sleep(ms, signal).catch((error: unknown) => {
      if (!signal.aborted) throw error;
    });
  }

  resetCounters(): void {
    this.numThrottled = 0;
    this.numRetries = 0;
    this.numDataLosses = 0;
  }

  /**
   * Counts a failed attempt and returns how long to wait before the next one, or throws when there is no point in trying again.
   * `expired-iterator` is the caller's affair.
   */
  delayAfter(error: unknown, action: string, count: FailureCount): number {
    if (!(error instanceof KinesisCallError)) throw error;
    const { failure } = error;
    if (failure !== 'throttled' && failure !== 'server-error' && failure !== 'unreachable')
      throw this.refusal(error, action);
    if (failure === 'throttled') this.numThrottled++;
    else this.numRetries++;
    if (failure === 'unreachable') count.numUnreachable++;
    if (count.numUnreachable > this.options.numRetries) throw this.#unavailable(error, count);
    const ceilingMs = Math.min(
      this.options.maxRetryIntervalMs,
      this.options.retryIntervalMs * 2 ** count.numFailures++,
    );
    return this.clock.random() * ceilingMs;
  }

  /** Runs a call outside of polling (describe, list) until it succeeds or fails for good. */
  async retried<T>(action: string, call: () => Promise<T>): Promise<T> {
    const count: FailureCount = { numFailures: 0, numUnreachable: 0 };
    for (;;) {
      try {
        return await call();
      } catch (error) {
        const delayMs = this.delayAfter(error, action, count);
        if (count.numFailures > MAX_SERVER_ERRORS || this.isClosed)
          throw this.#unavailable(error as KinesisCallError, count);
        await this.pause(delayMs);
      }
    }
  }

  /** The typed error of a call that will not succeed. */
  refusal(error: KinesisCallError, action: string): MillraceError {
    const { streamName } = this;
    const { endpoint } = this.api;
    if (error.failure === 'not-found')
      return new MillraceError('KINESIS_STREAM_NOT_FOUND', { stream: streamName, endpoint, reason: error.message });
    return new MillraceError(
      'EXTERNAL_SYSTEM_REFUSED',
      { system: `Kinesis stream ${streamName}`, address: endpoint, action, reason: error.message },
      { cause: error },
    );
  }

  /** Records between two positions are gone: an error, or with failOnDataLoss=false a count. */
  reportDataLoss(shardId: string, sequenceNumber: string, retentionHours: number, reason: string): void {
    if (!this.options.failOnDataLoss) {
      this.numDataLosses++;
      return;
    }
    throw new MillraceError('KINESIS_DATA_LOSS', {
      stream: this.streamName,
      endpoint: this.api.endpoint,
      shardId,
      sequenceNumber,
      retentionHours: String(retentionHours),
      reason,
    });
  }

  #unavailable(error: KinesisCallError, count: FailureCount): MillraceError {
    return new MillraceError(
      'EXTERNAL_SYSTEM_UNAVAILABLE',
      {
        system: `Kinesis stream ${this.streamName}`,
        address: this.api.endpoint,
        attempts: String(count.numFailures + 1),
        reason: error.message,
      },
      { cause: error },
    );
  }
}
