/**
 * The rows of one side of a join of two streams: a state table with a key per row (the join keys and a number), so that a commit writes
 * only rows that came, matched or went, and an index by join key in memory. Columns that are join keys are stored once.
 */
import type { Attribute, Expression } from '../../expressions/expression.ts';
import type { StateBound } from '../../plan/join-watermarks.ts';
import type { StateSchema, StateTable } from '../../state/state-table.ts';
import type { DataType } from '../../types/data-type.ts';
import type { Vector } from '../../types/vector.ts';
import type { OperatorState } from './operator-state.ts';
import type { Epoch } from './operator.ts';
import { present } from '../../errors/assert.ts';
import { scatter } from '../../state/scatter.ts';
import { BOOLEAN, LONG, field, struct } from '../../types/data-type.ts';
import { gatherVector } from '../../types/vector-ops.ts';
import { JoinIndex } from './join-index.ts';
import { NEVER_MICROS, eventTimesOfKeys } from './late-rows.ts';
import { windowOrTime } from './time-window.ts';

/** Where the columns of a side are stored. */
export interface SideLayout {
  readonly schema: StateSchema;
  readonly keyTypes: readonly DataType[];
  readonly isNullSafe: readonly boolean[];
  /** For each column of the side: the key it is, or its place among the values. */
  readonly places: readonly ({ readonly key: number } | { readonly value: number })[];
}

/** The layout of a side with these columns and join keys. */
export function sideLayout(
  columns: readonly Attribute[],
  keys: readonly { readonly expression: Expression; readonly isNullSafe: boolean }[],
): SideLayout {
  const values: Attribute[] = [];
  const places = columns.map((column) => {
    const key = keys.findIndex(({ expression }) => expression.kind === 'attribute' && expression.id === column.id);
    if (key >= 0 && isKeptExactly(column.dataType)) return { key };
    return { value: values.push(column) - 1 };
  });
  const keyFields = keys.map(({ expression }, i) => field(`key_${i}`, expression.dataType));
  const valueFields = values.map(({ name, dataType }, i) => field(`${name}_${i}`, dataType));
  return {
    schema: {
      keys: struct([...keyFields, field('row', LONG, false)]),
      values: struct([...valueFields, field('matched', BOOLEAN, false)]),
      numBucketKeys: keys.length,
    },
    keyTypes: keys.map(({ expression }) => expression.dataType),
    isNullSafe: keys.map(({ isNullSafe }) => isNullSafe),
    places,
  };
}

/** When each slot is evicted, for OperatorState; undefined when the side has no bound. */
export function sideEvictionTimes(
  columns: readonly Attribute[],
  layout: SideLayout,
  bound: StateBound | undefined,
): ((table: StateTable, slots: Int32Array) => BigInt64Array) | undefined {
  if (bound === undefined) return undefined;
  if (bound.kind === 'key') return (table, slots) => eventTimesOfKeys(table, bound.ordinal, slots);
  const index = columns.findIndex(({ id }) => id === bound.column.id);
  return (table, slots) => {
    const { values, validity } = windowOrTime(readColumn(table, layout, index, slots, slots.length));
    return validity === undefined ? values : values.map((micros, i) => (validity[i] === 0 ? NEVER_MICROS : micros));
  };
}

export class JoinSide {
  readonly #layout: SideLayout;
  readonly #state: OperatorState;
  #index: JoinIndex;
  /** The load of the state the index belongs to. */
  #indexedLoad = -1;
  #nextRow = 0n;

  constructor(layout: SideLayout, state: OperatorState) {
    this.#layout = layout;
    this.#state = state;
    this.#index = this.#newIndex();
  }

