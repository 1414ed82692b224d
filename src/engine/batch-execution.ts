/** Runs a query over bounded input once: every source is read to the end it has now, as one epoch. What collect, show and save stand on. */
import type { ColumnBatch } from '../types/column-batch.ts';
import type { EngineEnvironment } from './environment.ts';
import type { QueryExecution } from './query-execution.ts';
import { checkBatchPlan } from '../plan/unsupported-operations.ts';
import { EpochMetrics } from './metrics.ts';
import { createRunner } from './create-runner.ts';
import { planBounded } from './tables.ts';

/** The result of a batch query; nothing runs before the first batch is asked for. Refuses plans that read a stream.
 * `metrics` is complete when the last batch has been taken. */
export async function* executeBatch(
  query: QueryExecution,
  environment: EngineEnvironment,
  metrics = new EpochMetrics(),
): AsyncGenerator<ColumnBatch> {
  checkBatchPlan(query.optimized);
  const physical = query.planPhysical();
  const { timeZone } = query.settings;
  const sources = physical.scans.map(({ relation }) => environment.createSource(relation, timeZone));
  const closers: { close(): Promise<void> }[] = [...sources];
  try {
    for (const source of sources) await source.open();
    const inputs = await Promise.all(sources.map(planBounded));
    const runner = createRunner(query, { physical, sources, outputMode: 'batch' }, environment);
    closers.push(runner);
    await runner.load(undefined);
    yield* runner.run({
      batchId: 0,
      outputMode: 'batch',
      context: query.evaluationContext(environment.clock.nowMs(), Math.floor(environment.random() * 2 ** 31)),
      lateWatermarkMs: 0,
      evictionWatermarkMs: 0,
      inputs,
      metrics,
      sleep: (ms, signal) => environment.clock.sleep(ms, signal),
    });
  } finally {
    for (const closer of closers.toReversed()) await closer.close();
  }
}
