/**
 * The contract of what runs the operators of a plan, epoch by epoch, and keeps their state: in-process (local-runner.ts) or on worker
 * threads (parallel-runner.ts). The protocol of a batch (micro-batch.ts) is the same for both.
 *
 * Order of calls: `load` once; then per epoch `run`, read to its end, and `commit`. After a failure anywhere: `load` of the last commits.
 */
import type { InputPartition } from '../source/source.ts';
import type { StateCommit } from '../state/state-store.ts';
import type { ColumnBatch } from '../types/column-batch.ts';
import type { Epoch } from './operators/operator.ts';

/** The commits of all stores of a query, by store key. */
export type StateCommits = Readonly<Record<string, StateCommit>>;

/** An epoch to be run: what operators know of it, and the planned input of each scan. */
export interface EpochRequest extends Omit<Epoch, 'input' | 'mayEmit' | 'holding'> {
  readonly inputs: readonly (readonly InputPartition[])[];
}

export interface EpochRunner {
  /** Loads the state some commits name, all of them; undefined is the empty state of a new query. */
  load(commits: StateCommits | undefined): Promise<void>;
  /** The result rows of an epoch. When they have come to their end, `request.metrics` is complete. Leaving early ends the epoch. */
  run(request: EpochRequest): AsyncGenerator<ColumnBatch>;
  /** Makes the changes of the epoch durable as `version`. */
  commit(version: number): Promise<StateCommits>;
  /** Frees what the runner holds; an epoch that still runs is dropped. */
  close(): Promise<void>;
}
