/** `millrace schema` and `millrace sql` as a user calls them. */
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

const MAIN = path.resolve(import.meta.dirname, '../../src/cli/main.ts');

let folder: string;

function millrace(args: readonly string[], input = ''): { stdout: string; stderr: string; status: number | null } {
  return spawnSync(process.execPath, [MAIN, ...args], { cwd: folder, input, encoding: 'utf8' });
}

beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'millrace-cli-'));
  writeFileSync(path.join(folder, 'logs.json'), '{"action":"open","n":1}\n{"action":"it\'s","n":2.5}\n');
});

afterEach(() => rmSync(folder, { recursive: true, force: true }));

describe('millrace schema', { timeout: 120_000 }, () => {
  it('says the columns of files, and a statement with which `millrace sql` declares them', () => {
    expect(millrace(['schema', 'logs.json']).stdout).toBe('action STRING,n DOUBLE\n');
    const { stdout: statement } = millrace(['schema', 'logs.json', '--table', 'logs', '--option', 'mode=FAILFAST']);
    expect(statement).toContain("USING json OPTIONS ('mode' 'FAILFAST')");
    writeFileSync(path.join(folder, 'job.sql'), `${statement}\nSELECT max(n) AS n FROM logs; -- and so on;\n`);
    expect(millrace(['sql', '-f', 'job.sql', '--json']).stdout).toBe('{"n":2.5}\n');
    // Declared tables are found by the next call.
    expect(millrace(['sql', '-e', 'SELECT action FROM logs ORDER BY n DESC LIMIT 1']).stdout).toContain("|it's  |");
  });

  it('asks for the format where the extension does not tell it', () => {
    const { status, stderr, stdout } = millrace(['schema', folder]);
    expect([status, stdout]).toEqual([1, '']);
    expect(stderr).toContain('the name of a format');
  });
});

describe('millrace sql', { timeout: 120_000 }, () => {
  it('takes statements from standard input and ends with the first error', () => {
    const input = 'SET spark.sql.ansi.enabled=false;\nSELECT 1/0\n AS a; SELECT nothing;\nSELECT 3;';
    const { status, stdout, stderr } = millrace(['sql', '--json'], input);
    expect(stdout).toBe('{"key":"spark.sql.ansi.enabled","value":"false"}\n{}\n');
    expect(stderr).toContain('[UNRESOLVED_COLUMN.WITHOUT_SUGGESTION]');
    expect(status).toBe(1);
  });

  it('prints the rows of a stream as they come, until it is interrupted', async () => {
    mkdirSync(path.join(folder, 'in'));
    writeFileSync(path.join(folder, 'in', 'a.json'), '{"action":"open"}\n');
    const text =
      "CREATE TABLE logs (action STRING) USING json LOCATION 'in'; SELECT upper(action) AS a FROM STREAM logs";
    const child = spawn(process.execPath, [MAIN, 'sql', '--json', '-e', text], { cwd: folder });
    const [first] = (await once(child.stdout, 'data')) as [Buffer];
    expect(first.toString()).toBe('{"a":"OPEN"}\n');
    child.kill('SIGINT');
    expect(await once(child, 'close')).toEqual([0, null]);
  });
});
