/**
 * The distinct strings of a column: UTF-8 bytes in one arena, an id per string, an open-addressing index. Ids are dense, start at 0 and
 * never change, so equality inside one dictionary is equality of ids. Dictionaries only grow; whoever owns one (a scan, a builder)
 * replaces it by a fresh one when it has become too large, and readers remap by dictionary.
 */
const encoder = new TextEncoder();
const decoder = new TextDecoder('utf-8', { ignoreBOM: true });

/** The slots of an index for so many strings: a power of two, at most half of them taken. */
function indexLength(size: number): number {
  return 2 ** Math.ceil(Math.log2(size * 2));
}

/** Up to so many bytes a loop copies faster than a view is made. */
const SHORT_BYTES = 64;

function copyShort(bytes: Uint8Array, start: number, end: number, target: Uint8Array, at: number): void {
  for (let i = start, to = at; i < end; i++, to++) target[to] = bytes[i] as number;
}

/** The hash every dictionary uses; a decoder computes it while it looks for the end of the string. */
export function hashUtf8(bytes: Uint8Array, start: number, end: number): number {
  let hash = 0x811c9dc5 | 0;
  for (let i = start; i < end; i++) hash = Math.imul(hash ^ (bytes[i] as number), 0x01000193);
  return hash ^ (hash >>> 15);
}

export class StringDictionary {
  #index: Int32Array;
  #hashes: Int32Array;
  #offsets: Int32Array;
  #arena: Uint8Array;
  #size = 0;
  #texts: (string | undefined)[] = [];
  #scratch = new Uint8Array(256);

  /** About how many strings of how many bytes together will come; it takes any number. */
  constructor(expected = { size: 0, sizeBytes: 0 }) {
    const capacity = Math.max(128, expected.size);
    this.#index = new Int32Array(indexLength(capacity)).fill(-1);
    this.#hashes = new Int32Array(capacity);
    this.#offsets = new Int32Array(capacity + 1);
    this.#arena = new Uint8Array(Math.max(4096, expected.sizeBytes));
  }

  /** Number of distinct strings. */
  get size(): number {
    return this.#size;
  }

  /** Bytes of all distinct strings. */
  get sizeBytes(): number {
    return this.#offsets[this.#size] ?? 0;
  }

