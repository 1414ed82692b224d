/**
 * `npm run check`: format, lint, types, the tests that need no service, dead code; under a minute. Every step runs even when one before
 * it failed; what a failed step printed is shown, then one line per step, and the exit code is 1 when any failed.
 */
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';

const FOLDERS = ['src', 'test', 'scripts', 'bench', 'examples'].filter((folder) => existsSync(folder));

const STEPS: readonly (readonly [name: string, command: string, ...args: string[]])[] = [
  ['format', 'oxfmt', '--check', ...FOLDERS],
  ['lint', 'oxlint', '--type-aware', ...FOLDERS],
  ['types', 'tsc', '--noEmit'],
  ['dead code', 'knip'],
  ['tests', 'vitest', 'run', '--project', 'fast'],
];

function run(command: string, args: readonly string[]): Promise<{ code: number | null; output: string }> {
  const child = spawn(command, args, {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, NO_COLOR: '1' },
    shell: process.platform === 'win32',
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (text: string) => (output += text));
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => resolve({ code, output }));
  });
}

const lines: string[] = [];
for (const [name, command, ...args] of STEPS) {
  const startMs = performance.now();
  const { code, output } = await run(command, args);
  const seconds = ((performance.now() - startMs) / 1000).toFixed(1);
  if (code !== 0) {
    process.stdout.write(`\n--- ${name}: ${[command, ...args].join(' ')}\n${output}`);
    process.exitCode = 1;
  }
  lines.push(`${code === 0 ? 'ok    ' : 'FAILED'} ${name} (${seconds} s)`);
}
process.stdout.write(`${lines.join('\n')}\n`);
