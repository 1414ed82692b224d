/**
 * One query on a worker thread: plans it as the coordinator did, runs this thread's pieces of every epoch and keeps the state of the
 * buckets it owns. It does what the coordinator says and decides nothing; entries of the checkpoint are read and written by the
 * coordinator, where fencing is.
 */
import type { Subscription } from 'rxjs';
import type { Source } from '../source/source.ts';
import type { Spill } from '../state/spill-space.ts';
import type { StateEntries, StateMetrics } from '../state/state-store.ts';
import type { ColumnBatch } from '../types/column-batch.ts';
import type { UnresolvedExpression } from '../expressions/unresolved.ts';
import type { EngineEnvironment } from './environment.ts';
import type { StateCommits } from './epoch-runner.ts';
import type { MetricsMessage } from './metrics.ts';
import type { OperatorState } from './operators/operator-state.ts';
import type { PhysicalPlan } from './planner.ts';
import type { Stages } from './stages.ts';
import type {
  CommitMessage,
  EpochMessage,
  OpenQuery,
  PartitionAnswer,
  PartitionRequest,
  StateEntryMessage,
} from './worker-messages.ts';
import { present } from '../errors/assert.ts';
import { crc32cOfFinal } from '../types/crc32c.ts';
import { splitBuckets } from '../state/bucket-range.ts';
import { Link } from '../workers/link.ts';
import { Mailroom } from '../workers/mailroom.ts';
import { planFromMessage } from '../workers/plan-message.ts';
import { Fragments } from './fragments.ts';
import { EpochMetrics } from './metrics.ts';
import { stateKey } from './operators/operator-state.ts';
import { openSpill } from './open-spill.ts';
import { QueryExecution } from './query-execution.ts';
import { fromPull } from './rx.ts';
import { SessionSettings } from './session-settings.ts';
import { cutIntoStages, routesOf } from './stages.ts';

export interface WorkerContext {
  readonly environment: EngineEnvironment;
  readonly parseExpression: (text: string, timeZone: string) => UnresolvedExpression;
}

/** Serves a query until its coordinator closes the link. */
export function serveQuery(open: OpenQuery, context: WorkerContext): void {
  let query: WorkerQuery | undefined;
  const opened = (): WorkerQuery => (query ??= new WorkerQuery(open, coordinator, context));
  const coordinator = new Link(open.port, {
    handlers: {
      load: (commits: StateCommits | undefined) => opened().load(commits),
      run: (epoch: EpochMessage) => opened().run(epoch),
      commit: (version: number) => opened().commit(version),
    },
    onNote: (content) => opened().mailroom.receive(open.numWorkers, content),
    onClose: () => void query?.close(),
  });
}

class WorkerQuery {
  readonly mailroom: Mailroom;
  readonly #open: OpenQuery;
  readonly #coordinator: Link;
  readonly #peers: readonly Link[];
  readonly #environment: EngineEnvironment;
  readonly #physical: PhysicalPlan;
  readonly #fragments: Fragments;
  /** The states this thread keeps a part of. */
  readonly #states: readonly OperatorState[];
  readonly #sources = new Map<number, Promise<Source>>();
  #subscriptions: readonly Subscription[] = [];
  #isAttached = false;
  #loaded: Promise<void> | undefined;
  readonly #timeZone: string;
  readonly #spill: Spill | undefined;

