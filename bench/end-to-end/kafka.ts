/** The work `kafka` on Millrace: JSON records of a topic → groupBy(action, window 1 hour).count(), complete mode, a checkpoint on disk. */
import path from 'node:path';
import { Trigger, functions as F } from 'millrace';
import type { CommonParameters } from './program.ts';
import { peakMemoryMb, runAsProgram, secondsSince } from './program.ts';

interface KafkaParameters extends CommonParameters {
  readonly brokers: string;
  readonly topic: string;
}

await runAsProgram<KafkaParameters>(async ({ brokers, topic }, session, work) => {
  const startMs = performance.now();
  let answer: string[] = [];
  const query = await session.readStream
    .format('kafka')
    .option('kafka.bootstrap.servers', brokers)
    .option('subscribe', topic)
    .option('startingOffsets', 'earliest')
    .load()
    .select(F.from_json(F.col('value').cast('string'), 'time TIMESTAMP, action STRING').as('r'))
    .select('r.*')
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
