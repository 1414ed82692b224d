/**
 * The stores behind the state variables of a processor, one each: rows by key, by key and index, or by key and map key, with the time
 * they expire where they have a TTL. Which key is meant is said by every call; checks of names and handles are processor-handle.ts.
 */
import type { ValueShape } from '../../plan/user-function.ts';
import type { StateSchema, StateTable } from '../../state/state-table.ts';
import type { StructField, StructType } from '../../types/data-type.ts';
import type { Value, Vector } from '../../types/vector.ts';
import type { OperatorState } from '../operators/operator-state.ts';
import type { Epoch } from '../operators/operator.ts';
import { present } from '../../errors/assert.ts';
import { LONG, field, struct } from '../../types/data-type.ts';
import { constantVector } from '../../types/vector-ops.ts';
import type { RowsByKey } from './rows-by-key.ts';
import { typeOfShape } from './user-rows.ts';

/** A state variable as the processor named it. */
export interface VariableDeclaration {
  readonly kind: 'value' | 'list' | 'map';
  readonly name: string;
  readonly value: ValueShape;
  /** Of maps. */
  readonly mapKey: ValueShape | undefined;
  readonly ttlMs: number | undefined;
}

/** What a variable stores by key of the group: `listIndex` or `userKey` tell its rows apart. */
export function variableSchema(keys: StructType, { kind, value, mapKey, ttlMs }: VariableDeclaration): StateSchema {
  const part: StructField[] =
    kind === 'list'
      ? [field('listIndex', LONG, false)]
      : mapKey === undefined
        ? []
        : [field('userKey', typeOfShape(mapKey))];
  const expiry = ttlMs === undefined ? [] : [field('ttlExpirationMs', LONG, false)];
  return {
    keys: struct([...keys.fields, ...part]),
    values: struct([field('value', typeOfShape(value)), ...expiry]),
    numBucketKeys: keys.fields.length,
  };
}

/** When the rows of a variable expire, in µs. */
export function expiryTimes(table: StateTable, slots: Int32Array): BigInt64Array {
  return BigInt64Array.from(slots, (slot) => ((table.values[1]?.get(slot) ?? 0n) as bigint) * 1000n);
}

/** Numbers of one epoch, over all variables. */
export interface VariableCounts {
  numUpdated: number;
  /** What `numUpdated` was before the handler that runs. */
  numUpdatedBefore: number;
  numRemoved: number;
  numExpired: number;
}

/** The rows of a variable in one epoch. `keys` are always the columns of one group's key, one row each. */
export class StateVariable {
  readonly declaration: VariableDeclaration;
  readonly #state: OperatorState;
  readonly #table: StateTable;
  readonly #rows: RowsByKey | undefined;
  readonly #nowMs: number;
  readonly #counts: VariableCounts;

  /** `rows` finds the rows of a key, for variables that have several. */
  constructor(
    declaration: VariableDeclaration,
    state: OperatorState,
    rows: RowsByKey | undefined,
    epoch: Epoch,
    counts: VariableCounts,
  ) {
    this.declaration = declaration;
    this.#state = state;
    this.#table = state.table(epoch);
    this.#rows = rows;
    this.#nowMs = Number(epoch.context.batchTimestampMicros / 1000n);
    this.#counts = counts;
  }

  /** The value of a key, or of one map key; undefined when there is none or it has expired. */
  get(keys: readonly Vector[], mapKey?: Value): Value | undefined {
    const slot = this.#find(this.#rowKey(keys, mapKey));
    return slot < 0 || this.#hasExpired(slot) ? undefined : this.#valueOf(slot);
  }

  /** Writes the value of a key, or of one map key. */
  set(keys: readonly Vector[], value: Value, mapKey?: Value): void {
    this.#write(keys, this.#rowKey(keys, mapKey), value);
    this.#counts.numUpdated += 1;
  }

  /** Takes out the value of a key, or of one map key. */
  delete(keys: readonly Vector[], mapKey?: Value): void {
    const slot = this.#find(this.#rowKey(keys, mapKey));
    if (slot >= 0) this.#remove(keys, slot);
  }

