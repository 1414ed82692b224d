/**
 * The open-addressing index of a state table: per entry the hash of a key and its slot + 1, side by side, so that most misses are decided
 * without touching the key. It knows words and slots, not types; linear probing, removal by shifting back.
 */

/** Odd multipliers, one per word position in turn; bits well spread. */
const MULTIPLIERS = Int32Array.of(
  0x9e3779b1,
  0x85ebca77,
  0xc2b2ae3d,
  0x27d4eb2f,
  0x165667b1,
  0xd3a2646d,
  0xfd7046c5,
  0xb55a4f09,
);

/** The hashes of the first `count` keys of `words`, `stride` words each, to `hashes`. */
export function hashWords(words: Int32Array, stride: number, count: number, hashes: Int32Array): void {
  for (let i = 0, at = 0; i < count; i++) {
    let hash = 0;
    for (let k = 0; k < stride; k++, at++) {
      if ((k & 7) === 0) hash = Math.imul(hash ^ (hash >>> 16), 0x7feb352d);
      hash = (hash + Math.imul(words[at] as number, MULTIPLIERS[k & 7] as number)) | 0;
    }
    hash = Math.imul(hash ^ (hash >>> 16), 0x7feb352d);
    hash = Math.imul(hash ^ (hash >>> 15), 0x846ca68b);
    hashes[i] = hash ^ (hash >>> 16);
  }
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
    if (this.#numKeys * 4 > this.entries.length) this.#grow();
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

  #grow(): void {
    const old = this.entries;
    const entries = new Int32Array(old.length * 2);
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
