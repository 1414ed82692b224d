/**
 * Runs epochs on worker threads: hands out the partitions of the sources, runs the coordinator's own pieces of the plan, gathers the
 * result, and makes one commit of those of the workers. The first failure anywhere ends the epoch everywhere: the threads' parts of the
 * query are dropped, and `load` opens them anew from the last commit.
 *
 * No thread is started before a batch is worth it: until then everything runs and all state is in this thread. With the first batch of
 * many bytes the workers take the state over, from its last commit.
 */
import { MessageChannel } from 'node:worker_threads';
import type { MessagePort } from 'node:worker_threads';
import { Observable } from 'rxjs';
import type { InputPartition, Source } from '../source/source.ts';
import type { StateEntries, StateMetrics } from '../state/state-store.ts';
import type { ColumnBatch } from '../types/column-batch.ts';
import type { WorkerPool } from '../workers/worker-pool.ts';
import type { EpochRequest, EpochRunner, StateCommits } from './epoch-runner.ts';
import type { MetricsMessage } from './metrics.ts';
import type { OperatorState } from './operators/operator-state.ts';
import type { Epoch } from './operators/operator.ts';
import type { ParallelPlan } from './parallel-plan.ts';
import type { PhysicalPlan } from './planner.ts';
import type {
  CommitMessage,
  EpochMessage,
  OpenQuery,
  PartitionAnswer,
  PartitionRequest,
  StateEntryMessage,
} from './worker-messages.ts';
import { present } from '../errors/assert.ts';
import { noteCrc32c } from '../types/crc32c.ts';
import { mergeCommits } from '../state/merge-commits.ts';
import { Link } from '../workers/link.ts';
import { Mailroom } from '../workers/mailroom.ts';
import { Fragments } from './fragments.ts';
import { LocalRunner, inputBytes, readAll } from './local-runner.ts';
import { stateKey } from './operators/operator-state.ts';
import { FlowControl, toAsyncIterable } from './rx.ts';
import { routesOf } from './stages.ts';
import { workerScansOf } from './worker-messages.ts';
import { statesAt } from './worker-query.ts';

export interface ParallelRunnerParts {
  readonly physical: PhysicalPlan;
  readonly plan: ParallelPlan;
  readonly pool: WorkerPool;
  readonly sources: readonly Source[];
  readonly outputMode: Epoch['outputMode'];
  /** The checkpoint of a streaming query. */
  readonly checkpoint?: { readonly entries: StateEntries; readonly epoch: number };
  /** Gives an operator that stays on the coordinator its store. */
  readonly attach?: (state: OperatorState) => void;
}

/** The threads of a query, connected. */
interface Team {
  readonly links: readonly Link[];
  readonly mailroom: Mailroom;
  readonly fragments: Fragments;
  close(reason?: Error): void;
}

export class ParallelRunner implements EpochRunner {
  readonly #parts: ParallelRunnerParts;
  readonly #remoteStates: readonly OperatorState[];
  readonly #localStates: readonly OperatorState[];
  /** Runs epochs that are too small for the way to the workers, while these keep no state. */
  readonly #local: LocalRunner;
  #isAttached = false;
  /** Whether the workers keep their state; once they do, every epoch is theirs. */
  #isSpread = false;
  /** The last commits, loaded or made. */
  #commits: StateCommits | undefined;
  /** Workers told to load that have not answered yet. */
  #loading: Promise<unknown> = Promise.resolve();
  #entryFailure: { readonly error: unknown } | undefined;
  #team: Team | undefined;
  #numEpochs = 0;
  /** The partitions not yet taken, by scan, of the epoch that runs. */
  #inputs: InputPartition[][] = [];

  constructor(parts: ParallelRunnerParts) {
    this.#parts = parts;
    const { physical, plan, sources, attach } = parts;
    this.#remoteStates = statesAt(physical, plan.stages);
    this.#localStates = physical.states.filter((state) => !this.#remoteStates.includes(state));
    this.#local = new LocalRunner(attach === undefined ? { physical, sources } : { physical, sources, attach });
  }

