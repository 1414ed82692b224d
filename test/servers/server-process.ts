/**
 * Starts one server program for tests on a free loopback port and waits until it answers. Knows no particular server; redis.ts,
 * postgres.ts and the others beside this file do. Used in the server process (main.ts) and by tests that need a server of their own.
 */
import { spawn, type ChildProcess } from 'node:child_process';
import net from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { findBinary } from './obtain.ts';

/** A server under test's control. */
export interface TestServer {
  readonly url: string;
  readonly port: number;
  /** Ends the server and waits for its end; `SIGKILL` for a crash. Its folder stays. */
  stop(signal?: NodeJS.Signals): Promise<void>;
}

/** How to run a server program. */
export interface ServerProcess {
  readonly name: string;
  readonly command: string;
  args(port: number): readonly string[];
  url(port: number): string;
  /** Rejects while the server does not answer yet. */
  ping(url: string): Promise<unknown>;
  /** Fixed port; any free one when absent. */
  readonly port?: number | undefined;
  readonly user?: { readonly uid: number; readonly gid: number } | undefined;
  env?(port: number): Readonly<Record<string, string>>;
  readonly stopSignal?: NodeJS.Signals;
  readonly startTimeoutMs?: number;
}

const START_TIMEOUT_MS = 60_000;
const STOP_TIMEOUT_MS = 20_000;
const NUM_PORT_ATTEMPTS = 3;
const OUTPUT_KEPT_CHARS = 4000;

const running = new Set<ChildProcess>();
let isClosing = false;

/** Starts the program; another process may take the free port in between, so an early end is tried again on another port. */
export async function startServerProcess(program: ServerProcess): Promise<TestServer> {
  for (let attempt = 1; ; attempt++) {
    const port = program.port ?? (await freePort());
    const { child, exited, output } = spawnServer(program, port);
    try {
      await untilAnswer(program, program.url(port), exited);
      return {
        url: program.url(port),
        port,
        stop: (signal) => stopProcess(child, exited, signal ?? program.stopSignal ?? 'SIGTERM'),
      };
    } catch (cause) {
      const hasEnded = child.exitCode !== null;
      await stopProcess(child, exited, 'SIGKILL');
      if (!hasEnded || program.port !== undefined || attempt === NUM_PORT_ATTEMPTS) {
        throw new Error(`${program.name} did not start: ${(cause as Error).message}\n${output()}`, { cause });
      }
    }
  }
}

/** Ends every program started here; none can be started afterwards. */
export async function stopAllServerProcesses(): Promise<void> {
  isClosing = true;
  await Promise.all(
    [...running].map((child) => stopProcess(child, new Promise((resolve) => child.once('exit', resolve)), 'SIGKILL')),
  );
}

function spawnServer(
  program: ServerProcess,
  port: number,
): { child: ChildProcess; exited: Promise<unknown>; output: () => string } {
  if (isClosing) throw new Error(`${program.name} is not started: the run is ending`);
  // The kernel ends the server should this process be killed without a chance to do it.
  const prefix =
    process.platform === 'linux' && findBinary('setpriv') !== undefined ? ['setpriv', '--pdeathsig', 'KILL', '--'] : [];
  const [command = program.command, ...args] = [...prefix, program.command, ...program.args(port)];
  const child = spawn(command, args, {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, ...program.env?.(port) },
    detached: true,
    ...program.user,
  });
  running.add(child);
  const exited = new Promise<void>((resolve) => {
    child.once('exit', () => resolve());
    child.once('error', () => resolve());
  }).then(() => {
    running.delete(child);
    endGroup(child);
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => {
      output = (output + text).slice(-OUTPUT_KEPT_CHARS);
    });
  }
  return { child, exited, output: () => output };
}

async function untilAnswer(program: ServerProcess, url: string, exited: Promise<unknown>): Promise<void> {
  let hasEnded = false;
  void exited.then(() => (hasEnded = true));
  const deadlineMs = performance.now() + (program.startTimeoutMs ?? START_TIMEOUT_MS);
  for (;;) {
    if (hasEnded) throw new Error('it ended by itself');
    try {
      await program.ping(url);
      return;
    } catch (cause) {
      if (performance.now() > deadlineMs) throw new Error(`no answer at ${url}`, { cause });
    }
    await delay(50);
  }
}

async function stopProcess(child: ChildProcess, exited: Promise<unknown>, signal: NodeJS.Signals): Promise<void> {
  if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
  child.kill(signal);
  const timer = setTimeout(() => child.kill('SIGKILL'), STOP_TIMEOUT_MS);
  await exited;
  clearTimeout(timer);
}

/** A server is the leader of a process group of its own, so that what it started itself ends with it. */
function endGroup(leader: ChildProcess): void {
  if (leader.pid === undefined) return;
  try {
    process.kill(-leader.pid, 'SIGKILL');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

/** A loopback port nobody listens on at the moment. */
export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = net.createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' ? (address?.port ?? 0) : 0));
    });
  });
}
