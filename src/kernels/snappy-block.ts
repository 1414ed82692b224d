/**
 * Snappy's block format, both ways. Compression looks for matches of four bytes and more in windows of 64 KiB, as the reference does;
 * decompression checks every length against what was announced.
 */
import type { KernelChoice } from './kernel-instance.ts';
import { MillraceError } from '../errors/millrace-error.ts';
import { threadKernels } from './kernel-instance.ts';
import { MAX_SNAPPY_BYTES, SnappyKernel } from './snappy-kernel.ts';
import { wordAt } from '../types/byte-cursor.ts';

const WINDOW_BYTES = 1 << 16;
const TABLE_BITS = 14;
/** Behind this place of a window no match is looked for. */
const MARGIN_BYTES = 15;

/** Made on first use. */
let threadKernel: SnappyKernel | undefined;

function kernelOf(choice: KernelChoice | undefined): SnappyKernel | undefined {
  const kernels = threadKernels(choice);
  if (kernels === undefined) return undefined;
  threadKernel ??= new SnappyKernel(kernels);
  return threadKernel;
}

/** The bytes of a block; `maxBytes` bounds what it may announce. Throws DATA_CORRUPT. */
export function snappyUncompress(bytes: Uint8Array, maxBytes: number, choice?: KernelChoice): Uint8Array {
  let position = 0;
  let length = 0;
  for (let scale = 1; ; scale *= 128) {
    const byte = bytes[position++];
    if (byte === undefined || scale > 2 ** 35) throw corrupt('no length');
    length += (byte & 0x7f) * scale;
    if (byte < 0x80) break;
  }
  if (length > maxBytes) throw corrupt(`${length} bytes announced where ${maxBytes} are expected at most`);
  const kernel = bytes.length + length <= MAX_SNAPPY_BYTES ? kernelOf(choice) : undefined;
  return kernel?.uncompress(bytes.subarray(position), length) ?? unpacked(bytes, position, length);
}

/** The twin of the kernel; says what is wrong. */
function unpacked(bytes: Uint8Array, start: number, length: number): Uint8Array {
  let position = start;
  const out = new Uint8Array(length);
  const end = bytes.length;
  let at = 0;
  while (position < end) {
    const tag = bytes[position++] as number;
    let size: number;
    let distance: number;
    switch (tag & 3) {
      case 0: {
        size = (tag >> 2) + 1;
        if (size > 60) {
          const extra = size - 60;
          if (position + extra > end) throw corrupt('a literal cut short');
          size = 1;
          for (let i = 0; i < extra; i++) size += (bytes[position + i] as number) * 2 ** (8 * i);
          position += extra;
        }
        if (size > end - position || size > length - at) throw corrupt('a literal too long');
        if (size < 24) for (let i = 0; i < size; i++) out[at + i] = bytes[position + i] as number;
        else out.set(bytes.subarray(position, position + size), at);
        position += size;
        at += size;
        continue;
      }
      case 1:
        size = ((tag >> 2) & 7) + 4;
        distance = ((tag & 0xe0) << 3) | (bytes[position] ?? 0);
        position += 1;
        break;
      case 2:
        size = (tag >> 2) + 1;
        distance = (bytes[position] ?? 0) | ((bytes[position + 1] ?? 0) << 8);
        position += 2;
        break;
      default:
        size = (tag >> 2) + 1;
        distance =
          ((bytes[position] ?? 0) |
            ((bytes[position + 1] ?? 0) << 8) |
            ((bytes[position + 2] ?? 0) << 16) |
            ((bytes[position + 3] ?? 0) << 24)) >>>
          0;
        position += 4;
    }
    if (position > end || distance === 0 || distance > at || size > length - at) throw corrupt('a copy out of bounds');
    const from = at - distance;
    for (let i = 0; i < size; i++) out[at + i] = out[from + i] as number;
    at += size;
  }
  if (at !== length) throw corrupt(`${at} bytes where ${length} are announced`);
  return out;
}

const table = new Uint16Array(1 << TABLE_BITS);

