/** Our own Kinesis under the contract of all Kinesis servers: inside the process, on a port over HTTP/1.1, and over the SDK's own HTTP/2. */
import { KinesisClient, type KinesisClientConfig } from '@aws-sdk/client-kinesis';
import { NodeHttpHandler } from '@smithy/node-http-handler';
import { describe } from 'vitest';
import { startEmbeddedKinesis } from '../../../src/emulator/kinesis/embedded-kinesis.ts';
import { testKinesisContract } from '../../contract/kinesis-contract.ts';

function clientWith(config: Partial<KinesisClientConfig>): KinesisClient {
  const credentials = { accessKeyId: 'test', secretAccessKey: 'test' };
  return new KinesisClient({ region: 'us-east-1', credentials, maxAttempts: 1, ...config });
}

describe('in the process', () => {
  const kinesis = startEmbeddedKinesis({ hasLimits: false });
  testKinesisContract('embedded', {
    client: async () => clientWith({ requestHandler: kinesis.requestHandler }),
    close: () => kinesis.close(),
  });
});

describe('on a port', () => {
  const kinesis = startEmbeddedKinesis({ hasLimits: false, transitionMs: 30 });
  testKinesisContract('embedded, HTTP/1.1', {
    client: async () => {
      const { endpoint } = await kinesis.serve();
      return clientWith({ endpoint, requestHandler: new NodeHttpHandler() });
    },
    close: () => kinesis.close(),
  });
});

describe('on a port, by HTTP/2', () => {
  const kinesis = startEmbeddedKinesis({ hasLimits: false });
  testKinesisContract('embedded, HTTP/2', {
    client: async () => clientWith({ endpoint: (await kinesis.serve()).endpoint }),
    close: () => kinesis.close(),
  });
});
