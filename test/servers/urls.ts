/**
 * Where the real servers of the tests are. The only way a test learns an address; a server that is not there fails the test with how to
 * get it. global-setup.ts starts what is missing for the `services` project, so files that call these carry a suffix of that project.
 */
import { randomInt } from 'node:crypto';

/** The environment variables that carry the addresses. `MILLRACE_TEST_AWS` is one endpoint for S3 and Kinesis, such as LocalStack. */
export type ServerVariable =
  | 'MILLRACE_TEST_REDIS'
  | 'MILLRACE_TEST_PG'
  | 'MILLRACE_TEST_MYSQL'
  | 'MILLRACE_TEST_KAFKA'
  | 'MILLRACE_TEST_S3'
  | 'MILLRACE_TEST_KINESIS'
  | 'MILLRACE_TEST_AWS';

/** `redis://host:port/db`; tests share the server and keep to a key prefix of their own. */
export const redisUrl = (): string => addressOf('Redis', 'MILLRACE_TEST_REDIS');

/** `postgresql://user@host:port/database`; tests share the database and keep to tables of their own. */
export const postgresUrl = (): string => addressOf('PostgreSQL', 'MILLRACE_TEST_PG');

/** `mysql://user@host:port/database`, MariaDB or MySQL; tests share the database and keep to tables of their own. */
export const mysqlUrl = (): string => addressOf('MariaDB', 'MILLRACE_TEST_MYSQL');

/** `host:port` of a Kafka broker; tests share it and keep to topics of their own. */
export const kafkaBroker = (): string => addressOf('Kafka', 'MILLRACE_TEST_KAFKA');

/** HTTP endpoint of an S3 (path style, any credentials); tests make buckets of their own. */
export const s3Endpoint = (): string => addressOf('S3', 'MILLRACE_TEST_AWS', 'MILLRACE_TEST_S3');

/** HTTP/1.1 endpoint of a Kinesis; tests use a `privateAccount()` or stream names of their own. */
export const kinesisEndpoint = (): string => addressOf('Kinesis', 'MILLRACE_TEST_AWS', 'MILLRACE_TEST_KINESIS');

const accountNumber = String(randomInt(100_000_000_000, 1_000_000_000_000));

/**
 * Credentials of an account that no other test file uses: the test servers take a 12-digit access key id as the account number. One per
 * file, because LocalStack runs a Kinesis process for every account it meets.
 */
export function privateAccount(): { accessKeyId: string; secretAccessKey: string } {
  return { accessKeyId: accountNumber, secretAccessKey: 'test' };
}

function addressOf(name: string, ...variables: readonly ServerVariable[]): string {
  const address = variables
    .map((variable) => process.env[variable])
    .find((value) => value !== undefined && value !== '');
  if (address === undefined) {
    const suffixes = 'a *.redis, *.pg, *.mysql, *.kafka, *.s3, *.kinesis or *.recovery test file';
    throw new Error(
      `No ${name} for this test: run it as ${suffixes} (vitest then starts one), or set ${variables[0]}.`,
    );
  }
  return address;
}
