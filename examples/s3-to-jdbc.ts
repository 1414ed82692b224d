/**
 * Log files that arrive in an S3 bucket, counted per action and hour, into a table of any JDBC database. Takes the files that are there
 * now, a hundred at a time, and ends; run it again (from cron, say) and it goes on with the new ones.
 */
import { MillraceSession, Trigger, functions as F } from 'millrace';

const {
  S3_ENDPOINT = 'http://127.0.0.1:4566',
  S3_PATH = 's3://logs/actions',
  AWS_ACCESS_KEY_ID = 'test',
  AWS_SECRET_ACCESS_KEY = 'test',
  JDBC_URL = 'jdbc:mysql://root:mysql@127.0.0.1:3306/millrace',
  CHECKPOINT = '.millrace/s3-to-jdbc',
} = process.env;

const session = MillraceSession.builder().appName('s3-to-jdbc').getOrCreate();

const logs = session.readStream
  .schema('time TIMESTAMP, action STRING')
  .option('s3.endpointUrl', S3_ENDPOINT)
  .option('s3.region', 'us-east-1')
  .option('s3.accessKeyId', AWS_ACCESS_KEY_ID)
  .option('s3.secretAccessKey', AWS_SECRET_ACCESS_KEY)
  .option('s3.pathStyleAccess', true)
  .option('maxFilesPerTrigger', 100)
  .json(S3_PATH);

const query = await logs
  .groupBy(F.col('action'), F.window(F.col('time'), '1 hour'))
  .count()
  .writeStream.format('jdbc')
  .option('dbtable', 'action_counts')
  .outputMode('update')
  .option('checkpointLocation', CHECKPOINT)
  .trigger(Trigger.AvailableNow())
  .start(JDBC_URL);

await query.awaitTermination();
