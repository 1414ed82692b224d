/** Work 6 on Millrace: groupBy(one column).count() in update mode over log files, some files per batch; the answer are the numbers of rows and groups. */
import path from 'node:path';
import { Trigger, functions as F } from 'millrace';
import { LOG_SCHEMA } from '../inputs/log-files.ts';
import type { CommonParameters } from './program.ts';
import { peakMemoryMb, runAsProgram, secondsSince } from './program.ts';

interface GroupParameters extends CommonParameters {
  readonly folder: string;
  readonly column: string;
  readonly filesPerBatch: number;
}

await runAsProgram<GroupParameters>(async ({ folder, column, filesPerBatch }, session, work) => {
  const startMs = performance.now();
  const query = await session.readStream
    .schema(LOG_SCHEMA)
    .option('maxFilesPerTrigger', filesPerBatch)
    .json(folder)
    .groupBy(F.col(column))
    .agg(F.count('*').as('events'))
    .writeStream.outputMode('update')
    .option('checkpointLocation', path.join(work, 'checkpoint'))
    .trigger(Trigger.AvailableNow())
    .foreachBatch(async () => undefined)
    .start();
  await query.awaitTermination();
  const seconds = secondsSince(startMs);
  const numRows = query.recentProgress.reduce((sum, { numInputRows }) => sum + numInputRows, 0);
  const numGroups = query.lastProgress?.stateOperators[0]?.numRowsTotal;
  return { seconds, answer: [`${numRows} rows`, `${numGroups} groups`], numbers: { peakMemoryMb: peakMemoryMb() } };
});
