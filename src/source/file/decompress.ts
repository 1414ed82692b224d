/**
 * The plain bytes of a compressed file as they come, without holding the file in memory (a ZIP archive is held, its directory is at the end). The
 * plain size is bounded, so that a small file that unpacks to an endless one is an error and not a full memory.
 */
import type { Transform } from 'node:stream';
import { Buffer } from 'node:buffer';
import { Readable } from 'node:stream';
import * as zlib from 'node:zlib';
import { codecNotAvailable, uncompressBlock } from '../../formats/file-codec.ts';
import { type CompressedFile, damaged, tooLarge } from './compressed-file.ts';
import { unzip } from './unzip.ts';

/** Blocks of Hadoop's framing are far smaller. */
const MAX_BLOCK_BYTES = 64 << 20;

/** The plain blocks of a file; each is the caller's. Throws FAILED_READ_FILE.NO_HINT over DATA_CORRUPT or DATA_TOO_LARGE. */
export async function* decompressed(
  blocks: AsyncIterable<Uint8Array>,
  file: CompressedFile,
): AsyncGenerator<Uint8Array> {
  let sizeBytes = 0;
  for await (const block of plainBlocks(blocks, file)) {
    sizeBytes += block.length;
    if (sizeBytes > file.maxBytes) throw tooLarge(file);
    yield block;
  }
}

function plainBlocks(blocks: AsyncIterable<Uint8Array>, file: CompressedFile): AsyncIterable<Uint8Array> {
  switch (file.codec) {
    case 'none':
      return blocks;
    case 'gzip':
      return inflated(blocks, zlib.createGunzip(), file);
    case 'deflate':
      return inflated(blocks, zlib.createInflate(), file);
    case 'zstd':
      if (typeof zlib.createZstdDecompress === 'function') return inflated(blocks, zlib.createZstdDecompress(), file);
      break;
    case 'snappy':
    case 'lz4':
      return framed(blocks, file, file.codec);
    case 'zip':
      return unzip(blocks, file);
    default:
  }
  throw codecNotAvailable(file.codec, ['gzip', 'deflate', 'zstd (Node.js 22.15 and later)', 'snappy', 'lz4', 'zip']);
}

async function* inflated(
  blocks: AsyncIterable<Uint8Array>,
  inflate: Transform,
  file: CompressedFile,
): AsyncGenerator<Uint8Array> {
  let failure: unknown;
  const copies = async function* (): AsyncGenerator<Uint8Array> {
    try {
      // A block is valid until the next one is asked for, and the stream reads ahead.
      for await (const block of blocks) yield Buffer.from(block);
    } catch (error) {
      failure = error;
    }
  };
  const source = Readable.from(copies());
  source.pipe(inflate);
  try {
    yield* inflate as AsyncIterable<Uint8Array>;
  } catch (error) {
    throw failure ?? damaged(file, error);
  } finally {
    source.destroy();
    inflate.destroy();
  }
  if (failure !== undefined) throw failure;
}

/** Hadoop's framing: big-endian plain size, then parts of it with their compressed size before them. */
async function* framed(
  blocks: AsyncIterable<Uint8Array>,
  file: CompressedFile,
  codec: 'snappy' | 'lz4',
): AsyncGenerator<Uint8Array> {
  let rest: Uint8Array = new Uint8Array(0);
  let plainLeft = 0;
  for await (const block of blocks) {
    rest = Buffer.concat([rest, block]);
    for (;;) {
      const view = new DataView(rest.buffer, rest.byteOffset, rest.length);
      const head = plainLeft === 0 ? 8 : 4;
      if (rest.length < head) break;
      const plain = plainLeft === 0 ? view.getUint32(0) : plainLeft;
      if (plain === 0) {
        rest = rest.subarray(4);
        continue;
      }
      const size = view.getUint32(head - 4);
      if (plain > MAX_BLOCK_BYTES || size > MAX_BLOCK_BYTES)
        throw damaged(file, new Error(`a block of ${size} bytes, ${plain} uncompressed`));
      if (rest.length < head + size) break;
      const part = uncompressed(rest.subarray(head, head + size), plain, file, codec);
      yield part;
      plainLeft = plain - part.length;
      rest = rest.subarray(head + size);
    }
  }
  if (rest.length > 0 || plainLeft > 0) throw damaged(file, new Error('it ends within a block'));
}

function uncompressed(bytes: Uint8Array, sizeBytes: number, file: CompressedFile, codec: 'snappy' | 'lz4'): Uint8Array {
  try {
    return uncompressBlock(codec, bytes, sizeBytes);
  } catch (error) {
    throw damaged(file, error);
  }
}
