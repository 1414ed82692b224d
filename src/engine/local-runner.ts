/** Runs epochs in this thread: every operator of the plan, every partition of the sources one after the other. */
import type { InputPartition, Source } from '../source/source.ts';
import type { ColumnBatch } from '../types/column-batch.ts';
import type { EpochRequest, EpochRunner, StateCommits } from './epoch-runner.ts';
import type { OperatorState } from './operators/operator-state.ts';
import type { Epoch } from './operators/operator.ts';
import type { PhysicalPlan } from './planner.ts';
import type { Observable } from 'rxjs';
import { EMPTY } from 'rxjs';
import { stateKey } from './operators/operator-state.ts';
import { connect } from './pipeline.ts';
import { FlowControl, fromPull, toAsyncIterable } from './rx.ts';

/** Input from here on has so many rows that grouping them before they come to the state pays. */
const MANY_BYTES = 1 << 20;

export interface LocalRunnerParts {
  readonly physical: PhysicalPlan;
  readonly sources: readonly Source[];
  /** Gives a persistent operator its store; absent for queries without durable state. */
  readonly attach?: (state: OperatorState) => void;
}

export class LocalRunner implements EpochRunner {
  readonly #parts: LocalRunnerParts;
  #isAttached = false;

  constructor(parts: LocalRunnerParts) {
    this.#parts = parts;
  }

  async load(commits: StateCommits | undefined): Promise<void> {
    const { physical, attach } = this.#parts;
    if (!this.#isAttached && attach !== undefined) physical.states.forEach(attach);
    this.#isAttached = true;
    for (const state of physical.states) await state.load(commits?.[stateKey(state)]);
  }

  async *run(request: EpochRequest): AsyncGenerator<ColumnBatch> {
    const { physical, sources } = this.#parts;
    const flow = new FlowControl();
    const epoch: Epoch = {
      ...request,
      input: (scanIndex, columns) => readAll(sources[scanIndex], request.inputs[scanIndex] ?? [], columns, flow),
      mayEmit: () => flow.ready(),
      holding: flow,
    };
    yield* toAsyncIterable(connect(physical.root, epoch, this.#isLarge(request)), flow);
  }

  /** True when there is known to be much to read. */
  #isLarge({ inputs }: EpochRequest): boolean {
    const sizeBytes = inputBytes(inputs);
    return sizeBytes >= MANY_BYTES && sizeBytes < Number.POSITIVE_INFINITY;
  }

  async commit(version: number): Promise<StateCommits> {
    const { states } = this.#parts.physical;
    const results = await Promise.allSettled(states.map((state) => state.commit(version)));
    const commits: Record<string, StateCommits[string]> = {};
    for (const [i, state] of states.entries()) {
      const result = results[i];
      if (result?.status === 'rejected') throw result.reason;
      if (result !== undefined) commits[stateKey(state)] = result.value;
    }
    return commits;
  }

  async close(): Promise<void> {}
}

/** How much there is to read; without bound where a source does not know. */
export function inputBytes(inputs: EpochRequest['inputs']): number {
  let sizeBytes = 0;
  for (const partition of inputs.flat()) sizeBytes += partition.sizeBytes ?? Number.POSITIVE_INFINITY;
  return sizeBytes;
}

/** The rows of some partitions, one after the other, as fast as `flow` lets them come. */
export function readAll(
  source: Source | undefined,
  partitions: readonly InputPartition[],
  columns: readonly string[],
  flow: FlowControl,
): Observable<ColumnBatch> {
  if (source === undefined || partitions.length === 0) return EMPTY;
  const read = async function* (): AsyncGenerator<ColumnBatch> {
    for (const partition of partitions) yield* source.read(partition, columns);
  };
  return fromPull(read, flow);
}
