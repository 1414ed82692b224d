/**
 * The file of a recording: lines of JSON, appended only.
 *
 *   {"recording":1,"source":"KafkaV2[…]","schema":{…}}         first line
 *   {"batch":0,"start":null,"end":{…},"atMs":1767225600000}    a batch begins, at the time it was cut
 *   {"partition":0,"rows":[[…],[…]]}                           its rows, in pieces; see recorded-value.ts
 *   {"committed":0}                                            the batch counts
 *
 * A batch without its last line does not count: the query failed or the process died, and the batch comes again. Of two with the same start
 * the later counts. A torn last line is what a crash leaves and is passed over.
 */
import { createReadStream, openSync, readSync, closeSync } from 'node:fs';
import { open, type FileHandle } from 'node:fs/promises';
import { MillraceError } from '../../errors/millrace-error.ts';
import type { StructType } from '../../types/data-type.ts';
import { parseTypeJson, typeJson } from '../../types/schema.ts';
import type { JsonValue, SourceOffset } from '../source.ts';

/** A batch as it was cut, and where its rows are. */
export interface RecordedBatch {
  readonly start: SourceOffset | undefined;
  readonly end: SourceOffset;
  /** When it was cut, in ms since 1970. */
  readonly atMs: number;
  /** Places of the lines with rows, by partition. */
  readonly pieces: readonly RecordedPiece[];
}

/** A line with rows. */
export interface RecordedPiece {
  readonly partition: number;
  readonly offset: number;
  readonly length: number;
}

/** What a file says of itself. */
export interface RecordingHeader {
  readonly source: string;
  readonly schema: StructType;
}

const VERSION = 1;
const NEWLINE = 10;
const HEADER_BYTES = 1 << 20;

/** Appends batches to a recording; one writer at a time. */
export class RecordingWriter {
  readonly #path: string;
  readonly #header: RecordingHeader;
  #file: Promise<FileHandle> | undefined;
  #numBatches = 0;

  constructor(path: string, header: RecordingHeader) {
    this.#path = path;
    this.#header = header;
  }

  /** A batch begins, for the first time or again. */
  async begin(start: SourceOffset | undefined, end: SourceOffset, atMs: number): Promise<void> {
    await this.#write({ batch: this.#numBatches, start: start ?? null, end, atMs });
  }

  async rows(partition: number, rows: readonly JsonValue[]): Promise<void> {
    await this.#write({ partition, rows });
  }

  /** The batch that was begun last is committed; durable when resolved. */
  async commit(): Promise<void> {
    await this.#write({ committed: this.#numBatches++ });
    await this.#attempt(async (file) => await file.datasync());
  }

  async close(): Promise<void> {
    const file = await this.#file?.catch(() => undefined);
    this.#file = undefined;
    await file?.close();
  }

  async #write(line: JsonValue): Promise<void> {
    await this.#attempt(async (file) => await file.appendFile(`${JSON.stringify(line)}\n`));
  }

  async #attempt(work: (file: FileHandle) => Promise<unknown>): Promise<void> {
    try {
      this.#file ??= this.#open();
      await work(await this.#file);
    } catch (cause) {
      const reason = (cause as Error).message;
      throw new MillraceError('RECORDING_FAILED', { path: this.#path, reason }, { cause });
    }
  }

  /** Goes on at the end of a file that is there; a torn line is ended first. */
  async #open(): Promise<FileHandle> {
    const file = await open(this.#path, 'a+');
    const { size } = await file.stat();
    const { source, schema } = this.#header;
    const header = { recording: VERSION, source, schema: typeJson(schema) as JsonValue };
    await file.appendFile(size === 0 ? `${JSON.stringify(header)}\n` : '\n');
    return file;
  }
}

/** The first line of a recording. */
export function readRecordingHeader(path: string): RecordingHeader {
  let text: string;
  try {
    const file = openSync(path, 'r');
    const bytes = Buffer.alloc(HEADER_BYTES);
    const length = readSync(file, bytes, 0, bytes.length, 0);
    closeSync(file);
    text = bytes.toString('utf8', 0, length).split('\n', 1)[0] ?? '';
  } catch (cause) {
    throw unreadable(path, (cause as Error).message, cause);
  }
  const header = parsedLine(text) as { recording?: unknown; source?: unknown; schema?: unknown } | undefined;
  if (header?.recording !== VERSION)
    throw unreadable(path, `its first line is not that of a recording of version ${VERSION}`);
  const schema = parseTypeJson(JSON.stringify(header.schema));
  if (schema.kind !== 'struct') throw unreadable(path, 'its schema has no columns');
  return { source: String(header.source), schema };
}

/** The committed batches of a recording in the order of their starts; rows stay in the file. */
export async function indexRecording(path: string): Promise<readonly RecordedBatch[]> {
  const batches = new Map<string, RecordedBatch>();
  let current: (RecordedBatch & { readonly pieces: RecordedPiece[] }) | undefined;
  for await (const { line, offset, length } of linesOf(path)) {
    const json = parsedLine(line) as Readonly<Record<string, JsonValue>> | undefined;
    if (json === undefined) continue;
    if (json['atMs'] !== undefined) {
      const { start = null, end = null, atMs } = json;
      current = { start: start ?? undefined, end, atMs: Number(atMs), pieces: [] };
    } else if (json['partition'] !== undefined)
      current?.pieces.push({ partition: Number(json['partition']), offset, length });
    else if (json['committed'] !== undefined && current !== undefined) {
      const pieces = current.pieces.toSorted((a, b) => a.partition - b.partition || a.offset - b.offset);
      batches.set(JSON.stringify(current.start ?? null), { ...current, pieces });
      current = undefined;
    }
  }
  return [...batches.values()];
}

/** The rows of a line. */
export async function readPiece(path: string, piece: RecordedPiece): Promise<readonly JsonValue[]> {
  const file = await open(path, 'r');
  try {
    const { buffer } = await file.read(Buffer.alloc(piece.length), 0, piece.length, piece.offset);
    const { rows } = JSON.parse(buffer.toString('utf8')) as { readonly rows: readonly JsonValue[] };
    return rows;
  } finally {
    await file.close();
  }
}

async function* linesOf(
  path: string,
): AsyncGenerator<{ readonly line: string; readonly offset: number; readonly length: number }> {
  let rest: Buffer = Buffer.alloc(0);
  let offset = 0;
  try {
    for await (const chunk of createReadStream(path) as AsyncIterable<Buffer>) {
      const bytes = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
      let from = 0;
      for (let to = bytes.indexOf(NEWLINE); to >= 0; to = bytes.indexOf(NEWLINE, from)) {
        yield { line: bytes.toString('utf8', from, to), offset: offset + from, length: to - from };
        from = to + 1;
      }
      rest = bytes.subarray(from);
      offset += from;
    }
  } catch (cause) {
    throw unreadable(path, (cause as Error).message, cause);
  }
}

/** Undefined for what a crash has cut. */
function parsedLine(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}

function unreadable(path: string, reason: string, cause?: unknown): MillraceError {
  return new MillraceError('RECORDING_UNREADABLE', { path, reason }, cause === undefined ? {} : { cause });
}
