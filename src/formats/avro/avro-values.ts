/**
 * Reads values of Avro's binary encoding as values of the types wanted. A reader is made once per pair of types; a value nobody wants is passed
 * over by a reader that keeps nothing.
 */
import type { DataType, StructType } from '../../types/data-type.ts';
import type { Value } from '../../types/vector.ts';
import type { AvroType } from './avro-schema.ts';
import { MillraceError } from '../../errors/millrace-error.ts';
import { simpleName } from '../../types/data-type.ts';
import { utf8Text } from '../utf8.ts';

const MAX_ITEMS = 1 << 28;

/** The bytes of a block, read from the front. Throws DATA_CORRUPT at the end. */
export class AvroInput {
  position = 0;
  readonly bytes: Uint8Array;
  readonly #view: DataView;

  constructor(bytes: Uint8Array) {
    this.bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  }

  /** A number in zigzag form. Numbers up to 2^53 take the fast way. */
  long(): bigint {
    const start = this.position;
    const small = this.int();
    if (Number.isSafeInteger(small)) return BigInt(small);
    this.position = start;
    let value = 0n;
    for (let shift = 0n; ; shift += 7n) {
      const byte = this.#byte();
      value |= BigInt(byte & 0x7f) << shift;
      if (byte < 0x80) return BigInt.asIntN(64, (value >> 1n) ^ -(value & 1n));
    }
  }

  /** As long, exact up to 2^53. */
  int(): number {
    let value = 0;
    let scale = 1;
    for (let i = 0; i < 10; i++) {
      const byte = this.#byte();
      value += (byte & 0x7f) * scale;
      if (byte < 0x80) return value % 2 === 0 ? value / 2 : -(value + 1) / 2;
      scale *= 128;
    }
    throw corrupt('an integer of more than ten bytes');
  }

  float(): number {
    return this.#view.getFloat32(this.skip(4), true);
  }

  double(): number {
    return this.#view.getFloat64(this.skip(8), true);
  }

  boolean(): boolean {
    return this.#byte() === 1;
  }

  /** The place of bytes with their length before them. */
  range(): { readonly start: number; readonly end: number } {
    const length = this.int();
    const start = this.skip(length);
    return { start, end: start + length };
  }

  /** Passes `length` bytes; answers where they begin. */
  skip(length: number): number {
    const start = this.position;
    if (length < 0 || length > this.bytes.length - start) throw corrupt('a block that ends too early');
    this.position = start + length;
    return start;
  }

  #byte(): number {
    const byte = this.bytes[this.position++];
    if (byte === undefined) throw corrupt('a block that ends too early');
    return byte;
  }
}

export type AvroReader = (input: AvroInput) => Value | null;

/** The reader of a type as `wanted`; `path` is for errors. Undefined `wanted`: the value is passed over. */
export function avroReader(type: AvroType, wanted: DataType | undefined, path: string): AvroReader {
  switch (type.kind) {
    case 'null':
      return () => null;
    case 'union':
      return unionReader(type.branches, wanted, path);
    case 'array':
    case 'map':
      return itemsReader(type, wanted, path);
    case 'record':
      return recordReader(type.fields, wanted, path);
    default: {
      const reader = leafReader(type, wanted);
      if (reader === undefined) throw mismatch(type, wanted, path);
      return reader;
    }
  }
}

type LeafType = Exclude<AvroType, { readonly kind: 'null' | 'union' | 'array' | 'map' | 'record' }>;

function leafReader(type: LeafType, wanted: DataType | undefined): AvroReader | undefined {
  const kind = wanted?.kind;
  switch (type.kind) {
    case 'boolean':
      return kind === undefined || kind === 'boolean' ? (input) => input.boolean() : undefined;
    case 'int':
      if (kind === undefined || kind === 'integer' || kind === 'date') return (input) => input.int();
      if (kind === 'byte' || kind === 'short') return (input) => input.int();
      if (kind === 'long') return (input) => BigInt(input.int());
      return kind === 'double' || kind === 'float' ? (input) => input.int() : undefined;
    case 'long':
      return longReader(type.logical, wanted);
    case 'float':
      return kind === undefined || kind === 'float' || kind === 'double' ? (input) => input.float() : undefined;
    case 'double':
      return kind === undefined || kind === 'double' ? (input) => input.double() : undefined;
    case 'string':
    case 'bytes':
      return bytesReader(type, wanted);
    case 'enum': {
      const { symbols } = type;
      return kind === undefined || kind === 'string' ? (input) => symbolOf(symbols, input.int()) : undefined;
    }
    default: {
      const { size } = type;
      return fixedReader(type.decimal, wanted, (input) => {
        const start = input.skip(size);
        return { start, end: start + size };
      });
    }
  }
}

function symbolOf(symbols: readonly string[], index: number): string {
  const symbol = symbols[index];
  if (symbol === undefined) throw corrupt(`symbol ${index} of ${symbols.length}`);
  return symbol;
}

function longReader(logical: string | undefined, wanted: DataType | undefined): AvroReader | undefined {
  switch (wanted?.kind) {
    case undefined:
    case 'long':
      return (input) => input.long();
    case 'timestamp':
    case 'timestamp_ntz':
      return logical?.endsWith('-millis') === true ? (input) => input.long() * 1000n : (input) => input.long();
    case 'double':
    case 'float':
      return (input) => Number(input.long());
    default:
      return undefined;
  }
}

