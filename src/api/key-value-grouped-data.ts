/**
 * Rows grouped by a key for functions over groups; made by `groupByKey`. Transformations only: nothing runs before an action or `start()`.
 */
import type { GroupState, GroupStateTimeout } from '../plan/group-state.ts';
import type { StatefulOutputMode } from '../plan/grouped-function.ts';
import type {
  ProcessorSource,
  StatefulProcessor,
  StatefulProcessorHandle,
  TimeMode,
} from '../plan/stateful-processor.ts';
import type { GroupOutput } from '../plan/user-function.ts';
import type { GroupedInput, UnresolvedGrouping, UnresolvedPlan } from '../plan/unresolved-plan.ts';
import type { RowInput, RowOf, ValueOf } from '../types/ddl-row.ts';
import type { StructType } from '../types/data-type.ts';
import type { Row } from '../types/row-codec.ts';
import type { DataFrame } from './data-frame.ts';
import { MillraceError } from '../errors/millrace-error.ts';
import { StatefulProcessor as Processor } from '../plan/stateful-processor.ts';
import { TimeMode as TimeModes } from '../plan/stateful-processor.ts';
import { valueShape } from '../plan/value-shape.ts';
import { parseSchema } from '../types/schema.ts';

/** What mapGroupsWithState and flatMapGroupsWithState are told besides the function. */
export interface GroupsWithStateOptions<State extends string, Output extends string, K> {
  /** The schema of the state: a type, `BIGINT`, or columns, `n BIGINT, since TIMESTAMP`. */
  readonly state: State | StructType;
  /** The schema of the rows the function gives. */
  readonly output: Output | StructType;
  /** Default `NoTimeout`. */
  readonly timeout?: GroupStateTimeout;
  /** Keys with their states at the very start of the query. */
  readonly initialState?: KeyValueGroupedData<K, unknown>;
}

/** The same for flatMapGroupsWithState, which may run in two modes. */
export interface FlatMapGroupsWithStateOptions<
  State extends string,
  Output extends string,
  K,
> extends GroupsWithStateOptions<State, Output, K> {
  /** Must be the output mode of the query. */
  readonly outputMode: 'append' | 'update';
}

/** What transformWithState is told besides the processor. */
export interface TransformWithStateOptions<Output extends string, K, Initial> {
  /** The schema of the rows the processor gives. */
  readonly output: Output | StructType;
  /** Must be the output mode of the query. */
  readonly outputMode: 'append' | 'update';
  /** Default `None`. */
  readonly timeMode?: TimeMode;
  /** Rows given to `handleInitialState` at the very start of the query. */
  readonly initialState?: KeyValueGroupedData<K, Initial>;
  /** The event-time column of the output, so that stateful operators may follow. */
  readonly eventTimeColumn?: string;
}

export class KeyValueGroupedData<K, T = Row> {
  readonly #input: GroupedInput;
  readonly #toDataFrame: <R>(plan: UnresolvedPlan) => DataFrame<R>;

  /** Made by `groupByKey`; not for users. */
  constructor(
    input: UnresolvedPlan,
    grouping: UnresolvedGrouping,
    toDataFrame: <R>(plan: UnresolvedPlan) => DataFrame<R>,
  ) {
    this.#input = { input, grouping };
    this.#toDataFrame = toDataFrame;
  }

  /** The grouped rows; for tools that translate plans. */
  get input(): GroupedInput {
    return this.#input;
  }

  /**
   * Calls a function for each key with its rows of the batch and its state; one row comes out per call. Update mode only.
   *
   * @example
   * logs.groupByKey('user').mapGroupsWithState({ state: 'BIGINT', output: 'user STRING, n BIGINT' }, (key, rows, state) => {
   *   state.update((state.getOption() ?? 0n) + BigInt([...rows].length));
   *   return { user: key.user, n: state.get() };
   * });
   */
  mapGroupsWithState<State extends string, Output extends string>(
    options: GroupsWithStateOptions<State, Output, K>,
    call: (
      key: K,
      rows: Iterable<T>,
      state: GroupState<ValueOf<State>>,
    ) => RowInput<RowOf<Output>> | Promise<RowInput<RowOf<Output>>>,
  ): DataFrame<RowOf<Output>> {
    return this.#groups({ ...options, outputMode: 'update' }, call as never, true);
  }

