/**
 * `npm run test:localstack`: the same Kinesis and S3 tests and the examples, against a real LocalStack that this command installs into
 * `.cache/` (once) and starts on loopback without a container. An endpoint in MILLRACE_TEST_AWS is used instead when it is set.
 */
import { startServers } from '../test/servers/start-servers.ts';
import { runVitest, summarize } from './run-vitest.ts';

const AWS_TESTS = ['.kinesis.test.ts', '.s3.test.ts', 'test/examples'];

const given = process.env['MILLRACE_TEST_AWS'] ?? '';
const localstack = given === '' ? await startServers(['MILLRACE_TEST_AWS']) : undefined;
const endpoint = localstack?.addresses.MILLRACE_TEST_AWS ?? given;
process.stdout.write(`AWS endpoint: ${endpoint}\n`);
try {
  const counts = await runVitest(['--project', 'services', ...AWS_TESTS, ...process.argv.slice(2)], {
    MILLRACE_TEST_AWS: endpoint,
  });
  process.exitCode = summarize(counts);
} finally {
  await localstack?.stop();
}
