/**
 * A batch of Trigger.RealTime: a row of epochs, each over what has arrived, whose rows go to the sink at once, until its time is over. Only
 * then comes what other batches begin with: the ends of the sources are written down, and state and commit follow. A crash before that loses
 * nothing, but the next run gives the sink the same rows again.
 */
import type { LoggedOffsetEntry } from '../checkpoint/offset-log.ts';
import type { SourceOffset } from '../source/source.ts';
import type { ColumnBatch } from '../types/column-batch.ts';
import type { BatchPosition } from './batch-position.ts';
import type { StateCommits } from './epoch-runner.ts';
import type { BatchReport } from './progress.ts';
import { assert } from '../errors/assert.ts';
import { EpochMetrics } from './metrics.ts';
import { Stopwatch } from './stopwatch.ts';

/** When a batch of Trigger.RealTime ends, and how it waits for more rows. */
export interface RealTimePace {
  isOver(): boolean;
  /** Resolves when a source may have something beyond `reached`, or the batch may be over. */
  waitForData(reached: readonly SourceOffset[]): Promise<void>;
}

/** Runs a batch that begins with what lies up to `firstEnds`; its commit is done when this resolves. */
export async function runRealTimeBatch(
  position: BatchPosition,
  firstEnds: readonly SourceOffset[],
  pace: RealTimePace,
): Promise<BatchReport> {
  const { sink, epoch, offsetLog, runner, frozenSettings, environment } = position.parts;
  const { clock } = environment;
  const triggerStartMs = clock.nowMs();
  const watch = new Stopwatch(clock);
  const { batchId, committed: start, lateWatermarkMs } = position;
  const metrics = new EpochMetrics(() => clock.monotonicMs());
  const plan = {
    batchId,
    batchWatermarkMs: position.watermarkMs,
    batchTimestampMs: triggerStartMs,
    conf: frozenSettings,
  };
  const unnamed = position.unnamedStates();
  let finished: { readonly entry: LoggedOffsetEntry; readonly stateFiles: StateCommits } | undefined;
  const rows = async function* (): AsyncGenerator<ColumnBatch> {
    let reached = start;
    for (let ends: readonly SourceOffset[] | undefined = firstEnds; ; ends = await position.endsAfter(reached)) {
      if (ends !== undefined) {
        const entry = { ...plan, batchTimestampMs: clock.nowMs(), offsets: ends };
        const request = await position.planEpoch(entry, metrics, watch, reached);
        yield* runner.run({ ...request, isPartOfBatch: true });
        reached = ends;
      }
      if (pace.isOver()) break;
      if (ends === undefined) await pace.waitForData(reached);
    }
    const entry = await watch.time('walCommit', () => offsetLog.add({ ...plan, offsets: reached }));
    finished = { entry, stateFiles: { ...unnamed, ...(await runner.commit(batchId + 1)) } };
  };
  const identity = { batchId, offsetDigest: '', epoch, lastCommittedBatchId: batchId - 1 };
  const { numOutputRows } = await watch.time('addBatch', () => sink.addBatch(identity, rows()));
  assert(finished !== undefined, 'the sinks of real time read a batch to its end');
  const { entry, stateFiles } = finished;
  await watch.time('commitOffsets', () => position.commit(entry, metrics, stateFiles));
  return await position.report(
    entry,
    { metrics, numOutputRows, stateFiles },
    { triggerStartMs, watch, start, lateWatermarkMs },
  );
}
