/**
 * One key column of a state table, read by slot. Keys are written only by StateTable; this is the read side of key-codec.ts.
 */
import { unreachable } from '../errors/assert.ts';
import type { DataType } from '../types/data-type.ts';
import type { ArrayMaker } from '../types/scratch-arrays.ts';
import { freshArrays } from '../types/scratch-arrays.ts';
import { halvesOf } from '../types/long-halves.ts';
import type { Value, Vector } from '../types/vector.ts';
import { valueAt } from '../types/vector.ts';
import type { KeyCodec } from './key-codec.ts';
import type { KeyLeaf, KeyNode } from './key-layout.ts';

export class KeyColumn {
  readonly type: DataType;
  readonly #node: KeyNode;
  readonly #codec: KeyCodec;
  readonly #words: () => Int32Array;

  /** `words` gives the key words of all slots; it is asked anew on every call since they move when the table grows. */
  constructor(node: KeyNode, codec: KeyCodec, words: () => Int32Array) {
    this.type = node.type;
    this.#node = node;
    this.#codec = codec;
    this.#words = words;
  }

  /** The value of a slot; slow path. */
  get(slot: number): Value | null {
    return valueAt(this.toVector(Int32Array.of(slot), 1), 0);
  }

  /** A vector of the first `count` entries of `slots`, in arrays of `make`. */
  toVector(slots: Int32Array, count: number, make = freshArrays): Vector {
    return this.#read(this.#node, slots, count, make);
  }

  #read(node: KeyNode, slots: Int32Array, count: number, make: ArrayMaker): Vector {
    const validity = this.#validityOf(node.nullBit, slots, count, make);
    if (node.layout === 'struct') {
      const children = node.children.map((child) => this.#read(child, slots, count, make));
      return { layout: 'struct', type: node.type, length: count, validity, children };
    }
    const { type } = node;
    const common = { type, length: count, validity };
    switch (node.layout) {
      case 'boolean':
        return { layout: 'boolean', ...common, values: this.#ints(node, slots, make.bytes(count)) };
      case 'int':
        return { layout: 'int', ...common, values: this.#ints(node, slots, make.ints(count)) };
      case 'long':
        return { layout: 'long', ...common, values: this.#pairs(node, slots, make.longs(count)) };
      case 'double':
        return { layout: 'double', ...common, values: this.#pairs(node, slots, make.doubles(count)) };
      case 'string': {
        const { dictionary } = this.#codec;
        if (dictionary.size === 0) dictionary.intern('');
        return { layout: 'string', ...common, ids: this.#ints(node, slots, make.ints(count)), dictionary };
      }
      case 'object': {
        const ids = this.#ints(node, slots, make.ints(count));
        const values = Array.from(ids, (id, i) => (validity?.[i] === 0 ? null : this.#codec.object(id)));
        return { layout: 'object', ...common, values };
      }
      default:
        return unreachable(node);
    }
  }

  #ints<A extends Uint8Array | Int32Array>(leaf: KeyLeaf, slots: Int32Array, target: A): A {
    const words = this.#words();
    const { stride } = this.#codec.layout;
    for (let i = 0; i < target.length; i++) target[i] = words[(slots[i] as number) * stride + leaf.word] as number;
    return target;
  }

  #pairs<A extends BigInt64Array | Float64Array>(leaf: KeyLeaf, slots: Int32Array, target: A): A {
    const words = this.#words();
    const { stride } = this.#codec.layout;
    const pairs = halvesOf(target);
    for (let i = 0, at = 0; at < pairs.length; i++, at += 2) {
      const word = (slots[i] as number) * stride + leaf.word;
      pairs[at] = words[word] as number;
      pairs[at + 1] = words[word + 1] as number;
    }
    return target;
  }

  #validityOf(nullBit: number, slots: Int32Array, count: number, make: ArrayMaker): Uint8Array | undefined {
    if (!this.#codec.mayHaveNulls) return undefined;
    const words = this.#words();
    const { stride } = this.#codec.layout;
    const word = nullBit >> 5;
    const shift = nullBit & 31;
    let numNulls = 0;
    for (let i = 0; i < count; i++) numNulls += ((words[(slots[i] as number) * stride + word] as number) >>> shift) & 1;
    if (numNulls === 0) return undefined;
    const validity = make.bytes(count);
    for (let i = 0; i < count; i++)
      validity[i] = 1 - (((words[(slots[i] as number) * stride + word] as number) >>> shift) & 1);
    return validity;
  }
}
