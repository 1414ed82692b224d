/** Runs query-program.ts as a child process and watches what it says. */
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { RecoveryRun } from './recovery-query.ts';

const PROGRAM = fileURLToPath(new URL('query-program.ts', import.meta.url));
/** Node's own cache of compiled modules: starting takes a third of the time. */
const COMPILE_CACHE = fileURLToPath(new URL('../../node_modules/.cache/millrace-recovery', import.meta.url));

/** How a process ended. */
export interface ProcessEnd {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

export interface QueryProcess {
  readonly pid: number;
  /** The batches it has reported, in order. */
  readonly batches: readonly number[];
  /** The condition it failed with, empty when it did not. */
  readonly condition: string;
  /** What it wrote to standard error. */
  readonly errorText: string;
  /** Resolves when its modules are loaded, also when it ended before. */
  readonly ready: Promise<void>;
  readonly ended: Promise<ProcessEnd>;
  /** Resolves when it has reported so many batches, also when it ended before. */
  untilBatches(count: number): Promise<void>;
  kill(signal: NodeJS.Signals): void;
}

/** Starts the program; the caller sees to its end. */
export function startQueryProcess(run: RecoveryRun): QueryProcess {
  const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', PROGRAM, JSON.stringify(run)], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, NODE_COMPILE_CACHE: COMPILE_CACHE },
  });
  const batches: number[] = [];
  const waiters: { readonly count: number; readonly resolve: () => void }[] = [];
  let onReady = (): void => {};
  const ready = new Promise<void>((resolve) => {
    onReady = resolve;
  });
  let condition = '';
  let errorText = '';
  child.stderr.on('data', (bytes: Buffer) => {
    errorText += bytes.toString();
  });
  createInterface({ input: child.stdout }).on('line', (line) => {
    const [word = '', value = ''] = line.split(' ');
    if (word === 'ready') onReady();
    if (word === 'error') condition = value;
    if (word === 'batch') batches.push(Number(value));
    for (const { count, resolve } of waiters) if (batches.length >= count) resolve();
  });
  const ended = new Promise<ProcessEnd>((resolve) => {
    child.once('close', (code, signal) => {
      onReady();
      for (const waiter of waiters) waiter.resolve();
      waiters.length = 0;
      resolve({ code, signal });
    });
  });
  return {
    pid: child.pid ?? 0,
    batches,
    get condition() {
      return condition;
    },
    get errorText() {
      return errorText;
    },
    ready,
    ended,
    untilBatches: (count) =>
      Promise.race([ended.then(() => {}), new Promise<void>((resolve) => waiters.push({ count, resolve }))]),
    kill: (signal) => void child.kill(signal),
  };
}
