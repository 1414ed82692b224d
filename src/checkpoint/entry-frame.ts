/**
 * How entries lie in a file: content plus a trailer with length and CRC-32C, which covers the name, so that torn, changed, swapped and
 * foreign files are told apart from good ones.
 *
 *   text   (metadata, plan, offsets, commits, epochs) = content · "\n#millrace 1 " · length · " " · checksum in hex · "\n"
 *   binary (everything else)                    = "MRCB" · u32 format · u32 length · content · u32 checksum      (little endian)
 *   checksum = crc32c(name · "\0" · length · "\0" · crc32c(content))
 */
import { crc32c, crc32cOfFinal } from '../types/crc32c.ts';

const TEXT_ENTRY = /^(?:metadata$|plan$|offsets\/|commits\/|epochs\/)/;
const TRAILER = /\n#millrace 1 (\d+) ([0-9a-f]{8})\n$/;
const MAX_TRAILER_BYTES = 48;
const MAGIC = 0x4243524d;
const FORMAT = 1;
/** A smaller content is written in one piece. */
const MIN_UNCOPIED_BYTES = 65_536;
const encoder = new TextEncoder();

/** The content of a frame, or what is wrong with it. */
export type FrameContent =
  | { readonly content: Uint8Array }
  | { readonly content?: undefined; readonly expected: string; readonly found: string };

/** The checksum of an entry. */
export function entryChecksum(name: string, content: Uint8Array): number {
  return crc32c(encoder.encode(`${name}\0${content.length}\0${crc32cOfFinal(content)}`)) >>> 0;
}

/** The bytes of a file for an entry. */
export function frameEntry(name: string, content: Uint8Array): Uint8Array {
  const checksum = entryChecksum(name, content);
  if (TEXT_ENTRY.test(name)) {
    const trailer = encoder.encode(`\n#millrace 1 ${content.length} ${checksum.toString(16).padStart(8, '0')}\n`);
    const bytes = new Uint8Array(content.length + trailer.length);
    bytes.set(content);
    bytes.set(trailer, content.length);
    return bytes;
  }
  const [head, , tail] = binaryPieces(content, checksum);
  const bytes = new Uint8Array(content.length + 16);
  bytes.set(head);
  bytes.set(content, 12);
  bytes.set(tail, 12 + content.length);
  return bytes;
}

/** What `frameEntry` gives, in pieces to be written one after the other: a large content is not copied. */
export function framePieces(name: string, content: Uint8Array): readonly Uint8Array[] {
  if (content.length < MIN_UNCOPIED_BYTES || TEXT_ENTRY.test(name)) return [frameEntry(name, content)];
  return binaryPieces(content, entryChecksum(name, content));
}

function binaryPieces(content: Uint8Array, checksum: number): readonly [head: Uint8Array, Uint8Array, Uint8Array] {
  const words = new DataView(new ArrayBuffer(16));
  words.setUint32(0, MAGIC, true);
  words.setUint32(4, FORMAT, true);
  words.setUint32(8, content.length, true);
  words.setUint32(12, checksum, true);
  return [new Uint8Array(words.buffer, 0, 12), content, new Uint8Array(words.buffer, 12, 4)];
}

/** Takes the content out of a file's bytes after all checks. */
export function unframeEntry(name: string, bytes: Uint8Array): FrameContent {
  return TEXT_ENTRY.test(name) ? unframeText(name, bytes) : unframeBinary(name, bytes);
}

function unframeText(name: string, bytes: Uint8Array): FrameContent {
  const tail = new TextDecoder('latin1').decode(bytes.subarray(Math.max(0, bytes.length - MAX_TRAILER_BYTES)));
  const match = TRAILER.exec(tail);
  if (match === null) return { expected: 'a trailer line #millrace 1', found: `${bytes.length} bytes without one` };
  const length = bytes.length - match[0].length;
  if (Number(match[1]) !== length) return { expected: `${match[1]} bytes`, found: `${length} bytes` };
  const content = bytes.subarray(0, length);
  return checked(name, content, Number.parseInt(match[2] ?? '', 16));
}

function unframeBinary(name: string, bytes: Uint8Array): FrameContent {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  if (bytes.length < 16 || view.getUint32(0, true) !== MAGIC)
    return { expected: 'a checkpoint entry (MRCB)', found: `${bytes.length} other bytes` };
  if (view.getUint32(4, true) !== FORMAT)
    return { expected: `format ${FORMAT}`, found: `format ${view.getUint32(4, true)}` };
  const length = view.getUint32(8, true);
  if (length !== bytes.length - 16) return { expected: `${length} bytes`, found: `${bytes.length - 16} bytes` };
  return checked(name, bytes.subarray(12, 12 + length), view.getUint32(12 + length, true));
}

function checked(name: string, content: Uint8Array, expected: number): FrameContent {
  const found = entryChecksum(name, content);
  if (found === expected) return { content };
  return { expected: `checksum ${expected.toString(16)}`, found: `checksum ${found.toString(16)}` };
}
