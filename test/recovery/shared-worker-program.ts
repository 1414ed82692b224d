/**
 * One of several workers that read a Kinesis stream together: `node shared-worker-program.ts <SharedWorkerProgram as JSON>`. Says `ready` when its
 * query runs. At SIGTERM it stops and says its metrics as JSON.
 */
import path from 'node:path';
import { functions as F, MillraceSession, Trigger } from '../../src/index.ts';

export interface SharedWorkerProgram {
  readonly endpoint: string;
  readonly streamName: string;
  readonly leaseStore: string;
  readonly leaseTimeMs: number;
  /** Its checkpoint and its files. */
  readonly folder: string;
}

async function main({ endpoint, streamName, leaseStore, leaseTimeMs, folder }: SharedWorkerProgram): Promise<void> {
  const session = MillraceSession.builder().create();
  const query = await session.readStream
    .format('kinesis')
    .options({
      'kinesis.streamName': streamName,
      'kinesis.endpointUrl': endpoint,
      'kinesis.awsAccessKeyId': 'shared',
      'kinesis.awsSecretKey': 'shared',
      'kinesis.startingPosition': 'TRIM_HORIZON',
      'kinesis.sharedGroup': 'killed',
      'kinesis.leaseStore': leaseStore,
      'kinesis.leaseTimeMs': String(leaseTimeMs),
      'kinesis.maxFetchRecordsPerShard': '200',
      'kinesis.getRecords.fetchIntervalMs': '0',
    })
    .load()
    .select(F.col('data').cast('STRING').as('value'))
    .writeStream.format('json')
    .option('checkpointLocation', path.join(folder, 'checkpoint'))
    .trigger(Trigger.ProcessingTime('0 seconds'))
    .start(path.join(folder, 'files'));
  process.on('SIGTERM', () => {
    void query.stop().then(async () => {
      const metrics = query.lastProgress?.sources[0]?.metrics ?? {};
      await session.stop();
      process.stdout.write(`${JSON.stringify(metrics)}\n`, () => process.exit(0));
    });
  });
  process.stdout.write('ready\n');
  await query.awaitTermination();
}

await main(JSON.parse(process.argv[2] ?? '') as SharedWorkerProgram);
