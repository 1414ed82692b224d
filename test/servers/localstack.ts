/**
 * LocalStack (Kinesis and S3) from PyPI, without a container and without an account: version 4.3.0 is the last that runs on Python 3.11,
 * with four of its dependencies pinned to versions it still works with. Its Kinesis is the npm package `kinesis-local`, which it
 * installs by itself into its root folder on the first call; both live under `.cache/` and are made once.
 */
import path from 'node:path';
import { CACHE_FOLDER, obtainPython } from './obtain.ts';
import { type TestServer, startServerProcess } from './server-process.ts';

const PACKAGES = [
  'localstack-core[base-runtime]==4.3.0',
  'moto-ext==5.1.1.post1',
  'pyOpenSSL==25.1.0',
  'cryptography<46',
  'service_identity==24.2.0',
  'cbor2<5.8',
  'psutil<7',
];

/** LocalStack binds every interface whatever GATEWAY_LISTEN says, so its listener gets loopback here before it starts. */
const LOOPBACK_MAIN = `
import functools, runpy
from twisted.internet import endpoints
endpoints.TCP4ServerEndpoint = functools.partial(endpoints.TCP4ServerEndpoint, interface='127.0.0.1')
runpy.run_module('localstack.runtime.main', run_name='__main__')
`;

/** Starts LocalStack; its data are gone when it stops. */
export async function startLocalstack(): Promise<TestServer> {
  const python = await obtainPython('localstack-4.3.0', PACKAGES);
  return await startServerProcess({
    name: 'LocalStack',
    command: python,
    args: () => ['-c', LOOPBACK_MAIN],
    env: (port) => ({
      OVERRIDE_IN_DOCKER: '0',
      FILESYSTEM_ROOT: path.join(CACHE_FOLDER, 'localstack-root'),
      GATEWAY_LISTEN: `127.0.0.1:${port}`,
      LOCALSTACK_HOST: `127.0.0.1:${port}`,
      SERVICES: 'kinesis,s3',
      EAGER_SERVICE_LOADING: '1',
      DISABLE_EVENTS: '1',
      SKIP_SSL_CERT_DOWNLOAD: '1',
      DNS_ADDRESS: '0',
      KINESIS_LATENCY: '10',
      KINESIS_SHARD_LIMIT: '1000',
      KINESIS_PERSISTENCE: '0',
      KINESIS_MOCK_VERSION: '0.6.2',
      // Its Kinesis would listen on every interface; the preload of our own embedded Kinesis keeps it on loopback.
      NODE_OPTIONS: `--import=${new URL('../../src/emulator/kinesis-local-preload.ts', import.meta.url).href}`,
    }),
    url: (port) => `http://127.0.0.1:${port}`,
    ping: async (url) => {
      const response = await fetch(`${url}/_localstack/health`, { signal: AbortSignal.timeout(5000) });
      if (!response.ok) throw new Error(`health is ${response.status}`);
    },
  });
}
