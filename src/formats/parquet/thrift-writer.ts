/** Writes structs of Thrift's compact protocol. Fields of a struct are given in the order of their ids. */
import type { ByteWriter } from '../byte-writer.ts';

const I8 = 3;
const I32 = 5;
const I64 = 6;
const BINARY = 8;
const LIST = 9;
const STRUCT = 12;

const encoder = new TextEncoder();

export class ThriftWriter {
  readonly #out: ByteWriter;
  #lastId = 0;

  constructor(out: ByteWriter) {
    this.#out = out;
  }

  /** One struct: `fields` writes its fields. */
  struct(fields: (writer: this) => void): void {
    const outer = this.#lastId;
    this.#lastId = 0;
    fields(this);
    this.#out.byte(0);
    this.#lastId = outer;
  }

  int8(id: number, value: number): void {
    this.#head(id, I8);
    this.#out.byte(value);
  }

  int32(id: number, value: number | undefined): void {
    if (value === undefined) return;
    this.#head(id, I32);
    this.#zigzag(value);
  }

  int64(id: number, value: number | undefined): void {
    if (value === undefined) return;
    this.#head(id, I64);
    this.#zigzag(value);
  }

  flag(id: number, value: boolean): void {
    this.#head(id, value ? 1 : 2);
  }

  bytes(id: number, value: Uint8Array | undefined): void {
    if (value === undefined) return;
    this.#head(id, BINARY);
    this.#binary(value);
  }

  text(id: number, value: string): void {
    this.bytes(id, encoder.encode(value));
  }

  record(id: number, fields: (writer: this) => void): void {
    this.#head(id, STRUCT);
    this.struct(fields);
  }

  records<T>(id: number, items: readonly T[], write: (writer: this, item: T) => void): void {
    this.#listHead(id, STRUCT, items.length);
    for (const item of items) this.struct((writer) => write(writer, item));
  }

  ints(id: number, items: readonly number[]): void {
    this.#listHead(id, I32, items.length);
    for (const item of items) this.#zigzag(item);
  }

  texts(id: number, items: readonly string[]): void {
    this.#listHead(id, BINARY, items.length);
    for (const item of items) this.#binary(encoder.encode(item));
  }

  #head(id: number, type: number): void {
    const delta = id - this.#lastId;
    if (delta > 0 && delta < 16) this.#out.byte((delta << 4) | type);
    else {
      this.#out.byte(type);
      this.#zigzag(id);
    }
    this.#lastId = id;
  }

  #listHead(id: number, type: number, count: number): void {
    this.#head(id, LIST);
    if (count < 15) this.#out.byte((count << 4) | type);
    else {
      this.#out.byte(0xf0 | type);
      this.#varint(count);
    }
  }

  #binary(value: Uint8Array): void {
    this.#varint(value.length);
    this.#out.append(value);
  }

  #zigzag(value: number): void {
    this.#varint(value < 0 ? -value * 2 - 1 : value * 2);
  }

  #varint(value: number): void {
    let rest = value;
    while (rest >= 128) {
      this.#out.byte((rest % 128) | 0x80);
      rest = Math.floor(rest / 128);
    }
    this.#out.byte(rest);
  }
}
