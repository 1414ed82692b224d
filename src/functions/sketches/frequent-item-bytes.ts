/** Values of a sketch of frequent items one after the other, as the serializers of Apache DataSketches write them by type; little end. */
import type { DataType } from '../../types/data-type.ts';
import type { Value } from '../../types/vector.ts';

/** The letters of the types among the numbers. */
const INDICATORS: Readonly<Record<string, number>> = { byte: 2, short: 3, integer: 9, date: 9, float: 6 };
const encoder = new TextEncoder();
const decoder = new TextDecoder();

interface Codec {
  readonly write: (item: Value) => Uint8Array;
  /** The item at a place, and where it ends. */
  readonly read: (view: DataView, at: number) => readonly [item: Value, end: number];
}

function bytesOf(length: number, fill: (view: DataView) => void): Uint8Array {
  const bytes = new Uint8Array(length);
  fill(new DataView(bytes.buffer));
  return bytes;
}

const LONGS: Codec = {
  write: (item) => bytesOf(8, (view) => view.setBigInt64(0, item as bigint, true)),
  read: (view, at) => [view.getBigInt64(at, true), at + 8],
};

const DOUBLES: Codec = {
  write: (item) => bytesOf(8, (view) => view.setFloat64(0, item as number, true)),
  read: (view, at) => [view.getFloat64(at, true), at + 8],
};

const TEXTS: Codec = {
  write: (item) => {
    const text = encoder.encode(item as string);
    const bytes = bytesOf(4 + text.length, (view) => view.setInt32(0, text.length, true));
    bytes.set(text, 4);
    return bytes;
  },
  read: (view, at) => {
    const end = at + 4 + view.getInt32(at, true);
    return [decoder.decode(new Uint8Array(view.buffer, view.byteOffset + at + 4, end - at - 4)), end];
  },
};

/** The digits of a decimal as a number of two's complement and big end, with its length before it. */
const DECIMALS: Codec = {
  write: (item) => {
    let rest = item as bigint;
    const digits: number[] = [];
    do {
      digits.unshift(Number(BigInt.asUintN(8, rest)));
      rest >>= 8n;
    } while (BigInt.asIntN(8 * digits.length, item as bigint) !== item);
    const bytes = bytesOf(4 + digits.length, (view) => view.setInt32(0, digits.length, true));
    bytes.set(digits, 4);
    return bytes;
  },
  read: (view, at) => {
    const length = view.getInt32(at, true);
    let value = 0n;
    for (let i = 0; i < length; i++) value = (value << 8n) | BigInt(view.getUint8(at + 4 + i));
    return [BigInt.asIntN(8 * length, value), at + 4 + length];
  },
};

function numbers(indicator: number): Codec {
  const size = { 2: 1, 3: 2 }[indicator] ?? 4;
  return {
    write: (item) =>
      bytesOf(1 + size, (view) => {
        view.setUint8(0, indicator);
        if (indicator === 6) view.setFloat32(1, item as number, true);
        else if (size === 4) view.setInt32(1, item as number, true);
        else if (size === 2) view.setInt16(1, item as number, true);
        else view.setInt8(1, item as number);
      }),
    read: (view, at) => {
      if (indicator === 6) return [view.getFloat32(at + 1, true), at + 5];
      if (size === 4) return [view.getInt32(at + 1, true), at + 5];
      return size === 2 ? [view.getInt16(at + 1, true), at + 3] : [view.getInt8(at + 1), at + 2];
    },
  };
}

function codecOf(type: DataType): Codec {
  if (type.kind === 'string') return TEXTS;
  if (type.kind === 'double') return DOUBLES;
  if (type.kind === 'decimal') return DECIMALS;
  const indicator = INDICATORS[type.kind];
  return indicator === undefined ? LONGS : numbers(indicator);
}

export function writeItems(items: readonly Value[], type: DataType): Uint8Array {
  if (type.kind === 'boolean') {
    const bits = new Uint8Array(Math.ceil(items.length / 8));
    items.forEach((item, i) => {
      if (item === true) bits[i >> 3] = (bits[i >> 3] as number) | (1 << (i & 7));
    });
    return bits;
  }
  const parts = items.map(codecOf(type).write);
  const bytes = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}

/** So many items of a type that `writeItems` made bytes of. */
export function readItems(bytes: Uint8Array, count: number, type: DataType): Value[] {
  if (type.kind === 'boolean')
    return Array.from({ length: count }, (_, i) => (((bytes[i >> 3] ?? 0) >> (i & 7)) & 1) === 1);
  const { read } = codecOf(type);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const items: Value[] = [];
  for (let at = 0; items.length < count;) {
    const [item, end] = read(view, at);
    items.push(item);
    at = end;
  }
  return items;
}
