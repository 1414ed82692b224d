/**
 * The value of an entry in Redis: small content lies in it, large content in chunk keys it counts. The checksum covers name and content;
 * the nonce tells one write from another, so that a repeated script recognises its own first run.
 *
 *   value = "MRRV" · u32 format · u32 number of chunks · u32 length · u32 checksum · 8 bytes nonce · content if no chunks  (little endian)
 */
import { entryChecksum } from './entry-frame.ts';

const MAGIC = 0x5652524d;
const FORMAT = 1;
/** Bytes of a value before its content. */
export const VALUE_HEADER_BYTES = 28;

/** What the value of an entry says. */
export interface RedisValue {
  readonly numChunks: number;
  readonly length: number;
  readonly checksum: number;
  /** 16 hex digits; part of the chunks' keys. */
  readonly nonce: string;
  readonly content: Uint8Array;
}

/** The value for an entry whose content lies in `numChunks` chunk keys, or in the value when it is 0. */
export function encodeRedisValue(name: string, content: Uint8Array, numChunks: number, nonce: string): Buffer {
  const inline = numChunks === 0 ? content : new Uint8Array(0);
  const value = Buffer.alloc(VALUE_HEADER_BYTES + inline.length);
  value.writeUInt32LE(MAGIC, 0);
  value.writeUInt32LE(FORMAT, 4);
  value.writeUInt32LE(numChunks, 8);
  value.writeUInt32LE(content.length, 12);
  value.writeUInt32LE(entryChecksum(name, content), 16);
  value.write(nonce, 20, 'hex');
  value.set(inline, VALUE_HEADER_BYTES);
  return value;
}

/** Reads a value; undefined when it is none. */
export function decodeRedisValue(value: Buffer): RedisValue | undefined {
  if (value.length < VALUE_HEADER_BYTES || value.readUInt32LE(0) !== MAGIC || value.readUInt32LE(4) !== FORMAT)
    return undefined;
  return {
    numChunks: value.readUInt32LE(8),
    length: value.readUInt32LE(12),
    checksum: value.readUInt32LE(16),
    nonce: value.toString('hex', 20, VALUE_HEADER_BYTES),
    content: value.subarray(VALUE_HEADER_BYTES),
  };
}
