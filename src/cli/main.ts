#!/usr/bin/env node
/** The command line: `millrace <command>`. Commands are files in commands/, loaded when called. Results go to stdout, all else to stderr. */
import * as nodeModule from 'node:module';
import { Command } from 'commander';
import { MillraceError } from '../errors/millrace-error.ts';
import type { DevOptions } from './commands/dev.ts';
import { addKinesisCommands } from './commands/kinesis-commands.ts';
import { addQueryCommands } from './commands/query-commands.ts';
import { addRecordingCommands } from './commands/recording-commands.ts';

/** Exit codes by what went wrong; documented in docs/cli.md. */
const EXIT_CODES = { failed: 1, usage: 2, checkpoint: 4, fenced: 5, unreachable: 6 } as const;

const MINIMUM_NODE = [22, 13] as const;

async function main(): Promise<void> {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  if (major < MINIMUM_NODE[0] || (major === MINIMUM_NODE[0] && minor < MINIMUM_NODE[1])) {
    process.stderr.write(`millrace needs Node ${MINIMUM_NODE.join('.')} or newer; this is ${process.versions.node}.\n`);
    process.exitCode = EXIT_CODES.usage;
    return;
  }
  nodeModule.enableCompileCache();
  const program = new Command('millrace').description('Spark Structured Streaming for Node.js');
  program
    .command('dev')
    .description('run windowed counts over a generated stream on the embedded Kinesis, into SQLite and JSON files')
    .option('--duration <time>', "stop after this time, as '25s' or '2m'")
    .option('--dir <folder>', 'where stream, checkpoints and results are kept', '.millrace/dev')
    .option('--fresh', 'start from nothing: delete the folder first')
    .option('--engine <name>', 'the Kinesis: embedded, or the npm package kinesis-local', 'embedded')
    .action(async (options: DevOptions) => {
      const { runDev } = await import('./commands/dev.ts');
      await runDev(options);
    });
  addKinesisCommands(program);
  addRecordingCommands(program);
  addQueryCommands(program);
  await program.parseAsync();
}

/** The exit code for an error. */
function exitCodeOf(error: unknown): number {
  if (!(error instanceof MillraceError)) return EXIT_CODES.failed;
  if (error.condition === 'CHECKPOINT_FENCED') return EXIT_CODES.fenced;
  if (error.condition.startsWith('CHECKPOINT_')) return EXIT_CODES.checkpoint;
  return error.retry === 'backoff' ? EXIT_CODES.unreachable : EXIT_CODES.failed;
}

try {
  await main();
} catch (error) {
  const text = error instanceof Error ? error.message : String(error);
  const hint = error instanceof MillraceError && error.hint !== undefined ? `\n${error.hint}` : '';
  process.stderr.write(`${text}${hint}\n`);
  process.exitCode = exitCodeOf(error);
}
