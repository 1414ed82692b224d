/** The command of the continuous integration, with an npm of the test's own on PATH. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, expect, test } from 'vitest';

const folder = mkdtempSync(path.join(tmpdir(), 'millrace-ci-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Runs `.ci/run` with `npm` being this shell script. */
function ci(npm: string): { lines: string[]; code: number | null } {
  writeFileSync(path.join(folder, 'npm'), `#!/bin/sh\n${npm}\n`, { mode: 0o755 });
  const { stdout, status } = spawnSync(fileURLToPath(new URL('../../.ci/run', import.meta.url)), {
    encoding: 'utf8',
    env: { ...process.env, PATH: `${folder}${path.delimiter}${process.env['PATH']}` },
  });
  return { lines: stdout.trimEnd().split('\n'), code: status };
}

test('the output of npm test is shown and its exit code kept', () => {
  expect(ci('echo "npm $*"; echo "5 passed, 0 failed"')).toEqual({
    lines: ['npm test', '5 passed, 0 failed'],
    code: 0,
  });
});

test('the summary is the last line even when npm prints more after it', () => {
  const { lines, code } = ci('echo "4 passed, 1 failed"; echo "npm error" >&2; exit 3');
  expect(lines).toEqual(['4 passed, 1 failed', 'npm error', '4 passed, 1 failed']);
  expect(code).toBe(3);
});

test('a run that ends without a summary has failed', () => {
  expect(ci('echo started')).toEqual({ lines: ['started', '0 passed, 1 failed'], code: 1 });
});
