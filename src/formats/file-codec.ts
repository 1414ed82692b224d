/**
 * Compression of whole files: the codecs of the text formats under Spark's names, the extensions that tell readers, and the bytes of a
 * compressed file. Formats that compress inside their files (Parquet, Avro) do not come here.
 */
import * as zlib from 'node:zlib';
import { MillraceError } from '../errors/millrace-error.ts';
import { lz4Uncompress } from '../kernels/lz4-block.ts';
import { snappyCompress, snappyUncompress } from '../kernels/snappy-block.ts';

export type FileCodec = 'none' | 'gzip' | 'deflate' | 'zstd' | 'snappy' | 'bzip2' | 'lz4' | 'zip';

const EXTENSIONS: ReadonlyMap<string, FileCodec> = new Map([
  ['gz', 'gzip'],
  ['deflate', 'deflate'],
  ['zst', 'zstd'],
  ['snappy', 'snappy'],
  ['bz2', 'bzip2'],
  ['lz4', 'lz4'],
  ['zip', 'zip'],
]);

/** Spark's names for writing. */
const WRITE_CODECS: ReadonlyMap<string, { readonly codec: FileCodec; readonly extension: string }> = new Map([
  ['none', { codec: 'none', extension: '' }],
  ['uncompressed', { codec: 'none', extension: '' }],
  ['gzip', { codec: 'gzip', extension: '.gz' }],
  ['deflate', { codec: 'deflate', extension: '.deflate' }],
  ['zstd', { codec: 'zstd', extension: '.zst' }],
  ['snappy', { codec: 'snappy', extension: '.snappy' }],
]);

/** Hadoop's snappy files are made of blocks of this size. */
const SNAPPY_BLOCK_BYTES = 256 << 10;

/** The codec a file of this name is in, as Spark tells it: by the extension. */
export function codecOfName(key: string): FileCodec {
  return EXTENSIONS.get(/\.([^./]+)$/.exec(key)?.[1]?.toLowerCase() ?? '') ?? 'none';
}

/** The codec of an option's value, with the extension of its files; throws CODEC_NOT_AVAILABLE. */
export function fileCodec(name: string): { readonly codec: FileCodec; readonly extension: string } {
  const found = WRITE_CODECS.get(name.toLowerCase());
  if (found === undefined || (found.codec === 'zstd' && typeof zlib.zstdCompressSync !== 'function'))
    throw codecNotAvailable(name, [...WRITE_CODECS.keys()]);
  return found;
}

/** The bytes of a file in `codec`. */
export function compressFile(codec: FileCodec, bytes: Uint8Array): Uint8Array {
  switch (codec) {
    case 'gzip':
      return zlib.gzipSync(bytes);
    case 'deflate':
      return zlib.deflateSync(bytes);
    case 'zstd':
      return zlib.zstdCompressSync(bytes);
    case 'snappy':
      return snappyFile(bytes);
    default:
      return bytes;
  }
}

/** The plain bytes of a file that `compressFile` has made. */
export function uncompressFile(codec: FileCodec, bytes: Uint8Array): Uint8Array {
  switch (codec) {
    case 'gzip':
      return zlib.gunzipSync(bytes);
    case 'deflate':
      return zlib.inflateSync(bytes);
    case 'zstd':
      return zlib.zstdDecompressSync(bytes);
    case 'snappy':
      return plainOfSnappyFile(bytes);
    default:
      return bytes;
  }
}

/** The bytes of one block of a file in Hadoop's framing, at most `maxBytes`. Throws DATA_CORRUPT. */
export function uncompressBlock(codec: 'snappy' | 'lz4', bytes: Uint8Array, maxBytes: number): Uint8Array {
  return codec === 'snappy' ? snappyUncompress(bytes, maxBytes) : lz4Uncompress(bytes, maxBytes);
}

/** Says that a codec is not there, and which are. */
export function codecNotAvailable(codecName: string, available: readonly string[]): MillraceError {
  return new MillraceError('CODEC_NOT_AVAILABLE.WITH_AVAILABLE_CODECS_SUGGESTION', {
    codecName,
    availableCodecs: available.join(', '),
  });
}

/** Hadoop's framing: per block its plain size, the size of the compressed bytes, both big-endian, and those bytes. */
function snappyFile(bytes: Uint8Array): Uint8Array {
  const parts: Uint8Array[] = [];
  for (let start = 0; start < bytes.length; start += SNAPPY_BLOCK_BYTES) {
    const block = bytes.subarray(start, start + SNAPPY_BLOCK_BYTES);
    const compressed = snappyCompress(block);
    const sizes = new DataView(new ArrayBuffer(8));
    sizes.setUint32(0, block.length);
    sizes.setUint32(4, compressed.length);
    parts.push(new Uint8Array(sizes.buffer), compressed);
  }
  return Buffer.concat(parts);
}

function plainOfSnappyFile(bytes: Uint8Array): Uint8Array {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const parts: Uint8Array[] = [];
  for (let start = 0; start < bytes.length;) {
    const end = start + 8 + view.getUint32(start + 4);
    parts.push(snappyUncompress(bytes.subarray(start + 8, end), view.getUint32(start)));
    start = end;
  }
  return Buffer.concat(parts);
}
