/**
 * One store of a stateful operator as the operator sees it: a table, and an index of its slots by time for eviction. In a streaming
 * query it stands on a state store that the engine attaches and loads; in a batch query every epoch gets a fresh table.
 */
import type { StateCommit, StateStore } from '../../state/state-store.ts';
import type { StateSchema } from '../../state/state-table.ts';
import type { Epoch } from './operator.ts';
import { assert } from '../../errors/assert.ts';
import { StateTable } from '../../state/state-table.ts';
import { TimeIndex } from '../../state/time-index.ts';
import { isEvicting } from './late-rows.ts';

/** What an operator reports at the end of an epoch. */
export interface StateReport {
  readonly numRowsUpdated: number;
  readonly numRowsRemoved: number;
  readonly numRowsDroppedByWatermark: number;
  readonly customMetrics?: Readonly<Record<string, number>>;
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
}

export class OperatorState {
  readonly operatorId: number;
  readonly operatorName: string;
  readonly storeName: string;
  readonly schema: StateSchema;
  readonly isPersistent: boolean;
  readonly #evictionTimes: OperatorStateOptions['evictionTimes'];
  #timeIndex = new TimeIndex();
  #store: StateStore | undefined;
  #numLoads = 0;
  readonly #tables = new WeakMap<Epoch, StateTable>();

  constructor(options: OperatorStateOptions) {
    this.operatorId = options.operatorId;
    this.operatorName = options.operatorName;
    this.storeName = options.storeName ?? 'default';
    this.schema = options.schema;
    this.isPersistent = options.isPersistent;
    this.#evictionTimes = options.evictionTimes;
  }

  /** Gives the operator its durable store; once, before `load`. */
  attach(store: StateStore): void {
    assert(this.isPersistent && this.#store === undefined, 'a state store is attached once to a persistent operator');
    this.#store = store;
  }

  /** Loads the state a commit names; undefined is the empty state. */
  async load(commit: StateCommit | undefined): Promise<void> {
    const store = this.#attached();
    await store.load(commit);
    this.#numLoads += 1;
    this.#timeIndex = new TimeIndex();
    this.#index(store.table, store.table.liveSlots());
  }

  /** How often the table was replaced by a loaded one; what an operator keeps beside the table is to be made anew then. */
  get numLoads(): number {
    return this.#numLoads;
  }

  /** Makes the changes of the epoch durable as `version`. */
  commit(version: number): Promise<StateCommit> {
    return this.#attached().commit(version);
  }

  /** The table of this epoch. */
  table(epoch: Epoch): StateTable {
    if (this.isPersistent) return this.#attached().table;
    const known = this.#tables.get(epoch);
    if (known !== undefined) return known;
    const table = new StateTable(this.schema);
    this.#tables.set(epoch, table);
    return table;
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
    this.#timeIndex.delete(slot);
  }

  /** The slots whose time is at or before the epoch's eviction watermark, in time order; they leave the index. */
  takeEvicted(epoch: Epoch): Int32Array {
    if (!isEvicting(epoch) || this.#evictionTimes === undefined) return new Int32Array(0);
    return this.#timeIndex.takeUpTo(BigInt(epoch.evictionWatermarkMs) * 1000n);
  }

  /** Adds the operator's numbers to the epoch's metrics; one report for all stores of an operator. */
  report(epoch: Epoch, report: StateReport): void {
    if (this.isPersistent)
      epoch.metrics.stateOperators.set(this.operatorId, { operatorName: this.operatorName, ...report });
  }

  /** Rows and bytes of the table, and the time of the last commit. */
  get storeMetrics(): StateStore['metrics'] {
    const store = this.#attached();
    return { ...store.metrics, memoryUsedBytes: store.table.sizeBytes };
  }

  #index(table: StateTable, slots: Int32Array): void {
    if (this.#evictionTimes === undefined || slots.length === 0) return;
    this.#timeIndex.setAll(slots, this.#evictionTimes(table, slots), slots.length);
  }

  #attached(): StateStore {
    assert(this.#store !== undefined, 'a persistent operator has a state store before its first epoch');
    return this.#store;
  }
}

/** The key of a store in the commit log. */
export function stateKey({ operatorId, storeName }: OperatorState): string {
  return `${operatorId}/${storeName}`;
}
