/** CRC-32C (Castagnoli) by tables, eight bytes at a time: the checksum of checkpoint entries and state files. */

const TABLES = makeTables();

/** The checksum of some bytes as an unsigned number; `previous` continues the checksum of what came before. */
export function crc32c(bytes: Uint8Array, previous = 0): number {
  const tables = TABLES;
  const { length } = bytes;
  const aligned = length - (length % 8);
  let crc = ~previous;
  let i = 0;
  for (; i < aligned; i += 8) {
    const low =
      crc ^
      ((bytes[i] as number) |
        ((bytes[i + 1] as number) << 8) |
        ((bytes[i + 2] as number) << 16) |
        ((bytes[i + 3] as number) << 24));
    crc =
      (tables[1792 + (low & 255)] as number) ^
      (tables[1536 + ((low >>> 8) & 255)] as number) ^
      (tables[1280 + ((low >>> 16) & 255)] as number) ^
      (tables[1024 + (low >>> 24)] as number) ^
      (tables[768 + (bytes[i + 4] as number)] as number) ^
      (tables[512 + (bytes[i + 5] as number)] as number) ^
      (tables[256 + (bytes[i + 6] as number)] as number) ^
      (tables[bytes[i + 7] as number] as number);
  }
  for (; i < length; i++) crc = (crc >>> 8) ^ (tables[(crc ^ (bytes[i] as number)) & 255] as number);
  return ~crc >>> 0;
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
