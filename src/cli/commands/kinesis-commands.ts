/** `millrace kinesis …`: the subcommands and their options; each is loaded when called. */
import type { Command } from 'commander';
import type { KinesisPlanOptions } from './kinesis-plan.ts';
import type { KinesisServeOptions } from './kinesis-serve.ts';

export function addKinesisCommands(program: Command): void {
  const kinesis = program.command('kinesis').description('an embedded Kinesis, and advice for a real one');
  kinesis
    .command('serve', { isDefault: true })
    .description('run the embedded Kinesis alone, on loopback, over HTTP/1.1 and HTTP/2')
    .option('--port <port>', 'port to listen on; any free one by default')
    .option('--shards <number>', 'shards of the stream', '4')
    .option('--stream <name>', 'stream to create', 'actions')
    .option('--dir <folder>', 'folder that keeps the records over restarts')
    .option('--engine <name>', 'embedded, or the npm package kinesis-local', 'embedded')
    .option('--no-limits', 'do not throttle as AWS does')
    .option('--throttle <share>', 'share of calls refused as throttled, as 0.3')
    .option('--errors <share>', 'share of calls that fail with status 500')
    .option('--lose-answers <share>', 'share of calls whose answer is lost after they took effect')
    .option('--expire-every <number>', 'every so many reads the iterator has expired')
    .action(async (options: KinesisServeOptions) => {
      const { runKinesisServe } = await import('./kinesis-serve.ts');
      await runKinesisServe(options);
    });
  kinesis
    .command('plan')
    .description('how many shards a load needs, and which capacity mode')
    .requiredOption('--in <rate>', "bytes written at the peak, as '5MB/s'")
    .requiredOption('--records <rate>', "records written at the peak, as '4000/s'")
    .option('--out <rate>', "bytes read by all consumers together, as '9MB/s'; what is written by default")
    .option('--fan-out <number>', 'consumers that read by enhanced fan-out')
    .option('--average <share>', 'average load as a share of the peak', '0.5')
    .option('--json', 'as JSON')
    .action(async (options: KinesisPlanOptions) => {
      const { runKinesisPlan } = await import('./kinesis-plan.ts');
      runKinesisPlan(options);
    });
}
