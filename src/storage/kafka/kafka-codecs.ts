/**
 * The compression of record batches that kafkajs leaves to others: snappy, LZ4 and zstd; gzip it has. Reading understands all of them;
 * writing
 * has all but LZ4. Zstd is Node's own, from 22.15.
 *
 * Snappy comes in the framing of Java's library: `82 "SNAPPY" 00`, two versions, then blocks of a big-endian length and data; or bare. LZ4
 * is the frame format: magic, flags, descriptor, then blocks of a little-endian length (top bit: stored as it is) up to a length of 0.
 */
import { promisify } from 'node:util';
import zlib from 'node:zlib';
import { MillraceError } from '../../errors/millrace-error.ts';
import { loadDriver } from '../load-driver.ts';

interface Encoder {
  readonly buffer: Buffer;
}

const XERIAL_MAGIC = Buffer.from([0x82, 0x53, 0x4e, 0x41, 0x50, 0x50, 0x59, 0]);
const XERIAL_HEADER_BYTES = 16;
const LZ4_MAGIC = 0x18_4d_22_04;
const LZ4_STORED = 0x80_00_00_00;

/** Adds the codecs to the table of kafkajs; those that are there stay. */
export function registerKafkaCodecs({ CompressionCodecs, CompressionTypes }: typeof import('kafkajs')): void {
  CompressionCodecs[CompressionTypes.Snappy] = () => ({ compress: snappy, decompress: unsnappy });
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
async function snappy({ buffer }: Encoder): Promise<Buffer> {
  const { snappyCompress } = await loadSnappy();
  const block = snappyCompress(buffer);
  const head = Buffer.alloc(XERIAL_HEADER_BYTES + 4);
  XERIAL_MAGIC.copy(head);
  head.writeInt32BE(1, 8);
  head.writeInt32BE(1, 12);
  head.writeInt32BE(block.length, XERIAL_HEADER_BYTES);
  return Buffer.concat([head, block]);
}

function loadSnappy(): Promise<typeof import('hysnappy')> {
  return loadDriver('Snappy compressed Kafka records', 'hysnappy', () => import('hysnappy'));
}

async function unsnappy(bytes: Buffer): Promise<Buffer> {
  const { snappyUncompressor } = await loadSnappy();
  const uncompress = snappyUncompressor();
  const block = (data: Buffer): Uint8Array => uncompress(data, snappyLength(data));
  if (!bytes.subarray(0, XERIAL_MAGIC.length).equals(XERIAL_MAGIC)) return Buffer.from(block(bytes));
  const blocks: Uint8Array[] = [];
  for (let at = XERIAL_HEADER_BYTES; at + 4 <= bytes.length;) {
    const length = bytes.readInt32BE(at);
    blocks.push(Uint8Array.from(block(bytes.subarray(at + 4, at + 4 + length))));
    at += 4 + length;
  }
  return Buffer.concat(blocks);
}

/** The length of what a snappy block unpacks to: a varint before the data. */
function snappyLength(block: Uint8Array): number {
  let length = 0;
  for (let i = 0; i < 5; i++) {
    const byte = block[i] ?? 0;
    length += (byte & 127) * 2 ** (7 * i);
    if (byte < 128) break;
  }
  return length;
}

/** Unpacks an LZ4 frame. */
export function lz4Frame(bytes: Buffer): Buffer {
  if (bytes.readUInt32LE(0) !== LZ4_MAGIC) throw corrupt('no LZ4 frame');
  const flags = bytes[4] ?? 0;
  const hasBlockChecksum = (flags & 16) !== 0;
  const contentSizeBytes = (flags & 8) === 0 ? 0 : 8;
  const dictionaryBytes = (flags & 1) === 0 ? 0 : 4;
  let at = 7 + contentSizeBytes + dictionaryBytes;
  const output = new GrowingBytes(bytes.length * 4);
  for (;;) {
    if (at + 4 > bytes.length) throw corrupt('a block of the LZ4 frame is missing');
    const word = bytes.readUInt32LE(at);
    at += 4;
    if (word === 0) return output.taken();
    const length = word >= LZ4_STORED ? word - LZ4_STORED : word;
    const block = bytes.subarray(at, at + length);
    if (block.length < length) throw corrupt('a block of the LZ4 frame is cut');
    if (word >= LZ4_STORED) output.append(block);
    else lz4Block(block, output);
    at += length + (hasBlockChecksum ? 4 : 0);
  }
}

/** A block is a row of sequences: a token, literals, and a copy of what was written `offset` bytes before. */
function lz4Block(block: Uint8Array, output: GrowingBytes): void {
  let at = 0;
  const longer = (start: number): number => {
    let length = start;
    if (start < 15) return length;
    for (;;) {
      const byte = block[at++];
      if (byte === undefined) throw corrupt('a length in an LZ4 block is cut');
      length += byte;
      if (byte < 255) return length;
    }
  };
  while (at < block.length) {
    const token = block[at++] ?? 0;
    const numLiterals = longer(token >> 4);
    output.append(block.subarray(at, at + numLiterals));
    at += numLiterals;
    if (at >= block.length) return;
    const offset = (block[at] ?? 0) | ((block[at + 1] ?? 0) << 8);
    at += 2;
    output.repeat(offset, longer(token & 15) + 4);
  }
}

class GrowingBytes {
  #bytes: Buffer;
  #length = 0;

  constructor(capacity: number) {
    this.#bytes = Buffer.allocUnsafe(Math.max(capacity, 1024));
  }

  append(bytes: Uint8Array): void {
    this.#reserve(bytes.length);
    this.#bytes.set(bytes, this.#length);
    this.#length += bytes.length;
  }

  /** Appends `length` bytes that begin `offset` before the end; they may overlap what is being written. */
  repeat(offset: number, length: number): void {
    if (offset === 0 || offset > this.#length) throw corrupt('an LZ4 block copies from before its begin');
    this.#reserve(length);
    const bytes = this.#bytes;
    const end = this.#length + length;
    for (let to = this.#length, from = to - offset; to < end; to++, from++) bytes[to] = bytes[from] ?? 0;
    this.#length = end;
  }

  taken(): Buffer {
    return this.#bytes.subarray(0, this.#length);
  }

  #reserve(more: number): void {
    if (this.#length + more <= this.#bytes.length) return;
    const larger = Buffer.allocUnsafe(Math.max(this.#bytes.length * 2, this.#length + more));
    this.#bytes.copy(larger, 0, 0, this.#length);
    this.#bytes = larger;
  }
}

function corrupt(reason: string): MillraceError {
  return new MillraceError('KAFKA_RECORD_CORRUPT', { reason });
}
