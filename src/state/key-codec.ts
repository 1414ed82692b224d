/**
 * Turns key columns into words (see key-layout.ts) so that keys compare and hash as plain integers: nulls are bits, NaN and -0.0 have one
 * form, strings are ids of a dictionary of the table's own. Foreign dictionaries are remapped id by id, once per distinct string.
 */
import { assert } from '../errors/assert.ts';
import type { DataType, StructType } from '../types/data-type.ts';
import { compareValues } from '../types/compare.ts';
import { DictionaryRemaps } from '../types/dictionary-remaps.ts';
import { StringDictionary } from '../types/string-dictionary.ts';
import type { StringVector, Value, Vector } from '../types/vector.ts';
import { canonicalText } from './canonical-text.ts';
import type { KeyLayout, KeyLeaf, KeyNode } from './key-layout.ts';
import { keyLayout } from './key-layout.ts';

/** Rows packed at a time: small enough that the words stay in the cache. */
export const PACK_ROWS = 4096;

export class KeyCodec {
  readonly layout: KeyLayout;
  /** The words of the rows packed last, `stride` per row. */
  readonly words: Int32Array;
  readonly #strings = new DictionaryRemaps();
  #objectTexts = new StringDictionary();
  #objects: Value[] = [];
  readonly #doubles = new Float64Array(PACK_ROWS);
  /** So many rows of `words` may have bits for nulls. */
  #dirtyRows = 0;
  /** False while no key with a null was ever packed. */
  mayHaveNulls = false;

  constructor(keys: StructType) {
    this.layout = keyLayout(keys);
    this.words = new Int32Array(this.layout.stride * PACK_ROWS);
  }

  /** The strings of all keys. Replaced by `compact`. */
  get dictionary(): StringDictionary {
    return this.#strings.target;
  }

  /** Number of distinct strings and objects ever packed since the last compaction. */
  get numTexts(): number {
    return this.#strings.target.size + this.#objectTexts.size;
  }

  get sizeBytes(): number {
    return this.#strings.target.sizeBytes + this.#strings.target.size * 16 + this.#objectTexts.sizeBytes * 2;
  }

  /** The object value of an id; see `KeyLeaf`. */
  object(id: number): Value {
    const value = this.#objects[id];
    assert(value !== undefined, 'an object id of a key was given out by its codec');
    return value;
  }

  /** Takes all strings and objects out; the codec is empty until `restore`. */
  release(): CodecPages {
    const texts = [this.#strings.target.contents(), this.#objectTexts.contents()];
    const objects = this.#objects;
    this.#empty();
    return { arrays: texts.flatMap(({ offsets, hashes, bytes }) => [offsets, hashes, bytes]), objects };
  }

  /** Puts back what `release` gave; the arrays are copied. */
  restore({ arrays, objects }: CodecPages): void {
    const [offsets, hashes, bytes, objectOffsets, objectHashes, objectBytes] = arrays as CodecArrays;
    this.#empty();
    this.mayHaveNulls = true;
    this.#strings.clear(StringDictionary.of({ offsets, hashes, bytes }));
    this.#objectTexts = StringDictionary.of({ offsets: objectOffsets, hashes: objectHashes, bytes: objectBytes });
    this.#objects = objects;
  }

  #empty(): void {
    this.#strings.clear();
    this.#objectTexts = new StringDictionary();
    this.#objects = [];
  }

  /** Writes the words of rows `from … from + count - 1`, at most PACK_ROWS, to `words`. */
  pack(columns: readonly Vector[], from: number, count: number): void {
    const { nodes, numNullWords, stride } = this.layout;
    if (this.#dirtyRows > 0) {
      const end = Math.min(count, this.#dirtyRows) * stride;
      for (let base = 0; base < end; base += stride) this.words.fill(0, base, base + numNullWords);
      if (count >= this.#dirtyRows) this.#dirtyRows = 0;
    }
    for (let i = 0; i < nodes.length; i++)
      this.#packNode(nodes[i] as KeyNode, columns[i] as Vector, from, count, undefined);
  }

  #packNode(node: KeyNode, vector: Vector, from: number, count: number, parent: Uint8Array | undefined): void {
    const validity = bothValid(vector.validity, parent, from, count);
    if (node.layout === 'struct') {
      assert(vector.layout === 'struct', 'a key column has the layout of its type');
      if (validity !== undefined) this.#markNulls(node.nullBit, validity, from, count);
      for (let i = 0; i < node.children.length; i++)
        this.#packNode(node.children[i] as KeyNode, vector.children[i] as Vector, from, count, validity);
      return;
    }
    assert(vector.layout === node.layout, 'a key column has the layout of its type');
    switch (vector.layout) {
      case 'boolean':
      case 'int':
        packInts(this.words, vector.values, { word: node.word, stride: this.layout.stride, from, count });
        break;
      case 'long':
        packPairs(this.words, vector.values, { word: node.word, stride: this.layout.stride, from, count });
        break;
      case 'double':
        this.#packDoubles(node, vector.values, from, count);
        break;
      case 'string':
        this.#packStrings(node, vector, from, count, validity);
        break;
      case 'object':
        this.#packObjects(node, vector.values, from, count);
        break;
      default:
        assert(false, 'structs are packed field by field');
    }
    if (validity !== undefined) this.#clearNulls(node, validity, from, count);
  }

  /** NaN and zero have one bit pattern each, so that words compare as Spark compares grouping keys. */
  #packDoubles(node: KeyLeaf, values: Float64Array, from: number, count: number): void {
    const doubles = this.#doubles;
    for (let i = 0; i < count; i++) {
      const value = values[from + i] as number;
      doubles[i] = value === value ? value + 0 : Number.NaN;
    }
    packPairs(this.words, doubles, { word: node.word, stride: this.layout.stride, from: 0, count });
  }

