/**
 * Builds a vector value by value. The general, slow way in: decoders and kernels with a hot path write typed arrays themselves.
 */
import type { DataType } from './data-type.ts';
import type { Value, Vector } from './vector.ts';
import { assert } from '../errors/assert.ts';
import { layoutOf } from './vector.ts';
import { StringDictionary } from './string-dictionary.ts';

/** Collects values of one type. Append in row order, then call `build` once. */
export interface VectorBuilder {
  readonly type: DataType;
  readonly length: number;
  /** Appends a value as described by `Value`, or null. */
  append(value: Value | null): void;
  /** The finished vector; the builder must not be used afterwards. */
  build(): Vector;
}

/** A builder for a column of `type`; `dictionary` lets several string columns or batches share ids. */
export function createBuilder(type: DataType, dictionary?: StringDictionary): VectorBuilder {
  const layout = layoutOf(type);
  if (type.kind === 'struct') return new StructBuilder(type, dictionary);
  if (layout === 'string') return new StringBuilder(type, dictionary ?? new StringDictionary());
  return new ValueBuilder(type);
}

/** Builds a vector from an array of values. */
export function vectorOf(type: DataType, values: Iterable<Value | null>): Vector {
  const builder = createBuilder(type);
  for (const value of values) builder.append(value);
  return builder.build();
}

class ValueBuilder implements VectorBuilder {
  readonly type: DataType;
  #values: (Value | null)[] = [];
  #numNulls = 0;

  constructor(type: DataType) {
    this.type = type;
  }

  get length(): number {
    return this.#values.length;
  }

  append(value: Value | null): void {
    if (value === null) this.#numNulls++;
    this.#values.push(value);
  }

  build(): Vector {
    const { type } = this;
    const values = this.#values;
    const length = values.length;
    const validity = this.#numNulls === 0 ? undefined : Uint8Array.from(values, (value) => (value === null ? 0 : 1));
    const layout = layoutOf(type);
    switch (layout) {
      case 'boolean':
        return { layout, type, length, validity, values: Uint8Array.from(values, (value) => (value === true ? 1 : 0)) };
      case 'int':
        return { layout, type, length, validity, values: Int32Array.from(values, (value) => Number(value ?? 0)) };
      case 'double':
        return { layout, type, length, validity, values: Float64Array.from(values, (value) => Number(value ?? 0)) };
      case 'long':
        return {
          layout,
          type,
          length,
          validity,
          values: BigInt64Array.from(values, (value) => (value ?? 0n) as bigint),
        };
      default:
        assert(layout === 'object', 'strings and structs have builders of their own');
        return { layout, type, length, validity, values };
    }
  }
}

class StringBuilder implements VectorBuilder {
  readonly type: DataType;
  readonly #dictionary: StringDictionary;
  #ids: number[] = [];
  #numNulls = 0;

  constructor(type: DataType, dictionary: StringDictionary) {
    this.type = type;
    this.#dictionary = dictionary;
  }

  get length(): number {
    return this.#ids.length;
  }

  append(value: Value | null): void {
    if (value === null) this.#numNulls++;
    this.#ids.push(value === null ? -1 : this.#dictionary.intern(value as string));
  }

  build(): Vector {
    const ids = Int32Array.from(this.#ids, (id) => Math.max(id, 0));
    const validity = this.#numNulls === 0 ? undefined : Uint8Array.from(this.#ids, (id) => (id < 0 ? 0 : 1));
    if (this.#numNulls > 0 && this.#dictionary.size === 0) this.#dictionary.intern('');
    return { layout: 'string', type: this.type, length: ids.length, validity, ids, dictionary: this.#dictionary };
  }
}

class StructBuilder implements VectorBuilder {
  readonly type: DataType & { readonly kind: 'struct' };
  readonly #children: VectorBuilder[];
  #valid: number[] = [];

  constructor(type: DataType & { readonly kind: 'struct' }, dictionary: StringDictionary | undefined) {
    this.type = type;
    this.#children = type.fields.map((field) => createBuilder(field.dataType, dictionary));
  }

  get length(): number {
    return this.#valid.length;
  }

  append(value: Value | null): void {
    this.#valid.push(value === null ? 0 : 1);
    const fields = value as readonly (Value | null)[] | null;
    this.#children.forEach((child, i) => child.append(fields === null ? null : (fields[i] ?? null)));
  }

  build(): Vector {
    const validity = this.#valid.includes(0) ? Uint8Array.from(this.#valid) : undefined;
    const children = this.#children.map((child) => child.build());
    return { layout: 'struct', type: this.type, length: this.#valid.length, validity, children };
  }
}
