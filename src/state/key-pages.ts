/**
 * A short cut in front of the index of a state table for the commonest grouping, few strings by a window: the slots of all strings of one
 * window are a page, an array by string id, and neighbouring rows are mostly of one window. It only remembers what the index has answered;
 * whatever it does not know, the index is asked for. Keys of at most one string column, otherwise times and longs, without nulls.
 */
import type { StringDictionary } from '../types/string-dictionary.ts';
import type { StringVector, Vector } from '../types/vector.ts';
import type { KeyLayout, KeyNode } from './key-layout.ts';
import { halvesOf } from '../types/long-halves.ts';
import { hashKey } from './key-index.ts';

const NUM_PAGES = 256;
/** Larger dictionaries are not worth an array per window. */
const MAX_STRINGS = 4096;
/** Lookups that mostly missed, one after the other, after which nothing is remembered any more. */
const MAX_BAD_LOOKUPS = 4;

export class KeyPages {
  /** Words of the longs of a key. */
  readonly #numWords: number;
  /** The words each page belongs to. */
  readonly #words: Int32Array;
  readonly #current: Int32Array;
  /** Slot + 1 by string id; 0 is not known. */
  #pages: (Int32Array | undefined)[] = Array.from({ length: NUM_PAGES });
  #dictionary: StringDictionary | undefined;
  #capacity = 1;
  #isEmpty = true;
  #misses = new Int32Array(0);
  #numBadLookups = 0;

  /** Pages for keys of this layout; undefined when they have other parts. */
  static for(layout: KeyLayout): KeyPages | undefined {
    const leaves = layout.nodes.flatMap((node) => leafLayouts(node));
    const numStrings = leaves.filter((leaf) => leaf === 'string').length;
    const numLongs = leaves.filter((leaf) => leaf === 'long').length;
    const hasPlainString = numStrings === 0 || layout.nodes.some((node) => node.layout === 'string');
    if (numStrings > 1 || !hasPlainString || numStrings + numLongs !== leaves.length || leaves.length === 0)
      return undefined;
    return new KeyPages(numLongs * 2);
  }

  private constructor(numWords: number) {
    this.#numWords = numWords;
    this.#words = new Int32Array(NUM_PAGES * Math.max(1, numWords));
    this.#current = new Int32Array(Math.max(1, numWords));
  }

