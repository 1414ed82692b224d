/**
 * The files of a ZIP archive, one after the other, as one text file: what Firehose writes with ZIP compression is one file. Stored and deflated
 * entries; no encryption, no archives in parts, no ZIP64.
 */
import { Buffer } from 'node:buffer';
import { inflateRawSync } from 'node:zlib';
import { type CompressedFile, damaged, tooLarge } from './compressed-file.ts';

const END_BYTES = 22;
const END_MAGIC = 0x06054b50;
const ENTRY_MAGIC = 0x02014b50;
const LOCAL_MAGIC = 0x04034b50;
const STORED = 0;
const DEFLATED = 8;
const ENCRYPTED = 1;

/** Yields the plain content of each entry that is no folder. */
export async function* unzip(blocks: AsyncIterable<Uint8Array>, file: CompressedFile): AsyncGenerator<Uint8Array> {
  const parts: Uint8Array[] = [];
  for await (const block of blocks) parts.push(Buffer.from(block));
  const bytes = Buffer.concat(parts);
  let end = bytes.length - END_BYTES;
  while (end >= 0 && bytes.readUInt32LE(end) !== END_MAGIC) end--;
  if (end < 0) throw damaged(file, new Error('no directory at its end'));
  let at = bytes.readUInt32LE(end + 16);
  let left = file.maxBytes;
  for (let count = bytes.readUInt16LE(end + 10); count > 0; count--) {
    if (at + 46 > bytes.length || bytes.readUInt32LE(at) !== ENTRY_MAGIC)
      throw damaged(file, new Error('a damaged directory'));
    const content = entryOf(bytes, at, left, file);
    left -= content.length;
    if (content.length > 0) yield content;
    at += 46 + bytes.readUInt16LE(at + 28) + bytes.readUInt16LE(at + 30) + bytes.readUInt16LE(at + 32);
  }
}

function entryOf(bytes: Buffer, at: number, maxBytes: number, file: CompressedFile): Uint8Array {
  const method = bytes.readUInt16LE(at + 10);
  const size = bytes.readUInt32LE(at + 20);
  const local = bytes.readUInt32LE(at + 42);
  if ((bytes.readUInt16LE(at + 8) & ENCRYPTED) !== 0) throw damaged(file, new Error('an encrypted entry'));
  if (local + 30 > bytes.length || bytes.readUInt32LE(local) !== LOCAL_MAGIC)
    throw damaged(file, new Error('an entry out of place'));
  const start = local + 30 + bytes.readUInt16LE(local + 26) + bytes.readUInt16LE(local + 28);
  if (start + size > bytes.length) throw damaged(file, new Error('an entry cut short'));
  const packed = bytes.subarray(start, start + size);
  if (method === STORED) return packed;
  if (method !== DEFLATED) throw damaged(file, new Error(`the unknown method ${method}`));
  try {
    return inflateRawSync(packed, { maxOutputLength: Math.max(1, maxBytes) });
  } catch (error) {
    if (error instanceof RangeError) throw tooLarge(file);
    throw damaged(file, error);
  }
}
