/**
 * The open-addressing index of a state table: per entry the hash of a key and its slot + 1, side by side, so that most misses are decided
 * without touching the key. It knows words and slots, not types; linear probing.
 *
 * The index is in parts, one per stretch of event time, because rows come about in order of time and leave in order of time: what is
 * looked up now is together in memory, and a part whose keys have all been removed is dropped as a whole. Removing a key leaves its entry
 * behind: whoever finds an entry compares the words of its slot anyway. Keys without a time have one part.
 */

/** Odd multipliers, bits well spread; words take them in turn. */
const M0 = 0x9e3779b1 | 0;
const M1 = 0x85ebca77 | 0;
const M2 = 0xc2b2ae3d | 0;
const M3 = 0x27d4eb2f | 0;

/** The hash of the key whose words start at `base`. Four words at a time are multiplied and added, which the processor does side by side. */
export function hashKey(words: Int32Array, base: number, stride: number): number {
  const end = base + stride;
  let hash = 0;
  let at = base;
  for (; at + 3 < end; at += 4) {
    const first = Math.imul(words[at] as number, M0) + Math.imul(words[at + 1] as number, M1);
    const second = Math.imul(words[at + 2] as number, M2) + Math.imul(words[at + 3] as number, M3);
    hash = mix(hash ^ (first + second));
  }
  if (at === end) return hash;
  let sum = Math.imul(words[at] as number, M0);
  if (at + 1 < end) sum += Math.imul(words[at + 1] as number, M1);
  if (at + 2 < end) sum += Math.imul(words[at + 2] as number, M2);
  return mix(hash ^ sum);
}

/** The hashes of the first `count` keys of `words`, `stride` words each, to `hashes`. */
export function hashWords(words: Int32Array, stride: number, count: number, hashes: Int32Array): void {
  for (let i = 0, base = 0; i < count; i++, base += stride) hashes[i] = hashKey(words, base, stride);
}

function mix(value: number): number {
  const half = Math.imul(value ^ (value >>> 16), 0x7feb352d);
  return Math.imul(half ^ (half >>> 15), 0x846ca68b) ^ (half >>> 16);
}

const FIRST_ENTRIES = 8;
/** Parts of 2^20 µs, about a second, to begin with; coarser when there are many parts of few keys. */
const FIRST_SHIFT = 20;
const LAST_SHIFT = 31;
const MANY_PARTS = 4096;
const FEW_KEYS = 64;
const NUM_RECENT = 64;

/** Words of a part from which on memory counts more than the last comparison. */
const LARGE_PART = 1 << 21;
/** Of dropped parts so much is kept. */
const MAX_SPARE_BYTES = 4 << 20;

/** How many entries a part of so many words takes before it grows: half of them, two thirds when it is large. */
function maxEntries(length: number): number {
  return length > LARGE_PART ? Math.floor(length / 3) : length >> 2;
}

/** The keys of one stretch of time. */
export interface IndexPart {
  /** Pairs (hash, slot + 1); slot + 1 is 0 where the entry is free. Replaced when the part grows. */
  entries: Int32Array<ArrayBuffer>;
  /** Keys that have not been removed. */
  numKeys: number;
  /** Entries that are not free, those of removed keys included. */
  numEntries: number;
}

/** What an index holds, taken out of it: the entries of each part; its number, keys and entries. */
export interface IndexPages {
  readonly arrays: readonly Int32Array[];
  readonly heads: readonly (readonly [number: number, numKeys: number, numEntries: number])[];
  readonly shift: number;
  readonly numKeys: number;
}

/** What the index asks about the table it belongs to. */
export interface IndexedKeys {
  /** True when the slot holds a key now, and that key has this hash. */
  readonly isCurrent: (slot: number, hash: number) => boolean;
  /** The part number of the key of a slot; see `partNumber`. */
  readonly partOf: (slot: number) => number;
}

export class KeyIndex {
  readonly #keys: IndexedKeys;
  #parts = new Map<number, IndexPart>();
  #shift = FIRST_SHIFT;
  #scale = partScale(FIRST_SHIFT);
  #numKeys = 0;
  #sizeBytes = 0;
  /** The entries of parts that were dropped, for the next ones, which will be about as large. */
  #spares: Int32Array<ArrayBuffer>[] = [];
  #spareBytes = 0;
  /** The parts asked for last, by the low bits of their numbers. */
  readonly #recentNumbers = new Float64Array(NUM_RECENT).fill(Number.NaN);
  readonly #recentParts: (IndexPart | undefined)[] = Array.from({ length: NUM_RECENT });

