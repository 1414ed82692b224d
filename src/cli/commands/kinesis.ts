/** `millrace kinesis`: the embedded Kinesis alone, for developing against it with any AWS SDK. Ends with Ctrl-C. */
import { startKinesisLocal } from '../../emulator/kinesis-local.ts';
import { untilSignal } from '../signals.ts';

export interface KinesisCommandOptions {
  readonly port?: string;
  readonly shards: string;
  readonly stream: string;
  readonly dir?: string;
}

export async function runKinesis(options: KinesisCommandOptions): Promise<void> {
  const { port, dir } = options;
  const kinesis = await startKinesisLocal({
    streams: [{ name: options.stream, numShards: Number(options.shards) }],
    ...(port === undefined ? {} : { port: Number(port) }),
    ...(dir === undefined ? {} : { persistDir: dir }),
  });
  process.stdout.write(`${kinesis.endpoint}\n`);
  process.stderr.write(
    `stream ${options.stream} with ${options.shards} shards; region us-east-1, any credentials; Ctrl-C ends it\n`,
  );
  await Promise.race([untilSignal(), kinesis.exited]);
  await kinesis.stop();
}
