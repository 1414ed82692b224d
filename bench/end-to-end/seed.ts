/** The seed program: JSON logs → groupBy(action, window 1 hour).count(), streaming with a disk checkpoint, result read back. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { MillraceSession, Trigger, functions as F } from '../../src/index.ts';

const [folder = ''] = process.argv.slice(2);
const work = mkdtempSync(path.join(tmpdir(), 'millrace-bench-'));
const session = MillraceSession.builder().appName('seed').master('local[2]').getOrCreate();
const startMs = performance.now();
let rows: string[] = [];
const logs = session.readStream
  .schema('time TIMESTAMP, action STRING, user STRING, bytes BIGINT, ok BOOLEAN')
  .json(folder);
const query = await logs
  .groupBy(F.col('action'), F.window(F.col('time'), '1 hour'))
  .count()
  .writeStream.outputMode('complete')
  .option('checkpointLocation', path.join(work, 'checkpoint'))
  .trigger(Trigger.AvailableNow())
  .foreachBatch(async (batch) => {
    rows = await batch.toJSON().collect();
  })
  .start();
await query.awaitTermination();
const seconds = (performance.now() - startMs) / 1000;
rmSync(work, { recursive: true, force: true });
console.log(JSON.stringify({ seconds, rows: rows.toSorted(), version: `node ${process.version}` }));