  constructor(keys: IndexedKeys) {
    this.#keys = keys;
  }

  get sizeBytes(): number {
    return this.#sizeBytes + this.#spareBytes;
  }

  /** How many low bits of a time in µs do not matter to `partNumber`; changes with `insert`. */
  get shift(): number {
    return this.#shift;
  }

  /** `partScale` of the shift. */
  get scale(): number {
    return this.#scale;
  }

  clear(): void {
    this.#parts.clear();
    this.#shift = FIRST_SHIFT;
    this.#scale = partScale(FIRST_SHIFT);
    this.#numKeys = 0;
    this.#sizeBytes = 0;
    this.#spares = [];
    this.#spareBytes = 0;
    this.#forgetRecent();
  }

  /** Makes room for so many keys without a time at once, as before a load. */
  reserve(numKeys: number): void {
    const part = this.part(0) ?? this.#addPart(0);
    let { length } = part.entries;
    while (maxEntries(length) <= numKeys) length *= 2;
    if (length > part.entries.length) this.#resize(part, length);
  }

  /** The part of this number; undefined when it has no keys. */
  part(number: number): IndexPart | undefined {
    const at = number & (NUM_RECENT - 1);
    if (this.#recentNumbers[at] === number) return this.#recentParts[at];
    const part = this.#parts.get(number);
    if (part === undefined) return undefined;
    this.#recentNumbers[at] = number;
    this.#recentParts[at] = part;
    return part;
  }

  /** Adds a key known to be absent. May make the part, replace its `entries`, and change `shift`. */
  insert(number: number, hash: number, slot: number): void {
    const part = this.part(number) ?? this.#addPart(number);
    if (part.numEntries >= maxEntries(part.entries.length)) this.#rebuild(part);
    part.numEntries += place(part.entries, hash, slot + 1);
    part.numKeys++;
    this.#numKeys++;
    if (this.#parts.size > MANY_PARTS && this.#parts.size * FEW_KEYS > this.#numKeys && this.#shift < LAST_SHIFT)
      this.#coarsen();
  }

  /** Adds keys without a time, known to be absent: slots from `firstSlot` on with the first `count` hashes. */
  insertAll(hashes: Int32Array, count: number, firstSlot: number): void {
    const part = this.part(0) ?? this.#addPart(0);
    let { length } = part.entries;
    while (maxEntries(length) <= part.numEntries + count) length *= 2;
    if (length > part.entries.length) this.#resize(part, length);
    const { entries } = part;
    const mask = entries.length - 1;
    if (entries.length > LARGE_PART) touch(entries, hashes, count);
    for (let i = 0; i < count; i++) {
      const hash = hashes[i] as number;
      let at = (hash << 1) & mask;
      while (entries[at + 1] !== 0) at = (at + 2) & mask;
      entries[at] = hash;
      entries[at + 1] = firstSlot + i + 1;
    }
    part.numEntries += count;
    part.numKeys += count;
    this.#numKeys += count;
  }

  #addPart(number: number): IndexPart {
    const spare = this.#spares.pop();
    this.#spareBytes -= spare?.byteLength ?? 0;
    const part = { entries: spare?.fill(0) ?? new Int32Array(2 * FIRST_ENTRIES), numKeys: 0, numEntries: 0 };
    this.#parts.set(number, part);
    this.#sizeBytes += part.entries.byteLength;
    return part;
  }

  /** Takes out a key of this part; its words must no longer compare equal to anything. */
  remove(number: number): void {
    const part = this.part(number);
    if (part === undefined) return;
    this.#numKeys--;
    part.numKeys--;
    if (part.numKeys > 0) return;
    this.#parts.delete(number);
    this.#recentNumbers[number & (NUM_RECENT - 1)] = Number.NaN;
    this.#recentParts[number & (NUM_RECENT - 1)] = undefined;
    const { entries } = part;
    this.#sizeBytes -= entries.byteLength;
    if (this.#spareBytes + entries.byteLength > MAX_SPARE_BYTES) return;
    this.#spares.push(entries);
    this.#spareBytes += entries.byteLength;
  }

  /** Leaves behind the entries of removed keys; grows when there are few of them. */
  #rebuild(part: IndexPart): void {
    // At least half of what fits is free afterwards, or a quarter in a large part.
    const wanted = part.numKeys * (part.entries.length > LARGE_PART ? 1.34 : 2);
    let length = FIRST_ENTRIES * 2;
    while (maxEntries(length) < wanted) length *= 2;
    this.#resize(part, length);
  }

  #resize(part: IndexPart, length: number): void {
    const old = part.entries;
    const hasStale = part.numEntries > part.numKeys;
    const entries = new Int32Array(length);
    let numEntries = 0;
    for (let at = 0; at < old.length; at += 2) {
      const hash = old[at] as number;
      const tag = old[at + 1] as number;
      if (tag === 0 || (hasStale && !this.#keys.isCurrent(tag - 1, hash))) continue;
      numEntries += place(entries, hash, tag);
    }
    part.entries = entries;
    part.numEntries = numEntries;
    this.#sizeBytes += entries.byteLength - old.byteLength;
  }

  /** Many parts of few keys cost more than they save: neighbours become one part. */
  #coarsen(): void {
    const parts = this.#parts;
    this.#parts = new Map();
    this.#shift = Math.min(LAST_SHIFT, this.#shift + 3);
    this.#scale = partScale(this.#shift);
    this.#sizeBytes = 0;
    this.#forgetRecent();
    for (const { entries } of parts.values())
      for (let at = 0; at < entries.length; at += 2) {
        const hash = entries[at] as number;
        const slot = (entries[at + 1] as number) - 1;
        if (slot < 0 || !this.#keys.isCurrent(slot, hash)) continue;
        const number = this.#keys.partOf(slot);
        const part = this.part(number) ?? this.#addPart(number);
        if (part.numEntries >= maxEntries(part.entries.length)) this.#rebuild(part);
        const added = place(part.entries, hash, slot + 1);
        part.numEntries += added;
        part.numKeys += added;
      }
  }

  /** Takes everything out; the index is empty until `restore`. */
  release(): IndexPages {
    const parts = [...this.#parts].map(([number, { entries, numKeys, numEntries }]) => ({
      entries,
      head: [number, numKeys, numEntries] as const,
    }));
    const pages: IndexPages = {
      arrays: parts.map(({ entries }) => entries),
      heads: parts.map(({ head }) => head),
      shift: this.#shift,
      numKeys: this.#numKeys,
    };
    this.clear();
    return pages;
  }

