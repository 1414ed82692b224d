/**
 * A mutable column indexed by slot: what aggregation buffers and state tables are made of. Kernels read and write the typed array of the
 * layout directly; the arrays are replaced when the column grows, so take them anew on every call.
 */
import type { DataType } from './data-type.ts';
import type { ArrayMaker } from './scratch-arrays.ts';
import type { Value, Vector, VectorLayout } from './vector.ts';
import { createBuilder } from './vector-builder.ts';
import { halvesOf } from './long-halves.ts';
import { freshArrays } from './scratch-arrays.ts';
import { layoutOf, valueAt } from './vector.ts';

/** What a column holds, taken out of it; `values` are the bytes of the typed array of its layout. */
export interface ColumnArrays {
  readonly validity: Uint8Array;
  readonly values: Uint8Array;
  readonly objects: (Value | null)[];
}

const NO_BYTES = new Uint8Array(0);

export class GrowableColumn {
  readonly type: DataType;
  /** Strings and structs are kept as values: layout `object`. */
  readonly layout: Exclude<VectorLayout, 'string' | 'struct'>;
  /** 1 where the slot has a value; a new slot is null. */
  validity = new Uint8Array(0);
  booleans = new Uint8Array(0);
  ints = new Int32Array(0);
  doubles = new Float64Array(0);
  longs = new BigInt64Array(0);
  objects: (Value | null)[] = [];
  #capacity = 0;

  constructor(type: DataType) {
    this.type = type;
    const layout = layoutOf(type);
    this.layout = layout === 'string' || layout === 'struct' ? 'object' : layout;
  }

  get capacity(): number {
    return this.#capacity;
  }

