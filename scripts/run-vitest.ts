/**
 * Runs vitest as a child process, shows what it prints, and counts. Used by the test tasks; `npx vitest` alone works too. The counts come
 * from vitest's JSON reporter: a file that does not load, an error outside of tests and a skipped test are failures.
 */
import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

/** What a run came to. */
export interface TestCounts {
  readonly numPassed: number;
  readonly numFailed: number;
  /** Tests that were not run: `test.skip`, `test.todo`, or not selected by the arguments. */
  readonly skipped: readonly string[];
}

interface JsonReport {
  readonly testResults: readonly {
    readonly name: string;
    readonly status: string;
    readonly assertionResults: readonly { readonly status: string; readonly fullName: string }[];
  }[];
}

const STOP_TIMEOUT_MS = 15_000;
const VITEST = fileURLToPath(new URL('../node_modules/vitest/vitest.mjs', import.meta.url));

/** Runs vitest with these arguments. A SIGINT or SIGTERM to this process ends it early, which counts as one failure. */
export async function runVitest(
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<TestCounts> {
  const folder = mkdtempSync(path.join(tmpdir(), 'millrace-report-'));
  const report = path.join(folder, 'report.json');
  try {
    const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${report}`];
    const isClean = await runToEnd([VITEST, 'run', ...reporters, ...args], env);
    return count(report, isClean);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function runToEnd(args: readonly string[], env: Readonly<Record<string, string>>): Promise<boolean> {
  const child = spawn(process.execPath, args, {
    stdio: ['ignore', 'inherit', 'inherit'],
    env: { ...process.env, ...env },
  });
  const stop = (signal: NodeJS.Signals): void => {
    child.kill(signal);
    setTimeout(() => child.kill('SIGKILL'), STOP_TIMEOUT_MS).unref();
  };
  process.on('SIGINT', stop).on('SIGTERM', stop);
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (code) => {
      process.off('SIGINT', stop).off('SIGTERM', stop);
      resolve(code === 0);
    });
  });
}

function count(report: string, isClean: boolean): TestCounts {
  const { testResults }: JsonReport = existsSync(report)
    ? (JSON.parse(readFileSync(report, 'utf8')) as JsonReport)
    : { testResults: [] };
  const tests = testResults.flatMap((file) => file.assertionResults);
  const withStatus = (...statuses: readonly string[]): string[] =>
    tests.filter((test) => statuses.includes(test.status)).map((test) => test.fullName);
  const numBroken = testResults.filter(
    (file) => file.status === 'failed' && !file.assertionResults.some((test) => test.status === 'failed'),
  ).length;
  const numFailed = withStatus('failed').length + numBroken;
  return {
    numPassed: withStatus('passed').length,
    numFailed: numFailed === 0 && !isClean ? 1 : numFailed,
    skipped: withStatus('pending', 'skipped', 'todo', 'disabled'),
  };
}

/** Prints the line every test command ends with and returns the exit code: 1 when anything failed or nothing ran. */
export function summarize({ numPassed, numFailed }: TestCounts): number {
  process.stdout.write(`${numPassed} passed, ${numFailed} failed\n`);
  return numFailed > 0 || numPassed === 0 ? 1 : 0;
}
