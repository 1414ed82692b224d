/**
 * Format `socket`: lines of text from a TCP server, as Spark's, for trying things out. The lines are kept in a memory stream until they are
 * committed and cannot be asked for again: after a restart the query goes on with new lines, and a batch that was not finished is lost,
 * which is an error. Offsets count the pieces in which lines arrived.
 */
import type { Socket } from 'node:net';
import { StringDecoder } from 'node:string_decoder';
import { assert } from '../../errors/assert.ts';
import { MillraceError } from '../../errors/millrace-error.ts';
import type { ColumnBatch } from '../../types/column-batch.ts';
import type { StructType } from '../../types/data-type.ts';
import { STRING, TIMESTAMP, field, struct } from '../../types/data-type.ts';
import { optionBoolean, optionInt, optionText } from '../../types/options.ts';
import { constantVector } from '../../types/vector-ops.ts';
import { vectorOf } from '../../types/vector-builder.ts';
import { memorySourceProvider } from '../memory/memory-source.ts';
import { MemoryStream } from '../memory/memory-stream.ts';
import type { InputPartition, OffsetRequest, Source, SourceContext, SourceOffset, SourceProvider } from '../source.ts';

const FORMAT = 'socket';
/** With so many lines waiting for the query, the server has to wait too. */
const MAX_BUFFERED_LINES = 1_000_000;

interface SocketOptions {
  readonly host: string;
  readonly port: number;
  readonly includesTimestamp: boolean;
}

class SocketSource implements Source {
  readonly description: string;
  readonly schema: StructType;
  readonly #context: SourceContext;
  readonly #options: SocketOptions;
  readonly #stream: MemoryStream;
  readonly #lines: Source;
  readonly #decoder = new StringDecoder('utf8');
  #socket: Socket | undefined;
  /** The begin of a line whose end has not come yet. */
  #rest = '';
  /** What the first piece of this run is counted as; known when the engine says where it stands. */
  #firstOrdinal: number | undefined;

  constructor(context: SourceContext) {
    this.#context = context;
    this.#options = readOptions(context.options);
    this.schema = schemaOf(context.options);
    this.description = describeSocket(this.#options);
    this.#stream = new MemoryStream(this.schema, { description: this.description });
    this.#lines = memorySourceProvider.create({ ...context, handle: this.#stream });
  }

  async open(): Promise<void> {
    const { connect } = await import('node:net');
    const { host, port } = this.#options;
    await this.#lines.open();
    await new Promise<void>((resolve, reject) => {
      const socket = connect({ host, port });
      this.#socket = socket;
      socket.once('connect', resolve);
      socket.on('error', (cause) => {
        reject(
          new MillraceError('STREAM_PRODUCER_FAILED', { stream: this.description, reason: cause.message }, { cause }),
        );
        if (!this.#stream.hasEnded) this.#stream.fail(cause);
      });
      socket.on('data', (bytes) => this.#take(this.#decoder.write(bytes)));
      // As in Spark a line without its end is no line, and a server that is gone leaves the query waiting.
      socket.on('end', () => this.#stream.hasEnded || this.#stream.end());
    });
  }

  async latestOffset(request: OffsetRequest): Promise<SourceOffset | undefined> {
    this.#firstOrdinal ??= request.start === undefined ? 0 : ordinalOf(request.start) + 1;
    const end = await this.#lines.latestOffset({ ...request, start: this.#inner(request.start) });
    return end === undefined ? undefined : ordinalOf(end) + this.#firstOrdinal;
  }

  prepareForAvailableNow(): Promise<void> {
    return this.#lines.prepareForAvailableNow();
  }

  async planInput(start: SourceOffset | undefined, end: SourceOffset): Promise<readonly InputPartition[]> {
    if (this.#firstOrdinal === undefined)
      throw new MillraceError('MEMORY_STREAM_LOST', {
        stream: this.description,
        first: String(start === undefined ? 0 : ordinalOf(start) + 1),
        last: String(ordinalOf(end)),
        kept: 'none',
      });
    return this.#lines.planInput(this.#inner(start), ordinalOf(end) - this.#firstOrdinal);
  }

  read(partition: InputPartition, columns: readonly string[]): AsyncIterable<ColumnBatch> {
    return this.#lines.read(partition, columns);
  }

  async commit(end: SourceOffset): Promise<void> {
    if (this.#firstOrdinal !== undefined) await this.#lines.commit(ordinalOf(end) - this.#firstOrdinal);
    if (this.#stream.numBufferedRows < MAX_BUFFERED_LINES) this.#socket?.resume();
  }

  async waitForData(start: SourceOffset | undefined, timeoutMs: number, signal: AbortSignal): Promise<void> {
    await this.#lines.waitForData?.(this.#inner(start), timeoutMs, signal);
  }

  async close(): Promise<void> {
    this.#socket?.destroy();
    await this.#lines.close();
  }

  /** The offset in the memory stream of this run; undefined where that begins. */
  #inner(offset: SourceOffset | undefined): SourceOffset | undefined {
    if (offset === undefined || this.#firstOrdinal === undefined) return undefined;
    const ordinal = ordinalOf(offset) - this.#firstOrdinal;
    return ordinal < 0 ? undefined : ordinal;
  }

  #take(text: string): void {
    const lines = (this.#rest + text).split('\n');
    this.#rest = lines.pop() ?? '';
    if (lines.length === 0 || this.#stream.hasEnded) return;
    const values = lines.map((line) => (line.endsWith('\r') ? line.slice(0, -1) : line));
    const time = BigInt(Math.floor(this.#context.nowMs())) * 1000n;
    const value = vectorOf(STRING, values);
    const columns = this.#options.includesTimestamp ? [value, constantVector(TIMESTAMP, time, lines.length)] : [value];
    this.#stream.addBatch({ schema: this.schema, numRows: lines.length, columns });
    if (this.#stream.numBufferedRows >= MAX_BUFFERED_LINES) this.#socket?.pause();
  }
}

function ordinalOf(offset: SourceOffset): number {
  assert(typeof offset === 'number', 'an offset of the socket source is a number');
  return offset;
}

function readOptions(options: ReadonlyMap<string, string>): SocketOptions {
  const host = optionText(options, 'host');
  if (host === undefined) throw new MillraceError('_LEGACY_ERROR_TEMP_1295', {});
  const port = optionInt(FORMAT, options, 'port', { min: 1, max: 65_535 });
  if (port === undefined) throw new MillraceError('_LEGACY_ERROR_TEMP_1296', {});
  return { host, port, includesTimestamp: optionBoolean(FORMAT, options, 'includeTimestamp') ?? false };
}

function describeSocket({ host, port }: SocketOptions): string {
  return `TextSocketV2[host: ${host}, port: ${port}]`;
}

function schemaOf(options: ReadonlyMap<string, string>): StructType {
  const value = field('value', STRING);
  return struct(readOptions(options).includesTimestamp ? [value, field('timestamp', TIMESTAMP)] : [value]);
}

/** `spark.readStream.format('socket')`. */
export const socketSourceProvider: SourceProvider = {
  name: FORMAT,
  optionNames: ['host', 'port', 'includeTimestamp'],
  schemaOf,
  describe: (options) => describeSocket(readOptions(options)),
  create(context) {
    if (!context.isStreaming)
      throw new MillraceError('UNSUPPORTED_FEATURE', { feature: 'A batch read of the streaming source "socket"' });
    return new SocketSource(context);
  },
};