  /** Puts back what `release` gave; the arrays may be copies. */
  restore({ arrays, heads, shift, numKeys }: IndexPages): void {
    this.clear();
    this.#shift = shift;
    this.#scale = partScale(shift);
    this.#numKeys = numKeys;
    heads.forEach(([number, numPartKeys, numEntries], i) => {
      const entries = arrays[i] as Int32Array<ArrayBuffer>;
      this.#parts.set(number, { entries, numKeys: numPartKeys, numEntries });
      this.#sizeBytes += entries.byteLength;
    });
  }

  #forgetRecent(): void {
    this.#recentNumbers.fill(Number.NaN);
    this.#recentParts.fill(undefined);
  }
}

const touched = new Int32Array(1);

/** Reads where some hashes belong, so that these places come into the cache side by side and not one after the other. */
function touch(entries: Int32Array, hashes: Int32Array, count: number): void {
  const mask = entries.length - 1;
  let sum = 0;
  for (let i = 0; i < count; i++) sum = (sum + (entries[((hashes[i] as number) << 1) & mask] as number)) | 0;
  // Used, so that the loop is not left out.
  touched[0] = sum;
}

/** Puts an entry in; answers 0 when it was there already. */
function place(entries: Int32Array, hash: number, tag: number): 0 | 1 {
  const mask = entries.length - 1;
  let at = (hash << 1) & mask;
  for (let other = entries[at + 1] as number; other !== 0; other = entries[at + 1] as number) {
    if (other === tag && entries[at] === hash) return 0;
    at = (at + 2) & mask;
  }
  entries[at] = hash;
  entries[at + 1] = tag;
  return 1;
}

/** The number of the part for a time in µs, given as its words; `scale` is the number of parts per high word. */
export function partNumber(low: number, high: number, shift: number, scale: number): number {
  return high * scale + (low >>> shift);
}

/** How many parts there are per high word of a time. */
function partScale(shift: number): number {
  return 2 ** (32 - shift);
}
