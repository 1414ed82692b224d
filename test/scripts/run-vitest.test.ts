/** How the test commands count, on a small vitest project in a folder of its own. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, test } from 'vitest';

const repository = fileURLToPath(new URL('../..', import.meta.url));
let folder: string;

beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'millrace-run-vitest-'));
  symlinkSync(path.join(repository, 'node_modules'), path.join(folder, 'node_modules'));
  writeFileSync(path.join(folder, 'vitest.config.ts'), 'export default { test: { globals: true } };');
});

afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** Runs vitest in the folder as the test commands do: the last line printed, the skipped tests and the exit code. */
function count(...args: string[]): { lastLine: string | undefined; skipped: string | undefined; code: number | null } {
  const module = path.join(repository, 'scripts', 'run-vitest.ts');
  const program = `import { runVitest, summarize } from ${JSON.stringify(module)};
    const counts = await runVitest(${JSON.stringify(args)});
    console.log('skipped:' + counts.skipped.join(','));
    process.exitCode = summarize(counts);`;
  const { stdout, status } = spawnSync(process.execPath, ['--input-type=module-typescript', '--eval', program], {
    cwd: folder,
    encoding: 'utf8',
    env: { ...process.env, VITEST: undefined, NO_COLOR: '1' },
  });
  const lines = stdout.trimEnd().split('\n');
  return { lastLine: lines.at(-1), skipped: lines.find((line) => line.startsWith('skipped:'))?.slice(8), code: status };
}

test('passed tests, failed tests and files that do not load are counted, skipped tests are named', () => {
  const tests = `test('one', () => {}); test('two', () => {}); test('three', () => { throw new Error('no'); }); test.skip('four', () => {});`;
  writeFileSync(path.join(folder, 'mixed.test.ts'), tests);
  writeFileSync(path.join(folder, 'broken.test.ts'), `import './nowhere.ts';`);
  expect(count()).toEqual({ lastLine: '2 passed, 2 failed', skipped: 'four', code: 1 });
});

test('a run in which everything passes ends with exit code 0', () => {
  writeFileSync(path.join(folder, 'good.test.ts'), `test('one', () => {});`);
  expect(count()).toEqual({ lastLine: '1 passed, 0 failed', skipped: '', code: 0 });
});

test('a run without any test fails', () => {
  writeFileSync(path.join(folder, 'good.test.ts'), `test('one', () => {});`);
  expect(count('no-such-file')).toMatchObject({ lastLine: '0 passed, 1 failed', code: 1 });
});

test('an error outside of every test fails the run', () => {
  const late = `test('one', () => { void Promise.reject(new Error('late')); });`;
  writeFileSync(path.join(folder, 'late.test.ts'), late);
  expect(count()).toMatchObject({ lastLine: '1 passed, 1 failed', code: 1 });
});
