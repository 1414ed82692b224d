/**
 * Little-endian writing and bounds-checked reading of bytes. A read past the end throws DATA_CORRUPT before anything is allocated, so
 * damaged lengths cannot ask for more memory than the input justifies.
 */
import type { ArrayMaker } from './scratch-arrays.ts';
import { freshArrays } from './scratch-arrays.ts';
import type { StringDictionary } from './string-dictionary.ts';
import { MillraceError } from '../errors/millrace-error.ts';

/** Of what is kept, at most one part in so many is empty. */
const MOST_SLACK = 8;

/** Appends to a buffer that grows. */
export class ByteWriter {
  #bytes: Uint8Array<ArrayBuffer>;
  #view: DataView;
  #length = 0;
  readonly #isGiven: boolean;

  /** Writes into memory of the caller's, while that is large enough; otherwise into its own, of about as many bytes as will be written. */
  constructor(memory: number | ArrayBuffer = 1024) {
    this.#bytes = typeof memory === 'number' ? new Uint8Array(Math.max(1024, memory)) : new Uint8Array(memory);
    this.#view = new DataView(this.#bytes.buffer);
    this.#isGiven = typeof memory !== 'number';
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

  /** The lengths of some strings of a dictionary, then their UTF-8 bytes, one after the other. */
  writeTexts(dictionary: StringDictionary, ids: Int32Array): void {
    this.#reserve(ids.length * 4);
    let total = 0;
    for (let i = 0; i < ids.length; i++) {
      const numBytes = dictionary.byteLength(ids[i] as number);
      this.#view.setUint32(this.#length + 4 * i, numBytes, true);
      total += numBytes;
    }
    this.#length += ids.length * 4;
    this.#reserve(total);
    let at = this.#length;
    for (let i = 0; i < ids.length; i++) {
      const id = ids[i] as number;
      dictionary.copyTo(id, this.#bytes, at);
      at += dictionary.byteLength(id);
    }
    this.#length = at;
  }

  /** The first `length` numbers, none negative, in `width` bytes each: 1, 2 or 4. */
  writeNumbers(numbers: Int32Array, length: number, width: number): void {
    if (width === 4) return this.writeArray(numbers, length);
    this.#reserve(length * width);
    const bytes = this.#bytes;
    let at = this.#length;
    for (let i = 0; i < length; i++) {
      const number = numbers[i] as number;
      bytes[at++] = number;
      if (width === 2) bytes[at++] = number >>> 8;
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

  /** The bytes written, copied to their size if the writer's own memory is much larger; nothing may be written afterwards. */
  finish(): Uint8Array<ArrayBuffer> {
    const isTight = this.#isGiven || this.#bytes.length - this.#length <= this.#length / MOST_SLACK;
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
  readonly #make: ArrayMaker;
  #position = 0;

  /** Arrays read are those of `make`. */
  constructor(bytes: Uint8Array, what: string, make = freshArrays) {
    this.#bytes = bytes;
    this.#make = make;
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
    return this.#fill(length * 4, () => this.#make.ints(length));
  }

  readUint32s(length: number): Uint32Array {
    return this.#fill(length * 4, () => new Uint32Array(length));
  }

  readDoubles(length: number): Float64Array {
    return this.#fill(length * 8, () => this.#make.doubles(length));
  }

  readLongs(length: number): BigInt64Array {
    return this.#fill(length * 8, () => this.#make.longs(length));
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

  /** The next bytes in an array of as many, made once it is known that they are there. */
  #fill<A extends Int32Array | Uint32Array | Float64Array | BigInt64Array>(numBytes: number, make: () => A): A {
    const start = this.#take(numBytes);
    const array = make();
    const target = new Uint8Array(array.buffer, array.byteOffset, numBytes);
    target.set(this.#bytes.subarray(start, start + numBytes));
    return array;
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
