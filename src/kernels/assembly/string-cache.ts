/**
 * A cache from texts to the ids a dictionary of the caller gave them. Spans are looked up in a loop of their own, so that the misses of the
 * processor's cache overlap; a slot has the first 16 bytes beside the id, one line of the cache. It only remembers: texts it does not know
 * are listed, the caller finds their ids and tells them. Slots are of many dictionaries, told apart by an owner number.
 */
import { sameRest } from './characters.ts';
import {
  CACHE_ARENA,
  CACHE_ARENA_END,
  CACHE_MASK,
  CACHE_NUM_ENTRIES,
  CACHE_TABLE,
  MAX_CACHED_TEXT,
  MAX_PROBES,
  SLOT_BYTES,
  SLOT_ID,
  SLOT_KEY,
  SLOT_TAG,
  SLOT_TEXT,
} from '../kernel-layout.ts';

/** For 0 to 16 bytes the mask that keeps them. */
const masks = memory.data(17 * 16, 16);

/** Fills the tables; once per instance. */
export function prepareStringCache(): void {
  for (let length: usize = 0; length <= 16; length++) {
    memory.fill(masks + length * 16, 0, 16);
    memory.fill(masks + length * 16, 0xff, length);
  }
}

// @ts-ignore: decorator
@inline
function firstBytes(text: usize, length: usize): v128 {
  return v128.and(v128.load(text), v128.load(masks + (length < 16 ? length : 16) * 16));
}

// @ts-ignore: decorator
@inline
function hashOf(text: usize, length: usize, first: v128, owner: u32): u32 {
  let hash = (<u64>i64x2.extract_lane(first, 0) ^ (<u64>owner << 10)) * 0x9e3779b97f4a7c15;
  hash = (hash ^ (hash >> 29) ^ <u64>i64x2.extract_lane(first, 1)) * 0xbf58476d1ce4e5b9;
  if (length > 16) hash = hashRest(text, length, hash);
  hash ^= <u64>length;
  hash *= 0x94d049bb133111eb;
  return <u32>(hash >> 32);
}

function hashRest(text: usize, length: usize, seed: u64): u64 {
  let hash = seed;
  for (let i: usize = 16; i + 8 < length; i += 8) hash = mixed(hash, load<u64>(text + i));
  return mixed(hash, load<u64>(text + length - 8));
}

// @ts-ignore: decorator
@inline
function mixed(hash: u64, word: u64): u64 {
  const next = (hash ^ word) * 0xbf58476d1ce4e5b9;
  return next ^ (next >> 29);
}

/** Finds the ids of the spans of `numRows` rows; lists the rows not found in `misses` and answers how many. */
export function findTexts(cache: usize, owner: u32, spans: usize, ids: usize, numRows: usize, misses: usize): usize {
  const table = <usize>load<u32>(cache + CACHE_TABLE);
  const mask = load<u32>(cache + CACHE_MASK);
  let numMisses: usize = 0;
  for (let row: usize = 0; row < numRows; row++) {
    const text = <usize>load<u32>(spans + (row << 3));
    const length = <usize>load<u32>(spans + (row << 3) + 4);
    let id: u32 = 0;
    if (length <= <usize>MAX_CACHED_TEXT) {
      const first = firstBytes(text, length);
      const hash = hashOf(text, length, first, owner);
      const tag = ((<u64>owner << 10) | <u64>length) << 32 | <u64>hash;
      for (let probe: u32 = 0; probe < <u32>MAX_PROBES; probe++) {
        const slot = table + <usize>((hash + probe) & mask) * SLOT_BYTES;
        if (load<u64>(slot + SLOT_TAG) == tag) {
          const differs = v128.any_true(v128.xor(v128.load(slot + SLOT_KEY), first));
          if (!differs && (length <= 16 || sameRest(text, load<u32>(slot + SLOT_TEXT), length))) {
            id = load<u32>(slot + SLOT_ID);
            break;
          }
        } else if (load<u32>(slot + SLOT_ID) == 0) break;
      }
    } else if (length == 0xffffffff) continue;
    if (id == 0) {
      store<u32>(misses + (numMisses << 2), row);
      numMisses++;
    } else store<u32>(ids + (row << 2), id - 1);
  }
  return numMisses;
}

/** Remembers the ids now known of the rows in `misses`; false when the cache has no room for them. */
export function rememberTexts(cache: usize, owner: u32, spans: usize, ids: usize, misses: usize, numMisses: usize): bool {
  for (let i: usize = 0; i < numMisses; i++) {
    const row = <usize>load<u32>(misses + (i << 2));
    const length = <usize>load<u32>(spans + (row << 3) + 4);
    if (length > <usize>MAX_CACHED_TEXT) continue;
    const text = <usize>load<u32>(spans + (row << 3));
    if (!remember(cache, owner, text, length, load<u32>(ids + (row << 2)) + 1)) return false;
  }
  return true;
}

function remember(cache: usize, owner: u32, text: usize, length: usize, id: u32): bool {
  const table = <usize>load<u32>(cache + CACHE_TABLE);
  const mask = load<u32>(cache + CACHE_MASK);
  const first = firstBytes(text, length);
  const hash = hashOf(text, length, first, owner);
  const tag = ((<u64>owner << 10) | <u64>length) << 32 | <u64>hash;
  let slot = table + <usize>(hash & mask) * SLOT_BYTES;
  for (let probe: u32 = 0; probe < <u32>MAX_PROBES; probe++) {
    const at = table + <usize>((hash + probe) & mask) * SLOT_BYTES;
    if (load<u32>(at + SLOT_ID) == 0) {
      slot = at;
      store<u32>(cache + CACHE_NUM_ENTRIES, load<u32>(cache + CACHE_NUM_ENTRIES) + 1);
      break;
    }
    // The same text twice among the misses of one run.
    if (load<u64>(at + SLOT_TAG) == tag && load<u32>(at + SLOT_ID) == id) return true;
  }
  if (length > 16) {
    const arena = <usize>load<u32>(cache + CACHE_ARENA);
    if (arena + length > <usize>load<u32>(cache + CACHE_ARENA_END)) return false;
    memory.copy(arena, text, length);
    store<u32>(cache + CACHE_ARENA, arena + length);
    store<u32>(slot + SLOT_TEXT, arena);
  }
  store<u32>(slot + SLOT_ID, id);
  store<u64>(slot + SLOT_TAG, tag);
  v128.store(slot + SLOT_KEY, first);
  return true;
}
