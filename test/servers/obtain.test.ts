/** How the programs of the test servers are found and, with an apt-get of the test's own, installed. */
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, expect, test, vi } from 'vitest';
import { findBinary, missingServer, obtainBinary, postgresFolders } from './obtain.ts';

const folder = mkdtempSync(path.join(tmpdir(), 'millrace-obtain-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test('only executable files count as programs', () => {
  const file = path.join(folder, 'server-of-this-test');
  writeFileSync(file, '#!/bin/sh\n', { mode: 0o644 });
  expect(findBinary('server-of-this-test', [folder])).toBeUndefined();
  chmodSync(file, 0o755);
  expect(findBinary('server-of-this-test', [folder])).toBe(file);
  expect(findBinary('server-of-this-test')).toBeUndefined();
});

test('the newest PostgreSQL of several is taken', () => {
  for (const version of ['9', '15', '17']) {
    const bin = path.join(folder, 'postgresql', version, 'bin');
    mkdirSync(bin, { recursive: true });
    writeFileSync(path.join(bin, 'initdb-of-this-test'), '', { mode: 0o755 });
  }
  const found = findBinary('initdb-of-this-test', postgresFolders(path.join(folder, 'postgresql')));
  expect(found).toBe(path.join(folder, 'postgresql', '17', 'bin', 'initdb-of-this-test'));
});

test('the error for a missing server names every way to get it', () => {
  const program = {
    name: 'Redis',
    binary: 'redis-server',
    debianPackages: ['redis-server'],
    variable: 'MILLRACE_TEST_REDIS',
  };
  expect(missingServer(program).message).toMatch(/apt-get install redis-server.*Docker.*MILLRACE_TEST_REDIS/);
});

const INSTALLABLE = {
  name: 'Server',
  binary: 'server-to-install',
  debianPackages: ['server-package'],
  variable: 'MILLRACE_TEST_REDIS',
};

// Only root installs packages; for everybody else a missing program stays missing.
if (process.getuid?.() === 0) {
  test('root gets a missing program with apt-get, whose lists are updated when it does not know the package', async () => {
    const bin = path.join(folder, 'bin');
    const calls = path.join(folder, 'calls');
    mkdirSync(bin);
    const program = path.join(bin, INSTALLABLE.binary);
    const install = `[ -e ${folder}/updated ] && echo > ${program} && chmod +x ${program}`;
    const script = `#!/bin/sh\necho "$@" >> ${calls}\ncase $1 in update) echo > ${folder}/updated;; install) ${install};; esac\n`;
    writeFileSync(path.join(bin, 'apt-get'), script, { mode: 0o755 });
    const hadPolicy = existsSync('/usr/sbin/policy-rc.d');
    vi.stubEnv('PATH', `${bin}:/usr/bin:/bin`);
    expect(await obtainBinary(INSTALLABLE)).toBe(program);
    vi.unstubAllEnvs();
    const command = 'install -y -q --no-install-recommends server-package';
    expect(readFileSync(calls, 'utf8').trim().split('\n')).toEqual([command, 'update -q', command]);
    expect(existsSync('/usr/sbin/policy-rc.d')).toBe(hadPolicy);
  });
} else {
  test('without root a missing program is not installed', async () => {
    expect(await obtainBinary(INSTALLABLE)).toBeUndefined();
  });
}
