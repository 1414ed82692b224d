/** The life of the server process: what it leaves behind when its parent stops it or is killed. */
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import net from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, test, vi } from 'vitest';
import { startServers } from './start-servers.ts';

function isListening(url: string): Promise<boolean> {
  const { hostname, port } = new URL(url);
  return new Promise((resolve) => {
    const socket = net.connect(Number(port), hostname, () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });
}

const untilSilent = (url: string): Promise<void> =>
  expect.poll(() => isListening(url), { timeout: 10_000 }).toBe(false);

test('a server ends with stop', async () => {
  const servers = await startServers(['MILLRACE_TEST_REDIS']);
  const url = servers.addresses.MILLRACE_TEST_REDIS ?? '';
  expect(await isListening(url)).toBe(true);
  await servers.stop();
  expect(await isListening(url)).toBe(false);
});

test('a server ends when the process that asked for it is killed', async () => {
  const module = new URL('start-servers.ts', import.meta.url).href;
  const program = `import { startServers } from ${JSON.stringify(module)};
    const servers = await startServers(['MILLRACE_TEST_REDIS']);
    process.stdout.write(servers.addresses.MILLRACE_TEST_REDIS);
    setInterval(() => {}, 1000);`;
  const parent = spawn(process.execPath, ['--input-type=module-typescript', '--eval', program], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const url = String(await new Promise((resolve) => parent.stdout.once('data', resolve)));
  expect(await isListening(url)).toBe(true);
  parent.kill('SIGKILL');
  await untilSilent(url);
});

// Linux only: it is the kernel that ends the server then.
if (process.platform === 'linux') {
  test('a server ends when the server process itself is killed', async () => {
    const folder = mkdtempSync(path.join(tmpdir(), 'millrace-start-servers-'));
    vi.stubEnv('TMPDIR', folder);
    const servers = await startServers(['MILLRACE_TEST_REDIS']);
    process.kill(servers.pid, 'SIGKILL');
    await untilSilent(servers.addresses.MILLRACE_TEST_REDIS ?? '');
    rmSync(folder, { recursive: true, force: true });
    vi.unstubAllEnvs();
  });
}
