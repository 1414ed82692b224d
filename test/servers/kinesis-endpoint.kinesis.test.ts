/** What any Kinesis endpoint given to the tests (kinesis-local, LocalStack) must do for test files to share it. */
import {
  CreateStreamCommand,
  DescribeStreamSummaryCommand,
  KinesisClient,
  ListStreamsCommand,
} from '@aws-sdk/client-kinesis';
import { NodeHttpHandler } from '@smithy/node-http-handler';
import { expect, test } from 'vitest';
import { kinesisEndpoint, privateAccount } from './urls.ts';

const connect = (credentials: ReturnType<typeof privateAccount>): KinesisClient =>
  new KinesisClient({
    endpoint: kinesisEndpoint(),
    region: 'us-east-1',
    credentials,
    requestHandler: new NodeHttpHandler(),
  });

test('a stream of one account is not seen by another', async () => {
  const mine = connect(privateAccount());
  const other = connect({ accessKeyId: '999999999999', secretAccessKey: 'test' });
  await mine.send(new CreateStreamCommand({ StreamName: 'shared-name', ShardCount: 3 }));
  const state = async (): Promise<string | undefined> =>
    (await mine.send(new DescribeStreamSummaryCommand({ StreamName: 'shared-name' }))).StreamDescriptionSummary
      ?.StreamStatus;
  await expect.poll(state, { timeout: 10_000 }).toBe('ACTIVE');
  expect((await mine.send(new ListStreamsCommand())).StreamNames).toEqual(['shared-name']);
  expect((await other.send(new ListStreamsCommand())).StreamNames).toEqual([]);
});