  #packStrings(
    node: KeyLeaf,
    vector: StringVector,
    from: number,
    count: number,
    validity: Uint8Array | undefined,
  ): void {
    const { words } = this;
    const { stride } = this.layout;
    const { ids, dictionary } = vector;
    const known = this.#strings.idsOf(dictionary);
    for (let i = 0, at = node.word; i < count; i++, at += stride) {
      const id = ids[from + i] as number;
      const own = known[id] as number;
      if (own > 0) words[at] = own - 1;
      else if (validity === undefined || validity[from + i] === 1) words[at] = this.#strings.add(dictionary, id, known);
    }
  }

  #packObjects(node: KeyLeaf, values: readonly (Value | null)[], from: number, count: number): void {
    const { stride } = this.layout;
    for (let i = 0, at = node.word; i < count; i++, at += stride) {
      const value = values[from + i];
      this.words[at] = value === null || value === undefined ? 0 : this.#internObject(inKeyOrder(value, node.type));
    }
  }

  #internObject(value: Value): number {
    const id = this.#objectTexts.intern(canonicalText(value));
    if (id === this.#objects.length) this.#objects.push(value);
    return id;
  }

  #markNulls(nullBit: number, validity: Uint8Array, from: number, count: number): void {
    const { words } = this;
    const { stride } = this.layout;
    const bit = 1 << (nullBit & 31);
    for (let i = 0, at = nullBit >> 5; i < count; i++, at += stride)
      if (validity[from + i] === 0) {
        words[at] = (words[at] as number) | bit;
        if (i >= this.#dirtyRows) this.#dirtyRows = i + 1;
        this.mayHaveNulls = true;
      }
  }

  #clearNulls(node: KeyLeaf, validity: Uint8Array, from: number, count: number): void {
    const { words } = this;
    const { stride } = this.layout;
    const isPair = node.layout === 'long' || node.layout === 'double';
    for (let i = 0, at = node.word; i < count; i++, at += stride)
      if (validity[from + i] === 0) {
        words[at] = 0;
        if (isPair) words[at + 1] = 0;
      }
    this.#markNulls(node.nullBit, validity, from, count);
  }

  /** Forgets all strings and objects but those of the given slots and rewrites their words in `keyWords`. */
  compact(keyWords: Int32Array, slots: Int32Array): void {
    const strings = this.#strings.target;
    const objects = this.#objects;
    this.#empty();
    const rewrite = (node: KeyNode): void => {
      if (node.layout === 'struct') node.children.forEach(rewrite);
      else if (node.layout === 'string')
        this.#rewriteIds(node, keyWords, slots, strings.size, (id) => this.#strings.target.internFrom(strings, id));
      else if (node.layout === 'object')
        this.#rewriteIds(node, keyWords, slots, objects.length, (id) => this.#internObject(objects[id] as Value));
    };
    this.layout.nodes.forEach(rewrite);
  }

  #rewriteIds(
    leaf: KeyLeaf,
    keyWords: Int32Array,
    slots: Int32Array,
    numIds: number,
    intern: (id: number) => number,
  ): void {
    const remap = new Int32Array(numIds);
    const { stride } = this.layout;
    for (const slot of slots) {
      const base = slot * stride;
      if (((keyWords[base + (leaf.nullBit >> 5)] as number) & (1 << (leaf.nullBit & 31))) !== 0) continue;
      const id = keyWords[base + leaf.word] as number;
      if (remap[id] === 0) remap[id] = intern(id) + 1;
      keyWords[base + leaf.word] = (remap[id] as number) - 1;
    }
  }
}

/** What a codec holds, taken out of it. */
export interface CodecPages {
  /** Offsets, hashes and bytes of the strings, then of the texts of objects. */
  readonly arrays: readonly (Int32Array | Uint8Array)[];
  readonly objects: Value[];
}
type CodecArrays = readonly [Int32Array, Int32Array, Uint8Array, Int32Array, Int32Array, Uint8Array];

interface PackRange {
  readonly word: number;
  readonly stride: number;
  readonly from: number;
  readonly count: number;
}

function packInts(words: Int32Array, values: Int32Array | Uint8Array, { word, stride, from, count }: PackRange): void {
  for (let i = 0, at = word; i < count; i++, at += stride) words[at] = values[from + i] as number;
}

function packPairs(words: Int32Array, values: BigInt64Array | Float64Array, range: PackRange): void {
  const { word, stride, from, count } = range;
  const pairs = new Int32Array(values.buffer, values.byteOffset + from * 8, count * 2);
  for (let i = 0, at = word; i < count; i++, at += stride) {
    words[at] = pairs[2 * i] as number;
    words[at + 1] = pairs[2 * i + 1] as number;
  }
}

/** The rows both valid; absolute row numbers. Undefined when all are. */
function bothValid(
  own: Uint8Array | undefined,
  parent: Uint8Array | undefined,
  from: number,
  count: number,
): Uint8Array | undefined {
  if (own === undefined) return parent;
  if (parent === undefined) return own;
  const both = new Uint8Array(from + count);
  for (let i = from; i < from + count; i++) both[i] = (own[i] as number) & (parent[i] as number);
  return both;
}

/** Maps are equal whatever the order of their entries; a group shows them in the order of their keys. */
function inKeyOrder(value: Value, type: DataType): Value {
  if (type.kind !== 'map') return value;
  return (value as readonly (readonly [Value, Value | null])[]).toSorted(([a], [b]) =>
    compareValues(type.keyType, a, b),
  );
}
