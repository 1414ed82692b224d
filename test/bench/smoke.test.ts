/** The benchmark runs and its answers are right; times are not looked at. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

const repository = fileURLToPath(new URL('../..', import.meta.url));

test('the small benchmark gives the answers of plain loops and prints rows per second', { timeout: 120_000 }, () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'millrace-smoke-'));
  const out = path.join(folder, 'result.json');
  const args = ['--smoke', '--only', 'seed,high-cardinality,files', '--rows', '20000', '--out', out];
  const { status, stdout, stderr } = spawnSync(process.execPath, ['bench/main.ts', ...args], {
    cwd: repository,
    encoding: 'utf8',
  });
  expect({ status, stderr }).toMatchObject({ status: 0 });
  const lines = stdout.split('\n').filter((line) => line.startsWith('| 20000 rows'));
  const cells = lines.map((line) => line.split('|').map((cell) => cell.trim()));
  expect(cells.map((line) => line.at(-2))).toEqual(['equal', 'equal', 'equal', 'equal']);
  expect(cells.every((line) => Number(line[4]) > 0)).toBe(true);
  const report = JSON.parse(readFileSync(out, 'utf8')) as {
    readonly cases: readonly { readonly results: readonly { readonly rowsPerSecond: number }[] }[];
  };
  expect(report.cases.flatMap(({ results }) => results.map(({ rowsPerSecond }) => rowsPerSecond > 0))).toEqual([
    true,
    true,
    true,
    true,
  ]);
  rmSync(folder, { recursive: true, force: true });
});
