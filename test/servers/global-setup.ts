/**
 * vitest's global set-up of the projects with real servers: starts the servers that the selected test files need and whose address is
 * not set yet, and stops them after the run. One file of one kind starts one server; recovery tests and examples start all.
 */
import path from 'node:path';
import type { TestProject } from 'vitest/node';
import { type RunningServers, startServers } from './start-servers.ts';
import type { ServerVariable } from './urls.ts';

const VARIABLES_BY_SUFFIX: Readonly<Record<string, readonly ServerVariable[]>> = {
  redis: ['MILLRACE_TEST_REDIS'],
  pg: ['MILLRACE_TEST_PG'],
  mysql: ['MILLRACE_TEST_MYSQL'],
  kafka: ['MILLRACE_TEST_KAFKA'],
  s3: ['MILLRACE_TEST_S3'],
  kinesis: ['MILLRACE_TEST_KINESIS'],
};
/** For files that name no server; a broker takes seconds to start, so it is there only for those that name it. */
const ALL = Object.values(VARIABLES_BY_SUFFIX)
  .flat()
  .filter((variable) => variable !== 'MILLRACE_TEST_KAFKA');

let servers: RunningServers | undefined;

/** Called by vitest once before the first test of the project. */
export async function setup(project: TestProject): Promise<void> {
  // The file filters of the command line; vitest has them but does not declare them. Without them every file of the project counts.
  const filters = Reflect.get(project.vitest, 'filenamePattern') as string[] | undefined;
  const { testFiles } = await project.globTestFiles(filters);
  const needed = new Set(testFiles.flatMap(variablesOf));
  const missing = [...needed].filter((variable) => !hasAddress(variable));
  if (missing.length === 0) return;
  servers = await startServers(missing);
  Object.assign(process.env, servers.addresses);
}

/** Called by vitest after the last test of the project. */
export async function teardown(): Promise<void> {
  await servers?.stop();
}

/** By the words between the dots of its name: `jdbc-sink.pg.test.ts` needs PostgreSQL. */
function variablesOf(file: string): readonly ServerVariable[] {
  const words = path.basename(file).split('.').slice(1, -2);
  const variables = words.flatMap((word) => VARIABLES_BY_SUFFIX[word] ?? []);
  return variables.length > 0 ? variables : ALL;
}

function hasAddress(variable: ServerVariable): boolean {
  const isAws = variable === 'MILLRACE_TEST_S3' || variable === 'MILLRACE_TEST_KINESIS';
  return [variable, ...(isAws ? ['MILLRACE_TEST_AWS'] : [])].some((name) => (process.env[name] ?? '') !== '');
}
