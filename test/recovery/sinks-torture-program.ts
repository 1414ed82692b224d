/**
 * What the torture test of sinks kills: rows numbered from 0 into several sinks at once. `node sinks-torture-program.ts <SinksTortureProgram as
 * JSON>`. Says `ready` when the queries run. With `untilBatch` it ends by itself when every sink has that batch.
 */
import { MillraceSession, Trigger } from '../../src/index.ts';

export interface TortureSink {
  readonly name: string;
  readonly format: string;
  readonly path: string;
  readonly options: Readonly<Record<string, string>>;
}

export interface SinksTortureProgram {
  readonly sinks: readonly TortureSink[];
  readonly folder: string;
  readonly rowsPerBatch: number;
  readonly untilBatch: number | undefined;
}

async function main({ sinks, folder, rowsPerBatch, untilBatch }: SinksTortureProgram): Promise<void> {
  const session = MillraceSession.builder().create();
  const queries = await Promise.all(
    sinks.map(({ name, format, path, options }) =>
      session.readStream
        .format('rate-micro-batch')
        .option('rowsPerBatch', rowsPerBatch)
        .load()
        .select('value')
        .writeStream.queryName(name)
        .format(format)
        .options(options)
        .option('checkpointLocation', `${folder}/checkpoint-${name}`)
        .trigger(Trigger.ProcessingTime('20 milliseconds'))
        .start(path),
    ),
  );
  process.stdout.write('ready\n');
  if (untilBatch === undefined) await Promise.all(queries.map((query) => query.awaitTermination()));
  for (const query of queries) {
    while (query.isActive && (query.lastProgress?.batchId ?? -1) < (untilBatch ?? 0))
      await new Promise((resolve) => setTimeout(resolve, 50));
    if (!query.isActive) throw query.exception() ?? new Error(`${query.name} ended`);
    await query.stop();
  }
  await session.stop();
}

await main(JSON.parse(process.argv[2] ?? '') as SinksTortureProgram);
process.exit(0);