/** A block with these bytes. */
export function snappyCompress(bytes: Uint8Array, choice?: KernelChoice): Uint8Array {
  const kernel = bytes.length * 3 <= MAX_SNAPPY_BYTES ? kernelOf(choice) : undefined;
  if (kernel !== undefined) return Buffer.concat([lengthBytes(bytes.length), kernel.compress(bytes)]);
  const out = new SnappyWriter(bytes);
  for (let start = 0; start < bytes.length; start += WINDOW_BYTES)
    out.window(start, Math.min(bytes.length, start + WINDOW_BYTES));
  return out.finish();
}

class SnappyWriter {
  readonly #in: Uint8Array;
  readonly #out: Uint8Array;
  #at = 0;

  constructor(bytes: Uint8Array) {
    this.#in = bytes;
    this.#out = new Uint8Array(32 + bytes.length + Math.floor(bytes.length / 6));
    for (const byte of lengthBytes(bytes.length)) this.#out[this.#at++] = byte;
  }

  finish(): Uint8Array {
    return this.#out.slice(0, this.#at);
  }

  window(start: number, end: number): void {
    const bytes = this.#in;
    const limit = end - MARGIN_BYTES;
    let literalStart = start;
    let position = start;
    if (position < limit) {
      table.fill(0);
      position++;
      let skip = 32;
      while (position < limit) {
        const word = wordAt(bytes, position);
        const slot = Math.imul(word, 0x1e35a7bd) >>> (32 - TABLE_BITS);
        const candidate = start + (table[slot] as number);
        table[slot] = position - start;
        if (candidate >= position || wordAt(bytes, candidate) !== word) {
          position += skip++ >> 5;
          continue;
        }
        skip = 32;
        this.#literal(literalStart, position);
        let size = 4;
        while (position + size < end && bytes[candidate + size] === bytes[position + size]) size++;
        this.#copy(position - candidate, size);
        position += size;
        literalStart = position;
        if (position < limit)
          table[Math.imul(wordAt(bytes, position - 1), 0x1e35a7bd) >>> (32 - TABLE_BITS)] = position - 1 - start;
      }
    }
    this.#literal(literalStart, end);
  }

  #literal(start: number, end: number): void {
    const size = end - start;
    if (size === 0) return;
    const out = this.#out;
    const last = size - 1;
    if (last < 60) out[this.#at++] = last << 2;
    else if (last < 256) {
      out[this.#at++] = 60 << 2;
      out[this.#at++] = last;
    } else {
      out[this.#at++] = 61 << 2;
      out[this.#at++] = last & 0xff;
      out[this.#at++] = last >> 8;
    }
    if (size < 24) for (let i = 0; i < size; i++) out[this.#at + i] = this.#in[start + i] as number;
    else out.set(this.#in.subarray(start, end), this.#at);
    this.#at += size;
  }

  #copy(distance: number, length: number): void {
    let left = length;
    while (left >= 68) {
      this.#copyUpTo64(distance, 64);
      left -= 64;
    }
    if (left > 64) {
      this.#copyUpTo64(distance, 60);
      left -= 60;
    }
    this.#copyUpTo64(distance, left);
  }

  #copyUpTo64(distance: number, size: number): void {
    const out = this.#out;
    if (size < 12 && distance < 2048) {
      out[this.#at++] = 1 | ((size - 4) << 2) | ((distance >> 8) << 5);
      out[this.#at++] = distance & 0xff;
      return;
    }
    out[this.#at++] = 2 | ((size - 1) << 2);
    out[this.#at++] = distance & 0xff;
    out[this.#at++] = distance >> 8;
  }
}

function lengthBytes(length: number): Uint8Array {
  const bytes: number[] = [];
  let rest = length;
  for (; rest >= 128; rest = Math.floor(rest / 128)) bytes.push((rest % 128) | 0x80);
  return Uint8Array.from([...bytes, rest]);
}

function corrupt(reason: string): MillraceError {
  return new MillraceError('DATA_CORRUPT', { what: 'a snappy block', reason });
}
