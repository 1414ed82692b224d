/**
 * Decides, once per query, whether it runs on worker threads: it does when `local[N]` asks for more than one, a source can be read by a
 * worker, and the plan can be sent. Otherwise everything runs in this thread, and `explain` says why.
 */
import type { PlanMessage } from '../workers/plan-message.ts';
import type { EngineEnvironment } from './environment.ts';
import type { PhysicalPlan } from './planner.ts';
import type { QueryExecution } from './query-execution.ts';
import type { SessionSettings } from './session-settings.ts';
import type { Stages } from './stages.ts';
import { MillraceError } from '../errors/millrace-error.ts';
import { planFromMessage, planToMessage } from '../workers/plan-message.ts';
import { cutIntoStages } from './stages.ts';

/** A query that runs on workers. */
export interface ParallelPlan {
  readonly kind: 'parallel';
  readonly stages: Stages;
  readonly message: PlanMessage;
  readonly settings: ReadonlyMap<string, string>;
  /** Input below this is not worth the way to the workers, where they keep no state. */
  readonly minBytes: number;
}

/** A query that runs in this thread, though several were asked for. */
export interface LocalPlan {
  readonly kind: 'local';
  /** Undefined when one thread is what was asked for. */
  readonly reason: string | undefined;
}

/** What the decision needs of the environment. */
export type WorkerEnvironment = Pick<EngineEnvironment, 'workers' | 'canReadOnWorker'>;

/** How a query is to be run. */
export function parallelPlan(
  query: QueryExecution,
  physical: PhysicalPlan,
  environment: WorkerEnvironment,
): ParallelPlan | LocalPlan {
  const { settings, parsed } = query;
  const mode = settings.workerMode;
  const numWorkers = environment.workers === undefined ? 1 : numWorkersOf(settings, environment.workers.numCores);
  if (numWorkers < 2 || mode === 'never') return { kind: 'local', reason: undefined };
  const scans = physical.scans.filter(({ relation }) => environment.canReadOnWorker(relation));
  if (scans.length === 0 && mode !== 'always')
    return { kind: 'local', reason: 'no source of the query can be read on a worker thread' };
  const stages = cutIntoStages(physical.root, new Set(scans.map(({ scanIndex }) => scanIndex)), numWorkers);
  if (stages.edges.length === 0)
    return { kind: 'local', reason: 'no operator of the query can run on a worker thread' };
  const message = planToMessage(parsed);
  if (message === undefined) return { kind: 'local', reason: 'the query holds an object that cannot leave its thread' };
  if (!canBePlanned(query, message))
    return { kind: 'local', reason: 'a function of the user is needed to plan the query' };
  const minBytes = mode === 'always' ? 0 : settings.integer('millrace.workers.minBytes');
  return { kind: 'parallel', stages, message, settings: settings.toMap(), minBytes };
}

/** True when the plan as another thread gets it, without the user's functions, can be planned. */
function canBePlanned(query: QueryExecution, message: PlanMessage): boolean {
  try {
    query.withPlan(planFromMessage(message)).planPhysical();
    return true;
  } catch (error) {
    if (error instanceof MillraceError) return false;
    throw error;
  }
}

/** The N of `local[N]`; one when it does not say, at most one per state bucket. */
function numWorkersOf(settings: SessionSettings, numCores: number): number {
  const found = /^local\[(\d+|\*)\]$/.exec(settings.get('spark.master') ?? '');
  const wanted = found?.[1] === '*' ? numCores : Number(found?.[1] ?? 1);
  return Math.min(wanted, 256);
}
