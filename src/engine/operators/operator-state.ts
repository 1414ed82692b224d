/**
 * One store of a stateful operator as the operator sees it: a table, and an index of its slots by time for eviction. In a streaming
 * query it stands on a state store that the engine attaches and loads; in a batch query every epoch gets a fresh table.
 */
import type { JoinType } from '../../plan/join-type.ts';
import type { BucketRange } from '../../state/bucket-range.ts';
import type { Spill } from '../../state/spill-space.ts';
import type { StateCommit, StateMetrics, StateStore } from '../../state/state-store.ts';
import type { StateSchema } from '../../state/state-table.ts';
import type { Epoch } from './operator.ts';
import { assert } from '../../errors/assert.ts';
import { MillraceError } from '../../errors/millrace-error.ts';
import { ALL_BUCKETS } from '../../state/bucket-range.ts';
import { StateTable } from '../../state/state-table.ts';
import { TimeIndex } from '../../state/time-index.ts';
import { isEvicting, latestTime } from './late-rows.ts';
import type { StatePartition } from './state-partition.ts';
import { StatePartitions } from './state-partitions.ts';

/** What an operator reports at the end of an epoch. */
export interface StateReport {
  readonly numRowsUpdated: number;
  readonly numRowsRemoved: number;
  readonly numRowsDroppedByWatermark: number;
  readonly customMetrics?: Readonly<Record<string, number>>;
  /** The latest time some state of the operator waits for, in µs; set by `report`. */
  readonly latestMicros?: bigint;
  /** Rows as Spark counts them, where that is not the number of rows in the stores. */
  readonly numRowsTotal?: number;
}

function sumOf(a: StateReport, b: StateReport): StateReport {
  // How many variables a processor has is not counted, but known.
  const custom = Object.entries(b.customMetrics ?? {}).map(([name, n]) => [
    name,
    name.endsWith('Vars') ? n : n + (a.customMetrics?.[name] ?? 0),
  ]);
  return {
    ...b,
    numRowsUpdated: a.numRowsUpdated + b.numRowsUpdated,
    numRowsRemoved: a.numRowsRemoved + b.numRowsRemoved,
    numRowsDroppedByWatermark: a.numRowsDroppedByWatermark + b.numRowsDroppedByWatermark,
    customMetrics: Object.fromEntries(custom) as Readonly<Record<string, number>>,
  };
}

export interface OperatorStateOptions {
  /** Position among the stateful operators of the plan; names its state in the checkpoint. */
  readonly operatorId: number;
  /** Spark's name in progress and state metadata, as `stateStoreSave`. */
  readonly operatorName: string;
  /** Tells apart the stores of an operator that has several, as `left` and `right`; default `default`. */
  readonly storeName?: string;
  readonly schema: StateSchema;
  readonly isPersistent: boolean;
  /** When each slot is evicted, in µs; undefined when nothing of this operator ever is. */
  readonly evictionTimes: ((table: StateTable, slots: Int32Array) => BigInt64Array) | undefined;
  /** What a batch without data is run for; default `watermark`. */
  readonly noDataBatches?: NoDataBatches;
  /** The operator keeps no times, though it asks for such batches. */
  readonly isTimeless?: boolean;
  /** The state variable of a processor that the store is of. Such a store may be missing from a checkpoint: it was named later. */
  readonly variable?: { readonly name: string; readonly kind: 'value' | 'list' | 'map' };
  /** The type of the join of two streams that the store is of. */
  readonly joinType?: JoinType;
}

/** Makes the store of an operator for some buckets; what is held for each key beside its table counts for the memory budget. */
export type MakeStore = (buckets: BucketRange, extraBytesPerKey: number) => StateStore;

/** `watermark`: when the watermark has moved. `clock`: when an eviction time is due by the clock. */
export type NoDataBatches = 'never' | 'watermark' | 'clock';

export class OperatorState {
  readonly operatorId: number;
  readonly operatorName: string;
  readonly storeName: string;
  readonly schema: StateSchema;
  readonly isPersistent: boolean;
  readonly noDataBatches: NoDataBatches;
  readonly isTimeless: boolean;
  readonly variable: OperatorStateOptions['variable'];
  readonly joinType: JoinType | undefined;
  readonly #evictionTimes: OperatorStateOptions['evictionTimes'];
  /** Of a bounded query. */
  readonly #timeIndex = new TimeIndex();
  #partitions: StatePartitions | undefined;
  #allowsSplit = false;
  #remote: StateMetrics | undefined;
  /** The latest eviction time of any slot since the load; times at or before the watermark are of no interest. */
  #latestMicros: bigint | undefined;
  readonly #tables = new WeakMap<Epoch, StateTable>();

