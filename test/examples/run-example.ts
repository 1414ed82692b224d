/** Runs a program of examples/ in a process of its own and waits for its end. */
import { spawn } from 'node:child_process';
import path from 'node:path';

const ROOT = path.resolve(import.meta.dirname, '../..');

export interface ExampleRun {
  readonly exitCode: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs `examples/<name>.ts` with these environment variables. */
export function runExample(name: string, env: Readonly<Record<string, string>>): Promise<ExampleRun> {
  const resolver = path.join(import.meta.dirname, 'source-resolver.mjs');
  const child = spawn(process.execPath, ['--import', resolver, path.join(ROOT, 'examples', `${name}.ts`)], {
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let stdout = '';
  let stderr = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (exitCode) => resolve({ exitCode, stdout, stderr }));
  });
}
