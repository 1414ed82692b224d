/** Reads blocks of LZ4; every length is checked against the bytes there are and the size announced. */
import { MillraceError } from '../errors/millrace-error.ts';

/** The `sizeBytes` bytes of a block. Throws DATA_CORRUPT. */
export function lz4Uncompress(bytes: Uint8Array, sizeBytes: number): Uint8Array {
  const out = new Uint8Array(sizeBytes);
  const end = bytes.length;
  let position = 0;
  let at = 0;
  const length = (first: number): number => {
    let size = first;
    if (first !== 15) return size;
    for (;;) {
      const byte = bytes[position++];
      if (byte === undefined) throw corrupt('a length cut short');
      size += byte;
      if (byte !== 255) return size;
    }
  };
  while (position < end) {
    const token = bytes[position++] as number;
    const literals = length(token >> 4);
    if (literals > end - position || literals > sizeBytes - at) throw corrupt('literals out of bounds');
    out.set(bytes.subarray(position, position + literals), at);
    position += literals;
    at += literals;
    if (position >= end) break;
    const distance = (bytes[position] ?? 0) | ((bytes[position + 1] ?? 0) << 8);
    position += 2;
    const size = length(token & 15) + 4;
    if (position > end || distance === 0 || distance > at || size > sizeBytes - at)
      throw corrupt('a copy out of bounds');
    for (let i = 0; i < size; i++) out[at + i] = out[at + i - distance] as number;
    at += size;
  }
  if (at !== sizeBytes) throw corrupt(`${at} bytes where ${sizeBytes} are announced`);
  return out;
}

function corrupt(reason: string): MillraceError {
  return new MillraceError('DATA_CORRUPT', { what: 'an LZ4 block', reason });
}