  async load(commits: StateCommits | undefined): Promise<void> {
    this.#dissolve();
    this.#commits = commits;
    if (this.#remoteStates.length > 0 && (this.#isSpread || this.#isWorthThreads(sizeOf(commits)))) {
      this.#attachLocalStates();
      for (const state of this.#localStates) await state.load(commits?.[stateKey(state)]);
      await this.#spread();
      return;
    }
    this.#isAttached = true;
    await this.#local.load(commits);
  }

  #attachLocalStates(): void {
    const { attach } = this.#parts;
    if (!this.#isAttached && attach !== undefined) this.#localStates.forEach(attach);
    this.#isAttached = true;
  }

  /** Has the workers load the last commits. Without any there is nothing to wait for here: they load before they run. */
  async #spread(): Promise<void> {
    this.#isSpread = true;
    this.#loading = this.#askAll(this.#connected().links, 'load', this.#commits);
    this.#loading.catch(() => undefined);
    if (this.#commits !== undefined) await this.#loading;
    this.#remoteStates.forEach((state) => state.setRemoteMetrics([]));
  }

  async *run(request: EpochRequest): AsyncGenerator<ColumnBatch> {
    const keepsState = this.#remoteStates.length > 0;
    if (!(keepsState && this.#isSpread)) {
      if (!this.#isWorthThreads(inputBytes(request.inputs))) {
        yield* this.#local.run(request);
        return;
      }
      if (keepsState) {
        await this.#spread();
        // The workers have it now.
        for (const state of this.#remoteStates) await state.load(undefined);
      }
    }
    const flow = new FlowControl();
    const team = this.#connected();
    const number = this.#numEpochs++;
    this.#inputs = request.inputs.map((partitions) => [...partitions]);
    let isComplete = false;
    try {
      yield* toAsyncIterable(this.#rows(team, request, number, flow), flow);
      isComplete = true;
    } finally {
      if (isComplete) team.mailroom.forget(number);
      else this.#dissolve();
    }
  }

  async commit(version: number): Promise<StateCommits> {
    const keepsState = this.#remoteStates.length > 0 && this.#isSpread;
    const commits = keepsState ? await this.#commitWithWorkers(version) : await this.#local.commit(version);
    this.#commits = commits;
    return commits;
  }

  async #commitWithWorkers(version: number): Promise<StateCommits> {
    const commits: Record<string, StateCommits[string]> = {};
    const answers = this.#askAll(this.#connected().links, 'commit', version);
    // Awaited below; a rejection must not go unseen while the coordinator's own states commit.
    answers.catch(() => undefined);
    for (const state of this.#localStates) commits[stateKey(state)] = await state.commit(version);
    const parts = (await answers) as CommitMessage[];
    for (const state of this.#remoteStates) {
      const key = stateKey(state);
      const all = parts.map((part) => present(part.commits[key], 'a worker commits each of its states'));
      commits[key] = mergeCommits(all);
      state.setRemoteMetrics(parts.map((part): StateMetrics => present(part.metrics[key], 'with its numbers')));
    }
    return commits;
  }

  async close(): Promise<void> {
    this.#dissolve();
  }

  /** True for so many bytes to read or to load that the way to other threads pays. */
  #isWorthThreads(sizeBytes: number): boolean {
    return sizeBytes >= this.#parts.plan.minBytes;
  }

  /** The result of an epoch; completes when every thread has come to its end. */
  #rows(team: Team, request: EpochRequest, number: number, flow: FlowControl): Observable<ColumnBatch> {
    const { sources } = this.#parts;
    const { batchId, outputMode, context, lateWatermarkMs, evictionWatermarkMs, metrics } = request;
    const tracksLateRows = request.tracksLateRows === true;
    const watermarks = { lateWatermarkMs, evictionWatermarkMs };
    const message: EpochMessage = { number, batchId, outputMode, context, ...watermarks, tracksLateRows };
    const epoch = {
      ...request,
      number,
      readScan: (scanIndex: number, columns: readonly string[], scanFlow: FlowControl) =>
        readAll(sources[scanIndex], request.inputs[scanIndex] ?? [], columns, scanFlow),
    };
    return new Observable((subscriber) => {
      const fail = (error: unknown): void => subscriber.error(error);
      const workers = team.links.map(async (link) => metrics.add((await link.call('run', message)) as MetricsMessage));
      const own = new Promise<void>((resolve) => {
        for (const piece of team.fragments.run(epoch, resolve, fail)) subscriber.add(piece);
      });
      Promise.all([this.#loading, ...workers]).catch(fail);
      const result = team.fragments.result(epoch, flow).subscribe({
        next: (batch) => subscriber.next(batch),
        error: fail,
        complete: () => void Promise.all([own, ...workers]).then(() => subscriber.complete(), fail),
      });
      subscriber.add(result);
    });
  }

  #connected(): Team {
    this.#team ??= this.#connect();
    return this.#team;
  }

  /** Opens the query on every thread of the pool, with links between each two. */
  #connect(): Team {
    const { plan, pool, outputMode, checkpoint } = this.#parts;
    const { stages } = plan;
    const { numWorkers } = stages;
    const threads = pool.threads(numWorkers);
    const peers = meshOf(numWorkers);
    const listening: (() => void)[] = [];
    const links = threads.map((thread, index) => {
      const { port1, port2 } = new MessageChannel();
      const open: OpenQuery = {
        index,
        numWorkers,
        plan: plan.message,
        settings: plan.settings,
        outputMode,
        workerScans: workerScansOf(stages),
        checkpoint: checkpoint && { epoch: checkpoint.epoch, location: checkpoint.entries.location },
        port: port2,
        peers: present(peers[index], 'ports for every worker'),
      };
      thread.post(open, [port2, ...open.peers.values()]);
      listening.push(thread.onLost((error) => close(error)));
      return new Link(port1, {
        handlers: this.#handlers(),
        onNote: (content) => mailroom.receive(index, content),
        outlivesPort: true,
      });
    });
    const mailroom = new Mailroom(numWorkers, new Map(links.entries()), routesOf(stages));
    const close = (reason?: Error): void => {
      for (const stop of listening) stop();
      for (const link of links) link.close(reason);
    };
    return { links, mailroom, fragments: new Fragments(stages, 'coordinator', mailroom), close };
  }

  /** What workers may ask for. */
  #handlers(): ConstructorParameters<typeof Link>[1]['handlers'] & object {
    const entries = (): StateEntries => present(this.#parts.checkpoint, 'state is kept in a checkpoint').entries;
    return {
      nextPartition: async ({ scanIndex }: PartitionRequest): Promise<PartitionAnswer> =>
        this.#inputs[scanIndex]?.shift(),
      readState: (name: string) => this.#remembering(() => entries().read(name)),
      writeState: ({ name, bytes, crc32c }: StateEntryMessage) => {
        noteCrc32c(bytes, crc32c);
        return this.#remembering(() => entries().write(name, bytes));
      },
    };
  }

  /** A failure of the checkpoint goes to the worker and comes back as data; the error itself is kept for whoever waits here. */
  async #remembering<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      this.#entryFailure ??= { error };
      throw error;
    }
  }