  /** Makes slots 0 … capacity-1 addressable; keeps what is there. */
  ensureCapacity(capacity: number): void {
    if (capacity <= this.#capacity) return;
    const size = Math.max(capacity, this.#capacity * 2, 64);
    this.validity = copyInto(new Uint8Array(size), this.validity);
    if (this.layout === 'boolean') this.booleans = copyInto(new Uint8Array(size), this.booleans);
    else if (this.layout === 'int') this.ints = copyInto(new Int32Array(size), this.ints);
    else if (this.layout === 'double') this.doubles = copyInto(new Float64Array(size), this.doubles);
    else if (this.layout === 'long') {
      const longs = new BigInt64Array(size);
      longs.set(this.longs);
      this.longs = longs;
    }
    this.#capacity = size;
  }

  /** The value of a slot; slow path. */
  get(slot: number): Value | null {
    if (this.validity[slot] !== 1) return null;
    switch (this.layout) {
      case 'boolean':
        return this.booleans[slot] === 1;
      case 'int':
        return this.ints[slot] ?? null;
      case 'double':
        return this.doubles[slot] ?? null;
      case 'long':
        return this.longs[slot] ?? null;
      default:
        return this.objects[slot] ?? null;
    }
  }

  /** Sets a slot that is within the capacity; slow path. */
  set(slot: number, value: Value | null): void {
    this.validity[slot] = value === null ? 0 : 1;
    if (this.layout === 'boolean') this.booleans[slot] = value === true ? 1 : 0;
    else if (this.layout === 'int') this.ints[slot] = Number(value ?? 0);
    else if (this.layout === 'double') this.doubles[slot] = Number(value ?? 0);
    else if (this.layout === 'long') this.longs[slot] = (value ?? 0n) as bigint;
    else this.objects[slot] = value;
  }

  /** Makes slots null that are within the capacity. */
  clearAll(slots: Int32Array): void {
    const { validity, booleans, ints, doubles, longs, objects } = this;
    const count = slots.length;
    for (let i = 0; i < count; i++) validity[slots[i] as number] = 0;
    if (this.layout === 'boolean') for (let i = 0; i < count; i++) booleans[slots[i] as number] = 0;
    else if (this.layout === 'int') for (let i = 0; i < count; i++) ints[slots[i] as number] = 0;
    else if (this.layout === 'double') for (let i = 0; i < count; i++) doubles[slots[i] as number] = 0;
    else if (this.layout === 'long') for (let i = 0; i < count; i++) longs[slots[i] as number] = 0n;
    else for (let i = 0; i < count; i++) objects[slots[i] as number] = null;
  }

  /** Takes everything out; the column is empty until `restore`, with a capacity of 0. */
  release(): ColumnArrays {
    const { validity, objects } = this;
    const values = this.#values();
    this.restore({ validity: NO_BYTES, values: NO_BYTES, objects: [] });
    return { validity, values, objects };
  }

  /** Puts arrays back that `release` of a column of the same type gave; they may be copies. */
  restore({ validity, values, objects }: ColumnArrays): void {
    this.#capacity = validity.length;
    this.validity = validity as Uint8Array<ArrayBuffer>;
    this.objects = objects;
    const { buffer, byteOffset } = values as Uint8Array<ArrayBuffer>;
    if (this.layout === 'boolean') this.booleans = new Uint8Array(buffer, byteOffset, validity.length);
    else if (this.layout === 'int') this.ints = new Int32Array(buffer, byteOffset, validity.length);
    else if (this.layout === 'double') this.doubles = new Float64Array(buffer, byteOffset, validity.length);
    else if (this.layout === 'long') this.longs = new BigInt64Array(buffer, byteOffset, validity.length);
  }

  #values(): Uint8Array {
    const { booleans, ints, doubles, longs } = this;
    const array = { boolean: booleans, int: ints, double: doubles, long: longs, object: NO_BYTES }[this.layout];
    return new Uint8Array(array.buffer, array.byteOffset, array.byteLength);
  }

  /** Copies row `row` of a vector of the same type into a slot. */
  setFrom(slot: number, vector: Vector, row: number): void {
    this.set(slot, valueAt(vector, row));
  }

  /** A vector of the first `count` entries of `slots`, in arrays of `make`. */
  toVector(slots: Int32Array, count: number, make = freshArrays): Vector {
    const { type, layout } = this;
    const validity = this.#validityOf(slots, count, make);
    switch (layout) {
      case 'boolean':
        return { layout, type, length: count, validity, values: pick(make.bytes(count), this.booleans, slots) };
      case 'int':
        return { layout, type, length: count, validity, values: pick(make.ints(count), this.ints, slots) };
      case 'double':
        return { layout, type, length: count, validity, values: pick(make.doubles(count), this.doubles, slots) };
      case 'long': {
        const values = make.longs(count);
        pickPairs(halvesOf(values), halvesOf(this.longs), slots);
        return { layout, type, length: count, validity, values };
      }
      default: {
        const builder = createBuilder(type);
        for (let i = 0; i < count; i++) builder.append(this.get(slots[i] as number));
        return builder.build();
      }
    }
  }

  #validityOf(slots: Int32Array, count: number, make: ArrayMaker): Uint8Array | undefined {
    const all = this.validity;
    let numValid = 0;
    for (let i = 0; i < count; i++) numValid += all[slots[i] as number] as number;
    return numValid === count ? undefined : pick(make.bytes(count), all, slots);
  }
}

function copyInto<A extends Uint8Array | Int32Array | Float64Array>(target: A, source: A): A {
  target.set(source);
  return target;
}

function pick<A extends Uint8Array | Int32Array | Float64Array>(target: A, source: A, slots: Int32Array): A {
  for (let i = 0; i < target.length; i++) target[i] = source[slots[i] as number] as number;
  return target;
}

/** As `pick`, for pairs of words. */
function pickPairs(target: Int32Array, source: Int32Array, slots: Int32Array): void {
  for (let at = 0; at < target.length; at += 2) {
    const from = (slots[at >> 1] as number) * 2;
    target[at] = source[from] as number;
    target[at + 1] = source[from + 1] as number;
  }
}
