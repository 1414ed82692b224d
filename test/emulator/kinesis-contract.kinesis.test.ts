/** kinesis-local, or LocalStack when MILLRACE_TEST_AWS names one, under the same contract as our own Kinesis; what they lack is listed. */
import { KinesisClient } from '@aws-sdk/client-kinesis';
import { NodeHttpHandler } from '@smithy/node-http-handler';
import { testKinesisContract } from '../contract/kinesis-contract.ts';
import { kinesisEndpoint, privateAccount } from '../servers/urls.ts';

const isLocalStack = (process.env['MILLRACE_TEST_AWS'] ?? '') !== '';

testKinesisContract(isLocalStack ? 'LocalStack' : 'kinesis-local', {
  client: async () =>
    new KinesisClient({
      endpoint: kinesisEndpoint(),
      region: 'us-east-1',
      credentials: privateAccount(),
      requestHandler: new NodeHttpHandler(),
      maxAttempts: 1,
    }),
  gaps: ['too-many-records', 'fan-out-shard-end', 'garbage-iterator', ...(isLocalStack ? (['fan-out'] as const) : [])],
});
