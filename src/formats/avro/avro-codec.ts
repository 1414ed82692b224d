/** Compression of Avro's blocks: the codecs of its specification but bzip2 and xz. */
import * as zlib from 'node:zlib';
import { MillraceError } from '../../errors/millrace-error.ts';
import { codecNotAvailable } from '../file-codec.ts';
import { snappyCompress, snappyUncompress } from '../../kernels/snappy-block.ts';

/** A block may unpack to so much. */
const MAX_BLOCK_BYTES = 1 << 28;

/** Codec names of files by Spark's option values. */
const CODECS: ReadonlyMap<string, string> = new Map([
  ['uncompressed', 'null'],
  ['deflate', 'deflate'],
  ['snappy', 'snappy'],
  ['zstandard', 'zstandard'],
]);

/** The codec's name in files; throws CODEC_NOT_AVAILABLE. */
export function avroCodec(option: string): string {
  const codec = CODECS.get(option.toLowerCase());
  if (codec !== undefined && (codec !== 'zstandard' || typeof zlib.zstdCompressSync === 'function')) return codec;
  throw codecNotAvailable(option, [...CODECS.keys()]);
}

/** A block as the codec writes it. */
export function compressBlock(codec: string, bytes: Uint8Array): Uint8Array {
  switch (codec) {
    case 'deflate':
      return zlib.deflateRawSync(bytes);
    case 'zstandard':
      return zlib.zstdCompressSync(bytes);
    case 'snappy': {
      const sum = Buffer.alloc(4);
      sum.writeUInt32BE(zlib.crc32(bytes));
      return Buffer.concat([snappyCompress(bytes), sum]);
    }
    default:
      return bytes;
  }
}

/** The plain bytes of a block; throws DATA_CORRUPT or CODEC_NOT_AVAILABLE. */
export function uncompressBlock(codec: string, bytes: Uint8Array): Uint8Array {
  switch (codec) {
    case 'null':
      return bytes;
    case 'deflate':
      return inflated(codec, () => zlib.inflateRawSync(bytes, { maxOutputLength: MAX_BLOCK_BYTES }));
    case 'zstandard':
      if (typeof zlib.zstdDecompressSync !== 'function') break;
      return inflated(codec, () => zlib.zstdDecompressSync(bytes, { maxOutputLength: MAX_BLOCK_BYTES }));
    case 'snappy':
      return unsnapped(bytes);
    default:
  }
  throw codecNotAvailable(codec, [...CODECS.values()]);
}

function unsnapped(bytes: Uint8Array): Uint8Array {
  if (bytes.length < 4) throw corrupt('snappy', 'a block without checksum');
  const plain = snappyUncompress(bytes.subarray(0, -4), MAX_BLOCK_BYTES);
  const sum = new DataView(bytes.buffer, bytes.byteOffset, bytes.length).getUint32(bytes.length - 4);
  if (zlib.crc32(plain) !== sum) throw corrupt('snappy', 'a checksum that does not fit');
  return plain;
}

function inflated(codec: string, work: () => Uint8Array): Uint8Array {
  try {
    return work();
  } catch (error) {
    throw corrupt(codec, error instanceof Error ? error.message : String(error));
  }
}

function corrupt(codec: string, reason: string): MillraceError {
  return new MillraceError('DATA_CORRUPT', { what: `an Avro block in ${codec}`, reason });
}
