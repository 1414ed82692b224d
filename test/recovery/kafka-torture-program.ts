/**
 * What the Kafka torture test kills: a query from one topic to another, exactly once by transactions. `node kafka-torture-program.ts
 * <KafkaTortureProgram as JSON>`. Says `ready` when the query runs. With `untilEnd` it reads what is there and ends by itself.
 */
import { MillraceSession, Trigger } from '../../src/index.ts';

export interface KafkaTortureProgram {
  readonly broker: string;
  readonly from: string;
  readonly to: string;
  readonly checkpoint: string;
  readonly maxOffsetsPerTrigger: number;
  readonly untilEnd: boolean;
}

async function main({
  broker,
  from,
  to,
  checkpoint,
  maxOffsetsPerTrigger,
  untilEnd,
}: KafkaTortureProgram): Promise<void> {
  const session = MillraceSession.builder().create();
  const query = await session.readStream
    .format('kafka')
    .option('kafka.bootstrap.servers', broker)
    .option('subscribe', from)
    .option('startingOffsets', 'earliest')
    .option('maxOffsetsPerTrigger', maxOffsetsPerTrigger)
    .load()
    // The place of each record, so that the reader can tell which ones are there.
    .selectExpr(
      'CAST(partition AS STRING) AS key',
      "concat(CAST(partition AS STRING), ':', CAST(offset AS STRING)) AS value",
    )
    .writeStream.format('kafka')
    .option('kafka.bootstrap.servers', broker)
    .option('topic', to)
    .option('transactional', true)
    .option('checkpointLocation', checkpoint)
    .trigger(untilEnd ? Trigger.AvailableNow() : Trigger.ProcessingTime('0 seconds'))
    .start();
  process.stdout.write('ready\n');
  await query.awaitTermination();
  await session.stop();
}

await main(JSON.parse(process.argv[2] ?? '') as KafkaTortureProgram);
process.exit(0);
