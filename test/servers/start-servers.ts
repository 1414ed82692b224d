/** Starts the server process (main.ts) with the servers a run needs, and ends it. Knows nothing of how they are started. */
import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { ServerVariable } from './urls.ts';

/** Servers kept by a process of their own, which ends them when `stop` is called and also when this process dies. */
export interface RunningServers {
  readonly addresses: Readonly<Partial<Record<ServerVariable, string>>>;
  readonly pid: number;
  stop(): Promise<void>;
}

/** Starts the servers and resolves when all of them answer; one that cannot be had is an error that says how to get it. */
export async function startServers(variables: readonly ServerVariable[]): Promise<RunningServers> {
  const main = fileURLToPath(new URL('main.ts', import.meta.url));
  // A session of its own: Ctrl-C in the terminal ends the run first, and with it the servers.
  const child = spawn(process.execPath, [main, ...variables], { stdio: ['pipe', 'pipe', 'inherit'], detached: true });
  const exited = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  child.stdin.on('error', () => {});
  const stop = async (): Promise<void> => {
    child.stdin.end();
    await exited;
  };
  let output = '';
  for await (const text of child.stdout.setEncoding('utf8')) {
    output += String(text);
    if (output.endsWith('\n')) break;
  }
  const answer = JSON.parse(output === '' ? '{"error":"the server process ended by itself"}' : output) as {
    readonly error?: string;
    readonly addresses?: RunningServers['addresses'];
  };
  if (answer.addresses === undefined) {
    await stop();
    throw new Error(answer.error);
  }
  return { addresses: answer.addresses, pid: child.pid ?? -1, stop };
}
