/**
 * The seed program as a service: action events from a Kinesis stream, counted per action and hour, kept up to date in a PostgreSQL table,
 * exactly once. Checkpoints in Redis. Runs until SIGTERM; `UNTIL_IDLE=1` ends it when everything available has been processed.
 */
import { MillraceSession, Trigger, functions as F } from 'millrace';

const {
  KINESIS_ENDPOINT = 'http://127.0.0.1:4566',
  KINESIS_STREAM = 'actions',
  AWS_ACCESS_KEY_ID = 'test',
  AWS_SECRET_ACCESS_KEY = 'test',
  JDBC_URL = 'jdbc:postgresql://postgres:postgres@127.0.0.1:5432/postgres',
  CHECKPOINT = 'redis://127.0.0.1:6379/0?prefix=action-counts',
  UNTIL_IDLE,
} = process.env;

const session = MillraceSession.builder().appName('action-counts').getOrCreate();

const events = session.readStream
  .format('kinesis')
  .option('kinesis.streamName', KINESIS_STREAM)
  .option('kinesis.endpointUrl', KINESIS_ENDPOINT)
  .option('kinesis.region', 'us-east-1')
  .option('kinesis.awsAccessKeyId', AWS_ACCESS_KEY_ID)
  .option('kinesis.awsSecretKey', AWS_SECRET_ACCESS_KEY)
  .option('kinesis.startingPosition', 'TRIM_HORIZON')
  .load();

const counts = events
  .select(F.from_json(F.col('data').cast('STRING'), 'time TIMESTAMP, action STRING').as('event'))
  .select('event.*')
  .withWatermark('time', '10 minutes')
  .groupBy(F.col('action'), F.window(F.col('time'), '1 hour'))
  .count();

const query = await counts.writeStream
  .queryName('action-counts')
  .format('jdbc')
  .option('dbtable', 'action_counts')
  .outputMode('update')
  .option('checkpointLocation', CHECKPOINT)
  .trigger(UNTIL_IDLE === undefined ? Trigger.ProcessingTime('1 second') : Trigger.AvailableNow())
  .start(JDBC_URL);

process.once('SIGTERM', () => void query.stop());
process.once('SIGINT', () => void query.stop());
await query.awaitTermination();
