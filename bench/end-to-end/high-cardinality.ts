/**
 * Work 2 on Millrace: count, sum and max per user and minute with a watermark of 10 minutes, append mode, a file per batch, a checkpoint on
 * disk. Nearly every row is a group of its own. The answer are checksums over the finished windows, taken in foreachBatch.
 */
import path from 'node:path';
import type { DataFrame } from 'millrace';
import { Trigger, functions as F } from 'millrace';
import { LOG_SCHEMA } from '../inputs/log-files.ts';
import type { CommonParameters } from './program.ts';
import { peakMemoryMb, runAsProgram, secondsSince } from './program.ts';

const CHECKSUMS = [
  'count(*) AS c0',
  'sum(events) AS c1',
  'sum(total) AS c2',
  'sum(biggest) AS c3',
  'sum(cast(substring(user, 5) AS BIGINT) * total) AS c4',
  'sum((unix_seconds(window.start) - 1767225600) * events) AS c5',
];

await runAsProgram<CommonParameters & { readonly folder: string }>(async ({ folder }, session, work) => {
  const startMs = performance.now();
  const sums = CHECKSUMS.map(() => 0n);
  const [first = '', ...others] = CHECKSUMS;
  const query = await session.readStream
    .schema(LOG_SCHEMA)
    .option('maxFilesPerTrigger', 1)
    .json(folder)
    .withWatermark('time', '10 minutes')
    .groupBy(F.col('user'), F.window(F.col('time'), '1 minute'))
    .agg(F.count('*').as('events'), F.sum('bytes').as('total'), F.max('bytes').as('biggest'))
    .writeStream.outputMode('append')
    .option('checkpointLocation', path.join(work, 'checkpoint'))
    .trigger(Trigger.AvailableNow())
    .foreachBatch(async (batch) => {
      const checksums = (batch as unknown as DataFrame).agg(F.expr(first), ...others.map((text) => F.expr(text)));
      const [row] = await checksums.collect();
      CHECKSUMS.forEach((_, i) => {
        const value = row?.[`c${i}`];
        // An empty batch has no sums.
        if (typeof value === 'bigint') sums[i] = (sums[i] ?? 0n) + value;
      });
    })
    .start();
  await query.awaitTermination();
  return { seconds: secondsSince(startMs), answer: sums.map(String), numbers: { peakMemoryMb: peakMemoryMb() } };
});
