/**
 * The state of an operator for one range of buckets: its store and the index of its slots by time. Usually there is one, of all buckets,
 * in memory for good; with a memory budget there may be several, of which those not in use can be in a file instead.
 */
import type { BucketRange } from '../../state/bucket-range.ts';
import type { SpillableStateStore, StateCommit, StateMetrics, StateStore } from '../../state/state-store.ts';
import type { Spill, SpillFile } from '../../state/spill-space.ts';
import { assert, present } from '../../errors/assert.ts';
import { pagesOfParts, partsOfPages } from '../../state/state-pages.ts';
import { TimeIndex } from '../../state/time-index.ts';

/** What is known of a partition that is in a file. */
interface Absent {
  readonly earliestMicros: bigint | undefined;
  readonly isDirty: boolean;
  readonly numRows: number;
}

export class StatePartition {
  readonly store: StateStore;
  readonly buckets: BucketRange | undefined;
  #timeIndex = new TimeIndex();
  readonly #spill: Spill | undefined;
  #file: SpillFile | undefined;
  #absent: Absent | undefined;
  /** The version committed or loaded last. */
  commit: StateCommit | undefined;
  /** The numbers of the last commit; undefined when nothing was written for it. */
  commitMetrics: StateMetrics | undefined;
  /** The rows the operator reported for this partition, where they are not those of the table. */
  reportedRows: number | undefined;

  /** A partition of some buckets is given where it may spill. */
  constructor(store: StateStore, part?: { readonly buckets: BucketRange; readonly spill: Spill }) {
    this.store = store;
    this.buckets = part?.buckets;
    this.#spill = part?.spill;
  }

  get isInMemory(): boolean {
    return this.#absent === undefined;
  }

  /** The index of its slots by time; it must be in memory. */
  get timeIndex(): TimeIndex {
    assert(this.#absent === undefined, 'a partition is used in memory only');
    return this.#timeIndex;
  }

  get earliestMicros(): bigint | undefined {
    return this.#absent === undefined ? this.#timeIndex.earliestMicros() : this.#absent.earliestMicros;
  }

  get numRows(): number {
    return this.#absent?.numRows ?? this.store.table.size;
  }

  /** True when it has changes that are not committed. */
  get isDirty(): boolean {
    return this.#absent?.isDirty ?? this.store.table.hasChanges;
  }

  /** True when there is something to be freed by `putOut`; a table keeps the room of keys that were removed. */
  get holdsMemory(): boolean {
    return this.#absent === undefined && this.store.table.numSlots > 0;
  }

  /** Bytes in memory. */
  get memoryBytes(): number {
    return this.#absent === undefined ? this.store.table.sizeBytes : 0;
  }

  /** Bytes in its file while it is not in memory. */
  get spilledBytes(): number {
    return this.#absent === undefined ? 0 : (this.#file?.sizeBytes ?? 0);
  }

  /** Loads a version; the caller fills the index by time. */
  async load(commit: StateCommit | undefined): Promise<void> {
    this.#absent = undefined;
    this.#timeIndex = new TimeIndex();
    await this.store.load(commit);
    this.commit = this.#spill === undefined ? commit : this.#spillable().committed;
    this.commitMetrics = undefined;
    this.reportedRows = undefined;
  }

  /** Gets the partition into memory, where others make room for it. True when it was not there. */
  bringIn(): boolean {
    if (this.#absent === undefined) return false;
    const { budget } = this.#spilling();
    const file = present(this.#file, 'a partition that is not in memory is in a file');
    budget.makeRoom(file.sizeBytes);
    const [store, timeIndex] = partsOfPages(file.read());
    this.#spillable().restore(present(store, 'the pages of the store'));
    this.#timeIndex.restore(present(timeIndex, 'the pages of the index by time'));
    this.#absent = undefined;
    return true;
  }

  /** Writes the partition to its file and frees its memory. */
  putOut(): void {
    if (this.#absent !== undefined) return;
    const { space } = this.#spilling();
    const absent = { earliestMicros: this.earliestMicros, isDirty: this.isDirty, numRows: this.numRows };
    const file = (this.#file ??= space.file());
    const store = this.#spillable().release();
    const timeIndex = this.#timeIndex.release();
    file.write(pagesOfParts([store, timeIndex]));
    this.#absent = absent;
  }

  /** Commits what changed. A partition in a file is brought in for that only if it has changes. */
  async commitAs(version: number): Promise<StateCommit> {
    if (this.commit?.version === version) return this.commit;
    this.commitMetrics = undefined;
    if (this.#absent !== undefined && !this.#absent.isDirty && this.commit !== undefined) {
      const { changes: _, expired: __, ...unchanged } = this.commit;
      this.commit = { ...unchanged, version };
      return this.commit;
    }
    this.bringIn();
    this.commit = await this.store.commit(version);
    this.commitMetrics = this.store.metrics;
    return this.commit;
  }

  /** Frees memory and file. */
  drop(): void {
    this.#file?.delete();
    if (this.#absent === undefined) this.store.table.clear();
  }

  #spilling(): Spill {
    return present(this.#spill, 'only partitions with a place to spill to leave memory');
  }

  #spillable(): SpillableStateStore {
    assert('release' in this.store, 'a partition that may spill has a store that can');
    return this.store as SpillableStateStore;
  }
}
