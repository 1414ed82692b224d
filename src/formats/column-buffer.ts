/**
 * One column under construction: the typed arrays of the current batch, its string dictionary, and the small caches that make repeated
 * strings and minutes cheap. The decoders write the arrays themselves; `set` is the general way.
 */
import type { StringDictionary } from '../types/string-dictionary.ts';
import type { DataType } from '../types/data-type.ts';
import type { Value, Vector, VectorLayout } from '../types/vector.ts';
import { isFull } from './dictionary-pool.ts';
import { createBuilder } from '../types/vector-builder.ts';
import { layoutOf } from '../types/vector.ts';

/** Int32 words per slot of the string cache: id + 1, length, hash, and up to 20 bytes of text. */
export const SLOT_WORDS = 8;
/** Longer strings are not cached. */
export const MAX_CACHED_BYTES = 20;
const FIRST_SLOTS = 1024;
const MAX_SLOTS = 1 << 18;
const NO_VALIDITY = new Uint8Array(0);

export class ColumnBuffer {
  readonly type: DataType;
  readonly layout: VectorLayout;
  validity = NO_VALIDITY;
  hasNulls = false;
  booleans = new Uint8Array(0);
  /** Integers, dates and dictionary ids. */
  ints = new Int32Array(0);
  doubles = new Float64Array(0);
  longs = new BigInt64Array(0);
  /** The same memory as `longs`, low word first. */
  longWords = new Int32Array(0);
  objects: (Value | null)[] = [];
  dictionary: StringDictionary;
  /** Direct-mapped cache of short strings: slot = hash & slotMask. */
  slots = new Int32Array(0);
  slotMask = 0;
  /** The first 16 bytes of the last timestamp, to the minute, and what they mean; NaN until known. */
  minuteWord0 = 0;
  minuteWord1 = 0;
  minuteWord2 = 0;
  minuteWord3 = 0;
  minuteUtcMs = Number.NaN;
  minuteLocalMs = Number.NaN;
  #capacity = 0;
  readonly #takeDictionary: () => StringDictionary;

  /** `takeDictionary` gives the dictionary to use for the next batch. */
  constructor(type: DataType, takeDictionary: () => StringDictionary) {
    this.type = type;
    this.#takeDictionary = takeDictionary;
    this.dictionary = takeDictionary();
    this.layout = layoutOf(type);
    if (this.layout === 'string') this.#resizeCache(FIRST_SLOTS);
  }

  /** Begins a batch with room for `capacity` rows; what a finished batch holds is not touched again. */
  startBatch(capacity: number): void {
    this.#capacity = 0;
    // A validity without nulls was not handed out.
    if (this.hasNulls) this.validity = NO_VALIDITY;
    this.hasNulls = false;
    this.objects = [];
    if (this.layout === 'string') {
      const dictionary = this.#takeDictionary();
      if (dictionary !== this.dictionary) this.#resizeCache(FIRST_SLOTS);
      this.dictionary = dictionary;
    }
    this.#allocate(capacity);
  }

  /** Makes room for more rows of the current batch. */
  grow(capacity: number): void {
    if (capacity > this.#capacity) this.#allocate(capacity);
  }

  get isDictionaryFull(): boolean {
    return isFull(this.dictionary);
  }

  /** Lets the cache follow the number of distinct strings; call between blocks. */
  fitCache(): void {
    if (this.layout !== 'string' || this.dictionary.size * 2 <= this.slotMask || this.slotMask + 1 >= MAX_SLOTS) return;
    this.#resizeCache((this.slotMask + 1) * 4);
  }

  setNull(row: number): void {
    this.validity[row] = 0;
    this.hasNulls = true;
    switch (this.layout) {
      case 'boolean':
        this.booleans[row] = 0;
        break;
      case 'int':
      case 'string':
        this.ints[row] = 0;
        break;
      case 'double':
        this.doubles[row] = 0;
        break;
      case 'long':
        this.longs[row] = 0n;
        break;
      default:
        this.objects[row] = null;
    }
  }

  /** Sets a row that is within the capacity. */
  set(row: number, value: Value | null): void {
    if (value === null) return this.setNull(row);
    this.validity[row] = 1;
    switch (this.layout) {
      case 'boolean':
        this.booleans[row] = value === true ? 1 : 0;
        break;
      case 'int':
        this.ints[row] = Number(value);
        break;
      case 'string':
        this.ints[row] = this.dictionary.intern(value as string);
        break;
      case 'double':
        this.doubles[row] = Number(value);
        break;
      case 'long':
        this.longs[row] = value as bigint;
        break;
      default:
        this.objects[row] = value;
    }
  }

  /** Interns `bytes[start, end)` and remembers it in the cache under the decoder's hash, if it is short enough. */
  internCached(bytes: Uint8Array, start: number, end: number, hash: number): number {
    const id = this.dictionary.internBytes(bytes, start, end);
    const length = end - start;
    if (length > MAX_CACHED_BYTES) return id;
    const slot = (hash & this.slotMask) * SLOT_WORDS;
    const slots = this.slots;
    slots[slot] = id + 1;
    slots[slot + 1] = length;
    slots[slot + 2] = hash;
    for (let word = 0; word < 5; word++) {
      let value = 0;
      for (let i = Math.min(4, length - word * 4) - 1; i >= 0; i--)
        value = (value << 8) | (bytes[start + word * 4 + i] as number);
      slots[slot + 3 + word] = value;
    }
    return id;
  }

  /** The finished column of the first `length` rows. */
  build(length: number): Vector {
    const { type, layout } = this;
    const validity = this.hasNulls ? this.validity : undefined;
    switch (layout) {
      case 'boolean':
        return { layout, type, length, validity, values: this.booleans };
      case 'int':
        return { layout, type, length, validity, values: this.ints };
      case 'double':
        return { layout, type, length, validity, values: this.doubles };
      case 'long':
        return { layout, type, length, validity, values: this.longs };
      case 'string':
        if (this.hasNulls && this.dictionary.size === 0) this.dictionary.intern('');
        return { layout, type, length, validity, ids: this.ints, dictionary: this.dictionary };
      default: {
        const builder = createBuilder(type);
        for (let row = 0; row < length; row++) builder.append(this.objects[row] ?? null);
        return builder.build();
      }
    }
  }

  #allocate(capacity: number): void {
    const isFresh = this.#capacity === 0;
    if (this.validity.length < capacity) {
      const validity = new Uint8Array(capacity).fill(1);
      if (!isFresh) validity.set(this.validity);
      this.validity = validity;
    }
    switch (this.layout) {
      case 'boolean':
        this.booleans = copied(new Uint8Array(capacity), isFresh ? undefined : this.booleans);
        break;
      case 'int':
      case 'string':
        this.ints = copied(new Int32Array(capacity), isFresh ? undefined : this.ints);
        break;
      case 'double':
        this.doubles = copied(new Float64Array(capacity), isFresh ? undefined : this.doubles);
        break;
      case 'long': {
        const longs = new BigInt64Array(capacity);
        if (!isFresh) longs.set(this.longs);
        this.longs = longs;
        this.longWords = new Int32Array(longs.buffer);
        break;
      }
      default:
    }
    this.#capacity = capacity;
  }

  #resizeCache(numSlots: number): void {
    this.slots = new Int32Array(numSlots * SLOT_WORDS);
    this.slotMask = numSlots - 1;
  }
}

function copied<A extends Uint8Array | Int32Array | Float64Array>(target: A, source: A | undefined): A {
  if (source !== undefined) target.set(source);
  return target;
}
