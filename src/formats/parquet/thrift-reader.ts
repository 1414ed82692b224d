/**
 * Reads structs of Thrift's compact protocol, the form of Parquet's metadata. Knows no schema: fields are asked for by id and type, and one
 * of another type counts as absent, as readers of older versions do. Sizes and depth are checked against the bytes there are.
 */
import { MillraceError } from '../../errors/millrace-error.ts';

const MAX_DEPTH = 64;
const TRUE = 1;
const FALSE = 2;
const BYTE = 3;
const I16 = 4;
const I32 = 5;
const I64 = 6;
const DOUBLE = 7;
const BINARY = 8;
const LIST = 9;
const SET = 10;
const MAP = 11;
const STRUCT = 12;

/** Integers beyond 2^53 lose digits: Parquet's are sizes and counts. */
type ThriftValue = boolean | number | Uint8Array | ThriftRecord | readonly ThriftValue[];

const textDecoder = new TextDecoder();

/** A struct that was read: fields by id. */
export class ThriftRecord {
  readonly #fields = new Map<number, ThriftValue>();

  set(id: number, value: ThriftValue): void {
    this.#fields.set(id, value);
  }

  int(id: number): number | undefined {
    const value = this.#fields.get(id);
    return typeof value === 'number' ? value : undefined;
  }

  flag(id: number): boolean | undefined {
    const value = this.#fields.get(id);
    return typeof value === 'boolean' ? value : undefined;
  }

  bytes(id: number): Uint8Array | undefined {
    const value = this.#fields.get(id);
    return value instanceof Uint8Array ? value : undefined;
  }

  text(id: number): string | undefined {
    const value = this.bytes(id);
    return value === undefined ? undefined : textDecoder.decode(value);
  }

  record(id: number): ThriftRecord | undefined {
    const value = this.#fields.get(id);
    return value instanceof ThriftRecord ? value : undefined;
  }

  /** The structs of a list; undefined when there is no such list. */
  records(id: number): readonly ThriftRecord[] | undefined {
    const value = this.#fields.get(id);
    return Array.isArray(value)
      ? value.filter((item): item is ThriftRecord => item instanceof ThriftRecord)
      : undefined;
  }

  /** The texts of a list. */
  texts(id: number): readonly string[] {
    const value = this.#fields.get(id);
    if (!Array.isArray(value)) return [];
    return value
      .filter((item): item is Uint8Array => item instanceof Uint8Array)
      .map((item) => textDecoder.decode(item));
  }

  /** The id of the only field of a union, undefined when it has none. */
  unionId(): number | undefined {
    for (const id of this.#fields.keys()) return id;
    return undefined;
  }
}

/** Reads from `bytes` at `position`, which moves on. Throws DATA_CORRUPT. */
export class ThriftReader {
  position: number;
  readonly #bytes: Uint8Array;

  constructor(bytes: Uint8Array, position = 0) {
    this.#bytes = bytes;
    this.position = position;
  }

  readRecord(depth = 0): ThriftRecord {
    if (depth > MAX_DEPTH) throw corrupt('structs nested too deep');
    const record = new ThriftRecord();
    let id = 0;
    for (;;) {
      const head = this.#byte();
      const type = head & 0x0f;
      if (type === 0) return record;
      const delta = head >> 4;
      id = delta === 0 ? this.#zigzag() : id + delta;
      record.set(id, this.#value(type, depth, true));
    }
  }

  #value(type: number, depth: number, isField: boolean): ThriftValue {
    switch (type) {
      case TRUE:
      case FALSE:
        return isField ? type === TRUE : this.#byte() === TRUE;
      case BYTE:
        return (this.#byte() << 24) >> 24;
      case I16:
      case I32:
      case I64:
        return this.#zigzag();
      case DOUBLE: {
        const at = this.#skip(8);
        return new DataView(this.#bytes.buffer, this.#bytes.byteOffset).getFloat64(at, true);
      }
      case BINARY: {
        const length = this.#varint();
        const at = this.#skip(length);
        return this.#bytes.subarray(at, at + length);
      }
      case LIST:
      case SET:
        return this.#list(depth);
      case MAP:
        return this.#map(depth);
      case STRUCT:
        return this.readRecord(depth + 1);
      default:
        throw corrupt(`a field of the unknown type ${type}`);
    }
  }

  #list(depth: number): ThriftValue[] {
    const head = this.#byte();
    const count = head >> 4 === 15 ? this.#varint() : head >> 4;
    this.#checkCount(count);
    const items: ThriftValue[] = [];
    for (let i = 0; i < count; i++) items.push(this.#value(head & 0x0f, depth + 1, false));
    return items;
  }

  #map(depth: number): ThriftValue[] {
    const count = this.#varint();
    if (count === 0) return [];
    this.#checkCount(count);
    const types = this.#byte();
    for (let i = 0; i < count; i++) {
      this.#value(types >> 4, depth + 1, false);
      this.#value(types & 0x0f, depth + 1, false);
    }
    return [];
  }

  /** An item takes at least one byte. */
  #checkCount(count: number): void {
    if (count > this.#bytes.length - this.position) throw corrupt(`a list of ${count} items`);
  }

  #byte(): number {
    const byte = this.#bytes[this.position++];
    if (byte === undefined) throw corrupt('they end too early');
    return byte;
  }

  #skip(length: number): number {
    const at = this.position;
    if (length > this.#bytes.length - at) throw corrupt(`a value of ${length} bytes, which they do not have`);
    this.position = at + length;
    return at;
  }

  #varint(): number {
    let value = 0;
    let scale = 1;
    for (let i = 0; i < 10; i++) {
      const byte = this.#byte();
      value += (byte & 0x7f) * scale;
      if (byte < 0x80) return value;
      scale *= 128;
    }
    throw corrupt('an integer of more than ten bytes');
  }

  #zigzag(): number {
    const value = this.#varint();
    return value % 2 === 0 ? value / 2 : -(value + 1) / 2;
  }
}

function corrupt(reason: string): MillraceError {
  return new MillraceError('DATA_CORRUPT', { what: 'Parquet metadata', reason });
}
