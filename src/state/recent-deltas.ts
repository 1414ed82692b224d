/**
 * The small deltas of a store that are to be merged into larger ones, so that many small commits leave few entries: `fanIn` of a tier make
 * one of the next, as the digits of a counter carry. Holds which slots each touched and which keys it removed, not their values: those
 * of a merged delta are the current ones.
 */
import type { ColumnBatch } from '../types/column-batch.ts';
import { concatBatches } from '../types/vector-ops.ts';

/** What a delta touched. */
export interface SmallDelta {
  readonly names: readonly string[];
  readonly tier: number;
  /** Slots of the updated keys; a slot may have another key by now, whose row is in a later delta. */
  readonly slots: Int32Array;
  /** The keys removed. */
  readonly removed: ColumnBatch;
}

export class RecentDeltas {
  readonly #fanIn: number;
  /** Oldest first. */
  #deltas: SmallDelta[] = [];

  constructor(fanIn: number) {
    this.#fanIn = Math.max(2, fanIn);
  }

  /** The deltas that the next one should be merged with, and the tier of the result; none with tier 0. */
  due(): { readonly deltas: readonly SmallDelta[]; readonly tier: number } {
    let start = this.#deltas.length;
    let tier = 0;
    for (;;) {
      let first = start;
      while (first > 0 && (this.#deltas[first - 1] as SmallDelta).tier <= tier) first--;
      if (start - first < this.#fanIn - 1) return { deltas: this.#deltas.slice(start), tier };
      start = first;
      tier++;
    }
  }

  /** Notes a delta; one that is listed twice, for two ranges of buckets, is one. */
  add(delta: SmallDelta): void {
    const at = this.#deltas.findIndex(({ names }) => names[0] === delta.names[0]);
    const known = this.#deltas[at];
    if (known === undefined) this.#deltas.push(delta);
    else
      this.#deltas[at] = {
        ...known,
        slots: slotsOfAll([known.slots, delta.slots]),
        removed: concatBatches(delta.removed.schema, [known.removed, delta.removed]),
      };
  }

  /** Forgets deltas that were merged. */
  forget(deltas: readonly SmallDelta[]): void {
    this.#deltas = this.#deltas.filter((other) => !deltas.includes(other));
  }

  /** Forgets the deltas none of whose entries is listed any more. */
  keepListed(names: ReadonlySet<string>): void {
    this.#deltas = this.#deltas.filter((delta) => delta.names.some((name) => names.has(name)));
  }

  clear(): void {
    this.#deltas = [];
  }
}

/** The slots of all deltas, ascending, each once. */
export function slotsOfAll(lists: readonly Int32Array[]): Int32Array {
  const all = new Int32Array(lists.reduce((total, slots) => total + slots.length, 0));
  let at = 0;
  for (const slots of lists) {
    all.set(slots, at);
    at += slots.length;
  }
  all.sort();
  let count = 0;
  for (let i = 0; i < all.length; i++) if (i === 0 || all[i] !== all[count - 1]) all[count++] = all[i] as number;
  return all.subarray(0, count);
}
