/**
 * Parquet's hybrid of run lengths and bit packing: definition and repetition levels, dictionary indexes, booleans of page version 2.
 */
import type { ByteWriter } from '../byte-writer.ts';
import { MillraceError } from '../../errors/millrace-error.ts';

/** Bits a value up to `max` takes. */
export function bitWidthOf(max: number): number {
  return max === 0 ? 0 : 32 - Math.clz32(max);
}

/** Reads `count` values of `bitWidth` bits from `bytes[start, end)` into `target`. Throws DATA_CORRUPT when there are fewer. */
export function readHybrid(
  bytes: Uint8Array,
  start: number,
  end: number,
  bitWidth: number,
  target: Int32Array | Uint8Array,
  count: number,
): void {
  if (bitWidth > 32) throw corrupt(`values of ${bitWidth} bits`);
  let position = start;
  let filled = 0;
  const valueBytes = (bitWidth + 7) >> 3;
  while (filled < count) {
    let header = 0;
    let scale = 1;
    for (;;) {
      if (position >= end) throw corrupt('fewer values than announced');
      const byte = bytes[position++] as number;
      header += (byte & 0x7f) * scale;
      if (byte < 0x80) break;
      scale *= 128;
    }
    if (header % 2 === 0) {
      const length = header / 2;
      if (position + valueBytes > end || length === 0) throw corrupt('an empty run');
      let value = 0;
      for (let i = 0; i < valueBytes; i++) value |= (bytes[position + i] as number) << (8 * i);
      position += valueBytes;
      const to = Math.min(count, filled + length);
      target.fill(value, filled, to);
      filled = to;
    } else {
      const groups = (header - 1) / 2;
      const size = groups * bitWidth;
      const length = Math.min(count - filled, groups * 8);
      // The last group may be cut short by writers that know the reader stops.
      if (groups === 0 || position + Math.ceil((length * bitWidth) / 8) > end) throw corrupt('a run cut short');
      unpack(bytes, position, bitWidth, target, filled, length);
      position += size;
      filled += length;
    }
  }
}

/** The value all `count` entries have, when the bytes are one run; else undefined. */
export function constantHybrid(
  bytes: Uint8Array,
  start: number,
  end: number,
  bitWidth: number,
  count: number,
): number | undefined {
  if (bitWidth > 8) return undefined;
  let position = start;
  let header = 0;
  let scale = 1;
  for (;;) {
    if (position >= end) return undefined;
    const byte = bytes[position++] as number;
    header += (byte & 0x7f) * scale;
    if (byte < 0x80) break;
    scale *= 128;
  }
  return header % 2 === 0 && header / 2 >= count && position < end ? bytes[position] : undefined;
}

/** Values of `bitWidth` bits, lowest bits first, from byte `start` on. */
export function unpack(
  bytes: Uint8Array,
  start: number,
  bitWidth: number,
  target: Int32Array | Uint8Array,
  at: number,
  count: number,
): void {
  if (bitWidth === 0) {
    target.fill(0, at, at + count);
    return;
  }
  const mask = bitWidth === 32 ? -1 : (1 << bitWidth) - 1;
  let buffer = 0;
  let bits = 0;
  let position = start;
  if (bitWidth <= 24) {
    for (let i = 0; i < count; i++) {
      while (bits < bitWidth) {
        buffer |= (bytes[position++] as number) << bits;
        bits += 8;
      }
      target[at + i] = buffer & mask;
      buffer >>>= bitWidth;
      bits -= bitWidth;
    }
    return;
  }
  for (let i = 0; i < count; i++) {
    const bit = i * bitWidth;
    position = start + (bit >> 3);
    const shift = bit & 7;
    const low =
      ((bytes[position] as number) |
        ((bytes[position + 1] as number) << 8) |
        ((bytes[position + 2] as number) << 16) |
        ((bytes[position + 3] as number) << 24)) >>>
      shift;
    const high = shift === 0 ? 0 : (bytes[position + 4] ?? 0) << (32 - shift);
    target[at + i] = (low | high) & mask;
  }
}

/** Appends `count` values of `bitWidth` bits. */
export function writeHybrid(out: ByteWriter, values: Int32Array | Uint8Array, count: number, bitWidth: number): void {
  let position = 0;
  while (position < count) {
    const run = runLength(values, position, count);
    if (run >= 8 || position + run === count) {
      writeVarint(out, run * 2);
      for (let i = 0; i < bitWidth; i += 8) out.byte(((values[position] as number) >>> i) & 0xff);
      position += run;
      continue;
    }
    // Groups of eight until a run begins that is worth it.
    let end = position + 8;
    while (end + 8 <= count && runLength(values, end, Math.min(count, end + 16)) < 16) end += 8;
    const groups = Math.ceil((Math.min(end, count) - position) / 8);
    writeVarint(out, groups * 2 + 1);
    packGroups(out, values, position, groups * 8, bitWidth, count);
    position = Math.min(count, position + groups * 8);
  }
}

function runLength(values: Int32Array | Uint8Array, start: number, end: number): number {
  const value = values[start];
  let position = start + 1;
  while (position < end && values[position] === value) position++;
  return position - start;
}

function packGroups(
  out: ByteWriter,
  values: Int32Array | Uint8Array,
  start: number,
  length: number,
  bitWidth: number,
  count: number,
): void {
  out.reserve((length * bitWidth) / 8 + 8);
  const { bytes } = out;
  let { length: position } = out;
  let buffer = 0;
  let bits = 0;
  for (let i = start; i < start + length; i++) {
    const value = i < count ? (values[i] as number) : 0;
    let left = bitWidth;
    let rest = value;
    // At most 24 bits at once, so that the buffer of 32 does not overflow.
    while (left > 0) {
      const part = Math.min(left, 24 - (bits & 7));
      buffer |= (rest & ((1 << part) - 1)) << bits;
      bits += part;
      rest >>>= part;
      left -= part;
      while (bits >= 8) {
        bytes[position++] = buffer & 0xff;
        buffer >>>= 8;
        bits -= 8;
      }
    }
  }
  out.length = position;
}

export function writeVarint(out: ByteWriter, value: number): void {
  let rest = value;
  while (rest >= 128) {
    out.byte((rest % 128) | 0x80);
    rest = Math.floor(rest / 128);
  }
  out.byte(rest);
}

function corrupt(reason: string): MillraceError {
  return new MillraceError('DATA_CORRUPT', { what: 'a run of levels or indexes', reason });
}