  /** Call before the first row of an epoch. */
  begin(epoch: Epoch): void {
    if (this.#indexedLoad !== this.#state.numLoads) this.#rebuild(this.#state.table(epoch));
    this.#indexedLoad = this.#state.numLoads;
    this.#index.settle();
  }

  get index(): JoinIndex {
    return this.#index;
  }

  /** Column `index` of the side for some slots. */
  column(epoch: Epoch, index: number, slots: Int32Array, count: number): Vector {
    return readColumn(this.#state.table(epoch), this.#layout, index, slots, count);
  }

  /** Stores rows of a batch: `rows` of `columns`, whose join keys are `keys`; `matched` holds a flag per row of the batch. */
  store(
    epoch: Epoch,
    batch: { readonly columns: readonly Vector[]; readonly keys: readonly Vector[]; readonly matched: Uint8Array },
    rows: Int32Array,
  ): void {
    const count = rows.length;
    if (count === 0) return;
    const table = this.#state.table(epoch);
    const keys = batch.keys.map((key) => gatherVector(key, rows, count));
    const slots = new Int32Array(count);
    table.lookup([...keys, this.#rowNumbers(count)], count, slots);
    this.#layout.places.forEach((place, i) => {
      if ('key' in place) return;
      const column = gatherVector(present(batch.columns[i], 'a column per attribute'), rows, count);
      scatter(present(table.values[place.value], 'a value column'), column, slots);
    });
    const flags = this.#matchedFlags(table);
    for (let i = 0; i < count; i++) {
      flags.booleans[slots[i] as number] = batch.matched[rows[i] as number] as number;
      flags.validity[slots[i] as number] = 1;
    }
    this.#index.add(keys, slots);
    this.#state.indexNewSlots(epoch);
  }

  /** Notes that rows have found a partner; returns those that had none before, each once. */
  markMatched(epoch: Epoch, slots: Int32Array, count: number): Int32Array {
    const table = this.#state.table(epoch);
    const { booleans } = this.#matchedFlags(table);
    const first = new Int32Array(count);
    let numFirst = 0;
    for (let i = 0; i < count; i++) {
      const slot = slots[i] as number;
      if (booleans[slot] === 1) continue;
      booleans[slot] = 1;
      first[numFirst++] = slot;
    }
    table.markUpdated(first, numFirst);
    return first.subarray(0, numFirst);
  }

  /** Takes out the rows at or before a time; they stay readable in this epoch. */
  evict(epoch: Epoch, stateWatermarkMs: number): { readonly all: Int32Array; readonly unmatched: Int32Array } {
    const table = this.#state.table(epoch);
    const all = this.#state.takeEvicted(epoch, stateWatermarkMs);
    const { booleans } = this.#matchedFlags(table);
    const unmatched = all.filter((slot) => booleans[slot] === 0);
    for (const slot of all) {
      this.#index.remove(slot);
      table.remove(slot);
    }
    return { all, unmatched };
  }

  /** Takes out rows; they stay readable in this epoch. */
  remove(epoch: Epoch, slots: Int32Array): void {
    const table = this.#state.table(epoch);
    for (const slot of slots) {
      this.#index.remove(slot);
      this.#state.forgetSlot(slot);
      table.remove(slot);
    }
  }

  #matchedFlags(table: StateTable): StateTable['values'][number] {
    return present(table.values.at(-1), 'the column of flags');
  }

  #rowNumbers(count: number): Vector {
    const values = new BigInt64Array(count);
    for (let i = 0; i < count; i++) values[i] = this.#nextRow + BigInt(i);
    this.#nextRow += BigInt(count);
    return { layout: 'long', type: LONG, length: count, validity: undefined, values };
  }

  #newIndex(): JoinIndex {
    return new JoinIndex(this.#layout.keyTypes, this.#layout.isNullSafe);
  }

  #rebuild(table: StateTable): void {
    this.#index = this.#newIndex();
    this.#nextRow = 0n;
    const slots = table.liveSlots();
    if (slots.length === 0) return;
    const columns = table.keys.map((key) => key.toVector(slots, slots.length));
    const numbers = present(columns.at(-1), 'the numbers of the rows');
    if (numbers.layout === 'long')
      for (const number of numbers.values) if (number >= this.#nextRow) this.#nextRow = number + 1n;
    this.#index.add(columns.slice(0, -1), slots);
  }
}

function readColumn(
  table: StateTable,
  { places }: SideLayout,
  index: number,
  slots: Int32Array,
  count: number,
): Vector {
  const place = present(places[index], 'a place per column');
  const column = 'key' in place ? table.keys[place.key] : table.values[place.value];
  return present(column, 'a stored column').toVector(slots, count);
}

/** False for types whose keys are normalised: -0.0 becomes 0.0. */
function isKeptExactly(type: DataType): boolean {
  switch (type.kind) {
    case 'float':
    case 'double':
    case 'array':
    case 'map':
      return false;
    case 'struct':
      return type.fields.every(({ dataType }) => isKeptExactly(dataType));
    default:
      return true;
  }
}
