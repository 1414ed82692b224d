/** How the programs of the test servers are found. Installing them is left to a machine without them. */
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { findBinary, missingServer, postgresFolders } from './obtain.ts';

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
