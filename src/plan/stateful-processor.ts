/**
 * What users write for transformWithState: a class with handlers, and the states and timers its handle gives it, under Spark's names.
 * Contracts only; the engine's side is engine/stateful/.
 */
import type { InputOf, ValueOf } from '../types/ddl-row.ts';
import type { Row } from '../types/row-codec.ts';
import type { GroupOutput } from './user-function.ts';

/** What timers and TTLs go by. */
export const TimeMode = {
  /** No timers. Late rows are handled like others. */
  None: 'None',
  /** The clock; the time of a batch is that of its start. */
  ProcessingTime: 'ProcessingTime',
  /** The watermark; late rows are dropped. Needs `withWatermark`. */
  EventTime: 'EventTime',
} as const;
export type TimeMode = (typeof TimeMode)[keyof typeof TimeMode];

/** How long a state lives after it was last written; `processing time` only. */
export interface TtlConfig {
  readonly ttlMs: number;
}

/** A state that holds one value, or none. */
export interface ValueState<T, In = T> {
  exists(): boolean;
  /** The value, undefined when there is none. */
  get(): T | undefined;
  update(value: In): void;
  clear(): void;
}

/** A state that holds a list. */
export interface ListState<T, In = T> {
  exists(): boolean;
  get(): IterableIterator<T>;
  /** Replaces the list; an empty one is refused, as in Spark: use `clear`. */
  put(values: readonly In[]): void;
  appendValue(value: In): void;
  appendList(values: readonly In[]): void;
  clear(): void;
}

/** A state that holds a map. */
export interface MapState<K, V, InK = K, InV = V> {
  exists(): boolean;
  getValue(key: InK): V | undefined;
  containsKey(key: InK): boolean;
  updateValue(key: InK, value: InV): void;
  iterator(): IterableIterator<[K, V]>;
  keys(): IterableIterator<K>;
  values(): IterableIterator<V>;
  removeKey(key: InK): void;
  clear(): void;
}

/** The value state of a schema: `BIGINT` holds a bigint, `n BIGINT, due TIMESTAMP` an object. */
export type ValueStateOf<Ddl extends string> = ValueState<ValueOf<Ddl>, InputOf<ValueOf<Ddl>>>;
export type ListStateOf<Ddl extends string> = ListState<ValueOf<Ddl>, InputOf<ValueOf<Ddl>>>;
export type MapStateOf<Key extends string, Value extends string> = MapState<
  ValueOf<Key>,
  ValueOf<Value>,
  InputOf<ValueOf<Key>>,
  InputOf<ValueOf<Value>>
>;

/** Which run and batch this is. */
export interface QueryInfo {
  getQueryId(): string;
  getRunId(): string;
  getBatchId(): number;
}

/** Gives a processor its states and timers. States are named in the constructor, in field initializers or in `init`, nowhere else. */
export interface StatefulProcessorHandle {
  getValueState<Ddl extends string>(name: string, schema: Ddl, ttl?: number | TtlConfig): ValueStateOf<Ddl>;
  getListState<Ddl extends string>(name: string, schema: Ddl, ttl?: number | TtlConfig): ListStateOf<Ddl>;
  getMapState<Key extends string, Value extends string>(
    name: string,
    keySchema: Key,
    valueSchema: Value,
    ttl?: number | TtlConfig,
  ): MapStateOf<Key, Value>;
  /** Drops a state that an earlier version of the processor kept. */
  deleteIfExists(name: string): void;
  /** Registers a timer of the current key; once per time. */
  registerTimer(expiryTimestampMs: number): void;
  deleteTimer(expiryTimestampMs: number): void;
  /** The timers of the current key, ascending. */
  listTimers(): IterableIterator<number>;
  getQueryInfo(): QueryInfo;
}

/** The times of a batch; -1 where the time mode has none. */
export interface TimerValues {
  getCurrentProcessingTimeInMs(): number;
  getCurrentWatermarkInMs(): number;
}

export interface ExpiredTimerInfo {
  getExpiryTimeInMs(): number;
}

/**
 * The logic of transformWithState. An instance lives for one micro-batch: what must last belongs into states. Handlers return their
 * output rows: an iterable (also a generator), an async iterable, or a promise of one; keys are handled one after the other. The type
 * parameters are those of the key, of the rows in and out (none: it puts out nothing), and of the rows of the initial state.
 *
 * @example
 * class Count extends StatefulProcessor<{ user: string | null }, Row, { user: string | null; n: bigint }> {
 *   readonly count = this.handle.getValueState('count', 'BIGINT');
 *   *handleInputRows(key: { user: string | null }, rows: Iterable<Row>) {
 *     const n = (this.count.get() ?? 0n) + BigInt([...rows].length);
 *     this.count.update(n);
 *     yield { user: key.user, n };
 *   }
 * }
 */
export abstract class StatefulProcessor<K = Row, In = Row, Out = never, Initial = Row> {
  protected readonly handle: StatefulProcessorHandle;

  constructor(handle: StatefulProcessorHandle) {
    this.handle = handle;
  }

  /** Called before anything else of a batch; states may be named here. */
  init(_handle: StatefulProcessorHandle): void {}

  /** The rows of a key in this batch. */
  abstract handleInputRows(key: K, rows: Iterable<In>, timerValues: TimerValues): GroupOutput<Out>;

  /** A timer of a key has expired; after all rows of the batch. */
  handleExpiredTimer(_key: K, _timerValues: TimerValues, _expiredTimerInfo: ExpiredTimerInfo): GroupOutput<Out> {}

  /** A row of the initial state, in batch 0 before the rows. */
  handleInitialState(_key: K, _initialState: Initial, _timerValues: TimerValues): void | Promise<void> {}

  /** Called at the end of a batch. */
  close(): void {}
}

/** A processor: its class, or a function that makes one around the handle. */
export type ProcessorSource<K, In, Out, Initial> =
  | (new (handle: StatefulProcessorHandle) => StatefulProcessor<K, In, Out, Initial>)
  | ((handle: StatefulProcessorHandle) => StatefulProcessor<K, In, Out, Initial>);