  /**
   * Calls a function for each key with its rows of the batch and its state; any number of rows comes out. With a timeout it is called
   * again for keys that time out, then without rows. The function may be a generator, and may be asynchronous.
   */
  flatMapGroupsWithState<State extends string, Output extends string>(
    options: FlatMapGroupsWithStateOptions<State, Output, K>,
    call: (key: K, rows: Iterable<T>, state: GroupState<ValueOf<State>>) => GroupOutput<RowInput<RowOf<Output>>>,
  ): DataFrame<RowOf<Output>> {
    return this.#groups(options, call as never, false);
  }

  /**
   * Hands the rows of each key to a processor with states of its own, timers and TTLs. `processor` is the class, or a function that makes
   * one around the handle.
   */
  transformWithState<Output extends string, Initial = Row>(
    processor: ProcessorSource<K, T, RowInput<RowOf<Output>>, Initial>,
    options: TransformWithStateOptions<Output, K, Initial>,
  ): DataFrame<RowOf<Output>> {
    const { output, outputMode, timeMode = 'None', initialState, eventTimeColumn } = options;
    return this.#toDataFrame({
      kind: 'transformWithState',
      ...this.#input,
      transform: {
        create: creatorOf(processor as ProcessorSource<unknown, unknown, unknown, unknown>),
        schema: schemaOf(output),
        outputMode: knownMode(outputMode),
        timeMode: knownTimeMode(timeMode),
        eventTimeColumn,
      },
      initialState: initialState?.input,
    });
  }

  #groups<Output extends string>(
    options: FlatMapGroupsWithStateOptions<string, Output, K>,
    call: (key: unknown, rows: Iterable<unknown>, state: GroupState<unknown>) => GroupOutput,
    isMap: boolean,
  ): DataFrame<RowOf<Output>> {
    const { state, output, outputMode, timeout = 'NoTimeout', initialState } = options;
    return this.#toDataFrame({
      kind: 'flatMapGroupsWithState',
      ...this.#input,
      groups: {
        isMap,
        call,
        state: valueShape(state),
        schema: schemaOf(output),
        outputMode: knownMode(outputMode),
        timeout,
      },
      initialState: initialState?.input,
    });
  }
}

function schemaOf(schema: string | StructType): StructType {
  return typeof schema === 'string' ? parseSchema(schema) : schema;
}

function knownMode(mode: string): StatefulOutputMode {
  const known = (['append', 'update', 'complete'] as const).find((candidate) => candidate === mode.toLowerCase());
  if (known === undefined) throw new MillraceError('STREAMING_OUTPUT_MODE.INVALID', { outputMode: mode });
  return known;
}

function knownTimeMode(timeMode: string): TimeMode {
  const known = Object.values(TimeModes).find((mode) => mode.toLowerCase() === timeMode.toLowerCase());
  if (known === undefined) throw new MillraceError('STATEFUL_PROCESSOR_UNKNOWN_TIME_MODE', { timeMode });
  return known;
}

type AnyProcessor = StatefulProcessor<unknown, unknown, unknown, unknown>;

/** Classes are made with `new`, functions are called. */
export function creatorOf(
  source: ProcessorSource<unknown, unknown, unknown, unknown>,
): (handle: StatefulProcessorHandle) => AnyProcessor {
  if (source.prototype instanceof Processor) {
    const ProcessorClass = source as new (handle: StatefulProcessorHandle) => AnyProcessor;
    return (handle) => new ProcessorClass(handle);
  }
  return source as (handle: StatefulProcessorHandle) => AnyProcessor;
}
