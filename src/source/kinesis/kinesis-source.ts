/**
 * Format `kinesis`: one or several Kinesis streams as one unbounded table. With one stream the offset is that stream's; with several it is
 * `{"streams": {"<name>": <its offset>}}`, and a checkpoint of one stream goes on when more are added to the list.
 */
import { MillraceError } from '../../errors/millrace-error.ts';
import type { ColumnBatch } from '../../types/column-batch.ts';
import type { StructType } from '../../types/data-type.ts';
import type {
  InputPartition,
  JsonValue,
  OffsetRequest,
  Source,
  SourceContext,
  SourceLog,
  SourceMetrics,
  SourceOffset,
  SourceProvider,
} from '../source.ts';
import { describeKinesis, KINESIS_FORMAT, KINESIS_OPTION_NAMES, readKinesisOptions } from './kinesis-options.ts';
import { KinesisStreamSource } from './kinesis-stream-source.ts';
import { kinesisSchema } from './record-batch.ts';
import { SharedStreamSource } from './shared-stream-source.ts';

interface StreamOffsets {
  readonly streams: Readonly<Record<string, SourceOffset>>;
}

interface StreamPayload {
  readonly stream: string;
  readonly payload: JsonValue;
}

class KinesisStreams implements Source {
  readonly description: string;
  readonly schema: StructType;
  readonly #sources: ReadonlyMap<string, KinesisStreamSource>;

  constructor(context: SourceContext, sources: ReadonlyMap<string, KinesisStreamSource>) {
    this.description = describeKinesis(context.options);
    this.schema = kinesisSchema(context.options);
    this.#sources = sources;
  }

  async open(): Promise<void> {
    await this.#all((source) => source.open());
  }

  async prepareForAvailableNow(): Promise<void> {
    await this.#all((source) => source.prepareForAvailableNow());
  }

  async latestOffset(request: OffsetRequest): Promise<SourceOffset | undefined> {
    const starts = offsetsOf(request.start);
    const ends = await this.#all((source, name) => source.latestOffset({ ...request, start: starts[name] }));
    if (ends.every(([, end]) => end === undefined)) return undefined;
    const found = ends.filter(([, end]) => end !== undefined) as [string, SourceOffset][];
    return { streams: { ...starts, ...Object.fromEntries(found) } };
  }

  async planInput(start: SourceOffset | undefined, end: SourceOffset): Promise<readonly InputPartition[]> {
    const starts = offsetsOf(start);
    const ends = offsetsOf(end);
    const planned = await this.#all(async (source, stream) => {
      const to = ends[stream];
      if (to === undefined) return [];
      const partitions = await source.planInput(starts[stream], to);
      return partitions.map((partition): InputPartition => {
        const payload: StreamPayload = { stream, payload: partition.payload };
        return { description: `${stream}: ${partition.description}`, payload: payload as unknown as JsonValue };
      });
    });
    return planned.flatMap(([, partitions]) => partitions);
  }

  async *read(partition: InputPartition, columns: readonly string[]): AsyncIterable<ColumnBatch> {
    const { stream, payload } = partition.payload as unknown as StreamPayload;
    const source = this.#sources.get(stream);
    if (source !== undefined) yield* source.read({ ...partition, payload }, columns);
  }

  async commit(end: SourceOffset): Promise<void> {
    const ends = offsetsOf(end);
    await this.#all(async (source, name) => {
      const to = ends[name];
      if (to !== undefined) await source.commit(to);
    });
  }

  async waitForData(start: SourceOffset | undefined, timeoutMs: number, signal: AbortSignal): Promise<void> {
    const starts = offsetsOf(start);
    const done = new AbortController();
    const either = AbortSignal.any([signal, done.signal]);
    const waiting = [...this.#sources].map(([name, source]) => source.waitForData(starts[name], timeoutMs, either));
    try {
      await Promise.race(waiting);
    } finally {
      done.abort();
      await Promise.allSettled(waiting);
    }
  }

  metrics(): SourceMetrics {
    const named = [...this.#sources].flatMap(([stream, source]) =>
      Object.entries(source.metrics()).map(([name, value]) => [`${stream}.${name}`, value] as const),
    );
    return Object.fromEntries(named);
  }

  async close(): Promise<void> {
    await Promise.allSettled([...this.#sources.values()].map((source) => source.close()));
  }

  async #all<T>(run: (source: KinesisStreamSource, name: string) => Promise<T>): Promise<(readonly [string, T])[]> {
    return await Promise.all(
      [...this.#sources].map(async ([name, source]) => [name, await run(source, name)] as const),
    );
  }
}

/** The offset of each stream; one of a query that read a single stream is that stream's. */
function offsetsOf(offset: SourceOffset | undefined): StreamOffsets['streams'] {
  if (offset === undefined) return {};
  const json = offset as unknown as StreamOffsets & { readonly streamName?: string };
  return json.streamName === undefined ? json.streams : { [json.streamName]: offset };
}

/** Each stream has its own entries in the source's log. */
function logOf(log: SourceLog | undefined, stream: string): { readonly log?: SourceLog } {
  if (log === undefined) return {};
  const prefix = `${stream}-`;
  const named: SourceLog = {
    ...(log.location === undefined ? {} : { location: log.location }),
    read: (name) => log.read(prefix + name),
    list: async () =>
      (await log.list()).filter((name) => name.startsWith(prefix)).map((name) => name.slice(prefix.length)),
    write: (name, bytes) => log.write(prefix + name, bytes),
  };
  return { log: named };
}

function createKinesisSource(context: SourceContext): Source {
  const options = readKinesisOptions(context.options, context.isStreaming);
  const [first, ...others] = options.streams;
  const { sharing } = options;
  if (first !== undefined && sharing !== undefined) {
    if (others.length === 0) return new SharedStreamSource(context, options, sharing, first);
    throw new MillraceError('UNSUPPORTED_FEATURE', {
      feature: 'Several streams in one query with shared consumption (kinesis.sharedGroup)',
    });
  }
  if (first !== undefined && others.length === 0) return new KinesisStreamSource(context, options, first);
  // The limits of a batch are shared evenly.
  const share = {
    ...options,
    maxRecordsPerTrigger: Math.ceil(options.maxRecordsPerTrigger / options.streams.length),
    maxBytesPerTrigger: Math.ceil(options.maxBytesPerTrigger / options.streams.length),
  };
  const sources = options.streams.map((stream) => {
    const own = { ...context, ...logOf(context.log, stream.name) };
    return [stream.name, new KinesisStreamSource(own, share, stream)] as const;
  });
  return new KinesisStreams(context, new Map(sources));
}

/** `spark.readStream.format('kinesis')`, also `aws-kinesis`. */
export const kinesisSourceProvider: SourceProvider = {
  name: KINESIS_FORMAT,
  aliases: ['aws-kinesis'],
  optionNames: KINESIS_OPTION_NAMES,
  schemaOf: kinesisSchema,
  describe: describeKinesis,
  create: createKinesisSource,
};
