#!/usr/bin/env node
/** The command line: `millrace <command>`. Commands are files in commands/, loaded when called. Results go to stdout, all else to stderr. */
import * as nodeModule from 'node:module';
import { Command } from 'commander';
import { MillraceError } from '../errors/millrace-error.ts';
import type { DevOptions } from './commands/dev.ts';
import { addKinesisCommands } from './commands/kinesis-commands.ts';
import type { RecordCommandOptions } from './commands/record.ts';
import type { ReplayCommandOptions } from './commands/replay.ts';
import type { SchemaCommandOptions } from './commands/schema.ts';
import type { SqlCommandOptions } from './commands/sql.ts';

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
  program
    .command('record')
    .description('record what a source gives into a file, for replay in tests')
    .requiredOption('--format <name>', 'kinesis, kafka, json, …')
    .option('--option <name=value>', 'an option of the source; may come again', collected, [])
    .option('--schema <ddl>', 'the columns, for sources that need them')
    .requiredOption('--out <file>', 'the recording; appended to when it is there')
    .option('--duration <time>', "go on for so long, as '25s' or '2m'; else what is there now")
    .option('--scrub <columns>', 'columns, or fields of JSON columns (value.user), to take out, with commas between')
    .action(async (options: RecordCommandOptions) => {
      const { runRecord } = await import('./commands/record.ts');
      await runRecord(options);
    });
  program
    .command('replay <recording>')
    .description('run a query over a recording, with its batches and times, and print rows and their hash')
    .option('--program <file>', 'a module whose default export makes the result: (stream, session) => DataFrame')
    .option('--sql <text>', 'a query over the view `recording`')
    .option('--mode <mode>', 'append, update or complete', 'update')
    .option('--times <number>', 'run it so often and compare the hashes', '1')
    .option('--master <master>', 'local[1], local[2], …', 'local[1]')
    .option('--quiet', 'print no rows')
    .action(async (recording: string, options: ReplayCommandOptions) => {
      const { runReplay } = await import('./commands/replay.ts');
      await runReplay(recording, options);
    });
  program
    .command('schema <path>')
    .description('infer the columns of files, and print them as DDL')
    .option('--format <name>', 'json, csv, parquet, avro, …; by default what the extension says')
    .option('--option <name=value>', 'an option of the format; may come again', collected, [])
    .option('--table <name>', 'a CREATE TABLE statement over the files instead of the columns alone')
    .option('--json', "the schema as Spark's JSON")
    .action(async (path: string, options: SchemaCommandOptions) => {
      const { runSchema } = await import('./commands/schema.ts');
      await runSchema(path, options);
    });
  program
    .command('sql')
    .description('run SQL statements, each ended by a semicolon; from standard input unless -e or -f is given')
    .option('-e, --execute <text>', 'the statements')
    .option('-f, --file <file>', 'a file of statements')
    .option('--set <name=value>', 'a setting of the session; may come again', collected, [])
    .option('--json', 'rows as JSON lines instead of tables')
    .action(async (options: SqlCommandOptions) => {
      const { runSql } = await import('./commands/sql.ts');
      await runSql(options);
    });
  await program.parseAsync();
}

function collected(value: string, before: readonly string[]): readonly string[] {
  return [...before, value];
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