  /** The slots of a key that have not expired, in order. */
  live(keys: readonly Vector[]): number[] {
    return [...(this.#rows?.of(keys) ?? [])].filter((slot) => !this.#hasExpired(slot));
  }

  valueAt(slot: number): Value {
    return this.#valueOf(slot);
  }

  mapKeyAt(slot: number): Value {
    return present(this.#table.keys.at(-1)?.get(slot), 'a map key is a value');
  }

  /** Takes out every row of a key. */
  clear(keys: readonly Vector[]): void {
    if (this.#rows === undefined) this.delete(keys);
    else for (const slot of this.#rows.of(keys)) this.#remove(keys, slot);
  }

  /** Makes a list anew. Spark forgets then what was updated before and counts nothing as removed; so for the handler that runs. */
  replace(keys: readonly Vector[], values: readonly Value[]): void {
    const { numRemoved, numUpdatedBefore } = this.#counts;
    this.clear(keys);
    this.#counts.numRemoved = numRemoved;
    this.#counts.numUpdated = numUpdatedBefore;
    this.append(keys, values);
  }

  /** Adds to the end of a list. */
  append(keys: readonly Vector[], values: readonly Value[]): void {
    const last = [...(this.#rows?.of(keys) ?? [])].at(-1);
    let index = last === undefined ? 0n : (this.#table.keys.at(-1)?.get(last) as bigint) + 1n;
    for (const value of values) {
      this.#write(keys, [...keys, constantVector(LONG, index, 1)], value);
      index += 1n;
    }
    this.#counts.numUpdated += values.length;
  }

  /** Takes out what has expired; the end of an epoch. */
  expire(): void {
    if (this.declaration.ttlMs === undefined) return;
    const numKeys = this.#table.keys.length - (this.declaration.kind === 'value' ? 0 : 1);
    for (const slot of this.#state.takeUpTo(BigInt(this.#nowMs) * 1000n).slice()) {
      const one = Int32Array.of(slot);
      const keys = this.#table.keys.slice(0, numKeys).map((column) => column.toVector(one, 1));
      this.#rows?.delete(keys, slot);
      this.#table.remove(slot);
      this.#counts.numExpired += 1;
      this.#counts.numRemoved += 1;
    }
  }

  #rowKey(keys: readonly Vector[], mapKey: Value | undefined): readonly Vector[] {
    if (mapKey === undefined) return keys;
    const shape = present(this.declaration.mapKey, 'only maps have map keys');
    return [...keys, constantVector(typeOfShape(shape), mapKey, 1)];
  }

  #write(keys: readonly Vector[], rowKey: readonly Vector[], value: Value): void {
    const slots = new Int32Array(1);
    const isNew = this.#table.lookup(rowKey, 1, slots) > 0;
    const slot = slots[0] as number;
    const [valueColumn, expiryColumn] = this.#table.values;
    present(valueColumn, 'the value column').set(slot, value);
    this.#table.markUpdated(slots, 1);
    if (isNew) this.#rows?.add(keys, slot);
    const { ttlMs } = this.declaration;
    if (ttlMs === undefined) return;
    const expiresAtMs = this.#nowMs + ttlMs;
    present(expiryColumn, 'the expiry column').set(slot, BigInt(expiresAtMs));
    this.#state.setEvictionTime(slot, BigInt(expiresAtMs) * 1000n);
  }

  #remove(keys: readonly Vector[], slot: number): void {
    this.#rows?.delete(keys, slot);
    this.#state.setEvictionTime(slot, undefined);
    this.#table.remove(slot);
    this.#counts.numRemoved += 1;
  }

  #find(rowKey: readonly Vector[]): number {
    const slots = new Int32Array(1);
    this.#table.find(rowKey, 1, slots);
    return slots[0] as number;
  }

  #valueOf(slot: number): Value {
    return present(this.#table.values[0]?.get(slot), 'a state has a value');
  }

  #hasExpired(slot: number): boolean {
    if (this.declaration.ttlMs === undefined) return false;
    return Number(this.#table.values[1]?.get(slot)) <= this.#nowMs;
  }
}