  /** The id of a string, added if new. */
  intern(text: string): number {
    const needed = text.length * 3;
    if (this.#scratch.length < needed) this.#scratch = new Uint8Array(needed * 2);
    const { written } = encoder.encodeInto(text, this.#scratch);
    return this.internBytes(this.#scratch, 0, written);
  }

  /** The id of the UTF-8 bytes `bytes[start, end)`, added if new. The bytes must be valid UTF-8. */
  internBytes(bytes: Uint8Array, start: number, end: number): number {
    return this.internHashed(bytes, start, end, hashUtf8(bytes, start, end));
  }

  /** As internBytes, for callers that have computed `hashUtf8` of the bytes already. */
  internHashed(bytes: Uint8Array, start: number, end: number, hash: number): number {
    const index = this.#index;
    const mask = index.length - 1;
    const length = end - start;
    let slot = hash & mask;
    for (let id = index[slot] as number; id >= 0; id = index[slot] as number) {
      if (this.#hashes[id] === hash && this.#equals(id, bytes, start, length)) return id;
      slot = (slot + 1) & mask;
    }
    return this.#add(bytes, start, end, hash, slot);
  }

  /** The id of a string of another dictionary, added if new. */
  internFrom(other: StringDictionary, id: number): number {
    const start = other.#offsets[id] as number;
    return this.internHashed(other.#arena, start, other.#offsets[id + 1] as number, other.#hashes[id] as number);
  }

  /** The number of bytes of an id. */
  byteLength(id: number): number {
    return (this.#offsets[id + 1] as number) - (this.#offsets[id] as number);
  }

  /** The bytes of all strings from id `first` on, one after the other; a view, valid until the next intern. */
  bytesFrom(first: number): Uint8Array {
    return this.#arena.subarray(this.#offsets[first], this.#offsets[this.#size]);
  }

  /** What the dictionary holds: lengths and bytes of all strings. Views; `StringDictionary.of` makes an equal one of copies. */
  contents(): { readonly offsets: Int32Array; readonly hashes: Int32Array; readonly bytes: Uint8Array } {
    return {
      offsets: this.#offsets.subarray(0, this.#size + 1),
      hashes: this.#hashes.subarray(0, this.#size),
      bytes: this.bytesFrom(0),
    };
  }

  /** A dictionary with the contents of another, under the same ids; copies them. */
  static of({ offsets, hashes, bytes }: ReturnType<StringDictionary['contents']>): StringDictionary {
    const size = hashes.length;
    const dictionary = new StringDictionary({
      size: size + (size >>> 1),
      sizeBytes: bytes.length + (bytes.length >>> 2),
    });
    dictionary.#hashes.set(hashes);
    dictionary.#offsets.set(offsets);
    dictionary.#arena.set(bytes);
    dictionary.#size = size;
    dictionary.#rebuildIndex(dictionary.#index.length);
    return dictionary;
  }

  /** The id of a string, or -1 when the dictionary does not hold it. */
  find(text: string): number {
    const bytes = encoder.encode(text);
    const hash = hashUtf8(bytes, 0, bytes.length);
    const mask = this.#index.length - 1;
    let slot = hash & mask;
    for (let id = this.#index[slot] as number; id >= 0; id = this.#index[slot] as number) {
      if (this.#hashes[id] === hash && this.#equals(id, bytes, 0, bytes.length)) return id;
      slot = (slot + 1) & mask;
    }
    return -1;
  }

  /** The string of an id; decoded once and kept. */
  text(id: number): string {
    const known = this.#texts[id];
    if (known !== undefined) return known;
    const text = decoder.decode(this.bytes(id));
    this.#texts[id] = text;
    return text;
  }

  /** A view of the UTF-8 bytes of an id; valid until the next intern. */
  bytes(id: number): Uint8Array {
    return this.#arena.subarray(this.#offsets[id], this.#offsets[id + 1]);
  }

  /** Writes the bytes of an id to `target` from `at` on. */
  copyTo(id: number, target: Uint8Array, at: number): void {
    const start = this.#offsets[id] as number;
    const end = this.#offsets[id + 1] as number;
    if (end - start <= SHORT_BYTES) copyShort(this.#arena, start, end, target, at);
    else target.set(this.#arena.subarray(start, end), at);
  }

  #equals(id: number, bytes: Uint8Array, start: number, length: number): boolean {
    const offset = this.#offsets[id] as number;
    if ((this.#offsets[id + 1] as number) - offset !== length) return false;
    const arena = this.#arena;
    for (let i = 0; i < length; i++) if (arena[offset + i] !== bytes[start + i]) return false;
    return true;
  }

  #add(bytes: Uint8Array, start: number, end: number, hash: number, slot: number): number {
    const id = this.#size;
    if (id + 1 >= this.#hashes.length) this.#growEntries();
    const offset = this.#offsets[id] as number;
    const top = offset + end - start;
    if (top > this.#arena.length) {
      const arena = new Uint8Array(Math.max(top, this.#arena.length * 2));
      arena.set(this.#arena);
      this.#arena = arena;
    }
    if (bytes === this.#arena) this.#arena.copyWithin(offset, start, end);
    else if (end - start <= SHORT_BYTES) copyShort(bytes, start, end, this.#arena, offset);
    else this.#arena.set(bytes.subarray(start, end), offset);
    this.#offsets[id + 1] = top;
    this.#hashes[id] = hash;
    this.#index[slot] = id;
    this.#size = id + 1;
    if (this.#size * 2 > this.#index.length) this.#growIndex();
    return id;
  }

  #growEntries(): void {
    const hashes = new Int32Array(this.#hashes.length * 2);
    hashes.set(this.#hashes);
    this.#hashes = hashes;
    const offsets = new Int32Array(hashes.length + 1);
    offsets.set(this.#offsets);
    this.#offsets = offsets;
  }

  #growIndex(): void {
    this.#rebuildIndex(this.#index.length * 2);
  }

  #rebuildIndex(length: number): void {
    const index = new Int32Array(length).fill(-1);
    const mask = index.length - 1;
    for (let id = 0; id < this.#size; id++) {
      let slot = (this.#hashes[id] as number) & mask;
      while ((index[slot] as number) >= 0) slot = (slot + 1) & mask;
      index[slot] = id;
    }
    this.#index = index;
  }
}
