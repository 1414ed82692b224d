/**
 * Format `kinesis`: each row becomes a record of a stream, at least once. A batch is finished when Kinesis has taken every record of it;
 * after a crash the whole batch is put again. Within one call of Kinesis the order of a key holds unless single records were throttled.
 */
import { MillraceError } from '../../errors/millrace-error.ts';
import { type LoadedKinesis, loadKinesisClient } from '../../storage/kinesis/kinesis-client.ts';
import type { ColumnBatch } from '../../types/column-batch.ts';
import type { BatchIdentity, Sink, SinkContext, SinkProvider, SinkResult } from '../sink.ts';
import { Packer } from './packer.ts';
import {
  KINESIS_SINK_FORMAT,
  KINESIS_SINK_OPTION_NAMES,
  type KinesisSinkOptions,
  readKinesisSinkOptions,
} from './kinesis-sink-options.ts';
import { singleEntry } from './put-entry.ts';
import { RecordColumns } from './record-columns.ts';
import { RecordPutter } from './record-putter.ts';

class KinesisSink implements Sink {
  readonly description: string;
  readonly #context: SinkContext;
  readonly #options: KinesisSinkOptions;
  readonly #columns: RecordColumns;
  #kinesis: LoadedKinesis | undefined;

  constructor(context: SinkContext) {
    this.#context = context;
    this.#options = readKinesisSinkOptions(context.options);
    this.description = `KinesisSink[${this.#options.stream.name}]`;
    this.#columns = new RecordColumns(context.schema, this.#options);
    const { mode, saveMode } = context;
    if (mode === 'batch' && (saveMode === 'overwrite' || saveMode === 'ignore'))
      throw new MillraceError('UNSUPPORTED_FEATURE', { feature: `The save mode ${saveMode} of the sink kinesis` });
  }

  /** Asks for the shards once, so that a stream that is not there or not allowed is an error before the first batch. */
  async open(): Promise<void> {
    this.#kinesis = await loadKinesisClient(this.#options.connection, 'The sink kinesis', this.#context.nowMs);
    await this.#putter(this.#kinesis).shardMap();
  }

  async addBatch(_identity: BatchIdentity, batches: AsyncIterable<ColumnBatch>): Promise<SinkResult> {
    this.#kinesis ??= await loadKinesisClient(this.#options.connection, 'The sink kinesis', this.#context.nowMs);
    const putter = this.#putter(this.#kinesis);
    const { aggregateBytes } = this.#options;
    const packer = aggregateBytes === undefined ? undefined : new Packer(aggregateBytes);
    let numOutputRows = 0;
    for await (const batch of batches) {
      for (let row = 0; row < batch.numRows; row++) {
        const record = this.#columns.recordAt(batch, row);
        const entries = packer === undefined ? [singleEntry(record)] : packer.add(record, await putter.shardMap());
        for (const entry of entries) await putter.put(entry);
      }
      numOutputRows += batch.numRows;
    }
    for (const entry of packer?.flush() ?? []) await putter.put(entry);
    await putter.flush();
    return { numOutputRows };
  }

  async close(): Promise<void> {
    this.#kinesis?.client.destroy();
    this.#kinesis = undefined;
  }

  #putter(kinesis: LoadedKinesis): RecordPutter {
    const { sleep, nowMs } = this.#context;
    return new RecordPutter(kinesis, this.#options, { sleep, random: jitterFrom(nowMs) });
  }
}

/** Numbers in [0, 1) for back-off; no result depends on them. */
function jitterFrom(nowMs: () => number): () => number {
  let state = Math.trunc(nowMs()) >>> 0;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

/** `df.writeStream.format('kinesis')`, also `aws-kinesis`. */
export const kinesisSinkProvider: SinkProvider = {
  name: KINESIS_SINK_FORMAT,
  aliases: ['aws-kinesis'],
  optionNames: KINESIS_SINK_OPTION_NAMES,
  outputModes: ['append', 'update', 'complete'],
  guarantee: 'at-least-once',
  create: (context) => new KinesisSink(context),
};
