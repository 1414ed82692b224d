/** The Python that has PySpark 4.3.0: `MILLRACE_TEST_PYSPARK`, or a virtual environment made under .cache/ on first use. */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import path from 'node:path';

const VERSION = '4.3.0';

export function sparkPython(): string {
  const given = process.env['MILLRACE_TEST_PYSPARK'];
  if (given !== undefined) return given;
  const folder = path.resolve('.cache', `pyspark-${VERSION}`);
  const python = path.join(folder, 'bin', 'python');
  if (existsSync(path.join(folder, 'ready'))) return python;
  run('python3', ['-m', 'venv', folder]);
  run(python, ['-m', 'pip', 'install', '--quiet', `pyspark==${VERSION}`]);
  run('touch', [path.join(folder, 'ready')]);
  return python;
}

function run(command: string, args: readonly string[]): void {
  const { status } = spawnSync(command, args, { stdio: ['ignore', 2, 2] });
  if (status !== 0)
    throw new Error(`${command} ${args.join(' ')} failed; benchmarks against Spark need python3 and Java 17`);
}
