/** Runs a program of an engine in a process of its own and reads its result. */
import { spawn } from 'node:child_process';
import type { Engine, ProgramName, ProgramResult } from './work.ts';

const SHOWN_ERROR_CHARS = 3000;

export async function runProgram(
  engine: Engine,
  program: ProgramName,
  parameters: Readonly<Record<string, unknown>>,
): Promise<ProgramResult> {
  const [command, ...args] = engine.command(program);
  const child = spawn(command, [...args, JSON.stringify(parameters)], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, TZ: 'UTC' },
  });
  let output = '';
  let errors = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (output += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (errors = (errors + text).slice(-SHOWN_ERROR_CHARS)));
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', resolve);
  });
  if (code !== 0)
    throw new Error(`${engine.name} ${program} ${JSON.stringify(parameters)} failed (${code}): ${errors}`);
  return JSON.parse(output.trimEnd().split('\n').at(-1) ?? '') as ProgramResult;
}
