/**
 * The open-addressing index of a state table: per entry the hash of a key and its slot + 1, side by side, so that most misses are decided
 * without touching the key. It knows words and slots, not types; linear probing, removal by shifting back.
 */

/** Odd multipliers, bits well spread; words take them in turn. */
const M0 = 0x9e3779b1 | 0;
const M1 = 0x85ebca77 | 0;
const M2 = 0xc2b2ae3d | 0;

/**
 * The hash of the key whose words start at `base`. Three words at a time are multiplied and added, which the processor does side by side,
 * then mixed.
 */
export function hashKey(words: Int32Array, base: number, stride: number): number {
  const end = base + stride;
  let hash = 0;
  let at = base;
  for (; at + 2 < end; at += 3) {
    const sum = Math.imul(words[at] as number, M0) + Math.imul(words[at + 1] as number, M1);
    hash = mix(hash ^ (sum + Math.imul(words[at + 2] as number, M2)));
  }
  for (; at < end; at++) hash = mix(hash ^ Math.imul(words[at] as number, M0));
  return hash;
}

/** The hashes of the first `count` keys of `words`, `stride` words each, to `hashes`. */
export function hashWords(words: Int32Array, stride: number, count: number, hashes: Int32Array): void {
  for (let i = 0, base = 0; i < count; i++, base += stride) hashes[i] = hashKey(words, base, stride);
}

function mix(value: number): number {
  const half = Math.imul(value ^ (value >>> 16), 0x7feb352d);
  return Math.imul(half ^ (half >>> 15), 0x846ca68b) ^ (half >>> 16);
}

export class KeyIndex {
  /** Pairs (hash, slot + 1); slot + 1 is 0 where the entry is free. */
  entries = new Int32Array(2 * 256);
  #numKeys = 0;

  get sizeBytes(): number {
    return this.entries.byteLength;
  }

  clear(): void {
    this.entries = new Int32Array(2 * 256);
    this.#numKeys = 0;
  }

  /** Adds a key known to be absent. May replace `entries`. */
  insert(hash: number, slot: number): void {
    this.#numKeys++;
    if (this.#numKeys * 4 > this.entries.length) this.#resize(this.entries.length * 2);
    place(this.entries, hash, slot + 1);
  }

  /** Takes out the key of `slot`, whose hash is given; it must be there. */
  remove(hash: number, slot: number): void {
    const { entries } = this;
    const mask = (entries.length >> 1) - 1;
    let hole = hash & mask;
    while (entries[2 * hole + 1] !== slot + 1) hole = (hole + 1) & mask;
    for (let next = (hole + 1) & mask; entries[2 * next + 1] !== 0; next = (next + 1) & mask) {
      const home = (entries[2 * next] as number) & mask;
      if (((next - home) & mask) < ((next - hole) & mask)) continue;
      entries[2 * hole] = entries[2 * next] as number;
      entries[2 * hole + 1] = entries[2 * next + 1] as number;
      hole = next;
    }
    entries[2 * hole + 1] = 0;
    this.#numKeys--;
  }

  /** Makes room for so many keys at once. */
  reserve(numKeys: number): void {
    let length = this.entries.length;
    while (numKeys * 4 > length) length *= 2;
    if (length > this.entries.length) this.#resize(length);
  }

  #resize(length: number): void {
    const old = this.entries;
    const entries = new Int32Array(length);
    for (let at = 0; at < old.length; at += 2)
      if (old[at + 1] !== 0) place(entries, old[at] as number, old[at + 1] as number);
    this.entries = entries;
  }
}

function place(entries: Int32Array, hash: number, tag: number): void {
  const mask = (entries.length >> 1) - 1;
  let at = hash & mask;
  while (entries[2 * at + 1] !== 0) at = (at + 1) & mask;
  entries[2 * at] = hash;
  entries[2 * at + 1] = tag;
}
