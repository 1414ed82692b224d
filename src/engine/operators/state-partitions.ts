/**
 * The partitions of one store of a stateful operator in this thread. Without a memory budget there is one, and it does not matter. With
 * one, the buckets are cut into more the larger the state is, so that a part of them always fits; the operator then works on one after
 * the other (spilling-operator.ts), and the others leave memory when it is short.
 */
import type { BucketRange } from '../../state/bucket-range.ts';
import type { Spill } from '../../state/spill-space.ts';
import type { StateCommit, StateMetrics, StateStore } from '../../state/state-store.ts';
import type { StateSchema } from '../../state/state-table.ts';
import { assert, present } from '../../errors/assert.ts';
import { splitBuckets } from '../../state/bucket-range.ts';
import { mergeCommits } from '../../state/merge-commits.ts';
import { bytesPerKey } from '../../state/table-bytes.ts';
import { StatePartition } from './state-partition.ts';

/** How state may be cut and spill. */
export interface SplitOptions extends Spill {
  /** The buckets of this thread. */
  readonly buckets: BucketRange;
  /** What is held for each key beside the table. */
  readonly extraBytesPerKey: number;
}

/** A partition may take this share of the budget before there are to be more. */
const PARTITIONS_IN_MEMORY = 4;
const MAX_PARTITIONS = 64;

export class StatePartitions {
  readonly #schema: StateSchema;
  readonly #makeStore: (buckets: BucketRange) => StateStore;
  readonly #index: (partition: StatePartition) => void;
  readonly split: SplitOptions | undefined;
  #all: StatePartition[];
  #active: StatePartition;
  /** Must stay in memory: it is worked on, loaded or committed. */
  #busy: StatePartition | undefined;
  #commit: StateCommit | undefined;
  /** How often the active table was replaced; what an operator keeps beside the table is to be made anew then. */
  numLoads = 0;
  /** True while the operator works on one partition after the other. */
  isInPass = false;

