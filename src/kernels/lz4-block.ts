/**
 * Reads blocks of LZ4: rows of a token, literals, and a copy of what was written before. Every length is checked against the bytes there are and
 * the size allowed. Frames and other framings are their owners' matter.
 */
import { MillraceError } from '../errors/millrace-error.ts';

const FIRST_BYTES = 1024;

/** What blocks unpack to, one after the other; a block may copy from those before it. */
export class Lz4Output {
  readonly #maxBytes: number;
  #bytes: Uint8Array;
  length = 0;

  /** `capacity` is what is expected, `maxBytes` the most there may be. */
  constructor(capacity: number, maxBytes: number) {
    this.#bytes = new Uint8Array(Math.min(Math.max(capacity, FIRST_BYTES), maxBytes));
    this.#maxBytes = maxBytes;
  }

  append(bytes: Uint8Array): void {
    this.#reserve(bytes.length);
    this.#bytes.set(bytes, this.length);
    this.length += bytes.length;
  }

  /** Appends `length` bytes that begin `distance` before the end; they may overlap what is being written. */
  repeat(distance: number, length: number): void {
    if (distance === 0 || distance > this.length) throw corrupt('a copy out of bounds');
    this.#reserve(length);
    const bytes = this.#bytes;
    const end = this.length + length;
    for (let to = this.length, from = to - distance; to < end; to++, from++) bytes[to] = bytes[from] as number;
    this.length = end;
  }

  /** What there is so far; a view. */
  taken(): Uint8Array {
    return this.#bytes.subarray(0, this.length);
  }

  #reserve(more: number): void {
    const needed = this.length + more;
    if (needed > this.#maxBytes) throw corrupt(`more than ${this.#maxBytes} bytes`);
    if (needed <= this.#bytes.length) return;
    const larger = new Uint8Array(Math.min(Math.max(this.#bytes.length * 2, needed), this.#maxBytes));
    larger.set(this.taken());
    this.#bytes = larger;
  }
}

/** Appends what a block unpacks to. Throws DATA_CORRUPT. */
export function readLz4Block(bytes: Uint8Array, output: Lz4Output): void {
  const end = bytes.length;
  let position = 0;
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
    if (literals > end - position) throw corrupt('literals out of bounds');
    output.append(bytes.subarray(position, position + literals));
    position += literals;
    if (position >= end) return;
    const distance = (bytes[position] ?? 0) | ((bytes[position + 1] ?? 0) << 8);
    position += 2;
    if (position > end) throw corrupt('a copy cut short');
    output.repeat(distance, length(token & 15) + 4);
  }
}

/** The `sizeBytes` bytes of one block. Throws DATA_CORRUPT. */
export function lz4Uncompress(bytes: Uint8Array, sizeBytes: number): Uint8Array {
  const output = new Lz4Output(sizeBytes, sizeBytes);
  readLz4Block(bytes, output);
  if (output.length !== sizeBytes) throw corrupt(`${output.length} bytes where ${sizeBytes} are announced`);
  return output.taken();
}

function corrupt(reason: string): MillraceError {
  return new MillraceError('DATA_CORRUPT', { what: 'an LZ4 block', reason });
}
