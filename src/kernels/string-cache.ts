/**
 * The cache from texts to dictionary ids (assembly/string-cache.ts), one per thread, for all dictionaries: an owner number says whose an id
 * is. It only remembers, so it may be emptied at any time; that is how it grows, and how it stays within its bound.
 */
import type { StringDictionary } from '../types/string-dictionary.ts';
import type { KernelInstance } from './kernel-instance.ts';
import {
  CACHE_ARENA,
  CACHE_ARENA_END,
  CACHE_MASK,
  CACHE_NUM_ENTRIES,
  CACHE_TABLE,
  SLOT_BYTES,
} from './kernel-layout.ts';

const FIRST_SLOTS = 1 << 12;
/** 8 MB of slots. */
const MAX_SLOTS = 1 << 18;
/** Bytes for long texts per slot. */
const ARENA_SHARE = 16;
const GROWTH = 4;
/** Owner numbers have 22 bits. */
const MAX_OWNER = (1 << 22) - 1;
const JOB_BYTES = 64;

/** Where the spans and ids of one column are. */
export interface TextColumn {
  readonly spans: number;
  readonly ids: number;
}

export class StringCache {
  readonly #kernels: KernelInstance;
  readonly #job: number;
  #owners = new WeakMap<StringDictionary, number>();
  #numOwners = 0;
  #numSlots = 0;
  readonly #table: number;

  constructor(kernels: KernelInstance) {
    this.#kernels = kernels;
    this.#job = kernels.reserve(JOB_BYTES);
    // The largest table at once, so that memory does not move while a decoder works in it; what is not used costs no memory.
    this.#table = kernels.reserve(MAX_SLOTS * (SLOT_BYTES + ARENA_SHARE));
    kernels.exports.prepareStringCache();
    this.#makeTable(FIRST_SLOTS);
  }

  /** The number that marks the texts of a dictionary. */
  ownerOf(dictionary: StringDictionary): number {
    const known = this.#owners.get(dictionary);
    if (known !== undefined) return known;
    if (this.#numOwners === MAX_OWNER) {
      this.#empty();
      this.#owners = new WeakMap();
      this.#numOwners = 0;
    }
    this.#owners.set(dictionary, ++this.#numOwners);
    return this.#numOwners;
  }

  /** Finds ids; the rows that are not known are listed in `misses`, their number is the answer. */
  find(owner: number, column: TextColumn, numRows: number, misses: number): number {
    return this.#kernels.exports.findTexts(this.#job, owner, column.spans, column.ids, numRows, misses);
  }

  /** Takes over the ids that the caller has written for the rows in `misses`. */
  remember(owner: number, column: TextColumn, misses: number, numMisses: number): void {
    const { exports } = this.#kernels;
    const hasRoom = exports.rememberTexts(this.#job, owner, column.spans, column.ids, misses, numMisses) !== 0;
    const isCrowded = this.#kernels.word(this.#job + CACHE_NUM_ENTRIES) * 2 > this.#numSlots;
    if (isCrowded && this.#numSlots < MAX_SLOTS) this.#makeTable(this.#numSlots * GROWTH);
    else if (!hasRoom) this.#empty();
  }

  #makeTable(numSlots: number): void {
    const kernels = this.#kernels;
    const sizeBytes = numSlots * SLOT_BYTES;
    this.#numSlots = numSlots;
    kernels.setWord(this.#job + CACHE_TABLE, this.#table);
    kernels.setWord(this.#job + CACHE_MASK, numSlots - 1);
    kernels.setWord(this.#job + CACHE_ARENA_END, this.#table + sizeBytes + numSlots * ARENA_SHARE);
    this.#empty();
  }

  #empty(): void {
    const kernels = this.#kernels;
    const table = kernels.word(this.#job + CACHE_TABLE);
    const end = table + this.#numSlots * SLOT_BYTES;
    kernels.bytes.fill(0, table, end);
    kernels.setWord(this.#job + CACHE_ARENA, end);
    kernels.setWord(this.#job + CACHE_NUM_ENTRIES, 0);
  }
}
