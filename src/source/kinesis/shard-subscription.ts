/**
 * Reads one shard by enhanced fan-out: keeps a subscription running, subscribes again when it ends (every five minutes, by design) or
 * falls silent, and holds a bounded queue of what was pushed. Events are pulled from the connection, so a slow query slows the service
 * down instead of filling the memory.
 */
import { KinesisCallError, kinesisCallError } from '../../storage/kinesis/kinesis-failure.ts';
import type { IteratorPosition, KinesisRecord, Subscription, SubscriptionEvent } from './kinesis-api.ts';
import type { FailureCount, KinesisCalls } from './kinesis-calls.ts';
import { ShardPosition, type ShardPositionOptions } from './shard-position.ts';
import type { ShardReader } from './shard-reader.ts';

/** How long fetch waits for a push when nothing is there. */
const FETCH_WAIT_MS = 100;
const MAX_QUEUED_RECORDS = 20_000;
/** A subscription that is in use is tried again within this time: the old one's lease ends after five seconds. */
const IN_USE_MIN_MS = 1000;
const IN_USE_MAX_MS = 5000;

interface Pushed {
  readonly records: readonly KinesisRecord[];
  readonly millisBehindLatest: number;
  readonly hasEnded: boolean;
}

export class ShardSubscription implements ShardReader {
  readonly shardId: string;
  hasEnded = false;
  isAtTip = false;
  millisBehindLatest = 0;
  readonly #calls: KinesisCalls;
  readonly #consumerArn: string;
  readonly #position: ShardPosition;
  readonly #failures: FailureCount = { numFailures: 0, numUnreachable: 0 };
  #queue: Pushed[] = [];
  #numQueued = 0;
  #isPumping = false;
  #failure: unknown;
  #subscription: Subscription | undefined;
  /** Where the last event said to go on. */
  #continuation: string | undefined;
  #isBackingOff = false;
  #isClosed = false;
  /** Wakes who waits for the queue to change. */
  #changed = new AbortController();

  constructor(calls: KinesisCalls, consumerArn: string, options: ShardPositionOptions) {
    this.shardId = options.shardId;
    this.#calls = calls;
    this.#consumerArn = consumerArn;
    this.#position = new ShardPosition(calls, options);
  }

  isBackingOff(): boolean {
    return this.#isBackingOff && this.#queue.length === 0;
  }

