/**
 * The job of the image until you put your own at /app/job.ts: counts the actions of a Kinesis stream per minute and keeps the counts in
 * a database, exactly once. Everything it connects to comes from environment variables (see docker/compose.yml).
 */
import { MillraceSession, functions as F } from 'millrace';

function setting(name: string): string {
  const value = process.env[name];
  if (value === undefined) throw new Error(`Set the environment variable ${name}`);
  return value;
}

const session = MillraceSession.builder().appName('actions').getOrCreate();
const endpointUrl = process.env['KINESIS_ENDPOINT'];
const records = session.readStream
  .format('kinesis')
  .option('kinesis.streamName', setting('KINESIS_STREAM'))
  .option('kinesis.region', setting('AWS_REGION'))
  .option('kinesis.startingPosition', 'TRIM_HORIZON')
  .options(endpointUrl === undefined ? {} : { 'kinesis.endpointUrl': endpointUrl })
  .load();
const actions = records
  .select(F.from_json(F.col('data').cast('string'), 'time TIMESTAMP, action STRING').alias('record'))
  .select('record.time', 'record.action');
const counts = actions
  .withWatermark('time', '1 minute')
  .groupBy(F.col('action'), F.window(F.col('time'), '1 minute'))
  .count();
const query = await counts.writeStream
  .format('jdbc')
  .option('dbtable', 'action_counts')
  .option('user', setting('DATABASE_USER'))
  .option('password', setting('DATABASE_PASSWORD'))
  .outputMode('update')
  .option('checkpointLocation', setting('CHECKPOINT_LOCATION'))
  .start(setting('DATABASE_URL'));

// `docker stop` sends SIGTERM: the batch in flight is committed, then the program ends.
process.once('SIGTERM', () => void query.stop());
await query.awaitTermination();
await session.stop();