  /** Asks all workers; a failure of the checkpoint behind theirs is thrown instead of its copy. */
  async #askAll(links: readonly Link[], method: 'load' | 'commit', argument: unknown): Promise<unknown[]> {
    this.#entryFailure = undefined;
    try {
      return await Promise.all(links.map((link) => link.call(method, argument)));
    } catch (error) {
      throw this.#failureBehind() ?? error;
    }
  }

  #failureBehind(): unknown {
    return this.#entryFailure?.error;
  }

  #dissolve(): void {
    this.#team?.close();
    this.#team = undefined;
  }
}

/** For each worker its ports to the others, by their numbers. */
function meshOf(numWorkers: number): Map<number, MessagePort>[] {
  const ports = Array.from({ length: numWorkers }, () => new Map<number, MessagePort>());
  for (let left = 0; left < numWorkers; left++)
    for (let right = left + 1; right < numWorkers; right++) {
      const { port1, port2 } = new MessageChannel();
      ports[left]?.set(right, port1);
      ports[right]?.set(left, port2);
    }
  return ports;
}

/** What there is to read for some commits. */
function sizeOf(commits: StateCommits | undefined): number {
  let sizeBytes = 0;
  for (const { files } of Object.values(commits ?? {})) for (const file of files) sizeBytes += file.sizeBytes;
  return sizeBytes;
}
