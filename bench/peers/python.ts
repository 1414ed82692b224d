/** Virtual environments below .cache/ with one Python package each. */
import { spawnSync } from 'node:child_process';
import { existsSync, writeFileSync } from 'node:fs';
import path from 'node:path';

/** The Python of the environment, made on first use. */
export function pythonWith(packageName: string, version: string): string {
  const folder = path.resolve('.cache', `${packageName}-${version}`);
  const python = path.join(folder, 'bin', 'python');
  const mark = path.join(folder, 'ready');
  if (existsSync(mark)) return python;
  process.stderr.write(`installing ${packageName} ${version} into ${folder}\n`);
  run('python3', ['-m', 'venv', folder]);
  run(python, ['-m', 'pip', 'install', '--quiet', `${packageName}==${version}`]);
  writeFileSync(mark, '');
  return python;
}

/** Fails unless `java` runs. */
export function requireJava(): void {
  const home = process.env['JAVA_HOME'];
  const { status } = spawnSync(home === undefined ? 'java' : path.join(home, 'bin', 'java'), ['-version']);
  if (status !== 0) throw new Error('this peer needs Java 17: install openjdk-17-jre-headless or set JAVA_HOME');
}

function run(command: string, args: readonly string[]): void {
  const { status } = spawnSync(command, args, { stdio: ['ignore', 2, 2] });
  if (status !== 0) throw new Error(`${command} ${args.join(' ')} failed; this peer needs python3 with venv`);
}
