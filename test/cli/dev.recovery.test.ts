/** `millrace dev` as a user runs it: ends by itself with a summary, drains on SIGINT, goes on from its checkpoint. */
import { spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { DatabaseSync } from 'node:sqlite';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, it } from 'vitest';

const MAIN = path.resolve(import.meta.dirname, '../../src/cli/main.ts');

interface DevRun {
  readonly exitCode: number | null;
  readonly lastLine: string;
}

/** Runs the command; sends SIGINT when a line on standard error matches `interruptAt`. */
function runDev(dir: string, args: readonly string[], interruptAt?: RegExp): Promise<DevRun> {
  const child = spawn(process.execPath, [MAIN, 'dev', '--dir', dir, ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
  let stdout = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
  let isInterrupted = false;
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    if (isInterrupted || interruptAt?.test(text) !== true) return;
    isInterrupted = true;
    child.kill('SIGINT');
  });
  return new Promise((resolve) => {
    child.once('close', (exitCode) => resolve({ exitCode, lastLine: stdout.trimEnd().split('\n').at(-1) ?? '' }));
  });
}

function countedRows(dir: string): bigint {
  const database = new DatabaseSync(path.join(dir, 'actions.db'), { readOnly: true });
  const row = database.prepare('select sum(count) as total from action_counts').get();
  database.close();
  return BigInt((row?.['total'] as number | null) ?? 0);
}

it('counts, drains and resumes: every row read is in the table once, or was dropped as late', async () => {
  const dir = await mkdtemp(path.join(tmpdir(), 'millrace-dev-'));
  try {
    const first = await runDev(dir, ['--duration', '20s']);
    expect(first.exitCode).toBe(0);
    expect(first.lastLine).toMatch(/^\d+ rows in, \d+ windows out, /);
    const second = await runDev(dir, [], /[1-9]\d* rows\/s in/);
    expect(second.exitCode).toBe(0);
    const rowsIn = [first, second].map(({ lastLine }) => Number(/^(\d+) rows in/.exec(lastLine)?.[1]));
    expect(Math.min(...rowsIn)).toBeGreaterThan(0);
    const total = Number(countedRows(dir));
    const read = rowsIn.reduce((sum, rows) => sum + rows, 0);
    expect(total).toBeLessThanOrEqual(read);
    expect(total).toBeGreaterThan(read * 0.9);
  } finally {
    await rm(dir, { recursive: true, force: true });
  }
});
