/** A program of the torture tests in a process of its own: started with its plan as JSON, killed at will. It says a line when it runs. */
import { spawn, type ChildProcess } from 'node:child_process';

export interface RunningProgram {
  readonly process: ChildProcess;
  /** It has said its first line. */
  readonly ready: Promise<void>;
  /** Its exit code; null when it was killed. */
  readonly ended: Promise<number | null>;
  readonly output: () => string;
  readonly errorText: () => string;
}

/** Starts a TypeScript file of the tests. */
export function startProgram(file: string, plan: object): RunningProgram {
  const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', file, JSON.stringify(plan)], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  let errorText = '';
  child.stderr.on('data', (bytes: Buffer) => (errorText += bytes.toString()));
  return {
    process: child,
    ready: new Promise((resolve) =>
      child.stdout.on('data', (bytes: Buffer) => {
        output += bytes.toString();
        if (output.includes('\n')) resolve();
      }),
    ),
    ended: new Promise((resolve) => child.once('close', resolve)),
    output: () => output,
    errorText: () => errorText,
  };
}

/** Waits until a program runs, or has ended; then kills it after `delayMs`. Throws when it ended by itself. */
export async function killAfter(program: RunningProgram, delayMs: number): Promise<void> {
  await Promise.race([program.ready, program.ended]);
  await new Promise((resolve) => setTimeout(resolve, delayMs));
  program.process.kill('SIGKILL');
  const early = await program.ended;
  if (early !== null) throw new Error(`a run ended by itself with ${early}: ${program.errorText()}`);
}

/** Waits for the end of a program that is to end by itself. */
export async function endOf(program: RunningProgram): Promise<void> {
  const code = await program.ended;
  if (code !== 0) throw new Error(`a run ended with ${code}: ${program.errorText()}`);
}
