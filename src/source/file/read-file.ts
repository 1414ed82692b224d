/**
 * The rows of one file, or of a part of it: brings bytes of a store and a format together, compressed or not, in order or by place.
 */
import type { ColumnBatch } from '../../types/column-batch.ts';
import type { FileFormat } from '../../formats/registry.ts';
import type { FileReadRequest, RandomAccessFile } from '../../formats/placed-format.ts';
import type { ObjectStore } from '../../storage/object-store.ts';
import type { FileRange } from './file-range.ts';
import { codecOfName } from '../../formats/file-codec.ts';
import { decompressed } from './decompress.ts';
import { bytesOfRange, firstByteOf } from './file-range.ts';

/** Blocks of this size are decoded while they are in the processor's cache. */
const BLOCK_BYTES = 256 << 10;

/** A file of a store, and the limit for what it may unpack to. */
export interface FileToRead {
  readonly store: ObjectStore;
  readonly key: string;
  readonly range: FileRange;
  readonly modifiedMs: number;
  readonly maxDecompressedBytes: number;
  /** Throws the error of a file that has become shorter. */
  readonly onShort: (missingBytes: number) => never;
}

/** The batches of a file. */
export async function* readFile(
  format: FileFormat,
  file: FileToRead,
  request: FileReadRequest,
): AsyncGenerator<ColumnBatch> {
  if (format.access === 'placed') {
    yield* format.readFile(randomAccess(file), { ...request, range: file.range });
    return;
  }
  const decoder = format.createDecoder(request);
  for await (const block of blocksOf(file)) yield* decoder.push(block);
  yield* decoder.finish();
}

/** The plain bytes of a file in order. */
export function blocksOf({ store, key, range, maxDecompressedBytes, onShort }: FileToRead): AsyncIterable<Uint8Array> {
  const codec = codecOfName(key);
  const blocks = bytesOfRange(store.readBlocks(key, BLOCK_BYTES, firstByteOf(range)), range, onShort);
  if (codec === 'none') return blocks;
  return decompressed(blocks, { codec, description: `${store.description}/${key}`, maxBytes: maxDecompressedBytes });
}

/** The bytes of a file by place. */
export function randomAccess({ store, key, range: { sizeBytes }, modifiedMs, onShort }: FileToRead): RandomAccessFile {
  return {
    description: `${store.description}/${key}`,
    sizeBytes,
    modifiedMs,
    async read(from, to) {
      const bytes = await store.readRange(key, from, to);
      return bytes.length === to - from ? bytes : onShort(sizeBytes - from - bytes.length);
    },
  };
}