  /** Forgets all slots; call when a key is removed. */
  clear(): void {
    if (this.#isEmpty) return;
    this.#pages.fill(undefined);
    this.#isEmpty = true;
  }

  /**
   * Fills `slots` for those of rows `from … to - 1` whose slot is known and answers the other rows, which the caller looks up and hands to
   * `learn`; undefined when it cannot help with these columns.
   */
  read(keyColumns: readonly Vector[], from: number, to: number, slots: Int32Array): Int32Array | undefined {
    if (this.#numBadLookups >= MAX_BAD_LOOKUPS) return undefined;
    const parts = partsOf(keyColumns);
    if (parts === undefined || !this.#takes(parts.strings)) return undefined;
    if (this.#misses.length < to - from) this.#misses = new Int32Array(to - from);
    const numMisses = this.#fill(parts, from, to, slots);
    this.#numBadLookups = numMisses * 4 > to - from && to - from > 64 ? this.#numBadLookups + 1 : 0;
    return this.#misses.subarray(0, numMisses);
  }

  /** Remembers the slots found for rows that `read` did not know, of the same columns. */
  learn(keyColumns: readonly Vector[], rows: Int32Array, slots: Int32Array): void {
    const parts = partsOf(keyColumns);
    if (parts === undefined) return;
    const ids = parts.strings?.ids;
    for (let i = 0; i < rows.length; i++) {
      const row = rows[i] as number;
      this.#pageOf(parts.longs, row)[ids === undefined ? 0 : (ids[row] as number)] = (slots[row] as number) + 1;
    }
  }

  /** Turns to the dictionary of these strings; false when it is too large. */
  #takes(strings: StringVector | undefined): boolean {
    if (strings === undefined) return true;
    const { dictionary } = strings;
    if (dictionary.size > MAX_STRINGS) return false;
    if (this.#dictionary === dictionary && dictionary.size <= this.#capacity) return true;
    this.#pages.fill(undefined);
    this.#dictionary = dictionary;
    this.#capacity = Math.max(64, dictionary.size * 2);
    return true;
  }

  #fill({ strings, longs }: KeyParts, from: number, to: number, slots: Int32Array): number {
    const misses = this.#misses;
    const current = this.#current;
    const ids = strings?.ids;
    // A window has two longs, its start and its end; without longs every row is compared with itself.
    const [first = current, second = first] = longs;
    const step = longs.length === 0 ? 0 : 2;
    let page = this.#pageOf(longs, from);
    let low = first[step * from] as number;
    let high = first[step * from + 1] as number;
    let secondLow = second[step * from] as number;
    let secondHigh = second[step * from + 1] as number;
    let numMisses = 0;
    for (let i = from; i < to; i++) {
      const at = step * i;
      const differs =
        ((first[at] as number) ^ low) |
        ((first[at + 1] as number) ^ high) |
        ((second[at] as number) ^ secondLow) |
        ((second[at + 1] as number) ^ secondHigh);
      if (differs !== 0 || (longs.length > 2 && this.#differs(longs, i))) {
        page = this.#pageOf(longs, i);
        low = first[at] as number;
        high = first[at + 1] as number;
        secondLow = second[at] as number;
        secondHigh = second[at + 1] as number;
      }
      const slot = page[ids === undefined ? 0 : (ids[i] as number)] as number;
      slots[i] = slot - 1;
      misses[numMisses] = i;
      numMisses += +(slot === 0);
    }
    return numMisses;
  }

  #differs(longs: readonly Int32Array[], row: number): boolean {
    const current = this.#current;
    for (let k = 2; k < longs.length; k++) {
      const halves = longs[k] as Int32Array;
      if (halves[2 * row] !== current[2 * k] || halves[2 * row + 1] !== current[2 * k + 1]) return true;
    }
    return false;
  }

  /** The page of the longs of a row, which become the current ones; made, or taken from others, when there is none. */
  #pageOf(longs: readonly Int32Array[], row: number): Int32Array {
    const current = this.#current;
    const words = this.#words;
    const numWords = this.#numWords;
    for (let k = 0; k < longs.length; k++) {
      const halves = longs[k] as Int32Array;
      current[2 * k] = halves[2 * row] as number;
      current[2 * k + 1] = halves[2 * row + 1] as number;
    }
    const place = hashKey(current, 0, numWords) & (NUM_PAGES - 1);
    const known = this.#pages[place];
    let isSame = known !== undefined;
    for (let k = 0; k < numWords; k++) isSame &&= words[place * numWords + k] === current[k];
    if (isSame && known !== undefined) return known;
    const page = known?.fill(0) ?? new Int32Array(this.#capacity);
    this.#pages[place] = page;
    this.#isEmpty = false;
    for (let k = 0; k < numWords; k++) words[place * numWords + k] = current[k] as number;
    return page;
  }
}

function leafLayouts(node: KeyNode): string[] {
  return node.layout === 'struct' ? node.children.flatMap((child) => leafLayouts(child)) : [node.layout];
}

interface KeyParts {
  readonly strings: StringVector | undefined;
  /** The halves of each column of longs. */
  readonly longs: readonly Int32Array[];
}

/** The columns of a key, structs taken apart; undefined when there are nulls. */
function partsOf(keyColumns: readonly Vector[]): KeyParts | undefined {
  let strings: StringVector | undefined;
  const longs: Int32Array[] = [];
  const visit = (vector: Vector): boolean => {
    if (vector.validity !== undefined) return false;
    if (vector.layout === 'struct') return vector.children.every(visit);
    if (vector.layout === 'string') strings = vector;
    if (vector.layout === 'long') longs.push(halvesOf(vector.values));
    return true;
  };
  return keyColumns.every(visit) ? { strings, longs } : undefined;
}