  constructor(options: OperatorStateOptions) {
    this.operatorId = options.operatorId;
    this.operatorName = options.operatorName;
    this.storeName = options.storeName ?? 'default';
    this.schema = options.schema;
    this.isPersistent = options.isPersistent;
    this.noDataBatches = options.noDataBatches ?? 'watermark';
    this.isTimeless = options.isTimeless ?? this.noDataBatches === 'never';
    this.variable = options.variable;
    this.joinType = options.joinType;
    this.#evictionTimes = options.evictionTimes;
  }

  /** Gives the operator its durable store; once, before `load`. */
  attach(store: StateStore): void {
    this.attachParts(() => store, ALL_BUCKETS);
  }

  /**
   * As `attach`, with stores for the buckets of this thread. With `spill` the state of an operator that allows it is cut into partitions as
   * it grows, each with a store of its own, and those not in use leave memory when it is short.
   */
  attachParts(makeStore: MakeStore, buckets: BucketRange, spill?: Spill): void {
    assert(
      this.isPersistent && this.#partitions === undefined,
      'a state store is attached once to a persistent operator',
    );
    const index = (partition: StatePartition): void =>
      this.#index(partition.store.table, partition.store.table.liveSlots(), partition.timeIndex);
    // A time takes an entry of its index, and rows of one group a link each.
    const extraBytesPerKey =
      (this.#evictionTimes === undefined ? 0 : 28) + (this.schema.numBucketKeys === undefined ? 0 : 40);
    const split = spill === undefined || !this.#allowsSplit ? undefined : { ...spill, buckets, extraBytesPerKey };
    const make = (part: BucketRange): StateStore => makeStore(part, split === undefined ? 0 : extraBytesPerKey);
    this.#partitions = new StatePartitions(this.schema, make, index, { buckets, split });
  }

  /** Lets the state be cut; its operator then works on one partition after the other, see spilling-operator.ts. */
  allowSplit(): void {
    this.#allowsSplit = true;
  }

  /** Loads the state a commit names; undefined is the empty state. */
  async load(commit: StateCommit | undefined): Promise<void> {
    await this.#attached()
      .load(commit)
      .catch((error: unknown) => {
        throw this.variable === undefined ? error : variableError(error, this.variable);
      });
  }

  /** What the state is cut into; see spilling-operator.ts. */
  get partitions(): StatePartitions {
    return this.#attached();
  }

  /** True when the store may be missing from a checkpoint of the query. */
  get isOptional(): boolean {
    return this.variable !== undefined;
  }

  /** How often the table was replaced by a loaded one; what an operator keeps beside the table is to be made anew then. */
  get numLoads(): number {
    return this.#partitions?.numLoads ?? 0;
  }

  /** Makes the changes of the epoch durable as `version`. */
  commit(version: number): Promise<StateCommit> {
    return this.#attached().commit(version);
  }

  /** The table of this epoch. */
  table(epoch: Epoch): StateTable {
    if (this.isPersistent) return this.#attached().active.store.table;
    const known = this.#tables.get(epoch);
    if (known !== undefined) return known;
    const table = new StateTable(this.schema);
    this.#tables.set(epoch, table);
    return table;
  }

  /** Sets when a slot is evicted; undefined is never. For times that change while the key stays. */
  setEvictionTime(slot: number, micros: bigint | undefined): void {
    if (micros === undefined) this.#times.delete(slot);
    else this.#times.set(slot, micros);
  }

  /** The slots whose time is at or before `micros`, in time order; they leave the index. */
  takeUpTo(micros: bigint): Int32Array {
    return this.#times.takeUpTo(micros);
  }

  /** The earliest eviction time, undefined when there is none. */
  earliestMicros(): bigint | undefined {
    return this.#partitions === undefined ? this.#timeIndex.earliestMicros() : this.#partitions.earliestMicros();
  }

  /** The latest time a slot was to be evicted at, in µs; undefined when there was none. */
  get latestMicros(): bigint | undefined {
    return this.#latestMicros;
  }

  /** Does a part of the operator's work and adds its time to `allUpdatesTimeMs` or `allRemovalsTimeMs`. */
  timed<T>(epoch: Epoch, phase: 'updates' | 'removals', work: () => T): T {
    if (!this.isPersistent) return work();
    const startMs = epoch.metrics.monotonicMs();
    const result = work();
    epoch.metrics.addStateTime(this.operatorId, phase, epoch.metrics.monotonicMs() - startMs);
    return result;
  }

  /** Remembers when the keys inserted by the last lookup are to be evicted. Call after their values are set. */
  indexNewSlots(epoch: Epoch): void {
    this.indexSlots(epoch, this.table(epoch).newSlots);
  }

  /** Remembers when these slots are to be evicted, whether they are new or their time has changed. */
  indexSlots(epoch: Epoch, slots: Int32Array): void {
    if (isEvicting(epoch)) this.#index(this.table(epoch), slots);
  }

  /** Forgets when a slot is to be evicted; for a key removed otherwise. */
  forgetSlot(slot: number): void {
    this.#times.delete(slot);
  }

  /** The slots whose time is at or before a watermark, by default the epoch's for eviction, in time order; they leave the index. */
  takeEvicted(epoch: Epoch, watermarkMs = epoch.evictionWatermarkMs): Int32Array {
    if (!isEvicting(epoch) || this.#evictionTimes === undefined) return new Int32Array(0);
    return this.#times.takeUpTo(BigInt(watermarkMs) * 1000n);
  }

  /** Adds the operator's numbers to the epoch's metrics; one report for all stores of an operator. */
  report(epoch: Epoch, report: StateReport): void {
    if (!this.isPersistent) return;
    const { operatorId, operatorName } = this;
    const { stateOperators } = epoch.metrics;
    const { active, isInPass } = this.#attached();
    if (report.numRowsTotal !== undefined) active.reportedRows = report.numRowsTotal;
    const before = epoch.isPartOfBatch === true || isInPass ? stateOperators.get(operatorId) : undefined;
    const latest = this.#latestMicros === undefined ? {} : { latestMicros: this.#latestMicros };
    const all = before === undefined ? report : sumOf(before, report);
    stateOperators.set(operatorId, { operatorName, ...all, ...latest });
  }

  /** Takes the numbers of the last commit from the workers that keep this state, in place of a store of its own. */
  setRemoteMetrics(metrics: readonly StateMetrics[]): void {
    const sum = (numberOf: (one: StateMetrics) => number): number =>
      metrics.reduce((total, one) => total + numberOf(one), 0);
    this.#remote = {
      numRowsTotal: sum((one) => one.numRowsTotal),
      numRowsUpdated: sum((one) => one.numRowsUpdated),
      numRowsRemoved: sum((one) => one.numRowsRemoved),
      memoryUsedBytes: sum((one) => one.memoryUsedBytes),
      commitTimeMs: sum((one) => one.commitTimeMs),
      ...(metrics.some((one) => one.spilledBytes !== undefined) && {
        spilledBytes: sum((one) => one.spilledBytes ?? 0),
      }),
    };
  }

  /** Rows and bytes of the table, and the time of the last commit. */
  get storeMetrics(): StateMetrics {
    return this.#remote ?? this.#attached().metrics;
  }

  get #times(): TimeIndex {
    return this.#partitions?.active.timeIndex ?? this.#timeIndex;
  }

