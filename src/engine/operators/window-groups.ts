/**
 * Slots of the commonest grouping, one string by a tumbling window or either of them, found without making the windows: a page of slots
 * per window, by string id, and neighbouring rows are mostly of one window. It only remembers what the state table has answered, within
 * one epoch; whatever it does not know the caller looks up and hands to `learn`.
 */
import type { StringDictionary } from '../../types/string-dictionary.ts';
import type { StringVector, Vector } from '../../types/vector.ts';
import type { TumblingSource } from '../../windows/tumbling-column.ts';
import { EXACT_LONG, halvesOf } from '../../types/long-halves.ts';
import { tumblingColumn, tumblingSource } from '../../windows/tumbling-column.ts';
import { gatherVector } from '../../types/vector-ops.ts';

const NUM_PAGES = 256;
/** Larger dictionaries are not worth an array per window. */
const MAX_STRINGS = 4096;
/** Parts of batches that mostly missed, one after the other, after which nothing is remembered any more. */
const MAX_BAD_PARTS = 64;
const HALF = 2 ** 32;

interface WindowKeys {
  readonly window: TumblingSource;
  readonly strings: StringVector | undefined;
}

export class WindowGroups {
  /** The start of the window of each page; NaN for none. */
  readonly #starts = new Float64Array(NUM_PAGES).fill(Number.NaN);
  readonly #pages: Int32Array[] = [];
  #dictionary: StringDictionary | undefined;
  #capacity = 1;
  #misses = new Int32Array(0);
  #numBad = 0;
  #slide = 0;
  #offset = 0;

  /** Forgets all slots; call when the table is emptied. */
  clear(): void {
    this.#starts.fill(Number.NaN);
  }

  /** Fills `slots` of those of rows `from … to - 1` whose slot is known and answers the others; undefined when it cannot help with these keys. */
  find(keys: readonly Vector[], from: number, to: number, slots: Int32Array): Int32Array | undefined {
    if (this.#numBad >= MAX_BAD_PARTS) return undefined;
    const parts = partsOf(keys);
    if (parts === undefined || !this.#takes(parts)) return undefined;
    if (this.#misses.length < to - from) this.#misses = new Int32Array(to - from);
    const numMisses = this.#fill(halvesOf(parts.window.times), parts.strings?.ids, from, to, slots);
    if (numMisses < 0) return undefined;
    this.#numBad = numMisses * 4 > to - from && to - from > 64 ? this.#numBad + 1 : 0;
    return this.#misses.subarray(0, numMisses);
  }

  /** Remembers the slots of rows that `find` did not know, of the same keys. */
  learn(keys: readonly Vector[], rows: Int32Array, slots: Int32Array): void {
    const parts = partsOf(keys);
    if (parts === undefined) return;
    const times = halvesOf(parts.window.times);
    const ids = parts.strings?.ids;
    for (const row of rows) {
      const time = (times[row * 2 + 1] as number) * HALF + ((times[row * 2] as number) >>> 0);
      const page = this.#pageOf(this.#startOf(time));
      page[ids === undefined ? 0 : (ids[row] as number)] = (slots[row] as number) + 1;
    }
  }

  /** Turns to these windows and strings; false when there are too many strings. */
  #takes({ window: { spec }, strings }: WindowKeys): boolean {
    const slide = Number(spec.slideMicros);
    const offset = Number(spec.startTimeMicros);
    if (!(slide < EXACT_LONG / 4 && Math.abs(offset) < EXACT_LONG / 4)) return false;
    const size = strings?.dictionary.size ?? 1;
    if (size > MAX_STRINGS) return false;
    if (slide === this.#slide && offset === this.#offset && this.#dictionary === strings?.dictionary)
      if (size <= this.#capacity) return true;
    this.#slide = slide;
    this.#offset = offset;
    this.#dictionary = strings?.dictionary;
    this.#capacity = Math.max(64, size * 2);
    this.#pages.length = 0;
    this.clear();
    return true;
  }

  /** The number of rows not known, or -1 when a time is beyond what doubles hold exactly. */
  #fill(times: Int32Array, ids: Int32Array | undefined, from: number, to: number, slots: Int32Array): number {
    const misses = this.#misses;
    const slide = this.#slide;
    let page: Int32Array = this.#misses;
    let start = Number.POSITIVE_INFINITY;
    let end = start;
    let numMisses = 0;
    for (let i = from; i < to; i++) {
      const time = (times[i * 2 + 1] as number) * HALF + ((times[i * 2] as number) >>> 0);
      // A time that is not exact as a double is in no window below.
      if (!(time >= start && time < end)) {
        if (!(time < EXACT_LONG && time > -EXACT_LONG)) return -1;
        start = this.#startOf(time);
        end = start + slide;
        page = this.#pageOf(start);
      }
      const slot = page[ids === undefined ? 0 : (ids[i] as number)] as number;
      slots[i] = slot - 1;
      misses[numMisses] = i;
      numMisses += +(slot === 0);
    }
    return numMisses;
  }

  /** The start of the window of a time. */
  #startOf(time: number): number {
    const start = Math.floor((time - this.#offset) / this.#slide) * this.#slide + this.#offset;
    // The quotient is rounded: just below a whole number it may have become that number.
    return start > time ? start - this.#slide : start;
  }

  /** The page of a window; made, or taken from another one, when there is none. */
  #pageOf(start: number): Int32Array {
    const place = Math.round((start - this.#offset) / this.#slide) & (NUM_PAGES - 1);
    const known = this.#pages[place];
    if (known !== undefined && this.#starts[place] === start) return known;
    const page = known?.fill(0) ?? new Int32Array(this.#capacity);
    this.#pages[place] = page;
    this.#starts[place] = start;
    return page;
  }
}

/** The keys of some rows, cheaper than gathering windows. */
export function gatherKeys(keys: readonly Vector[], rows: Int32Array): Vector[] {
  return keys.map((key) => {
    const source = tumblingSource(key);
    if (source === undefined) return gatherVector(key, rows, rows.length);
    const times = BigInt64Array.from(rows, (row) => source.times[row] as bigint);
    return tumblingColumn(key.type, { spec: source.spec, times }, rows.length);
  });
}

/** Undefined when the keys are anything but a tumbling window and at most one string, without nulls. */
function partsOf(keys: readonly Vector[]): WindowKeys | undefined {
  let window: TumblingSource | undefined;
  let strings: StringVector | undefined;
  for (const key of keys) {
    const source = tumblingSource(key);
    if (source !== undefined && window === undefined) window = source;
    else if (key.layout === 'string' && key.validity === undefined && strings === undefined) strings = key;
    else return undefined;
  }
  return window === undefined ? undefined : { window, strings };
}
