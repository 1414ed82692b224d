/** The entry of the npm commands, in a small project folder of its own whose `start` program reports what reaches it. */
import { type ChildProcess, spawn } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  unlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, test } from 'vitest';

const repository = fileURLToPath(new URL('../..', import.meta.url));
let root: string;

/** Says what it was given, counts the signals it gets and drains for a moment before it ends with exit code 0. */
const PROGRAM = `
import { appendFileSync } from 'node:fs';
const log = (text) => appendFileSync('log.txt', text + '\\n');
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => { log(signal); setTimeout(() => process.exit(0), 300); });
process.stdout.write(JSON.stringify({ args: process.argv.slice(2), node: process.versions.node }) + '\\n');
if (process.argv.includes('--exit')) process.exit(7);
setInterval(() => {}, 1000);
`;

beforeEach(() => {
  root = mkdtempSync(path.join(tmpdir(), 'millrace-run-'));
  mkdirSync(path.join(root, 'src', 'cli'), { recursive: true });
  mkdirSync(path.join(root, 'scripts'));
  for (const file of ['run.mjs', 'end-with-parent.mjs'])
    cpSync(path.join(repository, 'scripts', file), path.join(root, 'scripts', file));
  for (const file of ['package.json', 'package-lock.json']) cpSync(path.join(repository, file), path.join(root, file));
  utimesSync(path.join(root, 'package-lock.json'), 0, 0);
  writeFileSync(path.join(root, 'src', 'cli', 'main.ts'), PROGRAM);
  symlinkSync(path.join(repository, 'node_modules'), path.join(root, 'node_modules'));
});

afterEach(() => rmSync(root, { recursive: true, force: true }));

interface Run {
  readonly child: ChildProcess;
  readonly firstLine: Promise<string>;
  readonly ended: Promise<{ code: number | null; output: string; errors: string }>;
}

/** Starts a command in the project folder as the leader of a process group, as a terminal would. */
function begin(command: string, args: readonly string[], env: NodeJS.ProcessEnv = {}): Run {
  const child = spawn(command, args, {
    cwd: root,
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, ...env },
  });
  const texts = { output: '', errors: '' };
  child.stderr.setEncoding('utf8').on('data', (text: string) => (texts.errors += text));
  const firstLine = new Promise<string>((resolve) => {
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      texts.output += text;
      const line = texts.output.split('\n').find((candidate) => candidate.startsWith('{'));
      if (line !== undefined) resolve(line);
    });
  });
  const ended = new Promise<{ code: number | null; output: string; errors: string }>((resolve) => {
    child.once('close', (code) => resolve({ code, ...texts }));
  });
  return { child, firstLine, ended };
}

const runStart = (args: readonly string[] = [], env: NodeJS.ProcessEnv = {}): Run =>
  begin(process.execPath, ['scripts/run.mjs', 'start', ...args], env);
const log = (): string =>
  existsSync(path.join(root, 'log.txt')) ? readFileSync(path.join(root, 'log.txt'), 'utf8') : '';

test('a task gets its arguments, runs on Node 24 and gives its exit code', async () => {
  const { code, output } = await runStart(['--exit', 'a b']).ended;
  const said = JSON.parse(output) as { args: string[]; node: string };
  expect(said).toEqual({ args: ['dev', '--exit', 'a b'], node: expect.stringMatching(/^24\./) });
  expect(code).toBe(7);
});

test('an unknown task is one line with the tasks there are', async () => {
  const { code, output, errors } = await begin(process.execPath, ['scripts/run.mjs', 'strat']).ended;
  expect({ code, output, numLines: errors.trim().split('\n').length }).toEqual({ code: 1, output: '', numLines: 1 });
  expect(errors).toContain('start, test, check');
});

test('a Ctrl-C that comes from the terminal and again from npm reaches the task once', async () => {
  const run = begin('npm', ['start', '--silent']);
  await run.firstLine;
  process.kill(-(run.child.pid ?? 0), 'SIGINT');
  expect((await run.ended).code).toBe(0);
  expect(log()).toBe('SIGINT\n');
});

test('SIGTERM to the entry alone reaches the task', async () => {
  const run = runStart();
  await run.firstLine;
  run.child.kill('SIGTERM');
  expect((await run.ended).code).toBe(0);
  expect(log()).toBe('SIGTERM\n');
});

test('another signal while the task drains is handed on', async () => {
  const run = runStart();
  await run.firstLine;
  run.child.kill('SIGINT');
  await expect.poll(log).toBe('SIGINT\n');
  run.child.kill('SIGTERM');
  await expect.poll(log).toBe('SIGINT\nSIGTERM\n');
  expect((await run.ended).code).toBe(0);
});

test('the task ends in order when the entry is killed', async () => {
  const run = runStart();
  await run.firstLine;
  run.child.kill('SIGKILL');
  await expect.poll(log, { timeout: 5000 }).toBe('SIGTERM\n');
});

test('missing packages are installed first, and only the task writes to standard output', async () => {
  const modules = path.join(root, 'node_modules');
  unlinkSync(modules);
  const npm = path.join(root, 'npm.mjs');
  const link = JSON.stringify([path.join(repository, 'node_modules'), modules]);
  writeFileSync(
    npm,
    `import { symlinkSync } from 'node:fs'; symlinkSync(...${link}); console.log('npm', ...process.argv.slice(2));`,
  );
  const { code, output, errors } = await runStart(['--exit'], { npm_execpath: npm }).ended;
  expect(code).toBe(7);
  expect(output.split('\n')).toHaveLength(2);
  expect(errors).toMatch(/npm ci --include=dev/);
});

test('an installation older than the lock file is made again', async () => {
  const modules = path.join(root, 'node_modules');
  unlinkSync(modules);
  mkdirSync(modules);
  symlinkSync(path.join(repository, 'node_modules', 'node'), path.join(modules, 'node'));
  writeFileSync(path.join(modules, '.package-lock.json'), '{}');
  expect(await runWithOutdatedPackages()).toEqual({
    code: 1,
    errors: expect.stringContaining('npm ci failed'),
    output: '',
  });
});

test('packages linked from another work tree are never installed over', async () => {
  expect(await runWithOutdatedPackages()).toMatchObject({ code: 7, errors: '' });
});

/** Runs a task whose lock file is newer than the packages, with an npm that fails. */
function runWithOutdatedPackages(): Run['ended'] {
  const later = new Date(Date.now() + 60_000);
  utimesSync(path.join(root, 'package-lock.json'), later, later);
  const npm = path.join(root, 'npm.mjs');
  writeFileSync(npm, 'process.exit(3);');
  return runStart(['--exit'], { npm_execpath: npm }).ended;
}