  #index(table: StateTable, slots: Int32Array, timeIndex = this.#times): void {
    if (this.#evictionTimes === undefined || slots.length === 0) return;
    const times = this.#evictionTimes(table, slots);
    timeIndex.setAll(slots, times, slots.length);
    const latest = latestTime(times);
    if (latest !== undefined && (this.#latestMicros === undefined || latest > this.#latestMicros))
      this.#latestMicros = latest;
  }

  #attached(): StatePartitions {
    assert(this.#partitions !== undefined, 'a persistent operator has a state store before its first epoch');
    return this.#partitions;
  }
}

const VARIABLE_TYPES = { value: 'ValueState', list: 'ListState', map: 'MapState' } as const;

/** A store with keys of another form belongs to a variable of another kind. */
function variableError(error: unknown, { name, kind }: NonNullable<OperatorStateOptions['variable']>): unknown {
  if (!(error instanceof MillraceError) || error.condition !== 'STATE_STORE_KEY_SCHEMA_NOT_COMPATIBLE') return error;
  const last = /, (\w+): [^:]*>$/.exec(error.parameters['storedKeySchema'] ?? '')?.[1];
  const stored = last === 'listIndex' ? 'list' : last === 'userKey' ? 'map' : 'value';
  if (stored === kind) return error;
  const [oldType, newType] = [VARIABLE_TYPES[stored], VARIABLE_TYPES[kind]];
  return new MillraceError('STATE_STORE_INVALID_VARIABLE_TYPE_CHANGE', { stateVarName: name, oldType, newType });
}

/** The key of a store in the commit log. */
export function stateKey({ operatorId, storeName }: OperatorState): string {
  return `${operatorId}/${storeName}`;
}
