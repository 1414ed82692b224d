/** Chooses what runs the epochs of a query: this thread, or the worker threads of the session. */
import type { EngineEnvironment } from './environment.ts';
import type { EpochRunner } from './epoch-runner.ts';
import type { ParallelRunnerParts } from './parallel-runner.ts';
import type { QueryExecution } from './query-execution.ts';
import { LocalRunner } from './local-runner.ts';
import { parallelPlan } from './parallel-plan.ts';
import { ParallelRunner } from './parallel-runner.ts';

/** The runner of a query; nothing is started yet. */
export function createRunner(
  query: QueryExecution,
  parts: Omit<ParallelRunnerParts, 'plan' | 'pool'>,
  environment: EngineEnvironment,
): EpochRunner {
  const plan = parallelPlan(query, parts.physical, environment);
  const { workers: pool } = environment;
  return plan.kind === 'parallel' && pool !== undefined
    ? new ParallelRunner({ ...parts, plan, pool })
    : new LocalRunner(parts);
}
