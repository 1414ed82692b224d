/** DuckDB with 2 threads, from npm. It has no streams: the same answers as batch queries over the same files, without checkpoints. */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Engine } from '../harness/work.ts';

const VERSION = '1.5.6-r.1';
const FOLDER = path.resolve('.cache', `duckdb-${VERSION}`);

export const duckdb: Engine = {
  name: 'duckdb',
  programs: ['seed', 'high-cardinality', 'files'],
  install() {
    if (existsSync(path.join(FOLDER, 'node_modules', '@duckdb', 'node-api'))) return;
    mkdirSync(FOLDER, { recursive: true });
    writeFileSync(path.join(FOLDER, 'package.json'), '{"private":true}');
    const args = ['install', '--no-audit', '--no-fund', '--loglevel=error', `@duckdb/node-api@${VERSION}`];
    const { status } = spawnSync('npm', args, {
      cwd: FOLDER,
      stdio: ['ignore', 2, 2],
      shell: process.platform === 'win32',
    });
    if (status !== 0) throw new Error('npm could not install @duckdb/node-api');
  },
  command: (program) => [process.execPath, fileURLToPath(new URL(`duckdb/${program}.mjs`, import.meta.url)), FOLDER],
};