  /** `index` fills the index by time of a partition that was loaded. */
  constructor(
    schema: StateSchema,
    makeStore: (buckets: BucketRange) => StateStore,
    index: (partition: StatePartition) => void,
    { buckets, split }: { readonly buckets: BucketRange; readonly split: SplitOptions | undefined },
  ) {
    this.#schema = schema;
    this.#makeStore = makeStore;
    this.#index = index;
    this.split = split;
    this.#active = split === undefined ? new StatePartition(makeStore(buckets)) : this.#partition(split, buckets);
    this.#all = [this.#active];
    split?.budget.addRelief((bytes) => this.#putOut(bytes));
  }

  /** The partition the operator works on. */
  get active(): StatePartition {
    return this.#active;
  }

  get all(): readonly StatePartition[] {
    return this.#all;
  }

  get ranges(): readonly BucketRange[] {
    return this.#all.map(({ buckets }) => present(buckets, 'partitions that are cut have buckets'));
  }

  earliestMicros(): bigint | undefined {
    let earliest: bigint | undefined;
    for (const { earliestMicros } of this.#all)
      if (earliest === undefined || (earliestMicros !== undefined && earliestMicros < earliest))
        earliest = earliestMicros;
    return earliest;
  }

  /** Sums over all partitions. */
  get metrics(): StateMetrics {
    const sum = (numberOf: (partition: StatePartition) => number): number =>
      this.#all.reduce((total, partition) => total + numberOf(partition), 0);
    const ofCommit = (numberOf: (metrics: StateMetrics) => number): number =>
      sum(({ commitMetrics }) => (commitMetrics === undefined ? 0 : numberOf(commitMetrics)));
    return {
      numRowsTotal: this.split === undefined ? this.#active.store.metrics.numRowsTotal : sum(({ numRows }) => numRows),
      numRowsUpdated: ofCommit((metrics) => metrics.numRowsUpdated),
      numRowsRemoved: ofCommit((metrics) => metrics.numRowsRemoved),
      memoryUsedBytes: sum((partition) => partition.memoryBytes),
      commitTimeMs: ofCommit((metrics) => metrics.commitTimeMs),
      ...(this.split !== undefined && { spilledBytes: sum((partition) => partition.spilledBytes) }),
    };
  }

  /** Loads a version, cut as its size wants. */
  async load(commit: StateCommit | undefined): Promise<void> {
    if (this.split !== undefined) this.#cut(this.partitionsFor(this.#bytesOf(commit)));
    await this.#loadAll(commit);
  }

  /** How many partitions so many bytes of state want. */
  partitionsFor(bytes: number): number {
    if (this.split === undefined) return 1;
    const { budget, buckets } = this.split;
    let count = 1;
    while (count < MAX_PARTITIONS && bytes / count > budget.limitBytes / PARTITIONS_IN_MEMORY) count *= 2;
    return Math.min(count, buckets.to - buckets.from);
  }

  /** Bytes of all partitions, wherever they are. */
  get sizeBytes(): number {
    return this.#all.reduce((total, { memoryBytes, spilledBytes }) => total + memoryBytes + spilledBytes, 0);
  }

  /** Memory for so many keys more, about. */
  bytesOfKeys(numKeys: number): number {
    return numKeys * (bytesPerKey(this.#schema) + (this.split?.extraBytesPerKey ?? 0));
  }

  /** Cuts the state anew, from its last commit; nothing may have changed since. */
  async setCount(count: number): Promise<void> {
    if (count === this.#all.length) return;
    assert(
      this.#all.every(({ isDirty }) => !isDirty),
      'state is cut anew between batches',
    );
    this.#cut(count);
    await this.#loadAll(this.#commit);
  }

  /** Makes a partition the active one; its table is in memory then, and stays there until `release`. */
  select(index: number): void {
    const partition = present(this.#all[index], 'a partition of this number');
    this.#busy = partition;
    const wasAway = partition.bringIn();
    if (wasAway || partition !== this.#active) this.numLoads += 1;
    this.#active = partition;
  }

  /** Lets the active partition leave memory. */
  release(): void {
    this.#busy = undefined;
  }

  /** Makes what changed in the active partition durable as `version`; `commit` comes later. */
  async commitActive(version: number): Promise<void> {
    await this.#active.commitAs(version);
  }

  /** Makes everything that changed durable as `version`. */
  async commit(version: number): Promise<StateCommit> {
    const commits: StateCommit[] = [];
    for (const partition of this.#all) {
      this.#busy = partition;
      commits.push(await partition.commitAs(version));
    }
    this.#busy = this.split === undefined ? this.#active : undefined;
    this.#commit = mergeCommits(commits);
    return this.#commit;
  }

  async #loadAll(commit: StateCommit | undefined): Promise<void> {
    for (const partition of this.#all) {
      this.#busy = partition;
      await partition.load(commit);
      this.#index(partition);
    }
    this.#busy = undefined;
    this.#commit = commit;
    this.numLoads += 1;
    this.select(0);
    if (this.split !== undefined) this.release();
  }

  #cut(count: number): void {
    const { split } = this;
    assert(split !== undefined, 'only state that may spill is cut');
    for (const partition of this.#all) partition.drop();
    this.#all = splitBuckets(count, split.buckets).map((buckets) => this.#partition(split, buckets));
    this.#active = present(this.#all[0], 'there is at least one partition');
  }

  #partition({ budget, space }: SplitOptions, buckets: BucketRange): StatePartition {
    return new StatePartition(this.#makeStore(buckets), { buckets, spill: { budget, space } });
  }

  /** About how much memory a version takes, of it the buckets of this thread. */
  #bytesOf(commit: StateCommit | undefined): number {
    if (commit === undefined || this.split === undefined) return 0;
    const { from, to } = this.split.buckets;
    const share = (to - from) / 256;
    const fileBytes = commit.files.reduce((total, { sizeBytes }) => total + sizeBytes, 0);
    return Math.max(this.bytesOfKeys(commit.numRowsTotal), fileBytes) * share;
  }

  /** Puts partitions out of memory that are not in use, until so many bytes are free. */
  #putOut(bytes: number): boolean {
    let freed = 0;
    for (const partition of this.#all) {
      if (freed >= bytes) break;
      if (partition === this.#busy || !partition.holdsMemory) continue;
      freed += partition.memoryBytes;
      partition.putOut();
    }
    return freed > 0;
  }
}
