/**
 * Little-endian writing and bounds-checked reading of bytes. A read past the end throws DATA_CORRUPT before anything is allocated, so
 * damaged lengths cannot ask for more memory than the input justifies.
 */
import type { StringDictionary } from './string-dictionary.ts';
import { MillraceError } from '../errors/millrace-error.ts';

/** Of what is kept, at most one part in so many is empty. */
const MOST_SLACK = 8;

/** Appends to a buffer that grows. */
export class ByteWriter {
  #bytes: Uint8Array<ArrayBuffer>;
  #view: DataView;
  #length = 0;

  /** About how many bytes will be written. */
  constructor(expectedBytes = 1024) {
    this.#bytes = new Uint8Array(Math.max(1024, expectedBytes));
    this.#view = new DataView(this.#bytes.buffer);
  }

  /** Bytes written so far. */
  get length(): number {
    return this.#length;
  }

  writeUint8(value: number): void {
    this.#reserve(1);
    this.#bytes[this.#length++] = value;
  }

  writeUint32(value: number): void {
    this.#reserve(4);
    this.#view.setUint32(this.#length, value, true);
    this.#length += 4;
  }

  /** Writes over four bytes written before. */
  setUint32(at: number, value: number): void {
    this.#view.setUint32(at, value, true);
  }

  /** The UTF-8 bytes of some strings of a dictionary, one after the other. */
  writeTexts(dictionary: StringDictionary, ids: readonly number[]): void {
    let total = 0;
    for (let i = 0; i < ids.length; i++) total += dictionary.byteLength(ids[i] as number);
    this.#reserve(total);
    let at = this.#length;
    for (let i = 0; i < ids.length; i++) {
      const id = ids[i] as number;
      dictionary.copyTo(id, this.#bytes, at);
      at += dictionary.byteLength(id);
    }
    this.#length = at;
  }

  writeBytes(bytes: Uint8Array): void {
    this.#reserve(bytes.length);
    this.#bytes.set(bytes, this.#length);
    this.#length += bytes.length;
  }

  /** The first `length` elements as they lie in memory. */
  writeArray(array: Int32Array | Float64Array | BigInt64Array | Uint32Array, length: number): void {
    this.writeBytes(new Uint8Array(array.buffer, array.byteOffset, length * array.BYTES_PER_ELEMENT));
  }

  /** One bit per flag, the first in the lowest bit of the first byte. */
  writeBits(flags: Uint8Array, length: number): void {
    const numBytes = (length + 7) >>> 3;
    this.#reserve(numBytes);
    const bytes = this.#bytes;
    bytes.fill(0, this.#length, this.#length + numBytes);
    for (let i = 0; i < length; i++) {
      const at = this.#length + (i >>> 3);
      bytes[at] = (bytes[at] as number) | ((flags[i] as number) << (i & 7));
    }
    this.#length += numBytes;
  }

  /** The bytes written, copied to their size if the buffer is much larger; nothing may be written afterwards. */
  finish(): Uint8Array<ArrayBuffer> {
    const isTight = this.#bytes.length - this.#length <= this.#length / MOST_SLACK;
    return isTight ? this.#bytes.subarray(0, this.#length) : this.#bytes.slice(0, this.#length);
  }

  #reserve(numBytes: number): void {
    const needed = this.#length + numBytes;
    if (needed <= this.#bytes.length) return;
    const larger = new Uint8Array(Math.max(needed, this.#bytes.length * 2));
    larger.set(this.#bytes.subarray(0, this.#length));
    this.#bytes = larger;
    this.#view = new DataView(larger.buffer);
  }
}

/** Reads from the start; `what` names the data in errors. */
export class ByteReader {
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  readonly #what: string;
  #position = 0;

  constructor(bytes: Uint8Array, what: string) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.#what = what;
  }

  get remaining(): number {
    return this.#bytes.length - this.#position;
  }

  fail(reason: string): never {
    throw new MillraceError('DATA_CORRUPT', { what: this.#what, reason });
  }

  readUint8(): number {
    return this.#view.getUint8(this.#take(1));
  }

  readUint32(): number {
    return this.#view.getUint32(this.#take(4), true);
  }

  /** A view, not a copy. */
  readBytes(length: number): Uint8Array {
    const start = this.#take(length);
    return this.#bytes.subarray(start, start + length);
  }

  readInts(length: number): Int32Array {
    return new Int32Array(this.#copy(length * 4));
  }

  readUint32s(length: number): Uint32Array {
    return new Uint32Array(this.#copy(length * 4));
  }

  readDoubles(length: number): Float64Array {
    return new Float64Array(this.#copy(length * 8));
  }

  readLongs(length: number): BigInt64Array {
    return new BigInt64Array(this.#copy(length * 8));
  }

  /** One byte 0 or 1 per bit. */
  readBits(length: number): Uint8Array {
    const start = this.#take(Math.ceil(length / 8));
    const bytes = this.#bytes;
    const flags = new Uint8Array(length);
    for (let i = 0; i < length; i++) flags[i] = ((bytes[start + (i >>> 3)] as number) >>> (i & 7)) & 1;
    return flags;
  }

  #take(length: number): number {
    if (length > this.remaining) this.fail(`${length} bytes expected at ${this.#position}, found ${this.remaining}`);
    const start = this.#position;
    this.#position += length;
    return start;
  }

  #copy(length: number): ArrayBuffer {
    const start = this.#take(length);
    const copy = new Uint8Array(length);
    copy.set(this.#bytes.subarray(start, start + length));
    return copy.buffer;
  }
}

/** Four bytes from `at` on as a whole number of 32 bits, the lowest first. */
export function wordAt(bytes: Uint8Array, at: number): number {
  return (
    (bytes[at] as number) |
    ((bytes[at + 1] as number) << 8) |
    ((bytes[at + 2] as number) << 16) |
    ((bytes[at + 3] as number) << 24)
  );
}
