/**
 * mapGroupsWithState and flatMapGroupsWithState: calls a user's function once per key that has rows, then once per key whose timeout has
 * passed and that was not called. State and timeout of a key are one row of the state table; what a call changed is written when its
 * output has been read to the end.
 */
import type { FlatMapGroupsWithState } from '../../plan/logical-plan.ts';
import type { StateSchema, StateTable } from '../../state/state-table.ts';
import type { ColumnBatch } from '../../types/column-batch.ts';
import type { Value, Vector } from '../../types/vector.ts';
import type { GroupTimes, StoredGroup } from '../stateful/group-state.ts';
import type { KeyedInput } from '../stateful/keyed-rows.ts';
import type { NoDataBatches, OperatorState, OperatorStateOptions } from './operator-state.ts';
import type { GroupedEpoch } from './grouped-rows.ts';
import type { Combine, Epoch, Operator } from './operator.ts';
import { present } from '../../errors/assert.ts';
import { MillraceError } from '../../errors/millrace-error.ts';
import { StateTable as Table } from '../../state/state-table.ts';
import { LONG, field, struct } from '../../types/data-type.ts';
import { toAttribute } from '../../expressions/expression.ts';
import { CalledGroupState } from '../stateful/group-state.ts';
import { KeyedRows, keyVectors, shownKeys } from '../stateful/keyed-rows.ts';
import { OutputRows, keyText, reasonOf, shownValue, storedValue, typeOfShape } from '../stateful/user-rows.ts';
import { initialStateRows } from '../stateful/initial-state.ts';
import { groupedRows } from './grouped-rows.ts';
import { NEVER_MICROS } from './late-rows.ts';
import { schemaOf } from './operator.ts';

type Node = Omit<FlatMapGroupsWithState, 'child' | 'initialState'>;

/** The state row of a group: the user's state, which may be missing while a timeout waits, and the timeout. */
export function groupStateSchema({ grouping, groups }: Node): StateSchema {
  const timeout = groups.timeout === 'NoTimeout' ? [] : [field('timeoutTimestamp', LONG)];
  return {
    keys: schemaOf(grouping.keys.map(toAttribute)),
    values: struct([field('groupState', typeOfShape(groups.state)), ...timeout]),
  };
}

/** What the planner makes the store of: when groups time out, and which batches that asks for. */
export function groupStateOptions(
  node: Node,
): Pick<OperatorStateOptions, 'schema' | 'evictionTimes' | 'noDataBatches'> {
  const { timeout } = node.groups;
  const noDataBatches: NoDataBatches =
    timeout === 'NoTimeout' ? 'never' : timeout === 'EventTimeTimeout' ? 'watermark' : 'clock';
  const evictionTimes = (table: StateTable, slots: Int32Array): BigInt64Array =>
    BigInt64Array.from(slots, (slot) => dueMicros(timeoutOf(table, slot)) ?? NEVER_MICROS);
  return {
    schema: groupStateSchema(node),
    noDataBatches,
    evictionTimes: timeout === 'NoTimeout' ? undefined : evictionTimes,
  };
}

function timeoutOf(table: StateTable, slot: number): number | undefined {
  const value = table.values[1]?.get(slot);
  return value === undefined || value === null ? undefined : Number(value);
}

/** A timeout fires when it lies before the threshold: from the ms after it. */
function dueMicros(timeoutMs: number | undefined): bigint | undefined {
  return timeoutMs === undefined ? undefined : (BigInt(timeoutMs) + 1n) * 1000n;
}

export function flatMapGroupsWithState(
  input: Operator,
  initial: Operator | undefined,
  node: Node,
  state: OperatorState,
): Combine {
  const { outputMode, timeout } = node.groups;
  return groupedRows({
    name: 'FlatMapGroupsWithState',
    input,
    initial,
    node,
    modes: [outputMode, timeout],
    begin: (keyed, epoch) => new GroupsEpoch(node, keyed, epoch, state),
  });
}

/** The groups of one epoch. */
class GroupsEpoch implements GroupedEpoch {
  readonly #node: Node;
  readonly #keyed: KeyedInput;
  readonly #epoch: Epoch;
  readonly #state: OperatorState;
  readonly #table: StateTable;
  /** Keys with rows; dropped after the epoch. */
  readonly #keys: StateTable;
  readonly #rows: KeyedRows;
  readonly #times: GroupTimes;
  readonly #output: OutputRows;
  #numUpdated = 0;
  #numRemoved = 0;

