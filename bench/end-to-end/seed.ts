/** Work 1 on Millrace, the seed program: JSON logs → groupBy(action, window 1 hour).count(), complete mode, a checkpoint on disk. */
import path from 'node:path';
import { Trigger, functions as F } from 'millrace';
import { LOG_SCHEMA } from '../inputs/log-files.ts';
import type { CommonParameters } from './program.ts';
import { peakMemoryMb, runAsProgram, secondsSince } from './program.ts';

await runAsProgram<CommonParameters & { readonly folder: string }>(async ({ folder }, session, work) => {
  const startMs = performance.now();
  let answer: string[] = [];
  const query = await session.readStream
    .schema(LOG_SCHEMA)
    .json(folder)
    .groupBy(F.col('action'), F.window(F.col('time'), '1 hour'))
    .count()
    .writeStream.outputMode('complete')
    .option('checkpointLocation', path.join(work, 'checkpoint'))
    .trigger(Trigger.AvailableNow())
    .foreachBatch(async (batch) => {
      answer = await batch.toJSON().collect();
    })
    .start();
  await query.awaitTermination();
  return { seconds: secondsSince(startMs), answer: answer.toSorted(), numbers: { peakMemoryMb: peakMemoryMb() } };
});
