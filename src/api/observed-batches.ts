/** Runs a bounded query and hands the metrics observed on the way to those who asked for them. */
import type { QueryExecution } from '../engine/query-execution.ts';
import type { EngineEnvironment } from '../engine/environment.ts';
import type { UnresolvedPlan } from '../plan/unresolved-plan.ts';
import type { ColumnBatch } from '../types/column-batch.ts';
import { executeBatch } from '../engine/batch-execution.ts';
import { EpochMetrics } from '../engine/metrics.ts';
import { unresolvedInputs } from '../plan/unresolved-plan.ts';

/** The result of a query in column batches; observers of `plan` get their metrics after the last one. */
export async function* observedBatches(
  plan: UnresolvedPlan,
  query: QueryExecution,
  environment: EngineEnvironment,
): AsyncGenerator<ColumnBatch> {
  const metrics = new EpochMetrics();
  yield* executeBatch(query, environment, metrics);
  report(plan, metrics);
}

function report(plan: UnresolvedPlan, metrics: EpochMetrics): void {
  if (plan.kind === 'observe') {
    const observed = metrics.observed.get(plan.name);
    if (observed !== undefined) plan.observer?.finish(observed.row);
  }
  for (const input of unresolvedInputs(plan)) report(input, metrics);
}
