/**
 * What the torture test kills: two queries over one Kinesis stream, into JSON files and into SQLite. `node kinesis-torture-program.ts
 * <TortureProgram as JSON>`. Says `ready` when the queries run. With `untilEnd` it reads to the end of the stream and ends by itself.
 */
import path from 'node:path';
import { functions as F, MillraceSession, Trigger } from '../../src/index.ts';

export interface TortureProgram {
  readonly endpoint: string;
  readonly streamName: string;
  readonly folder: string;
  readonly maxRecordsPerTrigger: number;
  readonly untilEnd: boolean;
}

async function main(program: TortureProgram): Promise<void> {
  const { endpoint, streamName, folder, maxRecordsPerTrigger, untilEnd } = program;
  const session = MillraceSession.builder().create();
  const records = session.readStream
    .format('kinesis')
    .options({
      'kinesis.streamName': streamName,
      'kinesis.endpointUrl': endpoint,
      'kinesis.awsAccessKeyId': 'torture',
      'kinesis.awsSecretKey': 'torture',
      'kinesis.startingPosition': 'TRIM_HORIZON',
      'kinesis.maxRecordsPerTrigger': String(maxRecordsPerTrigger),
      'kinesis.getRecords.fetchIntervalMs': '0',
      'kinesis.getRecords.numberOfRecordsPerFetch': '2000',
      'kinesis.clientRetryIntervalsMs': '5',
      'kinesis.clientMaxRetryIntervalMs': '50',
      'kinesis.clientNumRetries': '100',
      'kinesis.describeShardInterval': '200ms',
    })
    .load()
    .select(F.col('data').cast('STRING').as('value'));
  const trigger = untilEnd ? Trigger.AvailableNow() : Trigger.ProcessingTime('0 seconds');
  const start = (name: string, format: string, target: string) =>
    records.writeStream
      .queryName(name)
      .format(format)
      .option('checkpointLocation', path.join(folder, `checkpoint-${name}`))
      .options(format === 'jdbc' ? { dbtable: 'records' } : {})
      .trigger(trigger)
      .start(target);
  const queries = await Promise.all([
    start('files', 'json', path.join(folder, 'files')),
    start('database', 'jdbc', `jdbc:sqlite:${path.join(folder, 'records.db')}`),
  ]);
  process.stdout.write('ready\n');
  await Promise.all(queries.map((query) => query.awaitTermination()));
  await session.stop();
}

await main(JSON.parse(process.argv[2] ?? '') as TortureProgram);
process.exit(0);
