/** Work 3 on Millrace: filter and project JSON logs into JSON or CSV files, a file per batch, a checkpoint on disk, exactly once. */
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Trigger } from 'millrace';
import { LOG_SCHEMA } from '../inputs/log-files.ts';
import type { CommonParameters } from './program.ts';
import { peakMemoryMb, runAsProgram, secondsSince } from './program.ts';

interface FilesParameters extends CommonParameters {
  readonly folder: string;
  readonly format: 'json' | 'csv';
}

await runAsProgram<FilesParameters>(async ({ folder, format }, session, work) => {
  const outputFolder = mkdtempSync(path.join(tmpdir(), 'millrace-bench-files-'));
  const startMs = performance.now();
  const query = await session.readStream
    .schema(LOG_SCHEMA)
    .option('maxFilesPerTrigger', 1)
    .json(folder)
    .where("ok AND action <> 'view'")
    .selectExpr('user', 'upper(action) AS action', 'bytes * 2 + 1 AS size', 'time')
    .writeStream.format(format)
    .option('checkpointLocation', path.join(work, 'checkpoint'))
    .trigger(Trigger.AvailableNow())
    .start(outputFolder);
  await query.awaitTermination();
  return { seconds: secondsSince(startMs), outputFolder, numbers: { peakMemoryMb: peakMemoryMb() } };
});
