/**
 * CRC-32C (Castagnoli) by tables, eight bytes at a time: the checksum of checkpoint entries and state files. Each step waits for the one
 * before, so large inputs are taken in three lanes side by side, and the checksums of the lanes are joined by what zeros behind one do to it.
 */

/** Bytes of a lane. */
const LANE_BYTES = 4096;
const LANE_WORDS = LANE_BYTES / 4;
const TABLES = makeTables();
/** What `LANE_BYTES` zero bytes do to a checksum: table t for its byte t. */
const LANE_SHIFT = makeShift(LANE_BYTES);

/** The checksum of some bytes as an unsigned number; `previous` continues the checksum of what came before. */
export function crc32c(bytes: Uint8Array, previous = 0): number {
  const { length } = bytes;
  // Words are read at multiples of four.
  const start = Math.min(length, -bytes.byteOffset & 3);
  const numWords = ((length - start) >>> 3) * 2;
  let crc = crcOfBytes(bytes, 0, start, ~previous);
  if (numWords > 0) {
    const words = new Int32Array(bytes.buffer, bytes.byteOffset + start, numWords);
    let at = 0;
    for (; at + 3 * LANE_WORDS <= numWords; at += 3 * LANE_WORDS) crc = crcOfLanes(words, at, crc);
    crc = crcOfWords(words, at, crc);
  }
  return ~crcOfBytes(bytes, start + numWords * 4, length, crc) >>> 0;
}

function crcOfBytes(bytes: Uint8Array, from: number, to: number, before: number): number {
  let crc = before;
  for (let i = from; i < to; i++) crc = (crc >>> 8) ^ (TABLES[(crc ^ (bytes[i] as number)) & 255] as number);
  return crc;
}

/** Continues over words from `from` to the end, an even number of them. */
function crcOfWords(words: Int32Array, from: number, before: number): number {
  let crc = before;
  for (let i = from; i < words.length; i += 2) crc = step(TABLES, crc ^ (words[i] as number), words[i + 1] as number);
  return crc;
}

/** Continues over three lanes from `from` on. */
function crcOfLanes(words: Int32Array, from: number, before: number): number {
  const tables = TABLES;
  let first = before;
  let second = 0;
  let third = 0;
  for (let i = from, end = from + LANE_WORDS; i < end; i += 2) {
    first = step(tables, first ^ (words[i] as number), words[i + 1] as number);
    second = step(tables, second ^ (words[i + LANE_WORDS] as number), words[i + LANE_WORDS + 1] as number);
    third = step(tables, third ^ (words[i + 2 * LANE_WORDS] as number), words[i + 2 * LANE_WORDS + 1] as number);
  }
  return shifted(shifted(first) ^ second) ^ third;
}

/** Eight bytes as two words, the checksum so far taken into the low one. */
function step(tables: Int32Array, low: number, high: number): number {
  return (
    (tables[1792 + (low & 255)] as number) ^
    (tables[1536 + ((low >>> 8) & 255)] as number) ^
    (tables[1280 + ((low >>> 16) & 255)] as number) ^
    (tables[1024 + (low >>> 24)] as number) ^
    (tables[768 + (high & 255)] as number) ^
    (tables[512 + ((high >>> 8) & 255)] as number) ^
    (tables[256 + ((high >>> 16) & 255)] as number) ^
    (tables[high >>> 24] as number)
  );
}

/** The checksum with a lane of zeros behind it. */
function shifted(crc: number): number {
  return (
    (LANE_SHIFT[crc & 255] as number) ^
    (LANE_SHIFT[256 + ((crc >>> 8) & 255)] as number) ^
    (LANE_SHIFT[512 + ((crc >>> 16) & 255)] as number) ^
    (LANE_SHIFT[768 + (crc >>> 24)] as number)
  );
}

const known = new WeakMap<Uint8Array, number>();

/** The checksum of bytes nobody will change any more; computed once, although each layer that keeps them asks for it. */
export function crc32cOfFinal(bytes: Uint8Array): number {
  const checksum = known.get(bytes) ?? crc32c(bytes);
  known.set(bytes, checksum);
  return checksum;
}

/** Notes the checksum of bytes that came from another thread, where it was computed. */
export function noteCrc32c(bytes: Uint8Array, checksum: number): void {
  known.set(bytes, checksum);
}

/** Table t at 256·t: the effect of a byte that is followed by t bytes of zero. */
function makeTables(): Int32Array {
  const tables = new Int32Array(8 * 256);
  for (let byte = 0; byte < 256; byte++) {
    let crc = byte;
    for (let bit = 0; bit < 8; bit++) crc = (crc & 1) === 1 ? (crc >>> 1) ^ 0x82f63b78 : crc >>> 1;
    tables[byte] = crc;
  }
  for (let i = 256; i < tables.length; i++) {
    const before = tables[i - 256] as number;
    tables[i] = (before >>> 8) ^ (tables[before & 255] as number);
  }
  return tables;
}

/** Zeros act on each bit of a checksum by itself: what they do to a byte is what they do to its bits, put together. */
function makeShift(numZeros: number): Int32Array {
  // What zeros do to each bit; twice as many do it twice.
  let moved = Int32Array.from({ length: 32 }, (_, bit) => crcOfBytes(new Uint8Array(1), 0, 1, 1 << bit));
  for (let count = 1; count < numZeros; count *= 2) moved = moved.map((crc) => combined(moved, crc));
  const shift = new Int32Array(4 * 256);
  for (let byte = 0; byte < 256; byte++)
    for (let table = 0; table < 4; table++) shift[256 * table + byte] = combined(moved, byte << (8 * table));
  return shift;
}

/** What is done to a checksum, from what is done to each of its bits. */
function combined(moved: Int32Array, crc: number): number {
  let result = 0;
  for (let bit = 0; bit < 32; bit++) if (((crc >>> bit) & 1) === 1) result ^= moved[bit] as number;
  return result;
}
