/** The commands `millrace record` and `millrace replay`; their work is in files of their own, loaded when called. */
import type { Command } from 'commander';
import type { RecordCommandOptions } from './record.ts';
import type { ReplayCommandOptions } from './replay.ts';
import { collected } from '../key-values.ts';

export function addRecordingCommands(program: Command): void {
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
      const { runRecord } = await import('./record.ts');
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
      const { runReplay } = await import('./replay.ts');
      await runReplay(recording, options);
    });
}
