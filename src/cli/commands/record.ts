/** `millrace record`: what a source gives, into a file that `millrace replay` and `replayStream` read. Ends by itself, or with Ctrl-C. */
import { MillraceSession } from '../../api/session.ts';
import { recordStream } from '../../testing/replay.ts';
import { parseDuration } from '../duration.ts';
import { keyValues } from '../key-values.ts';
import { untilSignal } from '../signals.ts';

export interface RecordCommandOptions {
  readonly format: string;
  readonly option: readonly string[];
  readonly schema?: string;
  readonly out: string;
  readonly duration?: string;
  readonly scrub?: string;
}

export async function runRecord(options: RecordCommandOptions): Promise<void> {
  const session = MillraceSession.builder().appName('millrace record').getOrCreate();
  const reader = session.readStream
    .format(options.format)
    .options(keyValues(options.option, 'option', 'millrace record'));
  if (options.schema !== undefined) reader.schema(options.schema);
  const stopping = new AbortController();
  void untilSignal().then(() => stopping.abort());
  const { numRows, numBatches } = await recordStream(reader, options.out, {
    signal: stopping.signal,
    scrub: (options.scrub ?? '').split(',').filter((name) => name !== ''),
    ...(options.duration === undefined ? {} : { durationMs: parseDuration(options.duration, 'millrace record') }),
  });
  await session.stop();
  process.stderr.write(`${numRows} rows in ${numBatches} batches recorded in ${options.out}\n`);
}