  constructor(node: Node, keyed: KeyedInput, epoch: Epoch, state: OperatorState) {
    const { timeout, schema } = node.groups;
    this.#node = node;
    this.#keyed = keyed;
    this.#epoch = epoch;
    this.#state = state;
    this.#table = state.table(epoch);
    this.#keys = new Table({ keys: this.#table.schema.keys, values: struct([]) });
    this.#rows = new KeyedRows(keyed, this.#keys, epoch, timeout === 'EventTimeTimeout' ? state : undefined);
    this.#output = new OutputRows(schema);
    this.#times = {
      timeout,
      processingTimeMs: Number(epoch.context.batchTimestampMicros / 1000n),
      watermarkMs: keyed.eventTime === undefined ? undefined : epoch.evictionWatermarkMs,
    };
  }

  /** Takes rows of the initial state; all of them come before the rows. */
  start(batch: ColumnBatch, keyedInitial: KeyedInput): void {
    const { state } = this.#node.groups;
    for (const { keys, value, numRows } of initialStateRows(batch, keyedInitial, state, this.#epoch)) {
      const slots = new Int32Array(numRows);
      this.#keys.lookup(keys, numRows, slots);
      const stored = new Int32Array(numRows);
      const numNew = this.#table.lookup(keys, numRows, stored);
      if (numNew < numRows)
        throw new MillraceError('INITIAL_STATE_DUPLICATE_KEY', {
          key: keyText(shownKeys(this.#keys, slots, this.#keyed)[0]),
        });
      stored.forEach((slot, i) => {
        present(this.#table.values[0], 'the state column').set(slot, value[i] ?? null);
        this.#rows.touch(slots[i] as number);
      });
    }
  }

  add(batch: ColumnBatch): void {
    this.#rows.add(batch);
  }

  async *finish(): AsyncGenerator<ColumnBatch> {
    const slots = Int32Array.from(this.#rows.slots);
    const keyColumns = keyVectors(this.#keys, slots);
    const shown = shownKeys(this.#keys, slots, this.#keyed);
    const stored = new Int32Array(slots.length);
    this.#table.find(keyColumns, slots.length, stored);
    for (let i = 0; i < slots.length; i++) {
      const one = Int32Array.of(slots[i] as number);
      const call = this.#call(shown[i], this.#rows.rowsOf(slots[i] as number), stored[i] as number, () =>
        keyVectors(this.#keys, one),
      );
      if (call !== undefined) await call;
      if (this.#output.isFull) yield* this.#flush();
    }
    yield* this.#timeOut();
    yield* this.#flush();
    this.#state.report(this.#epoch, {
      numRowsUpdated: this.#numUpdated,
      numRowsRemoved: this.#numRemoved,
      numRowsDroppedByWatermark: this.#rows.numDropped,
    });
  }

  async *#timeOut(): AsyncGenerator<ColumnBatch> {
    const { timeout } = this.#node.groups;
    if (timeout === 'NoTimeout' || this.#epoch.outputMode === 'batch') return;
    const nowMs = timeout === 'EventTimeTimeout' ? this.#epoch.evictionWatermarkMs : this.#times.processingTimeMs;
    const due = this.#state.takeUpTo(BigInt(nowMs) * 1000n).slice();
    const shown = shownKeys(this.#table, due, this.#keyed);
    for (let i = 0; i < due.length; i++) {
      const call = this.#call(shown[i], [], due[i] as number, () => [], true);
      if (call !== undefined) await call;
      if (this.#output.isFull) yield* this.#flush();
    }
  }

  *#flush(): Generator<ColumnBatch> {
    const batch = this.#output.take();
    if (batch !== undefined) yield batch;
  }

  /** Calls the function for one key and writes what it changed. `slot` is -1 for a key without state; then `keys` gives its columns. */
  #call(
    key: unknown,
    rows: readonly unknown[],
    slot: number,
    keys: () => readonly Vector[],
    hasTimedOut = false,
  ): Promise<void> | undefined {
    const { call, isMap } = this.#node.groups;
    const state = new CalledGroupState(this.#stored(slot), this.#times, hasTimedOut);
    const fail = (cause: unknown): never => {
      if (cause instanceof MillraceError) throw cause;
      const reason = `${reasonOf(cause)} (key ${keyText(key)})`;
      throw new MillraceError('FLATMAPGROUPSWITHSTATE_USER_FUNCTION_ERROR', { reason }, { cause });
    };
    try {
      const result = call(key, rows, state);
      const added = isMap ? this.#addOne(result) : this.#output.add(result);
      if (added !== undefined) return added.then(() => this.#write(state, slot, keys)).catch(fail);
      this.#write(state, slot, keys);
      return undefined;
    } catch (cause) {
      return fail(cause);
    }
  }

  /** The one row of mapGroupsWithState. */
  #addOne(row: unknown): Promise<void> | undefined {
    if (row instanceof Promise) return row.then((settled) => this.#addOne(settled));
    return this.#output.add([row]);
  }

  #stored(slot: number): StoredGroup {
    if (slot < 0) return { state: undefined, exists: false, timeoutMs: undefined };
    const value = this.#table.values[0]?.get(slot) ?? null;
    const timeoutMs = timeoutOf(this.#table, slot);
    if (value === null) return { state: undefined, exists: false, timeoutMs };
    return { state: shownValue(value, this.#node.groups.state), exists: true, timeoutMs };
  }

  #write(state: CalledGroupState, slot: number, keys: () => readonly Vector[]): void {
    const timeoutMs = state.timeoutMs;
    if (state.isRemoved && timeoutMs === undefined) {
      if (slot < 0) return;
      this.#state.setEvictionTime(slot, undefined);
      this.#table.remove(slot);
      this.#numRemoved += 1;
      return;
    }
    if (!state.isUpdated && !state.isRemoved && timeoutMs === state.oldTimeoutTimestamp) return;
    this.#numUpdated += 1;
    const target = slot < 0 ? this.#insert(keys()) : slot;
    const [stateColumn, timeoutColumn] = this.#table.values;
    if (state.isUpdated || state.isRemoved) present(stateColumn, 'the state column').set(target, this.#value(state));
    timeoutColumn?.set(target, timeoutMs === undefined ? null : BigInt(timeoutMs));
    this.#table.markUpdated(Int32Array.of(target), 1);
    if (timeoutColumn !== undefined) this.#state.setEvictionTime(target, dueMicros(timeoutMs));
  }

  #value(state: CalledGroupState): Value | null {
    return state.exists ? storedValue(state.get(), this.#node.groups.state, 'groupState') : null;
  }

  #insert(keys: readonly Vector[]): number {
    const slots = new Int32Array(1);
    this.#table.lookup(keys, 1, slots);
    return slots[0] as number;
  }
}
