/**
 * How a key of a state table lies in memory: a fixed number of 32-bit words per key, first the null bits of all nodes, then the values.
 * This file only says which word belongs to which part of the key; key-codec.ts reads and writes them.
 */
import type { DataType, StructType } from '../types/data-type.ts';
import { layoutOf } from '../types/vector.ts';

/** A part of a key without parts of its own. Strings are ids of the table's dictionary, objects ids of its canonical texts. */
export interface KeyLeaf {
  readonly layout: 'boolean' | 'int' | 'double' | 'long' | 'string' | 'object';
  readonly type: DataType;
  /** Position of its null bit: word `nullBit >> 5`, bit `nullBit & 31`. */
  readonly nullBit: number;
  /** Its first word. */
  readonly word: number;
}
/** A struct inside a key, as a window; only its null bit and its fields count. */
export interface KeyStruct {
  readonly layout: 'struct';
  readonly type: StructType;
  readonly nullBit: number;
  readonly children: readonly KeyNode[];
}
export type KeyNode = KeyLeaf | KeyStruct;

export interface KeyLayout {
  /** One node per key column. */
  readonly nodes: readonly KeyNode[];
  /** Words that hold null bits. */
  readonly numNullWords: number;
  /** The bit among the null bits that is set when the key has been removed; no key looked up has it. */
  readonly removedBit: number;
  /** The first word of the first time of the key, -1 when it has none. */
  readonly timeWord: number;
  /** Words per key. */
  readonly stride: number;
  readonly hasStrings: boolean;
  readonly hasObjects: boolean;
}

/** The layout of keys of this schema. */
export function keyLayout(keys: StructType): KeyLayout {
  const removedBit = countNodes(keys);
  const numNullWords = Math.ceil((removedBit + 1) / 32);
  const next = { nullBit: 0, word: numNullWords };
  const kinds = new Set<string>();
  let timeWord = -1;
  const build = (type: DataType): KeyNode => {
    const nullBit = next.nullBit++;
    if (type.kind === 'struct')
      return { layout: 'struct', type, nullBit, children: type.fields.map((f) => build(f.dataType)) };
    const layout = layoutOf(type) as KeyLeaf['layout'];
    const word = next.word;
    if (timeWord < 0 && (type.kind === 'timestamp' || type.kind === 'timestamp_ntz')) timeWord = word;
    next.word += layout === 'long' || layout === 'double' ? 2 : 1;
    kinds.add(layout);
    return { layout, type, nullBit, word };
  };
  const nodes = keys.fields.map((f) => build(f.dataType));
  return {
    nodes,
    numNullWords,
    removedBit,
    timeWord,
    stride: next.word,
    hasStrings: kinds.has('string'),
    hasObjects: kinds.has('object'),
  };
}

function countNodes(type: DataType): number {
  if (type.kind !== 'struct') return 1;
  return type.fields.reduce((total, f) => total + countNodes(f.dataType) + (f.dataType.kind === 'struct' ? 1 : 0), 0);
}