  /** LATEST is settled by the first event, which comes at once and says where to go on. */
  async pin(): Promise<void> {
    this.#start();
    while (this.#continuation === undefined && this.#queue.length === 0 && this.#failure === undefined) {
      if (this.#isClosed || this.#calls.isClosed) return;
      await this.#change(IN_USE_MIN_MS);
    }
  }

  async fetch(): Promise<readonly KinesisRecord[]> {
    if (this.hasEnded) return [];
    this.#start();
    if (this.#queue.length === 0 && this.#failure === undefined) await this.#change(FETCH_WAIT_MS);
    if (this.#failure !== undefined) {
      const failure = this.#failure;
      this.#failure = undefined;
      throw failure;
    }
    const pushed = this.#queue;
    const last = pushed.at(-1);
    if (last === undefined) return [];
    this.#queue = [];
    this.#numQueued = 0;
    this.#wake();
    this.millisBehindLatest = last.millisBehindLatest;
    this.isAtTip = last.millisBehindLatest === 0;
    this.hasEnded = last.hasEnded;
    return pushed.flatMap(({ records }) => records);
  }

  close(): void {
    this.#isClosed = true;
    this.#subscription?.cancel();
    this.#wake();
  }

  #start(): void {
    if (this.#isPumping) return;
    this.#isPumping = true;
    void this.#pump()
      .catch((error: unknown) => {
        this.#failure = error;
        this.#wake();
      })
      .finally(() => (this.#isPumping = false));
  }

  #wake(): void {
    this.#changed.abort();
    this.#changed = new AbortController();
  }

  async #change(ms: number): Promise<void> {
    await this.#calls.clock.sleep(ms, this.#changed.signal).catch(() => undefined);
  }

  /** Subscribes again and again until the shard or the query ends. */
  async #pump(): Promise<void> {
    while (!this.#isClosed && !this.#calls.isClosed) {
      try {
        this.#subscription = await this.#subscribe();
        this.#isBackingOff = false;
        if (await this.#drain(this.#subscription)) return;
      } catch (error) {
        if (this.#isClosed) return;
        const delayMs = await this.#delayAfter(error);
        if (delayMs === undefined) return;
        this.#isBackingOff = delayMs > 0;
        await this.#calls.pause(delayMs);
      } finally {
        this.#subscription?.cancel();
        this.#subscription = undefined;
      }
    }
  }

  #subscribe(): Promise<Subscription> {
    const { api } = this.#calls;
    const subscribe = (position: IteratorPosition): Promise<Subscription> =>
      api.subscribeToShard(this.#consumerArn, this.shardId, position);
    const sequenceNumber = this.#continuation;
    return sequenceNumber === undefined
      ? this.#position.open(subscribe)
      : subscribe({ type: 'AFTER_SEQUENCE_NUMBER', sequenceNumber });
  }

  /** Takes the events of one subscription; true when the shard has ended. */
  async #drain({ events }: Subscription): Promise<boolean> {
    const iterator = events[Symbol.asyncIterator]();
    for (;;) {
      const { done, value } = await this.#next(iterator);
      if (done === true || this.#isClosed) return false;
      this.#failures.numFailures = 0;
      this.#failures.numUnreachable = 0;
      this.#push(value);
      if (value.continuation === undefined) return true;
      this.#continuation = value.continuation;
      while (this.#numQueued > MAX_QUEUED_RECORDS && !this.#isClosed) await this.#change(IN_USE_MAX_MS);
    }
  }

  /** The next event; a connection that says nothing for long is dead, since even an idle shard is told of every few seconds. */
  async #next(iterator: AsyncIterator<SubscriptionEvent>): Promise<IteratorResult<SubscriptionEvent>> {
    const { clock, options } = this.#calls;
    const timer = new AbortController();
    const silence = clock.sleep(options.subscriptionTimeoutMs, timer.signal).then(
      () => undefined,
      () => undefined,
    );
    const next = iterator.next();
    try {
      const event = await Promise.race([next, silence]);
      if (event !== undefined) return event;
    } catch (error) {
      throw kinesisCallError(error);
    } finally {
      timer.abort();
    }
    next.catch(() => undefined);
    throw new KinesisCallError('server-error', `no event within ${options.subscriptionTimeoutMs} ms`, undefined);
  }

  #push({ records, millisBehindLatest, continuation }: SubscriptionEvent): void {
    const checked = this.#position.checked(records, millisBehindLatest === 0);
    this.#queue.push({ records: checked, millisBehindLatest, hasEnded: continuation === undefined });
    this.#numQueued += checked.length;
    this.#wake();
  }

  /** How long to wait before the next subscription; undefined when there is none, because the shard is over. */
  async #delayAfter(error: unknown): Promise<number | undefined> {
    const failure = error instanceof KinesisCallError ? error.failure : undefined;
    if (failure === 'in-use') {
      this.#calls.numRetries++;
      return IN_USE_MIN_MS + this.#calls.clock.random() * (IN_USE_MAX_MS - IN_USE_MIN_MS);
    }
    const isRefused = failure === 'not-found' || failure === 'invalid';
    if (!isRefused) return this.#calls.delayAfter(error, `subscribing to shard ${this.shardId}`, this.#failures);
    if (await this.#position.refused(error as KinesisCallError)) {
      this.#continuation = undefined;
      return 0;
    }
    this.#queue.push({ records: [], millisBehindLatest: 0, hasEnded: true });
    this.#wake();
    return undefined;
  }
}
