/**
 * The query of the recovery tests, once for all runs: windowed count and sum per key over files, one file a batch. Run in this process or
 * as query-program.ts in one of its own.
 */
import type { MillraceSession, StreamingQuery } from '../../src/index.ts';
import type { SinkTarget } from './sink-targets.ts';
import { Trigger, functions as F } from '../../src/index.ts';

export const WINDOW_MS = 10_000;
export const DELAY_MS = 5000;

/** What a run is to do; plain data, so that it can be handed to another process. */
export interface RecoveryRun {
  readonly input: string;
  readonly checkpoint: string;
  readonly mode: 'append' | 'update';
  readonly sink: SinkTarget;
  /** Goes on for ever instead of ending with the input. */
  readonly isEndless?: boolean;
}

/** Starts the query in a session. */
export function startRecoveryQuery(session: MillraceSession, run: RecoveryRun): Promise<StreamingQuery> {
  const { input, checkpoint, mode, sink, isEndless } = run;
  const counts = session.readStream
    .schema('time TIMESTAMP, key STRING, value BIGINT')
    .option('maxFilesPerTrigger', 1)
    .json(input)
    .withWatermark('time', `${DELAY_MS} milliseconds`)
    .groupBy(F.window('time', `${WINDOW_MS} milliseconds`), 'key')
    .agg(F.count('*').alias('n'), F.sum('value').alias('total'));
  const writer = counts.writeStream
    .outputMode(mode)
    .option('checkpointLocation', checkpoint)
    .trigger(isEndless === true ? Trigger.ProcessingTime(0) : Trigger.AvailableNow());
  switch (sink.kind) {
    case 'files':
      return writer.format('json').start(sink.folder);
    case 'jdbc':
      return writer
        .format('jdbc')
        .option('dbtable', sink.table)
        .option('commitTable', sink.markerTable)
        .start(sink.url);
  }
}
