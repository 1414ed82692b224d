/** Runs a query over bounded input once: every source is read to the end it has now, as one epoch. What collect, show and save stand on. */
import type { ColumnBatch } from '../types/column-batch.ts';
import type { Source } from '../source/source.ts';
import type { EngineEnvironment } from './environment.ts';
import type { Epoch } from './operators/operator.ts';
import type { QueryExecution } from './query-execution.ts';
import { EMPTY } from 'rxjs';
import { checkBatchPlan } from '../plan/unsupported-operations.ts';
import { present } from '../errors/assert.ts';
import { EpochMetrics } from './metrics.ts';
import { connect } from './pipeline.ts';
import { FlowControl, fromPull, toAsyncIterable } from './rx.ts';

/** The result of a batch query; nothing runs before the first batch is asked for. Refuses plans that read a stream. */
export async function* executeBatch(
  query: QueryExecution,
  environment: EngineEnvironment,
): AsyncGenerator<ColumnBatch> {
  checkBatchPlan(query.optimized);
  const { root, scans } = query.planPhysical();
  const { timeZone } = query.settings;
  const sources = scans.map(({ relation }) => environment.createSource(relation, timeZone));
  try {
    for (const source of sources) await source.open();
    const flow = new FlowControl();
    const inputs = await Promise.all(sources.map(boundedInput));
    const epoch: Epoch = {
      batchId: 0,
      outputMode: 'batch',
      context: query.evaluationContext(environment.clock.nowMs(), Math.floor(environment.random() * 2 ** 31)),
      lateWatermarkMs: 0,
      evictionWatermarkMs: 0,
      input: (scanIndex, columns) => {
        const read = present(inputs[scanIndex], 'an input per scan');
        return read === 'empty' ? EMPTY : fromPull(() => read(columns), flow);
      },
      metrics: new EpochMetrics(),
    };
    yield* toAsyncIterable(connect(root, epoch), flow);
  } finally {
    await Promise.all(sources.map((source) => source.close()));
  }
}

type BoundedInput = 'empty' | ((columns: readonly string[]) => AsyncIterable<ColumnBatch>);

async function boundedInput(source: Source): Promise<BoundedInput> {
  await source.prepareForAvailableNow();
  const end = await source.latestOffset({ start: undefined, mode: 'once', batchId: 0 });
  if (end === undefined) return 'empty';
  const partitions = await source.planInput(undefined, end);
  return async function* (columns) {
    for (const partition of partitions) yield* source.read(partition, columns);
  };
}