  constructor(open: OpenQuery, coordinator: Link, { environment, parseExpression }: WorkerContext) {
    this.#open = open;
    this.#coordinator = coordinator;
    this.#environment = environment;
    const settings = new SessionSettings(open.settings);
    this.#timeZone = settings.timeZone;
    const { checkpoint, index, numWorkers } = open;
    this.#spill =
      checkpoint === undefined
        ? undefined
        : openSpill(settings, { ...checkpoint, thread: index }, environment, numWorkers);
    const query = new QueryExecution(planFromMessage(open.plan), settings, (text) =>
      parseExpression(text, settings.timeZone),
    );
    this.#physical = query.planPhysical(open.outputMode === 'batch' ? undefined : open.outputMode);
    const stages = cutIntoStages(this.#physical.root, new Set(open.workerScans), open.numWorkers);
    this.#states = statesAt(this.#physical, stages);
    const links = new Map<number, Link>([[open.numWorkers, coordinator]]);
    for (const [index, port] of open.peers)
      links.set(index, new Link(port, { onNote: (content) => this.mailroom.receive(index, content) }));
    this.#peers = [...links.values()].filter((link) => link !== coordinator);
    this.mailroom = new Mailroom(open.index, links, routesOf(stages));
    this.#fragments = new Fragments(stages, 'workers', this.mailroom);
  }

  /** Loads the state; a `run` that is asked for meanwhile waits for it. */
  load(commits: StateCommits | undefined): Promise<void> {
    this.#loaded = this.#load(commits);
    return this.#loaded;
  }

  async #load(commits: StateCommits | undefined): Promise<void> {
    if (!this.#isAttached) for (const state of this.#states) this.#attach(state);
    this.#isAttached = true;
    for (const state of this.#states) await state.load(commits?.[stateKey(state)]);
  }

  async run(message: EpochMessage): Promise<MetricsMessage> {
    const { clock } = this.#environment;
    const metrics = new EpochMetrics(() => clock.monotonicMs());
    const { number } = message;
    await this.#loaded;
    try {
      await new Promise<void>((resolve, reject) => {
        const epoch = {
          ...message,
          metrics,
          readScan: (scanIndex: number, columns: readonly string[], flow: Parameters<typeof fromPull>[1]) =>
            fromPull(() => this.#read(number, scanIndex, columns), flow),
        };
        this.#subscriptions = this.#fragments.run(epoch, resolve, reject);
      });
    } finally {
      this.#stop();
    }
    this.mailroom.forget(number);
    return metrics.toMessage();
  }

  async commit(version: number): Promise<CommitMessage> {
    const commits: Record<string, StateCommits[string]> = {};
    const metrics: Record<string, StateMetrics> = {};
    for (const state of this.#states) {
      commits[stateKey(state)] = await state.commit(version);
      metrics[stateKey(state)] = state.storeMetrics;
    }
    return { commits, metrics };
  }

  async close(): Promise<void> {
    this.#stop();
    for (const link of this.#peers) link.close();
    this.#spill?.space.close();
    const sources = await Promise.allSettled(this.#sources.values());
    for (const opened of sources) if (opened.status === 'fulfilled') await opened.value.close();
  }

  #stop(): void {
    for (const subscription of this.#subscriptions) subscription.unsubscribe();
    this.#subscriptions = [];
  }

  /** Reads the partitions the coordinator hands out, one after the other; the next one is asked for while one is read. */
  async *#read(number: number, scanIndex: number, columns: readonly string[]): AsyncGenerator<ColumnBatch> {
    const request: PartitionRequest = { number, scanIndex };
    const ask = (): Promise<unknown> => {
      const answer = this.#coordinator.call('nextPartition', request);
      // Awaited below, unless the epoch has ended before that.
      answer.catch(() => undefined);
      return answer;
    };
    for (let next = ask(); ;) {
      const partition = (await next) as PartitionAnswer;
      if (partition === undefined) return;
      next = ask();
      yield* (await this.#source(scanIndex)).read(partition, columns);
    }
  }

  #source(scanIndex: number): Promise<Source> {
    const known = this.#sources.get(scanIndex);
    if (known !== undefined) return known;
    const { relation } = present(this.#physical.scans[scanIndex], 'a scan of the plan');
    const source = this.#environment.createSource(relation, this.#timeZone);
    const opened = source.open().then(() => source);
    this.#sources.set(scanIndex, opened);
    return opened;
  }

  #attach(state: OperatorState): void {
    const { index, numWorkers, checkpoint } = this.#open;
    const { operatorId, storeName, schema } = state;
    const { epoch, location } = present(checkpoint, 'a query with state has a checkpoint');
    const coordinator = this.#coordinator;
    const entries: StateEntries = {
      location,
      read: async (name) => (await coordinator.call('readState', name)) as Uint8Array | undefined,
      write: async (name, bytes) => {
        const written: StateEntryMessage = { name, bytes, crc32c: crc32cOfFinal(bytes) };
        await coordinator.call('writeState', written);
      },
    };
    const buckets = present(splitBuckets(numWorkers)[index], 'every worker has buckets');
    const { clock } = this.#environment;
    const request = { operatorId, storeName, schema, epoch, monotonicMs: () => clock.monotonicMs() };
    const spill = this.#spill;
    const memory = spill === undefined ? {} : { memory: spill.budget };
    state.attachParts(
      (part, extraBytesPerKey) =>
        this.#environment.createStateStore(entries, { ...request, ...memory, buckets: part, extraBytesPerKey }),
      buckets,
      spill,
    );
  }
}

/** The states of the operators that run on the workers. */
export function statesAt({ states, stateOwners }: PhysicalPlan, stages: Stages): OperatorState[] {
  return states.filter(
    (state) => stages.placeOf(present(stateOwners.get(state), 'a state has an operator')) === 'workers',
  );
}
