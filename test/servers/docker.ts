/** The last way to a test server: one service of docker/compose.yml, for developers who are not root and have Docker. */
import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { findBinary } from './obtain.ts';
import { type TestServer, freePort } from './server-process.ts';

const run = promisify(execFile);
const COMPOSE_FILE = fileURLToPath(new URL('../../docker/compose.yml', import.meta.url));

/** One service of the compose file, published on the port that its variable names. */
export interface ComposeService {
  readonly service: 'redis' | 'postgres' | 'mysql';
  readonly portVariable: 'MILLRACE_REDIS_PORT' | 'MILLRACE_POSTGRES_PORT' | 'MILLRACE_MYSQL_PORT';
  url(port: number): string;
}

/** Starts the service in a compose project of its own and waits for its health check. Undefined when there is no Docker to ask. */
export async function startWithDocker(service: ComposeService): Promise<TestServer | undefined> {
  const docker = findBinary('docker');
  if (docker === undefined || !(await answers(docker))) return undefined;
  const port = await freePort();
  const project = `millrace-test-${process.pid}-${service.service}`;
  const compose = ['compose', '--file', COMPOSE_FILE, '--project-name', project];
  const env = { ...process.env, [service.portVariable]: String(port) };
  await run(docker, [...compose, 'up', '--detach', '--wait', '--no-deps', service.service], { env });
  return {
    url: service.url(port),
    port,
    stop: async () => void (await run(docker, [...compose, 'down', '--volumes'], { env })),
  };
}

async function answers(docker: string): Promise<boolean> {
  try {
    await run(docker, ['info'], { timeout: 10_000 });
    await run(docker, ['compose', 'version'], { timeout: 10_000 });
    return true;
  } catch {
    return false;
  }
}
