/** The timers of a processor's keys: a store of (key, time) without values, and the index by time that finds what is due. */
import type { StateSchema, StateTable } from '../../state/state-table.ts';
import type { StructType } from '../../types/data-type.ts';
import type { Vector } from '../../types/vector.ts';
import type { OperatorState } from '../operators/operator-state.ts';
import type { Epoch } from '../operators/operator.ts';
import type { RowsByKey } from './rows-by-key.ts';
import { present } from '../../errors/assert.ts';
import { LONG, field, struct } from '../../types/data-type.ts';
import { constantVector } from '../../types/vector-ops.ts';

export function timerSchema(keys: StructType): StateSchema {
  const expiry = field('expiryTimestampMs', LONG, false);
  return { keys: struct([...keys.fields, expiry]), values: struct([]), numBucketKeys: keys.fields.length };
}

/** When the timers of these slots are due, in µs. */
export function timerTimes(table: StateTable, slots: Int32Array): BigInt64Array {
  return BigInt64Array.from(slots, (slot) => BigInt(timeAt(table, slot)) * 1000n);
}

function timeAt(table: StateTable, slot: number): number {
  return Number(present(table.keys.at(-1), 'the time is the last key column').get(slot));
}

/** A timer that is due. */
export interface DueTimer {
  readonly keys: readonly Vector[];
  readonly expiryMs: number;
}

export class Timers {
  readonly #state: OperatorState;
  readonly #table: StateTable;
  readonly #rows: RowsByKey;
  numRegistered = 0;
  numDeleted = 0;
  numExpired = 0;

  constructor(state: OperatorState, rows: RowsByKey, epoch: Epoch) {
    this.#state = state;
    this.#table = state.table(epoch);
    this.#rows = rows;
  }

  /** A time registered twice is one timer. */
  register(keys: readonly Vector[], expiryMs: number): void {
    const slots = new Int32Array(1);
    const isNew = this.#table.lookup(rowKey(keys, expiryMs), 1, slots) > 0;
    if (!isNew) return;
    const slot = slots[0] as number;
    this.#rows.add(keys, slot);
    this.#state.setEvictionTime(slot, BigInt(expiryMs) * 1000n);
    this.numRegistered += 1;
  }

  delete(keys: readonly Vector[], expiryMs: number): void {
    if (this.#take(keys, expiryMs)) this.numDeleted += 1;
  }

  /** The times of a key, ascending. */
  list(keys: readonly Vector[]): number[] {
    return [...this.#rows.of(keys)].map((slot) => timeAt(this.#table, slot)).toSorted((a, b) => a - b);
  }

  /**
   * The timers due up to `nowMs` when it is called, in order of time, as in Spark also one that a handler deletes before its turn; those
   * that handlers register wait for the next batch. Each is there until the caller asks for the next.
   */
  *due(nowMs: number): Generator<DueTimer> {
    const table = this.#table;
    for (const slot of this.#state.takeUpTo(BigInt(nowMs) * 1000n).slice()) {
      const one = Int32Array.of(slot);
      const keys = table.keys.slice(0, -1).map((column) => column.toVector(one, 1));
      const expiryMs = timeAt(table, slot);
      yield { keys, expiryMs };
      this.#take(keys, expiryMs);
      this.numExpired += 1;
    }
  }

  #take(keys: readonly Vector[], expiryMs: number): boolean {
    const slots = new Int32Array(1);
    if (this.#table.find(rowKey(keys, expiryMs), 1, slots) === 0) return false;
    const slot = slots[0] as number;
    this.#rows.delete(keys, slot);
    this.#state.setEvictionTime(slot, undefined);
    this.#table.remove(slot);
    return true;
  }
}

function rowKey(keys: readonly Vector[], expiryMs: number): readonly Vector[] {
  return [...keys, constantVector(LONG, BigInt(expiryMs), 1)];
}
