/**
 * The S3 of the tests: the moto server from PyPI in a virtual environment under `.cache/`. What an S3 sink must have was tried on moto
 * 5.2.5 and is kept true by s3-endpoint.s3.test.ts: If-None-Match:* on PutObject and on CompleteMultipartUpload answers 412, one winner
 * of eight, multipart objects invisible until complete, abort leaves nothing, parts under 5 MiB refused. Unlike AWS it takes any secret
 * and completes the same upload twice.
 */
import { obtainPython } from './obtain.ts';
import { type TestServer, startServerProcess } from './server-process.ts';

const PACKAGES = ['moto[s3]==5.2.5', 'flask==3.1.3', 'flask-cors==6.0.5'];

/** Starts the S3 server; its objects are in memory. */
export async function startS3(): Promise<TestServer> {
  const python = await obtainPython('moto-5.2.5', PACKAGES);
  return await startServerProcess({
    name: 'moto',
    command: python,
    args: (port) => ['-m', 'moto.server', '-H', '127.0.0.1', '-p', String(port)],
    url: (port) => `http://127.0.0.1:${port}`,
    ping: async (url) => {
      const response = await fetch(url, { signal: AbortSignal.timeout(5000) });
      await response.arrayBuffer();
    },
  });
}
