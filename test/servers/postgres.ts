/** A throwaway PostgreSQL: superuser `postgres` without a password over loopback TCP, no fsync. */
import { execFile } from 'node:child_process';
import { chownSync, existsSync, mkdirSync } from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';
import { Client } from 'pg';
import { type Program, obtainBinary, postgresFolders, unprivilegedUser } from './obtain.ts';
import { type TestServer, startServerProcess } from './server-process.ts';

/** The PostgreSQL programs; `initdb` lies beside the server. */
export const POSTGRES: Program = {
  name: 'PostgreSQL',
  binary: 'initdb',
  debianPackages: ['postgresql'],
  variable: 'MILLRACE_TEST_PG',
};

/** Starts PostgreSQL on `folder`, made when empty. Undefined when the program cannot be had. */
export async function startPostgres(
  folder: string,
  options: { readonly port?: number } = {},
): Promise<TestServer | undefined> {
  const initdb = await obtainBinary(POSTGRES, postgresFolders);
  if (initdb === undefined) return undefined;
  const user = unprivilegedUser(['postgres', 'nobody']);
  mkdirSync(folder, { recursive: true });
  if (user !== undefined) chownSync(folder, user.uid, user.gid);
  if (!existsSync(path.join(folder, 'PG_VERSION'))) {
    const settings = ['-U', 'postgres', '-A', 'trust', '--no-sync', '-E', 'UTF8', '--locale=C'];
    await promisify(execFile)(initdb, ['-D', folder, ...settings], { ...user, cwd: folder });
  }
  return await startServerProcess({
    name: POSTGRES.name,
    command: path.join(path.dirname(initdb), 'postgres'),
    user,
    port: options.port,
    args: (port) => {
      const settings = [
        'listen_addresses=127.0.0.1',
        'unix_socket_directories=',
        'fsync=off',
        'shared_buffers=32MB',
        'max_connections=100',
      ];
      return ['-D', folder, '-p', String(port), ...settings.flatMap((setting) => ['-c', setting])];
    },
    url: (port) => `postgresql://postgres@127.0.0.1:${port}/postgres`,
    ping: pingPostgres,
    stopSignal: 'SIGINT',
  });
}

/** Rejects when no PostgreSQL answers at `url`. */
async function pingPostgres(url: string): Promise<void> {
  const client = new Client({ connectionString: url, connectionTimeoutMillis: 5000 });
  client.on('error', () => {});
  await client.connect();
  await client.end();
}
