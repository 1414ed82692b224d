/**
 * Several files of one sink as one file. Files of lines are put one behind the other, so their text stays as it was written; formats with a
 * structure of their own are read and written again.
 */
import type { FileCodec } from '../../formats/file-codec.ts';
import type { BasicFormat, FormatOptions } from '../../formats/format.ts';
import type { StructType } from '../../types/data-type.ts';
import type { ColumnBatch } from '../../types/column-batch.ts';
import { Buffer } from 'node:buffer';
import { findFormat } from '../../formats/registry.ts';
import { compressFile, uncompressFile } from '../../formats/file-codec.ts';

/** What the files of a sink are like. */
export interface MergedFiles {
  readonly format: BasicFormat;
  readonly formatOptions: FormatOptions;
  readonly schema: StructType;
  readonly timeZone: string;
  readonly codec: FileCodec;
  readonly extension: string;
  /** So many files of one size become one. */
  readonly minFiles: number;
  /** A merged file is not larger; files of half the size stay. */
  readonly maxBytes: number;
}

/** The bytes of a file with the rows of all `contents`, in order. */
export async function mergeContents(files: MergedFiles, contents: readonly Uint8Array[]): Promise<Uint8Array> {
  const { format, formatOptions, schema, timeZone, codec } = files;
  const encoder = format.createEncoder(schema, formatOptions, timeZone);
  const header = Buffer.from(encoder.header());
  if (isOfLines(format)) {
    const plain = contents.map((bytes) => Buffer.from(uncompressFile(codec, bytes)));
    const bodies = plain.map((bytes) =>
      header.length > 0 && bytes.subarray(0, header.length).equals(header) ? bytes.subarray(header.length) : bytes,
    );
    return compressFile(codec, Buffer.concat([header, ...bodies, encoder.footer()]));
  }
  const parts: Uint8Array[] = [header];
  for (const bytes of contents)
    for await (const batch of batchesOf(files, bytes)) parts.push(Buffer.from(encoder.encode(batch)));
  return Buffer.concat([...parts, encoder.footer()]);
}

/** Formats that leave compression to us are lines of text. */
function isOfLines(format: BasicFormat): boolean {
  return format.compressedExtension === undefined;
}

async function* batchesOf(
  { format: { name }, schema, timeZone }: MergedFiles,
  bytes: Uint8Array,
): AsyncGenerator<ColumnBatch> {
  const format = findFormat(name);
  const request = {
    schema,
    columns: schema.fields.map((field) => field.name),
    options: new Map<string, string>(),
    timeZone,
  };
  if (format.access === 'placed') {
    const read = async (from: number, to: number): Promise<Uint8Array> => bytes.subarray(from, to);
    yield* format.readFile({ description: 'a file to merge', sizeBytes: bytes.length, modifiedMs: 0, read }, request);
    return;
  }
  const decoder = format.createDecoder(request);
  yield* decoder.push(bytes);
  yield* decoder.finish();
}
