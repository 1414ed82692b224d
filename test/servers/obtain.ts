/**
 * Finds the programs of the test servers, and gets them when they are absent: Debian packages when running as root, Python packages into
 * `.cache/`. Starts no server. What cannot be had is an error that says how to get it by hand; nothing is skipped.
 */
import { execFile } from 'node:child_process';
import {
  accessSync,
  constants,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** Folder for everything downloaded on demand; ignored by git. */
export const CACHE_FOLDER = fileURLToPath(new URL('../../.cache/', import.meta.url));

/** What a test server needs on the machine, and how a developer may get it. */
export interface Program {
  readonly name: string;
  readonly binary: string;
  readonly debianPackages: readonly string[];
  /** Folders searched besides PATH, last one first. */
  readonly folders?: readonly string[];
  /** Environment variable with the address of a server that runs already. */
  readonly variable: string;
}

/** The path of an executable on PATH or in `folders`, or undefined. */
export function findBinary(binary: string, folders: readonly string[] = []): string | undefined {
  const candidates = [
    ...folders.toReversed(),
    ...(process.env['PATH'] ?? '').split(path.delimiter),
    '/usr/sbin',
    '/usr/local/sbin',
  ];
  return candidates.map((folder) => path.join(folder, binary)).find(isExecutable);
}

/** The path of the program, installed with apt-get first when that is possible; undefined when it cannot be had this way. */
export async function obtainBinary(
  program: Program,
  folders: () => readonly string[] = () => [],
): Promise<string | undefined> {
  const found = findBinary(program.binary, folders());
  if (found !== undefined) return found;
  if (process.getuid?.() !== 0 || findBinary('apt-get') === undefined) return undefined;
  await installDebianPackages(program.debianPackages);
  return findBinary(program.binary, folders());
}

/** The error for a server that cannot be had, with every way to get it. */
export function missingServer(program: Program, reason = ''): Error {
  return new Error(
    `The tests need ${program.name}, and ${program.binary} is not on this machine. ${reason}\n` +
      `Install it (Debian: apt-get install ${program.debianPackages.join(' ')}), or start Docker, or set ${program.variable} to a running one.`,
  );
}

/** The bin folders of every PostgreSQL that Debian has installed, oldest version first; they are not on PATH. */
export function postgresFolders(root = '/usr/lib/postgresql'): string[] {
  if (!existsSync(root)) return [];
  const versions = readdirSync(root).toSorted((a, b) => Number(a) - Number(b));
  return versions.map((version) => path.join(root, version, 'bin'));
}

/** Numeric ids of the first of these users that exists; servers that refuse to run as root run as it. Undefined when not root. */
export function unprivilegedUser(names: readonly string[]): { uid: number; gid: number } | undefined {
  if (process.getuid?.() !== 0) return undefined;
  const entries = readFileSync('/etc/passwd', 'utf8')
    .split('\n')
    .map((line) => line.split(':'));
  const entry = names.map((name) => entries.find(([user]) => user === name)).find((found) => found !== undefined);
  if (entry === undefined) throw new Error(`None of the users ${names.join(', ')} exists to run a server as`);
  return { uid: Number(entry[2]), gid: Number(entry[3]) };
}

/**
 * The Python of a virtual environment under `.cache/` with these packages in it, made on first use. It appears under its name only when
 * complete, so an interrupted installation is begun again and two at once do not disturb each other.
 */
export async function obtainPython(name: string, packages: readonly string[]): Promise<string> {
  const folder = path.join(CACHE_FOLDER, name);
  const python = path.join(folder, 'bin', 'python');
  if (existsSync(python)) return python;
  const partial = `${folder}.${process.pid}`;
  mkdirSync(CACHE_FOLDER, { recursive: true });
  say(`installing ${packages[0]} into .cache/${name} (once)`);
  try {
    await createVirtualEnvironment(partial);
    await run(path.join(partial, 'bin', 'python'), [
      '-m',
      'pip',
      'install',
      '--quiet',
      '--disable-pip-version-check',
      ...packages,
    ]);
    renameSync(partial, folder);
  } catch (cause) {
    rmSync(partial, { recursive: true, force: true });
    if (!existsSync(python))
      throw new Error(`Cannot install ${packages.join(' ')}: ${(cause as Error).message}`, { cause });
  }
  return python;
}

async function createVirtualEnvironment(folder: string): Promise<void> {
  try {
    await run('python3', ['-m', 'venv', folder]);
  } catch (cause) {
    if (process.getuid?.() !== 0 || findBinary('apt-get') === undefined) {
      throw new Error('python3 with its venv module is needed (Debian: apt-get install python3-venv)', { cause });
    }
    rmSync(folder, { recursive: true, force: true });
    await installDebianPackages(['python3', 'python3-venv']);
    await run('python3', ['-m', 'venv', folder]);
  }
}

let installing: Promise<void> = Promise.resolve();

/** One installation at a time; apt-get holds a lock. The packages' own services are kept from starting. */
function installDebianPackages(packages: readonly string[]): Promise<void> {
  installing = installing.then(async () => {
    say(`installing ${packages.join(', ')} with apt-get (once)`);
    const policy = '/usr/sbin/policy-rc.d';
    const hadPolicy = existsSync(policy);
    if (!hadPolicy) writeFileSync(policy, '#!/bin/sh\nexit 101\n', { mode: 0o755 });
    const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
    const install = ['install', '-y', '-q', '--no-install-recommends', ...packages];
    try {
      await run('apt-get', install, { env }).catch(async () => {
        await run('apt-get', ['update', '-q'], { env });
        await run('apt-get', install, { env, maxBuffer: 64 << 20 });
      });
    } finally {
      if (!hadPolicy) rmSync(policy, { force: true });
    }
  });
  return installing;
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** One line for the developer; standard output is left to results. */
function say(text: string): void {
  process.stderr.write(`test servers: ${text}\n`);
}
