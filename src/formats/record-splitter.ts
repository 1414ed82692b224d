/**
 * Collects blocks and says where records end. The buffer keeps what is not decoded yet and spare bytes behind it, so that decoders may
 * read whole words; it moves the rest to the front when a block arrives and doubles when a record is longer than it.
 */
import { READ_PADDING } from './read-padding.ts';

const FIRST_BYTES = 1 << 12;

export class LineBuffer {
  bytes = new Uint8Array(FIRST_BYTES);
  view = new DataView(this.bytes.buffer);
  /** The first byte not consumed. */
  start = 0;
  /** Behind the last byte. */
  end = 0;
  /** Up to here there is no line feed behind `start`. */
  #searched = 0;
  #own = this.bytes;
  readonly #borrow: (() => Uint8Array<ArrayBuffer>) | undefined;

  /** `borrow` gives memory to use while a block is decoded, as a kernel's input; it is given back before anybody else may use it. */
  constructor(borrow?: () => Uint8Array<ArrayBuffer>) {
    this.#borrow = borrow;
  }

  add(block: Uint8Array): void {
    this.#makeRoom(block.length);
    this.bytes.set(block, this.end);
    this.end += block.length;
  }

  /** Stops using borrowed memory: what is not consumed moves to memory of its own. */
  giveBack(): void {
    if (this.bytes === this.#own) return;
    const rest = this.end - this.start;
    if (rest + READ_PADDING > this.#own.length) this.#own = new Uint8Array((rest + READ_PADDING) * 2);
    this.#moveTo(this.#own);
  }

  /** The position behind the last line feed, or `start` when there is none. */
  endOfLastLine(): number {
    const found = this.bytes.subarray(this.#searched, this.end).lastIndexOf(0x0a);
    if (found >= 0) return this.#searched + found + 1;
    this.#searched = this.end;
    return this.start;
  }

  /** Ends the last line if it lacks its line feed. */
  endLine(): void {
    if (this.end === this.start || this.bytes[this.end - 1] === 0x0a) return;
    this.add(Uint8Array.of(0x0a));
  }

  /** Gives the bytes before `position` up. */
  consume(position: number): void {
    this.start = position;
    this.#searched = Math.max(this.#searched, position);
  }

  #makeRoom(sizeBytes: number): void {
    const needed = this.end - this.start + sizeBytes + READ_PADDING;
    const borrowed = this.bytes === this.#own ? this.#borrow?.() : undefined;
    if (borrowed !== undefined && needed <= borrowed.length) {
      this.#moveTo(borrowed);
      return;
    }
    if (this.end + sizeBytes + READ_PADDING <= this.bytes.length) return;
    if (needed > this.bytes.length) {
      this.#own = new Uint8Array(Math.max(needed, this.bytes.length * 2));
      this.#moveTo(this.#own);
    } else this.#moveTo(this.bytes);
  }

  /** Makes `bytes` the buffer, with what is not consumed at its front. */
  #moveTo(bytes: Uint8Array<ArrayBuffer>): void {
    const rest = this.end - this.start;
    if (bytes === this.bytes) bytes.copyWithin(0, this.start, this.end);
    else {
      bytes.set(this.bytes.subarray(this.start, this.end));
      this.bytes = bytes;
      this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
    }
    this.#searched = Math.max(0, this.#searched - this.start);
    this.start = 0;
    this.end = rest;
  }
}

/** Finds the ends of records. */
export interface RecordSplitter {
  /** Length of the separator behind a record that ends at `end`; `limit` is the end of the input. */
  separatorBytes(bytes: Uint8Array, end: number, limit: number): number;
  /** The end of the record at `start`; -1 when it is not complete. At the end of the input the rest is a record unless it is empty. */
  endOfRecord(bytes: Uint8Array, start: number, end: number, isLast: boolean): number;
}

/** Records separated by a given text. */
export class SeparatorSplitter implements RecordSplitter {
  readonly #separator: Uint8Array;

  constructor(separator: string) {
    this.#separator = new TextEncoder().encode(separator);
  }

  separatorBytes(): number {
    return this.#separator.length;
  }

  endOfRecord(bytes: Uint8Array, start: number, end: number, isLast: boolean): number {
    const separator = this.#separator;
    const region = bytes.subarray(0, end);
    for (
      let p = region.indexOf(separator[0] as number, start);
      p >= 0;
      p = region.indexOf(separator[0] as number, p + 1)
    ) {
      let i = 1;
      while (i < separator.length && p + i < end && region[p + i] === separator[i]) i++;
      if (i === separator.length) return p;
    }
    return isLast && end > start ? end : -1;
  }
}

/** Lines ended by LF, CR LF or CR. */
export class LineSplitter implements RecordSplitter {
  separatorBytes(bytes: Uint8Array, end: number, limit: number): number {
    return bytes[end] === 0x0d && end + 1 < limit && bytes[end + 1] === 0x0a ? 2 : 1;
  }

  endOfRecord(bytes: Uint8Array, start: number, end: number, isLast: boolean): number {
    let p = start;
    while (p < end && bytes[p] !== 0x0a && bytes[p] !== 0x0d) p++;
    if (p === end) return isLast && end > start ? end : -1;
    // A CR at the end of the block may have its LF in the next one.
    return bytes[p] === 0x0d && p + 1 === end && !isLast ? -1 : p;
  }
}
