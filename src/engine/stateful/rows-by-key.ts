/**
 * The slots of a state table by the key of their group, in order, where a group has several rows: elements of lists, entries of maps,
 * timers. In memory only; made again from the table after every load.
 */
import type { StateTable } from '../../state/state-table.ts';
import type { StructType } from '../../types/data-type.ts';
import type { Vector } from '../../types/vector.ts';
import { StateTable as Table } from '../../state/state-table.ts';
import { struct } from '../../types/data-type.ts';

const NO_ROWS: ReadonlySet<number> = new Set();

export class RowsByKey {
  readonly #keys: StateTable;
  /** By slot of `#keys`. */
  readonly #rows: (Set<number> | undefined)[] = [];

  constructor(keys: StructType) {
    this.#keys = new Table({ keys, values: struct([]) });
  }

  /** The rows of all live slots of a table whose keys are these and one more column, by which rows of a group are ordered if it counts. */
  static of(table: StateTable, keys: StructType): RowsByKey {
    const rows = new RowsByKey(keys);
    const slots = table.liveSlots();
    const last = table.keys.at(-1);
    if (last?.type.kind === 'long') slots.sort((a, b) => Number((last.get(a) as bigint) - (last.get(b) as bigint)));
    const columns = table.keys.slice(0, keys.fields.length).map((column) => column.toVector(slots, slots.length));
    const ids = new Int32Array(slots.length);
    rows.#keys.lookup(columns, slots.length, ids);
    slots.forEach((slot, i) => rows.#at(ids[i] as number).add(slot));
    rows.#keys.settleChanges();
    return rows;
  }

  /** Number of keys that have rows. */
  get numKeys(): number {
    return this.#keys.size;
  }

  /** The slots of a key, given as one row per column. Safe to delete from while reading. */
  of(keys: readonly Vector[]): ReadonlySet<number> {
    const ids = new Int32Array(1);
    return this.#keys.find(keys, 1, ids) === 0 ? NO_ROWS : (this.#rows[ids[0] as number] ?? NO_ROWS);
  }

  add(keys: readonly Vector[], slot: number): void {
    const ids = new Int32Array(1);
    this.#keys.lookup(keys, 1, ids);
    this.#at(ids[0] as number).add(slot);
    this.#keys.settleChanges();
  }

  delete(keys: readonly Vector[], slot: number): void {
    const ids = new Int32Array(1);
    if (this.#keys.find(keys, 1, ids) === 0) return;
    const id = ids[0] as number;
    const rows = this.#at(id);
    rows.delete(slot);
    if (rows.size > 0) return;
    this.#rows[id] = undefined;
    this.#keys.remove(id);
    this.#keys.settleChanges();
  }

  #at(id: number): Set<number> {
    const rows = this.#rows[id] ?? new Set<number>();
    this.#rows[id] = rows;
    return rows;
  }
}