function bytesReader(
  type: LeafType & { readonly kind: 'string' | 'bytes' },
  wanted: DataType | undefined,
): AvroReader | undefined {
  if (type.kind === 'bytes' && type.decimal !== undefined)
    return fixedReader(type.decimal, wanted, (input) => input.range());
  switch (wanted?.kind) {
    case undefined:
      return (input) => {
        input.range();
        return null;
      };
    case 'string':
      return (input) => {
        const { start, end } = input.range();
        return utf8Text(input.bytes, start, end);
      };
    case 'binary':
      return (input) => {
        const { start, end } = input.range();
        return Uint8Array.from(input.bytes.subarray(start, end));
      };
    default:
      return undefined;
  }
}

type RangeOf = (input: AvroInput) => { readonly start: number; readonly end: number };

function fixedReader(
  from: { readonly precision: number; readonly scale: number } | undefined,
  wanted: DataType | undefined,
  rangeOf: RangeOf,
): AvroReader | undefined {
  if (wanted === undefined)
    return (input) => {
      rangeOf(input);
      return null;
    };
  if (wanted.kind === 'binary')
    return (input) => {
      const { start, end } = rangeOf(input);
      return Uint8Array.from(input.bytes.subarray(start, end));
    };
  if (wanted.kind !== 'decimal' || from === undefined || wanted.scale < from.scale) return undefined;
  if (wanted.precision - wanted.scale < from.precision - from.scale) return undefined;
  const factor = 10n ** BigInt(wanted.scale - from.scale);
  return (input) => {
    const { start, end } = rangeOf(input);
    let value = 0n;
    for (let i = start; i < end; i++) value = (value << 8n) | BigInt(input.bytes[i] as number);
    return BigInt.asIntN((end - start) * 8, value) * factor;
  };
}

function itemsReader(
  type: AvroType & { readonly kind: 'array' | 'map' },
  wanted: DataType | undefined,
  path: string,
): AvroReader {
  const isMap = type.kind === 'map';
  const isWanted = wanted !== undefined;
  if (isWanted && wanted.kind !== type.kind) throw mismatch(type, wanted, path);
  const itemType =
    wanted?.kind === 'array' ? wanted.elementType : wanted?.kind === 'map' ? wanted.valueType : undefined;
  const read = avroReader(type.items, itemType, path);
  return (input) => {
    const items: (Value | null)[] = [];
    for (let total = 0; ;) {
      let count = input.int();
      // A negative count has the size of the block behind it.
      if (count < 0) {
        count = -count;
        input.int();
      }
      if (count === 0) return isWanted ? items : null;
      total += count;
      if (total > MAX_ITEMS) throw corrupt(`${total} items of one value`);
      for (let i = 0; i < count; i++) {
        const { start, end } = isMap ? input.range() : { start: 0, end: 0 };
        const item = read(input);
        if (isWanted) items.push(isMap ? [utf8Text(input.bytes, start, end), item] : item);
      }
    }
  };
}

function unionReader(branches: readonly AvroType[], wanted: DataType | undefined, path: string): AvroReader {
  const others = branches.filter(({ kind }) => kind !== 'null');
  const isStruct = others.length > 1 && wanted?.kind === 'struct' && !others.every(({ kind }) => kind === 'record');
  const readers = branches.map((branch): AvroReader => {
    if (branch.kind === 'null') return () => null;
    if (!isStruct) return avroReader(branch, wanted, path);
    const member = others.indexOf(branch);
    const memberType = wanted.fields[member]?.dataType;
    const read = avroReader(branch, memberType, path);
    return (input) => {
      const value = read(input);
      return others.map((_, i) => (i === member ? value : null));
    };
  });
  return (input) => {
    const index = input.int();
    const reader = readers[index];
    if (reader === undefined) throw corrupt(`branch ${index} of ${branches.length}`);
    return reader(input);
  };
}

function recordReader(
  fields: (AvroType & { readonly kind: 'record' })['fields'],
  wanted: DataType | undefined,
  path: string,
): AvroReader {
  if (wanted !== undefined && wanted.kind !== 'struct') throw mismatch({ kind: 'record', fields }, wanted, path);
  const places = fields.map(({ name }) => (wanted === undefined ? -1 : placeOf(wanted, name)));
  const readers = fields.map(({ name, type }, i) =>
    avroReader(type, wanted?.fields[places[i] ?? -1]?.dataType, `${path}.${name}`),
  );
  const nulls: readonly null[] = Array.from({ length: wanted?.fields.length ?? 0 }, () => null);
  return (input) => {
    const values: (Value | null)[] = nulls.slice();
    for (let i = 0; i < readers.length; i++) {
      const value = readers[i]?.(input) ?? null;
      const place = places[i] as number;
      if (place >= 0) values[place] = value;
    }
    return wanted === undefined ? null : values;
  };
}

/** The place of a field by its name, in any letter case; -1 when it is not wanted. */
export function placeOf({ fields }: StructType, name: string): number {
  const exact = fields.findIndex((one) => one.name === name);
  return exact >= 0 ? exact : fields.findIndex((one) => one.name.toLowerCase() === name.toLowerCase());
}

function mismatch(type: AvroType, wanted: DataType | undefined, path: string): MillraceError {
  return new MillraceError('AVRO_INCOMPATIBLE_READ_TYPE', {
    avroPath: path,
    sqlPath: path,
    avroType: type.kind,
    sqlType: wanted === undefined ? 'nothing' : `"${simpleName(wanted)}"`,
  });
}

function corrupt(reason: string): MillraceError {
  return new MillraceError('DATA_CORRUPT', { what: 'an Avro file', reason });
}
