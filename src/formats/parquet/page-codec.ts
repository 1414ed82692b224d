/** Compression of Parquet pages: which codecs there are here, and their work on one page. */
import type { ParquetCodec } from './parquet-metadata.ts';
import * as zlib from 'node:zlib';
import { MillraceError } from '../../errors/millrace-error.ts';
import { lz4Uncompress } from '../../kernels/lz4-block.ts';
import { snappyCompress, snappyUncompress } from '../../kernels/snappy-block.ts';

/** Spark's names for writing, and the extension Spark puts before `.parquet`. */
const WRITE_CODECS: Readonly<Record<string, { readonly codec: ParquetCodec; readonly extension: string }>> = {
  none: { codec: 'UNCOMPRESSED', extension: '' },
  uncompressed: { codec: 'UNCOMPRESSED', extension: '' },
  snappy: { codec: 'SNAPPY', extension: 'snappy.' },
  gzip: { codec: 'GZIP', extension: 'gz.' },
  brotli: { codec: 'BROTLI', extension: 'br.' },
  zstd: { codec: 'ZSTD', extension: 'zstd.' },
};

/** The codec of a Spark name; throws CODEC_NOT_AVAILABLE for one that cannot be written. */
export function writeCodec(name: string): { readonly codec: ParquetCodec; readonly extension: string } {
  const found = WRITE_CODECS[name.toLowerCase()];
  if (found === undefined || (found.codec === 'ZSTD' && typeof zlib.zstdCompressSync !== 'function'))
    throw new MillraceError('CODEC_NOT_AVAILABLE.WITH_AVAILABLE_CODECS_SUGGESTION', {
      codecName: name,
      availableCodecs: Object.keys(WRITE_CODECS).join(', '),
    });
  return found;
}

/** The bytes of a page as the codec writes them. */
export function compressPage(codec: ParquetCodec, bytes: Uint8Array): Uint8Array {
  switch (codec) {
    case 'SNAPPY':
      return snappyCompress(bytes);
    case 'GZIP':
      return zlib.gzipSync(bytes);
    case 'BROTLI':
      return zlib.brotliCompressSync(bytes, { params: { [zlib.constants.BROTLI_PARAM_QUALITY]: 4 } });
    case 'ZSTD':
      return zlib.zstdCompressSync(bytes);
    default:
      return bytes;
  }
}

/** The plain bytes of a page, `sizeBytes` of them. Throws DATA_CORRUPT or CODEC_NOT_AVAILABLE. */
export function uncompressPage(codec: ParquetCodec, bytes: Uint8Array, sizeBytes: number): Uint8Array {
  const plain = plainBytes(codec, bytes, sizeBytes);
  // Never a Buffer, whose slice is no copy.
  if (plain.length === sizeBytes) return new Uint8Array(plain.buffer, plain.byteOffset, plain.length);
  throw new MillraceError('DATA_CORRUPT', {
    what: 'a Parquet page',
    reason: `${plain.length} bytes where ${sizeBytes} are announced`,
  });
}

function plainBytes(codec: ParquetCodec, bytes: Uint8Array, sizeBytes: number): Uint8Array {
  if (sizeBytes === 0) return new Uint8Array(0);
  switch (codec) {
    case 'UNCOMPRESSED':
      return bytes;
    case 'SNAPPY':
      return snappyUncompress(bytes, sizeBytes);
    case 'LZ4_RAW':
      return lz4Uncompress(bytes, sizeBytes);
    case 'LZ4':
      return hadoopLz4(bytes, sizeBytes);
    case 'GZIP':
      return inflated(() => zlib.gunzipSync(bytes, { maxOutputLength: sizeBytes }), codec);
    case 'BROTLI':
      return inflated(() => zlib.brotliDecompressSync(bytes, { maxOutputLength: sizeBytes }), codec);
    case 'ZSTD':
      if (typeof zlib.zstdDecompressSync === 'function')
        return inflated(() => zlib.zstdDecompressSync(bytes, { maxOutputLength: sizeBytes }), codec);
      break;
    case 'LZO':
      break;
    default:
  }
  throw new MillraceError('CODEC_NOT_AVAILABLE.WITH_AVAILABLE_CODECS_SUGGESTION', {
    codecName: codec,
    availableCodecs: 'UNCOMPRESSED, SNAPPY, GZIP, BROTLI, ZSTD (Node.js 22.15 and later), LZ4, LZ4_RAW',
  });
}

function inflated(work: () => Uint8Array, codec: ParquetCodec): Uint8Array {
  try {
    return work();
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new MillraceError('DATA_CORRUPT', { what: `a Parquet page in ${codec}`, reason }, { cause });
  }
}

/** Hadoop's framing: blocks with big-endian plain and compressed sizes. Some writers leave it out. */
function hadoopLz4(bytes: Uint8Array, sizeBytes: number): Uint8Array {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const out = new Uint8Array(sizeBytes);
  let position = 0;
  let at = 0;
  while (position + 8 <= bytes.length) {
    const plain = view.getUint32(position);
    const compressed = view.getUint32(position + 4);
    if (plain > sizeBytes - at || compressed > bytes.length - position - 8) break;
    out.set(lz4Uncompress(bytes.subarray(position + 8, position + 8 + compressed), plain), at);
    at += plain;
    position += 8 + compressed;
  }
  return position === bytes.length && at === sizeBytes ? out : lz4Uncompress(bytes, sizeBytes);
}
