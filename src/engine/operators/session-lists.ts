/**
 * The stored sessions of each group in order of their starts: a linked list per group over the slots of the state table. In memory only;
 * made anew from the table after a load. Sessions of one group never meet, so their ends ascend too.
 */
import type { StateSchema } from '../../state/state-table.ts';
import type { Vector } from '../../types/vector.ts';
import { StateTable } from '../../state/state-table.ts';
import { struct } from '../../types/data-type.ts';

const NONE = -1;

export class SessionLists {
  readonly #groups: StateTable;
  /** By group: the slot of its first session. */
  #first = new Int32Array(64).fill(NONE);
  /** By session slot: the next session of the group, the group, and the start. */
  #next = new Int32Array(64).fill(NONE);
  #groupOf = new Int32Array(64).fill(NONE);
  #starts = new BigInt64Array(64);

  /** `keys` are the grouping columns without the session. */
  constructor(keys: StateSchema['keys']) {
    this.#groups = new StateTable({ keys, values: struct([]) });
  }

  /** Fills `groups` with the number of each row's group; groups not seen yet have no sessions. */
  groupsOf(keys: readonly Vector[], numRows: number, groups: Int32Array): void {
    this.#groups.lookup(keys, numRows, groups);
    if (this.#groups.numSlots > this.#first.length) this.#first = grown(this.#first, this.#groups.numSlots);
  }

  /** The slots of a group's sessions, earliest first. */
  sessionsOf(group: number): number[] {
    const slots: number[] = [];
    for (let slot = this.#first[group] as number; slot !== NONE; slot = this.#next[slot] as number) slots.push(slot);
    return slots;
  }

  /** How many sessions a group has. */
  numSessionsOf(group: number): number {
    let count = 0;
    for (let slot = this.#first[group] as number; slot !== NONE; slot = this.#next[slot] as number) count++;
    return count;
  }

  startOf(slot: number): bigint {
    return this.#starts[slot] as bigint;
  }

  /** Replaces the list of a group; `slots` are all its sessions, earliest first, `starts` their starts. */
  setSessions(group: number, slots: readonly number[], starts: readonly bigint[]): void {
    let before = NONE;
    slots.forEach((slot, i) => {
      if (slot >= this.#next.length) this.#growSessions(slot + 1);
      this.#groupOf[slot] = group;
      this.#starts[slot] = starts[i] as bigint;
      if (before === NONE) this.#first[group] = slot;
      else this.#next[before] = slot;
      before = slot;
    });
    if (before === NONE) this.#first[group] = NONE;
    else this.#next[before] = NONE;
  }

  /** Takes out a session; a group without sessions is forgotten. */
  remove(slot: number): void {
    const group = this.#groupOf[slot] as number;
    const after = this.#next[slot] as number;
    if (this.#first[group] === slot) this.#first[group] = after;
    else {
      let before = this.#first[group] as number;
      while (this.#next[before] !== slot) before = this.#next[before] as number;
      this.#next[before] = after;
    }
    this.#groupOf[slot] = NONE;
    if (this.#first[group] === NONE) this.#groups.remove(group);
  }

  /** Makes room of forgotten groups; call between epochs. */
  settle(): void {
    this.#groups.settleChanges();
  }

  /** Fills an empty index with the sessions of a loaded table, in any order. */
  addAll(keys: readonly Vector[], starts: BigInt64Array, slots: Int32Array): void {
    const groups = new Int32Array(slots.length);
    this.groupsOf(keys, slots.length, groups);
    const byGroup = Int32Array.from(slots, (_, i) => i).sort((a, b) => {
      const sameGroup = (groups[a] as number) - (groups[b] as number);
      if (sameGroup !== 0) return sameGroup;
      return (starts[a] as bigint) < (starts[b] as bigint) ? -1 : 1;
    });
    for (let from = 0; from < byGroup.length;) {
      const group = groups[byGroup[from] as number] as number;
      let to = from + 1;
      while (to < byGroup.length && groups[byGroup[to] as number] === group) to++;
      const rows = [...byGroup.subarray(from, to)];
      this.setSessions(
        group,
        rows.map((row) => slots[row] as number),
        rows.map((row) => starts[row] as bigint),
      );
      from = to;
    }
  }

  #growSessions(needed: number): void {
    this.#next = grown(this.#next, needed);
    this.#groupOf = grown(this.#groupOf, needed);
    const starts = new BigInt64Array(this.#next.length);
    starts.set(this.#starts);
    this.#starts = starts;
  }
}

function grown(list: Int32Array, needed: number): Int32Array<ArrayBuffer> {
  const larger = new Int32Array(Math.max(needed, list.length * 2)).fill(NONE);
  larger.set(list);
  return larger;
}
