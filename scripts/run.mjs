/**
 * `node scripts/run.mjs <task> [arguments]`: the entry of every npm command that must work on a fresh clone. Plain JavaScript without
 * dependencies, for any Node from 20 on: it installs the packages when they are missing or older than the lock file, then runs the task
 * with the Node of the development dependency `node` (which runs TypeScript directly). The tasks themselves are in the files named below.
 *
 * The task runs in a session of its own, so a Ctrl-C that the terminal sends to every process of `npm start`, and that npm sends once
 * more, reaches it exactly once: from here. Should this process be killed, the task sees its file descriptor 3 close and ends itself.
 */
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, lstatSync, statSync } from 'node:fs';
import { constants } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const OLDEST_NODE = 20;
/** The same signal again within this time is the same Ctrl-C, sent by the terminal and by npm. */
const SAME_SIGNAL_MS = 500;

const TASKS = {
  start: ['src/cli/main.ts', 'dev'],
  test: ['scripts/test.ts'],
  check: ['scripts/check.ts'],
  build: ['scripts/build.ts'],
  bench: ['bench/main.ts'],
  kernels: ['scripts/build-kernels.ts'],
  fuzz: ['scripts/fuzz-kernels.ts'],
  'fuzz:sql': ['scripts/fuzz-sql.ts'],
  golden: ['scripts/golden.ts'],
  'test:localstack': ['scripts/test-localstack.ts'],
  'test:property': ['scripts/property.ts'],
  'test:recovery': ['scripts/test-recovery.ts'],
  'test:spark-sql': ['scripts/spark-sql-tests.ts'],
  'torture:kafka': ['scripts/torture-kafka.ts'],
  'torture:kinesis': ['scripts/torture-kinesis.ts'],
  'torture:sinks': ['scripts/torture-sinks.ts'],
};

const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
const binaries = path.join(root, 'node_modules', '.bin');
const node = path.join(root, 'node_modules', 'node', 'bin', process.platform === 'win32' ? 'node.exe' : 'node');

function main([task, ...args]) {
  if (Number(process.versions.node.split('.')[0]) < OLDEST_NODE) {
    fail(`Millrace needs Node ${OLDEST_NODE} or newer to set itself up; this is Node ${process.versions.node}.`);
  }
  const command = Object.hasOwn(TASKS, task) ? TASKS[task] : undefined;
  if (command === undefined) fail(`Unknown task ${task}. Tasks: ${Object.keys(TASKS).join(', ')}.`);
  if (!isInstalled()) install();
  runTask([...command, ...args]);
}

function fail(message) {
  process.stderr.write(`${message}\n`);
  process.exit(1);
}

/**
 * npm writes its hidden lock file last, so one that is newer than the lock file stands for a complete installation of it. A link is left
 * alone: `npm ci` would empty the folder it points to, which belongs to another work tree.
 */
function isInstalled() {
  if (existsSync(node) && lstatSync(path.join(root, 'node_modules')).isSymbolicLink()) return true;
  const stamp = path.join(root, 'node_modules', '.package-lock.json');
  const lock = path.join(root, 'package-lock.json');
  return existsSync(node) && existsSync(stamp) && statSync(stamp).mtimeMs >= statSync(lock).mtimeMs;
}

function install() {
  process.stderr.write('Installing the packages (npm ci) …\n');
  const args = ['ci', '--include=dev', '--no-audit', '--no-fund', '--loglevel=error'];
  const npm = process.env.npm_execpath;
  // Standard output belongs to the task; what npm prints goes to standard error.
  const options = { cwd: root, stdio: ['ignore', 2, 2] };
  const { status } =
    npm === undefined
      ? spawnSync('npm', args, { ...options, shell: process.platform === 'win32' })
      : spawnSync(process.execPath, [npm, ...args], options);
  if (status !== 0) fail('npm ci failed; its messages are above.');
}

function runTask(args) {
  const watch = new URL('end-with-parent.mjs', import.meta.url).href;
  const child = spawn(node, ['--import', watch, ...args], {
    cwd: root,
    // In a session of its own a task cannot read the terminal; it would only get an error from it.
    stdio: [process.stdin.isTTY ? 'ignore' : 'inherit', 'inherit', 'inherit', 'pipe'],
    detached: true,
    env: { ...process.env, PATH: `${binaries}${path.delimiter}${process.env.PATH}` },
  });
  child.on('error', (error) => fail(`Cannot run ${node}: ${error.message}`));
  const sentMs = new Map();
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
    process.on(signal, () => {
      const nowMs = performance.now();
      if (nowMs - (sentMs.get(signal) ?? Number.NEGATIVE_INFINITY) < SAME_SIGNAL_MS) return;
      sentMs.set(signal, nowMs);
      child.kill(signal);
    });
  }
  child.on('exit', (code, signal) => process.exit(code ?? 128 + constants.signals[signal]));
}

main(process.argv.slice(2));
