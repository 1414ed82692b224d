/**
 * The container files agree with each other and with the package. They are read as text, line by line; no Docker runs here, so this is no
 * proof that the image builds.
 */
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, readFileSync, rmSync, utimesSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

const read = (file: string): string => readFileSync(new URL(`../../${file}`, import.meta.url), 'utf8');
const compose = read('docker/compose.yml');
const dockerfile = read('docker/Dockerfile');

/** The lines of each service, found by the two-space indentation of its name. */
function services(): Map<string, string[]> {
  const found = new Map<string, string[]>();
  const section = /^services:\n([^]*?)^volumes:/m.exec(compose)?.[1] ?? '';
  let current: string[] = [];
  for (const line of section.split('\n')) {
    const name = /^ {2}(\w+):$/.exec(line)?.[1];
    if (name !== undefined) found.set(name, (current = []));
    else current.push(line);
  }
  return found;
}

test('the compose file has the servers around the service', () => {
  expect([...services().keys()]).toEqual(['localstack', 'redis', 'postgres', 'mysql', 'millrace']);
});

test('every service has a pinned image and a health check', () => {
  for (const [name, lines] of services()) {
    expect(lines.join('\n'), name).toMatch(/^ {4}image: [\w/]+:\d+\.\d+(\.\d+)?(-\w+)?$/m);
    expect(lines, name).toContain('    healthcheck:');
  }
});

test('every published port is on loopback and can be moved', () => {
  const ports = [...compose.matchAll(/^ {4}ports:\n((?: {6}- .*\n)+)/gm)].flatMap((match) =>
    (match[1] ?? '').trim().split('\n'),
  );
  expect(ports).toHaveLength(4);
  for (const port of ports) expect(port.trim()).toMatch(/^- '127\.0\.0\.1:\$\{MILLRACE_[A-Z]+_PORT:-\d+\}:\d+'$/);
});

test('the service waits until every server is healthy', () => {
  const lines = services().get('millrace')?.join('\n') ?? '';
  for (const server of ['localstack', 'redis', 'postgres', 'mysql']) {
    expect(lines).toContain(`      ${server}:\n        condition: service_healthy`);
  }
});

test('Redis keeps every acknowledged write and evicts nothing', () => {
  const lines = services().get('redis')?.join('\n') ?? '';
  expect(lines).toMatch(/'--appendonly', 'yes', '--appendfsync', 'always', '--maxmemory-policy', 'noeviction'/);
});

test('every setting that the job reads is given by the compose file', () => {
  const names = [...read('docker/service/job.ts').matchAll(/setting\('(\w+)'\)/g)].map((match) => match[1]);
  expect(names.length).toBeGreaterThan(4);
  const lines = services().get('millrace')?.join('\n') ?? '';
  for (const name of names) expect(lines).toMatch(new RegExp(`^ {6}${name}: \\S`, 'm'));
});

test('the image has a health check, is not root at run time and copies only files that exist', () => {
  expect(dockerfile).toMatch(/^HEALTHCHECK /m);
  const [, ...stages] = dockerfile.split(/^FROM /m);
  expect(stages.at(-1)).toMatch(/^USER node$/m);
  for (const stage of stages) expect(stage).toMatch(/^node:\d+\.\d+\.\d+-/);
  const copied = [...dockerfile.matchAll(/^COPY (?!--from)(.+) \S+$/gm)].flatMap((match) =>
    (match[1] ?? '').split(' '),
  );
  expect(copied).toContain('src');
  const ignored = read('docker/Dockerfile.dockerignore');
  for (const file of copied) {
    expect(existsSync(new URL(`../../${file}`, import.meta.url)), file).toBe(true);
    expect(ignored, file).toContain(`!${file.replace(/\/package\.json$/, '')}`);
  }
});

test('the image has the Node and the drivers that are tested', () => {
  const { devDependencies } = JSON.parse(read('package.json')) as { devDependencies: Record<string, string> };
  const { dependencies } = JSON.parse(read('docker/service/package.json')) as { dependencies: Record<string, string> };
  for (const [name, version] of Object.entries(dependencies))
    expect([name, version]).toEqual([name, devDependencies[name]]);
  expect([...dockerfile.matchAll(/^FROM node:([\d.]+)/gm)].map((match) => match[1])).toEqual(
    Array(2).fill(devDependencies['node']),
  );
});

test('the health check passes while the event loop turns and fails when it has not for long', async () => {
  const file = (name: string): string => fileURLToPath(new URL(`../../docker/service/${name}`, import.meta.url));
  const heartbeat = '/tmp/millrace-heartbeat';
  rmSync(heartbeat, { force: true });
  const check = (): number | null => spawnSync(process.execPath, [file('healthcheck.mjs')]).status;
  expect(check()).toBe(1);
  const job = spawn(process.execPath, ['--import', file('heartbeat.mjs'), '--eval', 'process.stdin.resume()']);
  await expect.poll(() => existsSync(heartbeat)).toBe(true);
  expect(check()).toBe(0);
  job.kill();
  await new Promise((resolve) => job.once('exit', resolve));
  const longAgo = new Date(Date.now() - 60_000);
  utimesSync(heartbeat, longAgo, longAgo);
  expect(check()).toBe(1);
  rmSync(heartbeat);
});
