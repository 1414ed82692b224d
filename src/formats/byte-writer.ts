/**
 * A growing array of bytes with the writes encoders need: text, numbers without making strings. Reused between batches; `take` copies out.
 */
import { Buffer } from 'node:buffer';

const FIRST_BYTES = 1 << 16;
const encoder = new TextEncoder();
const scratch = new Uint8Array(24);

export class ByteWriter {
  bytes = new Uint8Array(FIRST_BYTES);
  length = 0;

  /** Makes room for `sizeBytes` more. */
  reserve(sizeBytes: number): void {
    if (this.length + sizeBytes <= this.bytes.length) return;
    const bytes = new Uint8Array(Math.max(this.length + sizeBytes, this.bytes.length * 2));
    bytes.set(this.bytes.subarray(0, this.length));
    this.bytes = bytes;
  }

  byte(value: number): void {
    this.reserve(1);
    this.bytes[this.length++] = value;
  }

  append(part: Uint8Array): void {
    this.reserve(part.length);
    if (part.length > 24) this.bytes.set(part, this.length);
    else for (let i = 0; i < part.length; i++) this.bytes[this.length + i] = part[i] as number;
    this.length += part.length;
  }

  /** Appends text as UTF-8. */
  text(text: string): void {
    this.reserve(text.length * 3);
    this.length += encoder.encodeInto(text, this.bytes.subarray(this.length)).written;
  }

  /** Appends a whole number up to 2^53 in size. */
  integer(value: number): void {
    this.reserve(20);
    let rest = value;
    if (rest < 0) {
      this.bytes[this.length++] = 0x2d;
      rest = -rest;
    }
    let digits = 0;
    do {
      const quotient = Math.floor(rest / 10);
      scratch[digits++] = 0x30 + (rest - quotient * 10);
      rest = quotient;
    } while (rest > 0);
    while (digits > 0) this.bytes[this.length++] = scratch[--digits] as number;
  }

  /** Appends a number with leading zeros. */
  padded(value: number, digits: number): void {
    this.reserve(digits);
    let rest = value;
    for (let i = digits - 1; i >= 0; i--) {
      const quotient = Math.floor(rest / 10);
      this.bytes[this.length + i] = 0x30 + (rest - quotient * 10);
      rest = quotient;
    }
    this.length += digits;
  }

  base64(value: Uint8Array): void {
    this.text(Buffer.from(value.buffer, value.byteOffset, value.length).toString('base64'));
  }

  /** A function that answers what `write` writes, instead of leaving it here. */
  partsOf(write: (row: number) => void): (row: number) => Uint8Array {
    return (row) => {
      const start = this.length;
      write(row);
      const part = this.bytes.slice(start, this.length);
      this.length = start;
      return part;
    };
  }

  /** What was written since the last call, as an array of its own. */
  take(): Uint8Array {
    const taken = this.bytes.slice(0, this.length);
    this.length = 0;
    return taken;
  }
}
