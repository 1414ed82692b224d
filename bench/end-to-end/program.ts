/** What our programs have in common: parameters in the last argument, a session, a folder of their own, the result in the last line. */
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { MillraceSession } from 'millrace';

/** Parameters every program may have. */
export interface CommonParameters {
  /** `local[2]` unless given. */
  readonly master?: string;
  readonly settings?: Readonly<Record<string, string>>;
}

/** Runs a program: `run` gets its parameters, a session and a folder that is removed at the end, and returns the result to print. */
export async function runAsProgram<P extends CommonParameters>(
  run: (parameters: P, session: MillraceSession, work: string) => Promise<object>,
): Promise<void> {
  const parameters = JSON.parse(process.argv.at(-1) ?? '{}') as P;
  const work = mkdtempSync(path.join(tmpdir(), 'millrace-bench-'));
  const builder = MillraceSession.builder()
    .appName('bench')
    .master(parameters.master ?? 'local[2]');
  for (const [key, value] of Object.entries(parameters.settings ?? {})) builder.config(key, value);
  const session = builder.getOrCreate();
  const result = await run(parameters, session, work);
  await session.stop();
  rmSync(work, { recursive: true, force: true });
  console.log(JSON.stringify({ version: `node ${process.version}`, ...result }));
}

/** Resident memory at its peak, in MB; on Linux of this program alone, where `maxRSS` counts what started it too. */
export function peakMemoryMb(): number {
  const status = existsSync('/proc/self/status') ? readFileSync('/proc/self/status', 'utf8') : '';
  const peakKb = /^VmHWM:\s+(\d+) kB$/m.exec(status)?.[1];
  return Math.round(Number(peakKb ?? process.resourceUsage().maxRSS) / 1024);
}

/** Seconds since a time of `performance.now()`. */
export function secondsSince(startMs: number): number {
  return (performance.now() - startMs) / 1000;
}
