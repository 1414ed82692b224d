/**
 * The compression of record batches that kafkajs leaves to others: snappy, LZ4 and zstd; gzip it has. Reading understands all of them; writing
 * has all but LZ4. Zstd is Node's own, from 22.15.
 *
 * Snappy comes in the framing of Java's library: `82 "SNAPPY" 00`, two versions, then blocks of a big-endian length and data; or bare. LZ4
 * is the frame format: magic, flags, descriptor, then blocks of a little-endian length (top bit: stored as it is) up to a length of 0.
 */
import { promisify } from 'node:util';
import zlib from 'node:zlib';
import { MillraceError } from '../../errors/millrace-error.ts';
import { Lz4Output, readLz4Block } from '../../kernels/lz4-block.ts';
import { snappyCompress, snappyUncompress } from '../../kernels/snappy-block.ts';

interface Encoder {
  readonly buffer: Buffer;
}

const XERIAL_MAGIC = Buffer.from([0x82, 0x53, 0x4e, 0x41, 0x50, 0x50, 0x59, 0]);
const XERIAL_HEADER_BYTES = 16;
const LZ4_MAGIC = 0x18_4d_22_04;
const LZ4_STORED = 0x80_00_00_00;
/** What a record batch may unpack to: brokers take batches of some MB. */
const MAX_BATCH_BYTES = 1 << 30;

/** Adds the codecs to the table of kafkajs; those that are there stay. */
export function registerKafkaCodecs({ CompressionCodecs, CompressionTypes }: typeof import('kafkajs')): void {
  CompressionCodecs[CompressionTypes.Snappy] = () => ({
    compress: async ({ buffer }: Encoder) => snappyFrame(buffer),
    decompress: async (bytes: Buffer) => unsnappy(bytes),
  });
  CompressionCodecs[CompressionTypes.LZ4] = () => ({
    compress: unwritable('lz4'),
    decompress: async (bytes: Buffer) => lz4Frame(bytes),
  });
  CompressionCodecs[CompressionTypes.ZSTD] = () => ({
    compress: async ({ buffer }: Encoder) => await promisify(zlib.zstdCompress)(buffer),
    decompress: async (bytes: Buffer) => await promisify(zlib.zstdDecompress)(bytes),
  });
}

function unwritable(codec: string): () => Promise<never> {
  return () =>
    Promise.reject(new MillraceError('UNSUPPORTED_FEATURE', { feature: `Writing ${codec} compressed Kafka records` }));
}

/** One block in the framing that every reader of Kafka knows. */
export function snappyFrame(bytes: Uint8Array): Buffer {
  const block = snappyCompress(bytes);
  const head = Buffer.alloc(XERIAL_HEADER_BYTES + 4);
  XERIAL_MAGIC.copy(head);
  head.writeInt32BE(1, 8);
  head.writeInt32BE(1, 12);
  head.writeInt32BE(block.length, XERIAL_HEADER_BYTES);
  return Buffer.concat([head, block]);
}

/** Unpacks snappy, framed or bare. */
export function unsnappy(bytes: Buffer): Buffer {
  return checked(() => {
    const isFramed = bytes.subarray(0, XERIAL_MAGIC.length).equals(XERIAL_MAGIC);
    if (!isFramed) return asBuffer(snappyUncompress(bytes, MAX_BATCH_BYTES));
    const blocks: Uint8Array[] = [];
    for (let at = XERIAL_HEADER_BYTES; at + 4 <= bytes.length;) {
      const length = bytes.readUInt32BE(at);
      if (length > bytes.length - at - 4) throw corrupt('a block of the snappy framing is cut');
      blocks.push(snappyUncompress(bytes.subarray(at + 4, at + 4 + length), MAX_BATCH_BYTES));
      at += 4 + length;
    }
    return Buffer.concat(blocks);
  });
}

/** Unpacks an LZ4 frame. */
export function lz4Frame(bytes: Buffer): Buffer {
  if (bytes.length < 7 || bytes.readUInt32LE(0) !== LZ4_MAGIC) throw corrupt('no LZ4 frame');
  const flags = bytes[4] ?? 0;
  const hasBlockChecksum = (flags & 16) !== 0;
  const contentSizeBytes = (flags & 8) === 0 ? 0 : 8;
  const dictionaryBytes = (flags & 1) === 0 ? 0 : 4;
  let at = 7 + contentSizeBytes + dictionaryBytes;
  const output = new Lz4Output(bytes.length * 4, MAX_BATCH_BYTES);
  for (;;) {
    if (at + 4 > bytes.length) throw corrupt('a block of the LZ4 frame is missing');
    const word = bytes.readUInt32LE(at);
    at += 4;
    if (word === 0) return asBuffer(output.taken());
    const length = word >= LZ4_STORED ? word - LZ4_STORED : word;
    const block = bytes.subarray(at, at + length);
    if (block.length < length) throw corrupt('a block of the LZ4 frame is cut');
    if (word >= LZ4_STORED) output.append(block);
    else checked(() => readLz4Block(block, output));
    at += length + (hasBlockChecksum ? 4 : 0);
  }
}

function asBuffer({ buffer, byteOffset, length }: Uint8Array): Buffer {
  return Buffer.from(buffer, byteOffset, length);
}

/** What is wrong with a block is wrong with the record batch. */
function checked<T>(work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (!(error instanceof MillraceError) || error.condition !== 'DATA_CORRUPT') throw error;
    throw new MillraceError('KAFKA_RECORD_CORRUPT', { reason: error.message }, { cause: error });
  }
}

function corrupt(reason: string): MillraceError {
  return new MillraceError('KAFKA_RECORD_CORRUPT', { reason });
}
