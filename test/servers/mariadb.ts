/** A throwaway MariaDB: `root` without a password over loopback TCP, one empty database `millrace`. */
import { execFile } from 'node:child_process';
import { chownSync, existsSync, mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';
import { createConnection } from 'mysql2/promise';
import { type Program, missingServer, findBinary, obtainBinary, unprivilegedUser } from './obtain.ts';
import { type TestServer, startServerProcess } from './server-process.ts';

/** The MariaDB server program. */
export const MARIADB: Program = {
  name: 'MariaDB',
  binary: 'mariadbd',
  debianPackages: ['mariadb-server'],
  variable: 'MILLRACE_TEST_MYSQL',
};

/** Starts MariaDB on `folder`, made when empty. Undefined when the program cannot be had. */
export async function startMariadb(
  folder: string,
  options: { readonly port?: number } = {},
): Promise<TestServer | undefined> {
  const command = await obtainBinary(MARIADB);
  if (command === undefined) return undefined;
  const user = unprivilegedUser(['mysql', 'nobody']);
  mkdirSync(folder, { recursive: true });
  const setup = path.join(folder, 'setup.sql');
  writeFileSync(setup, 'CREATE DATABASE IF NOT EXISTS millrace;\n');
  if (user !== undefined) chownSync(folder, user.uid, user.gid);
  if (!existsSync(path.join(folder, 'mysql'))) {
    const install = findBinary('mariadb-install-db');
    if (install === undefined) throw missingServer(MARIADB, 'mariadb-install-db is missing.');
    const settings = [
      '--no-defaults',
      `--datadir=${folder}`,
      '--auth-root-authentication-method=normal',
      '--skip-test-db',
    ];
    await promisify(execFile)(install, settings, { ...user, cwd: folder });
  }
  return await startServerProcess({
    name: MARIADB.name,
    command,
    user,
    port: options.port,
    args: (port) => [
      '--no-defaults',
      `--datadir=${folder}`,
      '--bind-address=127.0.0.1',
      `--port=${port}`,
      `--socket=${folder}/s.sock`,
      `--pid-file=${folder}/pid`,
      `--init-file=${setup}`,
      '--innodb-buffer-pool-size=32M',
      '--innodb-flush-log-at-trx-commit=2',
      '--skip-log-bin',
      '--character-set-server=utf8mb4',
    ],
    url: (port) => `mysql://root@127.0.0.1:${port}/millrace`,
    ping: pingMysql,
  });
}

/** Rejects when no MariaDB or MySQL answers at `url`. */
async function pingMysql(url: string): Promise<void> {
  const connection = await createConnection({ uri: url, connectTimeout: 5000 });
  connection.on('error', () => {});
  await connection.end();
}
